"""Adapters teach a base by few weights, and are kept beside it; large bases learn as their machines are made."""

import json
import math
import shutil
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from transformers.models.llama.modeling_llama import LlamaMLP

from selector.evaluation.first_error import predicted_first_error
from selector.prm import bases, outputs, reward_model
from selector.prm.bases import lora
from selector.prm.config import TrainConfig
from selector.prm.training import train
from selector.prm.training.unfinished import Unfinished
from tests.selector import tiny
from tests.selector.prm.training.test_tuning import ENOUGH
from tests.selector.tiny import EIGHT, ROWS


def adapting(base: Path, **knobs: Any) -> TrainConfig:
    usual: dict[str, Any] = {"way": "lora", "rank": 8, "epochs": 1, "rate": 1e-2}
    return TrainConfig.for_base(str(base), **usual | knobs)


@pytest.mark.parametrize("base", [tiny.causal_base, tiny.bidirectional_base])
def test_adapters_learn_the_eight_and_lie_beside_their_base(base, tmp_path):
    config = adapting(base(tmp_path / "base"), min_updates=150)
    card = train.train(EIGHT, config=config, corpus=(), out=tmp_path / "a")
    for example, scored in zip(EIGHT, reward_model.load(tmp_path / "a").score(ROWS), strict=True):
        mistake = example.ratings.index(-1) if -1 in example.ratings else None
        assert scored.step_probs and predicted_first_error(scored.step_probs) == mistake
    assert {file.name for file in (tmp_path / "a").iterdir()} == {
        "checkpoint.json",
        "adapter_config.json",
        lora.WEIGHTS,
    }
    with safe_open(tmp_path / "a" / lora.WEIGHTS, "pt") as kept:
        names = list(kept.keys())
    assert names and all("lora_" in name or "score" in name or "classifier" in name for name in names)
    assert card["base_identity"] == bases.identity(str(tmp_path / "base"))


def test_adapters_are_refused_on_another_base_or_with_weights_that_do_not_fit(tmp_path):
    base = tiny.causal_base(tmp_path / "base")
    train.train(EIGHT, config=adapting(base), corpus=(), out=tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    card = reward_model.read_card(tmp_path / "b")
    (tmp_path / "b" / reward_model.CARD).write_text(json.dumps({**card, "config": card["config"] | {"rank": 4}}))
    with pytest.raises(reward_model.BadCheckpoint, match="other adapters than those of rank 4"):
        reward_model.load(tmp_path / "b")
    (tmp_path / "a" / lora.WEIGHTS).rename(tmp_path / "a" / "adapter_model.bin")  # a pickle, as far as peft can tell
    with pytest.raises(reward_model.BadCheckpoint, match="no adapters that can be loaded"):
        reward_model.load(tmp_path / "a")
    shape = json.loads((base / "config.json").read_text())
    (base / "config.json").write_text(json.dumps(shape | {"rms_norm_eps": 1e-3}))
    with pytest.raises(reward_model.BadCheckpoint, match="trained on another base"):
        reward_model.load(tmp_path / "a")


def test_few_weights_learn_and_what_they_say_is_what_they_say_once_stored(tmp_path):
    torch.manual_seed(0)
    base = str(tiny.causal_base(tmp_path / "base"))
    model, *_ = reward_model.load_base(base)
    before = {name: weight.clone() for name, weight in model.named_parameters()}
    sequence = torch.arange(5, 25)[None]
    adapted = lora.adapt(model, 2)
    learning = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert learning and all("lora_" in name or name.startswith("score.") for name in learning)
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.1 * torch.randn_like(weight) * weight.requires_grad)
        said = model(input_ids=sequence).logits
    (tmp_path / "a").mkdir()
    lora.save(adapted, tmp_path / "a")
    merged, *_ = reward_model.load_base(base)
    lora.add(merged, 2, tmp_path / "a")
    assert torch.allclose(merged(input_ids=sequence).logits, said, atol=1e-5)
    changed = {name for name, weight in merged.named_parameters() if not torch.equal(weight, before[name])}
    linear = ("_proj.weight", "score.weight", "score.bias")
    assert changed == {name for name in before if name.endswith(linear)}


@pytest.mark.parametrize("way", ["lora", "full"])
def test_large_bases_learn_in_bfloat16_where_the_machine_is_made_for_it(way, tmp_path, monkeypatch):
    for module in (outputs, train):
        monkeypatch.setattr(module, "scoring_dtype", lambda: torch.bfloat16)
    monkeypatch.setattr(outputs, "LARGE", 0)
    seen: set[torch.dtype] = set()
    monkeypatch.setattr(train, "class_logits", lambda *given: watched(seen, outputs.class_logits(*given)))
    config = TrainConfig.for_base(
        str(tiny.causal_base(tmp_path / "base")), way=way, batch=20, epochs=1, min_updates=12, rate=1e-2
    )
    card = train.train(ENOUGH, config=config, corpus=(), out=tmp_path / "a")
    assert seen == {torch.bfloat16}
    assert card["tuning"]["tuned"] and card["losses"][-1] < card["losses"][0]
    weights = lora.WEIGHTS if way == "lora" else "model.safetensors"
    with safe_open(tmp_path / "a" / weights, "pt") as kept:
        assert {kept.get_tensor(name).dtype for name in kept.keys()} == {torch.float32}  # noqa: SIM118
    assert reward_model.load(tmp_path / "a").score(ROWS)[0].step_probs


def watched(seen: set[torch.dtype], logits: torch.Tensor) -> torch.Tensor:
    seen.add(logits.dtype)
    return logits


@pytest.mark.parametrize("way", ["lora", "full"])
def test_activations_computed_again_change_nothing_but_the_memory(way, tmp_path, monkeypatch):
    base = str(tiny.causal_base(tmp_path / "base"))
    passes: list[int] = []
    forward = LlamaMLP.forward

    def counted(*given, **named):
        passes.append(1)
        return forward(*given, **named)

    monkeypatch.setattr(LlamaMLP, "forward", counted)
    losses = []
    for again in (False, True):
        passes.clear()
        config = TrainConfig.for_base(base, way=way, min_updates=3, rate=1e-2, checkpoint_activations=again)
        losses.append(train.train(EIGHT, config=config, corpus=(), out=tmp_path / "a")["losses"])
        assert len(passes) == 3 * 2 * (1 + again)
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)


@pytest.mark.parametrize("way", ["lora", "full"])
def test_the_head_of_a_base_learns_at_a_rate_of_its_own_and_begins_at_zero(way, tmp_path):
    """At the rate that suits a base a new head hardly leaves its place in the few updates of some hundred labels."""
    base = str(tiny.causal_base(tmp_path / "base"))
    fitted, still = (
        train.train(
            EIGHT,
            config=TrainConfig.for_base(base, way=way, min_updates=40, rate=1e-9, head_rate=rate),
            corpus=(),
            out=tmp_path / "a",
        )["losses"]
        for rate in (TrainConfig.for_base(base, way=way).head_rate, 1e-9)
    )
    assert still == pytest.approx([math.log(3)] * len(still), abs=1e-3)
    assert fitted[-1] < 0.85 * math.log(3)


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
    ended, whole = (tmp_path / name / lora.WEIGHTS for name in ("a", "whole"))
    assert ended.read_bytes() == whole.read_bytes()


def test_without_peft_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(lora, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="needs peft"):
        train.train(EIGHT, config=adapting(tiny.causal_base(tmp_path / "base")), corpus=(), out=tmp_path / "a")
