"""From what a model wrote to steps and an answer: PRM800K's form, and nothing half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelhub.services.data.sampling import reading
from labelhub.services.data.sampling.reading import Reason, Unusable


def why_not(text: str) -> Reason:
    with pytest.raises(Unusable) as unusable:
        reading.solution(text)
    return unusable.value.reason


def test_a_step_is_a_line_and_the_answer_stays_with_the_last_one():
    text = "Tom has 3.\nHe buys 4.\nSo he has 7.\n\n# Answer\n\n7"
    assert reading.solution(text) == (["Tom has 3.", "He buys 4.", "So he has 7.\n\n# Answer\n\n7"], "7")


@pytest.mark.parametrize("heading", ["# Answer\n", "## answer:\n\n", "# Answer: ", "#Answer\r\n", "# **Answer**\n"])
def test_the_headings_that_models_write_are_one_heading(heading):
    assert reading.solution(f"3 + 4 = 7.\r\n\r\n{heading}7\n") == (["3 + 4 = 7.\n\n# Answer\n\n7"], "7")


def test_the_last_heading_counts_and_what_follows_the_answer_is_dropped():
    assert reading.solution("# Answer\nnot yet\n# Answer\n7\nI hope that helps!")[1] == "7"


def test_an_answer_alone_is_a_step():
    assert reading.solution("# Answer\n7") == (["# Answer\n\n7"], "7")


def test_the_lines_of_a_display_are_one_step():
    text = "We solve\n\\[\nx + 1 = 2\n\\]\nand get\n$$\nx = 1\n$$\n\\begin{align}\na\n\n&= b\n\\end{align}\nDone."
    steps, _ = reading.solution(f"{text}\n# Answer\n1")
    assert steps[:3] == ["We solve", "\\[\nx + 1 = 2\n\\]", "and get"]
    assert [step.count("\n") for step in steps[3:5]] == [2, 3]
    assert steps[-1].startswith("Done.")


def test_what_a_model_thinks_first_is_no_step():
    assert reading.solution("<think>Hm.\n# Answer\n8\n</think>\n3 + 4 = 7.\n# Answer\n7")[0] == [
        "3 + 4 = 7.\n\n# Answer\n\n7"
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Reason.EMPTY),
        (" \n\t\n", Reason.EMPTY),
        ("<think>only that</think>", Reason.EMPTY),
        ("He has 7.", Reason.NO_ANSWER),
        ("He has 7.\n# Answer\n\n", Reason.NO_ANSWER),
        ("The # Answer is 7", Reason.NO_ANSWER),
        ("He has 7\0.\n# Answer\n7", Reason.UNREADABLE),
        ("He has 7\ud800.\n# Answer\n7", Reason.UNREADABLE),
        ("7" * 100_001 + "\n# Answer\n7", Reason.TOO_LONG),
    ],
)
def test_what_is_no_solution_has_its_reason(text, reason):
    assert why_not(text) is reason


def test_a_step_is_the_first_line_and_nothing_behind_it():
    assert reading.step("\nSo 3 + 4 = 7.\nHe has 7.\n# Answer\n7") == "So 3 + 4 = 7."
    assert reading.step("So he has 7.\n# Answer\n7") == "So he has 7.\n\n# Answer\n\n7"
    assert reading.step("# Answer\n7") == "# Answer\n\n7"
    with pytest.raises(Unusable):
        reading.step("# Answer")


@given(st.text())
def test_whatever_is_written_is_read_or_refused_with_a_sentence(text):
    try:
        steps, answer = reading.solution(text)
    except Unusable as unusable:
        assert str(unusable)
    else:
        assert all(step.strip() for step in steps) and answer.strip()
        assert steps[-1].endswith(answer)
