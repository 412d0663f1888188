"""Looking through a million rows: a page at a time by keyset, nothing counted to the end, every scan bounded.

Each kind of row (`browse_problems`, `browse_solutions`, `browse_labels`) splits its filters in two. What an index
serves *narrows* the rows before anything is read; what has to be looked at row by row *sifts* them, and then a page
looks through `WINDOW` of the narrowed rows in their order and no further. Where they ran out before the page was full
it says how many it looked through, and its cursor goes on behind them: rows are neither skipped nor told twice.

Rows come in their order by the order's own index, or, where their filters leave few, are gathered and sorted.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from labelhub.errors import Invalid
from labelhub.models import Project, Solution

WINDOW = 20_000  # rows a page looks through at most; 0.1 to 0.3 s of a million (docs/data.md)
COUNTED = 1_000  # more than this are "more than 1,000"
FEW = 20_000  # solutions of a project that are gathered and sorted rather than met among everybody's
MOST_WORDS = 8

Row = dict[str, Any]


class Beyond(Func):
    """Whether a row's columns come before, or after, those of a mark: as one value, so that an index is entered by it.

    Spelled out with AND and OR, SQLite reads two indexes and sorts.
    """

    output_field = BooleanField()

    def __init__(self, how: str, columns: Sequence[Any], mark: Sequence[Any]) -> None:
        super().__init__(*columns, *(Value(value) for value in mark))
        self.how = how

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        told = [compiler.compile(each) for each in self.get_source_expressions()]
        half = len(told) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (told[:half], told[half:]))
        return f"({left}) {self.how} ({right})", [each for _, params in told for each in params]


@dataclass(frozen=True)
class Sort:
    """An order: its columns as rows name them, the last one unique, all in one direction; and whose cursors are its."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[type, ...]
    down: bool = True

    def walk(self, rows: Any, *, few: bool) -> "Walk":
        """The rows in this order."""
        # As expressions no index serves: PostgreSQL would rather walk the order's index past everybody else's rows.
        named = {f"mark{n}": Coalesce(column, column) if few else F(column) for n, column in enumerate(self.columns)}
        marked = rows.annotate(**named)
        return Walk(marked.order_by(*(f"-{name}" if self.down else name for name in named)), tuple(named), self.down)


@dataclass(frozen=True)
class Walk:
    """Rows in an order, and the columns that say where each stands in it."""

    rows: "QuerySet[Any, Any]"
    marks: tuple[str, ...]
    down: bool

    def behind(self, mark: Sequence[Any]) -> "Walk":
        """Rows that come after the mark."""
        return self._where("<" if self.down else ">", mark)

    def until(self, mark: Sequence[Any]) -> "Walk":
        """Rows that come before the mark, and its own."""
        return self._where(">=" if self.down else "<=", mark)

    def sifted(self, sift: Q) -> "Walk":
        return replace(self, rows=self.rows.filter(sift))

    def first(self, number: int, *, past: int = 0) -> list[tuple[Any, ...]]:
        """Where the first of them stand."""
        return list(self.rows.values_list(*self.marks)[past : past + number])

    def _where(self, how: str, mark: Sequence[Any]) -> "Walk":
        return replace(self, rows=self.rows.filter(Beyond(how, [F(name) for name in self.marks], mark)))


@dataclass(frozen=True)
class Found:
    """Rows as their filters left them: narrowed, perhaps to a `few`, and what is still to be looked at row by row."""

    rows: "QuerySet[Any, Any]"
    sift: Q
    few: bool = False


@dataclass(frozen=True)
class Page:
    next: Annotated[str | None, "Give it as `cursor` to go on; null at the end."]
    count: Annotated[int | None, "With the first page: at most 1,000."]
    exact: Annotated[bool, "False: there may be more than `count`."]
    searched: Annotated[int | None, "Not null: this many were looked through and the page isn't full; `next` goes on."]


Tell = Callable[[Sequence[int]], Sequence[Row]]


def page(found: Found, *, sort: Sort, tell: Tell, cursor: str | None, limit: int) -> tuple[Page, list[Row]]:
    """A page and its `limit` rows behind the cursor, in four queries at most.

    Raises Invalid for a cursor of another list.
    """
    walk = sort.walk(found.rows, few=found.few)
    if cursor:
        walk = walk.behind(read_cursor(sort, cursor))
    end = next(iter(walk.first(1, past=WINDOW - 1)), None) if found.sift else None
    within = (walk.until(end) if end else walk).sifted(found.sift)
    marks = within.first(limit + 1)
    count, exact = (None, False) if cursor else _count(within, marks, limit=limit, whole=end is None)
    full = len(marks) > limit
    last = marks[limit - 1] if full else end
    got = Page(
        next=write_cursor(sort, last) if last else None,
        count=count,
        exact=exact,
        searched=WINDOW if end and not full else None,
    )
    return got, _in_order(tell, [mark[-1] for mark in marks[:limit]])


def _in_order(tell: Tell, ids: Sequence[int]) -> list[Row]:
    """What is shown of a row is read for those of the page alone, once it is known which they are."""
    told = {row["pk"]: row for row in tell(ids)} if ids else {}
    return [told[pk] for pk in ids if pk in told]


def _count(within: Walk, marks: Sequence[Any], *, limit: int, whole: bool) -> tuple[int, bool]:
    count = within.rows.values("pk")[: COUNTED + 1].count() if len(marks) > limit else len(marks)
    return min(count, COUNTED), whole and count <= COUNTED


def is_small(project: Project) -> bool:
    """Whether all its solutions can be gathered and sorted: its neighbours' may be a million."""
    return Solution.objects.filter(problem__project=project).order_by()[: FEW + 1].count() <= FEW


def write_cursor(sort: Sort, mark: Sequence[Any]) -> str:
    """Opaque to whoever carries it: the order it belongs to and the row it stands at."""
    return base64.urlsafe_b64encode(orjson.dumps([sort.name, *mark])).decode().rstrip("=")


def read_cursor(sort: Sort, cursor: str) -> list[Any]:
    """The row a cursor stands at. Raises Invalid unless it is one of this order."""
    try:
        name, *mark = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name == sort.name and len(mark) == len(sort.kinds):
            return [_value(kind, value) for kind, value in zip(sort.kinds, mark, strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError):
        pass
    raise Invalid(fields={"cursor": ["This cursor is not one of this list in this order; begin again without it."]})


def _value(kind: Any, value: Any) -> Any:
    """Raises ValueError, TypeError or OverflowError for what is not of the kind."""
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    if type(value) is not kind or not -(2**63) < value < 2**63:
        raise ValueError
    return value


def words(column: str, text: str) -> Q:
    """Rows whose column holds every word of the text, upper and lower case alike. Reads the whole column: it sifts."""
    found = Q()
    for word in text.split()[:MOST_WORDS]:
        found &= Q(**{f"{column}__icontains": word})
    return found
