"""Gold: solutions whose first mistake the team knows, made from a reviewed label or of any solution."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import Conflict, Invalid, WrongState
from labelhub.models import Event, Gold, Label, Project, Solution, User
from labelhub.queries.quality import gold as queries
from labelhub.queries.quality import mistakes
from labelhub.queries.rows import from_row
from labelhub.services import audit
from selector.labels.steps import UNKNOWN, mistake_on_path
from selector.quality import gold as rules


@dataclass(frozen=True)
class GoldRow:
    id: int
    purpose: Annotated[str, Gold.Purpose]
    solution_id: int
    solution: Annotated[str, "Its id in the file it came from."]
    problem: str
    steps: list[str]
    first_mistakes: Annotated[list[int], "Steps that may be called the first mistake; empty: there is none."]
    explanation: str
    label: Annotated[int | None, "The label it was made from."]
    shown: Annotated[int, "Passes over it: as a screening question, as a check, in practice."]
    agreed: Annotated[mistakes.Rate, "Passes that agree with it; of practice, everybody's first try alone."]
    created_at: datetime
    created_by: str | None
    retired_at: datetime | None


@dataclass(frozen=True)
class GoldAct:
    """Made, explained in other words (what was said `before`) or retired."""

    verb: str
    actor: str | None
    at: datetime
    reason: str
    before: str | None


@dataclass(frozen=True)
class KnownGoldLabel(GoldRow):
    answers: Annotated[list[mistakes.GoldAnswer], "The commonest first; of practice, everybody's first try."]
    history: Annotated[list[GoldAct], "Oldest first."]


@transaction.atomic
def make(
    *,
    project: Project,
    solution: Solution,
    purpose: str,
    first_mistakes: Sequence[int],
    explanation: str,
    by: User | None,
    label: Label | None = None,
) -> Gold:
    """Set the solution apart for one purpose.

    Raises Invalid for a step that isn't there, Conflict where it is gold already, WrongState while it is out for
    labeling.
    """
    if any(not 0 <= step < len(solution.steps) for step in first_mistakes):
        raise Invalid(fields={"first_mistakes": [f"The steps count from 0 to {len(solution.steps) - 1}."]})
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)  # two would each find the solution free
    if sentence := taken(project, solution):
        raise (WrongState if queries.is_out(solution) else Conflict)(sentence)
    gold = Gold.objects.create(
        project=project,
        solution=solution,
        purpose=purpose,
        first_mistakes=sorted(set(first_mistakes)),
        explanation=explanation,
        label=label,
        created_by=by,
    )
    audit.record(project=project, actor=by, verb="make gold", subject=f"solution {solution.pk}", purpose=purpose)
    return gold


def make_from_label(
    *, label: Label, purpose: str, explanation: str, by: User | None, first_mistakes: list[int] | None = None
) -> Gold:
    """The label's own first mistake, or that there is none, as gold, unless a set of them is given.

    Raises as `make`, Invalid for half a pass, and for an unsure one where no set is given.
    """
    if label.finish_reason not in (Label.FinishReason.FOUND_ERROR, Label.FinishReason.SOLUTION):
        raise Invalid(fields={"label": ["The pass was not finished, so it tells no first mistake."]})
    return make(
        project=label.solution.problem.project,
        solution=label.solution,
        purpose=purpose,
        first_mistakes=_own(label) if first_mistakes is None else first_mistakes,
        explanation=explanation,
        by=by,
        label=label,
    )


def _own(label: Label) -> list[int]:
    mistake = mistake_on_path(label.steps, len(label.solution.steps))
    if mistake is UNKNOWN:
        raise Invalid(fields={"label": ["The pass leaves a step unsure: say which steps may be the first mistake."]})
    return [] if mistake is None else [mistake]


@transaction.atomic
def retire(*, gold: Gold, reason: str, by: User | None) -> None:
    """Ask it of nobody any more; its solution stays out of the pool. Does nothing a second time."""
    if Gold.objects.filter(pk=gold.pk, retired_at=None).update(retired_at=timezone.now()):
        audit.record(
            project=gold.project, actor=by, verb="retire gold", subject=f"solution {gold.solution_id}", reason=reason
        )


@transaction.atomic
def explain(*, gold: Gold, explanation: str, by: User | None) -> None:
    """Say why in other words. What was said before stays with the event; the same words again are none."""
    before = Gold.objects.select_for_update().values_list("explanation", flat=True).get(pk=gold.pk)
    if before != explanation:
        Gold.objects.filter(pk=gold.pk).update(explanation=explanation)
        audit.record(
            project=gold.project,
            actor=by,
            verb="explain gold",
            subject=f"solution {gold.solution_id}",
            before=before,
            now=explanation,
        )


def page(
    *, project: Project, after: int, limit: int, purpose: str | None = None, retired: bool | None = None
) -> tuple[list[GoldRow], int | None]:
    """One page of gold labels, each with the number of passes that agree with it."""
    found, following = queries.page(project, after=after, limit=limit, purpose=purpose, retired=retired)
    agreed = mistakes.agreements(golds=[each.pk for each in found])
    return [_told(each, agreed[each.pk]) for each in found], following


def tell(gold: Gold) -> GoldRow:
    """One of them."""
    return _told(queries.one(gold), mistakes.agreements(golds=[gold.pk])[gold.pk])


def tell_all(gold: Gold) -> KnownGoldLabel:
    """One of them with the answers it got, and who made, explained and retired it."""
    history = [_act(event) for event in queries.history(gold)]
    return KnownGoldLabel(**vars(tell(gold)), answers=mistakes.answers_to(gold=gold), history=history)


def _told(gold: Any, agreed: mistakes.Rate) -> GoldRow:
    solution, by = gold.solution, gold.created_by
    return from_row(
        GoldRow,
        gold,
        solution=solution.key,
        problem=solution.problem.text,
        steps=solution.steps,
        label=gold.label_id,
        agreed=agreed,
        created_by=by.username if by else None,
    )


def _act(event: Event) -> GoldAct:
    actor = event.actor.username if event.actor else None
    return from_row(GoldAct, event, actor=actor, before=event.detail.get("before"))


def questions(golds: Sequence[Gold]) -> list[rules.Question]:
    """Gold labels as the rules see them, by the primary key of their solution."""
    return [_question(gold) for gold in golds]


def _question(gold: Gold) -> rules.Question:
    solution = gold.solution
    graded = {Solution.Grade.RIGHT: True, Solution.Grade.WRONG: False}
    last = len(solution.steps) - 1
    stated = (i for i, text in enumerate(solution.steps) if solution.answer and solution.answer in text)
    return rules.Question(
        key=solution.pk,
        step_count=len(solution.steps),
        first_mistakes=frozenset(gold.first_mistakes),
        answer_is_right=graded.get(solution.grade, solution.source_verdict),  # type: ignore[call-overload]
        answer_step=next(stated, last),
    )


def taken(project: Project, solution: Solution) -> str:
    """The sentence why the solution can't be made gold, or nothing."""
    if known := Gold.objects.filter(solution__problem=solution.problem_id, solution__digest=solution.digest).first():
        return f"This solution is gold for {known.purpose} already: the sets are disjoint, and gold is not overwritten."
    if queries.is_out(solution):
        return "This solution is out for labeling: make it gold once its generation is closed."
    return ""
