"""Long work survives by the database: a Job beats while it runs, and only its newest attempt may change anything.

The broker merely carries (job, attempt). A worker that is killed falls silent; the sweep then puts the job back on
the queue under a higher attempt number, and whatever the old attempt still tries is refused.

A job may be cut into shards: jobs of their own, whose parent it is. It stays `running` meanwhile, with no worker at it.
Whichever shard ends last queues it again as it was, and it goes on. Whoever locks rows of both locks the parent first.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, IntegrityError, close_old_connections, connection, transaction
from django.db.models import F
from django.utils import timezone

from labelhub.errors import Refusal, Superseded, WrongState
from labelhub.models import Checkpoint, Generation, Job, Project, User
from labelhub.queries.jobs import CUT, beating, progress
from labelhub.services import audit, outages

log = structlog.get_logger(__name__)

MOST_DEATHS = 5  # of a job's workers, one after the other, until it counts as failed; a retry starts anew
DIED = (
    "Its worker died {deaths} times in a row while it ran, without a word. The worker's log, or the system's (dmesg, "
    "journalctl -k), may say why: mend that, then retry."
)
OUT_OF_MEMORY = "The worker ran out of memory: give it more, or less to do at a time, then retry."
AT_ONCE = 32  # shards of a job that are on the queue; as one ends, the next is sent
PROGRESS_SECONDS = 0.5  # progress is written at most this often: a row update per training step would cost more than it


def create(
    *,
    kind: str,
    project: Project,
    generation: Generation | None = None,
    checkpoint: Checkpoint | None = None,
    params: dict[str, Any] | None = None,
    by: User | None = None,
) -> Job:
    """A queued job; the caller enqueues it after the commit (else the sweep does, half a minute later).

    Where one of this kind is at this checkpoint already, outside of a generation, it is that one.
    """
    if checkpoint and not generation and (live := _live(kind, checkpoint)):
        return live
    return Job.objects.create(
        kind=kind,
        project=project,
        generation=generation,
        checkpoint=checkpoint,
        params=params or {},
        created_by=by,
        heartbeat_at=timezone.now(),
    )


def _live(kind: str, checkpoint: Checkpoint) -> Job | None:
    outside = Job.objects.filter(checkpoint=checkpoint, kind=kind, generation__isnull=True)
    return outside.filter(state__in=Job.LIVE).first()


@transaction.atomic
def retry(*, job: Job) -> Job:
    """Queue a failed job again under the next attempt number; its checkpoint is where it was before the failure.

    Raises WrongState unless it failed, or when another job does the same work already.
    """
    failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    try:
        with transaction.atomic():
            changed = failed.update(
                state=Job.State.QUEUED,
                attempt=F("attempt") + 1,
                heartbeat_at=timezone.now(),
                message="",
                finished_at=None,
            )
    except IntegrityError as error:  # a_checkpoint_is_worked_on_once_at_a_time
        raise WrongState("Another job of this kind is at this checkpoint already.") from error
    if not changed:
        raise WrongState("Only a failed job can be retried.")
    job.refresh_from_db()
    if job.checkpoint_id:
        before = Checkpoint.State.TRAINING if job.kind == Job.Kind.TRAIN else Checkpoint.State.TRAINED
        Checkpoint.objects.filter(pk=job.checkpoint_id, state=Checkpoint.State.FAILED).update(state=before)
    return job


@transaction.atomic
def take_up(*, job: Job, by: User) -> Job:
    """A person retries a job that belongs to no generation. Raises as `retry`, and WrongState for a generation's."""
    if job.generation_id:
        raise WrongState("This job belongs to a generation: retry the generation.")
    audit.record(project=job.project, actor=by, verb="retry", subject=f"job {job.pk}", kind=job.kind)
    return retry(job=job)


def revive_silent() -> list[Job]:
    """Jobs that fell silent, back in the queue: a killed worker's as a new attempt, a lost message's as it was.

    One whose worker was killed again and again has failed instead: it would be, for ever, and nobody would be told.
    """
    before = timezone.now() - timedelta(seconds=settings.JOB_SILENCE_SECONDS)
    silent = beating().filter(heartbeat_at__lt=before)
    for job in silent.filter(state=Job.State.RUNNING):
        if job.attempt % MOST_DEATHS == 0:
            _fail(job, DIED.format(deaths=MOST_DEATHS))
    with transaction.atomic():
        revived = list(silent.select_for_update(skip_locked=True))
        for job in revived:
            job.attempt += job.state == Job.State.RUNNING
            job.state, job.heartbeat_at = Job.State.QUEUED, timezone.now()
        Job.with_shards.bulk_update(revived, ["attempt", "state", "heartbeat_at"])
    return revived


def stop_shards(*parents: Job) -> None:
    """Delete the shards of jobs that have ended: whoever is still at one is refused. Lock the parents first."""
    Job.with_shards.filter(parent__in=parents).delete()


class Running:
    """One attempt at a job: reports progress, and finishes only while it is the newest."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._written = 0.0
        self._told: dict[str, Any] = {}
        self._overtaken = threading.Event()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._heart = threading.Thread(target=self._keep_beating, name=f"heart of job {job.pk}", daemon=True)

    @property
    def generation(self) -> Generation:
        """The generation whose stage this is. Raises ValueError for a job outside of one."""
        if self.job.generation is None:
            raise ValueError(f"Job {self.job.pk} belongs to no generation.")
        return self.job.generation

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint the job is about. Raises ValueError where there is none."""
        if self.job.checkpoint is None:
            raise ValueError(f"Job {self.job.pk} is about no checkpoint.")
        return self.job.checkpoint

    def beat(self, done: int, total: int, message: str = "") -> None:
        """Tell how far the job is. Raises Superseded when another attempt has taken over."""
        if self._overtaken.is_set():
            raise Superseded
        now = time.monotonic()
        if now - self._written < PROGRESS_SECONDS and done < total:
            return
        self._written, self._told = now, {}
        self._touch(done=done, total=total, message=message)

    def tell(self, done: int, total: int, message: str = "") -> None:
        """As `beat`, but written by the heart within a moment: for work in the middle of reading a query's rows.

        There SQLite refuses a write over the same connection, once anybody else has written since the reading began.
        """
        if self._overtaken.is_set():
            raise Superseded
        self._told = {"done": done, "total": total, "message": message}
        now = time.monotonic()
        if now - self._written >= PROGRESS_SECONDS:
            self._written = now
            self._wake.set()

    def keep(self, **result: Any) -> None:
        """Write down how far the work got, in the transaction that got it there. Raises Superseded."""
        self._touch(result=result)

    def postpone(self, message: str) -> None:
        """Back to the queue as it was, for whoever ends what it waits for, or else the sweep. Raises Superseded."""
        now = timezone.now()
        if not self._mine().update(state=Job.State.QUEUED, heartbeat_at=now, started_at=None, message=message):
            raise Superseded

    @contextmanager
    def finishing(self, **result: Any) -> Iterator[None]:
        """The transaction in which a job's effects and its end become true together. Raises Superseded.

        Holds the job's row, so that the sweep can't start another attempt in between.
        """
        with transaction.atomic():
            self._lock()
            yield
            now, done = timezone.now(), _gathered(self.job)
            self._mine().update(
                state=Job.State.DONE, finished_at=now, heartbeat_at=now, message="", result=result, **done
            )

    def hand_over(self, shards: Sequence[Job], message: str) -> list[Job]:
        """Leave the job to its shards, in their order, and return those to send now. Raises Superseded.

        The last thing that the attempt does: the job goes on in another task, once the last of them has ended.
        """
        with transaction.atomic():
            self._lock()
            stop_shards(self.job)  # of an earlier part of the job
            waiting: Counter[str] = Counter()
            for shard in shards:
                shard.parent = self.job
                if waiting[lane := lane_of(shard)] < width(lane):
                    shard.heartbeat_at = timezone.now()
                waiting[lane] += 1
            made = Job.with_shards.bulk_create(shards, batch_size=500)
            self._touch(message=message)
        return [shard for shard in made if shard.heartbeat_at]

    def follow(self) -> list[Job]:
        """What is to be sent when this shard ends, within its finishing transaction: the next one that waits for that.

        And the parent, if this is the last: the parent's row is held, so that exactly one shard finds itself the last.
        """
        others = Job.with_shards.filter(parent=self.job.parent_id).exclude(pk=self.job.pk)
        lane = lane_of(self.job)
        following = list(others.filter(heartbeat_at__isnull=True, params__lane=lane).order_by("pk")[:1])
        for shard in following:
            shard.heartbeat_at = timezone.now()
            shard.save(update_fields=["heartbeat_at"])
        if not others.filter(state__in=Job.LIVE).exists():
            parent = Job.objects.get(pk=self.job.parent_id or 0)
            parent.state, parent.heartbeat_at = Job.State.QUEUED, timezone.now()
            parent.save(update_fields=["state", "heartbeat_at"])
            following.append(parent)
        return following

    def _lock(self) -> None:
        if self.job.parent_id:
            list(Job.objects.select_for_update().filter(pk=self.job.parent_id))
        if not self._mine().select_for_update().exists():
            raise Superseded

    def _mine(self) -> Any:
        return Job.with_shards.filter(pk=self.job.pk, attempt=self.job.attempt, state=Job.State.RUNNING)

    def _touch(self, **values: Any) -> None:
        if not self._mine().update(heartbeat_at=timezone.now(), **values):
            self._overtaken.set()
            raise Superseded

    def _keep_beating(self) -> None:
        # A thread, since one long step (a model loading, a big batch) may outlast the silence that counts as death.
        try:
            while not self._stop.is_set():
                self._wake.wait(settings.JOB_SILENCE_SECONDS / 6)
                self._wake.clear()
                if not self._stop.is_set():
                    self._beat_once()
        except Superseded:
            pass
        finally:
            connection.close()

    def _end(self) -> None:
        self._stop.set()
        self._wake.set()
        self._heart.join()

    def _beat_once(self) -> None:
        """A database that is away for a moment must not stop the heart: the job would be taken for dead."""
        close_old_connections()
        told, self._told = self._told, {}
        try:
            self._touch(**told)
        except Error as error:
            log.warning("A heartbeat could not be written.", job=self.job.pk, reason=str(error))
            connection.close()


@contextmanager
def running(*, job_id: int, attempt: int) -> Iterator[Running]:
    """Take up the attempt, beat for it, and note the sentence if it fails.

    One that met a database that is away has not failed: it falls silent, and the sweep takes it up again.
    Raises Superseded when the attempt is not the queued one: a second delivery, or one from before a revival.
    """
    run = Running(_start(job_id, attempt))
    run._heart.start()
    try:
        yield run
    except Superseded:
        log.info("job superseded", job=job_id, attempt=attempt)
        raise
    except Exception as error:
        if not outages.of_database(error):
            _fail(run.job, _sentence(error))
        raise
    finally:
        run._end()


def _start(job_id: int, attempt: int) -> Job:
    now = timezone.now()
    waiting = Job.with_shards.filter(pk=job_id, attempt=attempt, state=Job.State.QUEUED)
    if not waiting.update(state=Job.State.RUNNING, started_at=now, heartbeat_at=now, done=0, message=""):
        raise Superseded
    whole = Job.with_shards.select_related("project", "generation__champion", "generation__checkpoint", "checkpoint")
    if found := whole.filter(pk=job_id).first():
        return found
    raise Superseded  # a shard, and its parent ended in between


def _sentence(error: Exception) -> str:
    """For the operator; without NUL, which PostgreSQL takes in no text."""
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    told = str(error) if isinstance(error, Refusal | ValueError | OSError) else f"{type(error).__name__}: {error}"
    return told.replace("\0", "\N{REPLACEMENT CHARACTER}")


@transaction.atomic
def _fail(job: Job, sentence: str) -> None:
    """Mark the job as failed, and a shard's parent too. Does nothing where another attempt has taken over."""
    parent = Job.objects.select_for_update().filter(pk=job.parent_id).first() if job.parent_id else None
    mine = Job.with_shards.select_for_update().filter(pk=job.pk, attempt=job.attempt, state=Job.State.RUNNING)
    if not mine.exists():
        return
    failed = parent or job
    done = _gathered(failed)
    Job.objects.filter(pk=failed.pk).update(
        state=Job.State.FAILED, finished_at=timezone.now(), message=sentence, **done
    )
    if failed.generation_id:
        active = Generation.objects.filter(pk=failed.generation_id, state__in=Generation.ACTIVE)
        active.exclude(state=Generation.State.FAILED).update(
            failed_in=F("state"), state=Generation.State.FAILED, failure=sentence
        )
    if failed.checkpoint_id:
        fail_checkpoint(failed.checkpoint_id)


def _gathered(job: Job) -> dict[str, int]:
    """How far the shards of a job that ends have come together, for its own row; they are gone then."""
    if job.kind not in CUT:
        return {}
    done, total = progress(job)
    stop_shards(job)
    return {"done": done, "total": total}


def lane_of(shard: Job) -> str:
    """Shards of one lane are sent as others of it end: those of one served model's endpoint, and all the rest."""
    lane: str = shard.params["lane"]
    return lane


def width(lane: str) -> int:
    """How many shards of the lane are on the queue: a server is asked by one worker at a time for each job."""
    return 1 if lane else AT_ONCE


def fail_checkpoint(pk: int) -> None:
    """It isn't trained or measured any more; one that was ready before stays so."""
    unready = Checkpoint.objects.filter(pk=pk).exclude(state=Checkpoint.State.READY)
    unready.update(state=Checkpoint.State.FAILED)
