"""`python -m selector simulate`: the study end to end, in its smallest form."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studies.active_learning.cells import FIRST_SEED

ROOT = Path(__file__).parents[3]
SMALLEST = ("--quick", "--seeds", "1", "--problems", "8", "--samples", "12", "--workers", "1")
Finished = subprocess.CompletedProcess[str]


def simulate(*words: object) -> Finished:
    command = [sys.executable, "-m", "selector", "simulate", *map(str, words)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    out = tmp_path_factory.mktemp("study")
    return out, simulate(*SMALLEST, "--out", out)


def test_the_last_line_is_the_data_efficiency_of_the_products_method(study) -> None:
    _, finished = study
    assert finished.returncode == 0, finished.stderr
    told = json.loads(finished.stdout.splitlines()[-1])
    assert list(told) == ["data_efficiency", "arms", "seeds"] and told["seeds"] == 1
    assert list(told["data_efficiency"]) == ["steps", "passes", "slope"]
    product = told["arms"]["80/20 convincing, retrained"]
    for measure, found in told["data_efficiency"].items():
        assert found is None or found == {key: product[measure][key] for key in ("median", "low", "high")}
        assert found or product[measure] is None  # so few labels may reach no target
    assert told["arms"]["uniform"]["slope"]["median"] == 1


def test_every_arm_is_told_in_one_shot_and_retrained_with_its_seed_labels_counted(study) -> None:
    out, _ = study
    results = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    (clean,) = (one for one in results if not any(one["cell"].values()))
    assert clean["seed"] == FIRST_SEED
    rules = ("80/20 convincing", "convincing only", "random among wrong", "uncertain")
    assert set(clean["arms"]) == {
        "uniform",
        *(f"{rule}, {how}" for rule in rules for how in ("one shot", "retrained")),
    }
    for points in clean["arms"].values():
        assert points[0] == clean["arms"]["uniform"][0] and points[0]["passes"] == 8  # one seed label per problem
        assert points[1]["passes"] == 16 and points[1]["steps"] > points[0]["steps"]
    assert set(clean["forms"]) == {"process", "outcome by the oracle", "outcome by the final answer"}
    assert clean["forms"]["process"]["points"] == clean["arms"]["uniform"]


def test_tables_and_plots_are_written_and_nothing_else_but_the_results(study) -> None:
    out, finished = study
    assert {str(path.relative_to(out)) for path in out.rglob("*.*")} == {
        "results.jsonl",
        "study.md",
        "study/labels.svg",
        "study/forms.svg",
    }
    page = (out / "study.md").read_text()
    assert finished.stdout.split("\n\n")[0] in page  # the table on standard output is the page's
    assert "| 3% | 20% | 5% | 1 | 80/20 convincing, retrained |" in page
    for plot in ("labels", "forms"):
        assert f"(study/{plot}.svg)" in page
        assert (out / "study" / f"{plot}.svg").read_text().startswith("<svg ")


def test_what_is_finished_is_not_computed_again(study) -> None:
    out, finished = study
    results = out / "results.jsonl"
    lines = results.read_text().splitlines(keepends=True)
    changed = json.loads(lines[0]) | {"majority": 0.125}
    results.write_text(json.dumps(changed) + "\n" + lines[1][: len(lines[1]) // 2])
    again = simulate(*SMALLEST, "--out", out)
    assert again.returncode == 0, again.stderr
    assert "1 of 2 results are there already." in again.stderr
    kept = results.read_text()
    assert json.dumps(changed) in kept and kept.endswith(lines[1])  # and what was computed anew is the same
    assert again.stdout == finished.stdout
    assert " 12.5% of cases" not in (page := (out / "study.md").read_text()) and " in 12.5%" in page


def test_results_of_another_size_are_left_alone(study) -> None:
    out, _ = study
    before = (out / "results.jsonl").read_text()
    more = simulate(*SMALLEST, "--problems", "6", "--out", out)  # the last word counts
    assert more.returncode == 0 and "already" not in more.stderr
    assert (out / "results.jsonl").read_text().startswith(before)


def test_words_above_the_mark_are_kept(study, tmp_path: Path) -> None:
    out, _ = study
    page = tmp_path / "study.md"
    assert simulate(*SMALLEST, "--out", out, "--report", tmp_path).returncode == 0
    page.write_text(page.read_text().replace("# The study", "# Ours\n\nIn our words."))
    assert simulate(*SMALLEST, "--out", out, "--report", tmp_path).returncode == 0
    assert page.read_text().startswith("# Ours\n\nIn our words.\n\n<!--")


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    finished = simulate(*SMALLEST, "--out", tmp_path / "file" / "study")
    assert finished.returncode == 1
    (line,) = finished.stderr.splitlines()
    assert "cannot be written" in line


def test_a_folder_without_real_solutions_is_told_in_one_sentence(tmp_path: Path) -> None:
    finished = simulate(*SMALLEST, "--out", tmp_path, "--real", tmp_path / "nowhere")
    assert finished.returncode == 1
    assert finished.stderr.splitlines()[-1].endswith("cannot be read: No such file or directory.")
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize("words", [("--seeds", "0"), ("--problems", "none"), ("--workers", "-1")])
def test_a_number_that_makes_no_sense_is_refused(words: tuple[str, str]) -> None:
    finished = simulate(*words)
    assert finished.returncode == 2 and "Traceback" not in finished.stderr and words[0] in finished.stderr
