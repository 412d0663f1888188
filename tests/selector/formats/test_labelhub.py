from typing import Any

import pytest

from selector.formats import BadRow, parse
from selector.formats.fields import MAX_DEPTH, MAX_STEP_CHARS
from selector.labels.steps import UNKNOWN, FirstMistake
from tests.selector.shared_data import shared_rows

PROBLEM = {"problem_id": "p1", "problem": "How many?", "ground_truth_answer": "3"}
SOLUTION = {"problem_id": "p1", "solution_id": "s1", "steps": ["One.", "Two."], "answer": "3", "is_correct": True}


def problem(**changed: Any) -> Any:
    return parse(PROBLEM | changed).problem


def solution(**changed: Any) -> Any:
    (found,) = parse(SOLUTION | changed).solutions
    return found


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 0


def test_a_problem_row_is_read() -> None:
    read = problem(ground_truth_solution="Count.", split="train", subject="Algebra")
    assert (read.problem_id, read.problem, read.ground_truth_answer) == ("p1", "How many?", "3")
    assert (read.ground_truth_solution, read.split, read.extra) == ("Count.", "train", {"subject": "Algebra"})


def test_a_solution_row_is_read() -> None:
    read = solution(generator="a model", temperature=1.0)
    assert (read.problem_id, read.solution_id, read.steps) == ("p1", "s1", ("One.", "Two."))
    assert (read.answer, read.is_correct, read.generator) == ("3", True, "a model")
    assert read.extra == {"temperature": 1.0}
    assert (read.step_labels, read.first_mistake) == (None, UNKNOWN)


@pytest.mark.parametrize(
    "split, means",
    [
        *(("train", "train"), ("gate", "gate"), ("test", "test"), ("held_out", "test")),
        *(("dev", None), ("", None), (None, None)),
    ],
)
def test_a_row_may_carry_its_split(split: str | None, means: str | None) -> None:
    assert problem(split=split).split == means


def test_a_row_without_a_split_is_unassigned() -> None:
    assert problem().split is None


def test_an_id_may_be_a_number() -> None:
    assert problem(problem_id=7).problem_id == "7"
    assert solution(solution_id=8).solution_id == "8"


def test_what_is_not_known_may_be_null() -> None:
    assert problem(ground_truth_answer=None).ground_truth_answer is None
    assert solution(answer=None, is_correct=None).is_correct is None


@pytest.mark.parametrize(
    "said, labels, mistake",
    [
        ({"step_labels": [1, -1], "first_error": 1}, (1, -1), 1),
        ({"step_labels": [0, 1], "first_error": None}, (0, 1), None),
        ({"step_labels": [-1, 1]}, (-1,), 0),
        ({"step_labels": [None, -1]}, (None, -1), UNKNOWN),
        ({"step_labels": [None, -1], "first_error": 1}, (None, -1), UNKNOWN),
        ({"step_labels": [None, -1], "first_error": None}, (None, -1), UNKNOWN),
        ({"step_labels": [None, 1], "first_error": None}, (None, 1), UNKNOWN),
        ({"step_labels": [1], "first_error": None}, (1,), UNKNOWN),
        ({"step_labels": []}, (), UNKNOWN),
        ({"first_error": 1}, (1, -1), 1),
        ({"first_error": None}, None, UNKNOWN),
    ],
)
def test_step_labels_and_first_error_tell_each_other(
    said: dict[str, Any], labels: tuple[int, ...] | None, mistake: FirstMistake
) -> None:
    read = solution(**said)
    assert (read.step_labels, read.first_mistake) == (labels, mistake)


@pytest.mark.parametrize("missing", PROBLEM)
def test_a_problem_names_the_field_it_lacks(missing: str) -> None:
    with pytest.raises(BadRow, match=f"^{missing} is missing\\.$"):
        parse({name: value for name, value in PROBLEM.items() if name != missing})


@pytest.mark.parametrize("missing", ["problem_id", "solution_id", "steps"])
def test_a_solution_names_the_field_it_lacks(missing: str) -> None:
    with pytest.raises(BadRow, match=f"^{missing} is missing\\.$"):
        parse({name: value for name, value in SOLUTION.items() if name != missing})


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"problem": 5}, "problem is a number, not a string."),
        ({"problem": " \n"}, "problem is empty."),
        ({"problem": "x" * (MAX_STEP_CHARS + 1)}, "problem is longer than 100,000 characters."),
        ({"problem_id": ""}, "problem_id is empty."),
        ({"problem_id": True}, "problem_id is true or false, not a string."),
        ({"ground_truth_answer": True}, "ground_truth_answer is true or false, not a string."),
        ({"problem_id": 1.5}, "problem_id is a number, not a string."),
        ({"split": "validation"}, "split is none of train, gate, test."),
        ({"split": ["gate"]}, "split is none of train, gate, test."),
        ({"problem": "a\0b"}, "problem contains a NUL character."),
        ({"subject": {"deep": ["a", "\0"]}}, "subject.deep[1] contains a NUL character."),
        ({"problem": "\ud83d"}, "problem contains half of a surrogate pair."),
        ({"\0": 1}, "A key of the row contains a NUL character."),
        ({"k" * 201: 1}, "The row has a key of more than 200 characters."),
        ({"weight": 1e999}, "weight is not a finite number."),
        ({"tree": nested(MAX_DEPTH)}, "is nested more than 50 levels deep."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_problem_names_the_field(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRow) as told:
        problem(**changed)
    assert str(told.value).endswith(sentence)


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"steps": []}, "steps is empty."),
        ({"steps": ["One.", ""]}, "steps[1] is empty."),
        ({"steps": ["One.", " \n\t"]}, "steps[1] is empty."),
        ({"steps": ["One.", 2]}, "steps[1] is a number, not a string."),
        ({"steps": ["One.", None]}, "steps[1] is null, not a string."),
        ({"steps": "One. Two."}, "steps is a string, not a list."),
        ({"steps": None}, "steps is null, not a list."),
        ({"steps": ["One.", "a\0"]}, "steps[1] contains a NUL character."),
        ({"steps": ["\udc00"]}, "steps[0] contains half of a surrogate pair."),
        ({"steps": ["x" * 100_001]}, "steps[0] is longer than 100,000 characters."),
        ({"steps": ["x" * 100_000] * 41}, "steps are longer than 4,000,000 characters together."),
        ({"steps": ["x"] * 10_001}, "steps has 10001 entries; a label rates at most 10,000 steps."),
        ({"answer": [3]}, "answer is a list, not a string."),
        ({"is_correct": "true"}, "is_correct is a string, not true or false."),
        ({"is_correct": 2}, "is_correct is a number, not true or false."),
        ({"is_correct": 0.5}, "is_correct is a number, not true or false."),
        ({"step_labels": [1, 1, 1]}, "step_labels has 3 ratings for 2 steps."),
        ({"step_labels": [2]}, "step_labels[0] is neither -1, 0, 1 nor null."),
        ({"step_labels": [True]}, "step_labels[0] is neither -1, 0, 1 nor null."),
        ({"step_labels": [0.5]}, "step_labels[0] is neither -1, 0, 1 nor null."),
        ({"first_error": 2}, "first_error is 2, not between 0 and 1."),
        ({"first_error": -1}, "first_error is -1, not between 0 and 1."),
        ({"first_error": "0"}, "first_error is a string, not an integer."),
        ({"first_error": 0.5}, "first_error is 0.5, not a whole number."),
        ({"step_labels": [1, -1], "first_error": 0}, "first_error is 0, but step_labels has its first -1 at 1."),
        ({"step_labels": [1, 1], "first_error": 1}, "first_error is 1, but step_labels has no -1."),
        ({"step_labels": [-1], "first_error": None}, "first_error is null, but step_labels has its first -1 at 0."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_solution_names_the_field(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRow) as told:
        solution(**changed)
    assert str(told.value) == sentence


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        *((204, "204"), (204.0, "204"), (-7.0, "-7"), (0.5, "0.5"), (-0.0, "0"), (1e21, "1" + "0" * 21)),
        *((1e-7, "0.0000001"), (2**64, str(2**64)), ("204.0", "204.0"), ("", "")),
    ],
)
def test_a_number_is_an_answer_in_its_digits(answer: Any, text: str) -> None:
    assert solution(answer=answer).answer == text
    assert problem(ground_truth_answer=answer).ground_truth_answer == text


def test_a_row_from_a_table_says_what_it_said_before() -> None:
    """A column with gaps: integers and flags as floats, absent keys as null."""
    plain = solution(problem_id=7, solution_id=8, step_labels=[1, 0, -1][:2], first_error=None)
    table = solution(
        problem_id=7.0, solution_id=8.0, is_correct=1.0, step_labels=[1.0, 0.0], first_error=None, generator=None
    )
    assert table == plain
    assert type(table.is_correct) is bool and set(map(type, table.step_labels)) == {int}
    mistaken = solution(step_labels=[1.0, -1.0], first_error=1.0, is_correct=0.0)
    assert (mistaken.step_labels, mistaken.first_mistake, mistaken.is_correct) == ((1, -1), 1, False)
    assert type(mistaken.first_mistake) is int


def test_a_solution_may_have_as_many_steps_as_a_hand_in_carries() -> None:
    assert len(solution(steps=["x"] * 10_000).steps) == 10_000


def test_an_answer_of_a_megabyte_is_the_graders_to_judge() -> None:
    assert len(solution(answer="1" * 1_000_000).answer) == 1_000_000


@pytest.mark.parametrize(
    "name, problems, solutions",
    [
        ("gsm8k_example_solutions", 1_319, 5_276),
        ("bon32_gsm8k", 90, 2_880),
        ("processbench_gsm8k", 375, 400),
        ("processbench_math", 955, 1_000),
        ("prm800k_decoded", 141, 830),
        ("qwen_rm_maj8", 100, 800),
        ("bigbench_mistake_multistep_arithmetic", 300, 300),
        ("bigbench_mistake_tracking_shuffled_objects", 300, 300),
    ],
)
def test_every_real_row_is_read_and_its_oracle_kept(name: str, problems: int, solutions: int) -> None:
    assert len([parse(row).problem for row in shared_rows(f"{name}.problems.jsonl")]) == problems
    rows = shared_rows(f"{name}.solutions.jsonl")
    read = [one for row in rows for one in parse(row).solutions]
    assert len(read) == solutions
    assert [one.first_mistake for one in read] == [row.get("first_error", UNKNOWN) for row in rows]
    assert [one.is_correct for one in read] == [row["is_correct"] for row in rows]
