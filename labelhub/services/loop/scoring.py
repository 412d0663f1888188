"""Score: a checkpoint's step probabilities for solutions, each scored once by it."""

from collections.abc import Callable, Iterable

from django.db.models import Exists, OuterRef, QuerySet

from labelhub.models import Checkpoint, Score, Solution
from labelhub.queries.loop import pools
from labelhub.queries.loop.measuring import threshold
from selector.selection.uncertain import uncertainty
from selector.types import Scored, Scorer

Beat = Callable[[int, int, str], None]
CHUNK = 512  # solutions scored and written at a time: what a killed worker loses, and what is held in memory


def score_solutions(
    *, solutions: QuerySet[Solution], checkpoint: Checkpoint, scorer: Scorer, beat: Beat, what: str
) -> int:
    """Score those that the checkpoint hasn't scored, and return how many. Safe to run twice, or on after a kill."""
    total, done, last = pools.unscored(solutions, checkpoint=checkpoint).count(), 0, 0
    beat(0, total, what)
    while chunk := _next(solutions, checkpoint, last):
        scored = scorer.score([(solution.problem.text, solution.steps) for solution in chunk])
        write(checkpoint, zip((solution.pk for solution in chunk), scored, strict=True))
        done, last = done + len(chunk), chunk[-1].pk
        beat(done, total, what)
    return done


def _next(solutions: QuerySet[Solution], checkpoint: Checkpoint, last: int) -> list[Solution]:
    """The next unscored ones behind `last`.

    Of the scores too only those behind it: PostgreSQL merges both by id, and would read every score there is anew for
    each chunk (0.4 s at half a million).
    """
    scores = Score.objects.filter(solution=OuterRef("pk"), checkpoint=checkpoint, solution__gt=last)
    waiting = solutions.filter(~Exists(scores), pk__gt=last).select_related("problem").order_by("pk")
    return list(waiting[:CHUNK])


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
