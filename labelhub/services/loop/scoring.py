"""Score: a checkpoint's step probabilities for solutions, each scored once by it."""

import io
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson
from django.db import IntegrityError, connection, transaction

from labelhub.models import Checkpoint, Score, Solution
from labelhub.queries.loop.measuring import threshold
from selector.selection.uncertain import uncertainty
from selector.types import Scored, Scorer

# Solutions scored and written at a time: what a killed worker loses, and what is held in memory.
FIRST_CHUNK, LEAST_CHUNK, MOST_CHUNK = 64, 16, 512
CHUNK_SECONDS = 5

COLUMNS = "solution_id, checkpoint_id, step_probs, log_score, uncertainty"
COPY = f"COPY labelhub_score ({COLUMNS}) FROM STDIN"
STAGE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staged_scores (
        solution_id bigint, checkpoint_id bigint, step_probs jsonb, log_score float8, uncertainty float8
    ) ON COMMIT DELETE ROWS
"""
COPY_STAGED = f"COPY staged_scores ({COLUMNS}) FROM STDIN"
INSERT = f"INSERT INTO labelhub_score ({COLUMNS}) SELECT {COLUMNS} FROM staged_scores ON CONFLICT DO NOTHING"


class Row(NamedTuple):
    """What is kept of a score, but for whose it is."""

    solution_id: int
    step_probs: tuple[float, ...] | None
    log_score: float | None
    uncertainty: float | None


def score_chunk(chunk: Sequence[Solution], *, checkpoint: Checkpoint, scorer: Scorer) -> None:
    """Score these solutions, and keep what comes of it."""
    scored = scorer.score([(solution.problem.text, solution.steps) for solution in chunk])
    write(checkpoint, zip((solution.pk for solution in chunk), scored, strict=True))


def next_chunk(solutions: int, seconds: float) -> int:
    """How many solutions to score next: a few seconds' work, after so many took so long."""
    return max(LEAST_CHUNK, min(MOST_CHUNK, round(solutions * CHUNK_SECONDS / max(seconds, 0.001))))


def write(checkpoint: Checkpoint, scored: Iterable[tuple[int, Scored]]) -> None:
    """Keep the checkpoint's scores by solution id; those that are there stay as they are."""
    rows = [_row(pk, checkpoint, one) for pk, one in scored]
    if connection.vendor == "postgresql":
        _copy(checkpoint, rows)
    else:
        made = (Score(checkpoint=checkpoint, **row._asdict()) for row in rows)
        Score.objects.bulk_create(made, ignore_conflicts=True)


def _row(solution_id: int, checkpoint: Checkpoint, scored: Scored) -> Row:
    """What every head says of every step isn't kept, but what it comes to: a pool is millions of solutions."""
    probs = scored.step_probs
    unsure = None if probs is None else uncertainty(scored.head_step_probs, probs, threshold(checkpoint))
    return Row(solution_id, probs, scored.log_score, unsure)


def _copy(checkpoint: Checkpoint, rows: Iterable[Row]) -> None:
    """By COPY. It stops where a score is there already: then by way of a table of this connection, at half the rate."""
    lines = "".join(
        f"{row.solution_id}\t{checkpoint.pk}\t{_text(row.step_probs)}\t{_text(row.log_score)}\t{_text(row.uncertainty)}\n"
        for row in rows
    )
    try:
        with transaction.atomic():
            _send(COPY, lines)
    except IntegrityError:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(STAGE)
            cursor.execute("DELETE FROM staged_scores")  # of an earlier call in a transaction around both
            _send(COPY_STAGED, lines)
            cursor.execute(INSERT)


def _send(statement: str, lines: str) -> None:
    # Django's cursor passes psycopg2's own errors on from here, and an outage is told by Django's.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(statement, io.StringIO(lines))


def _text(value: tuple[float, ...] | float | None) -> str:
    if value is None:
        return r"\N"
    return str(value) if isinstance(value, float) else orjson.dumps(value).decode()
