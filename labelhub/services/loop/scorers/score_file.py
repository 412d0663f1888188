"""A file of step probabilities, computed elsewhere, becomes the scores of a checkpoint: all of it, or nothing.

A row is `{"solution_id": "...", "step_probs": [0.98, 0.4]}`, with the id that the solution has in the file it came
from; or `{"id": 17, ...}`, with the id that LabelHub gave it (the file of what is missing has both). Null instead of
the list says that the model can't score the solution. Other fields are passed over.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage

from labelhub.errors import Absent, Invalid
from labelhub.models import Checkpoint, Score, Solution
from labelhub.services.loop import scoring
from selector.formats.jsonl import BadLine, Line, read_jsonl
from selector.prm.aggregate import log_score
from selector.types import Scored

Beat = Callable[[int, int, str], None]
AT_ONCE = 1000  # rows
MOST_FAULTS = 5  # lines that a refusal quotes


class _Fault(ValueError):
    """What is wrong with a row, as a sentence."""


def read(*, checkpoint: Checkpoint, stored: str, filename: str, beat: Beat) -> dict[str, int]:
    """Keep the file's scores, and count what was `read` and what of it was there `before`. Safe to run twice.

    The whole file is checked first. Raises Invalid, with the first faults by line, for a row that fits no solution of
    the project, has another number of steps, holds what is no probability, or contradicts a score that is there or
    stands above it; and Absent where the upload is gone.
    """
    if not default_storage.exists(stored):
        raise Absent(f"The upload of {filename} is gone: upload the file again.")
    path, total, before = Path(default_storage.path(stored)), 0, 0
    faults, faulty = [], 0
    seen: set[int] = set()
    for rows in _rows(path):
        found = _solutions(checkpoint, rows)
        told = _told(checkpoint, found)
        for line in rows:
            try:
                pk, probs = _checked(line, found)
                if pk in seen:
                    raise _Fault("its solution stands in an earlier line too.")
                seen.add(pk)
                before += _agrees(probs, told[pk]) if pk in told else False
            except _Fault as fault:
                faulty += 1
                if faulty <= MOST_FAULTS:
                    faults.append(f"Line {line.number}: {fault}")
        total += len(rows)
        beat(0, 0, f"Checking {filename}")
    if faulty or not total:
        raise Invalid(_refusal(filename, faults, faulty))
    done = 0
    for rows in _rows(path):
        found = _solutions(checkpoint, rows)
        checked = [_checked(line, found) for line in rows]
        scoring.write(checkpoint, ((pk, _scored(checkpoint, probs)) for pk, probs in checked))
        done += len(rows)
        beat(done, total, f"Reading {filename}")
    return {"read": total, "before": before}


def _rows(path: Path) -> Iterator[tuple[Line | BadLine, ...]]:
    with path.open("rb") as stream:
        lines = read_jsonl(stream)
        while rows := tuple(islice(lines, AT_ONCE)):
            yield rows


def _solutions(checkpoint: Checkpoint, lines: Iterable[Line | BadLine]) -> dict[Any, list[tuple[int, int]]]:
    """Ids and numbers of steps of the project's solutions that the lines name, by a number or by a text."""
    rows = [line.row for line in lines if isinstance(line, Line)]
    of_project = Solution.objects.filter(problem__project=checkpoint.project_id)
    ids = [row["id"] for row in rows if type(row.get("id")) is int and row["id"] < 2**63]
    keys = [str(row["solution_id"]) for row in rows if "id" not in row and "solution_id" in row]
    found: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    for pk, steps in of_project.filter(pk__in=ids).values_list("pk", "steps"):
        found[pk].append((pk, len(steps)))
    for pk, key, steps in of_project.filter(key__in=keys).values_list("pk", "key", "steps"):
        found[key].append((pk, len(steps)))
    return found


def _told(checkpoint: Checkpoint, found: dict[Any, list[tuple[int, int]]]) -> dict[int, Any]:
    """The step probabilities that are there already, by solution."""
    ids = [pk for solutions in found.values() for pk, _ in solutions]
    scores = Score.objects.filter(checkpoint=checkpoint, solution__in=ids)
    return dict(scores.values_list("solution_id", "step_probs"))


def _checked(line: Line | BadLine, found: dict[Any, list[tuple[int, int]]]) -> tuple[int, list[float] | None]:
    if isinstance(line, BadLine):
        raise _Fault(line.reason)
    row = line.row
    if "step_probs" not in row:
        raise _Fault("it has no step_probs.")
    if "id" not in row and "solution_id" not in row:
        raise _Fault("it has neither solution_id nor id.")
    if "id" in row and type(row["id"]) is not int:
        raise _Fault("`id` is a whole number, LabelHub's own.")
    name = row["id"] if "id" in row else str(row["solution_id"])
    solutions = found.get(name, [])
    if not solutions:
        raise _Fault(f"the project has no solution {str(name)[:80]!r}.")
    if len(solutions) > 1:
        raise _Fault(f"several solutions are named {str(name)[:80]!r}: give LabelHub's own `id`.")
    [(pk, step_count)] = solutions
    probs = row["step_probs"]
    if probs is None:
        return pk, None
    if not isinstance(probs, list) or len(probs) != step_count:
        given = f"it has {len(probs)} step_probs" if isinstance(probs, list) else "its step_probs are no list"
        raise _Fault(f"{given}, and the solution has {step_count} steps.")
    if not all(type(p) in (int, float) and 0 <= p <= 1 for p in probs):
        raise _Fault("a step probability is a number from 0 to 1.")
    return pk, probs


def _agrees(probs: list[float] | None, before: list[float] | None) -> bool:
    """True; raises _Fault where the checkpoint already has another score for the solution."""
    if probs != before:
        raise _Fault("the checkpoint has other scores for this solution; another model is a checkpoint of its own.")
    return True


def _scored(checkpoint: Checkpoint, probs: list[float] | None) -> Scored:
    if probs is None:
        return Scored(step_probs=None, log_score=None, too_long=True)
    return Scored(tuple(probs), log_score(probs, checkpoint.config["aggregate"]))


def _refusal(filename: str, faults: list[str], count: int) -> str:
    if not faults:
        return f"{filename} holds no row."
    more = f" And {count - len(faults):,} more." if count > len(faults) else ""
    return f"{filename} was not read, and no score was kept. {' '.join(faults)}{more}"
