"""Export: labels leave in the formats that others read, always in the same order, and a piece at a time."""

import math
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from django.db.models import QuerySet

from labelhub.errors import Invalid
from labelhub.models import Label, Project, Solution
from labelhub.queries.data import exports
from selector.formats import FinishReason, LabelRecord, labelhub, parquet, write_line
from selector.formats.published import math_shepherd, prm800k, processbench, rlhflow, trl
from selector.labels.steps import UNKNOWN, mistake_on_path, rated_paths
from selector.types import WHOLE

LABELS_AT_ONCE = 500
BLOCK_BYTES = 2**18
PARQUET = "parquet"

Rows = Callable[[Label], Iterable[dict[str, Any]]]


class Export:
    """The bytes of an export, made while they are read; `labels` and `rows` count those that went in so far.

    `left_out` counts the labels that made no row: the format can't say them, such as an unknown first mistake.
    `watch` is told the first of them at each label.
    """

    def __init__(self, format: str, labels: QuerySet[Label]) -> None:
        self.labels = self.rows = self.left_out = 0
        self.watch: Callable[[int], None] = lambda labels: None
        self._format, self._queryset = format, labels

    def __iter__(self) -> Iterator[bytes]:
        return self._columns() if self._format == PARQUET else self._lines()

    def total(self) -> int:
        """How many labels go in, by a query of its own."""
        return self._queryset.count()

    def _lines(self) -> Iterator[bytes]:
        for label in self._counted():
            made = list(ROWS[self._format](label))
            self.rows += len(made)
            self.left_out += not made
            for row in made:
                yield write_line(row).encode()

    def _columns(self) -> Iterator[bytes]:
        yield from _parquet(self._counted())
        self.rows = self.labels

    def _counted(self) -> Iterator[Label]:
        for label in self._queryset.iterator(chunk_size=LABELS_AT_ONCE):  # one query, read through a cursor
            self.labels += 1
            self.watch(self.labels)
            yield label


def stream(
    *,
    project: Project,
    format: str,
    view: str = "all",
    generation: int | None = None,
    checkpoint: int | None = None,
    source: str | None = None,
) -> Export:
    """The export that `queries.exports.labels` describes. Raises Invalid or Absent at once, not halfway through."""
    _one_of("format", format, FORMATS)
    _one_of("view", view, exports.VIEWS)
    _one_of("source", source, (None, *Label.Source.values))
    labels = exports.labels(
        project=project,
        view=view,
        generation=generation,
        checkpoint=checkpoint,
        source=source,
        only_good=format not in FLAGGED,
    )
    return Export(format, labels)


def file_name(
    *,
    project: Project,
    format: str,
    view: str = "all",
    generation: int | None = None,
    checkpoint: int | None = None,
    source: str | None = None,
) -> str:
    """Says what is in it, such as `apples.train.generation-3.prm800k.jsonl`."""
    narrowed = [
        "" if view == "all" else view,
        "" if generation is None else f"generation-{generation}",
        "" if checkpoint is None else f"checkpoint-{checkpoint}",
        source or "",
    ]
    name = ".".join(filter(None, [project.slug, *narrowed, format]))
    return name if format == PARQUET else f"{name}.jsonl"


def record_of(label: Any) -> LabelRecord:
    """The label as a row of PRM800K: an imported one as it came in, one made here in the same shape.

    One that is held back in a quarantine says so, in a key of its own that no other row has.
    """
    kept = label.body or {} if label.source == Label.Source.IMPORTED else {}
    submitted_at = label.submitted_at.replace(tzinfo=None)  # read from the database it is in UTC
    return LabelRecord(
        labeler=str(label.labeler_id),
        timestamp=kept.get("timestamp") or submitted_at.isoformat(timespec="microseconds"),
        generation=_generation(label),
        is_quality_control_question=label.is_quality_control_question,
        is_initial_screening_question=label.is_initial_screening_question,
        question=label.question or _question(label),
        steps=label.steps,
        total_time=label.total_time,
        finish_reason=cast(FinishReason, label.finish_reason),
        extra=kept.get("extra", {}) | ({"quarantined": True} if label.held_back else {}),
        label_extra=kept.get("label_extra", {}),
    )


def _generation(label: Label) -> int | None:
    """Phase 1 had none, so a row of it says null."""
    if label.assignment is None:
        return label.source_generation
    return label.assignment.item.generation.number if label.phase == 2 else None


def _question(label: Label) -> dict[str, Any]:
    """Phase 1 asks with the problem alone; phase 2 also shows the whole solution, and its score when it was picked."""
    problem, solution = label.solution.problem, label.solution
    if label.phase == 1:
        return {"problem": problem.text, "ground_truth_answer": problem.ground_truth_answer}
    log_score = label.assignment.item.log_score if label.assignment else None
    return {
        "problem": problem.text,
        "ground_truth_solution": problem.ground_truth_solution,
        "ground_truth_answer": problem.ground_truth_answer,
        "pre_generated_steps": solution.steps,
        "pre_generated_answer": solution.answer,
        "pre_generated_verifier_score": None if log_score is None else math.exp(log_score),
    }


def _prm800k(label: Label) -> list[dict[str, Any]]:
    return [prm800k.dump(record_of(label))]


def _trl(label: Label) -> list[dict[str, Any]]:
    return [trl.dump(path) for path in rated_paths(label.solution.problem.text, label.steps)]


def _math_shepherd(label: Label) -> list[dict[str, Any]]:
    task = str(label.solution.meta.get("task") or "")
    return [math_shepherd.dump(path, task) for path in rated_paths(label.solution.problem.text, label.steps)]


def _rlhflow(label: Label) -> list[dict[str, Any]]:
    return [rlhflow.dump(path) for path in rated_paths(label.solution.problem.text, label.steps)]


def _processbench(label: Label) -> list[dict[str, Any]]:
    """Nothing where the first mistake is unknown: of half a pass, and where a step before any Bad was left unsure."""
    solution = label.solution
    mistake = mistake_on_path(label.steps, len(solution.steps))
    if label.finish_reason not in WHOLE or mistake is UNKNOWN:
        return []
    row = processbench.dump(
        solution_id=solution.key,
        generator=solution.meta.get("generator"),
        problem=solution.problem.text,
        steps=solution.steps,
        final_answer_correct=_answer_is_right(solution),
        first_error=mistake,
    )
    return [row]


def _labelhub(label: Any) -> list[dict[str, Any]]:
    """All that this site knows of the pass."""
    solution, comment = label.solution, getattr(label, "comment", None)
    names = ("source", "finish_reason", "reason", "total_time", "revision", "instructions_version")
    flags = ("is_quality_control_question", "is_initial_screening_question")
    row = labelhub.dump_label(
        rated=label.steps,
        problem=solution.problem.text,
        ground_truth_answer=solution.problem.ground_truth_answer,
        solution_id=solution.key,
        steps=solution.steps,
        answer=solution.answer,
        is_correct=_answer_is_right(solution),
        labeler=str(label.labeler_id),
        submitted_at=label.submitted_at.isoformat(),
        generation=_generation(label),
        **{name: getattr(label, name) for name in names + flags},
        quarantined=label.held_back,
        comment=comment and {"text": comment.text, "is_question": comment.is_question},
    )
    return [row]


def _answer_is_right(solution: Solution) -> bool | None:
    if solution.grade in (Solution.Grade.RIGHT, Solution.Grade.WRONG):
        return solution.grade == Solution.Grade.RIGHT
    return solution.source_verdict


def _parquet(labels: Iterable[Label]) -> Iterator[bytes]:
    """By way of a file, since Parquet's directory of its columns stands at the end."""
    with tempfile.TemporaryDirectory(prefix="labelhub-export-") as place:
        path = Path(place) / "labels.parquet"
        parquet.write((prm800k.dump(record_of(label)) for label in labels), path)
        with path.open("rb") as file:
            yield from iter(lambda: file.read(BLOCK_BYTES), b"")


ROWS: dict[str, Rows] = {
    "prm800k": _prm800k,
    "trl": _trl,
    "processbench": _processbench,
    "math_shepherd": _math_shepherd,
    "rlhflow": _rlhflow,
    "labelhub": _labelhub,
}
FORMATS = (*ROWS, PARQUET)
FLAGGED = ("prm800k", PARQUET, "labelhub")  # the formats in which a label can say that it is held back


def _one_of(field: str, value: str | None, known: Iterable[str | None]) -> None:
    if value not in known:
        raise Invalid(fields={field: [f"This is one of {', '.join(filter(None, known))}."]})
