"""For commands of the loop: named refusals as one sentence, and waiting on work that a worker does."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import Error, connection

from labelhub.errors import Refusal
from labelhub.management.progress import Progress
from labelhub.models import Checkpoint, Generation, Job, Project
from labelhub.queries import jobs as queries
from labelhub.services import outages

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
            _look_again(generation, beat)
    if generation.state == Generation.State.FAILED:
        raise CommandError(f"Generation {generation.number} failed: {generation.failure}")


def wait_for_checkpoint(checkpoint: Checkpoint) -> None:
    """Until it is measured. Raises CommandError with the reason when it failed."""
    with Progress() as beat:
        while checkpoint.state not in (Checkpoint.State.READY, Checkpoint.State.FAILED):
            _look_again(checkpoint, beat)
    if checkpoint.state == Checkpoint.State.FAILED:
        job = checkpoint.jobs.order_by("-pk").first()
        raise CommandError(f"Checkpoint {checkpoint.number} failed: {job.message if job else 'no job was found'}")


def _look_again(followed: Generation | Checkpoint, beat: Progress) -> None:
    """Show how far its newest job is, wait a moment and read the row anew; a database that is away is waited for."""
    try:
        if job := followed.jobs.order_by("-pk").first():
            done, total = queries.progress(job)
            beat(done, max(total, 1), job.message or Job.Kind(job.kind).label)
        time.sleep(POLL_SECONDS)
        followed.refresh_from_db()
    except Error as error:
        if not outages.of(error):
            raise
        connection.close()
        time.sleep(outages.RETRY_AFTER)
