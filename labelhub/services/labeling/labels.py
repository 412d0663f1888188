"""Write labels: the one place that does, whoever brings them."""

from labelhub.models import Label
from labelhub.queries.labeling.queue import HAND_IN_LOCKS
from labelhub.queries.statement import Call, Statement

HANDED_IN = (
    "labeler_id", "assignment_id", "supersedes_id", "revision", "source", "phase", "finish_reason", "reason", "steps",
    "body", "total_time", "submitted_at", "instructions_version", "is_quality_control_question",
    "is_initial_screening_question",
)  # fmt: skip
# The label is made only where everything is as it was read, and from here on nobody can change that. Else the solution
# is NULL where none may be: the transaction ends, and nothing of it stays. What was read is compared as one text, since
# SQLite would compile `state = ?` anew each time, to see whether a partial index serves it.
HAND_IN = Statement(
    f"""
INSERT INTO labelhub_label (solution_id, {", ".join(HANDED_IN)}) VALUES (
    (
        SELECT item.solution_id
        FROM labelhub_assignment assignment
        JOIN labelhub_labeler labeler ON labeler.id = assignment.labeler_id
        JOIN labelhub_batchitem item ON item.id = assignment.item_id
        JOIN labelhub_generation generation ON generation.id = item.generation_id
        WHERE assignment.id = %(assignment_id)s
            AND assignment.state || ' ' || item.state || ' ' || generation.state || ' '
                || CAST(labeler.paused_in AS text) = %(as_read)s
        {{lock}}
    ), {", ".join(f"%({name})s" for name in HANDED_IN)}
)
""",
    lock=HAND_IN_LOCKS,
)


def write(*labels: Label) -> None:
    """Labels that come from a file, or from a reviewer."""
    Label.objects.bulk_create(labels)


def handing_in(label: Label, *, as_read: str) -> Call:
    """The statement that writes a labeler's pass, to be sent together with what else a hand-in changes.

    `as_read`: the states of its assignment, item and generation, and where its labeler is paused, a space between them.
    Where one of them is another by now, the statement raises IntegrityError.
    """
    return HAND_IN, {name: getattr(label, name) for name in HANDED_IN} | {"as_read": as_read}
