import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.formats import BadRow, parse, write_line
from selector.formats.published import prm800k
from selector.labels.steps import main_path, main_ratings
from tests.selector.shared_data import GOLDEN as GOLDEN_FILES
from tests.selector.shared_data import SHARED, golden_rows, rows, shared_rows

GOLDEN_FILE = GOLDEN_FILES / "prm800k.jsonl"
GOLDEN = golden_rows("prm800k.jsonl")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
ratings = st.none() | st.sampled_from([-1, 0, 1])
completions = st.builds(  # and not fixed_dictionaries, which shuffles the keys
    lambda text, rating, flagged: {"text": text, "rating": rating, "flagged": flagged},
    texts,
    ratings,
    st.none() | st.booleans(),
)
humans = st.builds(
    lambda text, flagged, more: {"text": text, "rating": None, "source": "human", "flagged": flagged} | more,
    texts,
    st.booleans(),
    st.just({}) | st.fixed_dictionaries({"corrected_rating": ratings}),
)


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    offered = draw(st.none() | st.lists(completions, min_size=1, max_size=7))
    chosen = draw(st.none() | st.integers(0, len(offered) - 1)) if offered else None
    return {"completions": offered, "human_completion": draw(st.none() | humans), "chosen_completion": chosen}


@st.composite
def label_rows(draw: st.DrawFn) -> dict[str, Any]:
    question: dict[str, Any] = {"problem": draw(texts.filter(str.strip))}
    if draw(st.booleans()):
        question |= {"ground_truth_answer": draw(st.none() | texts)}
    else:
        written = draw(st.lists(texts.filter(str.strip), min_size=1, max_size=4))
        question |= {"ground_truth_solution": draw(texts), "ground_truth_answer": draw(texts)}
        question |= {"pre_generated_steps": written, "pre_generated_answer": draw(texts)}
        question |= {"pre_generated_verifier_score": draw(st.floats(0, 1) | st.integers(0, 1))}
    return {
        "labeler": str(draw(st.uuids())),
        "timestamp": draw(st.datetimes()).isoformat(),
        "generation": draw(st.none() | st.integers(-1, 10)),
        "is_quality_control_question": draw(st.booleans()),
        "is_initial_screening_question": draw(st.booleans()),
        "question": question,
        "label": {
            "steps": draw(st.lists(steps(), max_size=4)),
            "total_time": draw(st.integers(0, 10**7)),
            "finish_reason": draw(st.sampled_from(prm800k.FINISH_REASONS)),
        },
    }


def shuffled(value: Any) -> Any:
    """The same value with every object's keys in another order, as a jsonb column gives it back."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in sorted(value, key=lambda key: (len(key), key))}
    return [shuffled(each) for each in value] if isinstance(value, list) else value


def same_text(row: dict[str, Any]) -> bool:
    """Equal field by field, in key order, ints as ints: the very characters of the line."""
    return write_line(prm800k.dump(prm800k.parse_label(row))) == write_line(row)


@pytest.mark.parametrize("row", GOLDEN, ids=[f"line {i}" for i, _ in enumerate(GOLDEN, start=1)])
def test_a_row_of_every_shape_comes_out_as_it_went_in(row: dict[str, Any]) -> None:
    assert same_text(row)


@pytest.mark.parametrize("row", GOLDEN, ids=[f"line {i}" for i, _ in enumerate(GOLDEN, start=1)])
def test_the_key_order_is_made_anew_when_a_database_has_lost_it(row: dict[str, Any]) -> None:
    assert write_line(prm800k.dump(prm800k.parse_label(shuffled(row)))) == write_line(row)


INTEGERS = ("generation", "rating", "corrected_rating", "chosen_completion", "total_time")


def from_table(value: Any, key: str = "") -> Any:
    """The row as it leaves a table that also held rows of every other shape: integers are floats, gaps are null."""
    if isinstance(value, dict):
        gaps = {"question": prm800k.QUESTION_KEYS, "human_completion": prm800k.HUMAN_KEYS, "": ("quarantined", "note")}
        return dict.fromkeys(gaps.get(key, ())) | {name: from_table(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [from_table(each, "an element") for each in value]
    return float(value) if key in INTEGERS and value is not None else value


def without_gaps(row: dict[str, Any]) -> dict[str, Any]:
    """The row without the one null that looks like a table's gap: a correction that is there, and null."""
    plain = copy.deepcopy(row)
    for step in plain["label"]["steps"]:
        if (human := step["human_completion"]) and human.get("corrected_rating", 0) is None:
            del human["corrected_rating"]
    return plain


@pytest.mark.parametrize("row", GOLDEN, ids=[f"line {i}" for i, _ in enumerate(GOLDEN, start=1)])
def test_a_row_from_a_table_is_the_row_it_was(row: dict[str, Any]) -> None:
    table = from_table(row)
    assert write_line(prm800k.dump(prm800k.parse_label(table))) == write_line(without_gaps(row))
    assert prm800k.parse_label(table).phase == prm800k.parse_label(row).phase


@pytest.mark.parametrize("path", [GOLDEN_FILE, SHARED / "prm800k_real_sample.jsonl"], ids=["golden", "real"])
def test_rows_that_went_through_polars_are_the_rows_they_were(path: Path) -> None:
    """All at once, so that each gets the keys of every other as nulls."""
    polars = pytest.importorskip("polars")
    if not path.exists():
        pytest.skip("the folder ../shared/data is not there")
    for plain, line in zip(rows(path), polars.read_ndjson(path).write_ndjson().splitlines(), strict=True):
        table = json.loads(line)
        assert set(table) >= set(plain) and len(table["question"]) >= 6
        read = write_line(prm800k.dump(prm800k.parse_label(table)))
        assert json.loads(read) == without_gaps(plain)


def test_real_rows_from_a_table_are_the_rows_they_were() -> None:
    for row in shared_rows("prm800k_real_sample.jsonl"):
        assert write_line(prm800k.dump(prm800k.parse_label(from_table(row)))) == write_line(row)


def test_flags_and_answers_that_a_table_made_numbers_are_flags_and_answers_again() -> None:
    row = from_table(GOLDEN[6])
    row["is_quality_control_question"] = float(GOLDEN[6]["is_quality_control_question"])
    row["question"]["ground_truth_answer"] = 17.0
    label = prm800k.parse_label(row)
    assert label.is_quality_control_question is GOLDEN[6]["is_quality_control_question"]
    assert label.question["ground_truth_answer"] == "17"


def test_milliseconds_since_1970_are_a_timestamp() -> None:
    """What pandas makes of a column called timestamp; it has cut off the microseconds."""
    assert prm800k.parse_label(GOLDEN[6] | {"timestamp": 1659223412118}).timestamp == "2022-07-30T23:23:32.118000"
    assert prm800k.parse_label(GOLDEN[6] | {"timestamp": 0}).timestamp == "1970-01-01T00:00:00.000000"


def test_a_solution_that_grew_beyond_what_can_be_handed_in_is_refused() -> None:
    row = copy.deepcopy(GOLDEN[0])
    row["label"]["steps"] = row["label"]["steps"][:1] * 10_001
    with pytest.raises(BadRow, match=r"label\.steps has 10001 entries; a label rates at most 10,000 steps"):
        parse(row)


def test_real_rows_come_out_as_they_went_in() -> None:
    rows = shared_rows("prm800k_real_sample.jsonl")
    assert len(rows) == 5
    assert all(map(same_text, rows))


@given(label_rows())
def test_any_row_comes_out_as_it_went_in(row: dict[str, Any]) -> None:
    assert same_text(row)
    assert json.loads(write_line(prm800k.dump(prm800k.parse_label(shuffled(row))))) == row


def test_the_golden_rows_have_every_shape_that_real_ones_have() -> None:
    labels = [prm800k.parse_label(row) for row in GOLDEN]
    every = [step for label in labels for step in label.steps]
    offered = [completion for step in every for completion in step["completions"] or []]
    assert {label.phase for label in labels} == {1, 2}
    assert {label.finish_reason for label in labels} == set(prm800k.FINISH_REASONS)
    assert {None, -1} < {label.generation for label in labels}
    assert any(step["completions"] is None for step in every)
    assert any(step["human_completion"] and "corrected_rating" in step["human_completion"] for step in every)
    assert any(step["human_completion"] and "corrected_rating" not in step["human_completion"] for step in every)
    assert {(c["rating"], c["flagged"]) for c in offered} >= {
        (1, None),
        (0, None),
        (-1, None),
        (None, True),
        (-1, False),
    }
    assert any(label.is_initial_screening_question and not label.is_quality_control_question for label in labels)


def test_a_phase_1_question_has_two_keys_and_a_phase_2_question_six() -> None:
    by_phase = {prm800k.parse_label(row).phase: row["question"] for row in shared_rows("prm800k_real_sample.jsonl")}
    assert list(by_phase[1]) == ["problem", "ground_truth_answer"]
    assert tuple(by_phase[2]) == prm800k.QUESTION_KEYS


def test_the_train_view_drops_quality_control_screening_and_what_was_not_finished() -> None:
    kept = [prm800k.trains(prm800k.parse_label(row)) for row in GOLDEN]
    told = [
        not row["is_quality_control_question"]
        and not row["is_initial_screening_question"]
        and row["label"]["finish_reason"] not in ("give_up", "bad_problem")
        for row in GOLDEN
    ]
    assert kept == told
    assert {True, False} == set(kept)


def test_a_screening_generation_never_trains_even_without_its_flag() -> None:
    row = next(row for row in GOLDEN if row["generation"] == -1)
    assert not prm800k.trains(prm800k.parse_label(row | {"is_initial_screening_question": False}))


def test_a_phase_2_row_holds_the_whole_solution_though_its_label_stops_early() -> None:
    row = next(row for row in GOLDEN if row["label"]["finish_reason"] == "found_error" and row["generation"] == 0)
    parsed = parse(row)
    assert parsed.problem is not None and parsed.label is not None
    (solution,) = parsed.solutions
    assert list(solution.steps) == row["question"]["pre_generated_steps"]
    assert len(parsed.label.steps) == 2 < len(solution.steps) == 3
    assert (solution.answer, solution.problem) == ("20", parsed.problem.problem)
    assert parsed.problem.ground_truth_solution == "3*7=21, 21-4=17"


def test_a_phase_1_row_holds_the_path_that_was_taken() -> None:
    parsed = parse(GOLDEN[0])
    assert parsed.solutions[0].steps == (
        "One crate holds $4\\cdot 6=24$ pears.",
        "Three crates hold $3\\cdot 24=72$ pears.",
        "That is all.\n\n# Answer\n\n72",
    )
    assert parsed.solutions[0].answer == "72"


def test_a_step_of_the_labelers_own_is_text_and_not_an_object() -> None:
    label = prm800k.parse_label(GOLDEN[1])
    assert main_path(label.steps)[0] == "Seven eights are fifty-six."
    assert main_ratings(label.steps)[0] is None


@pytest.mark.parametrize(
    "step, answer",
    [
        ("So it is 5.\n\n# Answer\n\n5", "5"),
        ("# Answer\n\n7200", "7200"),
        ("# Answer\n\n\\frac{1}{2}\n", "\\frac{1}{2}"),
        ("The # Answer is near.", None),
        ("# Answer\n\n", None),
    ],
)
def test_the_final_answer_stands_under_its_heading(step: str, answer: str | None) -> None:
    assert prm800k.final_answer(step) == answer


def changed(path: str, value: Any) -> dict[str, Any]:
    row = copy.deepcopy(GOLDEN[6])
    *way, last = path.split(".")
    place: Any = row
    for name in way:
        place = place[int(name) if name.isdigit() else name]
    place[last] = value
    return row


@pytest.mark.parametrize(
    "path, value, sentence",
    [
        ("labeler", "ann", "labeler is not a UUID in lower case with hyphens."),
        ("labeler", "5B1F0C1E-7D1A-4A53-9A4E-0D6C2F6F1A01", "labeler is not a UUID in lower case with hyphens."),
        ("timestamp", "yesterday", "timestamp is not an ISO date and time without a zone."),
        ("timestamp", "2022-11-20T08:00:00Z", "timestamp is not an ISO date and time without a zone."),
        ("timestamp", 1669.5, "timestamp is 1669.5, not a whole number."),
        ("generation", 1.5, "generation is 1.5, not a whole number."),
        ("generation", -2, "generation is -2, not between -1 and 2147483647."),
        ("is_quality_control_question", 2, "is_quality_control_question is a number, not true or false."),
        ("question", [], "question is a list, not an object."),
        ("question.problem", "", "question.problem is empty."),
        ("question.pre_generated_steps", ["a", 1], "question.pre_generated_steps[1] is a number, not a string."),
        ("question.pre_generated_verifier_score", "0.5", "pre_generated_verifier_score is a string, not a number."),
        ("question.pre_generated_verifier_score", 10**400, "pre_generated_verifier_score is out of range."),
        ("label", None, "label is null, not an object."),
        ("label.steps", None, "label.steps is null, not a list."),
        ("label.steps", ["One."], "label.steps[0] is a string, not an object."),
        ("label.total_time", 1.5, "label.total_time is 1.5, not a whole number."),
        ("label.total_time", -1, "label.total_time is -1, not between 0 and 9007199254740992."),
        ("label.finish_reason", "bored", "finish_reason is none of found_error, solution, bad_problem, give_up."),
        ("label.steps.0.completions", 5, "label.steps[0].completions is a number, not a list."),
        ("label.steps.0.completions", [], "label.steps[0].chosen_completion chooses from no completions."),
        ("label.steps.0.completions", None, "label.steps[0].chosen_completion chooses from no completions."),
        ("label.steps.0.chosen_completion", 0.5, "chosen_completion is 0.5, not a whole number."),
        ("label.steps.0.chosen_completion", 1, "chosen_completion is 1, not between 0 and 0."),
        ("label.steps.0.chosen_completion", True, "chosen_completion is true or false, not an integer."),
        ("label.steps.0.completions", [{"text": "a", "rating": 1}], "completions[0].flagged is missing."),
        ("label.steps.0.human_completion", "mine", "human_completion is a string, not an object."),
        ("label.steps.0.human_completion", {"text": 1}, "human_completion.text is a number, not a string."),
    ],
)
def test_a_bad_row_names_the_field(path: str, value: Any, sentence: str) -> None:
    with pytest.raises(BadRow) as told:
        parse(changed(path, value))
    assert str(told.value).endswith(sentence)


@pytest.mark.parametrize("rating", [2, -2, 0.5, -2.0, True, "1"])
def test_a_rating_is_an_integer_or_null(rating: Any) -> None:
    with pytest.raises(BadRow, match=r"completions\[0\].rating is neither -1, 0, 1 nor null"):
        parse(changed("label.steps.0.completions", [{"text": "a", "rating": rating, "flagged": None}]))


@pytest.mark.parametrize("name", prm800k.ROW_KEYS)
def test_a_missing_field_is_named(name: str) -> None:
    row = {key: value for key, value in GOLDEN[6].items() if key != name}
    with pytest.raises(BadRow, match=f"^{name} is missing"):
        prm800k.parse_label(row)


def test_a_pass_without_a_single_step_of_a_grown_solution_is_no_solution() -> None:
    row = copy.deepcopy(GOLDEN[0])
    row["label"]["steps"] = []
    with pytest.raises(BadRow, match="holds no step"):
        parse(row)
