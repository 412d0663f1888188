import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.grading.normalize import digest, normalise, problem_digest, solution_digest
from tests.selector.shared_data import shared_rows

# Fragments that make each other's commands when one between them goes.
PIECES = [
    *(
        "\\",
        "\\\\",
        "\\!",
        "\\,",
        "\\;",
        "\\ ",
        "\\left",
        "\\right",
        "\\quad",
        "\\dfrac",
        "frac",
        "$",
        "$$",
        "\\(",
        "\\]",
    ),
    *("(", "ft", "\\le", "!", "[2pt]", "{", "}", "~", " ", "\n", "x"),
    *("\u200b", "\u00a0", "e\u0301", "\u212b", "\u0958"),
]
LATEX = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.text() | LATEX)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text() | LATEX)
def test_spacing_around_and_between_words_makes_no_difference(text: str) -> None:
    spaced = " \n" + text.replace(" ", " \t\u00a0 ") + "\r\n"
    assert normalise(spaced) == normalise(text)


@pytest.mark.parametrize(
    "one, other",
    [
        ("Find $x$.", " Find  $x$.\n"),
        ("Find $x$.", "Find \\(x\\)."),
        ("so \\[x=1\\]", "so $$x=1$$"),
        ("\\left(0,1\\right]", "(0,1]"),
        ("10\\!\\!,000", "10,000"),
        ("a\\,b", "a b"),
        ("a\\quad b", "a b"),
        ("a~b", "a b"),
        ("\\dfrac{1}{2}", "\\frac{1}{2}"),
        ("Ann\u2019s \u201chat\u201d", 'Ann\'s "hat"'),
        ("\u22125", "-5"),
        ("caf\u00e9", "cafe\u0301"),
        ("a\u200bb", "ab"),
    ],
)
def test_texts_that_read_the_same_are_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    "one, other",
    [
        ("x\u00b2", "x2"),
        ("Ann", "ann"),
        ("\\lefteye", "eye"),
        ("\\begin{matrix} 1 \\\\[2pt] 2", "\\begin{matrix} 1 \\\\$2pt] 2"),
        ("1 2", "12"),
        ("\\frac{1}{2}", "\\cfrac{1}{2}"),
    ],
)
def test_texts_that_mean_different_things_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


def test_a_long_text_of_nested_commands_is_normalised_in_a_few_passes() -> None:
    assert normalise("\\le" * 20_000 + "\\!" * 20_000 + "ft" * 20_000)
    assert normalise("\\" * 50_000 + "!" * 50_000)


def test_a_digest_tells_where_a_step_ends() -> None:
    assert solution_digest(["a b", "c"]) != solution_digest(["a", "b c"])
    assert solution_digest(["ab", "c"]) != solution_digest(["abc"])
    assert digest(["a\x1eb"]) != digest(["a", "b"])


def test_digests_follow_the_normalised_text() -> None:
    assert solution_digest(["Add  $1$.", "So 2"]) == solution_digest([" Add \\(1\\).", "So 2 "])
    assert problem_digest("How  many?") == problem_digest("How many?")
    assert len(problem_digest("How many?")) == 64


def test_half_of_a_surrogate_pair_has_a_digest_too() -> None:
    assert problem_digest("\ud800") != problem_digest("\ud801")


def test_different_real_problems_are_different() -> None:
    problems = [row["problem"] for row in shared_rows("math500.problems.jsonl")]
    assert len({problem_digest(problem) for problem in problems}) == len(problems) == 500
