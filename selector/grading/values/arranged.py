"""Values in an order or in none: tuples, intervals, sets, lists, unions and matrices, compared part by part."""

from collections.abc import Callable, Iterable

from selector.grading.values.shapes import Shape
from selector.grading.values.wordings import is_wording
from selector.types import Grade

RIGHT, WRONG, UNKNOWN = Grade.RIGHT, Grade.WRONG, Grade.UNKNOWN

Again = Callable[[str, str], Grade]
"""The comparison of two parts (answer, truth) by all the rules."""


def same_shape(one: Shape, other: Shape, again: Again, whole: Callable[[], Grade]) -> Grade:
    """What the shapes allow: an order where brackets keep one; `whole` compares unions that are cut otherwise."""
    kinds = {one.kind, other.kind}
    if kinds == {"matrix"}:
        if one.columns != other.columns or len(one.parts) != len(other.parts):
            return WRONG if _ordered(one, other, again) is WRONG or len(one.parts) != len(other.parts) else UNKNOWN
        return _ordered(one, other, again)
    if "matrix" in kinds:
        return _ordered(one, other, again) if "()" in kinds else UNKNOWN
    if "union" in kinds:
        found = _unordered(one, other, again) if kinds == {"union"} else UNKNOWN
        return RIGHT if found is RIGHT else whole()
    if kinds <= {"list", "set"}:
        found = _unordered(one, other, again)
        in_doubt = kinds == {"list"} and found is RIGHT and is_wording(" ".join(one.parts))
        return UNKNOWN if in_doubt and _ordered(one, other, again) is not RIGHT else found
    ordered = _ordered(one, other, again)
    if len(kinds) == 1 or ordered is WRONG:
        return _listed_anyhow(one, other, again) if other.kind == "list" else ordered
    if kinds == {"list", "()"} or (kinds == {"()", "[]"} and len(one.parts) > 2):
        return ordered
    return WRONG if not kinds & {"list", "set"} else UNKNOWN


def _listed_anyhow(one: Shape, other: Shape, again: Again) -> Grade:
    """A tuple where the truth lists values in any order: the same values in another order are in doubt."""
    return UNKNOWN if _unordered(one, other, again) is RIGHT else WRONG


def _ordered(one: Shape, other: Shape, again: Again) -> Grade:
    if len(one.parts) != len(other.parts):
        return WRONG
    return _all(again(*pair) for pair in zip(one.parts, other.parts, strict=True))


def _all(grades: Iterable[Grade]) -> Grade:
    found = RIGHT
    for grade in grades:
        if grade is WRONG:
            return WRONG
        found = UNKNOWN if grade is UNKNOWN else found
    return found


def _unordered(one: Shape, other: Shape, again: Again) -> Grade:
    """Each part of one side meets a part of its own on the other."""
    mine, theirs = _distinct(one), _distinct(other)
    if len(mine) != len(theirs):
        return WRONG if {one.kind, other.kind} == {"set"} or len(one.parts) != len(other.parts) else UNKNOWN
    doubt = False
    for part in mine:
        grades = [again(part, each) for each in theirs]
        if RIGHT in grades:
            del theirs[grades.index(RIGHT)]
        elif UNKNOWN in grades:
            doubt = True
        else:
            return WRONG
    return UNKNOWN if doubt else RIGHT


def _distinct(shaped: Shape) -> list[str]:
    return list(dict.fromkeys(shaped.parts)) if shaped.kind == "set" else list(shaped.parts)
