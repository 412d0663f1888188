"""What can be served to whom: open items, live leases, and the reason when there is nothing."""

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Generation, Labeler, Project, Solution
from labelhub.queries.statement import Row, Statement, known


class Reason(Enum):
    """Why there is nothing to label now; each with what to expect."""

    NO_GENERATION = "no_generation", "No generation is open for labeling yet. An operator opens the next one."
    PREPARING = "preparing", "The next batch is being picked. It opens by itself in a moment."
    BATCH_FINISHED = "batch_finished", "Every item of this batch has its labels. The next one opens after training."
    ALL_LEASED = "all_leased", "The last items of this batch are with other labelers. One may come back."
    NOTHING_LEFT_FOR_YOU = "nothing_left_for_you", "You have labelled every item of this batch that is still open."
    HOLDING_TWO = "holding_two", "You already hold two solutions. Finish or release one of them first."
    PAUSED = (
        "paused",
        "Several of your passes differ from the team's, so your work here rests until a reviewer has looked at them. "
        "Nothing that you did is lost, and the practice stays open.",
    )
    SCREENING_WAITS = "screening_waits", "Finish the question you hold: the screening's result comes with the last one."
    SCREENING_RETAKE = "screening_retake", "Your screening stayed below the bar. You may try again, on other questions."
    SCREENING_FAILED = "screening_failed", "Your screening stayed below the bar. An operator can still let you in."
    SCREENING_SHORT = "screening_short", "The screening has no questions left for you. An operator can let you in."

    @property
    def code(self) -> str:
        return self.value[0]

    @property
    def sentence(self) -> str:
        return self.value[1]


HELD = Statement("""
SELECT held.id FROM labelhub_assignment held
JOIN labelhub_batchitem item ON item.id = held.item_id
JOIN labelhub_generation generation ON generation.id = item.generation_id
WHERE held.labeler_id = %(labeler)s AND held.state = 'leased' AND generation.project_id = %(project)s
ORDER BY held.leased_at, held.id
""")
# Whether a labeler is screened before anything else, how often a running check is asked, and where they are paused:
# read with what is read anyway, so that whom none of it concerns pays nothing.
_SCREENED = """(project.screens AND NOT EXISTS (
        SELECT 1 FROM labelhub_admission WHERE labeler_id = {labeler} AND project_id = {project}
    ))"""


def terms(*, labeler: str, project: str) -> str:
    """What the project asks of a labeler, as SQL of one text: to see whether it changed since."""
    screened = _SCREENED.format(labeler=labeler, project=project)
    return f"{screened} || ' ' || project.checks || ' ' || project.check_rate || ' ' || project.lease_seconds"


ASKED = f"""
    {_SCREENED.format(labeler="labeler.id", project="project.id")}, project.checks, project.check_rate,
    labeler.paused_in, {terms(labeler="labeler.id", project="project.id")}"""
ASKS = 5  # columns
LABELER = Statement(
    f"SELECT {ASKED} FROM labelhub_labeler labeler JOIN labelhub_project project ON project.id = %(project)s "
    "WHERE labeler.id = %(labeler)s {lock}",
    lock="FOR NO KEY UPDATE OF labeler",
)


def held_by(*, project: Project, labeler: Labeler) -> list[int]:
    """Ids of the labeler's live leases in the project, oldest first."""
    return [pk for (pk,) in HELD.rows(project=project.pk, labeler=labeler.pk)]


@dataclass(frozen=True)
class Asked:
    """What a labeler is asked before the queue: the screening, or a running check at this rate; who is paused, nothing.

    `paused_in`: the column's own text, to see whether it changed since; `terms` likewise what the project asks.
    """

    screening: bool
    check_rate: float
    paused: bool
    paused_in: str
    terms: str


def lock_labeler(*, project: Project, labeler: Labeler) -> Asked:
    """Until the transaction ends nobody else claims for this labeler: two tabs would each take a second lease."""
    [row] = LABELER.rows(project=project.pk, labeler=labeler.pk)
    return _asked(project.pk, *row)


def _asked(project: int, screening: Any, checks: Any, rate: Any, paused_in: str, terms: str) -> Asked:
    return Asked(bool(screening), rate if checks else 0.0, project in json.loads(paused_in), paused_in, terms)


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


def belongs(*, user: str, project: str) -> str:
    """SQL for whether the user is a superuser, or a member of the project who isn't suspended."""
    return f"""(
        EXISTS (
            SELECT 1 FROM labelhub_membership
            WHERE user_id = {user} AND project_id = {project} AND suspended_at IS NULL
        )
        OR EXISTS (SELECT 1 FROM labelhub_user account WHERE account.id = {user} AND account.is_superuser)
    )"""


_GIVEN = f"""
SELECT assignment.id, assignment.labeler_id, assignment.state, assignment.lease_token, assignment.instructions_version,
    item.id, item.state, item.stratum, item.labels_wanted, generation.id, generation.state,
    project.id, project.lease_seconds, solution.id, solution.steps, solution.problem_id, {ASKED}
FROM labelhub_assignment assignment
JOIN labelhub_labeler labeler ON labeler.id = assignment.labeler_id
JOIN labelhub_batchitem item ON item.id = assignment.item_id
JOIN labelhub_solution solution ON solution.id = item.solution_id
JOIN labelhub_generation generation ON generation.id = item.generation_id
JOIN labelhub_project project ON project.id = generation.project_id
WHERE assignment.id = %(assignment)s
    AND (labeler.user_id IS NULL OR {belongs(user="labeler.user_id", project="generation.project_id")})
"""
_MINE = f"{_GIVEN} AND assignment.labeler_id = %(labeler)s"
GIVEN = Statement(_MINE)
GIVEN_COLUMNS = 21
# The generation FOR SHARE: labelers don't wait for each other, but closing, which takes FOR UPDATE on it, waits for
# every pass under way. Rows are locked in the order in which they are named, and one waited for is read anew.
HAND_IN_LOCKS = (
    "FOR SHARE OF generation FOR NO KEY UPDATE OF labeler FOR NO KEY UPDATE OF item FOR NO KEY UPDATE OF assignment"
)
GIVEN_LOCKED = Statement(f"{_MINE} {{lock}}", lock=HAND_IN_LOCKS)


def bringing(account: str) -> Statement:
    """The query `account`, which has a column `labeler_id`, with the columns of GIVEN behind its own.

    They are null unless the labeler has the assignment `%(assignment)s`. A hand-in's first statement says who is asking
    and brings along what the pass is judged by.
    """
    return Statement(
        f"SELECT * FROM ({account}) AS account LEFT JOIN ({_GIVEN}) AS given ON given.labeler_id = account.labeler_id"
    )


def given(*, assignment_id: int, labeler: Labeler, lock: bool) -> tuple[Assignment, Asked] | None:
    """The assignment with all that a pass on it is judged by, and what the labeler is asked next.

    None unless it is this labeler's. A labeler who has left the project, or is suspended in it, has no assignments
    there. `lock`: its item, its labeler and, against closing, its generation are locked with it until the transaction
    ends.
    """
    row = (GIVEN_LOCKED if lock else GIVEN).first(assignment=assignment_id, labeler=labeler.pk)
    return row and read_given(labeler, row)


def read_given(labeler: Labeler, row: Row) -> tuple[Assignment, Asked]:
    """What the columns of GIVEN say."""
    (pk, _, state, token, version, *around), asked = row[:-ASKS], row[-ASKS:]
    item, item_state, stratum, wanted, generation, generation_state, project, seconds, solution, steps, problem = around
    item = known(
        BatchItem, id=item, state=item_state, stratum=stratum, labels_wanted=wanted,
        generation=known(
            Generation, id=generation, state=generation_state, project=known(Project, id=project, lease_seconds=seconds)
        ),
        solution=known(Solution, id=solution, steps=json.loads(steps), problem_id=problem),
    )  # fmt: skip
    assignment = known(
        Assignment, id=pk, item=item, labeler=labeler, state=state, lease_token=token, instructions_version=version,
    )  # fmt: skip
    return assignment, _asked(project, *asked)


def why_empty(*, project: Project, labeler: Labeler) -> Reason:
    """The reason why a claim found nothing."""
    live = {each.state: each for each in Generation.objects.filter(project=project, state__in=Generation.LIVE)}
    if live.keys() & {Generation.State.SCORING, Generation.State.SELECTING}:
        return Reason.PREPARING
    served = live.get(Generation.State.LABELING) or live.get(Generation.State.AHEAD)
    states = _unfinished_states(served) if served else set()
    if states:
        return Reason.NOTHING_LEFT_FOR_YOU if BatchItem.State.OPEN in states else Reason.ALL_LEASED
    return Reason.BATCH_FINISHED if live.keys() - {Generation.State.FAILED} else Reason.NO_GENERATION


def _unfinished_states(generation: Generation) -> set[str]:
    unfinished = generation.items.filter(state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED])
    return set(unfinished.values_list("state", flat=True).distinct())
