"""Numbers as people write them, and what they count: exact values, decimals with their places, units with factors.

Everything here is plain text and `Fraction`: no expression is evaluated, and a text too large to be a number is none.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from selector.grading.values.numerals import in_words
from selector.types import Grade

MAX_DIGITS = 400
_SAFE_PLACES, _SAFE_DIGITS = 6, 4  # a rounded decimal speaks for an exact value from here on

_GROUPED = r"[1-9]\d{0,2}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+"
_DECIMAL = re.compile(rf"(?P<whole>{_GROUPED})?(?:\.(?P<places>\d*))?")
_REPEATING = re.compile(
    r"(?P<whole>\d+)\.(?P<once>\d*)(?:\\(?:overline|bar|dot) ?\{(?P<again>\d+)\}|(?P<dots>\.\.\.+))"
)
_POWER_OF_TEN = re.compile(
    r"(?:(?P<factor>[\d.,]+) ?(?:\\times|\\cdot|\*|x) ?)?"
    r"10 ?(?:\^|\*\*) ?(?:\{(?P<braced>[+-]?\d{1,3})\}|(?P<bare>[+-]?\d{1,3}))"
)
_E_NOTATION = re.compile(r"(?P<factor>[\d.,]+) ?[eE](?P<bare>[+-]?\d{1,3})")
_INNER = r"\(?(?P<{}>[+-]?[\d.,]+)\)?"
_FRACTION = re.compile(
    rf"(?:(?P<whole>\d+) ?(?=\\)|(?P<spaced>\d+) (?=\d))?"
    rf"(?:\\frac ?(?:\{{ ?{_INNER.format('above')} ?\}}|(?P<digit_above>\d)) ?"
    rf"(?:\{{ ?{_INNER.format('below')} ?\}}|(?P<digit_below>\d))"
    r"|(?P<left>\d[\d,]*) ?/ ?(?P<right>\d[\d,]*))"
)
_SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_SCALED = re.compile(rf"(?P<factor>[\d.,]+) ?(?P<scale>{'|'.join(_SCALES)})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """An exact value; `places` counts the decimals it was written with, None where it was no decimal fraction."""

    value: Fraction
    places: int | None = None


def number(text: str) -> Number | None:
    """The number that the whole text is, or None: `-1,234.5`, `7 3/4`, `1\\frac12`, `1.2e5`, `0.\\bar{3}`."""
    text = text.strip()
    if len(text) > MAX_DIGITS:
        return None
    if (text[:1].isalpha() or " and " in text) and (said := in_words(text)) is not None:
        return Number(said)
    negative = text.startswith("-")
    positive = _unsigned(text[1:].lstrip() if text[:1] in ("-", "+") else text)
    if positive is None:
        return None
    return Number(-positive.value, positive.places) if negative else positive


def _unsigned(text: str) -> Number | None:
    if not text or not text[0].isascii() or not (text[0].isdigit() or text[0] in ".\\"):
        return None
    if (match := _DECIMAL.fullmatch(text)) and (match["whole"] or match["places"]):
        return _decimal(match["whole"] or "0", match["places"] or "")
    if match := _FRACTION.fullmatch(text):
        return _fraction(match)
    if match := _E_NOTATION.fullmatch(text):
        return _scaled(match["factor"], Fraction(10) ** int(match["bare"]))
    if match := _POWER_OF_TEN.fullmatch(text):
        return _scaled(match["factor"] or "1", Fraction(10) ** int(match["braced"] or match["bare"]))
    if match := _SCALED.fullmatch(text):
        return _scaled(match["factor"], Fraction(_SCALES[match["scale"].lower()]))
    if match := _REPEATING.fullmatch(text):
        return _repeating(match)
    return None


def _decimal(whole: str, places: str) -> Number:
    digits = whole.replace(",", "").replace(" ", "")
    value = Fraction(int(digits + places), 10 ** len(places))
    return Number(value, len(places) or None)


def _plain(text: str) -> Number | None:
    text = text.removeprefix("+")
    match = _DECIMAL.fullmatch(text.removeprefix("-"))
    if not match or not (match["whole"] or match["places"]):
        return None
    found = _decimal(match["whole"] or "0", match["places"] or "")
    return Number(-found.value, found.places) if text.startswith("-") else found


def _fraction(match: re.Match[str]) -> Number | None:
    above = _plain(match["above"] or match["digit_above"] or match["left"])
    below = _plain(match["below"] or match["digit_below"] or match["right"])
    if above is None or below is None or not below.value:
        return None
    value = above.value / below.value
    if whole := match["whole"] or match["spaced"]:
        # `7\frac{-1}{2}` and `7\frac{3}{2}` are no mixed numbers, and a product nobody writes so.
        return Number(int(whole) + value) if 0 <= value < 1 else None
    return Number(value)


def _scaled(factor: str, scale: Fraction) -> Number | None:
    found = _plain(factor)
    return Number(found.value * scale) if found else None


def _repeating(match: re.Match[str]) -> Number | None:
    once, again = match["once"], match["again"]
    if match["dots"]:  # `0.333...`: only a digit that was already seen twice is sure to go on
        if len(once) < 2 or once[-1] != once[-2]:
            return None
        once, again = once[:-1], once[-1]
    shift = Fraction(1, 10 ** len(once))
    tail = Fraction(int(again), 10 ** len(again) - 1) * shift
    return Number(Fraction(int(match["whole"] + once)) * shift + tail)


def same_number(one: Number, other: Number) -> Grade:
    """Right for equal values, and for a decimal of six places or more that the other value rounds to."""
    return Grade.RIGHT if one.value == other.value or rounds(one, other) or rounds(other, one) else Grade.WRONG


def rounds(decimal: Number, exact: Number) -> bool:
    """Whether `decimal` is `exact` cut or rounded at its own last place: six places and four digits of it at least.

    Absolute rounding alone (math-verify's `float_rounding=6`) would call 0.0000672 and 0.0000674 the same.
    """
    if decimal.places is None or decimal.places < _SAFE_PLACES:
        return False
    if exact.places is not None and exact.places <= decimal.places:
        return False  # two decimals differ unless the shorter is the longer one rounded
    gap, value = abs(decimal.value - exact.value), abs(exact.value)
    if gap * 10**_SAFE_DIGITS > value:
        return False
    rounded, cut = 2 * gap * 10**decimal.places <= 1, gap * 10**decimal.places < 1 and abs(decimal.value) < value
    return rounded or cut


@dataclass(frozen=True, slots=True)
class Unit:
    """What a value counts: a dimension and the factor to its base unit; `measure` None for a thing (`apples`)."""

    name: str
    measure: str | None = None
    factor: Fraction = Fraction(1)


def _table() -> dict[str, tuple[str, Fraction]]:
    """Every spelling of a unit of measure -> (dimension, factor)."""
    rows = """
    length 1 m meter metre; length 1/100 cm centimeter centimetre; length 1/1000 mm millimeter millimetre
    length 1000 km kilometer kilometre; length 127/5000 in inch inches; length 381/1250 ft foot feet
    length 1143/1250 yd yard; length 201168/125 mi mile
    time 1 s sec second; time 60 min minute; time 3600 h hr hour; time 86400 day; time 604800 week
    month 1 month; month 12 yr year
    mass 1 g gram gm; mass 1000 kg kilogram kilo; mass 1/1000 mg milligram; mass 45359237/100000 lb pound
    mass 45359237/1600000 oz ounce
    volume 1 l liter litre; volume 1/1000 ml milliliter millilitre; cup 1 cup; cup 2 pint; cup 4 quart
    cup 16 gallon gal
    money 1 dollar usd buck; money 1/100 cent penny pennies; euro 1 euro eur; sterling 1 gbp
    angle 1 degree deg; radian 1 radian rad; celsius 1 celsius; fahrenheit 1 fahrenheit
    length/time 1397/3125 mph; length/time 5/18 kmh kph kmph
    """
    table = {}
    for entry in rows.replace("\n", ";").split(";"):
        if words := entry.split():
            table.update({word: (words[0], Fraction(words[1])) for word in words[2:]})
    return table


_UNITS = _table()
_ANYTHING = frozenset({"unit", "unit^2", "unit^3", ""})


def unit(words: str) -> Unit:
    """The unit a phrase names: `square inches`, `cm^2`, `miles per hour`, or the thing itself: `red apples`."""
    phrase = re.sub(r"\\text|[\\{}.~]|\bof\b", " ", words.casefold()).replace("^ ", "^")
    above, *below = re.split(r"\s*(?:/|\bper\b)\s*", phrase)
    found = _one_unit(above)
    for each in map(_one_unit, below):
        measure = f"{found.measure}/{each.measure}" if found.measure and each.measure else None
        found = Unit(f"{found.name}/{each.name}", measure, found.factor / each.factor)
    return found


def _one_unit(phrase: str) -> Unit:
    power = re.search(r"\^\s*([23])", phrase)
    raised = power[1] if power else None
    if match := re.search(r"\b(square|sq|cubic|cu)\b", phrase):
        raised = "2" if match[1] in ("square", "sq") else "3"
    phrase = re.sub(r"\^\s*[23]|\b(?:square|sq|cubic|cu|a|an|the|in total|total)\b", " ", phrase)
    name = " ".join(map(_single, phrase.split()))
    if name not in _UNITS:
        return Unit(f"{name}^{raised}" if raised else name)
    dimension, factor = _UNITS[name]
    return Unit(name, dimension + (raised or ""), factor ** int(raised or 1))


def is_measure(word: str) -> bool:
    """Whether a single word is a known unit of measure."""
    return _single(word.casefold()) in _UNITS


def _single(word: str) -> str:
    if word in _UNITS or len(word) < 4:
        return word
    for ending, instead in (("ies", "y"), ("ses", "s"), ("ches", "ch"), ("s", "")):
        if word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word


def same_unit(one: Unit | None, other: Unit | None) -> Grade:
    """Right where the values may be compared, as they stand or after their factors; unknown for two things."""
    if one is None or other is None or _ANYTHING & {one.name, other.name}:
        return Grade.RIGHT
    if one.measure and other.measure:
        return Grade.RIGHT if one.measure == other.measure else Grade.WRONG
    if set(one.name.split()) & set(other.name.split()):
        return Grade.RIGHT
    return Grade.UNKNOWN
