"""Whether two expressions of sympy are the same value: exactly, and for letters at points drawn once and for all.

sympy's own simplify knows fewer identities and may not end.
"""

import itertools
import random
import re
from collections.abc import Iterable, Iterator
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from selector.grading.symbolic.exact import is_zero
from selector.types import Grade

_POINTS, _ENOUGH = 14, 4
DIGITS, _CLOSE = 30, sympy.Float("1e-24", 30)
_CONSTANT = re.compile(r"[ckd](_?\d)?")
_MAX_CONSTANTS = 3
_COARSEST = sympy.Rational(1, 10**6)


def same_expressions(given: Any, wanted: Any, names: list[Any]) -> Grade:
    """Right where they are equal for all letters, unknown where for positive or whole ones or under other names."""
    found = _same_at(given, wanted, _anywhere(names))
    if found is not Grade.WRONG:
        return found
    positive = _same_at(given, wanted, _positive(names))
    if positive is Grade.RIGHT:
        return Grade.RIGHT if _same_domain(given, wanted, names) else Grade.UNKNOWN
    if _same_at(given, wanted, _whole(names)) is Grade.RIGHT:
        return Grade.UNKNOWN
    return Grade.UNKNOWN if _renamed(given, wanted) or _imaginary(given, wanted, names) else Grade.WRONG


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
        same = same_constant(given.subs(point), wanted.subs(point), proven=agreed >= _ENOUGH)
        if same is False:
            return Grade.WRONG
        agreed += bool(same)
    return Grade.RIGHT if agreed >= _ENOUGH else Grade.UNKNOWN


def same_constant(one: Any, other: Any, *, proven: bool = False) -> bool | None:
    """Exactly; None where one of them is not finite or it can't be told."""
    if one.is_Rational and other.is_Rational:
        return bool(one == other)
    near, far = one.evalf(DIGITS), other.evalf(DIGITS)
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
        if same_constant(given.subs(point), wanted.subs(point)) is False
    )


def _real(expression: Any, point: dict[Any, Any]) -> bool:
    """Whether every root and logarithm in it is one of a number that has it among the real numbers."""
    partial = (
        node.args[0]
        for node in sympy.preorder_traversal(expression)
        if isinstance(node, sympy.log) or (node.is_Pow and not node.exp.subs(point).is_integer)
    )
    return all(each.subs(point).evalf(15).is_nonnegative for each in partial)


def rounded(given: Any, wanted: Any, names: list[Any]) -> bool:
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
    return abs((bare(given) - bare(wanted)).subs(point).evalf(DIGITS))


def _moved(given: Any, wanted: Any, point: dict[Any, Any], decimal: Any, step: Any) -> Any:
    """How far apart one more in a decimal's last place takes them."""
    more = {decimal: sympy.Rational(str(decimal)) + step}
    gap = (bare(given.xreplace(more)) - bare(wanted.xreplace(more))) - (bare(given) - bare(wanted))
    return abs(gap.subs(point).evalf(DIGITS))


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


def bare(read: Any) -> Any:
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
    gap, size = abs(one - other).evalf(DIGITS), max(abs(one).evalf(DIGITS), abs(other).evalf(DIGITS))
    return bool(gap <= _CLOSE * size) or bool(size < sympy.Float("1e-25", 30))
