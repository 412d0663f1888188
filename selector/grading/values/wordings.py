"""Answers in words: never products of their letters, and never right because a number stands among them."""

import re
from collections.abc import Callable

from selector.grading.tidy import squeeze
from selector.grading.values.measured import FUNCTIONS
from selector.grading.values.numerals import NUMERAL_WORDS, counted, in_words
from selector.grading.values.quantities import MAX_DIGITS, is_measure, number
from selector.types import Grade

RIGHT, WRONG, UNKNOWN = Grade.RIGHT, Grade.WRONG, Grade.UNKNOWN

_WORD = re.compile(r"\\text ?\{[^{}]*[A-Za-z][^{}]*\}|(?<![\\A-Za-z])(?:[A-Za-z]{3,}|no(?![A-Za-z]))")
_COMMANDS = re.compile(r"\\(?:begin|end) ?\{[^{}]*\}|\\(?!text)[A-Za-z]+")
_TEXT = re.compile(r"\\text ?\{([^{}]*)\}")
_SAME_WORDS = {
    "\\varnothing": "\\emptyset",
    "\\{\\}": "\\emptyset",
    **dict.fromkeys(("no solution", "no solutions", "empty set", "there are no solutions"), "\\emptyset"),
    **dict.fromkeys(("all real numbers", "all reals", "real numbers", "(-\\infty,\\infty)", "\\Bbb{R}"), "\\mathbb{R}"),
    **dict.fromkeys(("does not exist", "dne"), "undefined"),
}


def spelling(text: str) -> str:
    """One spelling of a text: words without case and articles, mathematics without spaces."""
    plain = squeeze(text)
    said = " ".join(_TEXT.sub(r" \1 ", text).split())
    if _WORD.search(_COMMANDS.sub(" ", text)) and not (set(said.casefold().split()) & FUNCTIONS):
        plain = re.sub(r"^(?:an?|the) ", "", said.casefold()).rstrip(".! ")
    return _SAME_WORDS.get(plain, plain)


def wordings(answer: str, truth: str) -> Grade | None:
    """Words against words, or against mathematics: never products of their letters."""
    if not is_wording(answer) and not is_wording(truth):
        return None
    one, other = _words(answer), _words(truth)
    if is_wording(answer) and is_wording(truth):
        if re.findall(r"\d+", answer) or re.findall(r"\d+", truth):
            return UNKNOWN
        return UNKNOWN if one <= other or other <= one else WRONG
    said, plain = (answer, truth) if is_wording(answer) else (truth, answer)
    if (value := number(plain)) is None or any(map(is_measure, re.findall("[A-Za-z]{2,}", said))):
        return UNKNOWN
    if NUMERAL_WORDS & _words(said) or (not value.value and {"no", "none", "nothing"} & _words(said)):
        return UNKNOWN
    found = [number(each) for each in re.findall(r"-?[\d,]*\.?\d+", said[:MAX_DIGITS])]
    if any(each is None or each.value == value.value for each in found):
        return UNKNOWN
    return UNKNOWN if re.search(r"[-+*/^\\]", said) and value.value.denominator != 1 else WRONG


def in_digits(answer: str, truth: str, again: Callable[[str, str], Grade]) -> Grade | None:
    """`five apples` against a text with digits, read as `5 apples`."""
    one, other = counted(answer), counted(truth)
    if bool(one) == bool(other) or not re.search(r"\d", truth if one else answer):
        return None
    said, thing = one or other or ("", "")
    value = in_words(said)
    return again(f"{value} {thing}", truth) if one else again(answer, f"{value} {thing}")


def is_wording(text: str) -> bool:
    """Whether a word stands in it that is no function and no command."""
    return any(
        word.startswith("\\text") or word.casefold() not in FUNCTIONS
        for word in _WORD.findall(_COMMANDS.sub(" ", text))
    )


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", re.sub(r"\\text|\b(?:an?|the)\b", " ", text.casefold())))
