"""An import as its job: what was asked, how far it is, what became of the lines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.conf import settings
from django.utils import timezone

from labelhub.models import Job, Problem
from labelhub.queries import jobs
from labelhub.queries.rows import from_row
from labelhub.services.data.importing.entries import FORMATS
from labelhub.services.data.importing.report import ReasonOfMany, RejectionRow

UNREAD = "Lines by the name of each field that nothing here reads; new rows keep it as it came."
OLDER = "Null where an older version made the import."


@dataclass(frozen=True)
class Import(jobs.JobRow):
    filename: str
    format: Annotated[str, FORMATS]
    split: Annotated[str | None, Problem.Split]
    created: Annotated[dict[str, int], "Rows by kind: problems, solutions, labels, alternatives."]
    lines: Annotated[int | None, f"created_lines + merged + skipped + rejected, so far. {OLDER}"]
    created_lines: Annotated[int | None, f"Lines that created a row. {OLDER}"]
    merged: Annotated[
        int | None,
        f"Lines of a problem that was there and took a split, an answer, a solution or another id from them. {OLDER}",
    ]
    skipped: Annotated[int, "Lines that said nothing new."]
    rejected: Annotated[int, "Lines turned away."]
    rejections: list[RejectionRow]
    more: Annotated[int, "Rejected lines beyond those told."]
    reasons: Annotated[list[ReasonOfMany], "Of all rejected lines, the most frequent first."]
    rejected_kept: Annotated[bool, "The rejected lines can be fetched."]
    notes: list[str]
    unread: Annotated[dict[str, int], UNREAD]
    created_at: datetime


def tell(job: Job) -> Import:
    """An import as its report."""
    nothing: dict[str, Any] = {"created": {}, "skipped": 0, "rejected": 0, "rejections": [], "more": 0}
    # An import of an older version counted no merged lines, so what it says doesn't add up to a total.
    nothing |= dict.fromkeys(("lines", "created_lines", "merged"), None if job.result else 0) | {"unread": {}}
    result: dict[str, Any] = {"reasons": [], "notes": [], **nothing, **job.result}
    return from_row(
        Import,
        {**vars(jobs.tell(job)), **result},
        **{name: job.params.get(name) for name in ("filename", "format", "split")},
        rejections=[RejectionRow(**each) for each in result["rejections"]],
        reasons=[ReasonOfMany(**each) for each in result["reasons"]],
        rejected_kept=_rejected_kept(job),
        created_at=job.created_at,
    )


def _rejected_kept(job: Job) -> bool:
    """Whether the rejected lines can still be fetched."""
    if job.state != Job.State.DONE or not job.result.get("aside") or job.finished_at is None:
        return False
    days = settings.FILES_KEPT_DAYS
    return not days or timezone.now() - job.finished_at < timedelta(days=days)
