"""From the lines of a file to chunks of entries: bounded in memory, whatever the file holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from labelhub.models import Label
from labelhub.services.data.importing.labels import from_row, from_step_labels, other_texts
from labelhub.services.data.importing.solutions import OtherText
from selector.formats import (
    READERS,
    BadLine,
    BadRow,
    LabelRecord,
    Line,
    Parsed,
    ProblemRecord,
    SolutionRecord,
    detect,
    read_jsonl,
)
from selector.formats import labelhub as own_format
from selector.grading.normalize import problem_digest, solution_digest

AUTO = "auto"
FORMATS = (AUTO, *READERS)
CHUNK_LINES = 500
CHUNK_BYTES = 8 * 2**20  # a line may be megabytes long
READ_BY_EXPORTS = {"task"}  # of Math-Shepherd
IMPORTED, LONGEST_SOURCE = "imported", 100  # the source of an alternative: a label's row, or who wrote the solution


@dataclass(frozen=True, slots=True)
class Sample:
    """A solution with the digest of its steps, its label if the line holds one, and other texts for its steps."""

    digest: str
    record: SolutionRecord
    label: Label | None
    alternatives: tuple[OtherText, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What one line holds. Without a problem of its own it holds one sample, which names its problem by id."""

    line: int
    problem: ProblemRecord | None
    problem_digest: str
    samples: tuple[Sample, ...]
    unread: frozenset[str] = frozenset()  # names of the fields that nothing here reads
    raw: bytes = b""  # the line as it stands in the file


def chunks(stream: BinaryIO, format: str, *, by_id: bool, skip: int = 0) -> Iterator[tuple[int, list[Entry | BadLine]]]:
    """The lines whose problem is named by id, or else all others, bad ones among them; some chunks may be empty.

    Each comes with how many lines were read so far, blank ones left out; the first `skip` of them are passed over.
    """
    chunk: list[Entry | BadLine] = []
    count = start = 0
    for count, line in enumerate(read_jsonl(stream), start=1):
        if count <= skip:
            start = stream.tell()
            continue
        if (entry := _entry(line, format, by_id)) is not None:
            chunk.append(entry)
        if count % CHUNK_LINES == 0 or stream.tell() - start > CHUNK_BYTES:
            yield count, chunk
            chunk, start = [], stream.tell()
    yield count, chunk


def _entry(line: Line | BadLine, format: str, by_id: bool) -> Entry | BadLine | None:
    """None where the line belongs to the other pass over the file."""
    if isinstance(line, BadLine):
        return None if by_id else line
    try:
        name = detect(line.row) if format == AUTO else format
    except BadRow as error:
        return None if by_id else BadLine(line.number, str(error), line.raw)
    if by_id != (name == "labelhub" and own_format.is_solution(line.row)):
        return None
    try:
        return _parse(line, name)
    except BadRow as error:
        return BadLine(line.number, str(error), line.raw)


def _parse(line: Line, name: str) -> Entry:
    """Raises BadRow, which leaves nothing of the line behind."""
    parsed = READERS[name](line.row)
    return Entry(
        line=line.number,
        problem=parsed.problem,
        problem_digest=problem_digest(parsed.problem.problem) if parsed.problem else "",
        samples=tuple(_sample(record, parsed.label, name) for record in parsed.solutions),
        unread=_unread(parsed),
        raw=line.raw,
    )


def _unread(parsed: Parsed) -> frozenset[str]:
    found = {name for solution in parsed.solutions for name in solution.extra}
    found |= set(parsed.problem.extra) if parsed.problem else set()
    found |= {*parsed.label.extra, *parsed.label.label_extra} if parsed.label else set()
    return frozenset(found - READ_BY_EXPORTS)


def _sample(record: SolutionRecord, row: LabelRecord | None, format: str) -> Sample:
    label = from_row(row) if row else from_step_labels(format, record)
    texts = [*other_texts(row, record.steps)] if row else []
    texts += [(step, text) for step, others in record.alternatives.items() for text in others]
    source = IMPORTED if row else (record.generator or "")[:LONGEST_SOURCE]
    return Sample(solution_digest(record.steps), record, label, tuple((step, text, source) for step, text in texts))
