"""The record of consequential acts, looked through: newest first, by who, what, about what and when."""

from typing import Any

from django.db.models import Q, QuerySet

from labelhub.models import Event, Project, User

FILTERS = {
    "actor": "actor__username",
    "account": "account__username",
    "verb": "verb",
    "subject": "subject__startswith",
    "since": "at__gte",
    "until": "at__lt",
}


def found(project: Project | None, **asked: Any) -> QuerySet[Event]:
    """The project's events by those of FILTERS that are given, newest first, with who did it; None: of no project."""
    of = {"project": project} if project else {"project__isnull": True}
    return _by(asked, **of)


def of_account(user: User, **asked: Any) -> QuerySet[Event]:
    """What happened to the user's account, in the same way."""
    return _by(asked, account=user)


def _by(asked: dict[str, Any], **of: Any) -> QuerySet[Event]:
    events = Event.objects.filter(**of, **{FILTERS[name]: value for name, value in asked.items()})
    return events.select_related("actor", "account").order_by("-at", "-pk")


def page(events: QuerySet[Event], *, limit: int, before: int | None = None) -> tuple[list[Event], int | None]:
    """`limit` of the events, older than event `before`; and the event to go on from, None where there are no more."""
    if before is not None and (mark := events.filter(pk=before).first()):
        events = events.filter(Q(at__lt=mark.at) | Q(at=mark.at, pk__lt=mark.pk))
    rows = list(events[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None
