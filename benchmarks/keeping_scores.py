"""How fast scores are kept on PostgreSQL, beside COPY of the same rows into the same table with its indexes.

    python -m benchmarks.keeping_scores [--rows 50000] [--rounds 5]

Each round keeps the scores of two checkpoints for as many solutions, in turns: one as the product does, from what a
scorer says, and one by COPY of lines that are ready, each by 512 rows a transaction as a worker has them, and again by
10,000. The figure is the median of the rounds' ratios. The last line is JSON.
"""

import argparse
import io
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from tests import servers

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 0.5  # of COPY's rate
CHUNKS = (512, 10_000)  # rows in a transaction: a worker's, and a file's
STEPS = 8
DIRECT = "COPY labelhub_score (checkpoint_id, solution_id, step_probs, log_score, uncertainty) FROM STDIN"


def fill(rows: int) -> tuple[Any, list[int]]:
    """A project with so many solutions; their ids."""
    from labelhub.models import Problem, Project, Solution

    project = Project.objects.create(slug="bench", name="Bench")
    problem = Problem.objects.create(project=project, text="How many?", digest="0" * 64, split="train")
    steps = [f"Step {n} of the solution." for n in range(STEPS)]
    made = (
        Solution(problem=problem, key=str(n), steps=steps, digest=f"{n:064}", grade="wrong", graded_by="source")
        for n in range(rows)
    )
    Solution.objects.bulk_create(made, batch_size=5000)
    return project, list(Solution.objects.order_by("pk").values_list("pk", flat=True))


def told(ids: Sequence[int], seed: int) -> list[tuple[int, Any]]:
    """What a scorer says of each solution."""
    from selector.prm.aggregate import log_score
    from selector.types import Scored

    draw = random.Random(seed)
    probs = (tuple(draw.random() for _ in range(STEPS)) for _ in ids)
    return [(pk, Scored(p, log_score(p))) for pk, p in zip(ids, probs, strict=True)]


def as_lines(checkpoint: Any, scored: Sequence[tuple[int, Any]]) -> list[str]:
    return [f"{checkpoint.pk}\t{pk}\t{json.dumps(list(one.step_probs))}\t{one.log_score}\t0.5\n" for pk, one in scored]


def chunks(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


def per_second(work: Callable[[], None], rows: int) -> tuple[float, float]:
    """Rows a second, and a second of this process's processor."""
    started, busy = time.perf_counter(), time.process_time()
    work()
    return rows / (time.perf_counter() - started), rows / (time.process_time() - busy)


def child(rows: int, rounds: int) -> int:
    """The measurement, in a process that has the database in its environment."""
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from django.db import connection

    from labelhub.models import Checkpoint
    from labelhub.services.loop import scoring

    project, ids = fill(rows)
    numbers = iter(range(1, 1000))

    def ours(scored: Sequence[tuple[int, Any]], checkpoint: Any, size: int) -> None:
        for chunk in chunks(scored, size):
            scoring.write(checkpoint, chunk)

    def copied(lines: Sequence[str], size: int) -> None:
        with connection.cursor() as cursor:
            for chunk in chunks(lines, size):
                cursor.copy_expert(DIRECT, io.StringIO("".join(chunk)))

    found: dict[int, list[dict[str, float]]] = {size: [] for size in CHUNKS}
    for seed in range(rounds):
        scored = told(ids, seed)
        for size in CHUNKS:
            one, other = (Checkpoint.objects.create(project=project, number=next(numbers)) for _ in range(2))
            lines = as_lines(other, scored)
            copy, _ = per_second(lambda lines=lines, size=size: copied(lines, size), rows)  # type: ignore[misc]
            kept, busy = per_second(lambda s=scored, c=one, size=size: ours(s, c, size), rows)  # type: ignore[misc]
            found[size].append({"ratio": kept / copy, "per_s": kept, "per_cpu_s": busy, "copy_per_s": copy})
            print(f"round {seed}, {size} rows: {found[size][-1]}", file=sys.stderr)
    medians = {
        f"by_{size}": {name: float(f"{statistics.median(each[name] for each in made):.3g}") for name in made[0]}
        for size, made in found.items()
    }
    print(json.dumps(medians))
    return 0


def report(rows: int, rounds: int) -> int:
    from benchmarks.looping.sites import about, create_database

    load_before = round(os.getloadavg()[0], 2)
    with tempfile.TemporaryDirectory(prefix="lh-bench-") as place, servers.postgresql() as server:
        environ = {
            **os.environ, "DATABASE_URL": create_database(server, "labelhub_scores"), "HTTPS": "false",
            "SECRET_KEY": secrets.token_urlsafe(48), "DATA_DIR": place, "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "labelhub.settings",
        }  # fmt: skip
        subprocess.check_call([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environ)
        arguments = ["-m", "benchmarks.keeping_scores", "--child", "--rows", str(rows), "--rounds", str(rounds)]
        output = subprocess.check_output([sys.executable, *arguments], cwd=ROOT, env=environ)
        result: dict[str, Any] = json.loads(output.splitlines()[-1])
        result |= {"rows": rows, "limit": LIMIT, "load_before": load_before, **about(server)}
    print(json.dumps(result | {"load_after": round(os.getloadavg()[0], 2)}))
    return 0 if all(result[f"by_{size}"]["ratio"] >= LIMIT for size in CHUNKS) else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    return (child if options.child else report)(options.rows, options.rounds)


if __name__ == "__main__":
    sys.exit(main())
