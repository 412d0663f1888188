"""What a frozen base makes of each step: computed once for a solution, and kept on disk.

A base's hidden states at the ends of steps don't change when more is labelled, so a head that reads them is trained and
asked again without the base. They are kept as float16 in safetensors files of some hundred solutions each, in a
directory of their own for each base, layer, window and precision; a solution is known by the digest of its text.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from selector.prm import bases
from selector.prm.encode import Encoder, Row
from selector.prm.outputs import best_device, by_head, is_large, outputs, scoring_dtype
from selector.prm.packing import reading

HEAD = "head.safetensors"
BLOCK = 256  # solutions read at a time, and kept in a file of their own: bounds the memory, and what a kill loses
LARGEST = torch.finfo(torch.float16).max
KEY = 16  # bytes of a digest that a solution is known by
Tell = Callable[[int, int], None]  # hears how many of how many solutions have been read


@dataclass(frozen=True)
class Head:
    """A linear layer on features as the base gives them: weight (3 x heads, width), bias (3 x heads,)."""

    weight: torch.Tensor
    bias: torch.Tensor

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """The class logits by each head, (steps, heads, 3), by features (steps, width)."""
        return by_head(torch.nn.functional.linear(states.float(), self.weight, self.bias))

    def save(self, place: Path) -> None:
        """To a directory."""
        save_file({"weight": self.weight.contiguous(), "bias": self.bias}, place / HEAD)

    @classmethod
    def load(cls, place: Path) -> "Head":
        """From a directory. Raises OSError, KeyError or SafetensorError."""
        kept = load_file(place / HEAD)
        return cls(kept["weight"], kept["bias"])


@dataclass(frozen=True, slots=True)
class Place:
    """Where a solution's features lie: rows of a file's tensor."""

    file: Path
    start: int
    steps: int  # 0: the solution is too long for the base


@dataclass
class Features:
    """A base's hidden states at step ends, (steps, width) in float16 for each solution.

    They are kept below `place`, or not at all without one. `layer` counts from 1, 0 is four fifths of the way up;
    `window` is the longest sequence in tokens. Several processes may write to one place. Raises bases.BadBase.
    """

    base: str
    layer: int
    window: int
    place: Path | None = None
    identity: str = field(init=False)
    computed: int = field(init=False, default=0)  # solutions that the base has read
    known: dict[bytes, Place] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        shape = bases.config_of(self.base)
        self.layer = bases.layer_of(shape, self.layer)
        self.window = min(self.window, getattr(shape, "max_position_embeddings", self.window))
        self.identity = bases.identity(self.base)
        self.known = dict(self._kept())

    def of(self, rows: Sequence[Row]) -> list[torch.Tensor | None]:
        """The features of each row's steps, in the rows' order; None where the solution is too long.

        The base reads what isn't kept yet. All of it is in memory at once: bring many rows some at a time.
        """
        keys = [key(row) for row in rows]
        missing = {one: row for one, row in zip(keys, rows, strict=True) if one not in self.known}
        fresh = self._compute(missing)
        if self.place and fresh:
            self._keep(fresh)
        found = fresh | self._load([one for one in dict.fromkeys(keys) if one not in fresh])
        return [found[one] if len(found[one]) else None for one in keys]

    def read(self, rows: Sequence[Row], tell: Tell) -> None:
        """Have the base read all rows that aren't kept yet, block by block, each kept as soon as it is done.

        Rows of one problem are read together, since their beginning is read once. `tell` may raise to abort.
        """
        missing = {key(row): row for row in rows if key(row) not in self.known}
        ordered = sorted(missing.values(), key=lambda row: (row[0], *row[1]))
        for at in range(0, len(ordered), BLOCK):
            self.of(ordered[at : at + BLOCK])
            tell(min(at + BLOCK, len(ordered)), len(ordered))

    def _compute(self, rows: dict[bytes, Row]) -> dict[bytes, torch.Tensor]:
        if not rows:
            return {}
        model, encoder, reader = self._trunk
        encoded = encoder.encode(list(rows.values()))
        wanted = {sequence for sequences in encoded for sequence in sequences or ()}
        with torch.inference_mode():
            said = {
                one: states.float().clamp(-LARGEST, LARGEST).half().cpu().clone()
                for one, states in outputs(model, reader, wanted)
            }
        self.computed += len(rows)
        nothing = torch.empty(0, model.config.hidden_size, dtype=torch.float16)
        return {one: said[sequences[0]] if sequences else nothing for one, sequences in zip(rows, encoded, strict=True)}

    @cached_property
    def _trunk(self) -> tuple[PreTrainedModel, Encoder, reading.Reader | None]:
        """Loaded when the first solution is missing: who finds all of them needs no base in memory."""
        model, tokenizer = bases.load_trunk(self.base, self.layer)
        model.to(best_device())  # type: ignore[arg-type]
        reader = reading.fitting(model)
        if is_large(model):
            model.to(scoring_dtype())  # type: ignore[arg-type]
        return model, Encoder(tokenizer, "solution", self.window), reader

    @property
    def _directory(self) -> Path:
        assert self.place
        told = [self.identity, self.layer, self.window, str(scoring_dtype())]
        return self.place / hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]

    def _keep(self, fresh: dict[bytes, torch.Tensor]) -> None:
        """A file named after the solutions in it, by a rename: it is there as a whole or not at all."""
        keys = b"".join(fresh)
        file = self._directory / f"{hashlib.sha256(keys).hexdigest()[:32]}.safetensors"
        scratch = file.with_suffix(f".{os.getpid()}")
        file.parent.mkdir(parents=True, exist_ok=True)
        lengths = [len(states) for states in fresh.values()]
        kept = {
            "features": torch.cat(list(fresh.values())),
            "keys": torch.frombuffer(bytearray(keys), dtype=torch.uint8),
            "steps": torch.tensor(lengths),
        }
        save_file(kept, scratch, {"base": self.identity, "layer": str(self.layer)})
        scratch.replace(file)
        self.known |= placed(file, keys, lengths)

    def _kept(self) -> Iterator[tuple[bytes, Place]]:
        """All that lies in the directory; a file that was cut off counts for nothing."""
        for file in sorted(self._directory.glob("*.safetensors")) if self.place else ():
            try:
                with safe_open(file, framework="pt") as kept:
                    keys, lengths = kept.get_tensor("keys").numpy().tobytes(), kept.get_tensor("steps").tolist()
            except (OSError, SafetensorError):
                continue
            yield from placed(file, keys, lengths).items()

    def _load(self, keys: Sequence[bytes]) -> dict[bytes, torch.Tensor]:
        by_file: dict[Path, list[bytes]] = {}
        for one in keys:
            by_file.setdefault(self.known[one].file, []).append(one)
        found = {}
        for file, ones in by_file.items():
            with safe_open(file, framework="pt") as kept:
                rows = kept.get_slice("features")
                for one in ones:
                    at = self.known[one]
                    found[one] = rows[at.start : at.start + at.steps]
        return found


def placed(file: Path, keys: bytes, lengths: Sequence[int]) -> dict[bytes, Place]:
    """Where the solutions of a file lie, in its order."""
    found, start = {}, 0
    for number, steps in enumerate(lengths):
        found[keys[number * KEY : (number + 1) * KEY]] = Place(file, start, steps)
        start += steps
    return found


def key(row: Row) -> bytes:
    """What a solution is known by: a digest of its problem's text and its steps."""
    problem, steps = row
    return hashlib.sha256(json.dumps([problem, *steps]).encode()).digest()[:KEY]
