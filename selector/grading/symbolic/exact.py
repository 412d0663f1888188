"""Whether a constant is zero, decided and not guessed: exactly where it is rational, else by a bound on what isn't.

A number built from integers with + - * / and roots is either zero or larger than a bound that its writing gives
(Burnikel, Funke, Mehlhorn, Schirra, Schmitt: "A separation bound for real algebraic expressions", 2009). Evaluated to
that many digits, it is zero or it isn't. Logarithms, sines and the like have no such theorem; they are evaluated to a
multiple of the digits that their writing could hide.
"""

import math
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

MAX_BITS = 4_000_000  # of an integer worth computing: 100,000! has 1.5 million
_MAX_TERMS = 10_000  # of a sum or product
_MAX_HIDDEN = 60_000  # bits that a difference is evaluated to
_SPARE = 64
_LARGEST_FACTOR = 7_000
_UNPROVEN = 3  # times the bits, where no theorem gives the bound
MAX_LETTER = 20.0  # no letter is given a larger value
_LETTER_BITS = 24.0
_LARGEST_INVERSE = 1_000.0  # for want of a bound; the time limit stays


class TooLarge(Exception):
    """Its exact value has more digits than anybody wants to wait for."""


def is_zero(value: Any) -> bool | None:
    """Whether a constant is zero; None where that can't be told."""
    if value.is_Rational:
        return bool(value == 0)
    real, imaginary = value.as_real_imag()
    if real.is_Rational and imaginary.is_Rational:
        return bool(real == imaginary == 0)
    if value.has(sympy.log) and (value := _factored(value).expand()) == 0:
        return True
    bits = _hidden_bits(value)
    if bits is None:
        return None
    found = value.evalf(10, maxn=math.ceil(bits * math.log10(2)) + 20)
    size = sum(abs(part) for part in found.as_real_imag())
    if not size.is_number or size.has(sympy.nan, sympy.zoo, sympy.oo) or not (size.is_Float or size.is_Rational):
        return None
    return bool(size < sympy.Float(2, 20) ** -bits)


def _factored(value: Any) -> Any:
    """With the logarithm of a fraction as those of its factors, which cancel where digits would only agree."""
    logs = [each for each in value.atoms(sympy.log) if each.args[0].is_Rational and each.args[0] > 0]
    return value.xreplace({each: _log_of_factors(each.args[0]) for each in logs})


def _log_of_factors(fraction: Any) -> Any:
    factors = sympy.factorrat(fraction, limit=_LARGEST_FACTOR, use_rho=False, use_pm1=False)
    return sum(power * sympy.log(factor) for factor, power in factors.items())


def check_size(expression: Any) -> None:
    """Raise `TooLarge` unless its powers, factorials and sums can be multiplied out, at any value of its letters."""
    for each in expression if isinstance(expression, sympy.MatrixBase) else [expression]:
        _bits(each)


def _bits(node: Any) -> float:
    """An upper bound of the bits of numerator and denominator together."""
    if node.is_Rational:
        return float(int(node.p).bit_length() + int(node.q).bit_length())
    if node.is_Symbol:
        return _LETTER_BITS
    if node.is_Pow:
        return _checked(_bits(node.base) * max(1.0, _size(node.exp)) + _bits(node.exp))
    if isinstance(node, sympy.factorial | sympy.factorial2 | sympy.gamma | sympy.binomial):
        return _checked(_size(node.args[0]) * sum(_bits(each) for each in node.args))
    if isinstance(node, sympy.Sum | sympy.Product):
        return _checked(_bits(node.function) * _terms(node))
    return _checked(1.0 + sum(_bits(each) for each in node.args if isinstance(each, sympy.Basic)))


def _size(node: Any) -> float:
    """An upper bound of |value|, which counts the factors of a power or factorial."""
    try:
        return float(_largest(node))
    except OverflowError:
        return math.inf


def _largest(node: Any) -> Any:
    if node.is_Rational:
        return abs(int(node.p)) / int(node.q)
    if node.is_Float:
        return abs(float(node))
    if node.is_Symbol:
        return MAX_LETTER
    parts = [_size(each) for each in node.args if isinstance(each, sympy.Basic)]
    if node.is_Pow and node.exp.is_negative:
        return max(1 / parts[0], 1.0) ** parts[1] if node.base.is_Rational and parts[0] else _LARGEST_INVERSE
    if node.is_Pow:
        return max(parts[0], 1.0) ** parts[1]
    if isinstance(node, sympy.factorial | sympy.factorial2 | sympy.gamma | sympy.binomial):
        return max(parts[0], 2.0) ** parts[0]
    return sum(parts) if node.is_Add else math.prod(parts)


def _terms(node: Any) -> float:
    """How many terms a sum has; as many as are allowed where a letter says so."""
    lengths = [upper - lower for _, lower, upper in (limit for limit in node.limits if len(limit) == 3)]
    count = math.prod(float(length) + 1 for length in lengths if length.is_Integer)
    if count > _MAX_TERMS:
        raise TooLarge
    return max(count, 1.0)


def _checked(bits: float) -> float:
    if not bits <= MAX_BITS:
        raise TooLarge
    return bits


@dataclass(frozen=True, slots=True)
class _Bound:
    """Bits of the theorem's u (upper) and l (lower) of one expression."""

    upper: float
    lower: float


def _hidden_bits(value: Any) -> int | None:
    """How far below 1 the value may be without being zero, in bits; None where that is too far."""
    roots: dict[Any, int] = {}
    bound, proven = _bound(value, roots)
    degree = math.prod(roots.values())
    bits = bound.lower + (degree - 1) * bound.upper + (0 if proven else bound.upper)
    bits = (bits if proven else _UNPROVEN * bits) + _SPARE
    return math.ceil(bits) if bits <= _MAX_HIDDEN else None


def _bound(node: Any, roots: dict[Any, int]) -> tuple[_Bound, bool]:
    """(the bound, whether a theorem gives it); `roots` gathers the degrees."""
    if node.is_Rational:
        return _Bound(math.log2(abs(int(node.p)) or 1), math.log2(int(node.q))), True
    if node is sympy.I:
        roots[node] = 2
        return _Bound(0, 0), True
    parts = [_bound(each, roots) for each in node.args]
    proven = all(sure for _, sure in parts)
    bounds = [bound for bound, _ in parts]
    if node.is_Add:
        lower = sum(each.lower for each in bounds)
        upper = max(each.upper + lower - each.lower for each in bounds) + math.log2(len(bounds))
        return _Bound(upper, lower), proven
    if node.is_Mul:
        return _Bound(sum(each.upper for each in bounds), sum(each.lower for each in bounds)), proven
    if node.is_Pow and node.exp.is_Rational:
        return _power(bounds[0], node, roots), proven
    if isinstance(node, sympy.Abs):
        roots[node] = 2
        return bounds[0], proven
    return _kernel(node, bounds), False


def _power(base: _Bound, node: Any, roots: dict[Any, int]) -> _Bound:
    above, degree = int(node.exp.p), int(node.exp.q)
    if above < 0:
        base = _Bound(base.lower, base.upper)
    base = _Bound(base.upper * abs(above), base.lower * abs(above))
    if degree == 1:
        return base
    roots[(node.base, degree)] = degree
    if base.upper >= base.lower:
        return _Bound((base.upper + (degree - 1) * base.lower) / degree, base.lower)
    return _Bound(base.upper, ((degree - 1) * base.upper + base.lower) / degree)


def _kernel(node: Any, arguments: list[_Bound]) -> _Bound:
    """A logarithm, a sine, pi: as many bits as its value is away from 1, and all those of its arguments."""
    written = sum(each.upper + each.lower for each in arguments) + 8
    if isinstance(node, HyperbolicFunction | sympy.erf | sympy.erfc):  # as near to 1 as e to its argument
        written += 2 * float(abs(node.args[0]).evalf(10)) ** (1 if isinstance(node, HyperbolicFunction) else 2)
    size = abs(node.evalf(10))
    away = abs(float(sympy.log(size, 2).evalf(10))) if size.is_Float and size > 0 else 0.0
    return _Bound(written + away, written + away)
