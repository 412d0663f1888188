"""The record of who did what, when and why."""

from typing import Any

from labelhub.models import Event, Project, User


def record(
    *, project: Project | None, actor: User | None, verb: str, subject: str, reason: str = "", **detail: Any
) -> Event:
    """Write the event beside the act it tells of, in the caller's transaction; `actor` None is the loop itself."""
    return Event.objects.create(project=project, actor=actor, verb=verb, subject=subject, reason=reason, detail=detail)
