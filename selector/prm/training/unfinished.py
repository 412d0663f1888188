"""A training run that isn't finished yet, on disk: whoever starts the same run again goes on from there.

One safetensors file, replaced as a whole: weights, AdamW's moments, the state of the random numbers, and where the run
stands. No pickle, so a file from elsewhere can be wrong, but not harmful.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

SAVE_EVERY = 60.0  # seconds between two saves at least: of a small model's work a killed worker loses no more
SAVING = 0.02  # of the training time that saves may take: after one that took a second 50 pass without another
WRITING = 5e8  # bytes a second that a disk is thought to write, until a save has been timed
MOMENTS = ("step", "exp_avg", "exp_avg_sq")  # what AdamW remembers of each weight
KEPT = "/kept/"
Clock = Callable[[], float]


@dataclass
class Unfinished:
    """Where one run keeps its state; `run` tells it from any other: a digest of all that the result depends on."""

    path: Path
    run: str
    save_every: float = SAVE_EVERY
    saving: float = SAVING
    clock: Clock = time.monotonic
    saved_at: float = field(init=False)
    took: float | None = field(init=False, default=None)  # seconds that the last save took
    kept: dict[str, torch.Tensor] = field(init=False)  # what earlier phases left for later ones, saved along

    def __post_init__(self) -> None:
        self.saved_at = self.clock()
        self.kept = self._kept() if self._told() else {}

    def phase(self) -> str | None:
        """The phase in which the run was saved; None where there is nothing to go on from."""
        told = self._told()
        return told["phase"] if told else None

    def losses(self, phase: str) -> list[float]:
        """The loss of each update that the phase had made when it was saved."""
        told = self._told()
        return json.loads(told["losses"]) if told and told["phase"] == phase else []

    def restore(self, model: torch.nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Put weights, moments and random numbers back as they were saved."""
        with safe_open(self.path, framework="pt", device=str(next(model.parameters()).device)) as kept, torch.no_grad():
            names = set(kept.keys())
            for name, weight in changing(model):
                weight.copy_(kept.get_tensor(name))
                moments = {what: f"{name}/{what}" for what in MOMENTS if f"{name}/{what}" in names}
                optimizer.state[weight] = {what: kept.get_tensor(moment) for what, moment in moments.items()}
            torch.set_rng_state(kept.get_tensor("/random").cpu())

    def save_now_and_then(
        self, phase: str, model: torch.nn.Module, optimizer: torch.optim.Optimizer | None, losses: list[float]
    ) -> None:
        """Save the run if it wasn't for long; without an optimizer where the phase learns no more.

        How long depends on how long a save takes: all of them take at most the share `saving` of the time.
        """
        kept = {f"{KEPT}{name}": tensor for name, tensor in self.kept.items()}
        for name, weight in changing(model):
            kept[name] = weight.detach()
            if optimizer:
                kept |= {f"{name}/{what}": optimizer.state[weight][what] for what in MOMENTS}
        took = sum(tensor.nbytes for tensor in kept.values()) / WRITING if self.took is None else self.took
        if (began := self.clock()) - self.saved_at < max(self.save_every, took / self.saving):
            return
        kept["/random"] = torch.get_rng_state()
        scratch = self.path.with_name(f"{self.path.name}.{os.getpid()}")  # two attempts at a run may overlap
        self.path.parent.mkdir(parents=True, exist_ok=True)
        save_file(kept, scratch, {"run": self.run, "phase": phase, "losses": json.dumps(losses)})
        scratch.replace(self.path)
        self.saved_at = self.clock()
        self.took = self.saved_at - began

    def forget(self) -> None:
        """The run is finished."""
        self.path.unlink(missing_ok=True)

    def _kept(self) -> dict[str, torch.Tensor]:
        with safe_open(self.path, framework="pt") as saved:
            names = [name for name in saved.keys() if name.startswith(KEPT)]  # noqa: SIM118
            return {name.removeprefix(KEPT): saved.get_tensor(name) for name in names}

    def _told(self) -> dict[str, str] | None:
        """What the file says of itself; None unless it is of this very run."""
        try:
            with safe_open(self.path, framework="pt") as kept:
                told: dict[str, str] = kept.metadata() or {}
        except (OSError, SafetensorError):
            return None
        return told if told.get("run") == self.run else None


def changing(model: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Parameter]]:
    """The weights that training changes, by name; the others are the base's, as they lie on its own disk."""
    return ((name, weight) for name, weight in model.named_parameters() if weight.requires_grad)
