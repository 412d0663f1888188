"""A checkpoint comes back as it was, offline, without running anything; a score depends on its solution alone."""

import json
import math
import random
import shutil
import socket
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from selector.prm import aggregate, reward_model
from selector.prm.config import TrainConfig
from selector.prm.training import train
from selector.types import Scored
from tests.present import present
from tests.selector import tiny
from tests.selector.tiny import CORPUS, EIGHT, ROWS, quick


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("checkpoints") / "a"
    train.train(EIGHT, config=quick(min_updates=20), corpus=CORPUS, out=out)
    return out


def loaded(checkpoint: Path) -> reward_model.RewardModel:
    """A checkpoint whose weights all lie in its directory."""
    model = reward_model.load(checkpoint)
    assert isinstance(model, reward_model.RewardModel)
    return model


@pytest.fixture(scope="module", params=["embedded", "causal", "bidirectional"])
def model(
    request: pytest.FixtureRequest, checkpoint: Path, tmp_path_factory: pytest.TempPathFactory
) -> reward_model.RewardModel:
    """The embedded default, and both kinds of model that a person may bring."""
    if request.param == "embedded":
        return loaded(checkpoint)
    place = tmp_path_factory.mktemp(request.param)
    base = (tiny.causal_base if request.param == "causal" else tiny.bidirectional_base)(place / "base")
    config = TrainConfig.for_base(str(base), min_updates=10, rate=3e-3)
    train.train(EIGHT, config=config, corpus=(), out=place / "a")
    return loaded(place / "a")


def close(one: Scored, other: Scored) -> bool:
    assert one.step_probs and other.step_probs
    return one.step_probs == pytest.approx(other.step_probs, abs=2e-6)


def test_a_score_does_not_depend_on_the_company(model):
    """Neither on padding, nor on the order, nor on duplicates."""
    alone = [model.score([row])[0] for row in ROWS]
    mixed = [*ROWS, *ROWS[::-1], ("Why?", ["Because of " + "many words " * 30])]
    random.Random(0).shuffle(mixed)
    for row, scored in zip(mixed, model.score(mixed), strict=True):
        if row in ROWS:
            assert close(scored, alone[ROWS.index(row)])


def test_scores_come_back_in_order_one_a_row_and_one_a_step(model):
    found = model.score(ROWS)
    assert [len(scored.step_probs or ()) for scored in found] == [len(steps) for _, steps in ROWS]
    assert model.score([]) == []


def test_equal_sequences_are_read_once(model):
    read: list[int] = []
    embeddings = model.model.get_input_embeddings()
    hook = embeddings.register_forward_hook(lambda _, given, __: read.append(given[0].numel()))
    model.score(ROWS * 50)
    once = sum(read)
    read.clear()
    model.score(ROWS)
    hook.remove()
    assert once == sum(read) > 0


def test_the_score_is_the_product_of_great_and_okay_at_each_step_end(checkpoint):
    model = loaded(checkpoint)
    (sequences,) = model.encoder.encode(ROWS[:1])
    assert sequences
    logits = torch.stack([model.model(torch.tensor([one.ids])).logits[0, -1] for one in sequences])
    probs = torch.softmax(logits.double(), dim=-1)  # in the order -1, 0, +1
    (scored,) = model.score(ROWS[:1])
    assert scored.step_probs == pytest.approx((probs[:, 1] + probs[:, 2]).tolist(), abs=2e-6)
    assert scored.log_score == pytest.approx(sum(map(math.log, present(scored.step_probs))))


def rewritten(checkpoint: Path, place: Path, **knobs: object) -> Path:
    """The same weights under a card that says otherwise."""
    shutil.copytree(checkpoint, place)
    card = reward_model.read_card(place)
    (place / "checkpoint.json").write_text(json.dumps({**card, "config": card["config"] | knobs}))
    return place


def test_how_scores_are_made_is_stored_with_the_checkpoint(checkpoint, tmp_path):
    kept = reward_model.load(checkpoint).score(ROWS)
    least = reward_model.load(rewritten(checkpoint, tmp_path / "min", aggregate="min")).score(ROWS)
    strict = reward_model.load(rewritten(checkpoint, tmp_path / "strict", neutral="negative")).score(ROWS)
    for one, other, third in zip(kept, least, strict, strict=True):
        assert one.step_probs and other.step_probs == one.step_probs and third.step_probs
        assert other.log_score == pytest.approx(aggregate.log_score(one.step_probs, "min"))
        assert all(p > q for p, q in zip(one.step_probs, third.step_probs, strict=True))


def test_a_solution_that_does_not_fit_is_told_and_the_others_are_scored(checkpoint):
    model = reward_model.load(checkpoint)
    long = ("Why?", ["Fine.", "digits " * 1500])
    first, second = model.score([long, ROWS[0]])
    assert first == Scored(step_probs=None, log_score=None, too_long=True)
    assert second.step_probs and not second.too_long


def test_the_window_is_never_wider_than_the_models_own(tmp_path):
    config = TrainConfig.for_base(str(tiny.causal_base(tmp_path / "base")), min_updates=1, window=10**6)
    train.train(EIGHT, config=config, corpus=(), out=tmp_path / "a")
    assert loaded(tmp_path / "a").encoder.window == 256


def test_a_checkpoint_loads_without_a_network(checkpoint, monkeypatch):
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert reward_model.load(checkpoint).score(ROWS[:1])[0].step_probs


def test_a_checkpoint_runs_no_code_of_its_own(checkpoint, tmp_path):
    hostile = tmp_path / "a"
    shutil.copytree(checkpoint, hostile)
    ran = tmp_path / "ran"
    (hostile / "evil.py").write_text(f"open({str(ran)!r}, 'w')\nclass Evil: pass\n")
    shape = json.loads((hostile / "config.json").read_text())
    names = {"AutoConfig": "evil.Evil", "AutoModelForTokenClassification": "evil.Evil"}
    (hostile / "config.json").write_text(json.dumps(shape | {"auto_map": names, "model_type": "evil"}))
    with pytest.raises(reward_model.BadCheckpoint):
        reward_model.load(hostile)
    assert not ran.exists()


def test_pickled_weights_are_refused(checkpoint, tmp_path):
    pickled = tmp_path / "a"
    shutil.copytree(checkpoint, pickled)
    torch.save(loaded(checkpoint).model.state_dict(), pickled / "pytorch_model.bin")
    (pickled / "model.safetensors").unlink()
    with pytest.raises(reward_model.BadCheckpoint):
        reward_model.load(pickled)


def test_a_checkpoint_that_lacks_weights_is_refused_and_not_filled_with_noise(checkpoint, tmp_path):
    headless, cut = tmp_path / "headless", tmp_path / "cut"
    for place in (headless, cut):
        shutil.copytree(checkpoint, place)
    weights = load_file(headless / "model.safetensors")
    save_file({name: w for name, w in weights.items() if "score" not in name}, headless / "model.safetensors")
    (cut / "model.safetensors").write_bytes((checkpoint / "model.safetensors").read_bytes()[:-1000])
    with pytest.raises(reward_model.BadCheckpoint, match=r"score\.weight"):
        reward_model.load(headless)
    with pytest.raises(reward_model.BadCheckpoint, match="can be loaded"):
        reward_model.load(cut)


def test_what_is_no_checkpoint_is_refused_with_a_sentence(checkpoint, tmp_path):
    with pytest.raises(reward_model.BadCheckpoint, match=r"holds no checkpoint\.json"):
        reward_model.load(tmp_path)
    with pytest.raises(reward_model.BadCheckpoint, match="not one of this version"):
        reward_model.load(rewritten(checkpoint, tmp_path / "newer", telepathy=True))
    with pytest.raises(reward_model.BadCheckpoint, match="neutral is one of"):
        reward_model.load(rewritten(checkpoint, tmp_path / "odd", neutral="maybe"))
    for name, card in (("text", "{"), ("list", "[]"), ("empty", "{}")):
        broken = tmp_path / name
        shutil.copytree(checkpoint, broken)
        (broken / "checkpoint.json").write_text(card)
        with pytest.raises(reward_model.BadCheckpoint):
            reward_model.load(broken)


@pytest.mark.parametrize(
    "knobs",
    [
        {"kind": "rnn"},
        {"context": "page"},
        {"aggregate": "mean"},
        {"epochs": 0},
        {"batch": 0},
        {"pass_tokens": 0},
        {"window": -1},
        {"seed": "0"},
        {"rate": None},
        {"way": "half"},
        {"checkpoint_activations": 1},
    ],
)
def test_a_config_that_means_nothing_is_refused(knobs):
    with pytest.raises(ValueError, match=next(iter(knobs))):
        TrainConfig(**knobs)


def test_the_defaults_suit_the_base_and_the_kind():
    embedded, pretrained, outcome = (
        TrainConfig.for_base(),
        TrainConfig.for_base("some/model"),
        TrainConfig.for_base(kind="orm"),
    )
    assert (embedded.context, pretrained.context, outcome.context) == ("step", "solution", "solution")
    assert pretrained.rate < embedded.rate and pretrained.digit_noise == 0
    assert TrainConfig.for_base("some/model", rate=0.5).rate == 0.5
    with pytest.raises(ValueError, match="telepathy"):
        TrainConfig.for_base(telepathy=1)
    with pytest.raises(ValueError, match="orm judges the whole solution"):
        TrainConfig(kind="orm", context="step")


def test_a_config_survives_json():
    config = TrainConfig.for_base("some/model", kind="orm", seed=7)
    assert TrainConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
