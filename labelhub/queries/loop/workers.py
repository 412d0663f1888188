"""Whether somebody is there to do the work."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import RedisError

from labelhub.celery import app
from labelhub.models import Job

KNOWN_FOR = 5  # seconds; every open page asks
WAIT = 0.3
AWAY = (OperationalError, RedisError, OSError)  # the broker, or what it needs: a full one answers, but takes nothing


@dataclass(frozen=True)
class Worker:
    """Whether a worker answers, and what to tell the operator."""

    alive: bool
    sentence: str


ALIVE = Worker(True, "A worker answers.")
SILENT = Worker(False, "No worker answers: start one with `celery -A labelhub worker`. What is queued waits for it.")
NO_BROKER = Worker(False, "The broker doesn't answer: see REDIS_URL. What is queued waits in the database.")


def ask() -> Worker:
    """Whether a worker answers, as of at most five seconds ago."""
    known: Worker = cache.get_or_set("worker", _ask, KNOWN_FOR)  # type: ignore[assignment]
    return known


def _ask() -> Worker:
    # A worker of one process answers no ping while it works, but the job it works on beats.
    heard = timezone.now() - timedelta(seconds=settings.JOB_SILENCE_SECONDS / 2)  # three beats of a heart
    if Job.with_shards.filter(state=Job.State.RUNNING, heartbeat_at__gte=heard).exists():
        return ALIVE
    if not broker_answers():
        return NO_BROKER
    try:
        return ALIVE if app.control.ping(timeout=WAIT) else SILENT
    except AWAY:
        return NO_BROKER


def broker_answers() -> bool:
    """Whether the broker can be reached right now."""
    try:
        with app.connection_for_read(connect_timeout=2) as connection:
            connection.ensure_connection(max_retries=0, timeout=2)
        return True
    except AWAY:
        return False
