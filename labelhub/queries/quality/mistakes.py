"""Common mistakes: how labelers' passes differ from gold, false alarms included, by labeler and by gold label."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from labelhub.models import Gold, Labeler, Project
from labelhub.queries.quality import gold_passes as queries
from selector.evaluation.intervals import Share
from selector.labels.steps import UNKNOWN, FirstMistake, first_mistake
from selector.quality import misses
from selector.quality.misses import Answer
from selector.types import BAD, WHOLE

OUTCOMES = misses.OUTCOMES
MOST_MISSED = 20


def report(*, project: Project, purpose: str | None = None) -> dict[str, Any]:
    """The newest passes over gold labels for one purpose or all: outcomes, where mistakes lie, who makes which."""
    purposes = [purpose] if purpose else Gold.Purpose.values
    handed_in = queries.handed_in(project, purposes)
    practised = queries.practised(project) if Gold.Purpose.PRACTICE in purposes else []
    answers = [*map(_handed_in, handed_in), *map(_practised, practised)]
    names = {str(row["labeler"]): row["username"] for row in (*handed_in, *practised)}
    return {
        "passes": len(answers),
        "newest": queries.NEWEST,
        "outcomes": _told(answers),
        "offsets": [{"steps": steps, "count": count} for steps, count in sorted(misses.offsets(answers).items())],
        "parts": [tell(share) | {"part": part} for part, share in misses.missed_by_part(answers).items()],
        "labelers": _by_labeler(answers, names),
        "golds": _most_missed(answers),
    }


def of_labeler(*, project: Project, labeler: Labeler) -> dict[str, Any]:
    """A labeler's own outcomes in practice and in decided screenings; nothing of them tells of a check."""
    found = queries.of_labeler(project, labeler)
    return {
        "practice": _told([_practised(row) for row in found["practice"]]),
        "screening": _told([_handed_in(row) for row in found["screening"]]),
    }


def answers_to(*, gold: Gold) -> list[dict[str, Any]]:
    """What was said of one gold label, each answer with how often, the commonest first."""
    found = queries.over([gold.pk])
    answers = [*map(_handed_in, found["handed_in"]), *map(_practised, found["practice"])]
    counts = Counter((each.finish_reason, each.mistake, each.outcome) for each in answers)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [
        {"finish_reason": finish, "said": _step(said), "outcome": outcome, "count": count}
        for (finish, said, outcome), count in ordered
    ]


def agreements(*, golds: list[int]) -> dict[int, dict[str, Any]]:
    """By gold label: how many of the passes over it agree, with the share's interval."""
    found = queries.over(golds)
    answers = [*map(_handed_in, found["handed_in"]), *map(_practised, found["practice"])]
    given = misses.grouped(answers, lambda answer: answer.gold)
    return {gold: tell(misses.tally(given.get(gold, []))["agreed"]) for gold in golds}


def tell(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {"hits": share.hits, "n": share.n, "low": low, "high": high}


def _told(answers: Sequence[Answer]) -> dict[str, Any]:
    return {outcome: tell(share) for outcome, share in misses.tally(answers).items()}


def _by_labeler(answers: Sequence[Answer], names: dict[str, str | None]) -> list[dict[str, Any]]:
    """Who made most passes first."""
    given = misses.grouped(answers, lambda answer: answer.labeler)
    rows = [
        {"labeler": labeler, "username": names[labeler], "passes": len(each), "outcomes": _told(each)}
        for labeler, each in given.items()
    ]
    return sorted(rows, key=lambda row: (-row["passes"], row["labeler"]))


def _most_missed(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    found = misses.most_missed(answers, MOST_MISSED)
    golds = queries.golds([gold for gold, *_ in found])
    return [
        _gold(golds[gold]) | {"wrong": tell(share), "commonest": _commonest(finish, said, times)}
        for gold, share, (finish, said), times in found
    ]


def _commonest(finish: str, said: FirstMistake, times: int) -> dict[str, Any]:
    unsure = said is UNKNOWN and finish in WHOLE
    return {"finish_reason": finish, "said": _step(said), "unsure": unsure, "count": times}


def _gold(gold: Gold) -> dict[str, Any]:
    names = ("purpose", "solution_id", "first_mistakes", "explanation")
    problem, steps = gold.solution.problem.text, gold.solution.steps
    return {name: getattr(gold, name) for name in names} | {"id": gold.pk, "problem": problem, "steps": steps}


def _handed_in(row: dict[str, Any]) -> Answer:
    """The database told the first mistake: from 1, 0 for none, null where it is unknown."""
    said = row["said"]
    return _answer(row, row["finish_reason"], UNKNOWN if said is None else said - 1 if said else None)


def _practised(row: dict[str, Any]) -> Answer:
    """Practice takes finished passes alone."""
    mistake = first_mistake(row["said"], row["step_count"])
    return _answer(row, "found_error" if BAD in row["said"] else "solution", mistake)


def _step(mistake: FirstMistake) -> int | None:
    """The step that was named, if any."""
    return None if mistake is UNKNOWN else mistake


def _answer(row: dict[str, Any], finish_reason: str, mistake: FirstMistake) -> Answer:
    return Answer(
        labeler=str(row["labeler"]),
        gold=row["gold"],
        finish_reason=finish_reason,
        mistake=mistake,
        first_mistakes=row["first_mistakes"],
        step_count=row["step_count"],
    )
