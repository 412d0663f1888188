"""The record of consequential acts, looked through, newest first, and as a file, one row at a time."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
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


COLUMNS = ["at", "actor", "verb", "subject", "reason", "detail", "account"]
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV Injection)


def row(event: Event) -> dict[str, Any]:
    """The event as it is told; `actor` None is the loop itself, or whom nobody knew."""
    told = {name: getattr(event, name) for name in ("at", "verb", "subject", "reason", "detail")}
    people = {name: who.username if (who := getattr(event, name)) else None for name in ("actor", "account")}
    return told | {"id": event.pk} | people


def as_jsonl(events: Iterable[Event]) -> Iterator[bytes]:
    """One JSON object a line."""
    for event in events:
        yield orjson.dumps(row(event), option=orjson.OPT_APPEND_NEWLINE)


def as_csv(events: Iterable[Event]) -> Iterator[bytes]:
    """COLUMNS, with what a spreadsheet would take for a formula told apart by an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for event in events:
        writer.writerow([harmless(_text(row(event)[name])) for name in COLUMNS])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()  # the heading of an empty record


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return orjson.dumps(value, default=str).decode()
    return "" if value is None else str(value)


def harmless(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA) or text.startswith(FORMULA) else text


FORMATS = {"csv": (as_csv, "text/csv; charset=utf-8"), "jsonl": (as_jsonl, "application/x-ndjson")}
