"""Answers that are written, not computed: times of day, dates, ranges, scores, numerals in a base, choices, ratios.

Each rule takes two tidy texts (answer, truth) and says None where it does not know what they are.
"""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from selector.grading.values.quantities import number
from selector.types import Grade

RIGHT, WRONG, UNKNOWN = Grade.RIGHT, Grade.WRONG, Grade.UNKNOWN

_CLOCK = re.compile(r"(\d{1,2}):(\d\d)\s*(?:([ap])\.?\s?m?\b\.*)?", re.IGNORECASE)
_HOUR = re.compile(r"(\d{1,2})(\s*[ap]\.?\s?m\b\.*)", re.IGNORECASE)
_BASE = re.compile(r"([\dA-Fa-f.]+) ?_ ?(?:\{ ?(\d+) ?\}|(\d+)|\{ ?\\text ?\{ ?(\w+) ?\} ?\})")
_CHOICE = re.compile(r"(?:\\text ?\{)? ?\(? ?(?:\\text ?\{)? ?([A-Za-z]) ?\}? ?\)? ?\}?(?P<said>(?<=\)) .*|[.:] .*)?")
_DATE = re.compile(r"(\d{1,4}) ?([-/]) ?(\d{1,2}) ?\2 ?(\d{1,4})")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTHS_A_YEAR = 12
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_SAID_DATE = re.compile(
    rf"(?:{_MONTH} (?P<day>\d{{1,2}})|(?P<before>\d{{1,2}}) {_MONTH.replace('month', 'named')}),? (?P<year>\d{{4}})",
    re.IGNORECASE,
)
_ONE = r"(?:\\\$ ?)?(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?: ?\\%| ?\^\\circ)?"
_SPAN = re.compile(rf"(?:from )?({_ONE}) ?(--?|to|\\text ?{{ ?to ?}}|\\sim|~) ?({_ONE})")
_MARK = re.compile(r"\\[$%]|\^\\circ")
_PAIR = re.compile(r"[\[(]? ?([\d.]+) ?[,:] ?([\d.]+) ?[\])]?")
_TO = re.compile(r"(?<=\d) (?:to|\\text ?\{ ?to ?\}) (?=\d)|:")
_COMMA = re.compile(r"^(?:[-+]|\\\$)*(?P<number>\d{1,3}(?:\.\d{3})+,\d+|\d+,\d+)(?![,\d])")
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}")
_POINT = re.compile(r"\d\.\d")
_CAPITALS = re.compile(r"(?<![\\A-Za-z])[A-Z](?: ?[A-Z])+(?![a-z])")
_LABEL = re.compile(r"(?:[A-Z] ?[:.]|\([A-Z]\)) (.+)")
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


def dates(answer: str, truth: str) -> Grade | None:
    """Days as numbers, in one order or another, or with the month's name; never differences or quotients."""
    one, other = _date(answer), _date(truth)
    if one and other:
        if sorted(one) != sorted(other):
            return WRONG
        in_doubt = _order(one) != _order(other) or "?" in _order(one) or sorted(one)[1] > _MONTHS_A_YEAR
        return RIGHT if one == other else UNKNOWN if in_doubt else WRONG
    day, text = (one, truth) if one else (other, answer)
    if day is None or not number(text):
        return None
    return UNKNOWN if max(day) < 1000 else WRONG  # `9-3-2` may be a difference


def _date(text: str) -> tuple[int, int, int] | None:
    if said := _SAID_DATE.fullmatch(_TEXT.sub(r"\1", text)):
        month = _MONTHS.index((said["month"] or said["named"])[:3].casefold()) + 1
        return int(said["year"]), month, int(said["day"] or said["before"])
    match = _DATE.fullmatch(text)
    return (int(match[1]), int(match[3]), int(match[4])) if match else None


def _order(day: tuple[int, int, int]) -> str:
    return "year first" if day[0] > 999 else "year last" if day[2] > 999 else "?"


def spans(answer: str, truth: str) -> Grade | None:
    """`10-15` and `10 to 15`, which are ranges, and `3-1`, which is a score or a difference."""
    one, other = _SPAN.fullmatch(answer), _SPAN.fullmatch(truth)
    if one and other:
        (low, high), (bottom, top) = _ends(one), _ends(other)
        if low is None or high is None or bottom is None or top is None:
            return UNKNOWN
        if len({tuple(marks) for text in (answer, truth) if (marks := sorted(set(_MARK.findall(text))))}) > 1:
            return WRONG
        if (low, high) == (bottom, top):
            return RIGHT if low < high or one[2] == other[2] else UNKNOWN
        return UNKNOWN if low > high and low - high == bottom - top else WRONG
    if one:
        return _span_beside(one, truth)
    return _span_beside(other, answer) if other else None


def _span_beside(span: re.Match[str], text: str) -> Grade | None:
    """A range, a score or a difference beside what is none."""
    low, high = _ends(span)
    if low is None or high is None:
        return None
    if not (plain := number(text)):
        pair = _PAIR.fullmatch(text)
        return UNKNOWN if pair and span[2].startswith("-") and pair.groups() == (span[1], span[3]) else None
    if not span[2].startswith("-"):
        return UNKNOWN if low == plain.value * high else WRONG  # `3 to 4` may be a ratio
    if low > high:
        return None
    return UNKNOWN if low - high == plain.value else WRONG


def _ends(span: re.Match[str]) -> list[Fraction | None]:
    found = [number(_MARK.sub("", end).strip()) for end in (span[1], span[3])]
    return [each.value if each else None for each in found]


def decimal_commas(answer: str, truth: str, again: Callable[[str, str], Grade]) -> Grade | None:
    """`1000,99` may be 1000.99 as half the world writes it, or two numbers."""
    one, other = (_COMMA.sub(_with_point, text, count=1) for text in (answer, truth))
    if one != answer and _POINT.search(truth):
        return UNKNOWN if again(one, truth) is RIGHT else None
    if other != truth and _POINT.search(answer):
        return UNKNOWN if again(answer, other) is RIGHT else None
    return None


def _with_point(match: re.Match[str]) -> str:
    if _THOUSANDS.fullmatch(match["number"]):
        return match[0]
    return match[0].replace(".", "").replace(",", ".")


def turned(answer: str, truth: str) -> bool:
    """Whether both write the same capitals in a row, each in another order: `AB` and `BA`."""
    one, other = set(_CAPITALS.findall(answer)), set(_CAPITALS.findall(truth))
    return any(sorted(run) == sorted(each) for run in one - other for each in other - one)


def lettered(answer: str, truth: str) -> Grade | None:
    """`\\angle ABC` and `\\angle CBA`: a name in capitals, spelled from another end."""
    one, other = (_CAPITALS.sub(lambda run: "".join(sorted(run[0])), text) for text in (answer, truth))
    return UNKNOWN if one == other and turned(answer, truth) else None


def nothing(answer: str, truth: str) -> Grade | None:
    """`none` is 0 where a number was asked for, and may be an empty set."""
    said = [_TEXT.sub(r"\1", text).casefold() for text in (answer, truth)]
    if "none" not in said or said[0] == said[1]:
        return None
    other = number(truth if said[0] == "none" else answer)
    if other is None:
        return UNKNOWN
    return WRONG if other.value else RIGHT


def labelled(answer: str, truth: str, again: Callable[[str, str], Grade]) -> Grade | None:
    """`A: 12` and `(B) 12` against 12, where the letters of a choice did not decide."""
    one, other = _LABEL.fullmatch(answer), _LABEL.fullmatch(truth)
    if bool(one) == bool(other):
        return None
    return again(one[1], truth) if one else again(answer, other[1] if other else "")


def ratios(answer: str, truth: str) -> Grade | None:
    """`2:4` against `1:2` or `1/2`; `2 to 4` where the other side has a colon."""
    one, other = _TO.split(answer), _TO.split(truth)
    if ":" not in answer + truth:
        return None
    if len(one) == len(other) > 1:
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
