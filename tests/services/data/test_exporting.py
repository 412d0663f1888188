"""Exporting: rows leave as they came in, labels made here in the same shape, and always the same bytes."""

import io
import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from labelhub.errors import Absent, Invalid
from labelhub.models import Checkpoint, Comment, Label, Project
from labelhub.queries.loop import eligible
from labelhub.services.data import exporting
from labelhub.services.data.exporting import Export
from selector.formats import write_line
from selector.formats.published import prm800k
from selector.labels.passes import label_steps
from selector.types import Completion
from tests import factories
from tests.services.data.files import Row, counts, read, read_rows

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

GOLDEN = Path(__file__).parents[2] / "golden" / "prm800k.jsonl"
NOON = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)


def lines(project: Project, format: str = "prm800k", **filters: Any) -> list[str]:
    whole = b"".join(exporting.stream(project=project, format=format, **filters)).decode()
    return whole.removesuffix("\n").split("\n") if whole else []  # and not at U+0085, which a step may hold


def rows(project: Project, format: str = "prm800k", **filters: Any) -> list[Row]:
    return [json.loads(line) for line in lines(project, format, **filters)]


def made_here(project: Project, **fields: Any) -> Label:
    """A label of generation 0, whose batch item has no score unless `log_score` says one."""
    generation = project.generations.first() or factories.GenerationFactory(project=project)
    item = {"assignment__item__log_score": fields.pop("log_score", None)}
    return factories.LabelFactory(assignment__item__generation=generation, **item, **fields)


def canonical(text: str) -> list[str]:
    """Lines as this product writes JSON, so that what is compared is keys, their order, and values with their types."""
    return [write_line(json.loads(line)).rstrip("\n") for line in text.splitlines()]


# In and out


def test_rows_of_every_shape_come_in_and_go_out_equal(project):
    (report,) = read(project, GOLDEN)
    golden = canonical(GOLDEN.read_text(encoding="utf-8"))
    assert (report.rejected, report.created["labels"]) == (0, len(golden))
    assert lines(project) == sorted(golden, key=lambda line: json.loads(line)["timestamp"])


def test_the_real_rows_come_in_and_go_out_equal(project, shared_data):
    file = shared_data / "prm800k_real_sample.jsonl"
    read(project, file)
    real = canonical(file.read_text(encoding="utf-8"))
    assert len(real) == 5
    assert lines(project) == sorted(real, key=lambda line: json.loads(line)["timestamp"])


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30).filter(str.strip)
ratings = st.sampled_from([1, 0, -1, None])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.isoformat())


def optional(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


@st.composite
def label_step(draw: st.DrawFn, flags: st.SearchStrategy[bool | None]) -> Row:
    parts = st.tuples(texts, ratings, flags)
    completion = parts.map(lambda values: dict(zip(("text", "rating", "flagged"), values, strict=True)))
    completions = draw(optional(st.lists(completion, min_size=1, max_size=4)))
    human: Row = {"text": draw(texts), "rating": None, "source": "human", "flagged": draw(st.booleans())}
    if draw(st.booleans()):
        human["corrected_rating"] = draw(ratings)
    chosen = draw(optional(st.integers(0, len(completions) - 1))) if completions else None
    return {
        "completions": completions,
        "human_completion": human if chosen is None and draw(st.booleans()) else None,
        "chosen_completion": chosen,
    }


@st.composite
def prm800k_row(draw: st.DrawFn) -> Row:
    phase_2 = draw(st.booleans())
    problem, answer = draw(texts), draw(texts)
    question: Row = {"problem": problem, "ground_truth_answer": answer}
    if phase_2:
        question = {
            "problem": problem,
            "ground_truth_solution": draw(optional(texts)),
            "ground_truth_answer": answer,
            "pre_generated_steps": draw(st.lists(texts, min_size=1, max_size=4)),
            "pre_generated_answer": draw(optional(texts)),
            "pre_generated_verifier_score": draw(optional(st.floats(0, 1))),
        }
    steps = draw(st.lists(label_step(optional(st.booleans())), min_size=1, max_size=4))
    if steps[0]["completions"] is None and steps[0]["human_completion"] is None:
        steps[0]["completions"] = [{"text": draw(texts), "rating": None, "flagged": False}]
    return {
        "labeler": str(draw(st.uuids())),
        "timestamp": draw(moments),
        "generation": draw(st.integers(-1, 9)) if phase_2 else None,
        "is_quality_control_question": draw(st.booleans()),
        "is_initial_screening_question": draw(st.booleans()),
        "question": question,
        "label": {
            "steps": steps,
            "total_time": draw(st.integers(0, 2**31 - 1)),
            "finish_reason": draw(st.sampled_from(prm800k.FINISH_REASONS)),
        },
    } | draw(st.dictionaries(st.just("note"), texts | st.integers(-9, 9) | st.booleans()))


@settings(max_examples=30, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.lists(prm800k_row(), min_size=1, max_size=5))
def test_any_row_comes_in_and_goes_out_equal(tmp_path_factory, db, drawn):
    project = factories.ProjectFactory()
    report = read_rows(project, tmp_path_factory.mktemp("rows"), drawn)
    assert [each.reason for each in report.rejections] == []
    assert sorted(lines(project)) == sorted({write_line(row).rstrip("\n") for row in drawn})


def test_an_export_comes_in_elsewhere_as_equal_labels(project, tmp_path):
    read(project, GOLDEN)
    made_here(project, log_score=-0.5)
    made_here(project, ratings=[1, -1])
    elsewhere = factories.ProjectFactory()
    exported = lines(project)
    read_rows(elsewhere, tmp_path, [line.encode() for line in exported])
    assert lines(elsewhere) == exported
    assert counts(elsewhere)["labels"] == counts(project)["labels"]


# Labels made here


def test_a_label_made_here_is_a_row_of_phase_2(project):
    steps = factories.WRONG_STEPS
    completion = Completion(text="He buys 4 more, so 3 + 4 = 7.", rating=1, flagged=False)
    label = made_here(
        project,
        log_score=math.log(0.25),
        assignment__item__solution__steps=steps,
        assignment__item__solution__answer="8",
        steps=label_steps(steps, [1, -1], alternatives=[completion]),
        finish_reason="found_error",
        submitted_at=NOON.astimezone(timezone(timedelta(hours=5))),
        total_time=164458,
    )
    (row,) = rows(project)
    problem = label.solution.problem
    assert row == {
        "labeler": str(label.labeler_id),
        "timestamp": "2026-03-01T12:00:00.000250",
        "generation": 0,
        "is_quality_control_question": False,
        "is_initial_screening_question": False,
        "question": {
            "problem": problem.text,
            "ground_truth_solution": "3 + 4 = 7.",
            "ground_truth_answer": "7",
            "pre_generated_steps": steps,
            "pre_generated_answer": "8",
            "pre_generated_verifier_score": pytest.approx(0.25),
        },
        "label": {
            "steps": [
                {
                    "completions": [{"text": steps[0], "rating": 1, "flagged": None}],
                    "human_completion": None,
                    "chosen_completion": 0,
                },
                {
                    "completions": [{"text": steps[1], "rating": -1, "flagged": None}, completion],
                    "human_completion": None,
                    "chosen_completion": None,
                },
            ],
            "total_time": 164458,
            "finish_reason": "found_error",
        },
    }


def shape(value: Any) -> Any:
    """Keys in their order and the kinds of values, of the first of each list."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    return [shape(each) for each in value[:1]] if isinstance(value, list) else type(value)


def test_labels_made_here_have_the_shape_of_the_rows_that_come_in(project, tmp_path):
    made_here(project, ratings=[1, -1], log_score=-0.5)
    read(project, GOLDEN)
    here, *_ = [row for row in rows(project) if row["label"]["finish_reason"] == "found_error"][::-1]
    golden = json.loads(next(line for line in GOLDEN.open(encoding="utf-8") if '"found_error"' in line))
    assert shape(here) == shape(golden)
    assert prm800k.dump(prm800k.parse_label(here)) == here


@pytest.mark.parametrize(("log_score", "score"), [(None, None), (-800.0, 0.0), (0.0, 1.0)])
def test_the_score_is_the_one_at_selection(project, checkpoint, log_score, score):
    label = made_here(project, log_score=log_score)
    factories.ScoreFactory(checkpoint=checkpoint, solution=label.solution, log_score=-0.1)
    assert rows(project)[0]["question"]["pre_generated_verifier_score"] == score


def test_what_a_labeler_wrote_as_a_reason_stays_here(project):
    made_here(project, finish_reason="give_up", reason="The drawing is missing.", ratings=[1])
    assert "drawing" not in lines(project)[0]


# Which labels, and in which order


def test_the_order_is_that_of_submission_and_the_bytes_are_always_the_same(project):
    later, earlier, same = (made_here(project, submitted_at=NOON + timedelta(hours=n)) for n in (2, 1, 1))
    found = [row["labeler"] for row in rows(project)]
    assert found == [str(label.labeler_id) for label in (earlier, same, later)]
    assert lines(project) == lines(project)


def test_only_the_newest_revision_leaves(project):
    first = made_here(project, ratings=[1, 1, 1])
    corrected = revise(first, [1, -1])
    assert [row["timestamp"] for row in rows(project)] == [
        corrected.submitted_at.replace(tzinfo=None).isoformat(timespec="microseconds")
    ]


def revise(label: Label, ratings: list[int]) -> Label:
    return factories.LabelFactory(
        assignment=label.assignment, supersedes=label, revision=label.revision + 1, ratings=ratings
    )


def test_a_checkpoints_export_holds_the_revisions_it_saw(project, checkpoint):
    seen, other = made_here(project), made_here(project)
    checkpoint.labels.add(seen)
    revise(seen, [1, -1])
    assert [row["labeler"] for row in rows(project, checkpoint=checkpoint.number)] == [str(seen.labeler_id)]
    assert rows(project, checkpoint=checkpoint.number)[0]["label"]["finish_reason"] == "solution"
    assert str(other.labeler_id) in {row["labeler"] for row in rows(project)}


def test_filters_by_source_and_by_the_generation_that_the_row_says(project):
    read(project, GOLDEN)
    made_here(project)
    assert {row["generation"] for row in rows(project, generation=9)} == {9}
    assert len(rows(project, generation=0)) == 2  # ours, and one that came in
    assert len(rows(project, generation=0, source="imported")) == 1
    assert len(rows(project, source="human")) == 1
    assert rows(project, generation=77) == []


def test_no_other_projects_label_leaves(project):
    made_here(factories.ProjectFactory())
    assert rows(project) == []


KEPT_FROM_TRAINING: dict[str, dict[str, Any]] = {
    "quality control": {"is_quality_control_question": True},
    "screening": {"is_initial_screening_question": True},
    "a give-up": {"finish_reason": "give_up"},
    "a bad problem": {"finish_reason": "bad_problem"},
    "a gate problem": {"assignment__item__solution__problem__split": "gate"},
    "a test problem": {"assignment__item__solution__problem__split": "test"},
    "a contradiction": {"assignment__item__solution__wrong": True},
}


@pytest.mark.parametrize("name", KEPT_FROM_TRAINING)
def test_the_train_view_leaves_out(project, name):
    kept, left_out = made_here(project), made_here(project, **KEPT_FROM_TRAINING[name])
    assert {row["labeler"] for row in rows(project)} == {str(kept.labeler_id), str(left_out.labeler_id)}
    assert [row["labeler"] for row in rows(project, view="train")] == [str(kept.labeler_id)]
    assert [label.pk for label in eligible.to_train(project=project)] == [kept.pk]  # nothing else trains either


def test_the_train_view_of_imported_rows_leaves_out_the_screening_set(project, shared_data, tmp_path):
    read(project, GOLDEN, split="train")
    found = rows(project, view="train")
    assert found and all(prm800k.trains(prm800k.parse_label(row)) for row in found)
    assert len(found) == sum(prm800k.trains(prm800k.parse_label(row)) for row in rows(project))


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"format": "csv"}, Invalid),
        ({"format": "trl", "view": "half"}, Invalid),
        ({"format": "trl", "source": "rumour"}, Invalid),
        ({"format": "trl", "checkpoint": 99}, Absent),
    ],
)
def test_an_impossible_export_is_refused_before_its_first_byte(project, filters, error):
    with pytest.raises(error):
        exporting.stream(project=project, **filters)


def test_another_projects_checkpoint_is_absent(project):
    theirs: Checkpoint = factories.CheckpointFactory(number=5)
    with pytest.raises(Absent):
        exporting.stream(project=project, format="trl", checkpoint=theirs.number)


# A piece at a time


def test_an_export_is_one_query_and_made_while_it_is_read(project):
    for _ in range(5):
        made_here(project)
    with CaptureQueriesContext(connection) as queries:
        export = exporting.stream(project=project, format="prm800k")
        pieces: Iterator[bytes] = iter(export)
        next(pieces)
        assert export.labels == 1
        assert len(list(pieces)) == 4
    assert len(queries) <= 1  # none, where the database's cursor isn't counted
    assert export.labels == 5


# Other formats


@pytest.fixture
def mistaken(project: Project) -> Label:
    """Great, Okay, Bad at the third step, with an alternative rated Great."""
    steps = ["Ten halves is 5.", "Fine.", "5 + 2 = 8.", "So 8."]
    other = Completion(text="5 + 2 = 7.", rating=1, flagged=False)
    return made_here(
        project,
        assignment__item__solution__steps=steps,
        assignment__item__solution__key="halves-1",
        assignment__item__solution__meta={"generator": "a small model", "task": "GSM8K"},
        assignment__item__solution__grade="wrong",
        assignment__item__solution__problem__text="What is 2 more than ten halves?",
        steps=label_steps(steps, [1, 0, -1], alternatives=[other]),
        finish_reason="found_error",
    )


def test_trl_rows_are_the_main_path_and_each_alternative_behind_its_prefix(project, mistaken):
    prompt, (first, second, bad, _) = mistaken.solution.problem.text, mistaken.solution.steps
    assert rows(project, "trl") == [
        {"prompt": prompt, "completions": [first, second, bad], "labels": [True, True, False]},
        {"prompt": prompt, "completions": [first, second, "5 + 2 = 7."], "labels": [True, True, True]},
    ]


def test_processbench_rows_are_whole_solutions_with_their_first_error(project, mistaken):
    assert rows(project, "processbench") == [
        {
            "id": "halves-1",
            "generator": "a small model",
            "problem": mistaken.solution.problem.text,
            "steps": mistaken.solution.steps,
            "final_answer_correct": False,
            "label": 2,
        }
    ]


def test_processbench_has_no_row_for_half_a_pass(project):
    made_here(project, ratings=[1], finish_reason="give_up")
    made_here(project, ratings=[1, 1, 1])
    assert [row["label"] for row in rows(project, "processbench")] == [-1]


def test_an_unknown_answer_is_what_its_source_said(project):
    solution = {"grade": "unknown", "source_verdict": True}
    made_here(project, **{f"assignment__item__solution__{name}": value for name, value in solution.items()})
    assert rows(project, "processbench")[0]["final_answer_correct"] is True


def test_math_shepherd_rows_mark_each_step(project, mistaken):
    first, second = rows(project, "math_shepherd")
    assert first["label"].endswith("Step 1: Ten halves is 5. +\nStep 2: Fine. +\nStep 3: 5 + 2 = 8. -")
    assert second["label"].endswith("Step 3: 5 + 2 = 7. +")
    assert first["task"] == "GSM8K"


def test_rlhflow_rows_are_a_conversation(project, mistaken):
    first, _ = rows(project, "rlhflow")
    assert [turn["content"] for turn in first["conversations"] if turn["role"] == "assistant"] == ["+", "+", "-"]


def test_our_own_rows_have_room_for_all_that_is_known_of_a_label(project, mistaken):
    Comment.objects.create(label=mistaken, text="The sum is off.", is_question=True)
    [row] = rows(project, "labelhub")
    assert row["comment"] == {"text": "The sum is off.", "is_question": True}
    assert (row["step_labels"], row["first_error"]) == ([1, 0, -1], 2)
    assert [[each["rating"] for each in texts] for texts in row["rated_alternatives"].values()] == [[1]]
    assert (row["steps"], row["labeler"]) == (mistaken.solution.steps, str(mistaken.labeler_id))
    assert row["finish_reason"] == "found_error"


def test_our_own_rows_say_which_format_comes_in_again(project, mistaken, tmp_path):
    exported = [line.encode() for line in lines(project, "labelhub")]
    report = read_rows(factories.ProjectFactory(), tmp_path, exported)
    assert (report.rejected, report.lines) == (1, 1)
    assert report.rejections[0].reason.endswith("to import labels, export them as prm800k.")


@pytest.mark.parametrize("format", ["trl", "processbench", "math_shepherd"])
def test_what_others_read_comes_in_again_as_the_same_first_mistake(project, mistaken, tmp_path, format):
    elsewhere = factories.ProjectFactory()
    report = read_rows(elsewhere, tmp_path, [line.encode() for line in lines(project, format)])
    assert report.rejected == 0
    assert mistaken.solution.steps[2] in json.dumps(
        list(Label.objects.filter(solution__problem__project=elsewhere, finish_reason="found_error").values("steps"))
    )


def completions(row: Row) -> list[Any]:
    """Those fields that Parquet has a column for."""
    known = ("text", "rating", "flagged")
    return [[[each[name] for name in known] for each in step["completions"] or ()] for step in row["label"]["steps"]]


def test_parquet_holds_the_rows_with_their_types(project):
    read(project, GOLDEN)
    made_here(project, ratings=[1, -1], log_score=-0.5)
    table = parquet.read_table(io.BytesIO(b"".join(exporting.stream(project=project, format="parquet"))))
    expected = rows(project)
    assert table.num_rows == len(expected)
    for found, row in zip(table.to_pylist(), expected, strict=True):
        assert found["timestamp"] == datetime.fromisoformat(row["timestamp"])
        assert found["generation"] == row["generation"]
        assert {key: found["question"][key] for key in row["question"] if key in found["question"]} == {
            key: value for key, value in row["question"].items() if key in found["question"]
        }
        assert completions(found) == completions(row)
        assert found["label"]["finish_reason"] == row["label"]["finish_reason"]


def test_an_empty_export_is_empty_in_every_format(project):
    for format in exporting.FORMATS:
        export: Export = exporting.stream(project=project, format=format)
        content = b"".join(export)
        assert export.labels == 0
        assert content == b"" if format != "parquet" else parquet.read_table(io.BytesIO(content)).num_rows == 0


def test_a_file_is_named_after_its_project_and_format(project):
    assert exporting.file_name(project=project, format="prm800k") == "apples.prm800k.jsonl"
    assert exporting.file_name(project=project, format="parquet") == "apples.parquet"


def quarantined(project: Project) -> Label:
    """A label that is held back since its labeler was paused, beside one that isn't."""
    made_here(project)
    held = made_here(project)
    last = made_here(project, assignment__labeler=held.labeler, is_quality_control_question=True)
    factories.QuarantineFactory(until=last)
    return held


@pytest.mark.parametrize("format", ["prm800k", "labelhub"])
def test_a_quarantined_label_leaves_in_full_exports_with_its_flag(project, format):
    quarantined(project)
    assert [bool(row.get("quarantined")) for row in rows(project, format)] == [False, True, True]


def test_a_quarantined_label_says_so_in_parquet_too(project, tmp_path):
    quarantined(project)
    path = tmp_path / "labels.parquet"
    path.write_bytes(b"".join(exporting.stream(project=project, format="parquet")))
    assert parquet.read_table(path).column("quarantined").to_pylist() == [None, True, True]


@pytest.mark.parametrize("format", ["trl", "math_shepherd", "rlhflow", "processbench"])
def test_formats_that_cannot_tell_a_quarantined_label_leave_it_out(project, format):
    held = quarantined(project)
    assert len(rows(project, format)) == 1
    quarantine = held.labeler.quarantines.get()
    quarantine.decisions.create(kind="release", reason="They are fine.")
    assert len(rows(project, format)) == 3


def test_a_quarantined_label_is_not_in_the_training_view(project):
    held = quarantined(project)
    assert len(rows(project, view="train")) == 1
    held.labeler.quarantines.get().decisions.create(kind="release", reason="They are fine.")
    assert len(rows(project, view="train")) == 2
