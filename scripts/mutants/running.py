"""Running tests in the copy of the tree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PYTEST = ("-m", "pytest", "-q", "-m", "not slow and not browser", "-p", "no:cacheprovider", "-p", "no:xdist")


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, None where it was stopped for its time, and all that it printed."""

    code: int | None
    said: str


def python(tree: Path, arguments: Sequence[str], *, seconds: float | None, **environ: str) -> Ended:
    return run(tree, [sys.executable, *arguments], seconds=seconds, CI="true", **environ)


def run(place: Path, command: Sequence[str], *, seconds: float | None, **environ: str) -> Ended:
    """Runs it in `place`, and stops it with everything that it started after `seconds`."""
    process = subprocess.Popen(
        command,
        cwd=place,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=seconds)
        return Ended(process.returncode, said)
    except subprocess.TimeoutExpired:
        return Ended(None, "")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
