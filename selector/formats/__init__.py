"""Reading and writing JSON Lines in the field's formats, one module per format."""

from selector.formats.records import (
    BadRow,
    Completion,
    FinishReason,
    LabelRecord,
    LabelStep,
    Parsed,
    ProblemRecord,
    SolutionRecord,
    Split,
)

__all__ = [
    "BadRow",
    "Completion",
    "FinishReason",
    "LabelRecord",
    "LabelStep",
    "Parsed",
    "ProblemRecord",
    "SolutionRecord",
    "Split",
]
