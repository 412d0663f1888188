"""What can be served to whom: open items, live leases, and the reason when there is nothing."""

from collections.abc import Iterable
from enum import Enum

from django.db import connection
from django.db.models import Case, CharField, Count, Exists, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Generation, Labeler, Project, Solution


class Reason(Enum):
    """Why there is nothing to label now; each with what to expect."""

    NO_GENERATION = "no_generation", "No generation is open for labeling yet. An operator opens the next one."
    PREPARING = "preparing", "The next batch is being picked. It opens by itself in a moment."
    BATCH_FINISHED = "batch_finished", "Every item of this batch has its labels. The next one opens after training."
    ALL_LEASED = "all_leased", "The last items of this batch are with other labelers. One may come back."
    NOTHING_LEFT_FOR_YOU = "nothing_left_for_you", "You have labelled every item of this batch that is still open."
    HOLDING_TWO = "holding_two", "You already hold two solutions. Finish or release one of them first."

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def sentence(self) -> str:
        return self.value[1]


HANDLED = (Assignment.State.LEASED, Assignment.State.SUBMITTED, Assignment.State.GAVE_UP, Assignment.State.REVOKED)


def pick(*, project: Project, labeler: Labeler) -> BatchItem | None:
    """The first open item the labeler hasn't had, locked; everything the page needs comes with it, in one query.

    SKIP LOCKED: with a plain subselect two labelers get the same item (measured on PostgreSQL). SQLite takes its
    write lock at BEGIN and needs none.
    """
    labeling = Generation.objects.filter(project=project, state=Generation.State.LABELING).values("pk")[:1]
    had = Assignment.objects.filter(item=OuterRef("pk"), labeler=labeler)
    return (
        BatchItem.objects.filter(generation=Subquery(labeling), state=BatchItem.State.OPEN)
        .filter(solution__problem__retired_at__isnull=True)
        .filter(~Exists(had.filter(state__in=HANDLED)))
        .annotate(earlier_assignment=Subquery(had.values("pk")[:1]))
        .select_related("solution__problem", "generation")
        .order_by("generation", "position")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )


def live_leases(*, project: Project, labeler: Labeler) -> QuerySet[Assignment]:
    """What the labeler holds in the project, oldest first, with all that the page needs."""
    return (
        Assignment.objects.filter(labeler=labeler, state=Assignment.State.LEASED, item__generation__project=project)
        .select_related("item__solution__problem", "item__generation")
        .order_by("leased_at", "pk")
    )


def expired_items(*, project: Project | None = None) -> QuerySet[BatchItem]:
    """Items some of whose leases have run out."""
    expired = Assignment.objects.filter(state=Assignment.State.LEASED, expires_at__lt=timezone.now())
    if project:
        expired = expired.filter(item__generation__project=project)
    return BatchItem.objects.filter(pk__in=expired.values("item"))


def retired_but_open() -> QuerySet[BatchItem]:
    """Open items of problems that were retired while somebody else held the item's row."""
    return BatchItem.objects.filter(state=BatchItem.State.OPEN, solution__problem__retired_at__isnull=False)


def full_batches() -> list[Generation]:
    """Generations in labeling with no item open or leased, of projects that advance by themselves."""
    unfinished = BatchItem.objects.filter(
        generation=OuterRef("pk"), state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED]
    )
    labeling = Generation.objects.filter(state=Generation.State.LABELING, project__auto_advance=True)
    return list(labeling.filter(~Exists(unfinished)).select_related("project"))


def hold_open(*, generation_id: int) -> Generation:
    """The generation, kept from closing until the transaction ends, but not from other labelers' passes.

    FOR SHARE, which Django's ORM doesn't speak: closing takes FOR UPDATE on the same row and so waits for every
    pass under way. SQLite serialises writers by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM labelhub_generation WHERE id = %s FOR SHARE", [generation_id])
    return Generation.objects.get(pk=generation_id)


def settle(items: Iterable[BatchItem]) -> None:
    """Set each item's state from its labels and live leases: the one place that decides it.

    The caller holds the items' row locks from an earlier statement; counted in the same statement as the lock was
    taken, PostgreSQL would count from before it.
    """
    ids = [item.pk for item in items]
    state = BatchItem.State
    problem_retired = Solution.objects.filter(pk=OuterRef("solution"), problem__retired_at__isnull=False)
    BatchItem.objects.filter(pk__in=ids).update(
        state=Case(
            When(labels_wanted__lte=_counted(Assignment.State.SUBMITTED), then=Value(state.DONE)),
            When(labels_wanted__lte=_counted(*Assignment.COUNTED), then=Value(state.LEASED)),
            When(Exists(problem_retired) & _has_lease(), then=Value(state.LEASED)),
            When(Exists(problem_retired), then=Value(state.WITHDRAWN)),
            default=Value(state.OPEN),
            output_field=CharField(),
        )
    )


def _counted(*states: Assignment.State) -> Coalesce:
    counted = (
        Assignment.objects.filter(item=OuterRef("pk"), state__in=states)
        .order_by()
        .values("item")
        .annotate(n=Count("*"))
        .values("n")
    )
    return Coalesce(Subquery(counted), 0, output_field=IntegerField())


def _has_lease() -> Exists:
    return Exists(Assignment.objects.filter(item=OuterRef("pk"), state=Assignment.State.LEASED))


def why_empty(*, project: Project, labeler: Labeler) -> Reason:
    """The reason why `pick` found nothing."""
    generation = Generation.objects.filter(project=project, state__in=Generation.ACTIVE).first()
    if generation is None or generation.state == Generation.State.FAILED:
        return Reason.NO_GENERATION
    if generation.state in (Generation.State.SCORING, Generation.State.SELECTING):
        return Reason.PREPARING
    if generation.state != Generation.State.LABELING:
        return Reason.BATCH_FINISHED
    states = set(
        generation.items.filter(state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED])
        .values_list("state", flat=True)
        .distinct()
    )
    if not states:
        return Reason.BATCH_FINISHED
    return Reason.NOTHING_LEFT_FOR_YOU if BatchItem.State.OPEN in states else Reason.ALL_LEASED
