"""Write labels: the one place that does, whoever brings them."""

from labelhub.models import Assignment, Label
from labelhub.queries.accounts import sessions, tokens
from labelhub.queries.labeling.queue import HAND_IN_LOCKS, belongs, terms
from labelhub.queries.statement import Call, Statement
from labelhub.services.labeling.kept import Credential

HANDED_IN = (
    "labeler_id", "assignment_id", "supersedes_id", "revision", "source", "phase", "finish_reason", "reason", "steps",
    "body", "total_time", "submitted_at", "instructions_version", "is_quality_control_question",
    "is_initial_screening_question",
)  # fmt: skip
# The label is made only where everything is as it was read, and from here on nobody can change that. Else the solution
# is NULL where none may be: the transaction ends, and nothing of it stays. What was read is compared as one text, since
# SQLite would compile `state = ?` anew each time, to see whether a partial index serves it.
AS_READ = """assignment.state || ' ' || item.state || ' ' || generation.state || ' '
                || CAST(labeler.paused_in AS text)"""


def _statement(as_read: str) -> Statement:
    return Statement(
        f"""
INSERT INTO labelhub_label (solution_id, {", ".join(HANDED_IN)}) VALUES (
    (
        SELECT item.solution_id
        FROM labelhub_assignment assignment
        JOIN labelhub_labeler labeler ON labeler.id = assignment.labeler_id
        JOIN labelhub_batchitem item ON item.id = assignment.item_id
        JOIN labelhub_generation generation ON generation.id = item.generation_id
        WHERE assignment.id = %(assignment_id)s
            AND {as_read} = %(as_read)s
        {{lock}}
    ), {", ".join(f"%({name})s" for name in HANDED_IN)}
)
""",
        lock=HAND_IN_LOCKS,
    )


def _from_kept(still_valid: str) -> Statement:
    """For a pass judged by what an earlier request read. Who hands it in is asked here, and nowhere else.

    Project and account are looked up by the ids that are known, not joined: PostgreSQL hashed all labelers for one.
    """
    return _statement(f"""labeler.user_id || ' ' || generation.project_id || ' ' || assignment.lease_token || ' '
                || {AS_READ} || ' ' || (
                SELECT {terms(labeler="%(labeler_id)s", project="%(project)s")}
                FROM labelhub_project project WHERE project.id = %(project)s
            ) || ' ' || (
                SELECT CASE WHEN account.simulated THEN 'simulated' ELSE 'human' END FROM labelhub_user account
                WHERE account.id = %(user)s AND account.is_active
                    AND {belongs(user="%(user)s", project="%(project)s")} AND {still_valid}
            )""")


HAND_IN = _statement(AS_READ)
FROM_KEPT = {"token": _from_kept(tokens.STILL_VALID), "session": _from_kept(sessions.STILL_VALID)}


def write(*labels: Label) -> None:
    """Labels that come from a file, or from a reviewer."""
    Label.objects.bulk_create(labels)


def handing_in(label: Label, *, as_read: str) -> Call:
    """The statement that writes a labeler's pass, to be sent together with what else a hand-in changes.

    `as_read`: the states of its assignment, item and generation, and where its labeler is paused, a space between them.
    Where one of them is another by now, the statement raises IntegrityError.
    """
    return HAND_IN, {name: getattr(label, name) for name in HANDED_IN} | {"as_read": as_read}


def handing_in_from_kept(
    label: Label, *, as_read: str, terms: str, assignment: Assignment, credential: Credential
) -> Call:
    """The same for a pass that was judged by what an earlier request read.

    Raises IntegrityError also where the project's terms are others by now, or the credential doesn't sign in the
    labeler any more, or they don't belong to the project.
    """
    user, project = assignment.labeler.user_id, assignment.item.generation.project_id
    _, values = handing_in(label, as_read=f"{user} {project} {assignment.lease_token} {as_read} {terms} {label.source}")
    more = {
        "user": user,
        "project": project,
        "credential": credential.proof,
        "used_since": label.submitted_at - tokens.SEEN,
    }
    return FROM_KEPT[credential.kind], {**values, **more}
