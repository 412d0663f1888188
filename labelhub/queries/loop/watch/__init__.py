"""A generation's page as it is now: how far it is, who works on it, what its labels say and cost."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

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
STAGES = ("ahead", "launched", "scored", "selected", "labeling", "full", "training", "evaluated", "closed", "cancelled")


@dataclass(frozen=True)
class Stage:
    stage: Annotated[str, STAGES]
    at: Annotated[datetime | None, "Null unless it was reached."]
    reach: Annotated[
        str,
        ("reached", "to_come", "not_reached"),
        "Not reached: left out, or not come to before the generation failed or was cancelled.",
    ]


@dataclass(frozen=True)
class Burndown:
    left: Annotated[int, "Passes still wanted; once labeling is over, those withdrawn unmade."]
    made: int
    points: list[watch_pace.BurndownPoint]
    finish: watch_pace.Finish | None
    undefined: Annotated[str | None, "Why it can't be told when the batch is full."]


@dataclass(frozen=True)
class AtWork:
    labeler: UUID
    username: str | None
    simulated: bool
    passes: int
    found_error: int
    mean_ms: Annotated[int | None, "Mean active time of a pass."]
    leases: Annotated[int, "Live."]
    last_at: Annotated[datetime, "When the labeler last took or handed in something here."]


@dataclass(frozen=True)
class End:
    finish_reason: Annotated[str, Label.FinishReason]
    count: int
    share: Estimate


@dataclass(frozen=True)
class MistakesAtStep:
    step: Annotated[int, "From 1."]
    count: int


@dataclass(frozen=True)
class MistakesInTenth:
    tenth: Annotated[int, "Of the solution, from 1; the last step is in the tenth."]
    count: int


@dataclass(frozen=True)
class Mistakes:
    n: int
    steps: list[MistakesAtStep]
    tenths: list[MistakesInTenth]
    undefined: str | None


@dataclass(frozen=True)
class Times:
    per_pass: Annotated[Estimate, "Median active ms of passes that ended at a mistake or at the end."]
    per_step: Annotated[Estimate, "Median over those passes of active ms for each rated step."]


@dataclass(frozen=True)
class ReasonGiven:
    finish_reason: Annotated[str, Label.FinishReason]
    reason: str
    count: int


@dataclass(frozen=True)
class Cost:
    ms: Annotated[int, "Active time of all passes."]
    time_per_label: Annotated[Estimate, "ms for each pass that ended at a mistake or at the end."]
    time_per_error: Annotated[Estimate, "ms for each mistake found."]
    currency: str | None
    total: float | None
    per_label: Estimate
    per_error: Estimate


@dataclass(frozen=True)
class Watch:
    at: Annotated[datetime, "When this was so."]
    timeline: list[Stage]
    burndown: Burndown
    people: list[AtWork]
    leases: Annotated[list[watch_now.LeaseHeld], "At most 200, the first to run out first."]
    leased: Annotated[int, "How many live leases there are."]
    composition: list[watch_now.StratumCounts]
    mix: list[End]
    mistakes: Mistakes
    times: Times
    reasons: Annotated[list[ReasonGiven], "At most 50, the most frequent first."]
    cost: Cost


def of(generation: Generation) -> Watch:
    """All that the page shows; `generation` brings its project and its jobs are fetched."""
    now, tally = timezone.now(), watch_tally.of(generation)
    left = watch_now.left(generation)
    leases, leased = watch_now.leases(generation)
    return Watch(
        at=now,
        timeline=_timeline(generation, tally, left),
        burndown=_burndown(generation, tally, left, now),
        people=_people(generation, tally),
        leases=leases,
        leased=leased,
        composition=watch_now.composition(generation),
        mix=_mix(tally),
        mistakes=_mistakes(tally),
        times=_times(tally),
        reasons=_reasons(tally),
        cost=_cost(generation.project, tally),
    )


def _timeline(generation: Generation, tally: Tally, left: int) -> list[Stage]:
    """The stages in their order: when each was reached, or whether it is still to come."""
    told, comes = [], generation.state in Generation.LIVE and generation.state != Generation.State.FAILED
    for stage, at in reversed(_stages(generation, tally, left).items()):
        comes = comes and at is None  # whatever lies before a stage that was reached can't come any more
        told.append(Stage(stage, at, "reached" if at else "to_come" if comes else "not_reached"))
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


def _burndown(generation: Generation, tally: Tally, left: int, now: datetime) -> Burndown:
    made, start = sum(tally.minutes.values()), generation.labeling_at
    if start is None:
        return Burndown(left, made, points=[], finish=None, undefined=NOT_OPEN)
    over = generation.training_at or generation.ended_at
    points = watch_pace.burndown(tally.minutes, start=start, end=over or now, left=left)
    if over or not left:
        return Burndown(left, made, points, finish=None, undefined=OVER if over else FULL)
    finish = watch_pace.finish(tally.minutes, start=start, now=now, left=left, seed=generation.pk)
    return Burndown(left, made, points, finish, finish.undefined)


def _people(generation: Generation, tally: Tally) -> list[AtWork]:
    """Who works on it, the one last seen first, with what they did here."""
    ended: dict[Any, Counter[str]] = defaultdict(Counter)
    ms: Counter[Any] = Counter()
    for (labeler, finish), n in tally.passes.items():
        ended[labeler][finish] += n
        ms[labeler] += tally.ms[labeler, finish]
    people = watch_now.people(generation, ended.keys())
    at_work = [_at_work(person, ended[person.labeler], ms[person.labeler]) for person in people]
    return sorted(at_work, key=lambda person: person.last_at, reverse=True)


def _at_work(person: watch_now.Person, ended: Counter[str], ms: int) -> AtWork:
    passes = ended.total()
    return AtWork(
        **vars(person),
        passes=passes,
        found_error=ended[Label.FinishReason.FOUND_ERROR],
        mean_ms=round(ms / passes) if passes else None,
    )


def _mix(tally: Tally) -> list[End]:
    """How passes end, each with its share and interval."""
    ended = _grouped((finish, n) for (_, finish, _, _), n in tally.marks.items())
    n = ended.total()
    return [
        End(finish, ended[finish], figures.share(ended[finish], n, undefined=NO_LABELS))
        for finish in Label.FinishReason.values
    ]


def _mistakes(tally: Tally) -> Mistakes:
    """First mistakes by the step they are at, from 1, and by the tenth of the solution that the step is in."""
    found = {(mistake, steps): 0 for _, _, mistake, steps in tally.marks if mistake}
    for (_, _, mistake, steps), n in tally.marks.items():
        if mistake:
            found[mistake, steps] += n
    absolute = _grouped((mistake, n) for (mistake, _), n in found.items())
    relative = _grouped((tenth_of(mistake, steps), n) for (mistake, steps), n in found.items())
    return Mistakes(
        n=absolute.total(),
        steps=[MistakesAtStep(step, absolute[step]) for step in range(1, max(absolute, default=0) + 1)],
        tenths=[MistakesInTenth(tenth, relative[tenth]) for tenth in range(1, TENTHS + 1)] if found else [],
        undefined=None if found else NO_MISTAKES,
    )


def tenth_of(step: int, steps: int) -> int:
    """The tenth of the solution, from 1, that its step `step` of `steps` ends in."""
    return -(-step * TENTHS // steps)


def _times(tally: Tally) -> Times:
    """Active ms of passes that ended at a mistake or at the end, and of each of their steps."""
    passes = _grouped((1000 * seconds, n) for (seconds, _), n in tally.times.items())
    steps = _grouped((1000 * seconds / rated, n) for (seconds, rated), n in tally.times.items() if rated)
    return Times(
        per_pass=figures.median(passes, undefined=NO_WHOLE), per_step=figures.median(steps, undefined=NO_WHOLE)
    )


def _reasons(tally: Tally) -> list[ReasonGiven]:
    """Why problems were called bad and passes given up, the most frequent first."""
    told = sorted(tally.reasons.items(), key=lambda each: (-each[1], each[0]))
    return [ReasonGiven(finish, reason, n) for (finish, reason), n in told[:MOST_REASONS]]


def _cost(project: Project, tally: Tally) -> Cost:
    """Active ms for each label that says something of every step, and for each found mistake; and in money."""
    per_label, per_error = _time_per(tally, WHOLE, NO_WHOLE), _time_per(tally, FOUND, NO_MISTAKES)
    ms = sum(tally.ms.values())
    if project.hourly_rate is None or not project.currency:
        nothing = Estimate(per_label.n, undefined=NO_RATE)
        return Cost(ms, per_label, per_error, currency=None, total=None, per_label=nothing, per_error=nothing)
    rate = float(project.hourly_rate) / HOUR
    return Cost(
        ms,
        per_label,
        per_error,
        currency=project.currency,
        total=ms * rate,
        per_label=per_label.times(rate),
        per_error=per_error.times(rate),
    )


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
