"""Numbers written out in words: `one hundred and five`, `minus two thirds`, `two and a half`, `three point one`."""

import re
from fractions import Fraction

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * place for place, word in enumerate(_TENS, start=2)
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS = {
    **{"half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8},
    **{"ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100, "thousandth": 1000},
}
_MAX_WORDS = 30
_SIGNS = ("minus", "negative")
_AND = "and"

_NO_THING = frozenset(
    [
        *("and", "more", "less", "fewer", "than", "times", "out", "from", "plus", "minus", "over", "divided", "point"),
        *("after", "before", "past", "percent", "the", "not", "but", "all", "other", "per", "squared", "cubed"),
    ]
)

NUMERAL_WORDS = frozenset({*_SMALL, *_SCALES, *_PARTS, "hundred", "dozen", "once", "twice", "couple"})


def in_words(text: str) -> Fraction | None:
    """The number that the whole text says, or None. A third alone may be the one after the second: none."""
    words = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text.casefold()).split()
    if not 0 < len(words) <= _MAX_WORDS or words in (["a"], ["an"]):
        return None
    if words[0] in _SIGNS:
        found = _unsigned(words[1:])
        return None if found is None else -found
    return _unsigned(words)


def counted(text: str) -> tuple[str, str] | None:
    """(number, thing) of `five apples` and `one hundred dollars`."""
    words = text.split()
    for end in range(min(len(words) - 1, _MAX_WORDS), 0, -1):
        said, thing = " ".join(words[:end]), words[end:]
        if in_words(said) is not None:
            return (said, " ".join(thing)) if all(map(_is_thing, thing)) else None
    return None


def _is_thing(word: str) -> bool:
    return bool(re.fullmatch(r"[a-z]{3,}", word.casefold())) and word.casefold() not in _NO_THING | NUMERAL_WORDS


def _unsigned(words: list[str]) -> Fraction | None:
    if "point" in words:
        return _decimal(words[: (at := words.index("point"))], words[at + 1 :])
    if (part := _part(words)) is not None:
        return part
    if _AND in words:
        at = len(words) - 1 - words[::-1].index(_AND)
        whole, part = _digits(words[:at]), _part(words[at + 1 :])
        if whole is not None and part is not None and part < 1:
            return whole + part
    whole = _whole(words)
    return None if whole is None else Fraction(whole)


def _digits(words: list[str]) -> int | None:
    """`5 and a half` has its whole part in digits."""
    return int(words[0]) if len(words) == 1 and re.fullmatch("[0-9]{1,9}", words[0]) else _whole(words)


def _part(words: list[str]) -> Fraction | None:
    """`half`, `one half`, `a third`, `two thirds`."""
    if words == ["half"]:
        return Fraction(1, 2)
    if not words:
        return None
    below = _PARTS.get(words[-1].removesuffix("s")) if len(words) > 1 else None
    above = 1 if words[:-1] in (["a"], ["an"]) else _whole(words[:-1])
    # `twenty fifth` is a place in a row, and so is `one hundred third`.
    if not below or not above or (above > 1 and not words[-1].endswith("s")) or above % 10 == 0:
        return None
    return Fraction(above, below)


def _decimal(whole: list[str], digits: list[str]) -> Fraction | None:
    values = [_SMALL.get(word, 10) for word in digits]
    before = _whole(whole) if whole else 0
    if before is None or not values or max(values) > 9:
        return None
    return before + Fraction(int("".join(map(str, values))), 10 ** len(values))


def _whole(words: list[str]) -> int | None:
    """Thousands before hundreds before tens, as they are said."""
    if not words:
        return None
    total, ceiling, group = 0, max(_SCALES.values()) * 1000, []
    for word in words:
        if word not in _SCALES:
            group.append(word)
            continue
        below = _below_thousand(group)
        if not below or _SCALES[word] >= ceiling:
            return None
        total, ceiling, group = total + below * _SCALES[word], _SCALES[word], []
    if not group:
        return total
    rest = _below_thousand(group[1:] if total and group[0] == _AND else group)
    return None if rest is None or (total and not rest) else total + rest


def _below_thousand(words: list[str]) -> int | None:
    if "hundred" in words:
        at = words.index("hundred")
        before, after = _below_hundred(words[:at]), words[at + 1 :]
        rest = _below_hundred(after[1:] if after[:1] == [_AND] else after) if after else 0
        return None if not before or rest is None or (after and not rest) else 100 * before + rest
    if words in (["a", "dozen"], ["dozen"]):
        return 12
    return _below_hundred(words)


def _below_hundred(words: list[str]) -> int | None:
    if words in (["a"], ["an"]):
        return 1
    values = [_SMALL.get(word) for word in words]
    if len(values) == 1:
        return values[0]
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return values[0] + values[1] if values[0] >= 20 and 0 < values[1] < 10 else None
