"""What can be served to whom: open items, live leases, and the reason when there is nothing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Generation, Labeler, Problem, Project, Solution

M = TypeVar("M", bound=Model)


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


# Every labeler waits for these four statements: plain SQL, since the ORM took longer to write them than the
# database to answer (measured: half of a hand-in's time).
# The conditions on an item are scalar subqueries on purpose: as joins, PostgreSQL sorted the whole queue for each pick
# (250 ms at 100,000 items); so it reads the first entries of the index `open_items`.
PICK = """
WITH picked AS (
    SELECT item.id FROM labelhub_batchitem item
    WHERE item.generation_id = (
            SELECT id FROM labelhub_generation WHERE project_id = %(project)s AND state = 'labeling'
        )
        AND item.state = 'open'
        AND COALESCE((
            SELECT had.state FROM labelhub_assignment had
            WHERE had.item_id = item.id AND had.labeler_id = %(labeler)s
        ), 'released') IN ('lapsed', 'released')
        AND (
            SELECT problem.retired_at FROM labelhub_solution solution
            JOIN labelhub_problem problem ON problem.id = solution.problem_id WHERE solution.id = item.solution_id
        ) IS NULL
    ORDER BY item.generation_id, item.position LIMIT 1 {lock}
)
SELECT item.id, item.generation_id, item.solution_id, item.labels_wanted, solution.steps,
    problem.id, problem.text, problem.ground_truth_answer,
    (SELECT id FROM labelhub_assignment WHERE item_id = item.id AND labeler_id = %(labeler)s),
    (SELECT max(version) FROM labelhub_instructions WHERE project_id = %(project)s)
FROM picked
JOIN labelhub_batchitem item ON item.id = picked.id
JOIN labelhub_solution solution ON solution.id = item.solution_id
JOIN labelhub_problem problem ON problem.id = solution.problem_id
"""
HELD = """
SELECT held.id FROM labelhub_assignment held
JOIN labelhub_batchitem item ON item.id = held.item_id
JOIN labelhub_generation generation ON generation.id = item.generation_id
WHERE held.labeler_id = %(labeler)s AND held.state = 'leased' AND generation.project_id = %(project)s
ORDER BY held.leased_at, held.id
"""


@dataclass(frozen=True)
class Pick:
    """An open item, locked, with what its labeler is shown."""

    item: BatchItem
    earlier_assignment: int | None  # the labeler's own, lapsed or released: it is taken up again
    instructions_version: int | None


def pick(*, project: Project, labeler: Labeler) -> Pick | None:
    """The first open item the labeler hasn't had, locked; everything the page needs comes with it, in one query.

    SKIP LOCKED: with a plain subselect two labelers get the same item (measured on PostgreSQL). SQLite takes its
    write lock at BEGIN and needs none.
    """
    lock = "FOR UPDATE OF item SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(PICK.format(lock=lock), _whose(project, labeler))
        row = cursor.fetchone()
    return _picked(row) if row else None


def _picked(row: tuple[Any, ...]) -> Pick:
    item, generation, solution, wanted, steps, problem, text, answer, earlier, version = row
    shown = _partly(Solution, id=solution, steps=json.loads(steps), problem_id=problem)
    shown.problem = _partly(Problem, id=problem, text=text, ground_truth_answer=answer)
    picked = _partly(BatchItem, id=item, generation_id=generation, solution_id=solution, labels_wanted=wanted)
    picked.solution = shown
    return Pick(picked, earlier, version)


def _partly(model: type[M], **values: Any) -> M:
    """A row of which only these columns were read; any other is fetched when it is asked for."""
    names = [field.attname for field in model._meta.concrete_fields if field.attname in values]  # in the table's order
    return model.from_db(connection.alias, names, [values[name] for name in names])


def held_by(*, project: Project, labeler: Labeler) -> list[int]:
    """Ids of the labeler's live leases in the project, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, _whose(project, labeler))
        return [pk for (pk,) in cursor.fetchall()]


def _whose(project: Project, labeler: Labeler) -> dict[str, Any]:
    key = Labeler._meta.pk.get_db_prep_value(labeler.pk, connection)  # SQLite keeps a UUID as text
    return {"project": project.pk, "labeler": key}


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


def hold(*, item_id: int) -> tuple[str, str]:
    """Lock the item, and keep its generation from closing until the transaction ends; the states of both.

    The generation FOR SHARE, which Django's ORM doesn't speak: labelers don't wait for each other, but closing, which
    takes FOR UPDATE on it, waits for every pass under way. SQLite serialises writers by itself.
    """
    locks = " FOR SHARE OF generation FOR UPDATE OF item" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(HOLD + locks, [item_id])
        generation, item = cursor.fetchone()
    return generation, item


HOLD = """
SELECT generation.state, item.state FROM labelhub_batchitem item
JOIN labelhub_generation generation ON generation.id = item.generation_id WHERE item.id = %s
"""
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
