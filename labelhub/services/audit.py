"""The record of who did what, when and why."""

from typing import Any

from labelhub.models import Event, Project, User

LONGEST_SUBJECT = 100


def record(
    *,
    project: Project | None,
    actor: User | None,
    verb: str,
    subject: str,
    reason: str = "",
    account: User | None = None,
    **detail: Any,
) -> Event:
    """Write the event beside the act it tells of, in the caller's transaction; `actor` None is the loop itself.

    `account` is whose signing in it is about: it is shown to them too.

    A subject longer than the column (a file's name, an account's) is cut, or PostgreSQL would refuse the act with it.
    """
    about = subject[:LONGEST_SUBJECT]
    return Event.objects.create(
        project=project, actor=actor, account=account, verb=verb, subject=about, reason=reason, detail=detail
    )
