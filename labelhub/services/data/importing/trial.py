"""An import without effect: the rules are the import's own, in a transaction that is undone."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, BinaryIO

from django.db import transaction

from labelhub.models import Project
from labelhub.queries.rows import from_row
from labelhub.services.data.importing.chunk import write
from labelhub.services.data.importing.entries import AUTO, chunks
from labelhub.services.data.importing.job import UNREAD
from labelhub.services.data.importing.report import NO_PROBLEM, Reason, ReasonOfMany, RejectionRow, Report, kind_of
from selector.formats import BadRow, Line, detect, read_jsonl


@dataclass(frozen=True)
class ImportCheck:
    lines: Annotated[int, "Lines that were looked at, blank ones left out."]
    formats: Annotated[dict[str, int], "Lines by the format they are in."]
    created: Annotated[dict[str, int], "Rows that would be created, by kind."]
    created_lines: Annotated[int, "Lines that would create a row."]
    merged: Annotated[int, "Lines that an existing problem would take something from."]
    skipped: Annotated[int, "Lines that would say nothing new."]
    waiting: Annotated[int, "Lines that name a problem which isn't there yet."]
    rejected: int
    rejections: list[RejectionRow]
    reasons: list[ReasonOfMany]
    notes: list[str]
    unread: Annotated[dict[str, int], UNREAD]


@dataclass(frozen=True)
class Trial:
    """What would become of the lines, and the formats that their fields tell.

    `waiting` lines name a problem that isn't there: they are not counted as rejected, since its file may come first.
    """

    report: Report
    formats: Counter[str]
    waiting: Reason

    def tell(self) -> ImportCheck:
        told = self.report.as_dict()
        return from_row(
            ImportCheck,
            told,
            lines=self.report.lines + self.waiting.count,
            formats=dict(self.formats),
            waiting=self.waiting.count,
            rejections=[RejectionRow(**each) for each in told["rejections"]],
            reasons=[ReasonOfMany(**each) for each in told["reasons"]],
        )


@transaction.atomic
def run(*, project: Project, stream: BinaryIO, format: str, split: str | None) -> Trial:
    """Read all of it as an import does, in one transaction that leaves nothing behind."""
    report = Report()
    for by_id in (False, True):
        stream.seek(0)
        for _lines, chunk in chunks(stream, format, by_id=by_id):
            report.add(write(project=project, lines=chunk, split=split))
    transaction.set_rollback(True)
    stream.seek(0)
    return Trial(report, _formats(stream, format), _set_aside(report))


def _set_aside(report: Report) -> Reason:
    """Take the lines whose problem isn't there out of the report."""
    waiting = report.reasons.pop(NO_PROBLEM, Reason())
    report.rejected -= waiting.count
    report.rejections = [each for each in report.rejections if kind_of(each.reason) != NO_PROBLEM]
    return waiting


def _formats(stream: BinaryIO, format: str) -> Counter[str]:
    lines = [line for line in read_jsonl(stream) if isinstance(line, Line)]
    return Counter(filter(None, (_format_of(line) if format == AUTO else format for line in lines)))


def _format_of(line: Line) -> str | None:
    try:
        return detect(line.row)
    except BadRow:
        return None
