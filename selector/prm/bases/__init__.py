"""A base model on disk: what it is, told from any other, and the part of it that gives a step's features."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    PretrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging
from transformers.utils.hub import cached_file

TOLD_BY = (  # the files that decide what a base says
    *("config.json", "*.safetensors"),
    *("tokenizer*", "vocab*", "merges.txt", "special_tokens_map.json", "added_tokens.json"),
)


class BadBase(ValueError):
    """There is no such base, or it can't be read; the message is a sentence."""


def identity(base: str) -> str:
    """Hex SHA-256 of the base's weights, config and tokenizer, whatever the directory's name. Raises BadBase.

    Every byte is read, once a process for files that stay as they are: half a gigabyte takes about a second.
    """
    place = _directory(base)
    files = sorted({file for pattern in TOLD_BY for file in place.glob(pattern) if file.is_file()})
    if not any(file.suffix == ".safetensors" for file in files):
        raise BadBase(f"{base} holds no weights in safetensors.")
    told = [(file.name, _digest(file, file.stat().st_size, file.stat().st_mtime_ns)) for file in files]
    return hashlib.sha256(repr(told).encode()).hexdigest()


@lru_cache(maxsize=1000)
def _digest(file: Path, size: int, changed: int) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _directory(base: str) -> Path:
    """Of a hub id the snapshot in the cache, which asks the hub where it isn't there yet."""
    if Path(base).is_dir():
        return Path(base)
    try:
        config = cached_file(base, "config.json")
    except (OSError, ValueError) as error:
        raise BadBase(f"{base} is no base model that can be found: {error}") from error
    return Path(str(config)).parent


def how(base: str) -> dict[str, Any]:
    """No code comes with a base; a local directory asks no network."""
    return {"trust_remote_code": False, "local_files_only": Path(base).is_dir()}


def config_of(base: str) -> PretrainedConfig:
    """The base's own account of its shape. Raises BadBase."""
    try:
        found: PretrainedConfig = AutoConfig.from_pretrained(base, **how(base))
    except (OSError, ValueError) as error:
        raise BadBase(f"{base} holds no model that can be loaded: {error}") from error
    return found


def layer_of(config: PretrainedConfig, layer: int) -> int:
    """The layer whose hidden states are read, from 1; 0 stands for four fifths of the way up. Raises BadBase."""
    layers: int = config.num_hidden_layers
    if layer > layers:
        raise BadBase(f"layer is {layer}, and the base has {layers}.")
    return layer or max(1, round(0.8 * layers))


def load_trunk(base: str, layer: int) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """The base up to this layer, with its last norm and without a head: it puts out each token's hidden state.

    The layers above are not loaded, nor computed. Raises BadBase.
    """
    config = config_of(base)
    config.num_hidden_layers = layer
    if kinds := getattr(config, "layer_types", None):
        config.layer_types = kinds[:layer]
    try:
        tokenizer = AutoTokenizer.from_pretrained(base, **how(base))
        with _quiet():
            model = AutoModelForTokenClassification.from_pretrained(
                base, config=config, use_safetensors=True, dtype=torch.float32, **how(base)
            )
    except (OSError, ValueError) as error:
        raise BadBase(f"{base} holds no model that can be loaded: {error}") from error
    setattr(model, head_name(model), torch.nn.Identity())
    return model, tokenizer


@contextmanager
def _quiet() -> Iterator[None]:
    """While entered, transformers doesn't list what of a base was left where it is: here that is meant."""
    before = logging.get_verbosity()
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        logging.set_verbosity(before)


def head_name(model: PreTrainedModel) -> str:
    """The attribute that holds the layer that judges tokens."""
    parts = [(name, part) for name, part in model.named_children() if name != model.base_model_prefix]
    return next(name for name, part in parts if next(part.parameters(), None) is not None)
