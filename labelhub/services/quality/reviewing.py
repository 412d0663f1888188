"""Review: a person settles what the labels leave open. Every ruling is a row; nothing that it corrects is lost."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import Conflict, Invalid, WrongState
from labelhub.models import BatchItem, Generation, Job, Label, Problem, Project, Ruling, Solution, User
from labelhub.queries.quality import review as queries
from labelhub.queries.rows import from_row
from labelhub.services import audit, jobs, projects
from labelhub.services.accounts import people
from labelhub.services.labeling import labels
from labelhub.services.labeling.claiming import settle
from labelhub.services.quality import gold
from selector.labels import passes

MOST_CASES = 50  # of one kind, told at once


@dataclass(frozen=True)
class Decision:
    """What a reviewer decides on one solution. `seen`: the newest ruling on the reviewer's page, 0 where none was."""

    kind: str
    by: User
    seen: int = 0
    reason: str = ""
    label: int | None = None  # kept, or whose question is answered
    ratings: list[int | None] = field(default_factory=list)  # merged, to the first mistake
    grade: str = ""
    ground_truth_answer: str = ""
    purpose: str = ""  # of gold
    to_instructions: bool = False  # the answer becomes an entry of theirs


@dataclass(frozen=True)
class Case:
    problem: queries.CaseProblem
    solution: queries.CaseSolution
    solutions: Annotated[int, "Of the problem."]
    same_answer: Annotated[int, "Of them, those that end in the same answer."]
    step_probs: Annotated[list[float] | None, "By the champion."]
    labels: list[queries.CaseLabel]
    rulings: list[queries.RulingRow]


def decide(*, project: Project, solution: Solution, decision: Decision) -> tuple[Ruling, Job | None]:
    """Write the ruling and what follows from it, in one transaction; and the job that it needs, for the caller to send.

    Raises Conflict when somebody else has ruled since, Invalid for a field that won't do, WrongState where the ruling
    says what is so already or the solution is out for labeling.
    """
    with transaction.atomic(), _locked(solution, decision.seen) as held:
        return RULES[Ruling.Kind(decision.kind)](project, held, decision)


def case(*, project: Project, solution: Solution) -> Case:
    """All that is known of it: the labels side by side, the champion's probabilities, what was ruled before."""
    return Case(
        problem=from_row(queries.CaseProblem, solution.problem),
        solution=from_row(queries.CaseSolution, solution),
        **queries.same_answer(solution),
        step_probs=queries.probabilities(project, solution),
        labels=[queries.label_row(queries.CaseLabel, label) for label in queries.labels_over(solution)],
        rulings=queries.rulings_on(solution),
    )


@contextmanager
def _locked(solution: Solution, seen: int) -> Iterator[Solution]:
    """The solution, for one reviewer at a time. Raises Conflict when a ruling is there that the page didn't show."""
    held = Solution.objects.select_for_update(no_key=True, of=("self",)).select_related("problem").get(pk=solution.pk)
    if held.rulings.filter(pk__gt=seen).exists():
        raise Conflict("Somebody else has ruled on this solution in the meantime. Look at it again.")
    yield held


def _rule(project: Project, solution: Solution, made: Decision, label: Label | None = None, **detail: Any) -> Ruling:
    subject = f"solution {solution.pk}"
    audit.record(
        project=project, actor=made.by, verb=f"rule {made.kind}", subject=subject, reason=made.reason, **detail
    )
    return Ruling.objects.create(
        solution=solution, kind=made.kind, label=label, reason=made.reason, detail=detail, decided_by=made.by,
        decided_at=timezone.now(),
    )  # fmt: skip


def _keep(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    label = _label(solution, made)
    if label.finish_reason not in (Label.FinishReason.FOUND_ERROR, Label.FinishReason.SOLUTION):
        raise Invalid(fields={"label": ["The pass was not finished, so it can't stand for the solution."]})
    return _rule(project, solution, made, label), None


def _merge(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    """A label by the reviewer's own pseudonym; the labels it was made from stay as they are."""
    before = queries.labels_over(solution).last()
    label = Label(
        solution=solution,
        labeler=people.labeler_of(made.by),
        source=Label.Source.REVIEWED,
        finish_reason=_finish(solution, made.ratings),
        steps=passes.label_steps(solution.steps, made.ratings),
        total_time=0,
        submitted_at=timezone.now(),
        source_generation=queries.generation_of(before) if before else None,
    )
    labels.write(label)
    return _rule(project, solution, made, label, ratings=made.ratings), None


def _finish(solution: Solution, ratings: Sequence[int | None]) -> str:
    """How a pass with these ratings ends. Raises Invalid where they don't make one."""
    found = bool(ratings) and ratings[-1] == -1
    finish = Label.FinishReason.FOUND_ERROR if found else Label.FinishReason.SOLUTION
    try:
        passes.check_pass(
            step_count=len(solution.steps), ratings=ratings, flagged=(), alternatives=(), reason="",
            finish_reason=finish.value,  # type: ignore[arg-type]  # the two of its four names
        )  # fmt: skip
    except passes.InvalidPass as error:
        raise Invalid(str(error), fields={"ratings": [str(error)]}) from error
    return finish


def _grade(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    if made.grade not in Solution.Grade.values:
        raise Invalid(fields={"grade": [f"A grade is one of {', '.join(Solution.Grade.values)}."]})
    if solution.grade == made.grade:
        raise WrongState(f"The solution is graded {made.grade} already.")
    before = {"grade": solution.grade, "graded_by": solution.graded_by}
    Solution.objects.filter(pk=solution.pk).update(grade=made.grade, graded_by=Solution.GradedBy.PERSON)
    return _rule(project, solution, made, before=before, now=made.grade), None


def _ground_truth(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, Job]:
    """Correct it, grade the problem's solutions anew, and take them out of open work: they were picked on its word."""
    answer = made.ground_truth_answer.strip()
    problem = Problem.objects.select_for_update(no_key=True).get(pk=solution.problem_id)
    if not answer:
        raise Invalid(fields={"ground_truth_answer": ["Say the answer that is right."]})
    if answer == problem.ground_truth_answer:
        raise WrongState("This is the ground-truth answer already.")
    Problem.objects.filter(pk=problem.pk).update(ground_truth_answer=answer)
    regraded = problem.solutions.filter(graded_by=Solution.GradedBy.GRADER).update(grade=None, graded_by=None)
    open_items = BatchItem.objects.filter(solution__problem=problem, state=BatchItem.State.OPEN)
    free = list(open_items.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
    withdrawn = BatchItem.objects.filter(pk__in=free).update(state=BatchItem.State.WITHDRAWN)
    told: dict[str, Any] = {
        "before": problem.ground_truth_answer,
        "now": answer,
        "regraded": regraded,
        "withdrawn": withdrawn,
    }
    return _rule(project, solution, made, **told), jobs.create(kind=Job.Kind.GRADE, project=project, by=made.by)


def _retire(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    """Retired already by the label that called it bad, it stays so, and the matter is settled."""
    Problem.objects.filter(pk=solution.problem_id, retired_at=None).update(retired_at=timezone.now())
    _settle_items(solution)
    return _rule(project, solution, made), None


def _restore(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    if not Problem.objects.filter(pk=solution.problem_id, retired_at__isnull=False).update(
        retired_at=None, retired_by=None
    ):
        raise WrongState("The problem isn't retired.")
    _settle_items(solution)
    return _rule(project, solution, made), None


def _settle_items(solution: Solution) -> None:
    """Its problem's items that people are served; one that is locked is settled by whoever holds it, or the sweep."""
    served = BatchItem.objects.filter(generation__state__in=Generation.SERVED, solution__problem=solution.problem_id)
    waiting = served.filter(state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED, BatchItem.State.WITHDRAWN])
    settle(list(waiting.select_for_update(skip_locked=True, of=("self",))))


def _gold(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    label = _label(solution, made)
    gold.make_from_label(label=label, purpose=made.purpose, explanation=made.reason, by=made.by)
    return _rule(project, solution, made, label, purpose=made.purpose), None


def _answer(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    """What the labeler asked, answered; where it holds for all, it becomes an entry of the instructions."""
    label = _label(solution, made)
    if not made.reason.strip():
        raise Invalid(fields={"reason": ["Write the answer."]})
    version = _told_to_all(project, label, made) if made.to_instructions else None
    return _rule(project, solution, made, label, instructions_version=version), None


def _told_to_all(project: Project, label: Label, made: Decision) -> int:
    newest = project.instructions.order_by("-version").first()
    asked = label.comment.text if hasattr(label, "comment") else "Ruling"
    entry = f"**{' '.join(asked.split())}**\n\n{made.reason.strip()}\n"
    text = f"{newest.text.rstrip()}\n\n{entry}" if newest else entry
    return projects.write_instructions(project=project, text=text, by=made.by).version


def _leave(project: Project, solution: Solution, made: Decision) -> tuple[Ruling, None]:
    return _rule(project, solution, made), None


def _label(solution: Solution, made: Decision) -> Label:
    """The label that the decision names. Raises Invalid unless it is a current one over the solution."""
    label = queries.labels_over(solution).filter(pk=made.label).first() if made.label else None
    if label is None:
        raise Invalid(fields={"label": ["Name a current label over this solution."]})
    return label


RULES: dict[Ruling.Kind, Callable[[Project, Solution, Decision], tuple[Ruling, Job | None]]] = {
    Ruling.Kind.KEEP: _keep,
    Ruling.Kind.MERGE: _merge,
    Ruling.Kind.GRADE: _grade,
    Ruling.Kind.GROUND_TRUTH: _ground_truth,
    Ruling.Kind.RETIRE: _retire,
    Ruling.Kind.RESTORE: _restore,
    Ruling.Kind.GOLD: _gold,
    Ruling.Kind.ANSWER: _answer,
    Ruling.Kind.LEAVE: _leave,
}
