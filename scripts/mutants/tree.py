"""A temporary copy of the working tree, in which the mutants stand."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = ("frontend/node_modules", "frontend/dist")  # not tracked, and only read


@contextmanager
def copied() -> Iterator[Path]:
    """The working tree's files that git doesn't ignore, with the real data beside them where there are any."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        tree = Path(place).resolve() / "tree"
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, tree / name)
        for name in INSTALLED:
            if (ROOT / name).is_dir():
                (tree / name).symlink_to(ROOT / name)
        if (shared := ROOT.parent / "shared").is_dir():
            tree.with_name("shared").symlink_to(shared)
        yield tree


@contextmanager
def mutated(tree: Path, mutant: Mutant) -> Iterator[None]:
    """Put the mutant into the tree, and take it out at the end."""
    path = tree / mutant.file
    whole = path.read_bytes()
    try:
        mutant.apply(tree)
        _forget_compiled(path)
        yield
    finally:
        path.write_bytes(whole)
        _forget_compiled(path)


def _forget_compiled(path: Path) -> None:
    """Python takes a file of the same size and second for unchanged, which a mutant may be."""
    if path.suffix == ".py":
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
