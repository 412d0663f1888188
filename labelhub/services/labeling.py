"""Label: a labeler's pass becomes a label, at once and once, or is refused by name and kept."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import GenerationClosed, InvalidLabel, LeaseLost, Refusal
from labelhub.models import Assignment, BatchItem, Generation, Label, Problem
from labelhub.queries import queue
from selector import passes
from selector.types import Completion

LABELLED = (Assignment.State.SUBMITTED, Assignment.State.GAVE_UP)  # the states in which an assignment has labels
LONG = ("item__solution__meta", "item__solution__problem__meta", "item__solution__problem__ground_truth_solution")


@dataclass(frozen=True)
class Pass:
    """What a labeler submits: ratings of a prefix of the steps (None exactly where flagged), and how it ended."""

    lease: str
    ratings: list[int | None]
    finish_reason: str
    total_time: int
    flagged: list[int] = field(default_factory=list)
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""


def submit(*, assignment: Assignment, body: Pass, source: str) -> Label:
    """The label of this pass; the same body again gives the same label, another one a new revision of it.

    Raises InvalidLabel when the pass breaks a rule, GenerationClosed after closing, LeaseLost when the item was
    given on; the last two keep the body as the assignment's draft.
    """
    outcome = _submit(assignment, body, source)
    if isinstance(outcome, Refusal):  # raised out here: inside, the draft would be rolled back with it
        raise outcome
    return outcome


@transaction.atomic
def _submit(assignment: Assignment, body: Pass, source: str) -> Label | Refusal:
    generation, item = queue.hold(item_id=assignment.item_id)
    # Read after the lock, not joined to it: then it would be the assignment as it was before the wait.
    assignment = Assignment.objects.select_related("item__solution__problem").defer(*LONG).get(pk=assignment.pk)
    latest = assignment.labels.order_by("-revision").first() if assignment.state in LABELLED else None
    if latest and latest.body == asdict(body):
        return latest
    steps = _checked_steps(assignment, body)
    if refusal := _refusal(generation, item, assignment, body):
        Assignment.objects.filter(pk=assignment.pk).update(draft=asdict(body))
        return refusal
    label = _write(assignment, body, source, steps, latest)
    _count(assignment, label)
    return label


def _checked_steps(assignment: Assignment, body: Pass) -> list[Any]:
    """PRM800K's `label.steps` of the pass. Raises InvalidLabel, naming the field."""
    solution = assignment.item.solution
    alternatives = _alternatives(assignment, body)
    try:
        passes.check_pass(
            step_count=len(solution.steps),
            ratings=body.ratings,
            flagged=body.flagged,
            alternatives=alternatives,
            finish_reason=body.finish_reason,  # type: ignore[arg-type]  # the serializer admits the four only
            reason=body.reason,
        )
    except passes.InvalidPass as error:
        raise InvalidLabel(str(error), fields={error.field: [str(error)]}) from error
    return passes.label_steps(solution.steps, body.ratings, body.flagged, alternatives)


def _alternatives(assignment: Assignment, body: Pass) -> list[Completion]:
    """The rated alternatives with their texts, in the order they were offered in."""
    if not body.alternatives:
        return []
    rated = {each["id"]: each for each in body.alternatives}
    step = len(body.ratings) - 1
    offered = list(assignment.item.solution.alternatives.filter(step=step, pk__in=rated).order_by("pk"))
    if len(offered) != len(body.alternatives):
        sentence = "An alternative is not one that was offered for the step rated -1."
        raise InvalidLabel(sentence, fields={"alternatives": [sentence]})
    return [
        Completion(text=each.text, rating=rated[each.pk]["rating"], flagged=bool(rated[each.pk].get("flagged")))
        for each in offered
    ]


def _refusal(generation: str, item: str, assignment: Assignment, body: Pass) -> Refusal | None:
    if generation != Generation.State.LABELING:
        return GenerationClosed()
    # A lease that ran out, was handed back or given up still counts while the item has room for a label.
    has_place = assignment.state in Assignment.COUNTED or item == BatchItem.State.OPEN
    if body.lease != assignment.lease_token or not has_place or assignment.state == Assignment.State.REVOKED:
        return LeaseLost()
    return None


def _write(assignment: Assignment, body: Pass, source: str, steps: list[Any], latest: Label | None) -> Label:
    return Label.objects.create(
        solution=assignment.item.solution,
        labeler_id=assignment.labeler_id,
        assignment=assignment,
        supersedes=latest,
        revision=latest.revision + 1 if latest else 1,
        source=source,
        phase=2,
        finish_reason=body.finish_reason,
        reason=body.reason,
        steps=steps,
        body=asdict(body),
        total_time=body.total_time,
        submitted_at=timezone.now(),
        instructions_version=assignment.instructions_version,
    )


def _count(assignment: Assignment, label: Label) -> None:
    """Count the label for its item; give_up puts the item back once, bad_problem retires the problem's open items."""
    assignment.state = Assignment.State.SUBMITTED
    if label.finish_reason == Label.FinishReason.GIVE_UP and not _given_up_before(assignment):
        assignment.state = Assignment.State.GAVE_UP
    assignment.draft = None
    assignment.save(update_fields=["state", "draft"])
    queue.settle([assignment.item])
    _retire_or_restore(assignment, label)


def _given_up_before(assignment: Assignment) -> bool:
    others = Assignment.objects.filter(item=assignment.item_id, state=Assignment.State.GAVE_UP)
    return others.exclude(pk=assignment.pk).exists()


def _retire_or_restore(assignment: Assignment, label: Label) -> None:
    problem = assignment.item.solution.problem
    bad = label.finish_reason == Label.FinishReason.BAD_PROBLEM
    if bad and problem.retired_at is None:
        Problem.objects.filter(pk=problem.pk).update(retired_at=timezone.now(), retired_by=assignment)
    elif not bad and problem.retired_by_id == assignment.pk:  # a correction of the pass that retired it
        Problem.objects.filter(pk=problem.pk).update(retired_at=None, retired_by=None)
    else:
        return
    unfinished = BatchItem.objects.filter(
        generation=assignment.item.generation_id,
        solution__problem=problem,
        state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED, BatchItem.State.WITHDRAWN],
    )
    # Whoever holds one of them may want ours: waiting would deadlock. The sweep settles what is skipped here.
    queue.settle(list(unfinished.select_for_update(skip_locked=True, of=("self",))))
