"""`python -m selector evaluate` on the files that researchers have, and the report it writes."""

import io
import json
import random
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from selector.__main__ import main
from selector.prm.config import MARGIN
from studies.evaluation import MARK, NAME
from tests.selector.formats.test_scored_samples import SAMPLE
from tests.selector.shared_data import SHARED

Rows = list[dict[str, Any]]


def write(path: Path, rows: Rows) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def evaluate(capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    def run(*words: str, status: int = 0) -> tuple[Rows, str]:
        """The rows on standard output, and what was said on standard error."""
        capfdbinary.readouterr()
        assert main(["evaluate", *words]) == status
        out, said = capfdbinary.readouterr()
        return [json.loads(line) for line in out.decode().splitlines()], said.decode()

    return run


def solutions(problems: int, each: int, skill: float, seed: int = 0) -> Rows:
    """Rated and scored; `skill` is how far the scores tell right from wrong."""
    chance, found = random.Random(seed), []
    for problem in range(problems):
        ease = chance.random()
        for n in range(each):
            right = chance.random() < ease
            labels = [1, 1] if right else [1, -1]
            noise = random.Random(f"{seed}/{problem}/{n}/{skill}")
            probs = [0.9, min(0.99, max(0.01, 0.5 + (skill if right else -skill) + noise.gauss(0, 0.2)))]
            found.append(
                {"problem_id": problem, "solution_id": f"{problem}-{n}", "steps": ["A secret text.", "b"]}
                | {
                    "answer": "7" if right else str(n % 3),
                    "is_correct": right,
                    "step_labels": labels,
                    "step_probs": probs,
                }
            )
    return found


def samples() -> Rows:
    """In the shape of OpenAI's file: the PRM's favourites are right, the ORM's are wrong, one has no answer."""
    rows = [
        ("first", "7", True, 0.9, 0.2), ("first", "8", False, 0.1, 0.8), ("first", None, False, 0.99, 0.99),
        ("second", "3", True, 0.6, 0.1), ("second", "4", False, 0.5, 0.9),
    ]  # fmt: skip
    names = ("problem", "answer", "is_correct", "prm_score", "orm_score")
    return [SAMPLE | dict(zip(names, row, strict=True)) for row in rows]


def test_openais_scored_samples_read_in_as_they_are(evaluate: Any, tmp_path: Path) -> None:
    rows, _ = evaluate(write(tmp_path / "scored-test-samples.jsonl", samples()), "--metric", "best_of_n")
    full = {row["model"]: row for row in rows if row["n"] == 3}
    assert full["prm"]["best_of_n"] == {"mean": 1, "sd": 0}
    assert full["orm"]["best_of_n"] == {"mean": 0, "sd": 0}
    assert full["prm"]["oracle"]["mean"] == 1
    # of "second" one place of three is empty, and of "first" one has no answer
    one = next(row for row in rows if row["model"] == "prm")
    assert one["exact"]["best_of_n"] == pytest.approx(1 / 3)


def test_what_openais_file_lacks_counts_as_evalpy_counts_it(evaluate: Any, tmp_path: Path) -> None:
    """A problem nobody answered is a problem; an empty answer is an answer, and null is none; N counts empty places."""
    rows = [
        SAMPLE | {"problem": "answered", "prm_score": 0.8},
        SAMPLE | {"problem": "answered", "answer": "", "is_correct": False, "prm_score": 0.9},
        SAMPLE | {"problem": "given up", "answer": None, "is_correct": False},
        SAMPLE | {"problem": "sampled once"},
    ]
    found, _ = evaluate(write(tmp_path / "scored-test-samples.jsonl", rows), "--metric", "best_of_n", "--ns", "1,2")
    alone, both = ({row["model"]: row for row in found if row["n"] == n}["prm"] for n in (1, 2))
    assert alone["problems"] == 3
    assert alone["exact"]["best_of_n"] == pytest.approx((1 / 2 + 0 + 1 / 2) / 3)  # half of the last one's two is empty
    assert both["exact"]["best_of_n"] == both["best_of_n"]["mean"] == pytest.approx((0 + 0 + 1) / 3)


def test_openais_scores_are_taken_anew_from_their_steps_where_asked(evaluate: Any, tmp_path: Path) -> None:
    """Table 4 of the paper is made so. Both have the same steps, so that both are equally good."""
    path = write(tmp_path / "samples.jsonl", samples()[3:])
    for words in (["--aggregate", "min"], ["--aggregate", "product", "--neutral-as", "negative"]):
        rows, _ = evaluate(path, "--metric", "best_of_n", *words)
        assert [row["exact"]["best_of_n"] for row in rows if row["n"] == 2] == [0.5, 0]


def test_from_many_attempts_on_the_published_numbers_are_told(evaluate: Any, tmp_path: Path) -> None:
    many = [SAMPLE | {"answer": str(n), "is_correct": n == 0, "prm_score": 1 / (n + 1)} for n in range(1100)]
    rows, _ = evaluate(write(tmp_path / "many.jsonl", many), "--metric", "best_of_n", "--trials", "2")
    ns = [row["n"] for row in rows if row["model"] == "prm"]
    assert ns == [10, 25, 50, 75, 100, 200, 300, 400, 500, 750, 1000, 1100]
    assert rows[0]["exact"]["best_of_n"] == pytest.approx(10 / 1100)
    chosen, _ = evaluate(str(tmp_path / "many.jsonl"), "--metric", "best_of_n", "--trials", "2", "--ns", "7,3")
    assert [row["n"] for row in chosen if row["model"] == "prm"] == [3, 7]


def test_named_sets_are_told_apart_and_together(evaluate: Any, tmp_path: Path) -> None:
    """As in the paper's table 1: the whole counts problems, not sets; each set is padded to its own size."""
    one = [row | {"set": "AMC"} for row in solutions(6, 4, 0.3)]
    other = [row | {"set": "AP", "problem_id": 100 + row["problem_id"]} for row in solutions(2, 8, 0.3, seed=1)]
    rows, _ = evaluate(write(tmp_path / "scored.jsonl", one + other), "--metric", "best_of_n")
    last = {row.get("set", "all"): row for row in rows if row["n"] == 4}
    assert [last[name]["problems"] for name in ("all", "AMC", "AP")] == [8, 6, 2]
    whole, parts = last["all"]["exact"], [last["AMC"]["exact"], last["AP"]["exact"]]
    assert whole["best_of_n"] == pytest.approx((6 * parts[0]["best_of_n"] + 2 * parts[1]["best_of_n"]) / 8)
    alone, _ = evaluate(write(tmp_path / "amc.jsonl", one), "--metric", "best_of_n")
    assert alone[-1]["exact"] == last["AMC"]["exact"]
    f1, _ = evaluate(str(tmp_path / "scored.jsonl"), "--metric", "first_error")
    assert [row.get("set", "all") for row in f1] == ["all", "AMC", "AP"]
    assert f1[0]["f1_mean_of_sets"] == pytest.approx((f1[1]["f1"] + f1[2]["f1"]) / 2)


def test_fifths_by_pass_rate_come_where_there_are_problems_enough(evaluate: Any, tmp_path: Path) -> None:
    rows, _ = evaluate(
        write(tmp_path / "scored.jsonl", solutions(25, 4, 0.3)), "--metric", "best_of_n", "--trials", "9"
    )
    fifths = [row for row in rows if row["of"] == "quintile" and row["n"] == 4]
    assert [row["quintile"] for row in fifths] == [1, 2, 3, 4, 5]
    assert [row["problems"] for row in fifths] == [5] * 5
    lows = [row["pass_rate"][0] for row in fifths]
    assert lows == sorted(lows, reverse=True)
    few, _ = evaluate(write(tmp_path / "few.jsonl", solutions(24, 4, 0.3)), "--metric", "best_of_n", "--trials", "9")
    assert {row["of"] for row in few} == {"all"}


def test_every_share_comes_with_an_interval_that_holds_it(evaluate: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "scored.jsonl", solutions(30, 4, 0.2))
    for row in evaluate(path, "--metric", "best_of_n")[0]:
        for choice, (low, high) in row["intervals"].items():
            assert low - 1e-9 <= row["exact"].get(choice, row[choice]["mean"]) <= high + 1e-9
    (f1,) = evaluate(path, "--metric", "first_error")[0]
    assert all(low <= f1[name] <= high for name, (low, high) in f1["intervals"].items())
    (steps,) = evaluate(path, "--metric", "calibration")[0]
    assert steps["ece_low"] <= steps["ece"] <= steps["ece_high"]
    assert steps["solutions"]["n"] == 120 and steps["minimum_at_last"]["n"] == 120


def test_several_files_are_several_models_compared_with_the_champion(evaluate: Any, tmp_path: Path) -> None:
    old = write(tmp_path / "old.jsonl", solutions(40, 6, 0.0))
    new = write(tmp_path / "new.jsonl", solutions(40, 6, 0.45))
    rows, _ = evaluate(old, new, "--metric", "best_of_n", "--champion", "old")
    compared = {row["model"]: row for row in rows if row["metric"] == "comparison"}
    assert set(compared) == {"new", "majority_vote"}
    assert compared["new"]["verdict"] == "better" and compared["new"]["low"] > 0
    best = {row["model"]: row["exact"]["best_of_n"] for row in rows if row.get("n") == 6 and row.get("of") == "all"}
    assert compared["new"]["difference"] == pytest.approx(best["new"] - best["old"])
    assert {"detectable", "sentence", "problems_to_detect_margin"} <= compared["new"].keys()
    assert compared["new"]["margin"] == MARGIN
    f1, _ = evaluate(old, new, "--metric", "first_error", "--champion", "new")
    assert [(row["model"], row["verdict"]) for row in f1 if row["metric"] == "comparison"] == [("old", "worse")]


def test_step_scores_of_several_models_come_from_a_file_of_their_own(evaluate: Any, tmp_path: Path) -> None:
    rows = solutions(4, 4, 0.3)
    beside = [
        {"solution_id": row["solution_id"], "prm_step_scores": {"good": row["step_probs"], "blind": [0.5, 0.5]}}
        for row in rows
    ]
    bare = [{name: value for name, value in row.items() if name != "step_probs"} for row in rows]
    path, scores = write(tmp_path / "bare.jsonl", bare), write(tmp_path / "scores.jsonl", beside)
    found, _ = evaluate(path, "--scores", scores, "--metric", "first_error")
    assert [row["model"] for row in found] == ["good", "blind"]
    (alone,) = evaluate(write(tmp_path / "scored.jsonl", rows), "--metric", "first_error")[0]
    assert found[0]["f1"] == alone["f1"]


def test_a_threshold_is_tuned_on_other_problems_only(evaluate: Any, tmp_path: Path) -> None:
    judged = write(tmp_path / "scored.jsonl", solutions(20, 4, 0.2))
    gate = write(
        tmp_path / "gate.jsonl", [row | {"problem_id": f"g{row['problem_id']}"} for row in solutions(20, 4, 0.2, 1)]
    )
    (found,) = evaluate(judged, "--metric", "first_error", "--tune", gate)[0]
    assert found["tuned"] and found["threshold"] != 0.5
    _, said = evaluate(judged, "--metric", "first_error", "--tune", judged, status=1)
    assert "shares 20 problems with what is judged" in said


def test_an_answer_that_nobody_graded_is_not_right(evaluate: Any, tmp_path: Path) -> None:
    rows = [row | {"is_correct": None} for row in solutions(3, 4, 0.3)]
    found, _ = evaluate(write(tmp_path / "scored.jsonl", rows), "--metric", "best_of_n")
    assert {row["exact"]["oracle"] for row in found} == {0}


def test_one_answer_in_several_spellings_is_voted_for_together(evaluate: Any, tmp_path: Path) -> None:
    answers = [("7", True), (" 7", True), ("7 ", True), ("8", False), ("8", False)]
    rows = [
        {"problem_id": 1, "solution_id": at, "steps": ["a"], "answer": answer, "is_correct": right, "score": 0.5}
        for at, (answer, right) in enumerate(answers)
    ]
    found, _ = evaluate(write(tmp_path / "scored.jsonl", rows), "--metric", "best_of_n", "--ns", "5")
    assert found[0]["majority_vote"]["mean"] == 1


@pytest.mark.parametrize("unknown", [[1], [], [None, 1], [1, None], [None, -1]])
def test_a_solution_whose_first_mistake_is_unknown_neither_tunes_nor_counts(
    evaluate: Any, tmp_path: Path, unknown: list[int | None]
) -> None:
    """A step that nobody rated may be the first mistake."""
    rows, gate = solutions(8, 6, 0.3), [row | {"problem_id": 99} for row in solutions(8, 6, 0.3, seed=1)]
    cut = {"step_labels": unknown, "step_probs": [0.9, 0.3]}
    more = [row | cut | {"solution_id": f"cut-{at}"} for at, row in enumerate(rows)]
    more_gate = [row | cut | {"solution_id": f"cut-{at}", "problem_id": 99} for at, row in enumerate(gate)]
    told = []
    for judged, tuning in ((rows, gate), (rows + more, gate + more_gate)):
        tune = write(tmp_path / "gate.jsonl", tuning)
        (row,), _ = evaluate(write(tmp_path / "scored.jsonl", judged), "--metric", "first_error", "--tune", tune)
        told.append({name: row[name] for name in ("f1", "threshold", "n_erroneous", "n_correct")})
    assert told[0] == told[1]


def test_solutions_left_out_of_the_first_error_are_counted_and_change_no_f1(evaluate: Any, tmp_path: Path) -> None:
    def row(number: int, labels: list[int | None], probs: list[float]) -> dict[str, Any]:
        named = {"problem_id": number, "solution_id": f"s{number}", "steps": ["a", "b", "c"]}
        return named | {"set": "one", "step_labels": labels, "step_probs": probs}

    known = [row(1, [1, -1], [0.9, 0.1, 0.9]), row(2, [1, 1, 1], [0.9, 0.9, 0.9])]
    unsure = row(3, [1, 1, None], [0.9, 0.9, 0.1])
    (found,), said = evaluate(write(tmp_path / "known.jsonl", known), "--metric", "first_error")
    assert (found["f1"], found["n_unknown"], "Left out" in said) == (1.0, 0, False)
    unrated = unsure | {"solution_id": "s4", "step_labels": None}
    path = write(tmp_path / "all.jsonl", [*known, unsure, unrated])
    (found,), said = evaluate(path, "--metric", "first_error", "--report", str(tmp_path))
    assert (found["f1"], found["n_erroneous"], found["n_correct"], found["n_unknown"]) == (1.0, 1, 1, 1)
    assert "Left out of first_error: 1 rated solution whose first mistake is unknown." in said
    assert "Left out: 1 rated solution whose first mistake is unknown" in (tmp_path / NAME).read_text()


def test_a_bad_line_is_told_by_number_and_refused_if_strict(evaluate: Any, tmp_path: Path) -> None:
    good = solutions(2, 2, 0.3)
    path = write(tmp_path / "scored.jsonl", [good[0], {"problem_id": 1}, good[0], good[1]])
    rows, said = evaluate(path, "--metric", "first_error")
    assert rows[0]["n_erroneous"] + rows[0]["n_correct"] == 2
    assert "line 2 skipped: steps is missing." in said
    assert "line 3 skipped: solution_id '0-0' comes twice" in said
    out, said = evaluate(path, "--metric", "first_error", "--strict", status=1)
    assert out == [] and "line 2: steps is missing." in said


def test_standard_input_is_read_as_a_file_is(evaluate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(write(tmp_path / "scored.jsonl", solutions(3, 3, 0.3)))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert evaluate("-", "--metric", "best_of_n")[0] == evaluate(str(path), "--metric", "best_of_n")[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say what to tell by --metric"),
        (
            ("--metric", "best_of_n", "--champion", "nobody"),
            "No model is called 'nobody'; there are scored, majority_vote.",
        ),
        (("--metric", "best_of_n", "--margin", "-1"), "A margin is at least 0."),
        (("--metric", "first_error", "--tune", "nowhere"), "nowhere cannot be read"),
        (("--metric", "best_of_n", "--scores", "nowhere"), "nowhere cannot be read"),
        (("--report", "/dev/null/no"), "/dev/null/no cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(evaluate: Any, tmp_path: Path, words: Any, said: str) -> None:
    _, told = evaluate(write(tmp_path / "scored.jsonl", solutions(2, 2, 0.3)), *words, status=1)
    assert said in told and len(told.splitlines()) == 1


def test_scores_that_only_rank_have_no_weighted_vote(evaluate: Any, tmp_path: Path) -> None:
    rows = [
        {name: value for name, value in row.items() if name != "step_probs"} | {"score": 7.5 - 3 * at}
        for at, row in enumerate(solutions(2, 3, 0.3))
    ]
    found, _ = evaluate(write(tmp_path / "scored.jsonl", rows), "--metric", "best_of_n")
    assert "weighted_vote" not in found[0] and "majority_vote" in found[0]
    assert evaluate(str(tmp_path / "scored.jsonl"), "--metric", "calibration")[0][0]["solutions"] is None


def test_a_report_holds_the_figures_that_were_printed_and_no_text(evaluate: Any, tmp_path: Path) -> None:
    old = write(
        tmp_path / "old.jsonl", [row | {"set": "A<b|c"[: 2 + row["problem_id"] % 2]} for row in solutions(30, 4, 0.1)]
    )
    new = write(tmp_path / "new.jsonl", solutions(30, 4, 0.4))
    rows, said = evaluate(old, new, "--champion", "old", "--report", str(tmp_path / "report"))
    page = (tmp_path / "report" / NAME).read_text()
    assert said.endswith(f"Report: {tmp_path / 'report' / NAME}\n")
    full = [row for row in rows if row["metric"] == "best_of_n" and row["n"] == 4 and row["of"] == "all"]
    for row in full:
        low, high = (100 * bound for bound in row["intervals"]["best_of_n"])
        assert f"| {row['model']} | {100 * row['exact']['best_of_n']:.1f} [{low:.1f}, {high:.1f}] |" in page
    for heading in ("Best of N", "By difficulty", "By set", "The first mistake", "Against old", "Calibration of steps"):
        assert f"\n## {heading}" in page
    for picture in re.findall(r"\]\((\S+\.svg)\)", page):
        drawn = (tmp_path / "report" / picture).read_text()
        assert ElementTree.fromstring(drawn).tag.endswith("svg")
        assert "secret" not in drawn and "nan" not in drawn
    assert len(re.findall(r"\.svg\)", page)) == len(list((tmp_path / "report").glob("*.svg"))) == 8
    assert "secret" not in page


def test_words_of_ones_own_above_a_reports_mark_are_kept(evaluate: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "scored.jsonl", solutions(3, 3, 0.3))
    evaluate(path, "--report", str(tmp_path))
    page = tmp_path / NAME
    first = page.read_text()
    page.write_text(first.replace("# Evaluation\n", "# Ours\n\nMy words.\n") + "stale\n")
    evaluate(path, "--report", str(tmp_path))
    assert page.read_text() == first.replace("# Evaluation\n", "# Ours\n\nMy words.\n")
    assert first.startswith(f"# Evaluation\n\n{MARK}\n")


def test_seven_public_models_on_real_samples_come_to_the_figures_of_the_docs(evaluate: Any) -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared/data is not there")
    words = (str(SHARED / "bon32_gsm8k.solutions.jsonl"), "--scores", str(SHARED / "bon32_gsm8k.prm_scores.jsonl"))
    rows, _ = evaluate(*words, "--metric", "best_of_n", "--ns", "32", "--trials", "20", "--champion", "qwen_prm")
    page = (Path(__file__).parents[3] / "docs" / NAME).read_text()
    full = [row for row in rows if row["metric"] == "best_of_n" and row["of"] == "all"]
    assert len(full) == 7 and all(row["problems"] == 90 for row in full)
    for row in full:
        low, high = (100 * bound for bound in row["intervals"]["best_of_n"])
        assert f"| {row['model']} | {100 * row['exact']['best_of_n']:.1f} [{low:.1f}, {high:.1f}] |" in page
