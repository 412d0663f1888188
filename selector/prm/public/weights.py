"""A model's weights on disk: safetensors alone, looked through before any is read, and digested as they stand."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from transformers import PretrainedConfig, PreTrainedModel

from selector.prm.public.architectures import CLASSIFIER, EMBEDDINGS, LANGUAGE_HEAD, Architecture, BadModel

INDEX, WHOLE = "model.safetensors.index.json", "model.safetensors"
PICKLES = (".bin", ".pt", ".pth", ".ckpt")
COMPUTED = ".rotary_emb.inv_freq"  # old files hold it for each layer; it follows from the config
SHOWN = 4  # names of weights in a sentence
CHUNK = 2**20  # bytes

Shape = tuple[int, ...]


def files_of(directory: Path, name: str) -> list[Path]:
    """The safetensors files that make up the model in `directory`, in the order of their names. Raises BadModel."""
    if (directory / INDEX).is_file():
        found = _indexed(directory, name)
    elif (directory / WHOLE).is_file():  # a repository may keep the same weights again under another name
        found = [directory / WHOLE]
    else:
        found = sorted(directory.glob("*.safetensors"))
    if not found:
        raise BadModel(_without_weights(directory, name))
    return found


def _indexed(directory: Path, name: str) -> list[Path]:
    try:
        files = {str(file) for file in json.loads((directory / INDEX).read_text("utf-8"))["weight_map"].values()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadModel(f"{name}: {INDEX} cannot be read.") from None
    if missing := sorted(file for file in files if Path(file).name != file or not (directory / file).is_file()):
        raise BadModel(f"{name} lacks {_some(missing)}, which {INDEX} names: download it again.")
    return [directory / file for file in sorted(files)]


def _without_weights(directory: Path, name: str) -> str:
    convert = "python -m selector.prm.public.converting"
    if any(path.suffix in PICKLES for path in directory.iterdir()):
        return (
            f"{name} holds its weights as pickles, which may run code and aren't loaded. Convert them: {convert} {name}"
        )
    if Path(name).is_dir():
        return f"{name} holds no weights: no file there ends in .safetensors."
    return (
        f"{name} holds no weights as safetensors. If it has pickles (pytorch_model.bin), download and convert them: "
        f"hf download {name} --local-dir DIR && {convert} DIR"
    )


def shapes_in(files: Iterable[Path], name: str) -> dict[str, Shape]:
    """What the files hold, by their headers alone. Raises BadModel."""
    shapes: dict[str, Shape] = {}
    for file in files:
        try:
            with safe_open(file, framework="pt") as opened:
                of_file = {key: tuple(opened.get_slice(key).get_shape()) for key in opened.keys()}  # noqa: SIM118 (it is no dict)
        except (SafetensorError, OSError) as error:
            raise BadModel(f"{name}: {file.name} cannot be read as safetensors: {error}") from error
        if twice := sorted(shapes.keys() & of_file.keys()):
            raise BadModel(f"{name} holds {_some(twice)} twice.")
        shapes |= of_file
    return shapes


def check(name: str, found: dict[str, Shape], expected: dict[str, Shape], optional: Iterable[str]) -> None:
    """Raises BadModel where a weight is missing, has another shape, or is one that the architecture doesn't have."""
    optional = set(optional)
    missing = sorted(expected.keys() - found.keys())
    strange = sorted(key for key in found.keys() - expected.keys() - optional if not key.endswith(COMPUTED))
    other = sorted(key for key in expected.keys() & found.keys() if expected[key] != found[key])
    faults = [
        f"lacks {_some(missing)}" if missing else "",
        f"holds {_some(strange)}, which the architecture doesn't have" if strange else "",
        f"holds {_some(f'{key} as {found[key]} instead of {expected[key]}' for key in other)}" if other else "",
    ]
    if told := "; ".join(fault for fault in faults if fault):
        raise BadModel(f"{name} is not loaded, for its scores would mean nothing: it {told}.")


def load(
    architecture: Architecture,
    config: PretrainedConfig,
    files: Sequence[Path],
    name: str,
    *,
    tokens: Sequence[int],
    dtype: torch.dtype,
) -> PreTrainedModel:
    """The classifier of tokens with the weights in `files`: each that it needs has to be there, and no other.

    `tokens` are those whose rows of the language head are the classes; none, where there is a head of classes. Weights
    that are stored in `dtype` stay where the files are mapped: the model is in memory once. Raises BadModel.
    """
    empty = _empty(architecture, config, name)
    expected: dict[str, Shape] = {key: tuple(weight.shape) for key, weight in empty.state_dict().items()}
    sources = {key: architecture.in_files(key, tied=config.tie_word_embeddings) for key in expected}
    in_files = {source: expected[key] for key, source in sources.items() if not (tokens and key == CLASSIFIER)}
    if tokens:
        in_files[sources[CLASSIFIER]] = expected[EMBEDDINGS]
    check(name, shapes_in(files, name), in_files, (*architecture.unread, *([LANGUAGE_HEAD] if tokens else [])))
    if tokens and max(tokens) >= expected[EMBEDDINGS][0]:
        raise BadModel(f"{name} has fewer words than its tokenizer: they don't belong together.")
    tensors = _tensors(files, sources)
    if tokens:
        tensors[CLASSIFIER] = tensors[CLASSIFIER][list(tokens)].clone()
    kind: Any = type(empty)
    model, told = kind.from_pretrained(None, config=config, state_dict=tensors, output_loading_info=True, dtype=dtype)
    if left := sorted(str(key) for keys in told.values() for key in keys):
        raise BadModel(f"{name} is not loaded: transformers had no use for {_some(left)}.")
    loaded: PreTrainedModel = model
    return loaded


def _empty(architecture: Architecture, config: PretrainedConfig, name: str) -> PreTrainedModel:
    """The model's names and shapes, without its memory."""
    try:
        with torch.device("meta"):
            return architecture.make(architecture.configured(config))
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise BadModel(
            f"{name} has a config.json of which no {architecture.style} model can be made: {error}"
        ) from error


def digest(files: Iterable[Path]) -> str:
    """SHA-256 of the files' bytes, one file after the other: of a single file, what the hub shows for it."""
    hashed = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            while chunk := opened.read(CHUNK):
                hashed.update(chunk)
    return hashed.hexdigest()


def _tensors(files: Iterable[Path], sources: Mapping[str, str]) -> dict[str, torch.Tensor]:
    """The weights by their names in the classifier, mapped from the files."""
    tensors: dict[str, torch.Tensor] = {}
    for file in files:
        with safe_open(file, framework="pt") as opened:
            held = set(opened.keys())
            tensors |= {key: opened.get_tensor(source) for key, source in sources.items() if source in held}
    return tensors


def _some(names: Iterable[str]) -> str:
    """The first few of many names."""
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
