"""A published model that is loaded here scores as its card computes, or isn't loaded, with a sentence."""

import dataclasses
import json
import math
import shutil
from pathlib import Path

import pytest

from selector.prm.identity import DifferentModels, require_same
from selector.prm.packing import reading
from selector.prm.public import opening
from selector.prm.public.architectures import BadModel
from selector.prm.styles import STYLES
from selector.types import Scored
from tests.present import present
from tests.selector import replicas
from tests.selector.replicas import Replica
from tests.selector.tiny import ROWS

PRODUCT = ("tokens", "qwen", "rlhflow", "skywork")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Replica]:
    return {style: replicas.make(style, tmp_path_factory.mktemp(style)) for style in STYLES}


@pytest.fixture
def replica(made: dict[str, Replica], tmp_path: Path) -> Replica:
    """A Qwen PRM to be spoilt."""
    shutil.copytree(made["qwen"].path, tmp_path / "qwen")
    return dataclasses.replace(made["qwen"], path=tmp_path / "qwen")


def reconfigured(replica: Replica, **told: object) -> str:
    path = replica.path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | told))
    return str(replica.path)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_model_scores_as_its_card_computes(style, made):
    replica = made[style]
    found = opening.load(str(replica.path), style=style, device="cpu").score([*ROWS, *ROWS[:2]])
    for (problem, steps), one in zip([*ROWS, *ROWS[:2]], found, strict=True):
        assert one.step_probs == pytest.approx(replica.reference(problem, list(steps)), abs=1e-5)
        probs = present(one.step_probs)
        whole = math.prod(probs) if style in PRODUCT else min(probs)
        assert one.log_score == pytest.approx(math.log(whole))
    assert len({p for one in found for p in one.step_probs or ()}) > 10  # the model tells steps apart


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_model_in_padded_batches_scores_the_same(style, made):
    model = opening.load(str(made[style].path), style=style, device="cpu")
    in_packs = model.score(ROWS)
    assert model.reader is not None
    model.reader = None
    for one, other in zip(model.score(ROWS), in_packs, strict=True):
        assert one.step_probs == pytest.approx(other.step_probs, abs=1e-5)


def test_what_is_too_long_is_told_and_not_cut(made):
    long = ("Why?", ["digits " * 200])
    found = opening.load(str(made["qwen"].path), device="cpu").score([long, ROWS[0]])
    assert found[0] == Scored(step_probs=None, log_score=None, too_long=True)
    assert found[1].step_probs is not None


@pytest.mark.parametrize("style", ["tokens", "qwen", "skywork"])
def test_an_architecture_that_has_one_style_needs_no_other_word(style, made):
    assert opening.load(str(made[style].path), device="cpu").style_name == style


def test_no_code_of_the_repository_runs(made):
    for style in ("qwen", "skywork"):
        opening.load(str(made[style].path), device="cpu")
        assert (made[style].path / "modeling_theirs.py").exists() and not (made[style].path / "ran").exists()


def test_a_language_model_is_read_in_the_style_that_is_said(made):
    with pytest.raises(BadModel, match=r"MistralForCausalLM, .* in the style math_shepherd or rlhflow: say which"):
        opening.load(str(made["math_shepherd"].path))


@pytest.mark.parametrize("style", [None, "qwen"])
def test_an_unknown_architecture_is_told_with_those_known(style, replica):
    with pytest.raises(BadModel) as caught:
        opening.load(reconfigured(replica, architectures=["Qwen2ForEnsemblePRM"]), style=style)
    told = str(caught.value)
    assert "calls itself Qwen2ForEnsemblePRM, which isn't known" in told
    for name in ("...ForTokenClassification", "Qwen2ForProcessRewardModel", "MistralForCausalLM", "Qwen2ForPrmModel"):
        assert name in told


def test_a_style_of_another_architecture_is_told(made):
    with pytest.raises(BadModel, match="calls itself Qwen2ForPrmModel, which isn't known in the style qwen"):
        opening.load(str(made["skywork"].path), style="qwen")


def test_a_classifier_of_other_classes_is_told(made, tmp_path):
    shutil.copytree(made["tokens"].path, tmp_path / "three")
    replica = dataclasses.replace(made["tokens"], path=tmp_path / "three")
    name = reconfigured(replica, id2label={"0": "a", "1": "b", "2": "c"}, label2id={"a": 0, "b": 1, "c": 2})
    with pytest.raises(BadModel, match="tells 3 classes, where the style tokens reads 2"):
        opening.load(name)


def test_a_directory_without_a_config_is_told(replica):
    (replica.path / "config.json").unlink()
    with pytest.raises(BadModel, match=r"holds no config\.json of a model that transformers knows"):
        opening.load(str(replica.path))


@pytest.mark.parametrize(
    "told",
    [
        {"hidden_size": "wide"},
        {"num_hidden_layers": -1},
        {"hidden_act": "shout"},
        {"rope_parameters": {"rope_type": "knot"}},
        {"model_type": "unheard"},
    ],
)
def test_a_config_of_no_model_is_told(told, replica):
    with pytest.raises(BadModel, match=r"config\.json"):
        opening.load(reconfigured(replica, **told), device="cpu")


def test_a_model_in_half_precision_is_read_in_packs_and_says_nearly_the_same(made):
    model = opening.load(str(made["qwen"].path), device="cpu")
    exact = model.score(ROWS)
    model.model.bfloat16()
    model.reader = reading.fitting(model.model)
    assert model.reader is not None
    for one, other in zip(model.score(ROWS), exact, strict=True):
        assert one.step_probs == pytest.approx(other.step_probs, abs=0.03)


# Which model it is


def test_a_model_is_known_by_its_weights_wherever_it_lies(replica, made):
    one = opening.load(str(made["qwen"].path), device="cpu").identity()
    other = opening.load(str(replica.path), device="cpu").identity()
    require_same(one, other)
    assert one.name != other.name and one.digest == other.digest and one.revision == ""


def test_one_weight_makes_another_model(replica, made):
    one = opening.load(str(made["qwen"].path), device="cpu").identity()
    replica.resave(replica.tensors | {"score.2.bias": replica.tensors["score.2.bias"] + 1e-4})
    with pytest.raises(
        DifferentModels, match=r"^Scores of different models are never compared: some are of .+ \(local"
    ):
        require_same(one, opening.load(str(replica.path), device="cpu").identity())


# The hub


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def hub(made: dict[str, Replica], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub's cache that holds one model, and no network."""
    cache = tmp_path / "hub"
    snapshot = cache / "models--Qwen--Qwen2.5-Math-PRM-7B" / "snapshots" / COMMIT
    shutil.copytree(made["qwen"].path, snapshot)
    refs = snapshot.parents[1] / "refs"
    refs.mkdir()
    (refs / "main").write_text(COMMIT)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return snapshot


def test_a_hub_id_is_known_by_its_commit(hub, made):
    model = opening.load("Qwen/Qwen2.5-Math-PRM-7B", device="cpu")
    told = model.identity()
    assert (told.name, told.revision) == ("Qwen/Qwen2.5-Math-PRM-7B", COMMIT)
    require_same(told, opening.load(str(made["qwen"].path), device="cpu").identity())
    problem, steps = ROWS[0]
    assert model.score(ROWS[:1])[0].step_probs == pytest.approx(made["qwen"].reference(problem, list(steps)), abs=1e-5)


def test_a_hub_model_of_pickles_is_told_how_to_be_converted(hub):
    (hub / "model.safetensors").unlink()
    with pytest.raises(BadModel) as caught:
        opening.load("Qwen/Qwen2.5-Math-PRM-7B")
    assert (
        "hf download Qwen/Qwen2.5-Math-PRM-7B --local-dir DIR && python -m selector.prm.public.converting DIR"
        in str(caught.value)
    )


@pytest.mark.parametrize("name", ["Qwen/other", "./nowhere", "no such/model at all"])
def test_a_name_that_is_neither_here_nor_on_the_hub_is_told(name, hub):
    with pytest.raises(BadModel, match="is no directory here, and can't be had from the hub"):
        opening.load(name)
