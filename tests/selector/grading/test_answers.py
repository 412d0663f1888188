"""The rules that need no mathematics; the table in test_grade.py holds them and mathematics together."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.grading.answers import compare
from selector.grading.stated import readings
from selector.grading.tidy import squeeze, tidy
from selector.grading.values.numerals import in_words
from selector.grading.values.quantities import Number, number, rounds, unit
from selector.grading.values.shapes import shape
from selector.types import Grade
from tests.selector.grading.hostile_answers import FAMILIES, hostile_answers

INTEGERS = st.integers(-(10**12), 10**12)
PIECES = [
    *(
        "\\frac{",
        "}",
        "{",
        "(",
        ")",
        "[",
        "]",
        "\\{",
        "\\}",
        ",",
        ", ",
        " and ",
        " or ",
        "=",
        "<",
        "\\le ",
        "\\cup ",
        "\\pm ",
    ),
    *(
        "\\text{",
        "\\$",
        "$",
        "%",
        "\\%",
        "^",
        "_",
        ":",
        ".",
        "...",
        "-",
        "/",
        "\\pi",
        "^\\circ",
        "\\boxed{",
        "\\begin{pmatrix}",
    ),
    *(
        "\\end{pmatrix}",
        "&",
        "\\\\",
        "0",
        "1",
        "23",
        "1,000",
        "x",
        "y",
        "cm",
        "m",
        "B",
        "p.m.",
        "no",
        "Friday",
        "²",
        "½",
        "√",
        "\x00",
    ),
]
ANSWERS = st.text() | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def nobody_knows(answer: str, truth: str) -> Grade:
    return Grade.UNKNOWN


@given(ANSWERS, ANSWERS)
def test_whatever_text_comes_there_is_a_verdict(answer: str, truth: str) -> None:
    assert compare(answer, truth, nobody_knows) in set(Grade)


@given(ANSWERS)
def test_the_truth_itself_is_never_wrong(answer: str) -> None:
    assert compare(answer, answer, nobody_knows) is not Grade.WRONG


@pytest.mark.parametrize("answer", [answer for answer in hostile_answers(3 * len(FAMILIES)) if len(answer) <= 1_500])
def test_a_hostile_answer_is_read_without_evaluating_it(answer: str) -> None:
    assert compare(answer, "5", nobody_knows) is not Grade.RIGHT
    assert compare("5", answer, nobody_knows) is not Grade.RIGHT


def test_sets_of_sets_are_given_up_and_not_compared_without_end() -> None:
    asked = []

    def counted(answer: str, truth: str) -> Grade:
        asked.append(answer)
        return Grade.UNKNOWN

    def sets(letters: str) -> str:
        return "\\{" + ",".join(["\\{" + ",".join(letters[i:] + letters[:i]) + "\\}" for i in range(8)] * 4) + "\\}"

    assert compare(sets("abcdefgh"), sets("pqrstuvw"), counted) is Grade.UNKNOWN
    assert len(asked) <= 2_000


@given(
    INTEGERS,
    st.sampled_from(["{}", "{:,}", "${}$", "\\boxed{{{}}}", "x = {}", "{}.", "{}.0", "\\text{{{}}}", "{} apples"]),
)
def test_an_integer_is_right_in_every_writing_and_its_neighbour_in_none(value: int, writing: str) -> None:
    assert compare(writing.format(value), str(value), nobody_knows) is Grade.RIGHT
    assert compare(writing.format(value + 1), str(value), nobody_knows) is Grade.WRONG


@given(st.integers(-999, 999), st.integers(1, 999), st.integers(1, 9))
def test_a_fraction_is_right_however_far_it_is_reduced(above: int, below: int, factor: int) -> None:
    written = f"\\frac{{{above * factor}}}{{{below * factor}}}"
    assert compare(written, f"{above}/{below}", nobody_knows) is Grade.RIGHT
    assert compare(written, f"{above + 1}/{below}", nobody_knows) is Grade.WRONG


@given(st.lists(INTEGERS, min_size=2, max_size=6, unique=True), st.randoms())
def test_a_set_is_right_in_every_order_and_a_pair_in_its_own(values: list[int], draw: st.DataObject) -> None:
    turned = [str(value) for value in (*values[1:], values[0])]
    plain = [str(value) for value in values]
    assert compare(f"\\{{{', '.join(turned)}\\}}", f"\\{{{', '.join(plain)}\\}}", nobody_knows) is Grade.RIGHT
    assert compare(f"({', '.join(turned)})", f"({', '.join(plain)})", nobody_knows) is Grade.WRONG


@given(st.fractions(min_value=Fraction(1, 50), max_value=50, max_denominator=500), st.integers(6, 12))
def test_a_decimal_of_six_places_speaks_for_the_fraction_it_rounds(exact: Fraction, places: int) -> None:
    rounded = round(exact, places)
    if rounded == exact:
        return
    assert rounds(Number(rounded, places), Number(exact))
    assert not rounds(Number(rounded + Fraction(2, 10**places), places), Number(exact))
    assert not rounds(Number(round(exact, 3), 3), Number(exact))


@given(
    st.fractions(min_value=Fraction(1, 50), max_value=50, max_denominator=500), st.integers(1, 12), st.integers(1, 9)
)
def test_a_decimal_is_right_to_its_last_digit_and_no_further(exact: Fraction, places: int, off: int) -> None:
    written = f"{exact.numerator}/{exact.denominator}"
    rounded, step = round(exact, places), Fraction(off, 10**places)
    for wrong in (rounded + step, rounded - step):
        if wrong not in (exact, Fraction(int(exact * 10**places), 10**places)) and wrong >= 0:
            digits = str(int(wrong * 10**places)).zfill(places + 1)
            assert compare(f"{digits[:-places]}.{digits[-places:]}", written, nobody_knows) is Grade.WRONG


@given(st.integers(0, 999_999))
def test_an_integer_in_words_is_right_and_its_neighbour_is_not(value: int) -> None:
    assert in_words(said(value)) == value
    assert compare(said(value), str(value), nobody_knows) is Grade.RIGHT
    assert compare(said(value), str(value + 1), nobody_knows) is Grade.WRONG


@pytest.mark.parametrize(
    ("text", "value"),
    [("two thirds", Fraction(2, 3)), ("twenty-two sevenths", Fraction(22, 7)), ("twenty-two seventh", None)],
)
def test_more_than_one_part_takes_a_plural(text: str, value: Fraction | None) -> None:
    assert in_words(text) == value


def said(value: int) -> str:
    """The integer below a million as it is read out, by other means than ours."""
    if value >= 1_000:
        rest = f" {said(value % 1_000)}" if value % 1_000 else ""
        return f"{said(value // 1_000)} thousand{rest}"
    if value >= 100:
        rest = f" and {said(value % 100)}" if value % 100 else ""
        return f"{said(value // 100)} hundred{rest}"
    small = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    below_twenty = [*small.split(), "seventeen", "eighteen", "nineteen"]
    if value < 20:
        return below_twenty[value]
    ten = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"][value // 10 - 2]
    return f"{ten}-{below_twenty[value % 10]}" if value % 10 else ten


@given(st.integers(1, 400), st.integers(1, 99), st.integers(1, 99))
def test_ranges_of_one_length_are_two_ranges(low: int, length: int, shift: int) -> None:
    one, other = f"{low}-{low + length}", f"{low + shift}-{low + shift + length}"
    for unit_name in ("", " minutes", "\\%"):
        assert compare(one + unit_name, other + unit_name, nobody_knows) is Grade.WRONG
        assert compare(one + unit_name, one + unit_name, nobody_knows) is Grade.RIGHT


@given(st.dates(min_value=date(1000, 1, 1)), st.dates(min_value=date(1000, 1, 1)))
def test_a_day_is_that_day_alone(one: date, other: date) -> None:
    assert compare(f"{one:%Y/%m/%d}", one.isoformat(), nobody_knows) is Grade.RIGHT
    assert compare(f"{one:%B} {one.day}, {one.year}", one.isoformat(), nobody_knows) is Grade.RIGHT
    if one != other:
        assert compare(one.isoformat(), other.isoformat(), nobody_knows) is Grade.WRONG


@pytest.mark.parametrize(
    "text, stated",
    [
        ("\\boxed{4} and \\boxed{5}", ("4, 5",)),
        ("\\boxed{4}, so the sum is \\boxed{5}", ("5", "4, 5")),
        ("\\boxed{4} is wrong: \\boxed{5}", ("5",)),
        ("\\boxed{\\frac{1}{2}} = \\boxed{0.5}", ("\\frac{1}{2} = 0.5",)),
        ("\\boxed{\\frac{1}{3}}\\approx\\boxed{0.33}", ("\\frac{1}{3}", "0.33")),
        ("It is \\boxed{5}. It is \\boxed{4}. It is \\boxed{5}.", ("5", "5, 4")),
        ("\\boxed{\\fbox{7}}", ("7",)),
        ("\\boxed 5", ("5",)),
        ("<answer> 5 </answer>", (" 5 ",)),
        ("So it is 4.\n#### 5", ("5",)),
        ("The final answer is 5. Note that 6 is another.", ("5",)),
        ("Hence $x = 1$ and $x = 2$ are left, so the roots are $1$ and $2$.", ("$1$ and $2$",)),
        ("5 apples", ("5 apples",)),
    ],
)
def test_a_text_states_its_answer_in_a_box_a_tag_or_a_last_sentence(text: str, stated: tuple[str, ...]) -> None:
    assert readings(text) == stated


@pytest.mark.parametrize(
    "piece", ["\\boxed{", "{", "}", "\\boxed{1}", "The answer is ", "is $1$ ", "<answer>", ". A", " ", "\n"]
)
def test_pages_without_an_end_are_read_in_one_pass(piece: str) -> None:
    pages = piece * (20_000 // len(piece))
    assert all(len(reading) <= len(pages) + len(pages) // len(piece) for reading in readings(pages))


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_squeezing_twice_changes_nothing(text: str) -> None:
    assert squeeze(squeeze(tidy(text))) == squeeze(tidy(text))


@pytest.mark.parametrize(
    "text", ["9" * 401, "1e9999", "10^{99999}", "1/0", "1,00", "2(3)", "\\frac{1}{}", ".", "-", "", "٣"]
)
def test_what_is_no_number_or_too_large_is_left_alone(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    "one, other",
    [
        ("square inches", "in^2"),
        ("\\text{ square inches}", "\\text{in}^{2}"),
        ("miles per hour", "mph"),
        ("km/h", "km per hour"),
        ("centimetres", "cm"),
    ],
)
def test_one_unit_in_two_spellings_is_one_unit(one: str, other: str) -> None:
    assert (unit(one).measure, unit(one).factor) == (unit(other).measure, unit(other).factor) != (None, Fraction(1))


@pytest.mark.parametrize(
    "text, kind, parts",
    [
        ("(0,1]", "(]", ("0", "1")),
        ("x < 2 or x > 3", "union", ("(-\\infty,2)", "(3,\\infty)")),
        ("7 \\ge x > -2", "(]", ("-2", "7")),
        ("1 \\pm \\sqrt{2}", "list", ("1 + \\sqrt{2}", "1 - \\sqrt{2}")),
        ("1,000, 2,000", "list", ("1000", "2000")),
        ("\\{\\}", "set", ()),
        ("\\{x \\mid x > 5\\}", "()", ("5", "\\infty")),
        ("[[1,2],[3,4]]", "matrix", ("1", "2", "3", "4")),
    ],
)
def test_a_shape_is_told_by_its_brackets_and_separators(text: str, kind: str, parts: tuple[str, ...]) -> None:
    found = shape(tidy(text))
    assert found is not None
    assert (found.kind, found.parts) == (kind, parts)


@pytest.mark.parametrize("text", ["1,000", "(a+5)(b+2)", "f(2) < f(1) < f(4)", "x+y<3", "(5)", "1,000 \\text{ cm}"])
def test_a_single_value_has_no_shape(text: str) -> None:
    assert shape(tidy(text)) is None
