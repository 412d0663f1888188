"""Runs the study's units in worker processes and keeps each result as a line, so that none is computed twice."""

import json
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from pathlib import Path
from typing import Any

from selector.commands.cli import CommandError
from studies.active_learning.cells import Cell, Size

Result = dict[str, Any]
Unit = tuple[Cell, int]  # a cell and a seed
Compute = Callable[[Cell, int, Size], Result]


def run(
    units: Sequence[Unit],
    size: Size,
    path: Path,
    workers: int,
    progress: Callable[[str], None],
    compute: Compute,
) -> list[Result]:
    """The results of all units in their order; those that the file already holds of this size are taken from there.

    Raises CommandError where the file cannot be written, or a worker is killed.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        found = _finished(path, size)
        open_units = [unit for unit in units if unit not in found]
        if len(open_units) < len(units):
            progress(f"{len(units) - len(open_units)} of {len(units)} results are there already.")
        with path.open("a", encoding="utf-8") as lines:
            lines.write(_mending(path))
            for result in _computed(open_units, size, workers, compute):
                lines.write(json.dumps({"size": size.to_dict(), **result}) + "\n")
                lines.flush()
                found[Cell(**result["cell"]), result["seed"]] = result
                progress(_told(result, sum(unit in found for unit in units), len(units)))
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    except BrokenProcessPool as error:
        raise CommandError("A worker was killed; the same command goes on from what is finished.") from error
    return [found[unit] for unit in units]


def _finished(path: Path, size: Size) -> dict[Unit, Result]:
    """Whole lines of this size; the last one of a killed run may be cut short."""
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            result = json.loads(line)
        except ValueError:
            continue
        if result.pop("size") == size.to_dict():
            found[Cell(**result["cell"]), result["seed"]] = result
    return found


def _mending(path: Path) -> str:
    """What ends a line that was cut short."""
    text = path.read_bytes()
    return "\n" if text and not text.endswith(b"\n") else ""


def _computed(units: Sequence[Unit], size: Size, workers: int, compute: Compute) -> Iterator[Result]:
    if not units:
        return
    spawn = multiprocessing.get_context("spawn")  # a fork would inherit torch's threads
    with ProcessPoolExecutor(min(workers, len(units)), mp_context=spawn, initializer=_begin) as pool:
        pending: set[Future[Result]] = {pool.submit(compute, cell, seed, size) for cell, seed in units}
        try:
            while pending:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """A worker computes in one thread; Ctrl-C is its parent's business."""
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)


def made(cell: Cell, seed: int, size: Size) -> Result:
    """A unit on made problems; torch enters in the worker."""
    from studies.active_learning.unit import study

    return study(cell, seed, size)


def real(folder: Path, cell: Cell, seed: int, size: Size) -> Result:
    """A unit on real solutions, whose cell is what they are."""
    from studies.active_learning.real import study

    return {"cell": asdict(cell), "seed": seed, **study(folder, seed, size)}


def _told(result: Result, done: int, of: int) -> str:
    shares = ", ".join(f"{name.replace('_', ' ')} {100 * share:g}%" for name, share in result["cell"].items())
    return f"{done} of {of}: seed {result['seed']}, {shares}."
