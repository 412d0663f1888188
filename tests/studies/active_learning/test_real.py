"""The study on real solutions: another model's word is the oracle, and who is tested on was never learnt from."""

import json
from pathlib import Path

import numpy as np
import pytest

from selector.commands.cli import CommandError
from studies.active_learning import real
from studies.active_learning.cells import Size, Training
from studies.active_learning.solutions import Solutions, majority
from studies.active_learning.unit import Bench, curves
from tests.selector.shared_data import SHARED

TINY = Size(budgets=(1, 2), most=2, training=Training(width=4, window=10, most=30))


def write(folder: Path, problems: int = 6, samples: int = 4) -> None:
    """Solutions of two steps; the second step of every odd one is doubtful, and its answer wrong."""
    solutions, scores = [], []
    for name in (f"{problem}-{sample}" for problem in range(problems) for sample in range(samples)):
        problem, sample = map(int, name.split("-"))
        wrong = sample % 2 == 1
        steps = [f"{problem} and {sample} make {problem + sample}.", "It is wrong." if wrong else "It is right."]
        row = {"problem_id": str(problem), "solution_id": name, "steps": steps}
        solutions.append(row | {"answer": str(sample if wrong else 0), "is_correct": not wrong})
        scores.append({"solution_id": name, "prm_step_scores": {"qwen_prm": [0.99, 0.79 if wrong else 0.8]}})
    for kind, rows in (("solutions", solutions), ("prm_scores", scores)):
        (folder / f"bon32_gsm8k.{kind}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_a_step_is_wrong_where_the_oracle_says_less_than_four_fifths(tmp_path: Path) -> None:
    write(tmp_path)
    solutions, features = real.load(tmp_path)
    assert solutions.wrong[:, 0].sum() == 0
    assert (solutions.wrong[:, 1] == ~solutions.right).all()
    assert len(features) == solutions.kind.max() + 1
    assert features.shape[1] == real.BUCKETS + real.PLACES


def test_the_same_words_at_another_place_read_otherwise(tmp_path: Path) -> None:
    write(tmp_path)
    solutions, features = real.load(tmp_path)
    first, second = features[solutions.kind[0]]
    assert np.flatnonzero(first[real.BUCKETS :]) == [0] and np.flatnonzero(second[real.BUCKETS :]) == [1]
    assert np.linalg.norm(first[: real.BUCKETS]) == pytest.approx(1)


def test_no_problem_is_both_learnt_from_and_tested_on_and_each_is_tested_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path)
    seen: list[tuple[set[int], set[int]]] = []

    def spy(bench: Bench, *given, **named):
        pool: Solutions = bench.labels.solutions
        seen.append((set(pool.problem.tolist()), set(bench.test.problem.tolist())))
        return curves(bench, *given, **named)

    monkeypatch.setattr(real, "curves", spy)
    found = real.study(tmp_path, 0, TINY)
    assert all(learnt.isdisjoint(tested) for learnt, tested in seen)
    assert sorted(problem for _, tested in seen for problem in tested) == list(range(6))
    assert found["pass_rate"] == 0.5
    assert [point["passes"] for point in found["arms"]["uniform"]] == [4, 8]  # of the four problems learnt from


def test_solutions_without_the_oracles_word_on_every_step_are_left_out(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "bon32_gsm8k.prm_scores.jsonl"
    lines = path.read_text().splitlines()
    short = json.loads(lines[1]) | {"prm_step_scores": {"qwen_prm": [0.9]}}
    path.write_text("\n".join([json.dumps(short), *lines[2:]]) + "\n")
    assert len(real.load(tmp_path)[0].problem) == 22


def test_too_few_problems_are_told_in_one_sentence(tmp_path: Path) -> None:
    write(tmp_path, problems=2)
    with pytest.raises(CommandError, match="holds no 3 problems"):
        real.load(tmp_path)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the folder ../shared/data is not there")
def test_the_majority_on_the_public_set_is_the_evaluations() -> None:
    solutions, _ = real.load(SHARED)
    assert len(solutions.problem) == 2880
    assert majority(solutions) == pytest.approx(0.678, abs=0.02)
    assert solutions.wrong.sum() == 1045
