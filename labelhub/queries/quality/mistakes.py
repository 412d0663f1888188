"""Common mistakes: how labelers' passes differ from gold, false alarms included, by labeler and by gold label."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from labelhub.models import Gold, Label, Labeler, Project
from labelhub.queries.quality import gold_passes as queries
from selector.evaluation.intervals import Share
from selector.labels.steps import UNKNOWN, FirstMistake, first_mistake
from selector.quality import misses
from selector.quality.misses import Answer
from selector.types import BAD, WHOLE

OUTCOMES = misses.OUTCOMES
MOST_MISSED = 20


@dataclass(frozen=True)
class Rate:
    """So many of n, with Wilson's 95% interval; null where n is 0."""

    hits: int
    n: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Outcomes:
    """Each of the passes in which it could have happened: those over a mistake, over none, or all."""

    agreed: Annotated[Rate, "Of all."]
    said_none: Annotated[Rate, "Found no mistake where there is one."]
    too_late: Annotated[Rate, "Passed the first mistake and named a later step."]
    too_early: Annotated[Rate, "Named a step before the first mistake."]
    false_alarm: Annotated[Rate, "Named a step where there is no mistake."]
    unsure: Annotated[Rate, "Left a step unsure before any Bad, so named no first mistake; of all."]
    not_finished: Annotated[Rate, "Given up, or called a bad problem; of all."]
    missed: Annotated[Rate, "Said none or too late."]
    alarmed: Annotated[Rate, "Too early or a false alarm; of all."]


@dataclass(frozen=True)
class Offset:
    steps: Annotated[int, "Off an acceptable step, negative too early; 3 is 3 or more."]
    count: int


@dataclass(frozen=True)
class Part(Rate):
    """Of the mistakes whose first acceptable step lies in one third of the solution."""

    part: Annotated[str, misses.PARTS, "Third of the solution."]


@dataclass(frozen=True)
class LabelerMistakes:
    labeler: UUID
    username: str | None
    passes: int
    outcomes: Outcomes


@dataclass(frozen=True)
class Commonest:
    finish_reason: Annotated[str, Label.FinishReason]
    said: Annotated[int | None, "The step it named, from 0."]
    unsure: Annotated[bool, "A step before any Bad was left unsure, so no step is named."]
    count: int


@dataclass(frozen=True)
class MissedGold:
    id: int
    purpose: Annotated[str, Gold.Purpose]
    solution_id: int
    problem: str
    steps: list[str]
    first_mistakes: list[int]
    explanation: str
    wrong: Rate
    commonest: Annotated[Commonest, "The wrong answer given most."]


@dataclass(frozen=True)
class CommonMistakes:
    passes: Annotated[int, "Of practice, everybody's first try alone."]
    newest: Annotated[int, "At most so many handed in, and so many of practice, are told of."]
    outcomes: Outcomes
    offsets: list[Offset]
    parts: Annotated[list[Part], "Mistakes missed, by where the first acceptable one lies."]
    labelers: list[LabelerMistakes]
    golds: Annotated[list[MissedGold], "Most surely answered wrong first."]


@dataclass(frozen=True)
class MyMistakes:
    """Of practice everybody's first try, of screening what is decided."""

    practice: Outcomes
    screening: Outcomes


@dataclass(frozen=True)
class GoldAnswer:
    finish_reason: Annotated[str, Label.FinishReason]
    said: Annotated[int | None, "The step it named, from 0."]
    outcome: Annotated[str, OUTCOMES]
    count: int


def report(*, project: Project, purpose: str | None = None) -> CommonMistakes:
    """The newest passes over gold labels for one purpose or all: outcomes, where mistakes lie, who makes which."""
    purposes = [purpose] if purpose else Gold.Purpose.values
    handed_in = queries.handed_in(project, purposes)
    practised = queries.practised(project) if Gold.Purpose.PRACTICE in purposes else []
    answers = [*map(_handed_in, handed_in), *map(_practised, practised)]
    names = {str(row["labeler"]): row["username"] for row in (*handed_in, *practised)}
    return CommonMistakes(
        passes=len(answers),
        newest=queries.NEWEST,
        outcomes=_outcomes(answers),
        offsets=[Offset(steps, count) for steps, count in sorted(misses.offsets(answers).items())],
        parts=[Part(*_figures(share), part) for part, share in misses.missed_by_part(answers).items()],
        labelers=_by_labeler(answers, names),
        golds=_most_missed(answers),
    )


def of_labeler(*, project: Project, labeler: Labeler) -> MyMistakes:
    """A labeler's own outcomes in practice and in decided screenings; nothing of them tells of a check."""
    found = queries.of_labeler(project, labeler)
    return MyMistakes(
        practice=_outcomes([_practised(row) for row in found["practice"]]),
        screening=_outcomes([_handed_in(row) for row in found["screening"]]),
    )


def answers_to(*, gold: Gold) -> list[GoldAnswer]:
    """What was said of one gold label, each answer with how often, the commonest first."""
    found = queries.over([gold.pk])
    answers = [*map(_handed_in, found["handed_in"]), *map(_practised, found["practice"])]
    counts = Counter((each.finish_reason, each.mistake, each.outcome) for each in answers)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return [GoldAnswer(finish, _step(said), outcome, count) for (finish, said, outcome), count in ordered]


def agreements(*, golds: list[int]) -> dict[int, Rate]:
    """By gold label: how many of the passes over it agree, with the share's interval."""
    found = queries.over(golds)
    answers = [*map(_handed_in, found["handed_in"]), *map(_practised, found["practice"])]
    given = misses.grouped(answers, lambda answer: answer.gold)
    return {gold: Rate(*_figures(misses.tally(given.get(gold, []))["agreed"])) for gold in golds}


def _figures(share: Share) -> tuple[int, int, float | None, float | None]:
    """A Rate's."""
    return (share.hits, share.n, *(share.interval or (None, None)))


def _outcomes(answers: Sequence[Answer]) -> Outcomes:
    return Outcomes(**{outcome: Rate(*_figures(share)) for outcome, share in misses.tally(answers).items()})


def _by_labeler(answers: Sequence[Answer], names: dict[str, str | None]) -> list[LabelerMistakes]:
    """Who made most passes first."""
    given = misses.grouped(answers, lambda answer: answer.labeler)
    rows = [
        LabelerMistakes(UUID(labeler), names[labeler], len(each), _outcomes(each)) for labeler, each in given.items()
    ]
    return sorted(rows, key=lambda row: (-row.passes, str(row.labeler)))


def _most_missed(answers: Sequence[Answer]) -> list[MissedGold]:
    found = misses.most_missed(answers, MOST_MISSED)
    golds = queries.golds([gold for gold, *_ in found])
    return [
        _missed(golds[gold], Rate(*_figures(share)), _commonest(finish, said, times))
        for gold, share, (finish, said), times in found
    ]


def _commonest(finish: str, said: FirstMistake, times: int) -> Commonest:
    unsure = said is UNKNOWN and finish in WHOLE
    return Commonest(finish, _step(said), unsure, times)


def _missed(gold: Gold, wrong: Rate, commonest: Commonest) -> MissedGold:
    return MissedGold(
        id=gold.pk,
        purpose=gold.purpose,
        solution_id=gold.solution_id,
        problem=gold.solution.problem.text,
        steps=gold.solution.steps,
        first_mistakes=gold.first_mistakes,
        explanation=gold.explanation,
        wrong=wrong,
        commonest=commonest,
    )


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
