"""PRM800K's rows as a Parquet file, written only: its nesting kept, with a type for every field.

A column is there for every row, so what a row of JSON leaves out is null here, and unknown fields have no column but
`quarantined`, which exports set for labels that are held back.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

ROWS_AT_ONCE = 1000


def write(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    """Write rows as `prm800k.dump` makes them, a thousand at a time, so that memory doesn't grow with the file."""
    import pyarrow as pa  # 40 MB that only this format needs
    from pyarrow import parquet

    schema = _schema(pa)
    with parquet.ParquetWriter(path, schema) as writer:
        for chunk in _chunks(rows):
            writer.write_batch(pa.RecordBatch.from_pylist(chunk, schema=schema))


def _chunks(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    timed = ({**row, "timestamp": datetime.fromisoformat(row["timestamp"])} for row in rows)
    while chunk := list(islice(timed, ROWS_AT_ONCE)):
        yield chunk


def _schema(pa: Any) -> Any:
    text, flag, rating = pa.string(), pa.bool_(), pa.int8()
    completion = pa.struct({"text": text, "rating": rating, "flagged": flag})
    human = pa.struct({"text": text, "rating": rating, "source": text, "flagged": flag, "corrected_rating": rating})
    step = {"completions": pa.list_(completion), "human_completion": human, "chosen_completion": pa.int16()}
    question = {
        "problem": text,
        "ground_truth_solution": text,
        "ground_truth_answer": text,
        "pre_generated_steps": pa.list_(text),
        "pre_generated_answer": text,
        "pre_generated_verifier_score": pa.float64(),
    }
    label = {"steps": pa.list_(pa.struct(step)), "total_time": pa.int64(), "finish_reason": text}
    return pa.schema(
        {
            "labeler": text,
            "timestamp": pa.timestamp("us"),
            "generation": pa.int32(),
            "is_quality_control_question": flag,
            "is_initial_screening_question": flag,
            "quarantined": flag,
            "question": pa.struct(question),
            "label": pa.struct(label),
        }
    )
