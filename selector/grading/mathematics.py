"""Whether two expressions are equal, by math-verify's LaTeX reader and sympy's numbers; runs only in the child.

math-verify reads; the comparison is ours, since its own calls 0.0000672 and 0.0000674, 52_8 and 52_7, (1, 2) and
{1, 2}, and any two equations without real solutions the same.
"""

import itertools
import random
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import sympy
from math_verify import LatexExtractionConfig, parse
from math_verify.parser import NormalizationConfig
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from selector.grading.exact import TooLarge, check_size, is_zero
from selector.grading.notations import turned
from selector.grading.quantities import Number, number, rounds
from selector.types import Grade

_READER = [
    LatexExtractionConfig(
        boxed_match_priority=-1,
        # Without its units: it takes the t off `4t`.
        normalization_config=NormalizationConfig(
            basic_latex=True, units=False, malformed_operators=True, nits=False, boxed="none", equations=False
        ),
    )
]
_POINTS, _ENOUGH = 14, 4
_MAX_DEPTH = 20
_DIGITS, _CLOSE = 30, sympy.Float("1e-24", 30)
_OF, _CHOSEN = r"\{?(?P<n>\d{1,3})\}?", r"\{?(?P<k>\d{1,3})\}?"
_CHOICES = [
    re.compile(r"(?P<letter>[CP]) ?\((?P<n>\d{1,3}), ?(?P<k>\d{1,3})\)"),
    re.compile(rf"(?:\{{\}} ?)?[_^]? ?{_OF} ?(?P<letter>[CP]) ?_? ?{_CHOSEN}"),
    re.compile(rf"(?P<letter>C) ?_ ?{_OF} ?\^ ?{_CHOSEN}"),
    re.compile(rf"(?P<letter>C) ?\^ ?{_CHOSEN} ?_ ?{_OF}"),
]
_CONSTANT = re.compile(r"[ckd](_?\d)?")
_MAX_CONSTANTS = 3
_COARSEST = sympy.Rational(1, 10**6)
_FUNCTION = re.compile(r"(?<![\\A-Za-z])(sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp)(?![A-Za-z])")
_MATRIX = re.compile(r"\\begin\{([pb]?matrix)\}[^{}]*(?:\{[^{}]*\}[^{}]*)*?\\end\{\1\}")
_UNREADABLE = re.compile(
    r"(?<![_\d.])[\d.]+ \d|(?<![\\A-Za-z])[A-Za-z]\d|\\text|\.\.|[#&@\"'?;]|(?<![\\A-Za-z])[A-Za-z]{3,}"
    r"|\\(?:input|include|write|def|href)(?![A-Za-z])"
    r"|\\(?:sum|prod)_ ?\{ ?(?P<k>[A-Za-z]) ?=.*[A-Za-z]_(?:(?P=k)|\{[^{}]*(?<![A-Za-z])(?P=k))(?![A-Za-z])"
)


def equal(answer: str, truth: str) -> Grade:
    """Right, wrong, or unknown where one of them cannot be read; both are tidy LaTeX. May hang: keep a time limit."""
    given, wanted = read(answer), read(truth)
    if given is None or wanted is None:
        return Grade.UNKNOWN
    try:
        check_size(given)
        check_size(wanted)
    except TooLarge:
        return Grade.UNKNOWN
    found = _same(given, wanted, number(answer), number(truth))
    if (
        found is Grade.RIGHT
        and _letters(answer) != _letters(truth)
        and _letters(answer, fold=True) == _letters(truth, fold=True)
    ):
        return Grade.UNKNOWN  # the reader folds case: r and R are two variables
    if found is Grade.RIGHT and turned(answer, truth):
        return Grade.UNKNOWN  # AB and BA are products to the reader, and may be segments, numerals or matrices
    return found


def read(text: str) -> Any:
    """The expression, or None where the reader understood only a text, or not all of it."""
    text = _latex(text)
    if not text or _depth(text) > _MAX_DEPTH or _UNREADABLE.search(_FUNCTION.sub(" ", _MATRIX.sub(" ", text))):
        return None
    first, *_ = parse(f"${text}$", _READER, parsing_timeout=None, raise_on_error=True) or [None]
    return None if first is None or isinstance(first, str) else first


def _latex(text: str) -> str:
    """What the reader would take amiss, said in its way: `2(3)` is no mixed number to us, `x^10` no x^1 times 0."""
    text = _chosen(text.replace("**", "^").replace("\\$", "").strip())
    text = re.sub(r"(\d+(?:\.\d+)?) ?\^\\circ", r"(\1\\pi/180)", text)  # the reader drops degrees
    text = re.sub(r"\^ ?\(([^()]*)\)", r"^{\1}", text)
    text = re.sub(r"\^ ?(-?\d+)", r"^{\1}", text)
    text = re.sub(r"(?<![\\A-Za-z])sqrt ?\(([^()]*)\)", r"\\sqrt{\1}", text)
    text = _FUNCTION.sub(r"\\\1", text)
    return re.sub(r"(?<![A-Za-z_^{\d.])(\d+(?:\.\d+)?) ?\(", r"\1\\cdot (", text)


def _chosen(text: str) -> str:
    """`C(10,3)`, `10C3`, `C_{10}^{3}` as binomials and `P(10,3)` as it is counted, where no other letter stands."""
    if _letters(text) in ({"C"}, {"P"}):
        for pattern in _CHOICES:
            text = pattern.sub(_counted, text)
    return text


def _counted(match: re.Match[str]) -> str:
    of, chosen = int(match["n"]), int(match["k"])
    if chosen > of or of < 2:
        return match[0]
    return f"\\binom{{{of}}}{{{chosen}}}" if match["letter"] == "C" else f"\\frac{{{of}!}}{{{of - chosen}!}}"


def _depth(text: str) -> int:
    """How deep its brackets are nested; the reader's time doubles with each, and no answer needs many."""
    return max(itertools.accumulate((each in "([{") - (each in ")]}") for each in text), default=0)


def _letters(text: str, *, fold: bool = False) -> set[str]:
    found = set(re.findall(r"(?<![\\A-Za-z])[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", text)))
    return {each.lower() for each in found} if fold else found


def _same(given: Any, wanted: Any, mine: Number | None, theirs: Number | None) -> Grade:
    if _relations(given) or _relations(wanted):
        return _same_relations(_relations(given), _relations(wanted))
    if isinstance(given, sympy.Set) or isinstance(wanted, sympy.Set):
        return _same_sets(given, wanted)
    if isinstance(given, sympy.MatrixBase | sympy.MatrixExpr) and isinstance(
        wanted, sympy.MatrixBase | sympy.MatrixExpr
    ):
        return _same_matrices(given.doit(), wanted.doit())
    if isinstance(given, sympy.Expr) and isinstance(wanted, sympy.Expr):
        return _same_values(given, wanted, mine, theirs)
    return Grade.UNKNOWN


def _relations(read: Any) -> list[Any]:
    if isinstance(read, Relational):
        return [read]
    parts = list(getattr(read, "_unsorted_args", getattr(read, "args", ())))
    return parts if isinstance(read, sympy.And) and all(isinstance(part, Relational) for part in parts) else []


def _same_relations(given: list[Any], wanted: list[Any]) -> Grade:
    """Each relation is a positive multiple of one on the other side; any multiple for equations."""
    if not given or not wanted:
        return Grade.UNKNOWN
    if len(given) != len(wanted):
        return Grade.UNKNOWN
    left = list(wanted)
    for one in given:
        match = next((other for other in left if _same_relation(one, other)), None)
        if match is None:
            return Grade.WRONG if len(given) == 1 and all(map(_polynomial, (*given, *wanted))) else Grade.UNKNOWN
        left.remove(match)
    return Grade.RIGHT


def _same_relation(one: Any, other: Any) -> bool:
    (sign, mine), (wanted_sign, theirs) = _sided(one), _sided(other)
    if sign != wanted_sign:
        return False
    ratio = sympy.cancel(mine / theirs)
    return bool(ratio.is_number and ratio.is_finite and ratio.is_nonzero and (sign in ("==", "!=") or ratio > 0))


def _sided(relation: Any) -> tuple[str, Any]:
    """(sign, left - right), greater turned into less."""
    gap = _bare(relation.lhs) - _bare(relation.rhs)
    sign = relation.rel_op
    return (sign.replace(">", "<"), -gap) if ">" in sign else (sign, gap)


def _polynomial(relation: Any) -> bool:
    gap = _sided(relation)[1]
    return bool(gap.is_polynomial(*gap.free_symbols))


def _same_sets(given: Any, wanted: Any) -> Grade:
    """As sets of numbers; a single value is the set of it."""
    given, wanted = (each.doit() if isinstance(each, sympy.Set) else sympy.FiniteSet(each) for each in (given, wanted))
    if given == wanted:
        return Grade.RIGHT
    rest = given.symmetric_difference(wanted)
    return {True: Grade.RIGHT, False: Grade.WRONG}.get(rest.is_empty, Grade.UNKNOWN)


def _same_matrices(given: Any, wanted: Any) -> Grade:
    if given.shape != wanted.shape:
        return Grade.WRONG
    found = {_same_values(one, other, None, None) for one, other in zip(given, wanted, strict=True)}
    return next(grade for grade in (Grade.WRONG, Grade.UNKNOWN, Grade.RIGHT) if grade in found)


def _same_values(given: Any, wanted: Any, mine: Number | None, theirs: Number | None) -> Grade:
    """Equal at points drawn once and for all: sympy's simplify knows fewer identities and may not end."""
    written, (given, wanted) = (given, wanted), (_bare(given), _bare(wanted))
    names = sorted(given.free_symbols | wanted.free_symbols, key=str)
    found = _same_expressions(given, wanted, names) if names else _same_constants(given, wanted, mine, theirs)
    if found is Grade.WRONG and not mine and not theirs and _rounded(*written, names):
        return Grade.UNKNOWN
    return found


def _same_expressions(given: Any, wanted: Any, names: list[Any]) -> Grade:
    found = _same_at(given, wanted, _anywhere(names))
    if found is not Grade.WRONG:
        return found
    if all(_same_at(given, wanted, points) is Grade.WRONG for points in (_positive(names), _whole(names))):
        return Grade.UNKNOWN if _renamed(given, wanted) or _imaginary(given, wanted, names) else Grade.WRONG
    return Grade.RIGHT if _same_domain(given, wanted, names) else Grade.UNKNOWN


def _anywhere(names: list[Any]) -> Iterator[dict[Any, Any]]:
    draw = random.Random(0)
    for trial in range(_POINTS):
        low, high = -1000 * (trial % 3 > 0), 1000 * (3 if trial % 2 else 1)
        yield {name: sympy.Rational(draw.randint(low, high) * 2 + 1, 617) for name in names}


def _positive(names: list[Any]) -> Iterator[dict[Any, Any]]:
    draw = random.Random(1)
    for _ in range(_POINTS):
        yield {name: sympy.Rational(draw.randint(0, 3000) * 2 + 1, 617) for name in names}


def _whole(names: list[Any]) -> Iterator[dict[Any, Any]]:
    draw = random.Random(2)
    for trial in range(_POINTS):
        yield {name: sympy.Integer(draw.randint(1, 4 + trial)) for name in names}


def _same_at(given: Any, wanted: Any, points: Iterable[dict[Any, Any]]) -> Grade:
    """Wrong at the first point where they differ, unknown where too few tell; a few are proven, then 30 digits do."""
    agreed = 0
    for point in points:
        same = _same_constant(given.subs(point), wanted.subs(point), proven=agreed >= _ENOUGH)
        if same is False:
            return Grade.WRONG
        agreed += bool(same)
    return Grade.RIGHT if agreed >= _ENOUGH else Grade.UNKNOWN


def _same_constant(one: Any, other: Any, *, proven: bool = False) -> bool | None:
    """Exactly; None where one of them is not finite or it can't be told."""
    if one.is_Rational and other.is_Rational:
        return bool(one == other)
    near, far = one.evalf(_DIGITS), other.evalf(_DIGITS)
    if not (_finite(near) and _finite(far)):
        return None
    if _accurate(near) and _accurate(far) and not _close(near, far):
        return False
    return True if proven else is_zero(one - other)


def _same_domain(given: Any, wanted: Any, names: list[Any]) -> bool:
    """Whether they differ only where neither is real: `\\sqrt{x^3}` and `x\\sqrt{x}`, but not `\\sqrt{x^2}` and x."""
    return all(
        _real(given, point) is _real(wanted, point) is False
        for point in _anywhere(names)
        if _same_constant(given.subs(point), wanted.subs(point)) is False
    )


def _real(expression: Any, point: dict[Any, Any]) -> bool:
    """Whether every root and logarithm in it is one of a number that has it among the real numbers."""
    partial = (
        node.args[0]
        for node in sympy.preorder_traversal(expression)
        if isinstance(node, sympy.log) or (node.is_Pow and not node.exp.subs(point).is_integer)
    )
    return all(each.subs(point).evalf(15).is_nonnegative for each in partial)


def _rounded(given: Any, wanted: Any, names: list[Any]) -> bool:
    """Whether the decimals in them, of six places or more, were cut or rounded so far that they may be equal."""
    decimals = {each: _last_place(each) for each in given.atoms(sympy.Float) | wanted.atoms(sympy.Float)}
    if not decimals or max(decimals.values()) > _COARSEST:
        return False
    return all(
        _size(given, wanted, point) <= sum(_moved(given, wanted, point, *each) for each in decimals.items())
        for point in itertools.islice(_positive(names), _ENOUGH)
    )


def _last_place(decimal: Any) -> Any:
    return sympy.Rational(1, 10 ** len(str(decimal).rstrip("0").partition(".")[2]))


def _size(given: Any, wanted: Any, point: dict[Any, Any]) -> Any:
    return abs((_bare(given) - _bare(wanted)).subs(point).evalf(_DIGITS))


def _moved(given: Any, wanted: Any, point: dict[Any, Any], decimal: Any, step: Any) -> Any:
    """How far apart one more in a decimal's last place takes them."""
    more = {decimal: sympy.Rational(str(decimal)) + step}
    gap = (_bare(given.xreplace(more)) - _bare(wanted.xreplace(more))) - (_bare(given) - _bare(wanted))
    return abs(gap.subs(point).evalf(_DIGITS))


def _renamed(given: Any, wanted: Any) -> bool:
    """Whether they are equal once the constants of integration of one are called as the other calls them."""
    mine, theirs = given.free_symbols, wanted.free_symbols
    constants = set(filter(_is_constant, mine & theirs))
    old, new = (sorted(names, key=str) for names in (mine - theirs | constants, theirs - mine | constants))
    called = all(map(_is_constant, old)) or all(map(_is_constant, new))
    if not called or len(old) != len(new) or not 1 <= len(old) <= _MAX_CONSTANTS:
        return False
    return any(
        _same_at(given.xreplace(dict(zip(old, order, strict=True))), wanted, _anywhere(sorted(theirs, key=str)))
        is Grade.RIGHT
        for order in itertools.permutations(new)
    )


def _imaginary(given: Any, wanted: Any, names: list[Any]) -> bool:
    """Whether they are equal where i is the imaginary unit, which beside other letters may be a letter."""
    unit = next((name for name in names if name.name == "i"), None)
    if unit is None:
        return False
    given, wanted = (each.xreplace({unit: sympy.I}) for each in (given, wanted))
    rest = [name for name in names if name != unit]
    return _same_at(given, wanted, _anywhere(rest)) is Grade.RIGHT


def _is_constant(name: Any) -> bool:
    return bool(_CONSTANT.fullmatch(name.name))


def _same_constants(given: Any, wanted: Any, mine: Number | None, theirs: Number | None) -> Grade:
    if given == wanted and given is not sympy.nan and given is not sympy.zoo:
        return Grade.RIGHT
    if given.is_infinite or wanted.is_infinite:
        return Grade.WRONG if given.is_finite or wanted.is_finite else Grade.UNKNOWN
    same = _same_constant(given, wanted)
    if same is not False:
        return Grade.RIGHT if same else Grade.UNKNOWN
    rounded = (mine and _rounds(mine, wanted)) or (theirs and _rounds(theirs, given))
    return Grade.RIGHT if rounded else Grade.WRONG


def _rounds(decimal: Number, exact: Any) -> bool:
    """Whether a decimal is what an exact value comes to, cut or rounded at the decimal's last place."""
    digits = len(str(abs(decimal.value.numerator))) + _DIGITS
    value = exact.evalf(digits, maxn=2 * digits)
    return bool(value.is_real) and rounds(decimal, Number(Fraction(str(value))))


def _bare(read: Any) -> Any:
    """With symbols for calls of unknown functions, i the imaginary unit where no name is, and decimals exact."""
    read = read.xreplace({each: sympy.Rational(str(each)) for each in read.atoms(sympy.Float)})
    calls = {call: sympy.Symbol(f"call_{call}", real=True) for call in read.atoms(AppliedUndef)}
    read = read.xreplace(calls) if calls else read
    letters = {each.name for each in read.free_symbols}
    if letters == {"i"}:
        read = read.subs({each: sympy.I for each in read.free_symbols})
    return read.doit()


def _finite(value: Any) -> bool:
    return (
        bool(value.is_number)
        and not value.has(sympy.nan, sympy.zoo, sympy.oo)
        and not value.free_symbols
        and all(part.is_Float or part.is_Rational for part in value.as_real_imag())
    )


def _accurate(value: Any) -> bool:
    """Whether no digit was lost where nearly equal values were subtracted."""
    return all(part.is_Rational or part._prec > 1 for part in value.as_real_imag())


def _close(one: Any, other: Any) -> bool:
    gap, size = abs(one - other).evalf(_DIGITS), max(abs(one).evalf(_DIGITS), abs(other).evalf(_DIGITS))
    return bool(gap <= _CLOSE * size) or bool(size < sympy.Float("1e-25", 30))


def warm_up() -> None:
    """The reader's first sentences take half a second, which no answer should pay for."""
    for one, other in itertools.pairwise(
        ("\\frac{x+1}{2}", "\\sqrt{2}-x^{2}", "\\{1,2\\}", "2\\pi", "y = 2x + 3", "(0,1)")
    ):
        equal(one, other)
