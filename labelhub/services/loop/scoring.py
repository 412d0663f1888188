"""Score: a checkpoint's step probabilities for solutions, each scored once by it."""

from collections.abc import Iterable, Sequence

from labelhub.models import Checkpoint, Score, Solution
from labelhub.queries.loop.measuring import threshold
from selector.selection.uncertain import uncertainty
from selector.types import Scored, Scorer

# Solutions scored and written at a time: what a killed worker loses, and what is held in memory.
FIRST_CHUNK, LEAST_CHUNK, MOST_CHUNK = 64, 16, 512
CHUNK_SECONDS = 5


def score_chunk(chunk: Sequence[Solution], *, checkpoint: Checkpoint, scorer: Scorer) -> None:
    """Score these solutions, and keep what comes of it."""
    scored = scorer.score([(solution.problem.text, solution.steps) for solution in chunk])
    write(checkpoint, zip((solution.pk for solution in chunk), scored, strict=True))


def next_chunk(solutions: int, seconds: float) -> int:
    """How many solutions to score next: a few seconds' work, after so many took so long."""
    return max(LEAST_CHUNK, min(MOST_CHUNK, round(solutions * CHUNK_SECONDS / max(seconds, 0.001))))


def write(checkpoint: Checkpoint, scored: Iterable[tuple[int, Scored]]) -> None:
    """Keep the checkpoint's scores by solution id; those that are there stay as they are."""
    Score.objects.bulk_create((_row(pk, checkpoint, one) for pk, one in scored), ignore_conflicts=True)


def _row(solution_id: int, checkpoint: Checkpoint, scored: Scored) -> Score:
    """What every head says of every step isn't kept, but what it comes to: a pool is millions of solutions."""
    probs = scored.step_probs
    return Score(
        solution_id=solution_id,
        checkpoint=checkpoint,
        step_probs=None if probs is None else list(probs),
        log_score=scored.log_score,
        uncertainty=None if probs is None else uncertainty(scored.head_step_probs, probs, threshold(checkpoint)),
    )
