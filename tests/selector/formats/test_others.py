"""The formats of other projects: what each row is read as, and that what we write is read back the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.formats import READERS, BadRow, SolutionRecord, detect, parse
from selector.formats.published import math_shepherd, processbench, rlhflow, trl
from selector.types import Example
from tests.selector.shared_data import golden_rows, shared_rows

TAG = math_shepherd.TAG
PROCESSBENCH = {
    "id": "gsm8k-0",
    "generator": "a model",
    "problem": "How many?",
    "steps": ["One.", "Three.", "So 4."],
    "final_answer_correct": False,
    "label": 1,
}
TRL = {"prompt": "How many?", "completions": ["One.", "Three.", "So 4."], "labels": [True, False, True]}
SHEPHERD = {
    "input": f"How many + why? Step 1: 1 + 1 - 0 = 2. {TAG}\nStep 2: So 3. {TAG}\nStep 3: The answer is: 3 {TAG}",
    "label": "How many + why? Step 1: 1 + 1 - 0 = 2. +\nStep 2: So 3. -\nStep 3: The answer is: 3 -",
    "task": "GSM8K",
}
SAMPLES: dict[str, Any] = {
    "question": "How many?",
    "ground_truth": "One and one.\nA: 1,002",
    "6b_finetuning": {"is_correct": False, "solution": "One.\n\nTwo.\nA: $12"},
    "175b_verification": {"is_correct": True, "solution": "All at once\n#### 1002"},
}
ROWS: dict[str, dict[str, Any]] = {
    "processbench": PROCESSBENCH,
    "trl": TRL,
    "math_shepherd": SHEPHERD,
    "gsm8k_samples": SAMPLES,
}

words = st.from_regex(r"[a-z0-9+=-]{1,5}( [a-z0-9+=-]{1,5}){0,3}", fullmatch=True)


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """A fully rated path that ends at its first mistake, if it has one."""
    ratings = draw(st.lists(st.sampled_from([0, 1]), max_size=4)) + draw(st.sampled_from([[-1], [1], [0]]))
    steps = draw(st.lists(words, min_size=len(ratings), max_size=len(ratings)))
    return Example(draw(words), tuple(steps), tuple(ratings))


def only(row: dict[str, Any]) -> SolutionRecord:
    (solution,) = parse(row).solutions
    return solution


@pytest.mark.parametrize("name", ROWS)
def test_a_row_tells_its_format_by_its_fields(name: str) -> None:
    assert detect(ROWS[name]) == name
    assert parse(ROWS[name]) == parse(ROWS[name], name)


def test_rows_of_every_format_in_one_table_are_the_rows_they_were() -> None:
    """Each has the fields of all others, as nulls."""
    ours: list[dict[str, Any]] = [
        {"problem_id": "p1", "problem": "How many?", "ground_truth_answer": "3"},
        {"problem_id": "p1", "solution_id": "s1", "steps": ["One."], "step_labels": [1], "first_error": None},
    ]
    labels = golden_rows("prm800k.jsonl")[:1]
    table = [*ours, *labels, *ROWS.values()]
    gaps = dict.fromkeys(name for row in table for name in row)
    for row in table:
        assert detect(gaps | row) == detect(row)
        assert parse(gaps | row) == parse(row)


def test_labelhub_and_prm800k_rows_tell_their_format_too() -> None:
    assert {detect(row) for row in golden_rows("prm800k.jsonl")} == {"prm800k"}
    assert detect({"problem_id": 1, "problem": "a", "ground_truth_answer": "b"}) == "labelhub"
    assert detect({"problem_id": 1, "solution_id": 2, "steps": ["a"]}) == "labelhub"


@pytest.mark.parametrize("row", [{}, {"a": 1, "b": 2}, {"text": "a", "label": 1}, {"k\ud800" * 90: 1}])
def test_a_row_of_no_known_format_is_told_its_fields(row: dict[str, Any]) -> None:
    with pytest.raises(BadRow, match="fit no known format") as told:
        parse(row)
    assert str(told.value).isascii()


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("row", [{}, dict.fromkeys(("question", "label", "input", "prompt", "steps", "problem_id"))])
def test_every_reader_refuses_a_strange_row_in_a_sentence(name: str, row: dict[str, Any]) -> None:
    with pytest.raises(BadRow, match=r" is .*\.$"):
        parse(row, name)


def test_processbench_tells_the_first_error_and_the_whole_solution() -> None:
    solution = only(PROCESSBENCH)
    assert (solution.problem, solution.solution_id, solution.generator) == ("How many?", "gsm8k-0", "a model")
    assert (solution.is_correct, solution.first_mistake, solution.step_labels) == (False, 1, (1, -1))
    assert solution.steps == ("One.", "Three.", "So 4.")


def test_processbench_writes_minus_one_where_there_is_no_error() -> None:
    right = only(PROCESSBENCH | {"label": -1})
    assert (right.first_mistake, right.step_labels) == (None, (1, 1, 1))


@pytest.mark.parametrize("label", [1, -1])
def test_a_processbench_row_from_a_table_is_the_row_it_was(label: int) -> None:
    table = PROCESSBENCH | {"label": float(label), "final_answer_correct": 0.0, "generator": None}
    plain = PROCESSBENCH | {"label": label, "generator": None}
    assert only(table) == only(plain)
    assert type(only(table).first_mistake) in (int, type(None)) and only(table).is_correct is False


@pytest.mark.parametrize("label", [0, 2, -1])
def test_processbench_rows_come_out_as_they_went_in(label: int) -> None:
    row = PROCESSBENCH | {"label": label}
    read = only(row)
    assert read.first_mistake == (None if label < 0 else label)
    assert list(row.items()) == list(
        processbench.dump(
            solution_id=str(read.solution_id),
            generator=read.generator,
            problem=str(read.problem),
            steps=read.steps,
            final_answer_correct=read.is_correct,
            first_error=None if label < 0 else label,
        ).items()
    )


def test_trl_labels_behind_the_first_false_are_cut() -> None:
    solution = only(TRL)
    assert (solution.step_labels, solution.first_mistake) == ((1, -1), 1)
    assert solution.steps == ("One.", "Three.", "So 4.")


@given(examples())
def test_trl_reads_what_it_writes(example: Example) -> None:
    solution = only(trl.dump(example))
    assert (solution.problem, solution.steps) == (example.problem, example.steps)
    assert solution.step_labels == tuple(-1 if rating == -1 else 1 for rating in example.ratings)


def test_neutral_is_written_as_correct() -> None:
    example = Example("How many?", ("Hm.", "One.", "Two."), (0, 1, -1))
    assert trl.dump(example)["labels"] == [True, True, False]
    assert math_shepherd.dump(example)["label"] == "How many? Step 1: Hm. +\nStep 2: One. +\nStep 3: Two. -"


def test_math_shepherd_signs_are_found_among_those_of_the_text() -> None:
    solution = only(SHEPHERD)
    assert solution.problem == "How many + why?"
    assert solution.steps == ("1 + 1 - 0 = 2.", "So 3.", "The answer is: 3")
    assert (solution.step_labels, solution.first_mistake) == ((1, -1), 1)
    assert solution.extra == {"task": "GSM8K"}


def test_a_problem_that_speaks_of_step_1_is_not_cut_there() -> None:
    asked = "Step 1: Boil water. Step 2: Add 3 eggs. How many eggs?"
    solution = only({"input": f"{asked} Step 1: Three. {TAG}", "label": f"{asked} Step 1: Three. +", "task": "GSM8K"})
    assert (solution.problem, solution.steps, solution.step_labels) == (asked, ("Three.",), (1,))


def test_what_stands_behind_the_last_tag_is_a_step_that_nobody_rated() -> None:
    rest = "\nStep 4: The answer is 3."
    solution = only({name: text + rest for name, text in SHEPHERD.items() if name != "task"} | {"task": "GSM8K"})
    assert solution.steps[-1] == "The answer is 3."
    assert (solution.step_labels, solution.first_mistake) == ((1, -1), 1)
    right = {"input": f"Why? Step 1: One. {TAG}\nSo 1.", "label": "Why? Step 1: One. +\nSo 1."}
    assert (only(right).steps, only(right).step_labels) == (("One.", "So 1."), (1, None))


@given(examples())
def test_math_shepherd_reads_what_it_writes(example: Example) -> None:
    solution = only(math_shepherd.dump(example, "MATH"))
    assert (solution.problem, solution.steps) == (example.problem, example.steps)
    assert solution.step_labels == tuple(-1 if rating == -1 else 1 for rating in example.ratings)


def test_rlhflow_rows_join_as_their_evaluator_does_with_a_sign_after_each_step() -> None:
    dumped = rlhflow.dump(Example("How many?", (" One.\n", "Three."), (0, -1)))
    assert dumped == {
        "conversations": [
            {"role": "user", "content": "How many? One."},
            {"role": "assistant", "content": "+"},
            {"role": "user", "content": "Three."},
            {"role": "assistant", "content": "-"},
        ]
    }


def test_each_model_of_a_gsm8k_row_gives_a_solution_with_a_step_per_line() -> None:
    parsed = parse(SAMPLES | {"source": "a file"})
    assert parsed.problem is not None
    assert (parsed.problem.ground_truth_answer, parsed.problem.extra) == ("1,002", {"source": "a file"})
    first, second = parsed.solutions
    assert (first.generator, first.steps, first.answer) == ("6b_finetuning", ("One.", "Two.", "A: $12"), "$12")
    assert (second.generator, second.answer, second.is_correct) == ("175b_verification", "1002", True)
    assert first.is_correct is False


def test_a_gsm8k_solution_that_was_cut_off_has_no_answer() -> None:
    row = SAMPLES | {"6b_finetuning": {"is_correct": False, "solution": "One.\nA: 12\nTwo and"}}
    assert parse(row).solutions[0].answer is None


@pytest.mark.parametrize(
    "row, sentence",
    [
        (PROCESSBENCH | {"label": 3}, "label is 3, not between -1 and 2."),
        (PROCESSBENCH | {"label": None}, "label is null, not an integer."),
        (PROCESSBENCH | {"label": 1.5}, "label is 1.5, not a whole number."),
        (PROCESSBENCH | {"steps": ["One."] * 10_001}, "steps has 10001 entries; a label rates at most 10,000 steps."),
        (PROCESSBENCH | {"steps": []}, "steps is empty."),
        (TRL | {"labels": [True]}, "labels has 1 entries for 3 completions."),
        (TRL | {"labels": [True, 0.5, True]}, "labels[1] is not true or false."),
        (TRL | {"completions": "One."}, "completions is a string, not a list."),
        (SHEPHERD | {"input": "How many?"}, f"input has no 'Step 1:' before the first {TAG}."),
        (
            SHEPHERD | {"input": f"How many? {TAG} Step 1: One. {TAG}"},
            f"input has no 'Step 1:' before the first {TAG}.",
        ),
        (
            SHEPHERD | {"label": SHEPHERD["label"] + " So 3."},
            f"label does not end as input does, behind the last {TAG}.",
        ),
        (SHEPHERD | {"input": f"Step 1: One. {TAG}"}, "input, before the steps, is empty."),
        (SHEPHERD | {"label": "Something else"}, f"label does not follow input with + or - in place of {TAG}."),
        (SHEPHERD | {"label": SHEPHERD["label"][:-1]}, f"label does not follow input with + or - in place of {TAG}."),
        ({"question": "a", "ground_truth": "b"}, "No field holds a model's solution and is_correct."),
        (SAMPLES | {"6b_finetuning": {"solution": ""}}, "6b_finetuning.solution is empty."),
        (SAMPLES | {"6b_finetuning": {"solution": 5}}, "6b_finetuning.solution is a number, not a string."),
        (SAMPLES | {"question": "\0"}, "question contains a NUL character."),
    ],
)
def test_a_bad_row_is_told_in_a_sentence(row: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRow) as told:
        parse(row)
    assert str(told.value) == sentence


def test_real_rows_go_to_processbench_and_back() -> None:
    problems = {row["problem_id"]: row["problem"] for row in shared_rows("processbench_gsm8k.problems.jsonl")}
    for row in shared_rows("processbench_gsm8k.solutions.jsonl"):
        written = processbench.dump(
            solution_id=row["solution_id"],
            generator=row["generator"],
            problem=problems[row["problem_id"]],
            steps=row["steps"],
            final_answer_correct=row["is_correct"],
            first_error=row["first_error"],
        )
        assert only(written).first_mistake == row["first_error"]
        assert list(only(written).step_labels or ()) == row["step_labels"]
