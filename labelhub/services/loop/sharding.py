"""Cut scoring into shards, so that every worker has a part in it and one that is killed costs no more than its own.

A shard is a job that names its checkpoint and its solutions: of about half a minute's work, by how fast a model of its
kind scored in this project before. No solution is in two shards of a checkpoint, and what has a score is left out.
"""

import time
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from labelhub.models import Checkpoint, Job, Solution
from labelhub.queries.loop import pools
from labelhub.services.jobs import Running
from labelhub.services.loop import scoring
from selector.types import Scorer

SECONDS = 30  # of work in a shard
UNKNOWN = 10_000  # characters a second, where no model of the kind has scored here: a fifth of what a small one does
MOST = 4096  # solutions in a shard: once features are cached a frozen base is faster than it is with new solutions
SAMPLE = 200  # solutions by whose mean length the shards are cut
A_MOMENT = 1  # second: what took less tells of starting up, not of a rate


def cut(run: Running, wanted: Mapping[Checkpoint, Sequence[QuerySet[Solution]]], *, message: str) -> list[Job]:
    """Leave it to shards to have each checkpoint score what it hasn't scored of these; those of them to send now.

    None where nothing is left to score: what a checkpoint of imported scores lacks stays unscored. A checkpoint's
    shards follow those of the one before it, and the first idle worker is at them. Raises Superseded.
    """
    shards = [shard for checkpoint, solutions in wanted.items() for shard in _shards(run.job, checkpoint, solutions)]
    return run.hand_over(shards, message) if shards else []


def _shards(job: Job, checkpoint: Checkpoint, wanted: Sequence[QuerySet[Solution]]) -> list[Job]:
    if checkpoint.source == Checkpoint.Source.IMPORTED:
        return []
    ids = pools.unscored_ids(wanted, checkpoint=checkpoint)
    size = _size(checkpoint, ids) if ids else 1
    lane = checkpoint.scorer["endpoint"] if checkpoint.source == Checkpoint.Source.SERVED else ""
    parts = (ids[at : at + size].tolist() for at in range(0, len(ids), size))
    return [
        Job(
            kind=Job.Kind.SHARD,
            project=job.project,
            checkpoint=checkpoint,
            total=len(part),
            params={"solutions": part, "lane": lane},
        )
        for part in parts
    ]


def _size(checkpoint: Checkpoint, ids: "array[int]") -> int:
    """The number of solutions in a shard."""
    sample = Solution.objects.filter(pk__in=ids[:: max(1, len(ids) // SAMPLE)].tolist())
    lengths = [characters(steps) for steps in sample.values_list("steps", flat=True)]
    mean = sum(lengths) / max(len(lengths), 1)
    return max(1, min(MOST, round(SECONDS * _rate(checkpoint) / max(mean, 1))))


def _rate(checkpoint: Checkpoint) -> float:
    """Characters a second: of the newest checkpoint of its kind that scored here."""
    alike = Checkpoint.objects.filter(
        project=checkpoint.project_id,
        source=checkpoint.source,
        name=checkpoint.name,
        base_model=checkpoint.base_model,
        characters_per_second__isnull=False,
    )
    known = ((one.characters_per_second, one.config.get("way")) for one in alike.order_by("-number"))
    return next((rate for rate, way in known if rate and way == checkpoint.config.get("way")), UNKNOWN)


def characters(steps: Sequence[str]) -> int:
    return sum(map(len, steps))


def score(run: Running, scorer: Scorer) -> dict[str, Any]:
    """Score the shard's solutions and say how many were scored, of how many characters, in how many seconds.

    What has a score keeps it, and what is gone is passed over. Safe to run twice, or on after a kill.
    """
    ids, at = run.job.params["solutions"], 0
    size, counts = scoring.FIRST_CHUNK, {"scored": 0, "characters": 0, "seconds": 0.0}
    while part := ids[at : at + size]:
        began = time.monotonic()
        solutions = pools.unscored(Solution.objects.filter(pk__in=part), checkpoint=run.checkpoint)
        chunk = list(solutions.select_related("problem").order_by("pk"))
        if chunk:
            scoring.score_chunk(chunk, checkpoint=run.checkpoint, scorer=scorer)
            took = time.monotonic() - began
            counts["scored"] += len(chunk)
            counts["characters"] += sum(characters(one.steps) for one in chunk)
            counts["seconds"] += took
            size = scoring.next_chunk(len(chunk), took)
        at += len(part)
        run.beat(at, len(ids))
    return counts


def scored(checkpoint: Checkpoint, counts: Mapping[str, Any]) -> None:
    """Remember how fast it was, for the shards of the next scoring."""
    if counts["seconds"] >= A_MOMENT:
        rate = counts["characters"] / counts["seconds"]
        Checkpoint.objects.filter(pk=checkpoint.pk).update(characters_per_second=rate)
