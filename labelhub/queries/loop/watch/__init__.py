"""A generation's page as it is now: how far it is, who works on it, what its labels say and cost."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from labelhub.models import Generation, Job, Label, Project
from labelhub.queries.loop.eligible import WHOLE
from labelhub.queries.loop.watch import figures
from labelhub.queries.loop.watch import now as watch_now
from labelhub.queries.loop.watch import pace as watch_pace
from labelhub.queries.loop.watch import tally as watch_tally
from labelhub.queries.loop.watch.figures import Estimate
from labelhub.queries.loop.watch.tally import Tally

HOUR = 3_600_000  # ms
TENTHS = 10
MOST_REASONS = 50
NO_LABELS = "Nobody has finished a pass of this generation yet."
NO_WHOLE = "No pass that ended at a mistake or at the solution's end yet."
NO_MISTAKES = "No pass has found a mistake yet."
NO_RATE = "The project's settings don't say yet what an hour of labeling costs, and in which currency."
FULL = "Every item has its labels."
OVER = "Labeling is over."
NOT_OPEN = "The batch is not open for labeling yet."


def of(generation: Generation) -> dict[str, Any]:
    """All that the page shows; `generation` brings its project and its jobs are fetched."""
    now, tally = timezone.now(), watch_tally.of(generation)
    left = watch_now.left(generation)
    leases, leased = watch_now.leases(generation)
    return {
        "at": now,
        "timeline": _timeline(generation, tally, left),
        "burndown": _burndown(generation, tally, left, now),
        "people": _people(generation, tally),
        "leases": leases,
        "leased": leased,
        "composition": watch_now.composition(generation),
        "mix": _mix(tally),
        "mistakes": _mistakes(tally),
        "times": _times(tally),
        "reasons": _reasons(tally),
        "cost": _cost(generation.project, tally),
    }


def _timeline(generation: Generation, tally: Tally, left: int) -> list[dict[str, Any]]:
    """The stages in their order: when each was reached, or whether it is still to come."""
    told, comes = [], generation.state in Generation.LIVE and generation.state != Generation.State.FAILED
    for stage, at in reversed(_stages(generation, tally, left).items()):
        comes = comes and at is None  # whatever lies before a stage that was reached can't come any more
        told.append({"stage": stage, "at": at, "reach": "reached" if at else "to_come" if comes else "not_reached"})
    return told[::-1]


def _stages(generation: Generation, tally: Tally, left: int) -> dict[str, datetime | None]:
    """When each stage was reached; those that this generation doesn't have are left out."""
    jobs = {
        kind: finished_at if state == Job.State.DONE else None
        for kind, state, finished_at in generation.jobs.values_list("kind", "state", "finished_at")
    }
    opened_ahead = generation.state == Generation.State.AHEAD or "ahead" in generation.manifest
    labeling = jobs.get(Job.Kind.SELECT) if opened_ahead else generation.labeling_at
    full = labeling and tally.minutes and not left  # before that, only what was opened ahead has its labels
    stages = {
        "ahead": generation.labeling_at,
        "launched": None if opened_ahead and not jobs else generation.launched_at,  # a launch leaves a job
        "scored": jobs.get(Job.Kind.SCORE),
        "selected": jobs.get(Job.Kind.SELECT),
        "labeling": labeling,
        "full": max(tally.minutes) if full else None,
        "training": generation.training_at,
        "evaluated": jobs.get(Job.Kind.EVALUATE),
        "cancelled" if generation.state == Generation.State.CANCELLED else "closed": generation.ended_at,
    }
    if not opened_ahead:
        del stages["ahead"]
    if generation.champion_id is None:  # there was nothing to score with
        del stages["scored"]
    return stages


def _burndown(generation: Generation, tally: Tally, left: int, now: datetime) -> dict[str, Any]:
    made = sum(tally.minutes.values())
    told = {"left": left, "made": made, "points": [], "finish": None, "undefined": NOT_OPEN}
    start = generation.labeling_at
    if start is None:
        return told
    over = generation.training_at or generation.ended_at
    points = watch_pace.burndown(tally.minutes, start=start, end=over or now, left=left)
    if over or not left:
        return told | {"points": points, "undefined": OVER if over else FULL}
    finish = watch_pace.finish(tally.minutes, start=start, now=now, left=left, seed=generation.pk)
    return told | {"points": points, "finish": asdict(finish), "undefined": finish.undefined}


def _people(generation: Generation, tally: Tally) -> list[dict[str, Any]]:
    """Who works on it, the one last seen first, with what they did here."""
    ended: dict[Any, Counter[str]] = defaultdict(Counter)
    ms: Counter[Any] = Counter()
    for (labeler, finish), n in tally.passes.items():
        ended[labeler][finish] += n
        ms[labeler] += tally.ms[labeler, finish]
    people = watch_now.people(generation, ended.keys())
    for person in people:
        mine = ended[person["labeler"]]
        person |= {"passes": mine.total(), "found_error": mine[Label.FinishReason.FOUND_ERROR]}
        person["mean_ms"] = round(ms[person["labeler"]] / mine.total()) if mine.total() else None
    return sorted(people, key=lambda person: person["last_at"], reverse=True)


def _mix(tally: Tally) -> list[dict[str, Any]]:
    """How passes end, each with its share and interval."""
    ended = _grouped((finish, n) for (_, finish, _, _), n in tally.marks.items())
    n = ended.total()
    return [
        {"finish_reason": finish, "count": ended[finish], "share": figures.share(ended[finish], n, undefined=NO_LABELS)}
        for finish in Label.FinishReason.values
    ]


def _mistakes(tally: Tally) -> dict[str, Any]:
    """First mistakes by the step they are at, from 1, and by the tenth of the solution that the step is in."""
    found = {(mistake, steps): 0 for _, _, mistake, steps in tally.marks if mistake}
    for (_, _, mistake, steps), n in tally.marks.items():
        if mistake:
            found[mistake, steps] += n
    absolute = _grouped((mistake, n) for (mistake, _), n in found.items())
    relative = _grouped((tenth_of(mistake, steps), n) for (mistake, steps), n in found.items())
    return {
        "n": absolute.total(),
        "steps": [{"step": step, "count": absolute[step]} for step in range(1, max(absolute, default=0) + 1)],
        "tenths": [{"tenth": tenth, "count": relative[tenth]} for tenth in range(1, TENTHS + 1)] if found else [],
        "undefined": None if found else NO_MISTAKES,
    }


def tenth_of(step: int, steps: int) -> int:
    """The tenth of the solution, from 1, that its step `step` of `steps` ends in."""
    return -(-step * TENTHS // steps)


def _times(tally: Tally) -> dict[str, Estimate]:
    """Active ms of passes that ended at a mistake or at the end, and of each of their steps."""
    passes = _grouped((1000 * seconds, n) for (seconds, _), n in tally.times.items())
    steps = _grouped((1000 * seconds / rated, n) for (seconds, rated), n in tally.times.items() if rated)
    return {
        "per_pass": figures.median(passes, undefined=NO_WHOLE),
        "per_step": figures.median(steps, undefined=NO_WHOLE),
    }


def _reasons(tally: Tally) -> list[dict[str, Any]]:
    """Why problems were called bad and passes given up, the most frequent first."""
    told = sorted(tally.reasons.items(), key=lambda each: (-each[1], each[0]))
    return [{"finish_reason": finish, "reason": reason, "count": n} for (finish, reason), n in told[:MOST_REASONS]]


def _cost(project: Project, tally: Tally) -> dict[str, Any]:
    """Active ms for each label that says something of every step, and for each found mistake; and in money."""
    per_label, per_error = _time_per(tally, WHOLE, NO_WHOLE), _time_per(tally, FOUND, NO_MISTAKES)
    told: dict[str, Any] = {"ms": sum(tally.ms.values()), "time_per_label": per_label, "time_per_error": per_error}
    if project.hourly_rate is None or not project.currency:
        nothing = Estimate(per_label.n, undefined=NO_RATE)
        return told | {"currency": None, "total": None, "per_label": nothing, "per_error": nothing}
    rate = float(project.hourly_rate) / HOUR
    return told | {
        "currency": project.currency,
        "total": told["ms"] * rate,
        "per_label": per_label.times(rate),
        "per_error": per_error.times(rate),
    }


FOUND = (Label.FinishReason.FOUND_ERROR,)


def _time_per(tally: Tally, finished: tuple[str, ...], undefined: str) -> Estimate:
    of_those = [person for person in tally.passes if person[1] in finished]
    return figures.per(
        time=sum(tally.ms.values()),
        squares=sum(tally.squares.values()),
        n=tally.passes.total(),
        of_those=sum(tally.passes[person] for person in of_those),
        their_time=sum(tally.ms[person] for person in of_those),
        undefined=undefined,
    )


def _grouped(counts: Iterable[tuple[Any, int]]) -> Counter[Any]:
    """Summed by the first of each pair."""
    summed: Counter[Any] = Counter()
    for key, n in counts:
        summed[key] += n
    return summed
