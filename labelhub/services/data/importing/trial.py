"""An import without effect: the rules are the import's own, in a transaction that is undone."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction

from labelhub.models import Project
from labelhub.services.data.importing.chunk import write
from labelhub.services.data.importing.entries import AUTO, chunks
from labelhub.services.data.importing.report import NO_PROBLEM, Reason, Report, kind_of
from selector.formats import BadRow, Line, detect, read_jsonl


@dataclass(frozen=True)
class Trial:
    """What would become of the lines, and the formats that their fields tell.

    `waiting` lines name a problem that isn't there: they are not counted as rejected, since its file may come first.
    """

    report: Report
    formats: Counter[str]
    waiting: Reason

    def as_dict(self) -> dict[str, Any]:
        return {
            **self.report.as_dict(),
            "lines": self.report.lines + self.waiting.count,
            "formats": dict(self.formats),
            "waiting": self.waiting.count,
        }


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
