"""One function per kind of field: the value in its type, or a BadRow that names the field.

Tables (pandas, Arrow) write an integer or a flag of a column with gaps as a float, and an answer that looks like a
number as a number. Each is read as what it was: 4.0 as 4, 1.0 as true, 204 as "204".
"""

import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from selector.formats.records import BadRow
from selector.types import RATINGS

MAX_STEP_CHARS = 100_000
MAX_SOLUTION_CHARS = 4_000_000
MAX_STEPS = 10_000  # as many ratings as a hand-in may carry (labelhub.api.labeling.serializers.assignments.MOST_STEPS)
MAX_DEPTH = 50
MAX_KEY_CHARS = 200
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MISSING = object()

Row = Mapping[str, Any]
Option = TypeVar("Option", bound=str)


def check_storable(row: Row) -> None:
    """Refuse what no database column or JSON file takes: NUL, lone surrogates, infinities, bottomless nesting."""
    for name, value in _leaves(row, "", 0):
        if isinstance(value, str) and (found := _UNSTORABLE.search(value)):
            kind = "a NUL character" if found[0] == "\0" else "half of a surrogate pair"
            raise BadRow(f"{name} contains {kind}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise BadRow(f"{name} is not a finite number.")


def _leaves(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > MAX_DEPTH:
        raise BadRow(f"{name[:40]}... is nested more than {MAX_DEPTH} levels deep.")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if len(key) > MAX_KEY_CHARS:
                raise BadRow(f"{name or 'The row'} has a key of more than {MAX_KEY_CHARS} characters.")
            yield f"A key of {name or 'the row'}", key
            yield from _leaves(inner, f"{name}.{key}" if name else key, depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{name}[{index}]", depth + 1)
    else:
        yield name, value


def required(row: Row, name: str) -> Any:
    """The value of a field that must be there, null or not. `label.steps` is looked up as `steps`."""
    value = row.get(name.rpartition(".")[2], _MISSING)
    if value is _MISSING:
        raise BadRow(f"{name} is missing.")
    return value


def text(value: Any, name: str, *, longest: int = MAX_STEP_CHARS) -> str:
    """Any string of a bearable length, the empty one too."""
    if not isinstance(value, str):
        raise BadRow(f"{name} is {_kind(value)}, not a string.")
    if len(value) > longest:
        raise BadRow(f"{name} is longer than {longest:,} characters.")
    return value


def words(value: Any, name: str, *, longest: int = MAX_STEP_CHARS) -> str:
    """A string that says something."""
    if not text(value, name, longest=longest).strip():
        raise BadRow(f"{name} is empty.")
    return str(value)


def optional_text(value: Any, name: str, *, longest: int = MAX_STEP_CHARS) -> str | None:
    return None if value is None else text(value, name, longest=longest)


def optional_answer(value: Any, name: str, *, longest: int = MAX_STEP_CHARS) -> str | None:
    """An answer as text. A number becomes its digits, without an exponent; a whole one has no decimal point."""
    return optional_text(_digits(value) if is_number(value) else value, name, longest=longest)


def _digits(value: float) -> str:
    """204 and 204.0 are 204: a table that turned the text "204" into a number wrote either."""
    return format(Decimal(repr(value or 0)), "f").removesuffix(".0")


def identifier(value: Any, name: str) -> str:
    """A source's own id, which many files write as a number."""
    if _is_int(whole(value)):
        return str(whole(value))
    return words(value, name, longest=500)


def flag(value: Any, name: str) -> bool:
    if isinstance(value, bool) or (is_number(value) and value in (0, 1)):
        return bool(value)
    raise BadRow(f"{name} is {_kind(value)}, not true or false.")


def optional_flag(value: Any, name: str) -> bool | None:
    return None if value is None else flag(value, name)


def integer(value: Any, name: str, *, least: int, most: int) -> int:
    value = whole(value)
    if isinstance(value, float):
        raise BadRow(f"{name} is {value}, not a whole number.")
    if not _is_int(value):
        raise BadRow(f"{name} is {_kind(value)}, not an integer.")
    if not least <= value <= most:
        raise BadRow(f"{name} is {value if abs(value) < 10**18 else 'out of range'}, not between {least} and {most}.")
    return int(value)


def number(value: Any, name: str) -> float:
    """An int or a float that a double can hold."""
    if not is_number(value):
        raise BadRow(f"{name} is {_kind(value)}, not a number.")
    if not -sys.float_info.max <= value <= sys.float_info.max:
        raise BadRow(f"{name} is out of range.")
    return float(value)


def rating(value: Any, name: str) -> int | None:
    """+1, 0, -1 or null, which is not neutral; true and "1" are none of them."""
    value = whole(value)
    if value is None:
        return None
    if not (_is_int(value) and value in RATINGS):
        raise BadRow(f"{name} is neither -1, 0, 1 nor null.")
    return int(value)


def whole(value: Any) -> Any:
    """The integer that a float stands for; anything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def sequence(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadRow(f"{name} is {_kind(value)}, not a list.")
    return value


def mapping(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRow(f"{name} is {_kind(value)}, not an object.")
    return value


def choice(value: Any, name: str, options: Sequence[Option]) -> Option:
    for option in options:
        if value == option:
            return option
    raise BadRow(f"{name} is none of {', '.join(options)}.")


def steps(value: Any, name: str) -> tuple[str, ...]:
    """The steps of a solution: at least one, none of them blank, and no more than people can read and hand in."""
    check_count(sequence(value, name), name)
    texts = tuple(words(step, f"{name}[{i}]") for i, step in enumerate(value))
    if not texts:
        raise BadRow(f"{name} is empty.")
    if sum(map(len, texts)) > MAX_SOLUTION_CHARS:
        raise BadRow(f"{name} are longer than {MAX_SOLUTION_CHARS:,} characters together.")
    return texts


def check_count(steps: Sequence[Any], name: str) -> None:
    """Refuse a solution that could be opened but never handed in."""
    if len(steps) > MAX_STEPS:
        raise BadRow(f"{name} has {len(steps)} entries; a label rates at most {MAX_STEPS:,} steps.")


def ratings(value: Any, name: str, step_count: int) -> tuple[int | None, ...]:
    """Ratings of a prefix of the steps, cut after the first -1: nothing behind a mistake says anything."""
    found = [rating(each, f"{name}[{i}]") for i, each in enumerate(sequence(value, name))]
    if len(found) > step_count:
        raise BadRow(f"{name} has {len(found)} ratings for {step_count} steps.")
    return tuple(found[: found.index(-1) + 1] if -1 in found else found)


def unknown(row: Row, known: Sequence[str]) -> dict[str, Any]:
    """The fields a format has no word for, which pass through. Null is none: a table gives it to rows that lack one."""
    return {key: value for key, value in row.items() if key not in known and value is not None}


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    names = {int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "null")
