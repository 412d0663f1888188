"""What can be served to whom: open items, live leases, and the reason when there is nothing."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Generation, Labeler, Problem, Project, Solution
from labelhub.queries.statement import Row, Statement, known


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


# The conditions on an item are scalar subqueries on purpose: as joins, PostgreSQL sorted the whole queue for each pick
# (250 ms at 100,000 items); so it reads the first entries of the index `open_items`.
PICK = Statement(
    """
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
), held AS (
    SELECT min(held.id) AS lowest, max(held.id) AS highest FROM labelhub_assignment held
    JOIN labelhub_batchitem item ON item.id = held.item_id
    JOIN labelhub_generation generation ON generation.id = item.generation_id
    WHERE held.labeler_id = %(labeler)s AND held.state = 'leased' AND generation.project_id = %(project)s
)
SELECT item.id, item.generation_id, item.labels_wanted, solution.id, solution.steps,
    problem.id, problem.text, problem.ground_truth_answer,
    (SELECT max(version) FROM labelhub_instructions WHERE project_id = %(project)s),
    EXISTS (SELECT 1 FROM labelhub_alternative WHERE solution_id = solution.id),
    held.lowest, held.highest
FROM picked
CROSS JOIN held
JOIN labelhub_batchitem item ON item.id = picked.id
JOIN labelhub_solution solution ON solution.id = item.solution_id
JOIN labelhub_problem problem ON problem.id = solution.problem_id
""",
    lock="FOR UPDATE OF item SKIP LOCKED",
)
HELD = Statement("""
SELECT held.id FROM labelhub_assignment held
JOIN labelhub_batchitem item ON item.id = held.item_id
JOIN labelhub_generation generation ON generation.id = item.generation_id
WHERE held.labeler_id = %(labeler)s AND held.state = 'leased' AND generation.project_id = %(project)s
ORDER BY held.leased_at, held.id
""")
LABELER = Statement("SELECT id FROM labelhub_labeler WHERE id = %(labeler)s {lock}", lock="FOR NO KEY UPDATE")


@dataclass(frozen=True)
class Pick:
    """An open item, locked, with what its labeler is shown and the leases the labeler holds already."""

    item: BatchItem
    instructions_version: int | None
    has_alternatives: bool
    held: list[int]  # ids of assignments; the two at most that a labeler may hold


def pick(*, project: Project, labeler: Labeler) -> Pick | None:
    """The first open item the labeler hasn't had, locked; everything the page needs comes with it, in one query.

    SKIP LOCKED: with a plain subselect two labelers get the same item (measured on PostgreSQL).
    """
    row = PICK.first(project=project.pk, labeler=labeler.pk)
    return _picked(row) if row else None


def _picked(row: Row) -> Pick:
    item_id, generation, wanted, solution_id, steps, problem_id, text, answer, version, alternatives, *held = row
    solution = known(Solution, id=solution_id, steps=json.loads(steps), problem_id=problem_id)
    solution.problem = known(Problem, id=problem_id, text=text, ground_truth_answer=answer)
    item = known(BatchItem, id=item_id, generation_id=generation, solution_id=solution_id, labels_wanted=wanted)
    item.solution = solution
    return Pick(item, version, bool(alternatives), sorted({pk for pk in held if pk is not None}))


def held_by(*, project: Project, labeler: Labeler) -> list[int]:
    """Ids of the labeler's live leases in the project, oldest first."""
    return [pk for (pk,) in HELD.rows(project=project.pk, labeler=labeler.pk)]


def lock_labeler(labeler: Labeler) -> None:
    """Until the transaction ends nobody else claims for this labeler: two tabs would each take a second lease."""
    LABELER.rows(labeler=labeler.pk)


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


# The generation FOR SHARE: labelers don't wait for each other, but closing, which takes FOR UPDATE on it, waits for
# every pass under way. Rows are locked in the order in which they are named, and one waited for is read anew.
GIVEN = Statement(
    """
SELECT assignment.state, assignment.lease_token, assignment.instructions_version,
    item.id, item.state, generation.id, generation.state, project.id, project.lease_seconds,
    solution.id, solution.steps, solution.problem_id
FROM labelhub_assignment assignment
JOIN labelhub_labeler labeler ON labeler.id = assignment.labeler_id
JOIN labelhub_batchitem item ON item.id = assignment.item_id
JOIN labelhub_solution solution ON solution.id = item.solution_id
JOIN labelhub_generation generation ON generation.id = item.generation_id
JOIN labelhub_project project ON project.id = generation.project_id
WHERE assignment.id = %(assignment)s AND assignment.labeler_id = %(labeler)s
    AND (
        labeler.user_id IS NULL
        OR EXISTS (
            SELECT 1 FROM labelhub_membership WHERE user_id = labeler.user_id AND project_id = generation.project_id
        )
        OR EXISTS (SELECT 1 FROM labelhub_user account WHERE account.id = labeler.user_id AND account.is_superuser)
    )
{lock}
""",
    lock="FOR SHARE OF generation FOR NO KEY UPDATE OF labeler FOR NO KEY UPDATE OF item "
    "FOR NO KEY UPDATE OF assignment",
)


def given(*, assignment_id: int, labeler: Labeler) -> Assignment | None:
    """The assignment with all that a pass on it is judged by, locked; None unless it is this labeler's.

    Its item, its labeler and, against closing, its generation are locked with it until the transaction ends. A labeler
    who has left the project has no assignments there.
    """
    row = GIVEN.first(assignment=assignment_id, labeler=labeler.pk)
    if row is None:
        return None
    state, token, version, *around = row
    item, item_state, generation, generation_state, project, seconds, solution, steps, problem = around
    assignment = known(
        Assignment, id=assignment_id, item_id=item, labeler_id=labeler.pk, state=state, lease_token=token,
        instructions_version=version,
    )  # fmt: skip
    assignment.labeler = labeler
    assignment.item = known(BatchItem, id=item, generation_id=generation, solution_id=solution, state=item_state)
    assignment.item.generation = known(Generation, id=generation, project_id=project, state=generation_state)
    assignment.item.generation.project = known(Project, id=project, lease_seconds=seconds)
    assignment.item.solution = known(Solution, id=solution, steps=json.loads(steps), problem_id=problem)
    return assignment


SETTLE = Statement("""
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
WHERE id = %(item)s
""")


def settle(items: Iterable[BatchItem]) -> None:
    """Set each item's state from its labels and live leases: the one place that decides it.

    The caller holds the items' row locks from an earlier statement; counted in the same statement as the lock was
    taken, PostgreSQL would count from before it.
    """
    for item in items:
        SETTLE.rows(item=item.pk)


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
