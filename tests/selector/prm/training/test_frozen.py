"""The way `frozen`: a base reads each solution once, a head is fitted on that, and scores like any other model."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from scipy.special import log_softmax

from selector.evaluation.first_error import predicted_first_error
from selector.prm import bases, reward_model
from selector.prm.bases import features
from selector.prm.bases.features import Features
from selector.prm.config import TrainConfig
from selector.prm.outputs import outputs
from selector.prm.training import frozen, train
from selector.types import CLASS_INDEX, Example, Scored
from tests.selector import tiny
from tests.selector.prm.training.test_tuning import ENOUGH
from tests.selector.tiny import EIGHT, ROWS

BASES = {"causal": tiny.causal_base, "bidirectional": tiny.bidirectional_base}


def of(base: Path, **settings: Any) -> TrainConfig:
    return TrainConfig.for_base(str(base), way="frozen", **{"decay": 0.01} | settings)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.causal_base(tmp_path_factory.mktemp("base") / "base")


@pytest.fixture(scope="module")
def checkpoint(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("checkpoints") / "a"
    train.train(EIGHT, config=of(base), corpus=(), out=out)
    return out


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many sequences a base was made to read, each time."""
    told: list[int] = []

    def counting(model: Any, reader: Any, sequences: Any) -> Any:
        told.append(len(sequences))
        return outputs(model, reader, sequences)

    monkeypatch.setattr(features, "outputs", counting)
    return told


def close(found: list[Scored], expected: list[Scored], abs: float = 1e-3) -> bool:
    return all(
        one.step_probs == pytest.approx(other.step_probs, abs=abs) for one, other in zip(found, expected, strict=True)
    )


def test_a_frozen_base_learns_the_eight_and_stays_as_it_is(base, tmp_path):
    before = bases.identity(str(base))
    card = train.train(EIGHT, config=of(base, layer=1, decay=1e-4), corpus=(), out=tmp_path / "a")
    for example, scored in zip(EIGHT, reward_model.load(tmp_path / "a").score(ROWS), strict=True):
        mistake = example.ratings.index(-1) if -1 in example.ratings else None
        assert scored.step_probs and predicted_first_error(scored.step_probs) == mistake
    bases._digest.cache_clear()
    assert bases.identity(str(base)) == before == card["base_identity"]
    assert {file.name for file in (tmp_path / "a").iterdir()} == {"checkpoint.json", "head.safetensors"}


@pytest.mark.parametrize("kind", BASES)
def test_what_the_base_made_of_a_solution_is_computed_once(kind, reads, tmp_path):
    base, kept = BASES[kind](tmp_path / "base"), tmp_path / "features"
    train.train(EIGHT[:5], config=of(base), corpus=(), out=tmp_path / "a", features=kept)
    assert sum(reads) == 5
    card = train.train(EIGHT, config=of(base, seed=1), corpus=(), out=tmp_path / "b", features=kept)
    assert sum(reads) == 8 and card["counts"]["read_now"] == 3
    scorer = reward_model.load(tmp_path / "b", features=kept)
    scorer.score([*ROWS, ("Why?", ["Because."])])
    assert sum(reads) == 9
    assert close(scorer.score(ROWS), reward_model.load(tmp_path / "b").score(ROWS), abs=1e-6)


def test_a_retrained_head_needs_no_base_in_memory(base, tmp_path, monkeypatch):
    train.train(EIGHT, config=of(base), corpus=(), out=tmp_path / "a", features=tmp_path / "features")
    other = [replace(one, ratings=(1,)) for one in EIGHT]

    def refuse(*_: object) -> None:
        raise AssertionError("the base was loaded")

    monkeypatch.setattr(bases, "load_trunk", refuse)
    train.train([*EIGHT, *other], config=of(base), corpus=(), out=tmp_path / "b", features=tmp_path / "features")
    assert reward_model.load(tmp_path / "b", features=tmp_path / "features").score(ROWS)


class Stop(Exception):
    pass


def test_a_killed_run_reads_on_where_it_was_and_ends_the_same(base, reads, tmp_path, monkeypatch):
    monkeypatch.setattr(features, "BLOCK", 3)

    def die(done: int, total: int, message: str) -> None:
        assert message.startswith("Reading solutions")
        raise Stop

    for count in (3, 6):
        with pytest.raises(Stop):
            train.train(EIGHT, config=of(base), corpus=(), out=tmp_path / "a", progress=die)
        assert sum(reads) == count
    cut = next((tmp_path / "features").rglob("*.safetensors"))
    cut.write_bytes(cut.read_bytes()[:100])  # as a power cut may leave it
    train.train(EIGHT, config=of(base), corpus=(), out=tmp_path / "a")
    assert sum(reads) == 8 + 3
    train.train(EIGHT, config=of(base), corpus=(), out=tmp_path / "whole", features=tmp_path / "others")
    ended, whole = (load_file(tmp_path / name / "head.safetensors") for name in ("a", "whole"))
    assert all(torch.allclose(ended[name], whole[name], atol=0.02) for name in whole)  # features are float16


def test_the_same_arguments_give_the_same_head(base, tmp_path):
    for name in ("a", "b"):
        train.train(EIGHT, config=of(base, heads=3), corpus=(), out=tmp_path / name)
    assert (tmp_path / "a" / "head.safetensors").read_bytes() == (tmp_path / "b" / "head.safetensors").read_bytes()


def test_no_more_than_a_block_of_solutions_is_in_memory(base, tmp_path, monkeypatch):
    monkeypatch.setattr(features, "BLOCK", 2)
    monkeypatch.setattr(frozen, "BLOCK", 2)
    monkeypatch.setattr(frozen, "AT_ONCE", 3)
    asked: list[int] = []
    original = Features.of

    def spy(self: Features, rows: Any) -> Any:
        asked.append(len(rows))
        return original(self, rows)

    monkeypatch.setattr(Features, "of", spy)
    card = train.train(EIGHT, config=of(base, decay=1.0), corpus=(), out=tmp_path / "a")
    assert max(asked) == 2
    monkeypatch.undo()
    train.train(EIGHT, config=of(base, decay=1.0), corpus=(), out=tmp_path / "b", features=tmp_path / "features")
    found, expected = (reward_model.load(tmp_path / name, features=tmp_path / "features") for name in ("a", "b"))
    assert card["counts"]["rated_steps"] == sum(len(one.ratings) for one in EIGHT)
    assert close(found.score(ROWS), expected.score(ROWS), abs=5e-3)


def test_features_are_kept_in_safetensors_of_the_base_that_made_them(base, tmp_path):
    train.train(EIGHT, config=of(base), corpus=(), out=tmp_path / "a", features=tmp_path / "kept")
    (file,) = [file for file in (tmp_path / "kept").rglob("*") if file.is_file()]
    with safe_open(file, "pt") as kept:
        assert kept.metadata()["base"] == bases.identity(str(base))
        assert kept.get_tensor("features").shape == (sum(len(one.steps) for one in EIGHT), 32)
        assert kept.get_tensor("features").dtype == torch.float16
    again = Features(str(base), 0, 1024, tmp_path / "kept")
    assert set(again.known) == {features.key(row) for row in ROWS}
    assert not Features(str(base), 1, 1024, tmp_path / "kept").known  # another layer says something else


def changed(base: Path, place: Path) -> Path:
    """The same base with one weight another."""
    shutil.copytree(base, place)
    weights = load_file(place / "model.safetensors")
    weights["model.norm.weight"][0] += 0.5
    save_file(weights, place / "model.safetensors", {"format": "pt"})
    return place


def test_a_checkpoint_is_refused_on_another_base_than_its_own(checkpoint, base, tmp_path):
    card = reward_model.read_card(checkpoint)
    for place, moved in (("same", shutil.copytree(base, tmp_path / "moved")), ("other", changed(base, tmp_path / "c"))):
        shutil.copytree(checkpoint, tmp_path / place)
        elsewhere = {**card, "config": card["config"] | {"base": str(moved)}}
        (tmp_path / place / "checkpoint.json").write_text(json.dumps(elsewhere))
    assert close(reward_model.load(tmp_path / "same").score(ROWS), reward_model.load(checkpoint).score(ROWS), abs=1e-6)
    with pytest.raises(reward_model.BadCheckpoint, match="trained on another base"):
        reward_model.load(tmp_path / "other")


def test_a_checkpoint_whose_base_or_head_is_gone_says_so(checkpoint, base, tmp_path):
    card = reward_model.read_card(checkpoint)
    shutil.copytree(checkpoint, tmp_path / "a")
    (tmp_path / "empty").mkdir()
    (tmp_path / "a" / "checkpoint.json").write_text(
        json.dumps({**card, "config": card["config"] | {"base": str(tmp_path / "empty")}})
    )
    with pytest.raises(reward_model.BadCheckpoint, match=r"base of .* cannot be read"):
        reward_model.load(tmp_path / "a")
    shutil.copytree(checkpoint, tmp_path / "b")
    (tmp_path / "b" / "head.safetensors").write_bytes(b"cut off")
    with pytest.raises(reward_model.BadCheckpoint, match="holds no head"):
        reward_model.load(tmp_path / "b")


def test_a_base_without_safetensors_or_with_too_few_layers_is_refused(base, tmp_path):
    with pytest.raises(ValueError, match="layer is 3, and the base has 2"):
        train.train(EIGHT, config=of(base, layer=3), corpus=(), out=tmp_path / "a")
    shutil.copytree(base, tmp_path / "pickled")
    (tmp_path / "pickled" / "model.safetensors").rename(tmp_path / "pickled" / "pytorch_model.bin")
    with pytest.raises(ValueError, match="no weights in safetensors"):
        train.train(EIGHT, config=of(tmp_path / "pickled"), corpus=(), out=tmp_path / "a")


def test_the_layers_above_the_one_that_is_read_are_not_loaded(base):
    model, _ = bases.load_trunk(str(base), 1)
    whole, *_ = reward_model.load_base(str(base))
    assert len(model.model.layers) == 1 and len(whole.model.layers) == 2
    ids = torch.arange(5, 25)[None]
    states = whole.model(input_ids=ids, output_hidden_states=True).hidden_states[1]
    assert torch.allclose(model(input_ids=ids).logits, whole.model.norm(states), atol=1e-5)
    shape = bases.config_of(str(base))
    shape.num_hidden_layers = 30
    assert bases.layer_of(shape, 0) == 24 and bases.layer_of(shape, 30) == 30


def test_a_solution_too_long_for_the_base_is_told_and_teaches_nothing(base, tmp_path):
    long = Example("Why?", ("digits " * 300,), (1,))
    card = train.train([*EIGHT, long], config=of(base), corpus=(), out=tmp_path / "a")
    assert card["counts"]["too_long"] == 1 and card["counts"]["solutions"] == 8
    first, second = reward_model.load(tmp_path / "a").score([(long.problem, long.steps), ROWS[0]])
    assert first.too_long and second.step_probs
    with pytest.raises(ValueError, match="no rated step"):
        train.train([long], config=of(base), corpus=(), out=tmp_path / "b")


def test_the_threshold_is_tuned_on_folds_whose_problems_the_head_never_saw(base, tmp_path):
    card = train.train(ENOUGH, config=of(base), corpus=(), out=tmp_path / "a")
    assert card["tuning"]["tuned"] and card["tuning"]["folds"] == 2
    assert card["config"]["threshold"] != 0.5
    assert reward_model.load(tmp_path / "a").config.threshold == card["config"]["threshold"]
    untuned = train.train(ENOUGH, config=of(base, folds=0), corpus=(), out=tmp_path / "b")
    assert untuned["config"]["threshold"] == 0.5
    assert (tmp_path / "a" / "head.safetensors").read_bytes() == (tmp_path / "b" / "head.safetensors").read_bytes()


def test_heads_of_an_ensemble_each_learn_from_a_sample_of_their_own(base, tmp_path):
    train.train(EIGHT, config=of(base, heads=4), corpus=(), out=tmp_path / "a")
    for scored in reward_model.load(tmp_path / "a").score(ROWS):
        assert scored.head_step_probs and scored.step_probs and len(set(scored.head_step_probs)) == 4
        for mean, *heads in zip(scored.step_probs, *scored.head_step_probs, strict=True):
            assert mean == pytest.approx(sum(heads) / 4)


def test_an_orm_learns_one_grade_from_the_last_step(base, tmp_path):
    grades = [
        Example(one.problem, one.steps, (None,) * (len(one.steps) - 1) + (1 if -1 not in one.ratings else -1,))
        for one in EIGHT
    ]
    config = TrainConfig.for_base(str(base), kind="orm", way="frozen", decay=1e-4)
    card = train.train(grades, config=config, corpus=(), out=tmp_path / "a")
    assert card["counts"]["rated_steps"] == 8 and card["tuning"] is None
    for example, scored in zip(grades, reward_model.load(tmp_path / "a").score(ROWS), strict=True):
        assert scored.step_probs is None and scored.log_score is not None
        assert (math.exp(scored.log_score) > 0.5) == (example.ratings[-1] == 1)


def test_the_head_is_at_the_optimum_of_its_loss():
    """Nudged anywhere it is worse, by a loss that is written down here another way."""
    chance = np.random.default_rng(0)
    states = (chance.normal(size=(40, 3)) * [1, 5, 0.1] + [0, 20, 0]).astype(np.float16)
    classes = chance.integers(-1, 3, 40)
    steps = frozen.Steps(states, classes, np.ones((40, 1), np.float32), [40])
    rows = steps.rated([0])
    assert set(steps.classes[rows]) == set(CLASS_INDEX.values())
    config = TrainConfig.for_base("base", way="frozen", decay=2.0)
    head = frozen.fit(steps, rows, config)
    known = states[rows].astype(float)
    spread = known.std(axis=0)

    def loss(weight: np.ndarray, bias: np.ndarray) -> float:
        said = log_softmax(known @ weight.T + bias, axis=1)[np.arange(len(rows)), classes[rows]]
        return float(2.0 * ((weight * spread) ** 2).sum() - said.sum())

    weight, bias = head.weight.double().numpy(), head.bias.double().numpy()
    best = loss(weight, bias)
    for _ in range(50):
        nudge = chance.normal(size=(3, 3)) * 0.02 / spread
        assert loss(weight + nudge, bias + chance.normal(size=3) * 0.02 - nudge @ known.mean(axis=0)) > best - 1e-6
