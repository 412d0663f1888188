"""Values with what they count: units, money, percent, degrees; compared as values where the units allow it."""

import re
from collections.abc import Callable

from selector.grading.values.quantities import Number, Unit, is_measure, number, same_number, same_unit, unit
from selector.grading.values.shapes import shape
from selector.types import Grade

RIGHT, WRONG, UNKNOWN = Grade.RIGHT, Grade.WRONG, Grade.UNKNOWN
FUNCTIONS = frozenset(
    [
        *("sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"),
        *("log", "ln", "exp", "sqrt", "lim", "max", "min", "gcd", "lcm", "det", "mod", "abs", "frac"),
    ]
)
PERCENT = Unit("percent")
_NO_UNIT = frozenset({"and", "or", "if", "is", "when"})

Again = Callable[[str, str], Grade]
"""The comparison of two parts (answer, truth) by all the rules."""

_UNIT = re.compile(
    r"(?P<core>.*(?:[\d)}]|\\pi|\^\\circ|(?<![A-Za-z\\])[a-z](?![A-Za-z])))(?P<gap> ?)"
    r"(?P<unit>(?:\\text ?\{[^{}]*\} ?(?:/ ?)?)+(?:\^ ?\{?[23]\}?)?"
    r"|(?:[A-Za-z]{2}|[mgL]/)[A-Za-z ./]*(?:\^ ?\{?[23]\}?)?)"
)
_CONDITION = re.compile(  # `n \\text{ even}` is less than n
    r"\b(?:if|is|when|where|not|least|most)\b|\b(?:even|odd|prime|composite|(?:non)?(?:posi|nega)tive)\W*$"
)
_FUNCTION = re.compile(r"\\(?:arc)?(?:sin|cos|tan|cot|sec|csc)")
_MONEY = re.compile(r"([-+]?) ?(\\\$|\\text ?\{(?:euro|gbp)\}) ?([-+]?)(.+)")
_LETTER = re.compile(r"([\d.,]+) ?([mgshlL])")
_RATE = re.compile(r"(?<![A-Za-z\\])([mgL])/[A-Za-z]$")
_DEGREES = re.compile(r"(.+?) ?\^\\circ ?(?:\\text ?\{ ?)?([CFcf])?(?:elsius|ahrenheit)? ?\}?")


def measured(answer: str, truth: str, again: Again) -> Grade | None:
    """`5 cm`, `\\$18`, `50\\%`, `30^\\circ`: the values, in the same unit where both name one."""
    (mine, given), (theirs, wanted) = _with_unit(answer), _with_unit(truth)
    if doubt := _letters(answer, truth, given, wanted, again):
        return doubt
    if (given is None and wanted is None) or shape(mine) or shape(theirs):
        return None
    if None in (given, wanted) and _quotient(answer, truth):
        return None
    if PERCENT in (given, wanted):
        return _percent(mine, given, theirs, wanted, again)
    fits = same_unit(given, wanted)
    if given and wanted and fits is RIGHT and given.measure and wanted.measure:
        return _as_measured((mine, given), (theirs, wanted), again)
    found = again(mine, theirs)
    if found is WRONG and _angle(given) != _angle(wanted) and None in (given, wanted):
        return again(
            *(f"({core})\\cdot\\pi/180" if _angle(u) else core for core, u in ((mine, given), (theirs, wanted)))
        )
    return found if fits is RIGHT or found is not RIGHT else fits


def _letters(answer: str, truth: str, given: Unit | None, wanted: Unit | None, again: Again) -> Grade | None:
    """`5 m` is five metres or five times m: in doubt against 5, and metres where the other side names them."""
    one, other = _LETTER.fullmatch(answer), _LETTER.fullmatch(truth)
    letter, counted = (one, wanted) if one else (other, given)
    if letter is None or (one and other):
        return None
    core, named = _with_unit(truth if one else answer)[0], unit(letter[2])
    if counted and named.measure and named.measure == counted.measure:
        lone, other_side = (letter[1], named), (core, counted)
        return _as_measured(lone, other_side, again) if one else _as_measured(other_side, lone, again)
    found = again(letter[1], core)
    return UNKNOWN if found is RIGHT and (counted or number(truth if one else answer)) else None


def _quotient(answer: str, truth: str) -> bool:
    """Whether `5m/s` may be five times m over s, for the other side has these letters and no such unit."""
    rates = [match[1] if (match := _RATE.search(text)) else None for text in (answer, truth)]
    (rate, other) = (rates[0], truth) if rates[0] else (rates[1], answer)
    return rates[0] != rates[1] and None in rates and bool(re.search(rf"(?<![A-Za-z]){rate}(?![A-Za-z])", other))


def _as_measured(answer: tuple[str, Unit], truth: tuple[str, Unit], again: Again) -> Grade:
    """Two values with units of one dimension."""
    if answer[1].factor == truth[1].factor:
        return again(answer[0], truth[0])
    return again(_times(*answer), _times(*truth))


def _angle(counted: Unit | None) -> bool:
    return counted is not None and counted.measure == "angle"


def _times(core: str, counted: Unit) -> str:
    if known := number(core):
        value = known.value * counted.factor
        return f"{value.numerator}/{value.denominator}"
    return f"({core})\\cdot\\frac{{{counted.factor.numerator}}}{{{counted.factor.denominator}}}"


def _percent(mine: str, given: Unit | None, theirs: str, wanted: Unit | None, again: Again) -> Grade:
    """50% is 0.5, and 50 where percent was what was asked; 0.5% against 0.5 is neither for sure."""
    if given == wanted:
        return again(mine, theirs)
    if given not in (None, PERCENT) or wanted not in (None, PERCENT):
        return UNKNOWN if again(mine, theirs) is RIGHT else WRONG
    share, plain = (number(mine), number(theirs)) if given else (number(theirs), number(mine))
    if share is None or plain is None:
        return again(f"({mine})/100" if given else mine, f"({theirs})/100" if wanted else theirs)
    if same_number(Number(share.value / 100, share.places + 2 if share.places else None), plain) is RIGHT:
        return RIGHT
    if share.value != plain.value:
        return WRONG
    return RIGHT if abs(share.value) > 1 else UNKNOWN


def _with_unit(text: str) -> tuple[str, Unit | None]:
    """(the value, what it counts)."""
    if text.endswith("\\%"):
        return text[:-2].strip(), PERCENT
    if (match := _DEGREES.fullmatch(text)) and not _FUNCTION.search(match[1]):
        scale = {"c": "celsius", "f": "fahrenheit"}.get((match[2] or "").lower(), "degree")
        return match[1], unit(scale)
    if match := _MONEY.fullmatch(text):
        core, counted = _with_unit(match[4].strip())
        return match[1] + match[3] + (core if counted is None else match[4]), unit(match[2].replace("\\$", "dollar"))
    if text.endswith("\\$"):
        return text[:-2].strip(), unit("dollar")
    match = _UNIT.fullmatch(text)
    if not match or not _is_unit(match["unit"], match["gap"]):
        return text, None
    return match["core"].strip(), unit(match["unit"])


def _is_unit(phrase: str, gap: str) -> bool:
    if _CONDITION.search(phrase):
        return False
    if phrase.startswith("\\text"):
        return True
    words = re.split(r"[ /]+", re.sub(r"\^ ?\{?[23]\}?$", "", phrase).strip(". "))
    if is_measure(words[0]):  # before the functions: `59 min`
        return len(words[0]) > 1 or all(map(is_measure, words))
    if set(words) & (FUNCTIONS | _NO_UNIT):
        return False
    return bool(gap) and all(len(word) > 1 for word in words) and len(words[0]) > 2
