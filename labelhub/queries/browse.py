"""Looking through a million rows: a page at a time by keyset, nothing counted to the end, every scan bounded.

Each kind of row (`browse_problems`, `browse_solutions`, `browse_labels`) splits its filters in two. What an index
serves *narrows* the rows before anything is read; what has to be looked at row by row *sifts* them, and then a page
looks through `WINDOW` of the narrowed rows in their order and no further. Where they ran out before the page was full
it says how many it looked through, and its cursor goes on behind them: rows are neither skipped nor told twice.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q, QuerySet

from labelhub.errors import Invalid

WINDOW = 20_000  # rows a page looks through at most; 0.1 to 0.3 s of a million (docs/data.md)
COUNTED = 1_000  # more than this are "more than 1,000"
MOST_WORDS = 8

Row = dict[str, Any]


@dataclass(frozen=True)
class Sort:
    """An order that an index serves: its columns as rows name them, the last one unique, all in one direction."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[type, ...]
    down: bool = True

    @property
    def order(self) -> list[str]:
        return [f"-{column}" if self.down else column for column in self.columns]

    def behind(self, mark: Sequence[Any]) -> Q:
        """Rows that come after the mark."""
        return self._past(mark, "lt" if self.down else "gt")

    def until(self, mark: Sequence[Any]) -> Q:
        """Rows that come before the mark, and its own."""
        return self._past(mark, "gte" if self.down else "lte")

    def _past(self, mark: Sequence[Any], how: str) -> Q:
        *first, last = self.columns
        if not first:
            return Q(**{f"{last}__{how}": mark[-1]})
        # The first condition says no more than the second; it is the one that an index can be entered by.
        strictly, loosely = how[:2], f"{how[:2]}e"
        ahead, tie = Q(**{f"{first[0]}__{strictly}": mark[0]}), Q(**{first[0]: mark[0], f"{last}__{how}": mark[-1]})
        return Q(**{f"{first[0]}__{loosely}": mark[0]}) & (ahead | tie)


@dataclass(frozen=True)
class Found:
    """Rows as their filters left them: narrowed by an index, and what is still to be looked at row by row."""

    rows: "QuerySet[Any, Any]"
    sift: Q


@dataclass(frozen=True)
class Page:
    """`count` is told with the first page alone, at most `COUNTED`, and is no more than a part where not `exact`."""

    rows: list[Row]
    next: str | None
    count: int | None
    exact: bool
    searched: int | None


def page(found: Found, *, sort: Sort, tell: Callable[[Any], Any], cursor: str | None, limit: int) -> Page:
    """`limit` rows behind the cursor, in three queries at most. Raises Invalid for a cursor of another list."""
    walk = found.rows.order_by(*sort.order)
    if cursor:
        walk = walk.filter(sort.behind(read_cursor(sort, cursor)))
    end = _end(walk, sort) if found.sift else None
    within = (walk.filter(sort.until(end)) if end else walk).filter(found.sift)
    rows = list(tell(within)[: limit + 1])
    count, exact = (None, False) if cursor else _count(within, rows, limit=limit, whole=end is None)
    full = len(rows) > limit
    mark = [rows[limit - 1][column] for column in sort.columns] if full else end
    return Page(
        rows=rows[:limit],
        next=write_cursor(sort, mark) if mark else None,
        count=count,
        exact=exact,
        searched=WINDOW if end and not full else None,
    )


def _end(walk: "QuerySet[Any, Any]", sort: Sort) -> Sequence[Any] | None:
    """Where the window ends; None where fewer rows are left than it holds."""
    return next(iter(walk.values_list(*sort.columns)[WINDOW - 1 : WINDOW]), None)


def _count(within: "QuerySet[Any, Any]", rows: list[Row], *, limit: int, whole: bool) -> tuple[int, bool]:
    count = within.values("pk")[: COUNTED + 1].count() if len(rows) > limit else len(rows)
    return min(count, COUNTED), whole and count <= COUNTED


def write_cursor(sort: Sort, mark: Sequence[Any]) -> str:
    """Opaque to whoever carries it: the order it belongs to and the row it stands at."""
    return base64.urlsafe_b64encode(orjson.dumps([sort.name, *mark])).decode().rstrip("=")


def read_cursor(sort: Sort, cursor: str) -> list[Any]:
    """The row a cursor stands at. Raises Invalid unless it is one of this order."""
    try:
        name, *mark = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name == sort.name and len(mark) == len(sort.kinds):
            return [_value(kind, value) for kind, value in zip(sort.kinds, mark, strict=True)]
    except (binascii.Error, ValueError, TypeError):
        pass
    raise Invalid(fields={"cursor": ["This cursor is not one of this list in this order; begin again without it."]})


def _value(kind: Any, value: Any) -> Any:
    """Raises ValueError or TypeError for what is not of the kind."""
    if kind is datetime:
        return datetime.fromisoformat(value)
    if type(value) is not kind or not -(2**63) < value < 2**63:
        raise ValueError
    return value


def words(column: str, text: str) -> Q:
    """Rows whose column holds every word of the text, upper and lower case alike. Reads the whole column: it sifts."""
    found = Q()
    for word in text.split()[:MOST_WORDS]:
        found &= Q(**{f"{column}__icontains": word})
    return found
