"""Sampling: solutions, and alternatives for the step after a mistake, made by a language model behind an endpoint.

Read in this order: `recipe` (what is asked for), `prompts`, `chat` (one request), `reading` (from text to steps),
`solutions` and `alternatives` (what is missing, and keeping it), `state`, `work`, `job`.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from labelhub.errors import Invalid, WrongState
from labelhub.models import Job, Project, User
from labelhub.services import audit, jobs
from labelhub.services.data.sampling import recipe
from labelhub.services.data.sampling.recipe import KINDS, SOLUTIONS, Parameters
from labelhub.services.data.sampling.work import EndpointFailed, Work
from labelhub.services.endpoints import SAMPLING

__all__ = ["KINDS", "EndpointFailed", "Parameters", "run", "start", "stop"]

Beat = Callable[[int, int, str], None]
Keep = Callable[..., None]


@transaction.atomic
def start(*, project: Project, parameters: Parameters, by: User | None = None) -> Job:
    """The job that samples. Raises SamplingOff, and Invalid, naming the field."""
    SAMPLING.check(parameters.endpoint)
    asked = replace(parameters, model=parameters.model.strip())
    if not asked.model.isprintable() or not 1 <= len(asked.model) <= recipe.LONGEST_MODEL:
        raise Invalid(fields={"model": ["This is the name under which the server has the model."]})
    for name, (least, most) in recipe.BOUNDS.items():
        if not least <= getattr(asked, name) <= most:
            raise Invalid(fields={name: [f"This is between {least} and {most}."]})
    job = jobs.create(kind=Job.Kind.SAMPLE, project=project, params=asked.as_dict(), by=by)
    audit.record(project=project, actor=by, verb="sample", subject=asked.model, job=job.pk, **asked.as_dict())
    return job


def run(*, project: Project, params: dict[str, Any], so_far: dict[str, Any], beat: Beat, keep: Keep) -> dict[str, Any]:
    """Do what `start` promised, and say what became of it.

    Every answer is committed with what `keep` writes down; given back as `so_far` (empty at first), the sampling goes
    on from there. Raises EndpointFailed, and SamplingOff or Invalid where the endpoint isn't listed any more.
    """
    return Work(project, Parameters(**params), so_far, beat, keep).run()


@transaction.atomic
def stop(*, job: Job, by: User | None) -> list[Job]:
    """End a sampling that waits or runs; a retry goes on where it was. What it made is graded, by the job returned.

    Raises WrongState when it has ended.
    """
    live = Job.objects.filter(pk=job.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    who = by.username if by else "the command line"
    sentence = f"Stopped by {who}. What it made is kept, and a retry goes on where it was."
    if not live.update(state=Job.State.FAILED, message=sentence, finished_at=timezone.now(), attempt=F("attempt") + 1):
        raise WrongState("This sampling has ended.")
    job.refresh_from_db()
    audit.record(project=job.project, actor=by, verb="stop sampling", subject=job.params["model"], job=job.pk)
    if job.params["what"] != SOLUTIONS or not job.result.get("created"):
        return []
    return [jobs.create(kind=Job.Kind.GRADE, project=job.project, by=by)]
