"""Weights are loaded whole or not at all: any that is missing, of another shape, or of another model is told."""

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from selector.prm.public import opening, weights
from selector.prm.public.architectures import BadModel
from selector.prm.public.converting import convert, main
from selector.prm.styles import STYLES
from tests.selector import replicas
from tests.selector.replicas import Replica
from tests.selector.tiny import ROWS

HEADS = {
    "tokens": "score.weight",
    "qwen": "score.0.weight",
    "math_shepherd": "lm_head.weight",
    "rlhflow": "lm_head.weight",
    "skywork": "v_head.summary.weight",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Replica]:
    return {style: replicas.make(style, tmp_path_factory.mktemp(style)) for style in STYLES}


@pytest.fixture
def copy(made: dict[str, Replica], tmp_path: Path) -> Callable[[str], Replica]:
    def copied(style: str) -> Replica:
        shutil.copytree(made[style].path, tmp_path / style)
        return dataclasses.replace(made[style], path=tmp_path / style)

    return copied


def load(replica: Replica, style: str) -> opening.PublicModel:
    return opening.load(str(replica.path), style=style, device="cpu")


def scores_as_before(replica: Replica, style: str) -> bool:
    (problem, steps), *_ = ROWS
    (one,) = load(replica, style).score(ROWS[:1])
    return one.step_probs == pytest.approx(replica.reference(problem, list(steps)), abs=1e-5)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_head_that_is_missing_is_told_by_its_name(style, copy):
    replica = copy(style)
    replica.resave({name: one for name, one in replica.tensors.items() if name != HEADS[style]})
    with pytest.raises(BadModel, match=rf"would mean nothing: it lacks {HEADS[style]}\."):
        load(replica, style)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_weight_of_the_body_that_is_missing_is_told(style, copy):
    replica = copy(style)
    gone = "model.layers.1.mlp.up_proj.weight"
    replica.resave({name: one for name, one in replica.tensors.items() if name != gone})
    with pytest.raises(BadModel, match=rf"lacks {gone}"):
        load(replica, style)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_weight_that_the_architecture_does_not_have_is_told(style, copy):
    replica = copy(style)
    replica.resave(replica.tensors | {"score.4.weight": torch.zeros(2, 2)})
    with pytest.raises(BadModel, match=r"holds score\.4\.weight, which the architecture doesn't have"):
        load(replica, style)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_head_of_another_shape_is_told(style, copy):
    replica = copy(style)
    replica.resave(replica.tensors | {HEADS[style]: torch.zeros(5, 16)})
    with pytest.raises(BadModel, match=rf"holds {HEADS[style]} as \(5, 16\) instead of"):
        load(replica, style)


def test_many_missing_weights_are_counted(copy):
    replica = copy("qwen")
    replica.resave({name: one for name, one in replica.tensors.items() if name.startswith("score")})
    with pytest.raises(BadModel, match=r"lacks model\.embed_tokens\.weight, .+ and \d+ more\.$"):
        load(replica, "qwen")


@pytest.mark.parametrize("style", ["qwen", "skywork"])
def test_a_language_head_that_no_score_needs_is_left_in_the_file(style, copy):
    replica = copy(style)
    replica.resave(replica.tensors | {"lm_head.weight": torch.full((300, 16), torch.nan)})
    assert scores_as_before(replica, style)


def test_rotations_that_old_files_hold_are_computed_anew(copy):
    replica = copy("math_shepherd")
    replica.resave(replica.tensors | {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.zeros(4)})
    assert scores_as_before(replica, "math_shepherd")


def test_a_language_head_that_is_tied_is_the_embeddings(copy):
    replica = copy("rlhflow")
    path = replica.path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tie_word_embeddings": True}))
    rows = replica.tensors["lm_head.weight"]
    replica.resave({name: one for name, one in replica.tensors.items() if name != "lm_head.weight"})
    model = load(replica, "rlhflow")
    embeddings = replica.tensors["model.embed_tokens.weight"]
    assert torch.equal(model.model.get_parameter("score.weight"), embeddings[list(model.style.vocabulary)])
    assert not torch.equal(rows, embeddings)


def test_weights_in_several_files_are_one_model(copy):
    replica = copy("qwen")
    (replica.path / "model.safetensors").unlink()
    parts = {
        "model-00001-of-00002.safetensors": {k: v for k, v in replica.tensors.items() if k.startswith("model.")},
        "model-00002-of-00002.safetensors": {k: v for k, v in replica.tensors.items() if k.startswith("score.")},
    }
    for name, tensors in parts.items():
        save_file({key: one.clone() for key, one in tensors.items()}, replica.path / name)
    assert scores_as_before(replica, "qwen")  # as `converting` leaves them, without an index
    save_file({"score.0.bias": torch.zeros(16)}, replica.path / "consolidated.safetensors")
    index = {"weight_map": {key: name for name, tensors in parts.items() for key in tensors}}
    (replica.path / weights.INDEX).write_text(json.dumps(index))
    assert scores_as_before(replica, "qwen")  # the index says which count
    (replica.path / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(BadModel, match=r"lacks model-00002-of-00002\.safetensors, which .+ names: download it again"):
        load(replica, "qwen")


@pytest.mark.parametrize("told", ["{", "[]", '{"weight_map": {"a": "../qwen/model.safetensors"}}'])
def test_an_index_that_names_no_files_of_the_directory_is_told(told, copy):
    replica = copy("qwen")
    (replica.path / weights.INDEX).write_text(told)
    with pytest.raises(BadModel, match=r"model\.safetensors\.index\.json"):
        load(replica, "qwen")


def test_the_same_weight_in_two_files_is_told(copy):
    replica = copy("qwen")
    (replica.path / "model.safetensors").rename(replica.path / "a.safetensors")
    save_file({"score.0.bias": torch.zeros(16)}, replica.path / "b.safetensors")
    with pytest.raises(BadModel, match=r"holds score\.0\.bias twice"):
        load(replica, "qwen")


def test_a_file_that_is_no_safetensors_is_told(copy):
    replica = copy("qwen")
    (replica.path / "model.safetensors").write_bytes(b"\x80\x02}q\x00.")
    with pytest.raises(BadModel, match=r"model\.safetensors cannot be read as safetensors"):
        load(replica, "qwen")


def test_a_tokenizer_of_more_words_than_the_model_is_told(copy):
    replica = copy("rlhflow")
    cut = {name: one[:10] for name, one in replica.tensors.items() if one.shape[0] == 260}
    path = replica.path / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"vocab_size": 10}))
    replica.resave(replica.tensors | cut)
    with pytest.raises(BadModel, match="has fewer words than its tokenizer"):
        load(replica, "rlhflow")


def test_the_digest_is_that_of_the_bytes(copy):
    replica = copy("qwen")
    whole = replica.path / "model.safetensors"
    assert load(replica, "qwen").identity().digest == hashlib.sha256(whole.read_bytes()).hexdigest()
    (replica.path / "a").write_bytes(b"abc")
    (replica.path / "b").write_bytes(b"def")
    both = [replica.path / "a", replica.path / "b"]
    assert weights.digest(both) == hashlib.sha256(b"abcdef").hexdigest()


# Pickles


@pytest.fixture
def pickled(copy: Callable[[str], Replica]) -> Replica:
    """As Skywork's repositories have it."""
    replica = copy("skywork")
    (replica.path / "model.safetensors").unlink()
    torch.save(replica.tensors, replica.path / "pytorch_model.bin")
    return replica


def test_pickles_are_told_with_the_command_that_converts_them_and_it_does(pickled):
    with pytest.raises(BadModel) as caught:
        load(pickled, "skywork")
    said = str(caught.value)
    assert "holds its weights as pickles, which may run code" in said and said.endswith(
        f"python -m selector.prm.public.converting {pickled.path}"
    )
    assert main([str(pickled.path)]) == 0
    assert scores_as_before(pickled, "skywork")


class Mischief:
    """What runs when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


def test_a_pickle_that_runs_code_is_not_converted(pickled, capsys):
    torch.save({"weight": Mischief(pickled.path / "ran")}, pickled.path / "pytorch_model.bin")
    assert main([str(pickled.path)]) == 1
    assert "is no file of weights alone" in capsys.readouterr().err
    assert not (pickled.path / "ran").exists()


def test_what_is_no_model_is_not_converted(tmp_path, capsys):
    with pytest.raises(BadModel, match="holds no pytorch_model"):
        convert(tmp_path)
    torch.save([1, 2], tmp_path / "pytorch_model.bin")
    with pytest.raises(BadModel, match="holds more than weights by their names"):
        convert(tmp_path)
    assert main([]) == 2 and "Usage" in capsys.readouterr().err


def test_a_directory_of_no_weights_is_told(copy):
    replica = copy("qwen")
    (replica.path / "model.safetensors").unlink()
    with pytest.raises(BadModel, match=r"holds no weights: no file there ends in \.safetensors"):
        load(replica, "qwen")
