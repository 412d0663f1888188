"""Adapters teach a base by few weights, and leave an ordinary checkpoint behind."""

from functools import partial
from math import inf
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from selector.evaluation.evaluate import predicted_first_error
from selector.prm import reward_model
from selector.prm.config import TrainConfig
from selector.prm.training import lora, train
from selector.prm.training.unfinished import Unfinished
from tests.selector import tiny
from tests.selector.tiny import EIGHT, ROWS


def adapting(base: Path, **knobs: object) -> TrainConfig:
    return TrainConfig.for_base(str(base), **{"way": "lora", "rank": 8, "epochs": 1, "rate": 1e-2} | knobs)


@pytest.mark.parametrize("base", [tiny.causal_base, tiny.bidirectional_base])
def test_adapters_learn_the_eight_and_the_checkpoint_is_an_ordinary_one(base, tmp_path):
    config = adapting(base(tmp_path / "base"), min_updates=150)
    train.train(EIGHT, config=config, corpus=(), out=tmp_path / "a")
    train.train(
        EIGHT, config=TrainConfig.for_base(str(tmp_path / "base"), min_updates=1), corpus=(), out=tmp_path / "whole"
    )
    for example, scored in zip(EIGHT, reward_model.load(tmp_path / "a").score(ROWS), strict=True):
        mistake = example.ratings.index(-1) if -1 in example.ratings else None
        assert scored.step_probs and predicted_first_error(scored.step_probs) == mistake
    with (
        safe_open(tmp_path / "a" / "model.safetensors", "pt") as ours,
        safe_open(tmp_path / "whole" / "model.safetensors", "pt") as theirs,
    ):
        assert set(ours.keys()) == set(theirs.keys())
    assert {file.name for file in (tmp_path / "a").iterdir()} == {file.name for file in (tmp_path / "whole").iterdir()}


def test_few_weights_learn_and_what_they_say_is_what_the_merged_model_says(tmp_path):
    torch.manual_seed(0)
    model, *_ = reward_model.load_base(str(tiny.causal_base(tmp_path / "base")))
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    sequence = torch.arange(5, 25)[None]
    with lora.adapters(model, 2):
        learning = {name for name, weight in model.named_parameters() if weight.requires_grad}
        assert learning and all("lora_" in name or name.startswith("score.") for name in learning)
        with torch.no_grad():
            for weight in model.parameters():
                weight += 0.1 * torch.randn_like(weight) * weight.requires_grad
            adapted = model(input_ids=sequence).logits
    merged = model(input_ids=sequence).logits
    assert torch.allclose(merged, adapted, atol=1e-5)
    changed = {name for name, weight in model.named_parameters() if not torch.equal(weight, before[name])}
    linear = ("_proj.weight", "score.weight", "score.bias")
    assert changed == {name for name in before if name.endswith(linear)}


def test_rank_0_leaves_the_model_alone(tmp_path):
    model, *_ = reward_model.load_base(str(tiny.causal_base(tmp_path / "base")))
    names = [name for name, _ in model.named_parameters()]
    with lora.adapters(model, 0):
        assert [name for name, weight in model.named_parameters() if weight.requires_grad] == names


class Stop(Exception):
    pass


@pytest.mark.parametrize("killed_after", [1, 3, 5])
def test_a_killed_run_of_adapters_goes_on_and_ends_the_same(killed_after, tmp_path, monkeypatch):
    monkeypatch.setattr(train, "Unfinished", partial(Unfinished, save_every=0, saving=inf))
    config = adapting(tiny.bidirectional_base(tmp_path / "base"), min_updates=6, batch=3)
    train.train(EIGHT, config=config, corpus=(), out=tmp_path / "whole")
    told: list[int] = []

    def die(done: int, total: int, message: str) -> None:
        told.append(done)
        if done == killed_after:
            raise Stop

    left = tmp_path / "run"
    with pytest.raises(Stop):
        train.train(EIGHT, config=config, corpus=(), out=tmp_path / "a", unfinished=left, progress=die)
    with safe_open(left, "pt") as kept:
        assert all("lora_" in name or "classifier" in name for name in kept.keys() if name != "/random")  # noqa: SIM118
    train.train(EIGHT, config=config, corpus=(), out=tmp_path / "a", unfinished=left, progress=die)
    assert told == list(range(1, len(told) + 1))
    ended, whole = (tmp_path / name / "model.safetensors" for name in ("a", "whole"))
    assert ended.read_bytes() == whole.read_bytes()


def test_without_peft_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(lora, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="needs peft"):
        train.train(EIGHT, config=adapting(tiny.causal_base(tmp_path / "base")), corpus=(), out=tmp_path / "a")
