"""What can be served to whom: open items, live leases, and the reason when there is nothing."""

from collections.abc import Iterable
from enum import Enum

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Generation, Instructions, Labeler, Project


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


# What a claim would read and decode for nothing.
LONG = ("generation__manifest", "generation__decision", "solution__meta", "solution__problem__meta")
HANDLED = (Assignment.State.LEASED, Assignment.State.SUBMITTED, Assignment.State.GAVE_UP, Assignment.State.REVOKED)


def pick(*, project: Project, labeler: Labeler) -> BatchItem | None:
    """The first open item the labeler hasn't had, locked; everything the page needs comes with it, in one query.

    SKIP LOCKED: with a plain subselect two labelers get the same item (measured on PostgreSQL). SQLite takes its
    write lock at BEGIN and needs none.
    """
    labeling = Generation.objects.filter(project=project, state=Generation.State.LABELING).values("pk")[:1]
    had = Assignment.objects.filter(item=OuterRef("pk"), labeler=labeler)
    newest = Instructions.objects.filter(project=project).order_by("-version").values("version")[:1]
    return (
        BatchItem.objects.filter(generation=Subquery(labeling), state=BatchItem.State.OPEN)
        .filter(solution__problem__retired_at__isnull=True)
        .filter(~Exists(had.filter(state__in=HANDLED)))
        .annotate(earlier_assignment=Subquery(had.values("pk")[:1]), instructions=Subquery(newest))
        .select_related("solution__problem", "generation")
        .defer(*LONG)
        .order_by("generation", "position")
        .select_for_update(skip_locked=True, of=("self",))
        .first()
    )


def live_leases(*, project: Project, labeler: Labeler) -> QuerySet[Assignment]:
    """What the labeler holds in the project, oldest first, with all that the page needs."""
    return (
        Assignment.objects.filter(labeler=labeler, state=Assignment.State.LEASED, item__generation__project=project)
        .select_related("item__solution__problem", "item__generation__project")
        .defer(*(f"item__{name}" for name in LONG))
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


def held_open(*, generation_id: int) -> str:
    """The generation's state, kept as it is until the transaction ends, but not from other labelers' passes.

    FOR SHARE, which Django's ORM doesn't speak: closing takes FOR UPDATE on the same row and so waits for every
    pass under way. SQLite serialises writers by itself.
    """
    lock = " FOR SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT state FROM labelhub_generation WHERE id = %s{lock}", [generation_id])
        (state,) = cursor.fetchone()
    return str(state)


# Plain SQL: every claim and every pass runs it, and the ORM took twice as long to write it as the database to do it.
SETTLE = """
UPDATE labelhub_batchitem SET state = CASE
    WHEN labels_wanted <= (
        SELECT count(*) FROM labelhub_assignment a WHERE a.item_id = labelhub_batchitem.id AND a.state = 'submitted'
    ) THEN 'done'
    WHEN labels_wanted <= (
        SELECT count(*) FROM labelhub_assignment a
        WHERE a.item_id = labelhub_batchitem.id AND a.state IN ('submitted', 'leased')
    ) THEN 'leased'
    WHEN NOT EXISTS (
        SELECT 1 FROM labelhub_solution s JOIN labelhub_problem p ON p.id = s.problem_id
        WHERE s.id = labelhub_batchitem.solution_id AND p.retired_at IS NOT NULL
    ) THEN 'open'
    WHEN EXISTS (
        SELECT 1 FROM labelhub_assignment a WHERE a.item_id = labelhub_batchitem.id AND a.state = 'leased'
    ) THEN 'leased'
    ELSE 'withdrawn' END
WHERE id = %s
"""


def settle(items: Iterable[BatchItem]) -> None:
    """Set each item's state from its labels and live leases: the one place that decides it.

    The caller holds the items' row locks from an earlier statement; counted in the same statement as the lock was
    taken, PostgreSQL would count from before it.
    """
    with connection.cursor() as cursor:
        for item in items:
            cursor.execute(SETTLE, [item.pk])


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
