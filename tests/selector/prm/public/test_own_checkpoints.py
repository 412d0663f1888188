"""A checkpoint trained here is a classifier of tokens as well: read as one, it says what it says as a checkpoint."""

import json
from pathlib import Path

import pytest

from selector.__main__ import main
from selector.prm import reward_model
from selector.prm.public import opening
from selector.prm.training import train
from tests.selector.tiny import CORPUS, EIGHT, PROBLEM, ROWS, quick


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("checkpoint")
    train.train(EIGHT, config=quick(min_updates=5, neutral="negative"), corpus=CORPUS, out=place / "of eight")
    return place / "of eight"


def test_a_checkpoint_that_is_opened_by_its_architecture_scores_the_same(checkpoint: Path) -> None:
    rows = [*ROWS, ("Why?", ["digits " * 600])]
    found = opening.load(str(checkpoint), device="cpu")
    assert found.style_name == "tokens"
    for one, other in zip(found.score(rows), reward_model.load(checkpoint, "cpu").score(rows), strict=True):
        assert one.too_long == other.too_long
        assert one.step_probs == (None if other.step_probs is None else pytest.approx(other.step_probs, abs=1e-6))
        assert one.log_score == (None if other.log_score is None else pytest.approx(other.log_score, abs=1e-5))


def test_its_threshold_comes_along(checkpoint: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "problems.jsonl").write_text(json.dumps({"problem_id": 1, "problem": PROBLEM}) + "\n")
    solution = {"problem_id": 1, "solution_id": 1, "steps": list(ROWS[0][1])}
    (tmp_path / "solutions.jsonl").write_text(json.dumps(solution) + "\n")
    files = [str(tmp_path / "solutions.jsonl"), "--problems", str(tmp_path / "problems.jsonl")]
    assert main(["score", *files, "--model", str(checkpoint)]) == 0
    (row,) = [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]
    card = reward_model.read_card(checkpoint)
    assert row["threshold"] == reward_model.config_of(card).threshold
    assert row["threshold_tuned"] == reward_model.is_tuned(card)
