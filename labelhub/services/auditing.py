"""The record of consequential acts as a file, one row at a time."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from labelhub.models import Event

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
