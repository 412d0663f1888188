"""Answers that are written, not computed: times of day, numerals in a base, letters of a choice, ratios.

Each rule takes two tidy texts (answer, truth) and says None where it does not know what they are.
"""

import re
from collections.abc import Sequence

from selector.grading.quantities import number
from selector.types import Grade

RIGHT, WRONG, UNKNOWN = Grade.RIGHT, Grade.WRONG, Grade.UNKNOWN

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)\s*(?:([ap])\.?\s?m?\b\.*)?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})(\s*[ap]\.?\s?m\b\.*)", re.IGNORECASE)
_BASE = re.compile(r"([\dA-Fa-f.]+) ?_ ?(?:\{ ?(\d+) ?\}|(\d+)|\{ ?\\text ?\{ ?(\w+) ?\} ?\})")
_CHOICE = re.compile(r"(?:\\text ?\{)? ?\(? ?(?:\\text ?\{)? ?([A-Za-z]) ?\}? ?\)? ?\}?(?P<said>(?<=\)) .*|[.:] .*)?")
_TEXT = re.compile(r"\\text ?\{([^{}]*)\}")


def clocks(answer: str, truth: str) -> Grade | None:
    """Times of day. Without its half of the day the truth's time is left in doubt, not refuted."""
    one, other = (_clock(text) for text in (answer, truth))
    if not (one and other):
        return None
    if not (one[3] or other[3]):
        return _proportional(answer.split(":"), truth.split(":"), unsure=True)
    if one[3] and other[3]:
        return RIGHT if _minute(one) == _minute(other) else WRONG
    if _minute(one) == _minute(other) or (not other[3] and _minute(one) % 720 == _minute(other)):
        return RIGHT
    return UNKNOWN if _minute(one) % 720 == _minute(other) % 720 else WRONG


def _clock(text: str) -> re.Match[str] | None:
    text = _TEXT.sub(r" \1 ", text).strip()
    return _CLOCK.fullmatch(_HOUR.sub(r"\1:00\2", text) if _HOUR.fullmatch(text) else text)


def _minute(clock: re.Match[str]) -> int:
    half = (clock[3] or "").lower()
    hour = int(clock[1]) % 12 + (12 if half == "p" else 0) if half else int(clock[1])
    return 60 * hour + int(clock[2])


def bases(answer: str, truth: str) -> Grade | None:
    """Numerals with the base they are written in; an answer may leave out the base that the truth names."""
    one, other = _BASE.fullmatch(answer), _BASE.fullmatch(truth)
    if one and other:
        if _base(one) == _base(other):
            return RIGHT if one[1].upper() == other[1].upper() else WRONG
        return WRONG if one[1] == other[1] else UNKNOWN
    if other and number(answer):
        return RIGHT if other[1] == answer else WRONG if answer.isdigit() else UNKNOWN
    if one and number(truth):
        if _base(one) == "10":
            return RIGHT if one[1] == truth else WRONG
        return UNKNOWN
    return None


def _base(match: re.Match[str]) -> str:
    named = number(match[2] or match[3] or match[4])
    return str(named.value) if named else match[4]


def choices(answer: str, truth: str) -> Grade | None:
    """Letters of a multiple choice: `(B)`, `B.`, `\\text{(B)}`, `(B) 12`."""
    one, other = _CHOICE.fullmatch(answer), _CHOICE.fullmatch(truth)
    if not one or not other or (one["said"] and other["said"]):
        return None
    if one[1] == other[1]:
        return RIGHT
    if one[1].upper() == other[1].upper():
        return RIGHT if "(" in answer and "(" in truth else UNKNOWN
    return WRONG if one[1].isupper() and other[1].isupper() else None


def ratios(answer: str, truth: str) -> Grade | None:
    """`2:4` against `1:2` or `1/2`."""
    one, other = answer.split(":"), truth.split(":")
    if len(one) == len(other) == 1:
        return None
    if len(one) == len(other):
        return _proportional(one, other, unsure=False)
    if min(len(one), len(other)) > 1:
        return WRONG
    ratio, single = (one, truth) if len(one) > 1 else (other, answer)
    values, value = [number(part) for part in ratio], number(single)
    if len(ratio) != 2 or not all(values) or not value:
        return None
    above, below = (each.value for each in values if each)
    if not below or above != value.value * below:
        return WRONG
    return UNKNOWN if _CLOCK.fullmatch(":".join(ratio)) else RIGHT


def _proportional(one: Sequence[str], other: Sequence[str], *, unsure: bool) -> Grade | None:
    """Whether two rows of numbers are in one proportion; `unsure` where they may be times of day as well."""
    mine, theirs = [number(part) for part in one], [number(part) for part in other]
    if not all(mine) or not all(theirs):
        return None
    left, right = [each.value for each in mine if each], [each.value for each in theirs if each]
    if left == right:
        return RIGHT
    if any(a * right[0] != b * left[0] for a, b in zip(left, right, strict=True)) or not left[0] or not right[0]:
        return WRONG
    return UNKNOWN if unsure else RIGHT
