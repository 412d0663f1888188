"""`python -m selector` from nothing to a judged reward model, on plain files."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from selector.__main__ import main
from selector.grading.normalize import normalise
from tests.selector.tiny import EIGHT, PROBLEM, causal_base

Rows = list[dict[str, Any]]
QUICK = ("--set", "epochs=1", "--set", "min_updates=60", "--set", "pretrain_updates=5")


def write(path: Path, rows: Rows) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Eight rated solutions of one problem, under a field of their owner's."""
    place = tmp_path_factory.mktemp("files")
    problems = [{"problem_id": 1, "problem": PROBLEM, "ground_truth_answer": "8"}]
    solutions = [
        {
            "problem_id": 1,
            "solution_id": f"s{n}",
            "steps": list(one.steps),
            "answer": "8" if -1 not in one.ratings else "7",
            "is_correct": -1 not in one.ratings,
            "step_labels": list(one.ratings),
            "mine": n,
        }
        for n, one in enumerate(EIGHT)
    ]
    return {
        "problems": write(place / "problems.jsonl", problems),
        "solutions": write(place / "solutions.jsonl", solutions),
        "checkpoint": str(place / "checkpoint"),
    }


@pytest.fixture(scope="module")
def trained(files: dict[str, str]) -> dict[str, str]:
    words = ["train", files["solutions"], "--problems", files["problems"], "--out", files["checkpoint"]]
    assert main([*words, *QUICK]) == 0
    return files


@pytest.fixture
def call(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def run(*words: str, status: int = 0) -> tuple[Rows, str]:
        """The rows on standard output, and what was said on standard error."""
        capfdbinary.readouterr()
        assert main(words) == status
        out, said = capfdbinary.readouterr()
        return [json.loads(line) for line in out.decode().splitlines()], said.decode()

    return run


def test_train_says_what_it_learnt_from(call, files, tmp_path):
    words = ("--problems", files["problems"], "--out", str(tmp_path / "a"), *QUICK, "--set", "aggregate=min")
    ((card,), said) = call("train", files["solutions"], *words, "--seed", "3")
    assert card == json.loads((tmp_path / "a" / "checkpoint.json").read_text())
    assert card["counts"]["examples"] == 8
    assert (card["config"]["seed"], card["config"]["epochs"], card["config"]["aggregate"]) == (3, 1, "min")
    assert "loss" in said


def test_score_adds_its_word_to_each_row_and_keeps_the_rest(call, trained):
    words = ("--problems", trained["problems"], "--checkpoint", trained["checkpoint"])
    scored, _ = call("score", trained["solutions"], *words)
    given = [json.loads(line) for line in Path(trained["solutions"]).read_text().splitlines()]
    added = ("step_probs", "score", "log_score", "threshold", "threshold_tuned")
    assert [{name: value for name, value in row.items() if name not in added} for row in scored] == given
    for row in scored:
        assert len(row["step_probs"]) == len(row["steps"])
        assert (row["threshold"], row["threshold_tuned"]) == (0.5, False)  # eight solutions tune nothing
        assert row["score"] == pytest.approx(math.prod(row["step_probs"]))
        assert row["log_score"] == pytest.approx(math.log(row["score"]))


def test_an_ensembles_scores_are_what_the_uncertain_rule_reads(call, files, tmp_path):
    problems = ("--problems", files["problems"])
    call("train", files["solutions"], *problems, "--out", str(tmp_path / "a"), *QUICK, "--set", "heads=3")
    scored, _ = call("score", files["solutions"], *problems, "--checkpoint", str(tmp_path / "a"))
    assert all(len(row["head_step_probs"]) == 3 for row in scored)
    pool = write(tmp_path / "pool.jsonl", scored)
    picks, _ = call("select", pool, "--rule", "uncertain", "--scope", "global", "--k", "2")
    assert [row["stratum"] for row in picks if row["stratum"] != "control"] == ["uncertain", "uncertain"]


def test_a_frozen_base_is_read_once_and_scores_by_the_same_commands(call, files, tmp_path):
    base = causal_base(tmp_path / "base")
    problems = ("--problems", files["problems"])
    words = (*problems, "--way", "frozen", "--base", str(base), "--set", "decay=0.01")
    ((card,), said) = call("train", files["solutions"], *words, "--out", str(tmp_path / "a"))
    assert card["config"]["way"] == "frozen" and card["counts"]["read_now"] == 8
    assert "Reading solutions: 8 of 8" in said
    ((card,), _) = call("train", files["solutions"], *words, "--out", str(tmp_path / "b"))
    assert card["counts"]["read_now"] == 0
    kept = ("--features", str(tmp_path / "features"))
    for more in ((), kept):
        scored, _ = call("score", files["solutions"], *problems, "--checkpoint", str(tmp_path / "b"), *more)
        (f1,) = call("evaluate", write(tmp_path / "scored.jsonl", scored), "--metric", "first_error")[0]
        assert f1["f1"] == 1
    _, said = call("train", files["solutions"], *words, "--out", str(tmp_path / "c"), "--set", "epochs=2", status=1)
    assert "epochs does not apply to frozen" in said
    (tmp_path / "base" / "model.safetensors").write_bytes((causal_base(tmp_path / "o") / "config.json").read_bytes())
    _, said = call("score", files["solutions"], *problems, "--checkpoint", str(tmp_path / "b"), status=1)
    assert "trained on another base" in said and "Traceback" not in said


def test_a_solution_too_long_to_score_has_nulls_and_says_so(call, trained, tmp_path):
    long = {"problem_id": 1, "solution_id": "long", "steps": ["digits " * 1500], "is_correct": None}
    words = ("--problems", trained["problems"], "--checkpoint", trained["checkpoint"])
    ((row,), _) = call("score", write(tmp_path / "long.jsonl", [long]), *words)
    assert row == long | {"step_probs": None, "score": None, "log_score": None, "too_long": True}


def test_every_metric_is_told_of_what_was_scored(call, trained, tmp_path):
    words = ("--problems", trained["problems"], "--checkpoint", trained["checkpoint"])
    scored = write(tmp_path / "scored.jsonl", call("score", trained["solutions"], *words)[0])
    (f1,) = call("evaluate", scored, "--metric", "first_error")[0]
    assert f1["f1"] == 1 and (f1["n_erroneous"], f1["n_correct"], f1["threshold"]) == (5, 3, 0.5)
    (steps,) = call("evaluate", scored, "--metric", "calibration")[0]
    assert steps["auc"] == 1 > steps["position_only_auc"]
    assert steps["auc_gain"]["difference"] == pytest.approx(1 - steps["position_only_auc"])
    assert steps["n"] == sum(len(one.ratings) for one in EIGHT)
    curve = call("evaluate", scored, "--metric", "best_of_n", "--trials", "50")[0]
    assert [point["n"] for point in curve] == [1, 2, 4, 8]
    assert curve[-1]["best_of_n"] == {"mean": 1, "sd": 0} == curve[-1]["oracle"]
    assert curve[-1]["majority_vote"]["mean"] == 0  # five of eight agree on the wrong answer
    assert curve[0]["best_of_n"]["mean"] == pytest.approx(3 / 8, abs=0.2)


def scored_at(threshold: float | None, tuned: bool = True) -> Rows:
    """As `score` writes them; the mistake of the first lies between the thresholds that the tests use."""
    brought = {} if threshold is None else {"threshold": threshold, "threshold_tuned": tuned}
    rated = [([1, -1], [0.9, 0.6]), ([1, 1], [0.9, 0.8])]
    return [
        {"problem_id": n, "solution_id": n, "steps": ["a", "b"], "step_labels": labels, "step_probs": probs} | brought
        for n, (labels, probs) in enumerate(rated)
    ]


@pytest.mark.parametrize(
    ("threshold", "tuned", "words", "used"),
    [
        (0.7, True, (), (0.7, True, "training", 1.0)),
        (0.5, False, (), (0.5, False, "untuned", 0.0)),
        (None, False, (), (0.5, False, "untuned", 0.0)),
        (0.5, False, ("--threshold", "0.7"), (0.7, False, "option", 1.0)),
    ],
)
def test_first_errors_are_judged_at_the_checkpoints_own_threshold(call, tmp_path, threshold, tuned, words, used):
    path = write(tmp_path / "rows.jsonl", scored_at(threshold, tuned))
    (found,), _ = call("evaluate", path, "--metric", "first_error", *words)
    assert tuple(found[name] for name in ("threshold", "tuned", "threshold_from", "f1")) == used


def test_step_auc_stands_beside_first_error_f1(call, tmp_path):
    (found,), _ = call("evaluate", write(tmp_path / "rows.jsonl", scored_at(0.5)), "--metric", "first_error")
    assert (found["f1"], found["auc"], found["steps"]) == (0, 1, 4)
    assert found["position_only_auc"] == pytest.approx(5 / 6)


def test_rows_of_two_checkpoints_in_one_file_have_no_threshold(call, tmp_path):
    rows = [*scored_at(0.7), *(row | {"solution_id": f"b{row['solution_id']}"} for row in scored_at(0.4))]
    path = write(tmp_path / "rows.jsonl", rows)
    _, said = call("evaluate", path, "--metric", "first_error", status=1)
    assert "thresholds 0.4 and 0.7" in said and "--threshold" in said
    assert call("evaluate", path, "--metric", "first_error", "--threshold", "0.7")[0][0]["f1"] == 1
    assert "not both" in call("evaluate", path, "--report", "x", "--threshold", "0.7", "--tune", path, status=1)[1]


def test_a_threshold_of_an_earlier_checkpoint_does_not_stay_in_a_row(call, trained, tmp_path):
    rows = [json.loads(line) | {"threshold": 0.9} for line in Path(trained["solutions"]).read_text().splitlines()]
    long = rows[0] | {"solution_id": "long", "steps": ["digits " * 1500], "step_labels": None}
    words = ("--problems", trained["problems"], "--checkpoint", trained["checkpoint"])
    scored, _ = call("score", write(tmp_path / "again.jsonl", [*rows, long]), *words)
    assert [row.get("threshold") for row in scored] == [0.5] * len(rows) + [None]


def test_the_rule_uncertain_looks_up_to_the_checkpoints_first_predicted_mistake(call, tmp_path):
    """Below 0.95 the first step is a mistake, and the doubtful second one is never looked at."""
    rows: list[dict[str, Any]] = [
        {"problem_id": 1, "solution_id": n, "is_correct": True, "score": 0.0} for n in range(2)
    ]
    rows[0] |= {"step_probs": [0.9, 0.5], "threshold": 0.95}
    rows[1] |= {"step_probs": [0.99, 0.8], "threshold": 0.95}
    words = ("--rule", "uncertain", "--scope", "global", "--k", "1", "--control-share", "0")
    picks, _ = call("select", write(tmp_path / "pool.jsonl", rows), *words)
    assert [row["solution_id"] for row in picks] == [1]


def test_an_unscored_solution_counts_against_the_model(call, tmp_path):
    rows = [
        {"problem_id": 1, "solution_id": n, "steps": ["a", "b"], "step_labels": labels, "step_probs": probs}
        for n, (labels, probs) in enumerate([([1, 1], None), ([1, -1], None), ([1, 1], [0.9, 0.9]), ([1], [0.9, 0.1])])
    ]
    (found,) = call("evaluate", write(tmp_path / "rows.jsonl", rows), "--metric", "first_error")[0]
    assert (found["correct"], found["erroneous"]) == (0.5, 0)
    assert (found["n_correct"], found["n_erroneous"]) == (2, 1)  # the last was never rated to its end


def test_a_file_of_which_every_line_was_skipped_is_a_failure(call, trained, tmp_path):
    bad = write(tmp_path / "bad.jsonl", [{"problem_id": 1}, {"problem_id": 1, "steps": []}])
    words = ("--problems", trained["problems"], "--checkpoint", trained["checkpoint"])
    for command in (("score", bad, *words), ("evaluate", bad, "--metric", "best_of_n")):
        rows, said = call(*command, status=1)
        assert rows == [] and said.splitlines()[-1].endswith(f"Not a single line of {bad} could be used.")
    rows, said = call("score", trained["solutions"], "--problems", bad, *words[2:], status=1)
    assert rows == [] and f"Not a single line of {bad} could be used." in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"model_answer": "2"}]', "The file is one JSON document."),
        ('[\n {"model_answer": "2"}\n]', "The file is one JSON document."),
        ("model_answer,ground_truth\n2,2\n", "The file is CSV: save its rows as JSON Lines"),
    ],
)
def test_a_file_of_another_kind_is_named_where_no_line_could_be_used(call, tmp_path, content, said):
    (tmp_path / "file").write_text(content)
    assert said in call("grade", str(tmp_path / "file"), status=1)[1].splitlines()[-1]


ODD = {"split": "validation", "generator": 7, "alternatives": "none", "answer": ["7"], "is_correct": "yes"}


def test_score_reads_no_field_that_it_does_not_need(call, trained, tmp_path):
    problems = [{"problem_id": 1.0, "problem": PROBLEM, "ground_truth_answer": ["8"], "split": "validation"}]
    solutions = [{"problem_id": 1, "steps": ["a", "b"], "step_labels": "good", **ODD}]
    words = ("--problems", write(tmp_path / "p.jsonl", problems), "--checkpoint", trained["checkpoint"])
    (row,), _ = call("score", write(tmp_path / "s.jsonl", solutions), *words)
    assert row["score"] is not None and row | solutions[0] == row


@pytest.mark.parametrize(
    ("metric", "odd"),
    [
        ("best_of_n", {"answer": 7.0, "is_correct": 1.0, "step_labels": "good", "first_error": -7}),
        ("first_error", {"answer": ["7"], "is_correct": "yes", "step_labels": [1.0, -1.0], "first_error": 1.0}),
        ("calibration", {"answer": ["7"], "is_correct": True, "step_labels": [1, -1]}),
    ],
)
def test_evaluate_reads_no_field_that_its_metric_does_not_need(call, tmp_path, metric, odd):
    scored = {"problem_id": 1, "solution_id": 1, "steps": ["a", "b"], "step_probs": [0.9, 0.1]}
    path = write(tmp_path / "rows.jsonl", [scored | ODD | odd])
    found, said = call("evaluate", path, "--metric", metric, "--trials", "5")
    assert found and said == ""
    if metric != "best_of_n":
        return
    assert found[-1]["best_of_n"]["mean"] == 1


def test_train_reads_labels_as_an_import_does_and_nothing_else(call, files, tmp_path):
    given = [json.loads(line) for line in Path(files["solutions"]).read_text().splitlines()]
    odd = [row | ODD | {"step_labels": list(map(float, row["step_labels"]))} for row in given]
    words = ("--problems", files["problems"], *QUICK)
    cards = [
        call("train", write(tmp_path / "rows.jsonl", rows), *words, "--out", str(tmp_path / name))[0][0]
        for name, rows in (("plain", given), ("odd", odd))
    ]
    assert cards[0]["counts"] == cards[1]["counts"]


def test_evaluate_groups_equal_answers(call, tmp_path):
    rows = [
        {"problem_id": 1, "solution_id": n, "steps": ["a"], "answer": answer, "is_correct": answer != "9", "score": 0.0}
        for n, answer in enumerate([" 7", "7", "9"])
    ]
    assert normalise(" 7") == normalise("7")
    points, _ = call("evaluate", write(tmp_path / "rows.jsonl", rows), "--metric", "best_of_n")
    assert points[-1]["majority_vote"]["mean"] == 1


@pytest.mark.parametrize(("metric", "figures"), [("best_of_n", []), ("first_error", ["f1"]), ("calibration", ["ece"])])
def test_of_no_rows_nothing_is_measured(call, tmp_path, metric, figures):
    rows, _ = call("evaluate", write(tmp_path / "rows.jsonl", []), "--metric", metric)
    assert [row[figure] for row in rows for figure in figures] == [None] * len(figures)
    assert len(rows) == len(figures)


@pytest.mark.parametrize("probs", [[0.5], [0.5, 1.5], [0.5, None], "much"])
def test_step_probs_that_mean_nothing_are_skipped_by_line(call, tmp_path, probs):
    row = {"problem_id": 1, "solution_id": 1, "steps": ["a", "b"], "step_labels": [1, 1], "step_probs": probs}
    good = row | {"solution_id": 2, "step_probs": [0.5, 0.5]}
    _, said = call("evaluate", write(tmp_path / "rows.jsonl", [row, good]), "--metric", "first_error")
    assert "line 1 skipped" in said and "step_probs" in said


def test_an_orm_learns_from_the_answers_verdict(call, files, tmp_path):
    solutions = [json.loads(line) for line in Path(files["solutions"]).read_text().splitlines()]
    bare = [{name: value for name, value in row.items() if name != "step_labels"} for row in solutions]
    bare.append(bare[0] | {"solution_id": "unknown", "is_correct": None})
    path = write(tmp_path / "bare.jsonl", bare)
    words = ("--problems", files["problems"])
    ((card,), _) = call("train", path, *words, "--kind", "orm", *QUICK, "--out", str(tmp_path / "orm"))
    assert card["counts"]["rated_steps"] == 8
    scored, _ = call("score", path, *words, "--checkpoint", str(tmp_path / "orm"))
    assert all(row["step_probs"] is None and 0 < row["score"] < 1 for row in scored)


def test_a_solution_of_an_unknown_problem_is_told_by_line(call, trained, tmp_path):
    rows = [{"problem_id": 9, "solution_id": 1, "steps": ["a"]}, {"problem_id": 1, "solution_id": 2, "steps": ["a"]}]
    path = write(tmp_path / "rows.jsonl", rows)
    words = ("score", path, "--problems", trained["problems"], "--checkpoint", trained["checkpoint"])
    scored, said = call(*words)
    assert [row["solution_id"] for row in scored] == [2]
    assert "line 1 skipped: problem_id '9' is not in" in said
    assert "line 1" in call(*words, "--strict", status=1)[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("score", "{solutions}", "--problems", "{problems}", "--checkpoint", "nowhere"),
            "nowhere holds no checkpoint",
        ),
        (("score", "{solutions}", "--problems", "nowhere", "--checkpoint", "{checkpoint}"), "nowhere cannot be read"),
        (("train", "{problems}", "--problems", "{problems}", "--out", "{checkpoint}"), "Not a single line"),
        (("train", "{solutions}", "--problems", "{problems}", "--out", "tests"), "not a checkpoint"),
        (
            ("train", "{solutions}", "--problems", "{problems}", "--out", "{checkpoint}", "--set", "epochs=0"),
            "at least 1",
        ),
        (("train", "{solutions}", "--problems", "{problems}", "--out", "{checkpoint}", "--set", "epochs=x"), "no int"),
        (("train", "{solutions}", "--problems", "{problems}", "--out", "{checkpoint}", "--set", "magic=1"), "magic"),
        (
            ("train", "{solutions}", "--problems", "{problems}", "--out", "{checkpoint}-b", "--base", "./no/such"),
            "no/such",
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence(call, trained, words, sentence):
    _, said = call(*(word.format(**trained) for word in words), status=1)
    assert sentence in said.splitlines()[-1]
    assert "Traceback" not in said


def test_simulate_writes_files_that_train_takes(call, tmp_path):
    words = ("simulate", "--make-data", str(tmp_path / "data"), "--problems", "4", "--samples", "3", "--seed", "5")
    assert call(*words)[0] == []
    first = [path.read_bytes() for path in sorted((tmp_path / "data").iterdir())]
    call(*words)
    assert [path.read_bytes() for path in sorted((tmp_path / "data").iterdir())] == first
    assert [len(text.splitlines()) for text in first] == [4, 12]
    train = ("--problems", str(tmp_path / "data" / "problems.jsonl"), "--out", str(tmp_path / "a"), *QUICK)
    ((card,), _) = call("train", str(tmp_path / "data" / "solutions.jsonl"), *train)
    assert card["counts"]["examples"] == 12
