"""What running checks say of labelers, the quarantines they led to, and what each check itself is worth."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from labelhub.models import (
    Assignment,
    BatchItem,
    Generation,
    Gold,
    Label,
    Labeler,
    Membership,
    Project,
    Quarantine,
    QuarantineDecision,
)
from labelhub.queries.loop.eligible import asked_for_training
from selector.labels.steps import main_ratings
from selector.quality.gold import agrees

Kind = QuarantineDecision.Kind


def answers(project: Project) -> QuerySet[Label]:
    """Current labels over the checks in use, with their gold; a check that was retired speaks of nobody any more."""
    labels: QuerySet[Label] = Label.objects.current()
    over = labels.filter(
        assignment__item__stratum=BatchItem.Stratum.CHECK,
        solution__gold__project=project,
        solution__gold__purpose=Gold.Purpose.CHECK,
        solution__gold__retired_at=None,
    )
    return over.select_related("solution__gold").order_by("pk")


def answers_of(project: Project, labeler: Labeler) -> tuple[int | None, list[Label]]:
    """The label behind which the labeler's record begins, None where it is the first, and the checks since."""
    began = began_at(project).get(labeler.pk)
    mine = answers(project).filter(assignment__labeler=labeler, labeler=labeler)
    return began, list(mine.filter(pk__gt=began or 0))


def began_at(project: Project) -> dict[UUID, int]:
    """By labeler: the label at which the last pause came from which they were brought back."""
    back = Quarantine.objects.filter(project=project, decisions__kind=Kind.BRING_BACK).order_by()
    return dict(back.values_list("labeler").annotate(began=Max("until")))


def quarantines(project: Project) -> QuerySet[Any]:
    """The newest first, with whether the labeler was brought back, by name, and all decisions."""
    found = Quarantine.objects.filter(project=project).annotate(
        username=F("labeler__user__username"), is_back=Exists(_decided(Kind.BRING_BACK))
    )
    return found.prefetch_related("decisions__decided_by").order_by("-pk")


def labels_in(quarantine: Quarantine) -> QuerySet[Label]:
    """Current labels of the batches that are in it, oldest first; not the checks among them."""
    labels: QuerySet[Label] = Label.objects.current()
    made = asked_for_training(labels.filter(labeler=quarantine.labeler_id, assignment__isnull=False))
    of_project = made.filter(solution__problem__project=quarantine.project_id)
    return of_project.filter(pk__gt=quarantine.after_id or 0, pk__lte=quarantine.until_id).order_by("pk")


def out_again(quarantine: Quarantine, state: Assignment.State) -> QuerySet[Assignment]:
    """Assignments of its labels in the generation that is served, in this state."""
    of_batch = Assignment.objects.filter(
        item__generation__state__in=Generation.SERVED, state=state, labels__in=labels_in(quarantine).order_by()
    )
    return of_batch.exclude(item__state=BatchItem.State.STANDING)


def waiting(project: Project) -> int:
    """How many labelers wait for somebody: for a decision on their labels, or, unless they were suspended or left, on
    themselves."""
    working = Membership.objects.filter(
        project=project, user=OuterRef("labeler__user"), suspended_at=None, user__is_active=True
    )
    undecided = ~Exists(_decided(*QuarantineDecision.OF_LABELS))
    paused = ~Exists(_decided(Kind.BRING_BACK)) & Exists(working)
    found = Quarantine.objects.filter(undecided | paused, project=project)
    return found.values("labeler").distinct().count()


def _decided(*kinds: str) -> QuerySet[QuarantineDecision]:
    return QuarantineDecision.objects.filter(quarantine=OuterRef("pk"), kind__in=kinds)


def suspended(project: Project) -> set[UUID]:
    """Labelers who are shut out of the project."""
    shut_out = Q(user__memberships__project=project, user__memberships__suspended_at__isnull=False)
    return set(Labeler.objects.filter(shut_out).values_list("pk", flat=True))


def is_passed(label: Label) -> bool:
    """Whether the pass over a check agrees with its gold label."""
    solution = label.solution
    ratings, mistakes = main_ratings(label.steps), solution.gold.first_mistakes
    return agrees(label.finish_reason, ratings, len(solution.steps), mistakes)
