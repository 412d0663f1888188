"""Writes a trained model to its checkpoint directory, whole or not at all, and tells what it was trained on."""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase

from selector.prm.reward_model import CARD
from selector.types import Example


def data_digest(examples: Sequence[Example]) -> str:
    """Hex SHA-256 of the examples in their order, which training depends on."""
    return digest_of([example.problem, example.steps, example.ratings] for example in examples)


def digest_of(values: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for value in values:
        digest.update(json.dumps(value).encode() + b"\n")
    return digest.hexdigest()


def check_writable(out: Path) -> None:
    """Raises FileExistsError if `out` holds something that is not a checkpoint: it would be replaced."""
    if out.exists() and not (out.is_dir() and ((out / CARD).exists() or not any(out.iterdir()))):
        raise FileExistsError(f"{out} exists and is not a checkpoint.")


def save_whole(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, place: Path) -> None:
    model.save_pretrained(place)
    tokenizer.save_pretrained(place)


def write(save: Callable[[Path], None], card: dict[str, Any], out: Path) -> None:
    """What `save` writes, and the card, to `out` by a rename: whoever looks there finds a whole checkpoint, or none."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as scratch:
        fresh, old = Path(scratch) / "fresh", Path(scratch) / "old"
        fresh.mkdir()
        save(fresh)
        (fresh / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        if out.exists():
            out.rename(old)
        fresh.rename(out)
