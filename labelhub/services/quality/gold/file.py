"""Gold labels from a file, or a try-out that says what would become of its lines and keeps nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction

from labelhub.models import Gold, Project, User
from labelhub.queries.quality import gold as queries
from labelhub.services import audit
from labelhub.services.data.importing.chunk import write
from labelhub.services.data.importing.entries import Entry, Sample
from labelhub.services.data.importing.report import Fate, Report
from labelhub.services.quality import gold
from labelhub.services.quality.gold import sets as gold_sets
from selector.formats import BadLine, BadRow, Line, read_jsonl
from selector.formats import gold as rows
from selector.formats.gold import GoldRecord
from selector.grading.normalize import problem_digest, solution_digest

AT_ONCE = 500
MOST_TOLD = 100  # of the lines that come in: enough to see how the file is understood


@dataclass(frozen=True, slots=True)
class Made:
    """What the line with this number, from 1, became."""

    line: int
    gold: Gold


@dataclass
class Reading:
    """What became of every line, the first of those that came in, and the set as it is then."""

    report: Report = field(default_factory=Report)
    made: list[Made] = field(default_factory=list)
    after: gold_sets.GoldSet | None = None

    def add(self, report: Report, made: Sequence[Made]) -> None:
        self.report.add(report)
        self.made = [*self.made, *made][:MOST_TOLD]


def read_file(*, project: Project, path: Path, purpose: str, by: User | None = None) -> Reading:
    """Make gold labels of a file's lines (see `selector.formats.gold`), with problems and solutions that are new.

    A line that is gold for this purpose already, with the same first mistakes, is skipped; a bad one is rejected by
    its number. Five hundred lines are committed at a time.
    """
    with path.open("rb") as stream:
        return read(project=project, stream=stream, name=path.name, purpose=purpose, by=by)


def read(*, project: Project, stream: BinaryIO, name: str, purpose: str, by: User | None) -> Reading:
    """`read_file` of what is open already."""
    reading = Reading()
    for chunk in _chunks(read_jsonl(stream)):
        with transaction.atomic():
            reading.add(*_write(project, purpose, chunk, by))
    report = reading.report
    told: dict[str, Any] = {"created": report.created["golds"], "rejected": report.rejected, "purpose": purpose}
    audit.record(project=project, actor=by, verb="import gold", subject=name, **told)
    reading.after = gold_sets.one(project, purpose)
    return reading


@transaction.atomic
def try_out(*, project: Project, stream: BinaryIO, name: str, purpose: str) -> Reading:
    """What `read` would make of it; nothing is kept."""
    reading = read(project=project, stream=stream, name=name, purpose=purpose, by=None)
    transaction.set_rollback(True)
    return reading


def _chunks(lines: Iterator[Line | BadLine]) -> Iterator[list[Line | BadLine]]:
    chunk: list[Line | BadLine] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == AT_ONCE:
            yield chunk
            chunk = []
    yield chunk


def _write(
    project: Project, purpose: str, lines: Sequence[Line | BadLine], by: User | None
) -> tuple[Report, list[Made]]:
    """The solutions first, in the way of any import, then what makes them gold."""
    records = {line.number: _parsed(line) for line in lines}
    entries = [each if isinstance(each, BadLine) else _entry(n, each) for n, each in records.items()]
    written = write(project=project, lines=entries, split=None)
    report = Report(created=written.created, notes=written.notes)
    for rejection in written.rejections:
        report.reject(rejection.line, rejection.reason)
        del records[rejection.line]
    made = []
    for number, record in records.items():
        assert isinstance(record, GoldRecord)  # a bad line was rejected
        try:
            new = _place(project, purpose, record, by)
        except BadRow as error:
            report.reject(number, str(error))
        else:
            report.created["golds"] += new is not None
            report.take(Fate.SKIPPED if new is None else Fate.CREATED)
            made += [Made(number, new)] if new else []
    return report, made


def _parsed(line: Line | BadLine) -> GoldRecord | BadLine:
    if isinstance(line, BadLine):
        return line
    try:
        return rows.parse(line.row)
    except BadRow as error:
        return BadLine(line.number, str(error))


def _entry(number: int, record: GoldRecord) -> Entry:
    """Without a label: what is known of the steps is not for training."""
    texts = [(step, text, "gold") for step, others in record.solution.alternatives.items() for text in others]
    sample = Sample(solution_digest(record.solution.steps), record.solution, None, tuple(texts))
    return Entry(number, record.problem, problem_digest(record.problem.problem) if record.problem else "", (sample,))


def _place(project: Project, purpose: str, record: GoldRecord, by: User | None) -> Gold | None:
    """None where it is there already. Raises BadRow where the solution can't be gold for this purpose."""
    solution = queries.named(
        project,
        problem_digest=problem_digest(record.problem.problem) if record.problem else None,
        problem_key=record.solution.problem_id,
        digest=solution_digest(record.solution.steps),
    )
    known = Gold.objects.filter(solution__problem=solution.problem_id, solution__digest=solution.digest).first()
    if known and known.purpose == purpose and known.first_mistakes == list(record.first_mistakes):
        return None
    if sentence := gold.taken(project, solution):
        raise BadRow(sentence)
    return Gold.objects.create(
        project=project,
        solution=solution,
        purpose=purpose,
        first_mistakes=list(record.first_mistakes),
        explanation=record.explanation,
        created_by=by,
    )
