"""Whether two answers are the same answer: by text, numbers, units and shapes, and by mathematics last.

The rules are tried in order; the first that knows what both sides are decides. A doubt is unknown: a wrong answer
called right would train as a right one, and a right one called wrong would be served as a convincing mistake.
Nothing here evaluates an expression; that is left to the `mathematics` passed in.
"""

import itertools
import re
from collections.abc import Callable, Iterator
from functools import partial

from selector.grading.stated import UNSURE, is_prose, readings
from selector.grading.tidy import tidy
from selector.grading.values.arranged import Again, same_shape
from selector.grading.values.measured import measured
from selector.grading.values.notations import (
    bases,
    choices,
    clocks,
    dates,
    decimal_commas,
    labelled,
    lettered,
    nothing,
    ratios,
    spans,
)
from selector.grading.values.quantities import number, same_number
from selector.grading.values.shapes import Shape, inside, shape, split
from selector.grading.values.wordings import in_digits, is_wording, spelling, wordings
from selector.types import Grade

RIGHT, WRONG, UNKNOWN = Grade.RIGHT, Grade.WRONG, Grade.UNKNOWN
MAX_PARTS, _MAX_DEPTH = 40, 8
MAX_READ_CHARS = 1_500  # of what is read as mathematics, not of the text that states it
_MAX_STEPS = 2_000  # sets of sets of sets compare each with each

Mathematics = Callable[[str, str], Grade]
"""Whether two expressions, tidy LaTeX (answer, truth), are equal; right, wrong or unknown."""

_EQUALS = re.compile(r"(?<![<>!:=\\])=(?!=)|:=|==|\\equiv(?![A-Za-z])|(?<= )is(?= )")
_NAMED = re.compile(
    r"(?:m ?)?\\angle ?[A-Z]{1,3}|[A-Za-z](?:_(?:\w|\{[^{}]*\}))?'?|\\[a-z]+(?:_(?:\w|\{[^{}]*\}))?|[A-Z]{2,3}"
    r"|\|[A-Z]{2}\||[A-Za-z](?:\^\{-1\})? ?\([\w, ]+\)|\([A-Za-z](?: ?, ?[A-Za-z])+\)|\\overline\{[A-Z]+\}"
    r"|[A-Z]\w*(?:_\{?\w+\}?)? ?:(?: ?[A-Z]\w*(?:_\{?\w+\}?)? ?:)* ?[A-Z]\w*(?:_\{?\w+\}?)?|\\frac\{[A-Z]+\}\{[A-Z]+\}"
    r"|(?:\\text ?\{[^{}\d]*\}|[A-Za-z]{3,}[A-Za-z ]*)(?:_\w)?"
)
_HOLDS_SEVERAL = re.compile(r"\\begin|[(\[{][^()\[\]{}]*[,;]")
_GAP = re.compile(r" ?(?:\\q?quad(?![A-Za-z])|\\?&|\|) ?| ")
_ROW = re.compile(rf"-?[\d./]+(?:(?:{_GAP.pattern})-?[\d./]+)+")
_ROWS = re.compile(r"; ?| or ")
_ASSIGNS = re.compile(r"[A-Za-z] ?= ?")
_ASSIGNED = re.compile(rf"{_ASSIGNS.pattern}[^,=]+(?:, ?{_ASSIGNS.pattern}[^,=]+)+")
_MEMBER = re.compile(r"(?:[A-Za-z]|\([A-Za-z](?: ?, ?[A-Za-z])+\)) ?\\in(?![A-Za-z]) ?(?=[\[(\\])")


def compare(answer: str, truth: str, mathematics: Mathematics) -> Grade:
    """Whether the answer agrees with the ground truth, both as a model or a file wrote them; never raises.

    `mathematics` is asked only where neither text, numbers, units nor shapes decide.
    """
    steps = itertools.count()
    pairs = itertools.product(readings(answer), readings(truth))
    found = {_stated(*pair, mathematics, steps) for pair in pairs}
    return RIGHT if RIGHT in found else WRONG if found == {WRONG} else UNKNOWN


def _stated(answer: str, truth: str, mathematics: Mathematics, steps: Iterator[int]) -> Grade:
    if max(len(answer), len(truth)) > MAX_READ_CHARS:
        return UNKNOWN
    found = _compare(tidy(answer), tidy(truth), mathematics, steps, 0)
    return UNKNOWN if found is WRONG and (is_prose(answer) or is_prose(truth)) else found


def _compare(answer: str, truth: str, mathematics: Mathematics, steps: Iterator[int], depth: int) -> Grade:
    if not answer or not truth or depth > _MAX_DEPTH or next(steps) > _MAX_STEPS:
        return UNKNOWN
    if spelling(answer) == spelling(truth):
        return RIGHT
    one, other = number(answer), number(truth)
    if one and other:
        return same_number(one, other)

    def again(answer: str, truth: str) -> Grade:
        return _compare(answer.strip(), truth.strip(), mathematics, steps, depth + 1)

    rules = (
        *(clocks, bases, choices, dates, spans, lettered, nothing),
        *(partial(decimal_commas, again=again), partial(labelled, again=again)),
        partial(_named, again=again, mathematics=mathematics),
        partial(_bare, again=again),
        partial(in_digits, again=again),
        partial(measured, again=again),
        partial(_arranged, again=again, mathematics=mathematics),
        *(ratios, wordings, mathematics),
    )
    return next(found for rule in rules if (found := rule(answer, truth)) is not None)


def _named(answer: str, truth: str, again: Mathematics, mathematics: Mathematics) -> Grade | None:
    """`x = 5` against `5`, `x = 10/2 = 5`, `(x, y) = (1, 2)`; two equations are compared as equations."""
    one, other = _sides(answer), _sides(truth)
    if len(one) < 2 and len(other) < 2:
        return None
    if len(one) > 1 and len(other) > 1:
        return _equations(one, other, again) or mathematics(answer, truth)
    sides = one if len(one) > 1 else other
    name, value = (sides[0], sides[-1]) if _is_name(sides[0]) else (sides[-1], sides[0])
    if not _is_name(name):
        name, value = sides[0], sides[-1]

    def against(side: str) -> Grade:
        return again(side, truth) if sides is one else again(answer, side)

    found = against(value)
    if found is WRONG or _is_name(name) or against(name) is RIGHT:
        return found
    return UNKNOWN  # the last number fits, but `2x = 5` does not say 5


def _is_name(text: str) -> bool:
    return bool(_NAMED.fullmatch(text)) and not (" " in text and UNSURE.search(text))


def _equations(one: list[str], other: list[str], again: Mathematics) -> Grade | None:
    if not _is_name(one[0]) or not _is_name(other[0]):
        return None
    found = again(one[-1], other[-1])
    if spelling(one[0]) == spelling(other[0]):
        return found
    if not (number(one[-1]) and number(other[-1])):
        return None
    return WRONG if found is WRONG or len(one[0] + other[0]) == 2 else UNKNOWN


def _sides(text: str) -> list[str]:
    if shape(text) is not None:
        return [text]
    return [side for side in split(text, _EQUALS) if side]


def _bare(answer: str, truth: str, again: Mathematics) -> Grade | None:
    """Brackets around a single value say nothing, nor does `x \\in` before a set."""
    one, other = (_ungrouped(_MEMBER.sub("", text, count=1)) for text in (answer, truth))
    return None if (one, other) == (answer, truth) else again(one, other)


def _ungrouped(text: str) -> str:
    held = inside(text)
    return text if held is None or text.startswith(("\\{", "\\langle")) or shape(text) else held


def _arranged(answer: str, truth: str, again: Mathematics, mathematics: Mathematics) -> Grade | None:
    """By shapes; what agrees only in another arrangement is in doubt."""
    found = _shaped(answer, truth, again, mathematics)
    one, other = _rearranged(answer), _rearranged(truth)
    if found is not WRONG or (one, other) == (answer, truth):
        return found
    return WRONG if again(one, other) is WRONG else UNKNOWN


def _rearranged(text: str) -> str:
    """`1 & 2` as a list, `p = 5, q = 2; p = 7, q = 2` as pairs, and what a list says twice said once."""
    if _ROW.fullmatch(text):
        return _GAP.sub(", ", text)
    rows = [piece.replace(", ", ",").strip() for piece in _ROWS.split(text)]
    if len(rows) > 1 and all(map(_ASSIGNED.fullmatch, rows)):
        return ", ".join(f"({', '.join(_ASSIGNS.sub('', each) for each in sorted(row.split(',')))})" for row in rows)
    found = shape(text)
    return ", ".join(dict.fromkeys(found.parts)) if found and found.kind == "list" else text


def _shaped(answer: str, truth: str, again: Mathematics, mathematics: Mathematics) -> Grade | None:
    one, other = shape(answer), shape(truth)
    if one is None and other is None:
        return None
    if one is None or other is None:
        return _one_shaped(one or other, answer, truth, again, mathematics)
    if max(len(one.parts), len(other.parts)) > MAX_PARTS:
        return UNKNOWN
    whole = partial(mathematics, _as_set(one, answer), _as_set(other, truth))
    named, called = _by_name(one, other), _by_name(other, one)
    found = same_shape(named, called, again, whole)
    if found is not RIGHT and (named, called) != (one, other) and one.kind == other.kind == "list":
        return _as_listed(one, other, again, whole)
    return found


def _as_listed(one: Shape, other: Shape, again: Again, whole: Callable[[], Grade]) -> Grade:
    """`x = 3, p = 2` against `3, 2`, which may list them as they come; x and y come in the alphabet's order."""
    in_order = same_shape(Shape("()", one.parts), Shape("()", other.parts), again, whole)
    if in_order is RIGHT and not (_neighbours(one) or _neighbours(other)):
        return RIGHT
    return UNKNOWN if same_shape(one, other, again, whole) is not WRONG else WRONG


def _neighbours(shaped: Shape) -> bool:
    names = sorted(ord(part[0]) for part in shaped.parts if "=" in part)
    return bool(names) and names[-1] - names[0] < len(names)


def _one_shaped(
    there: Shape | None, answer: str, truth: str, again: Mathematics, mathematics: Mathematics
) -> Grade | None:
    """Several values against what looks like one; a set of one is that one."""
    assert there is not None
    single = truth if shape(answer) else answer
    if there.kind == "set" and len(there.parts) == 1:
        return again(single, there.parts[0]) if single is answer else again(there.parts[0], single)
    if there.kind == "list" and is_wording(f"{answer} {truth}") and not all(map(number, there.parts)):
        return None
    if is_wording(single):
        return UNKNOWN if _HOLDS_SEVERAL.search(single) else WRONG
    if there.kind in ("list", "set") or number(single):
        return WRONG
    return mathematics(answer, truth)


def _as_set(shaped: Shape, text: str) -> str:
    """An interval or union in brackets, however it was written."""
    if shaped.kind in ("()", "[]", "(]", "[)") and len(shaped.parts) == 2:
        return f"{shaped.kind[0]}{shaped.parts[0]},{shaped.parts[1]}{shaped.kind[1]}"
    return " \\cup ".join(shaped.parts) if shaped.kind == "union" else text


def _by_name(given: Shape, other: Shape) -> Shape:
    """`y = 2, x = 1` as the pair (1, 2) where the other side names nothing; by name where it does."""
    pairs = [_sides(part) for part in given.parts]
    if given.kind != "list" or not all(len(pair) == 2 and len(pair[0]) == 1 and pair[0].isalpha() for pair in pairs):
        return given
    if len({pair[0] for pair in pairs}) < len(pairs) or any("=" in part for part in other.parts):
        return given
    return Shape("()", tuple(value for _, value in sorted((name, value) for name, value in pairs)))
