"""`python -m selector.prm.public.converting DIR`: safetensors beside a model's pickles, for a model that has no others.

A pickle is read by torch's own reader of tensors (`weights_only`), which runs none of the code that it may hold.
"""

import pickle
import sys
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import save_file

from selector.prm.public.architectures import BadModel

WEIGHTS = "pytorch_model*.bin"


def convert(directory: Path) -> list[Path]:
    """Writes each of the model's pickles again as safetensors; returns what was written. Raises BadModel."""
    pickles = sorted(directory.glob(WEIGHTS))
    if not pickles:
        raise BadModel(f"{directory} holds no {WEIGHTS}.")
    return [_converted(path) for path in pickles]


def _converted(path: Path) -> Path:
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except (pickle.UnpicklingError, RuntimeError, ValueError, OSError) as error:
        raise BadModel(f"{path} is no file of weights alone: {str(error).splitlines()[0]}") from error
    if not isinstance(tensors, dict) or not all(isinstance(one, torch.Tensor) for one in tensors.values()):
        raise BadModel(f"{path} holds more than weights by their names.")
    written = path.with_name(path.name.replace("pytorch_model", "model").replace(".bin", ".safetensors"))
    # Weights that are tied share their memory, which safetensors refuses: each is written by itself.
    save_file({name: one.clone().contiguous() for name, one in tensors.items()}, written, metadata={"format": "pt"})
    return written


def main(words: Sequence[str]) -> int:
    """Returns the exit status."""
    if len(words) != 1 or words[0].startswith("-"):
        sys.stderr.write("Usage: python -m selector.prm.public.converting DIR\n")
        return 2
    try:
        for path in convert(Path(words[0])):
            sys.stderr.write(f"{path} is written.\n")
    except BadModel as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
