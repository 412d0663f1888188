"""Four ways to train in one config: each has its own settings, and refuses those of another."""

import json
from typing import Any, get_args

import pytest

from selector.prm.config import TrainConfig, Way

WAYS: tuple[Way, ...] = get_args(Way)


def config(way: Way, **settings: Any) -> TrainConfig:
    return TrainConfig.for_base("" if way == "embedded" else "some/model", way=way, **settings)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_survives_json_with_the_settings_that_apply_to_it(way):
    made = config(way, seed=7, heads=3, aggregate="min", neutral="negative")
    stored = json.loads(json.dumps(made.to_dict()))
    assert TrainConfig.from_dict(stored) == made
    assert TrainConfig.from_dict(stored).digest() == made.digest() != config(way).digest()
    assert {"way", "heads", "seed", "aggregate", "neutral", "threshold", "folds"} <= set(stored)


@pytest.mark.parametrize(
    ("way", "setting", "value"),
    [
        ("embedded", "rank", 8),
        ("embedded", "layer", 3),
        ("frozen", "rank", 8),
        ("frozen", "rate", 1e-4),
        ("frozen", "epochs", 2),
        ("frozen", "batch", 64),
        ("frozen", "checkpoint_activations", True),
        ("lora", "layer", 3),
        ("lora", "pretrain_updates", 10),
        ("full", "rank", 8),
        ("full", "decay", 10.0),
    ],
)
def test_a_setting_that_does_not_apply_to_a_way_is_refused_by_its_name(way, setting, value):
    with pytest.raises(ValueError, match=f"^{setting} does not apply to {way}: it is a setting of "):
        config(way, **{setting: value})
    assert setting not in config(way).to_dict()


@pytest.mark.parametrize("way", [way for way in WAYS if way != "embedded"])
def test_a_way_that_starts_from_a_base_wants_one(way):
    with pytest.raises(ValueError, match=f"{way} starts from a base model"):
        TrainConfig.for_base("", way=way)


def test_the_embedded_way_has_no_base():
    with pytest.raises(ValueError, match="base does not apply to embedded"):
        TrainConfig.for_base("some/model", way="embedded")


def test_without_a_name_the_way_follows_the_base():
    assert TrainConfig.for_base().way == "embedded" and TrainConfig.for_base("some/model").way == "full"


def test_adapters_learn_faster_than_a_whole_base():
    assert config("lora").rate == 10 * config("full").rate
    assert config("lora", rate=1e-5).rate == 1e-5


def test_a_config_that_an_earlier_version_stored_is_read():
    stored = {"base": "", "kind": "prm", "learning_rate": 0.002, "neutral_as": "negative", "batch_tokens": 512}
    found = TrainConfig.from_dict(stored | {"lora_rank": 0, "context": "step", "threshold": 0.4})
    assert (found.way, found.rate, found.neutral, found.threshold) == ("embedded", 0.002, "negative", 0.4)
    adapted = TrainConfig.from_dict({"base": "some/model", "lora_rank": 16, "context": "solution", "digit_noise": 0.0})
    assert adapted.way == "full"  # its adapters were added to the base, so it is an ordinary checkpoint
    with pytest.raises(ValueError, match="telepathy"):
        TrainConfig.from_dict(stored | {"telepathy": 1})
