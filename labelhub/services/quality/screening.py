"""Screening: a newcomer answers questions by gold labels before the first batch, and is let in at the bar.

The paper asked 30 and let in who agreed with three quarters (appendix B). The set is generation -1: its items stand
open for everybody, each newcomer gets assignments of their own, and nothing made there trains.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import Conflict, Invalid, NoRetake, UnfitSet, WrongState
from labelhub.models import (
    Admission,
    Assignment,
    BatchItem,
    Generation,
    Gold,
    Label,
    Labeler,
    Project,
    Screening,
    User,
)
from labelhub.queries.labeling.queue import Reason
from labelhub.queries.quality import gold as golds
from labelhub.queries.quality import screening as queries
from labelhub.services import audit
from labelhub.services.quality import gold
from selector.labels.steps import main_ratings
from selector.quality import gold as rules

TO_ASK = (None, Assignment.State.LAPSED, Assignment.State.RELEASED, Assignment.State.REVOKED)


@dataclass(frozen=True)
class Place:
    """Question `number`, from 1, of a screening of so many."""

    number: int
    of: int


@dataclass(frozen=True)
class Set:
    is_open: bool
    questions: Annotated[int, "That stand in the set."]
    unfit: Annotated[str | None, "Why the gold labels for it make no set; null: they do."]
    labelers: Annotated[queries.ByStanding, "How many stand how."]


def tell_set(project: Project) -> Set:
    return Set(
        is_open=queries.standing_set(project).exists(),
        questions=queries.questions(project),
        unfit=unfit(project=project),
        labelers=queries.counts(project),
    )


@transaction.atomic
def open_set(*, project: Project, by: User | None) -> Generation:
    """Screen every labeler from now on by the gold labels for it; once more, and those added since are asked too.

    Raises UnfitSet with the reason where somebody could pass without reading.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    found = golds.of_purpose(project, Gold.Purpose.SCREENING)
    _draw(project, found, seed="the set")
    standing, made = Generation.objects.get_or_create(
        project=project,
        number=Generation.SCREENING,
        defaults={
            "state": Generation.State.STANDING,
            "rule": "uniform",
            "scope": Generation.Scope.GLOBAL,
            "k": project.screening_size,
            "launched_by": by,
        },
    )
    if not made:
        Generation.objects.filter(pk=standing.pk).update(state=Generation.State.STANDING, ended_at=None)
    stand(standing, found, BatchItem.Stratum.SCREENING)
    Project.objects.filter(pk=project.pk).update(screens=True)
    audit.record(project=project, actor=by, verb="open", subject="screening", questions=len(found))
    return standing


def unfit(*, project: Project) -> str | None:
    """The sentence why the set could not be opened as it is; None where it could."""
    try:
        _draw(project, golds.of_purpose(project, Gold.Purpose.SCREENING), seed="the set")
    except UnfitSet as refusal:
        return str(refusal)
    return None


@transaction.atomic
def close_set(*, project: Project, by: User | None, reason: str = "") -> None:
    """Screen nobody any more; screenings under way stay where they are. Raises WrongState where none is open."""
    open_one = queries.standing_set(project).select_for_update().first()
    if open_one is None:
        raise WrongState("No screening set is open.")
    leases = Assignment.objects.filter(item__generation=open_one, state=Assignment.State.LEASED)
    leases.update(state=Assignment.State.REVOKED)
    Generation.objects.filter(pk=open_one.pk).update(state=Generation.State.CLOSED, ended_at=timezone.now())
    Project.objects.filter(pk=project.pk).update(screens=False)
    audit.record(project=project, actor=by, verb="close", subject="screening", reason=reason)


def stand(generation: Generation, found: list[Gold], stratum: BatchItem.Stratum) -> None:
    """Items for the gold labels, open to everybody and no part of any batch; those that stand there already stay."""
    there = dict(generation.items.values_list("solution_id", "position"))
    new = [each for each in found if each.solution_id not in there]
    first = max(there.values(), default=-1) + 1
    BatchItem.objects.bulk_create(
        BatchItem(
            generation=generation,
            solution_id=each.solution_id,
            position=position,
            rank=position + 1,
            stratum=stratum,
            labels_wanted=1,
            state=BatchItem.State.STANDING,
        )
        for position, each in enumerate(new, start=first)
    )


def ask(*, project: Project, labeler: Labeler) -> int | Reason:
    """The item of the next question, or why there is none now. The caller holds the labeler's row lock."""
    newest = queries.newest(project, labeler)
    if newest is None:
        try:
            newest = _begin(project, labeler, attempt=1)
        except UnfitSet:
            return Reason.SCREENING_SHORT
    if newest.state != Screening.State.OPEN:
        return Reason.SCREENING_RETAKE if may_retake(project=project, labeler=labeler) else Reason.SCREENING_FAILED
    had = queries.assigned(labeler, newest.questions)
    to_ask = (item for item in newest.questions if had.get(item) in TO_ASK)
    return next(to_ask, Reason.SCREENING_WAITS)


def retake(*, project: Project, labeler: Labeler) -> Screening:
    """Begin another attempt, on other questions. Raises NoRetake."""
    with transaction.atomic():
        Labeler.objects.select_for_update(no_key=True).get(pk=labeler.pk)  # two tabs would each begin one
        if not may_retake(project=project, labeler=labeler):
            raise NoRetake
        attempts = queries.of_labeler(project, labeler).count()
        return _begin(project, labeler, attempt=attempts + 1)


@transaction.atomic
def grant(*, project: Project, labeler: Labeler, reason: str, by: User) -> Screening:
    """Begin another attempt for somebody who failed, beyond those the project allows; on other questions too.

    Raises Invalid without a reason, NoRetake who didn't fail or for whom no questions are left.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": ["Say in a few words why."]})
    Labeler.objects.select_for_update(no_key=True).get(pk=labeler.pk)
    if not _could_retake(project, labeler):
        raise NoRetake
    number = queries.of_labeler(project, labeler).count() + 1
    subject = f"labeler {labeler.pk}"
    audit.record(project=project, actor=by, verb="grant retake", subject=subject, reason=reason, attempt=number)
    return _begin(project, labeler, attempt=number)


def may_retake(*, project: Project, labeler: Labeler) -> bool:
    """Whether the project allows it and the set has questions left that the labeler hasn't seen."""
    taken = queries.of_labeler(project, labeler).count()
    return taken <= project.screening_retakes and _could_retake(project, labeler)


def _could_retake(project: Project, labeler: Labeler) -> bool:
    newest = queries.newest(project, labeler)
    if newest is None or newest.state != Screening.State.FAILED or queries.is_admitted(project, labeler):
        return False
    try:
        _draw(project, queries.unseen(project, labeler), seed="any")
    except UnfitSet:
        return False
    return True


def _begin(project: Project, labeler: Labeler, *, attempt: int) -> Screening:
    found = queries.unseen(project, labeler)
    drawn = _draw(project, found, seed=f"{project.pk}:{labeler.pk}:{attempt}")
    items = queries.items_of(project, [question.key for question in drawn])
    return Screening.objects.create(
        project=project,
        labeler=labeler,
        attempt=attempt,
        questions=[items[question.key] for question in drawn],
        bar=project.screening_bar,
    )


def _draw(project: Project, found: list[Gold], *, seed: str) -> list[rules.Question]:
    bar = Fraction(project.screening_bar)
    try:
        return rules.draw(gold.questions(found), size=project.screening_size, bar=bar, seed=seed)
    except rules.Unfit as unfit:
        raise UnfitSet(str(unfit)) from unfit


def place(assignment: Assignment) -> Place | None:
    """Which question of its labeler's screening the assignment is; None where it is none."""
    if assignment.item.stratum != BatchItem.Stratum.SCREENING:
        return None
    attempt = queries.asking(assignment)
    return Place(attempt.questions.index(assignment.item_id) + 1, len(attempt.questions)) if attempt else None


def is_open(assignment: Assignment) -> bool:
    """Whether the screening that the assignment belongs to is still to be decided."""
    attempt = queries.asking(assignment)
    return attempt is not None and attempt.state == Screening.State.OPEN


def judge(assignment: Assignment) -> Screening | None:
    """Decide the screening that this pass belongs to once every question is answered; None until then.

    A pass agrees where its first mistake is an acceptable one, or it finds none where there is none; one that leaves
    a step unsure before any Bad doesn't. The caller holds the labeler's row lock.
    """
    attempt = queries.asking(assignment)
    if attempt is None or attempt.state != Screening.State.OPEN:
        return None
    made = queries.labels(attempt)
    if len(made) < len(attempt.questions):
        return None
    attempt.agreed = sum(map(_agrees, made))
    passed = rules.reaches(attempt.agreed, len(attempt.questions), Fraction(attempt.bar))
    attempt.state = Screening.State.PASSED if passed else Screening.State.FAILED
    attempt.decided_at = timezone.now()
    attempt.save(update_fields=["agreed", "state", "decided_at"])
    if passed:
        Admission.objects.get_or_create(
            project=attempt.project, labeler=attempt.labeler, defaults={"screening": attempt}
        )
    told: dict[str, Any] = {"state": attempt.state, "agreed": attempt.agreed, "of": len(attempt.questions)}
    audit.record(project=attempt.project, actor=None, verb="screen", subject=f"labeler {attempt.labeler_id}", **told)
    return attempt


def result(decided: Screening) -> dict[str, Any]:
    """How many had to agree, and the sentence in which the labeler is told."""
    asked = len(decided.questions)
    needed = ceil(Fraction(decided.bar) * asked)
    told = f"{decided.agreed} of your {asked} passes agree with the team's, and {needed} are needed."
    passed = "You passed the screening:" if decided.state == Screening.State.PASSED else "The screening is over:"
    return {"needed": needed, "sentence": f"{passed} {told}"}


def _agrees(label: Label) -> bool:
    solution = label.solution
    ratings, mistakes = main_ratings(label.steps), solution.gold.first_mistakes
    return rules.agrees(label.finish_reason, ratings, len(solution.steps), mistakes)


@transaction.atomic
def admit(*, project: Project, labeler: Labeler, reason: str, by: User) -> Admission:
    """Let the labeler in whatever the screening said. Raises Invalid without a reason, Conflict who is in already."""
    if not reason.strip():
        raise Invalid(fields={"reason": ["Say in a few words why."]})
    admission, made = Admission.objects.get_or_create(
        project=project, labeler=labeler, defaults={"admitted_by": by, "reason": reason}
    )
    if not made:
        raise Conflict("This labeler may label here already.")
    audit.record(project=project, actor=by, verb="admit", subject=f"labeler {labeler.pk}", reason=reason)
    return admission
