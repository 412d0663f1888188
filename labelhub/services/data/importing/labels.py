"""The labels that a chunk of lines holds, each once however often it comes in."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Q
from django.utils import timezone

from labelhub.models import Label, Labeler, Solution
from labelhub.services.data.importing.solutions import Identity, Solutions
from labelhub.services.labeling import labels
from selector.formats import BadRow, LabelRecord, SolutionRecord
from selector.formats.published import prm800k
from selector.labels.passes import label_steps
from selector.types import BAD

MOST_MILLISECONDS = 2**31 - 1  # what the column holds: 24 days at one solution


class Labels:
    """Imported labels, as they will be once the chunk is saved."""

    def __init__(self, solutions: Solutions, wanted: Sequence[Label]) -> None:
        self._digests: set[tuple[Identity, str | None]] = set()
        self._passes: set[tuple[Identity, UUID, datetime]] = set()
        self._new: list[Label] = []
        if wanted:
            self._look_up(solutions.rows(), {label.import_digest for label in wanted})

    def _look_up(self, rows: dict[int, Identity], digests: set[str | None]) -> None:
        """Of what these solutions have: the labels with these digests, and those made here."""
        known = Label.objects.filter(solution__in=rows).filter(
            Q(import_digest__in=digests) | Q(import_digest__isnull=True)
        )
        for pk, digest, labeler, submitted_at in known.values_list(
            "solution_id", "import_digest", "labeler_id", "submitted_at"
        ):
            if digest is None:
                self._passes.add((rows[pk], labeler, submitted_at))
            else:
                self._digests.add((rows[pk], digest))

    def place(self, identity: Identity, solution: Solution, label: Label) -> bool:
        """Add the label to the solution; False when it is there, be it as the label made here that was exported."""
        digest = (identity, label.import_digest)
        if digest in self._digests or (identity, label.labeler_id, label.submitted_at) in self._passes:
            return False
        self._digests.add(digest)
        label.solution = solution
        self._new.append(label)
        return True

    def save(self) -> Counter[str]:
        # Sorted, and without a look beforehand: imports into two projects may bring the same labelers at once.
        Labeler.objects.bulk_create(
            [Labeler(id=each) for each in sorted({label.labeler_id for label in self._new})], ignore_conflicts=True
        )
        labels.write(*self._new)
        return Counter(labels=len(self._new))


def from_row(record: LabelRecord) -> Label:
    """The label of a PRM800K row, so that the row can be written again as it was."""
    if record.total_time > MOST_MILLISECONDS:
        raise BadRow(f"label.total_time is more than {MOST_MILLISECONDS} ms.")
    submitted_at = datetime.fromisoformat(record.timestamp).replace(tzinfo=UTC)
    return Label(
        labeler_id=UUID(record.labeler),
        source=Label.Source.IMPORTED,
        phase=record.phase,
        finish_reason=record.finish_reason,
        steps=list(record.steps),
        body=_leftovers(record, submitted_at) or None,
        total_time=record.total_time,
        submitted_at=submitted_at,
        source_generation=record.generation,
        is_quality_control_question=record.is_quality_control_question,
        is_initial_screening_question=record.is_initial_screening_question,
        question=dict(record.question),
        import_digest=_digest(prm800k.dump(record)),
    )


def from_step_labels(format: str, record: SolutionRecord) -> Label | None:
    """The label that a file's step labels are, None where they rate nothing.

    The files don't say whose they are, so one pseudonym stands for each format.
    """
    if record.step_labels is None or set(record.step_labels) <= {None}:
        return None
    steps = label_steps(record.steps, record.step_labels)
    finish, reason = _ending(record.step_labels, len(record.steps))
    labeler = uuid5(NAMESPACE_URL, f"labelhub:{format}")
    return Label(
        labeler_id=labeler,
        source=Label.Source.IMPORTED,
        finish_reason=finish,
        reason=reason,
        steps=steps,
        total_time=0,
        submitted_at=timezone.now(),
        import_digest=_digest({"labeler": str(labeler), "steps": steps}),
    )


def _ending(ratings: Sequence[int | None], step_count: int) -> tuple[str, str]:
    """Ratings that stop short of the end without a mistake are half a pass, and say nothing of the rest."""
    if BAD in ratings:
        return Label.FinishReason.FOUND_ERROR, ""
    if len(ratings) == step_count:
        return Label.FinishReason.SOLUTION, ""
    return Label.FinishReason.GIVE_UP, "The file rates no step after these."


def other_texts(record: LabelRecord, followed: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Step index and text of each completion that is not the step of the solution itself."""
    for index, step in enumerate(record.steps):
        for completion in step["completions"] or ():
            if completion["text"].strip() and [completion["text"]] != list(followed[index : index + 1]):
                yield index, completion["text"]


def _leftovers(record: LabelRecord, submitted_at: datetime) -> dict[str, Any]:
    """What no column holds: unknown fields, and a timestamp that isn't written the usual way."""
    usual = submitted_at.replace(tzinfo=None).isoformat(timespec="microseconds")
    kept = {
        "timestamp": record.timestamp if record.timestamp != usual else None,
        "extra": dict(record.extra),
        "label_extra": dict(record.label_extra),
    }
    return {name: value for name, value in kept.items() if value}


def _digest(row: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
