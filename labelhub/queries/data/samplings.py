"""Samplings: where they stand, what they made and what they cost."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from labelhub.models import Job, Project
from labelhub.queries import jobs

COUNTS = ("created", "duplicates", "there", "unanswered", "answers", "prompt_tokens", "completion_tokens", "untold")
MILLION = 1_000_000


def of_project(project: Project) -> QuerySet[Job]:
    """The project's samplings, newest first."""
    return Job.objects.filter(project=project, kind=Job.Kind.SAMPLE).order_by("-pk")


def tell(job: Job, now: datetime | None = None) -> dict[str, Any]:
    """A sampling as its report: what was asked for, how far it is, what came of it; its rate is this attempt's."""
    result = job.result
    done, total = result.get("done", 0), max(result.get("total", 0), job.total)
    rate = _rate(job, done - result.get("begun", 0), now or timezone.now())
    examples = result.get("examples", {})
    failures = sorted(result.get("failures", {}).items(), key=lambda each: (-each[1], each[0]))
    return {
        **jobs.tell(job, now),
        "done": done,
        "total": total,
        "rate": rate,
        "seconds_left": (total - done) / rate if rate else None,
        "parameters": job.params,
        **{name: result.get(name, 0) for name in COUNTS},
        "failures": [{"reason": each, "count": n, "example": examples.get(each, "")} for each, n in failures],
        "last_unanswered": examples.get("unavailable", ""),
        "cost": _cost(job.params, result),
        "created_at": job.created_at,
        "finished_at": job.finished_at,
    }


def _rate(job: Job, done: int, now: datetime) -> float | None:
    """Done per second; None before the attempt's first answer."""
    if job.state != Job.State.RUNNING or done <= 0 or job.started_at is None:
        return None
    seconds = (now - job.started_at).total_seconds()
    return done / seconds if seconds > 0 else None


def _cost(params: dict[str, Any], result: dict[str, Any]) -> float | None:
    """In the currency of the prices; None where none was given."""
    prices = (params["price_prompt"], params["price_completion"])
    if prices == (None, None):
        return None
    tokens = (result.get("prompt_tokens", 0), result.get("completion_tokens", 0))
    return float(sum((price or 0) * count for price, count in zip(prices, tokens, strict=True))) / MILLION
