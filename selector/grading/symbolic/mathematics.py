"""Whether two expressions are equal, by math-verify's LaTeX reader and sympy's numbers; runs only in the child.

math-verify reads; the comparison is ours, since its own calls 0.0000672 and 0.0000674, 52_8 and 52_7, (1, 2) and
{1, 2}, and any two equations without real solutions the same.
"""

import itertools
import re
from fractions import Fraction
from typing import Any

import sympy
from math_verify import LatexExtractionConfig, parse
from math_verify.parser import NormalizationConfig
from sympy.core.relational import Relational

from selector.grading.symbolic.exact import TooLarge, check_size
from selector.grading.symbolic.pointwise import DIGITS, bare, rounded, same_constant, same_expressions
from selector.grading.values.notations import turned
from selector.grading.values.quantities import Number, number, rounds
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
_MAX_DEPTH = 20
_OF, _CHOSEN = r"\{?(?P<n>\d{1,3})\}?", r"\{?(?P<k>\d{1,3})\}?"
_CHOICES = [
    re.compile(r"(?P<letter>[CP]) ?\((?P<n>\d{1,3}), ?(?P<k>\d{1,3})\)"),
    re.compile(rf"(?:\{{\}} ?)?[_^]? ?{_OF} ?(?P<letter>[CP]) ?_? ?{_CHOSEN}"),
    re.compile(rf"(?P<letter>C) ?_ ?{_OF} ?\^ ?{_CHOSEN}"),
    re.compile(rf"(?P<letter>C) ?\^ ?{_CHOSEN} ?_ ?{_OF}"),
]
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
    gap = bare(relation.lhs) - bare(relation.rhs)
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
    """Exactly equal; unknown where a decimal among other factors was only rounded. A lone decimal is its own rule."""
    written, (given, wanted) = (given, wanted), (bare(given), bare(wanted))
    names = sorted(given.free_symbols | wanted.free_symbols, key=str)
    found = same_expressions(given, wanted, names) if names else _same_constants(given, wanted, mine, theirs)
    if found is Grade.WRONG and not mine and not theirs and rounded(*written, names):
        return Grade.UNKNOWN
    return found


def _same_constants(given: Any, wanted: Any, mine: Number | None, theirs: Number | None) -> Grade:
    if given == wanted and given is not sympy.nan and given is not sympy.zoo:
        return Grade.RIGHT
    if given.is_infinite or wanted.is_infinite:
        return Grade.WRONG if given.is_finite or wanted.is_finite else Grade.UNKNOWN
    same = same_constant(given, wanted)
    if same is not False:
        return Grade.RIGHT if same else Grade.UNKNOWN
    near = (mine and _rounds(mine, wanted)) or (theirs and _rounds(theirs, given))
    return Grade.RIGHT if near else Grade.WRONG


def _rounds(decimal: Number, exact: Any) -> bool:
    """Whether a decimal is what an exact value comes to, cut or rounded at the decimal's last place."""
    digits = len(str(abs(decimal.value.numerator))) + DIGITS
    value = exact.evalf(digits, maxn=2 * digits)
    return bool(value.is_real) and rounds(decimal, Number(Fraction(str(value))))


def warm_up() -> None:
    """The reader's first sentences take half a second, which no answer should pay for."""
    for one, other in itertools.pairwise(
        ("\\frac{x+1}{2}", "\\sqrt{2}-x^{2}", "\\{1,2\\}", "2\\pi", "y = 2x + 3", "(0,1)")
    ):
        equal(one, other)
