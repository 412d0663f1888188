"""Which labels may train a model, and which measure one."""

from collections.abc import Sequence
from itertools import groupby

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from labelhub.models import (
    Checkpoint,
    Label,
    Problem,
    Project,
    Quarantine,
    QuarantineDecision,
    Ruling,
    Solution,
)
from selector.labels.steps import mistake_on_path
from selector.quality.agreement import majority

SCREENING_GENERATION = -1
WHOLE = (Label.FinishReason.FOUND_ERROR, Label.FinishReason.SOLUTION)


def to_train(*, project: Project) -> QuerySet[Label]:
    """Current revisions on train problems that teach: no quality control, no screening, no unsettled contradiction."""
    return _trusted(project, Problem.Split.TRAIN)


def to_measure(*, project: Project, split: str) -> QuerySet[Label]:
    """The same kind of labels on a held-out split: a checkpoint's predicted first mistakes are compared with them."""
    return _trusted(project, split)


def seen_by(*, checkpoint: Checkpoint) -> QuerySet[Label]:
    """The revisions that were frozen for the checkpoint, whatever became of them since, in a stable order."""
    return checkpoint.labels.select_related("solution__problem").order_by("solution_id", "pk")


def trusted(labels: QuerySet[Label]) -> QuerySet[Label]:
    """Those of the labels that say something of every step up to where they end, and that nothing speaks against.

    Where a reviewer said which label of a solution stands, that one alone, also against the grade. Screening has a
    flag of its own, and a number of its own in rows that came in without the flag.
    """
    contradiction = Q(finish_reason=Label.FinishReason.SOLUTION, solution__grade=Solution.Grade.WRONG)
    whole = asked_for_training(labels.filter(~HELD_BACK, finish_reason__in=WHOLE))
    adjudicated = whole.exclude(source_generation=SCREENING_GENERATION).annotate(standing=Subquery(_standing()))
    return adjudicated.filter(Q(standing=F("pk")) | Q(standing=None) & ~contradiction)


def _holding() -> QuerySet[Quarantine]:
    """The quarantine that the label is in, unless a reviewer released it; an undecided one holds like a discard."""
    decided = QuarantineDecision.objects.filter(quarantine=OuterRef("pk"), kind__in=QuarantineDecision.OF_LABELS)
    behind = Q(after=None) | Q(after__lt=OuterRef("pk"))
    around = Quarantine.objects.filter(behind, labeler=OuterRef("labeler"), until__gte=OuterRef("pk"))
    of_project = around.filter(project=OuterRef("solution__problem__project"))
    newest = of_project.annotate(stands=Subquery(decided.order_by("-pk").values("kind")[:1]))
    return newest.filter(Q(stands=None) | Q(stands=QuarantineDecision.Kind.DISCARD))


# Labels that speak for nothing: their labeler was paused, and nobody released them. A reviewer's own aren't of a batch.
HELD_BACK = Q(Exists(_holding()), assignment__isnull=False)


def _standing() -> QuerySet[Ruling, int]:
    """The label of the solution that stands by the newest ruling, unless its labeler has revised it since."""
    says = Ruling.objects.filter(solution=OuterRef("solution"), kind__in=Ruling.ADJUDICATES)
    return says.filter(label__successor=None).order_by("-decided_at", "-pk").values_list("label", flat=True)[:1]


def asked_for_training(labels: QuerySet[Label]) -> QuerySet[Label]:
    """Those that weren't made to know the labeler: running checks and screening train nothing and count for nothing."""
    return labels.filter(is_quality_control_question=False, is_initial_screening_question=False)


def _trusted(project: Project, split: str) -> QuerySet[Label]:
    current: QuerySet[Label] = Label.objects.current()
    return trusted(current.filter(solution__problem__project=project, solution__problem__split=split))


def consensus(labels: Sequence[Label]) -> list[Label]:
    """One label per solution: of several, the first whose first mistake is the majority's; a tie teaches nothing.

    Where a labeler was unsure before any Bad, the first mistake is unknown: such a pass has no vote beside others.
    Alone it stands, and teaches the steps that it rates. `labels` come sorted by solution.
    """
    agreed = [_agreed(list(group)) for _, group in groupby(labels, key=lambda label: label.solution_id)]
    return [label for label in agreed if label is not None]


def _agreed(labels: list[Label]) -> Label | None:
    if len(labels) == 1:
        return labels[0]
    at = majority([mistake_on_path(label.steps, len(label.solution.steps)) for label in labels])
    return None if at is None else labels[at]
