"""For commands of the loop: named refusals as one sentence, and waiting on work that a worker does."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from labelhub.errors import Refusal
from labelhub.management.progress import Progress
from labelhub.models import Checkpoint, Generation, Job, Project

POLL_SECONDS = 0.5
NEEDS_PEOPLE_OR_ENDED = ("labeling", "closed", "cancelled", "failed")


def add_project(parser: ArgumentParser) -> None:
    parser.add_argument("project", metavar="PROJECT", help="the project's slug")


def add_wait(parser: ArgumentParser, until: str) -> None:
    parser.add_argument("--wait", action="store_true", help=f"wait until {until}, showing progress (needs a worker)")


@contextmanager
def told() -> Iterator[None]:
    """A refusal ends the command with its sentence."""
    try:
        yield
    except Refusal as refusal:
        raise CommandError(f"{refusal} ({refusal.code})") from refusal


def find_project(slug: str) -> Project:
    if project := Project.objects.filter(slug=slug).first():
        return project
    raise CommandError(f"There is no project {slug}.")


def find_generation(project: Project, number: int) -> Generation:
    if generation := project.generations.filter(number=number).first():
        return generation
    raise CommandError(f"Project {project.slug} has no generation {number}.")


def find_checkpoint(project: Project, number: int) -> Checkpoint:
    if checkpoint := project.checkpoints.filter(number=number).first():
        return checkpoint
    raise CommandError(f"Project {project.slug} has no checkpoint {number}.")


def wait_for_generation(generation: Generation) -> None:
    """Until it needs people or has ended. Raises CommandError with the reason when it failed."""
    with Progress() as beat:
        while generation.state not in NEEDS_PEOPLE_OR_ENDED:
            _show(generation.jobs.order_by("-pk").first(), beat)
            time.sleep(POLL_SECONDS)
            generation.refresh_from_db()
    if generation.state == Generation.State.FAILED:
        raise CommandError(f"Generation {generation.number} failed: {generation.failure}")


def wait_for_checkpoint(checkpoint: Checkpoint) -> None:
    """Until it is measured. Raises CommandError with the reason when it failed."""
    with Progress() as beat:
        while checkpoint.state not in (Checkpoint.State.READY, Checkpoint.State.FAILED):
            _show(checkpoint.jobs.order_by("-pk").first(), beat)
            time.sleep(POLL_SECONDS)
            checkpoint.refresh_from_db()
    if checkpoint.state == Checkpoint.State.FAILED:
        job = checkpoint.jobs.order_by("-pk").first()
        raise CommandError(f"Checkpoint {checkpoint.number} failed: {job.message if job else 'no job was found'}")


def _show(job: Job | None, beat: Progress) -> None:
    if job:
        beat(job.done, max(job.total, 1), job.message or Job.Kind(job.kind).label)
