"""How much faster two workers score a pool than one, each with one thread of torch.

    python -m benchmarks.workers [--solutions 768] [--rounds 3]

Real workers, PostgreSQL and Valkey; the model of 20M parameters and the real solutions of `benchmarks.scoring`. Before
a round is timed each worker has loaded the model by a shard or two. A shard is 32 solutions, so that the end of a round
is no large part of it. Timed is the job, from its creation to its end. The last line is JSON.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.scoring import SAMPLES, model_of, pools
from tests import servers

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 1.6  # how much faster two workers are than one
WARM = 3 * SAMPLES  # solutions that are scored before the timed ones


def fill(place: Path, solutions: int) -> Any:
    """The project with its solutions, none of them in the pool yet; its checkpoint, on disk."""
    import torch

    from labelhub.models import Checkpoint, Problem, Project, Solution
    from selector.prm.training import writing

    [rows] = pools((solutions + WARM) // SAMPLES, 1)
    model = model_of(rows, torch.float32)
    card = {"config": model.config.to_dict()}
    writing.write(
        lambda fresh: writing.save_whole(model.model, model.tokenizer, fresh), card, place / "checkpoints" / "random"
    )
    project = Project.objects.create(slug="bench", name="Bench")
    texts = list(dict.fromkeys(text for text, _ in rows))
    made = Problem.objects.bulk_create(
        Problem(project=project, text=text, digest=f"{n:064}", split="train") for n, text in enumerate(texts)
    )
    of = {problem.text: problem for problem in made}
    Solution.objects.bulk_create(
        Solution(problem=of[text], key=str(n), steps=steps, digest=f"{n:064}") for n, (text, steps) in enumerate(rows)
    )
    return Checkpoint.objects.create(
        project=project, number=1, state="ready", path="checkpoints/random", config=model.config.to_dict()
    )


@contextmanager
def workers(count: int, place: Path) -> Iterator[None]:
    """So many model workers as docker-compose.yml starts them, of one thread each."""
    command = [sys.executable, "-m", "celery", "-A", "labelhub", "worker", "--queues", "gpu", "--concurrency", "1"]
    command += ["--prefetch-multiplier", "1", "--loglevel", "WARNING"]
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    with (place / "workers.log").open("ab") as log:
        running = [
            subprocess.Popen([*command, "--hostname", f"bench-{n}"], cwd=ROOT, env=environ, stdout=log, stderr=log)
            for n in range(count)
        ]
        try:
            yield
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()


def score(checkpoint: Any, keys: Sequence[str]) -> float:
    """Solutions a second, of a job that scores those."""
    from labelhub import tasks
    from labelhub.models import Checkpoint, Job, Solution
    from labelhub.services.loop import promoting, sharding

    wanted = Solution.objects.filter(key__in=keys)
    wanted.update(grade="wrong", graded_by="source")
    length = statistics.mean(sharding.characters(steps) for steps in wanted.values_list("steps", flat=True))
    Checkpoint.objects.update(characters_per_second=SAMPLES * length / sharding.SECONDS)
    job = promoting.score_ahead(checkpoint=checkpoint)
    tasks.send(job)
    while job.state not in (Job.State.DONE, Job.State.FAILED):
        time.sleep(0.05)
        job.refresh_from_db()
    if job.state == Job.State.FAILED or checkpoint.scores.filter(solution__in=wanted).count() != len(keys):
        raise SystemExit(f"The solutions were not scored: {job.message}")
    assert job.finished_at
    return len(keys) / (job.finished_at - job.created_at).total_seconds()


def a_round(checkpoint: Any, count: int, place: Path) -> float:
    from labelhub.models import Score, Solution

    Score.objects.all().delete()
    Solution.objects.update(grade=None, graded_by=None)
    keys = list(Solution.objects.order_by("pk").values_list("key", flat=True))
    with workers(count, place):
        score(checkpoint, keys[:WARM])
        return score(checkpoint, keys[WARM:])


def measure(place: Path, solutions: int, rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    checkpoint = fill(place, solutions)
    found = []
    for number in range(rounds):
        one, two = (a_round(checkpoint, count, place) for count in (1, 2))
        found.append({"one_per_s": one, "two_per_s": two, "ratio": two / one, "load": os.getloadavg()[0]})
        print(f"round {number}: {found[-1]}", file=sys.stderr)
    return {name: float(f"{statistics.median(each[name] for each in found):.3g}") for name in found[0]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--solutions", type=int, default=768)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    from benchmarks.looping.sites import create_database

    load_before = round(os.getloadavg()[0], 2)
    with tempfile.TemporaryDirectory(prefix="lh-bench-") as directory, servers.postgresql() as server:
        place = Path(directory)
        with servers.broker(servers.redis_url(place)) as broker:
            os.environ.update(
                DATABASE_URL=create_database(server, "labelhub_workers"), REDIS_URL=broker, DATA_DIR=directory,
                SECRET_KEY=secrets.token_urlsafe(48), HTTPS="false", LOG_LEVEL="ERROR",
                DJANGO_SETTINGS_MODULE="labelhub.settings",
            )  # fmt: skip
            result = measure(place, options.solutions, options.rounds)
            from django.db import connection

            connection.close()
    print(json.dumps(result | {"limit": LIMIT, "solutions": options.solutions, "load_before": load_before}))
    return 0 if result["ratio"] >= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
