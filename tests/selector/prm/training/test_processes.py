"""Several processes learn together what one alone would have learnt."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import distributed

from selector.prm.training.processes import Processes
from tests.selector.tiny import EIGHT, PROBLEM, causal_base

ROOT = Path(__file__).resolve().parents[4]
TWO = ("-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--main_process_port", "0")
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    place = tmp_path_factory.mktemp("files")
    problem = {"problem_id": 1, "problem": PROBLEM, "ground_truth_answer": "8"}
    solutions = [
        {"problem_id": 1, "solution_id": n, "steps": one.steps, "answer": "8", "step_labels": one.ratings}
        for n, one in enumerate(EIGHT)
    ]
    (place / "problems.jsonl").write_text(json.dumps(problem) + "\n")
    (place / "solutions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in solutions))
    return str(place / "solutions.jsonl"), "--problems", str(place / "problems.jsonl")


def trained(out: Path, *words: str, launcher: tuple[str, ...] = ()) -> tuple[dict[str, Any], str]:
    """The one card that the command prints, and what it says on standard error."""
    command = [sys.executable, *launcher, "-m", "selector", "train", *words, "--out", str(out)]
    few = os.environ | {"OMP_NUM_THREADS": "1"}  # as in the other run: more threads add up in another order
    done = subprocess.run(command, cwd=ROOT, env=few, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    (card,) = map(json.loads, done.stdout.splitlines())
    return card, done.stderr


def without_dropout(base: Path) -> str:
    """Chance drops out other features of a share than of the whole; nothing else may differ."""
    config = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps(config | {"classifier_dropout": 0.0}))
    return str(base)


def alike(one: Path, other: Path) -> bool:
    ours, theirs = (load_file(next(place.glob("*model.safetensors"))) for place in (one, other))
    return ours.keys() == theirs.keys() and all(torch.allclose(ours[n], theirs[n], atol=1e-3) for n in ours)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("launcher", "options"),
    [
        (TWO, ("--set", "heads=2", "--set", "digit_noise=0.3", "--set", "pass_tokens=100")),
        (TORCHRUN, ("--way", "lora", "--set", "rank=4", "--set", "batch=1")),  # one of two has no share
    ],
)
def test_two_processes_learn_what_one_does_and_one_of_them_writes(launcher, options, files, tmp_path):
    words = [*files, "--base", without_dropout(causal_base(tmp_path / "base"))]
    words += [*options, "--set", "min_updates=20", "--set", "rate=0.01"]
    alone, _ = trained(tmp_path / "one", *words)
    together, said = trained(tmp_path / "two", *words, launcher=launcher)
    assert together["losses"] == pytest.approx(alone["losses"], abs=1e-3)
    assert together["losses"][-1] < together["losses"][0]
    assert {**together, "losses": 0, "seconds": 0} == {**alone, "losses": 0, "seconds": 0}
    assert alike(tmp_path / "one", tmp_path / "two")
    assert len([line for line in said.splitlines() if line.startswith("Learning from labels: update 20 ")]) <= 1
    assert {path.name for path in tmp_path.iterdir()} - {"base"} == {"one", "two"}


def test_every_sequence_is_in_one_share_and_shares_are_alike_in_length():
    batch = list(range(7))
    shares = [Processes(index, 3).share(batch) for index in range(3)]
    assert sorted(one for share in shares for one in share) == batch
    assert {len(share) for share in shares} == {2, 3}
    assert Processes().share(batch) == batch
    assert Processes(2, 3).share(batch[:2]) == []


def test_processes_that_read_different_data_are_told(monkeypatch):
    def gather(said: list[str], mine: str) -> None:
        said[:] = [mine, "other data"]

    monkeypatch.setattr(distributed, "all_gather_object", gather)
    with pytest.raises(ValueError, match="different data"):
        Processes(0, 2).agree("this data")
    Processes().agree("this data")


def test_processes_cannot_share_standard_input(files):
    command = [sys.executable, "-m", "selector", "train", "-", *files[1:], "--out", "nowhere"]
    several = os.environ | {"WORLD_SIZE": "2", "RANK": "0"}
    done = subprocess.run(command, cwd=ROOT, env=several, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "standard input" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_each_made_of_its_share_is_put_back_in_order(count, monkeypatch):
    batch = [f"solution {n}" for n in range(7)]
    shares = [list(Processes(index, count).share(batch)) for index in range(count)]

    def gather(into: list[list[str]], own: list[str]) -> None:
        into[:] = shares

    monkeypatch.setattr(distributed, "all_gather_object", gather)
    assert Processes(0, count).whole(shares[0]) == batch
