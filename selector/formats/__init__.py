"""Reading and writing JSON Lines in the field's formats, one module per format.

A format is its module and its line in `READERS`, where it can be imported. `scored_samples` is for `evaluate` alone:
its rows have no ids, and nothing to import.
"""

from collections.abc import Callable

from selector.formats import labelhub
from selector.formats.fields import Row
from selector.formats.jsonl import BadLine, Line, read_jsonl, write_line
from selector.formats.published import gsm8k_samples, math_shepherd, prm800k, processbench, trl
from selector.formats.records import (
    BadRow,
    LabelRecord,
    Parsed,
    ProblemRecord,
    SolutionRecord,
    Split,
)
from selector.types import Completion, FinishReason, LabelStep

READERS: dict[str, Callable[[Row], Parsed]] = {
    "labelhub": labelhub.parse,
    "prm800k": prm800k.parse,
    "processbench": processbench.parse,
    "trl": trl.parse,
    "math_shepherd": math_shepherd.parse,
    "gsm8k_samples": gsm8k_samples.parse,
}
# The fields by which a row tells its format, the most telling first: two formats have a `label`.
_SIGNS: dict[str, tuple[str, ...]] = {
    "prm800k": ("question", "label"),
    "processbench": ("problem", "steps", "label"),
    "trl": ("prompt", "completions"),
    "math_shepherd": ("input", "label"),
    "gsm8k_samples": ("question", "ground_truth"),
}
# Any of them will do: a row that lacks the others is better told what it lacks than that nothing fits.
_IDS = {"problem_id", "solution_id"}
_OURS = {*_IDS, "ground_truth_answer", "steps"}


def parse(row: Row, format: str = "auto") -> Parsed:
    """What the row holds, in the named format or the one its fields tell; raises BadRow with a sentence."""
    return READERS[detect(row) if format == "auto" else format](row)


def detect(row: Row) -> str:
    """The name of the format whose fields the row has.

    A field that is null counts only where no other format fits: in a table, rows of one kind have the others' fields.
    """
    told = {name for name, value in row.items() if value is not None}
    for present in (told, row.keys()):
        for name, sign in _SIGNS.items():
            if present >= set(sign):
                return name
        if not _IDS.isdisjoint(present):
            return "labelhub"
    if not _OURS.isdisjoint(row):
        return "labelhub"
    names = ", ".join(ascii(name[:40]) for name in list(row)[:10])
    raise BadRow(f"The row's fields ({names or 'none'}) fit no known format.")


__all__ = [
    "READERS",
    "BadLine",
    "BadRow",
    "Completion",
    "FinishReason",
    "LabelRecord",
    "LabelStep",
    "Line",
    "Parsed",
    "ProblemRecord",
    "SolutionRecord",
    "Split",
    "detect",
    "parse",
    "read_jsonl",
    "write_line",
]
