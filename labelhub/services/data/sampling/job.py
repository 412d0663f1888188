"""Samplings as their jobs: where they stand, what they made and what they cost."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.utils import timezone

from labelhub.models import Job, Problem, Project
from labelhub.queries import jobs
from labelhub.queries.rows import from_row
from labelhub.services.data.sampling.reading import Reason
from labelhub.services.data.sampling.recipe import KINDS

COUNTS = ("created", "duplicates", "there", "unanswered", "answers", "prompt_tokens", "completion_tokens", "untold")
MILLION = 1_000_000
REASONS = [each.value for each in Reason if each is not Reason.UNAVAILABLE]


@dataclass(frozen=True)
class SamplingRecipe:
    """What was asked for, as it was filled in."""

    what: Annotated[str, KINDS]
    endpoint: str
    model: str
    n: int
    temperature: float
    max_tokens: int
    split: Annotated[str, Problem.Split]
    seed: int
    at_once: int
    price_prompt: float | None
    price_completion: float | None


@dataclass(frozen=True)
class Failure:
    reason: Annotated[str, REASONS]
    count: int
    example: Annotated[str, "The newest one's sentence."]


@dataclass(frozen=True)
class Sampling(jobs.JobRow):
    parameters: SamplingRecipe
    created: Annotated[int, "Solutions, or alternatives, that came in."]
    duplicates: Annotated[int, "Texts that were there already, not stored again."]
    there: Annotated[int, "Already made by an earlier sampling with the same recipe; not requested again."]
    failures: Annotated[list[Failure], "Answers that could not be kept, the most frequent reason first."]
    unanswered: Annotated[int, "Requests without an answer, which a retry makes again."]
    last_unanswered: Annotated[str, "The newest one's sentence."]
    answers: Annotated[int, "That the server gave, kept or not."]
    prompt_tokens: Annotated[int, "Of all answers, kept or not, as the server counts."]
    completion_tokens: int
    untold: Annotated[int, "Answers without a count of tokens: these cost more than is told."]
    cost: Annotated[float | None, "By the prices given; null without any."]
    created_at: datetime
    finished_at: datetime | None


def of_project(project: Project) -> QuerySet[Job]:
    """The project's samplings, newest first."""
    return Job.objects.filter(project=project, kind=Job.Kind.SAMPLE).order_by("-pk")


def tell(job: Job, now: datetime | None = None) -> Sampling:
    """A sampling as its report: what was asked for, how far it is, what came of it; its rate is this attempt's."""
    result = job.result
    done, total = result.get("done", 0), max(result.get("total", 0), job.total)
    rate = _rate(job, done - result.get("begun", 0), now or timezone.now())
    examples = result.get("examples", {})
    failures = sorted(result.get("failures", {}).items(), key=lambda each: (-each[1], each[0]))
    return from_row(
        Sampling,
        job,
        done=done,
        total=total,
        rate=rate,
        seconds_left=(total - done) / rate if rate else None,
        parameters=from_row(SamplingRecipe, job.params),
        **{name: result.get(name, 0) for name in COUNTS},
        failures=[Failure(each, n, examples.get(each, "")) for each, n in failures],
        last_unanswered=examples.get("unavailable", ""),
        cost=_cost(job.params, result),
    )


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
