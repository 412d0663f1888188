"""Exact values are compared exactly: what a float would round away makes two answers two."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from selector.grading.answers import compare
from selector.grading.symbolic import mathematics
from selector.grading.symbolic.exact import TooLarge, check_size, is_zero
from selector.types import Grade

EXPONENTS = st.integers(60, 200)
STEPS = st.integers(1, 9)
SHAPES = [
    *(
        "{}",
        "({}, 1)",
        "\\{{{}, 1\\}}",
        "{}, 1",
        "[0, {}]",
        "x = {}",
        "{} \\text{{ cm}}",
        "-({})",
        "({})^2",
        "\\sqrt{{{}}}",
    ),
    *("\\begin{{pmatrix}} {} \\\\ 1 \\end{{pmatrix}}", "\\frac{{{}}}{{7}}", "\\frac{{1}}{{{}}}", "({}) x", "x + {}"),
    *("\\frac{{x}}{{{}}}", "y = ({}) x", "\\pi \\cdot ({})", "\\ln({})", "x < {}"),
]


@settings(deadline=None, max_examples=25)
@given(EXPONENTS, STEPS, st.sampled_from(SHAPES))
def test_a_large_integer_is_never_its_neighbour_however_it_is_written(exponent: int, step: int, shape: str) -> None:
    written, value = f"2^{{{exponent}}}+{step}", 2**exponent + step
    assert compare(shape.format(written), shape.format(value), mathematics.equal) is Grade.RIGHT
    for other in (value + 1, value - step):
        assert compare(shape.format(written), shape.format(other), mathematics.equal) is not Grade.RIGHT
        assert compare(shape.format(other), shape.format(written), mathematics.equal) is not Grade.RIGHT


@settings(deadline=None, max_examples=20)
@given(EXPONENTS, st.sampled_from(["{}", "x + {}", "\\sqrt{{2}} + {}", "\\pi + {}", "e^{{x}} + {}", "\\sin(1) + {}"]))
def test_what_is_next_to_nothing_is_not_nothing(exponent: int, shape: str) -> None:
    tiny = f"\\frac{{1}}{{2^{{{exponent}}}}}"
    assert compare(shape.format(tiny), shape.format(0), mathematics.equal) is Grade.WRONG
    assert (
        compare(shape.format(tiny), shape.format(tiny.replace("1}{", "2}{2 \\cdot ")), mathematics.equal) is Grade.RIGHT
    )


@pytest.mark.parametrize(
    "value",
    [
        *(
            "sqrt(2)+sqrt(3)-sqrt(5+2*sqrt(6))",
            "(2+sqrt(5))**Rational(1,3)-(1+sqrt(5))/2",
            "sqrt(3+2*sqrt(2))-1-sqrt(2)",
        ),
        *(
            "log(4)-2*log(2)",
            "atan(2)+atan(3)-3*pi/4",
            "sin(1)**2+cos(1)**2-1",
            "exp(I*pi/7)**7+1",
            "sqrt(2)*I-sqrt(-2)",
        ),
    ],
)
def test_an_identity_is_zero_and_anything_beside_it_is_not(value: str) -> None:
    zero = sympy.sympify(value)
    assert is_zero(zero) is True
    assert is_zero(zero + sympy.Rational(1, 10**300)) is False


@pytest.mark.parametrize(
    "value",
    [
        *(
            "tanh(1000)-1",
            "exp(-1000)",
            "atan(10**1000)-pi/2",
            "sin(Rational(1,10**100))-Rational(1,10**100)",
            "erfc(30)",
        ),
        *(
            "log(1+Rational(1,10**200))-Rational(1,10**200)",
            "sqrt(10**600+1)-10**300",
            "exp(pi*sqrt(163))-640320**3-744",
        ),
    ],
)
def test_what_hides_below_many_digits_is_found(value: str) -> None:
    assert is_zero(sympy.sympify(value)) is False


@pytest.mark.parametrize(
    ("given", "truth", "grade"),
    [
        ("x^2 + C", "x^2 + K", Grade.UNKNOWN),
        ("C_1 e^x + C_2 e^{-x}", "c_2 e^x + c_1 e^{-x}", Grade.UNKNOWN),
        ("x^2 + C", "x^3 + K", Grade.WRONG),
        ("y e^x", "z e^x", Grade.WRONG),
    ],
)
def test_only_constants_of_integration_may_go_by_another_letter(given: str, truth: str, grade: Grade) -> None:
    assert mathematics.equal(given, truth) is grade


@pytest.mark.parametrize("text", ["10^{10^{10}}", "100000000!", "2^{2^{40}}x", "\\binom{10^9}{10^8}", "(x+1)^{10^7}"])
def test_a_value_with_too_many_digits_is_left_alone(text: str) -> None:
    with pytest.raises(TooLarge):
        check_size(mathematics.read(text))
    assert mathematics.equal(text, "5") is Grade.UNKNOWN


@settings(deadline=None, max_examples=15)
@given(st.integers(2, 50), st.integers(2, 9), st.sampled_from("xabn"))
def test_roots_and_logarithms_equal_for_positive_letters_are_never_wrong(factor: int, power: int, letter: str) -> None:
    for one, other in (
        (f"\\sqrt{{{factor**2}{letter}^2}}", f"{factor}{letter}"),
        (f"\\ln {letter}^{{{power}}}", f"{power}\\ln {letter}"),
        (f"(-1)^{{{2 * power}{letter}}}", "1"),
        (f"\\sqrt{{{letter}^{{{2 * power + 1}}}}}", f"{letter}^{{{power}}}\\sqrt{{{letter}}}"),
    ):
        assert compare(one, other, mathematics.equal) is not Grade.WRONG
        assert compare(other, one, mathematics.equal) is not Grade.WRONG
