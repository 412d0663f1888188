"""The claim: a lease of the first open item, in one message to the database together with what comes before it."""

import json
import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import random
from typing import NamedTuple

from django.utils import timezone

from labelhub.models import Assignment, BatchItem, Labeler, Problem, Project, Solution
from labelhub.queries.labeling.queue import Asked
from labelhub.queries.statement import Call, Statement, known

MOST_LEASES = 2  # the one on the page and the one prefetched behind it

# The conditions on an item are scalar subqueries on purpose: as joins, PostgreSQL sorted the whole queue for each
# claim (250 ms at 100,000 items); so it reads the first entries of the index `open_items`. SKIP LOCKED: with a plain
# subselect two labelers get the same item (measured there). A lease of an item that the labeler had before and lost or
# handed back is the earlier one, taken up again. `holding` is ids as text, ` 12  15 `: one parameter on both databases.
CLAIM = Statement(
    """
INSERT INTO labelhub_assignment (
    item_id, labeler_id, state, lease_token, leased_at, expires_at, instructions_version
)
SELECT item.id, %(labeler)s, 'leased', %(token)s, %(at)s, %(expires_at)s,
    (SELECT max(version) FROM labelhub_instructions WHERE project_id = %(project)s)
FROM labelhub_batchitem item
WHERE item.generation_id = (
        SELECT id FROM labelhub_generation
        WHERE project_id = %(project)s AND state IN ('labeling', 'ahead', 'scoring', 'selecting')
    )
    AND item.state = 'open'
    AND (
        SELECT count(*) < {most} AND count(*) = count(
            CASE WHEN replace(%(holding)s, ' ' || held.id || ' ', '') <> %(holding)s THEN 1 END
        )
        FROM labelhub_assignment held
        JOIN labelhub_batchitem had ON had.id = held.item_id
        JOIN labelhub_generation generation ON generation.id = had.generation_id
        WHERE held.labeler_id = %(labeler)s AND held.state = 'leased' AND generation.project_id = %(project)s
    )
    AND COALESCE((
        SELECT had.state IN ('lapsed', 'released') FROM labelhub_assignment had
        WHERE had.item_id = item.id AND had.labeler_id = %(labeler)s
    ), TRUE)
    AND (
        SELECT problem.retired_at IS NULL FROM labelhub_solution solution
        JOIN labelhub_problem problem ON problem.id = solution.problem_id WHERE solution.id = item.solution_id
    )
ORDER BY item.generation_id, item.position LIMIT 1 {lock}
ON CONFLICT (item_id, labeler_id)
DO UPDATE SET state = 'leased', leased_at = excluded.leased_at, expires_at = excluded.expires_at
""".replace("{most}", str(MOST_LEASES)),
    lock="FOR UPDATE OF item SKIP LOCKED",
)
SETTLING = """
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
WHERE state <> 'standing' AND id = """
SETTLE = Statement(f"{SETTLING}%(item)s")
# What that rule comes to where nothing has to be counted, as nearly always: the item wants one label.
FINISH_WHOLE = Statement("""
UPDATE labelhub_batchitem SET state = 'done' WHERE id = %(item)s AND state NOT IN ('standing', 'done')
""")
# And for the open item that was leased just now, in a statement of its own: the one that locked the item would count
# from before the lock.
LEASE = Statement("""
UPDATE labelhub_batchitem SET state = 'leased' WHERE id = (
    SELECT item_id FROM labelhub_assignment WHERE labeler_id = %(labeler)s AND state = 'leased' AND leased_at = %(at)s
) AND labels_wanted <= CASE WHEN labels_wanted = 1 THEN 1 ELSE (
    SELECT count(*) FROM labelhub_assignment a
    WHERE a.item_id = labelhub_batchitem.id AND a.state IN ('submitted', 'leased')
) END
""")
# Always one row: the label's id where one was just made, and the lease where there was something to claim.
OFFERED = Statement("""
SELECT label.id, assignment.id, assignment.lease_token, assignment.instructions_version,
    item.id, item.generation_id, item.state, item.stratum, item.labels_wanted,
    solution.id, solution.steps, problem.id, problem.text, problem.ground_truth_answer,
    EXISTS (SELECT 1 FROM labelhub_alternative WHERE solution_id = solution.id)
FROM (SELECT 1) AS answer
LEFT JOIN labelhub_label label ON label.assignment_id = %(labelled)s AND label.revision = %(revision)s
LEFT JOIN labelhub_assignment assignment ON assignment.labeler_id = %(labeler)s AND assignment.state = 'leased'
    AND assignment.leased_at = %(at)s
LEFT JOIN labelhub_batchitem item ON item.id = assignment.item_id
LEFT JOIN labelhub_solution solution ON solution.id = item.solution_id
LEFT JOIN labelhub_problem problem ON problem.id = solution.problem_id
""")


class Offered(NamedTuple):
    """A row of OFFERED."""

    label: int | None
    assignment: int | None
    lease_token: str
    instructions_version: int | None
    item: int
    generation: int
    item_state: str
    stratum: str
    labels_wanted: int
    solution: int
    steps: str  # JSON
    problem: int
    problem_text: str
    answer: str | None
    has_alternatives: bool


@dataclass(frozen=True)
class Claim:
    """One labeler's turn at the queue. `holding`: ids of the assignments that the page still knows.

    It takes nothing while the labeler holds a lease outside `holding`, or two. `asks` names what goes before the queue
    this time: "screening", "check", or nothing.
    """

    project: Project
    labeler: Labeler
    holding: Collection[int]
    asks: str = ""
    at: datetime = field(default_factory=timezone.now)

    def calls(self, *, labelled: int | None = None, revision: int | None = None) -> list[Call]:
        """Lease, and answer with one row: the id of the assignment `labelled`'s label, then the lease.

        An earlier statement of the transaction locks the labeler's row, or two tabs would each take a lease.
        """
        values = {
            "project": self.project.pk,
            "labeler": self.labeler.pk,
            "holding": f" {'  '.join(map(str, self.holding))} ",
            "token": secrets.token_urlsafe(16),
            "at": self.at,
            "expires_at": self.expires_at,
            "labelled": labelled,
            "revision": revision,
        }
        taking = [] if self.asks else [(CLAIM, values), (LEASE, values)]
        return [*taking, (OFFERED, values)]

    @property
    def expires_at(self) -> datetime:
        return self.at + timedelta(seconds=self.project.lease_seconds)

    def leased(self, offered: Offered) -> Assignment | None:
        """The assignment of the answer's lease with all that its labeler is shown; None where there was none."""
        if offered.assignment is None:
            return None
        problem = known(Problem, id=offered.problem, text=offered.problem_text, ground_truth_answer=offered.answer)
        solution = known(Solution, id=offered.solution, steps=json.loads(offered.steps), problem=problem)
        item = known(
            BatchItem, id=offered.item, generation_id=offered.generation, state=offered.item_state,
            stratum=offered.stratum, labels_wanted=offered.labels_wanted, solution=solution,
        )  # fmt: skip
        return known(
            Assignment, id=offered.assignment, item=item, labeler=self.labeler, state=Assignment.State.LEASED,
            lease_token=offered.lease_token, instructions_version=offered.instructions_version, leased_at=self.at,
            expires_at=self.expires_at,
        )  # fmt: skip


def turn_of(project: Project, labeler: Labeler, holding: Collection[int], asked: Asked) -> Claim:
    """The labeler's turn: at the screening until it is passed, by chance at a running check, else at the queue."""
    check = asked.check_rate and random() < asked.check_rate
    return Claim(project, labeler, holding, asks="screening" if asked.screening else "check" if check else "")


def settle(items: Iterable[BatchItem]) -> None:
    """Set each item's state from its labels and live leases: the one rule that decides it.

    The caller holds the items' row locks from an earlier statement.
    """
    for item in items:
        SETTLE.rows(item=item.pk)
