"""Opening a published model, by the name of its directory or its id on the hub."""

import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, StrictDataclassError
from transformers import AutoConfig, PretrainedConfig, PreTrainedModel

from selector.prm.encode import Encoded, Row
from selector.prm.identity import Identity
from selector.prm.outputs import LARGE, best_device, outputs, scoring_dtype
from selector.prm.packing import reading
from selector.prm.public import weights
from selector.prm.public.architectures import BadModel, named
from selector.prm.styles import STYLES, Style
from selector.types import Scored

# What a model consists of; pickles and code aren't even downloaded.
WANTED = ("*.json", "*.safetensors", "*.model", "*.jinja", "merges.txt", "vocab.txt")


class PublicModel:
    """A published reward model, in memory with its tokenizer: a `Scorer`."""

    def __init__(self, model: PreTrainedModel, style: Style, style_name: str, source: "Found") -> None:
        self.model, self.style, self.style_name, self.source = model, style, style_name, source
        self.reader = reading.fitting(model)  # of packs; none: padded batches are read

    def score(self, rows: Sequence[Row]) -> list[Scored]:
        """One `Scored` per row, in the rows' order; equal sequences are read once."""
        encoded = self.style.encode(rows)
        probs = self._judge({sequence for sequences in encoded if sequences for sequence in sequences})
        return [
            self.style.scored(None if sequences is None else [p for sequence in sequences for p in probs[sequence]])
            for sequences in encoded
        ]

    def identity(self) -> Identity:
        """Which model it is, by the digest of its files: reads them all, once."""
        return Identity("local", self.style_name, self.source.name, self.source.revision, self.source.digest)

    @torch.inference_mode()
    def _judge(self, sequences: set[Encoded]) -> dict[Encoded, list[float]]:
        """P(correct) at each end of each sequence."""
        return {
            sequence: [self.style.p_correct(probs) for probs in activated(logits.double()).tolist()]
            for sequence, logits in outputs(self.model, self.reader, sequences)
        }


class Found:
    """Where a model lies on this machine, and what is known of it before it is loaded. Raises BadModel."""

    def __init__(self, name: str, revision: str | None) -> None:
        self.name = name
        self.directory = Path(name) if Path(name).is_dir() else _downloaded(name, revision)
        self.revision = "" if self.directory == Path(name) else self.directory.name  # snapshots are named by commit
        self.files = weights.files_of(self.directory, name)

    @cached_property
    def digest(self) -> str:
        return weights.digest(self.files)

    def config(self) -> PretrainedConfig:
        try:
            found: PretrainedConfig = AutoConfig.from_pretrained(self.directory, trust_remote_code=False)
        except (OSError, ValueError, KeyError, StrictDataclassError) as error:
            raise BadModel(f"{self.name} holds no config.json of a model that transformers knows: {error}") from error
        return found


def load(name: str, *, style: str | None = None, revision: str | None = None, device: str | None = None) -> PublicModel:
    """The model `name`, a local directory or a hub id, read in `style`, one of STYLES.

    The style may be left out where config.json's architecture tells it. A hub id is downloaded to the hub's cache, at
    `revision` (a branch, a tag or a commit) or the newest. Raises BadModel, and what the style raises: BadTokenizer,
    BadCheckpoint.
    """
    source = Found(name, revision)
    config = source.config()
    architecture = named(name, config, style)
    reads = STYLES[architecture.style](str(source.directory), getattr(config, "max_position_embeddings", 2**31))
    if architecture.outputs is None and config.num_labels != reads.outputs:
        raise BadModel(
            f"{name} tells {config.num_labels} classes, where the style {architecture.style} reads {reads.outputs}."
        )
    model = weights.load(architecture, config, source.files, name, tokens=reads.vocabulary, dtype=_dtype(source))
    model.to(device or best_device())  # type: ignore[arg-type]
    model.eval()  # type: ignore[no-untyped-call]
    return PublicModel(model, reads, architecture.style, source)


def activated(logits: torch.Tensor) -> torch.Tensor:
    """Softmax over the classes; of a value head's one number, the sigmoid."""
    return torch.sigmoid(logits) if logits.shape[-1] == 1 else torch.softmax(logits, dim=-1)


def _dtype(source: Found) -> torch.dtype:
    """float32 for a small model; for others what the processor is fast in."""
    shapes = weights.shapes_in(source.files, source.name)
    return scoring_dtype() if sum(map(math.prod, shapes.values())) >= LARGE else torch.float32


def _downloaded(name: str, revision: str | None) -> Path:
    how: dict[str, Any] = {"revision": revision, "allow_patterns": WANTED}
    try:
        return Path(snapshot_download(name, **how))
    except (OSError, ValueError, HfHubHTTPError) as error:
        at = f" at {revision}" if revision else ""
        raise BadModel(f"{name} is no directory here, and can't be had from the hub{at}: {error}") from error
