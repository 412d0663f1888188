"""Gold: solutions whose first mistake the team knows, made from a reviewed label or of any solution."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import Conflict, Invalid, WrongState
from labelhub.models import Gold, Label, Project, Solution, User
from labelhub.queries.quality import gold as queries
from labelhub.queries.quality import mistakes
from labelhub.services import audit
from selector.labels.steps import UNKNOWN, mistake_on_path
from selector.quality import gold as rules


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
) -> tuple[list[dict[str, Any]], int | None]:
    """Gold labels as `queries.gold.page` tells them, each with how many of the passes over it agree."""
    found, following = queries.page(project, after=after, limit=limit, purpose=purpose, retired=retired)
    agreed = mistakes.agreements(golds=[each["id"] for each in found])
    return [each | {"agreed": agreed[each["id"]]} for each in found], following


def tell(gold: Gold) -> dict[str, Any]:
    """One of them."""
    return queries.tell(gold) | {"agreed": mistakes.agreements(golds=[gold.pk])[gold.pk]}


def tell_all(gold: Gold) -> dict[str, Any]:
    """One of them with the answers it got, and who made, explained and retired it."""
    return tell(gold) | {"answers": mistakes.answers_to(gold=gold), "history": list(queries.history(gold))}


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
