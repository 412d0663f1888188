"""A generation from launch to its end: each function is one of its steps, and leaves the job that carries the next."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from labelhub.errors import GenerationActive, Invalid, NothingToSelect, NothingToTrain, WrongState
from labelhub.models import Assignment, BatchItem, Generation, Job, Project, User
from labelhub.queries.labeling import queue
from labelhub.queries.loop import pools
from labelhub.services import audit, jobs
from labelhub.services.loop import selecting, training
from labelhub.services.loop.selecting import Parameters
from labelhub.services.quality.checks import asking as checking
from selector.selection.select import Batch

STAGES: dict[str, Job.Kind] = {
    Generation.State.SCORING: Job.Kind.SCORE,
    Generation.State.SELECTING: Job.Kind.SELECT,
    Generation.State.TRAINING: Job.Kind.TRAIN,
    Generation.State.EVALUATING: Job.Kind.EVALUATE,
}


@transaction.atomic
def launch(*, project: Project, by: User | None, parameters: Parameters) -> Generation:
    """Open the next generation, pinned to the present champion, with its first job queued.

    One that was opened ahead is taken up: its control and gate items, and how many labels they want, stand as they
    are. Raises GenerationActive, NoChampion or NothingToSelect.
    """
    project = Project.objects.select_for_update().get(pk=project.pk)
    if project.generations.filter(state__in=Generation.ACTIVE).exists():
        raise GenerationActive
    selecting.check(project=project, parameters=parameters)
    champion = project.champion
    state = Generation.State.SCORING if champion else Generation.State.SELECTING
    generation = _take_up(project, parameters) or _next(project, parameters)
    generation.state, generation.champion, generation.launched_by = state, champion, by
    generation.save()
    jobs.create(kind=STAGES[generation.state], project=project, generation=generation, checkpoint=champion, by=by)
    audit.record(project=project, actor=by, verb="launch", subject=f"generation {generation.number}")
    return generation


def _next(project: Project, parameters: Parameters) -> Generation:
    """The next number, not saved yet."""
    last = project.generations.aggregate(last=Max("number"))["last"]
    number = 0 if last is None else last + 1
    return Generation(project=project, number=number, **parameters.as_fields())


def _take_up(project: Project, parameters: Parameters) -> Generation | None:
    """The one that was opened ahead with what is decided now, not saved yet."""
    ahead = project.generations.select_for_update(no_key=True).filter(state=Generation.State.AHEAD).first()
    if ahead is None:
        return None
    for name, value in selecting.as_opened(parameters, ahead).as_fields().items():
        setattr(ahead, name, value)
    ahead.launched_at = timezone.now()
    return ahead


def open_ahead(*, after: Generation) -> Generation | None:
    """Open what the next generation needs no checkpoint for, its control and gate items: people aren't idle meanwhile.

    By the parameters of `after`, which is being trained on. Nothing where there is a next one, or nothing to draw.
    """
    parameters = replace(Parameters.of(after), seed=after.seed + 1)
    if _has_next(after) or not pools.train_pool(project=after.project).exists():
        return None
    batch, picks = selecting.pick_ahead(project=after.project, parameters=parameters)
    if not picks:
        return None
    with transaction.atomic():  # from here on: drawing reads a whole pool, and would keep everybody waiting
        project = Project.objects.select_for_update().get(pk=after.project_id)
        if _has_next(after):
            return None
        ahead = _next(project, replace(parameters, rule="uniform"))
        ahead.state, ahead.labeling_at = Generation.State.AHEAD, timezone.now()
        ahead.save()
        selecting.write_ahead(generation=ahead, batch=batch, picks=picks)
        audit.record(project=project, actor=None, verb="open ahead", subject=f"generation {ahead.number}")
    return ahead


def _has_next(generation: Generation) -> bool:
    """Whether another follows it, or it isn't under way any more."""
    others = Generation.objects.filter(project=generation.project_id, number__gt=generation.number)
    mine = Generation.objects.filter(
        pk=generation.pk, state__in=[Generation.State.TRAINING, Generation.State.EVALUATING]
    )
    return others.exists() or not mine.exists()


def preview(*, project: Project, parameters: Parameters) -> selecting.Preview:
    """What a launch would pick now; changes nothing. Raises NoChampion or NothingToSelect."""
    selecting.check(project=project, parameters=parameters)
    return selecting.preview(project=project, champion=project.champion, parameters=parameters)


def scored(*, generation: Generation) -> Job:
    """The pool is scored: select next."""
    _move(generation, Generation.State.SCORING, Generation.State.SELECTING)
    return jobs.create(kind=Job.Kind.SELECT, project=generation.project, generation=generation)


def selected(*, generation: Generation, batch: Batch) -> None:
    """The batch is picked: write it, and let people in. Raises NothingToSelect for an empty one."""
    selecting.write(generation=generation, batch=batch)
    checking.put_up(generation=generation)
    since = generation.labeling_at or timezone.now()  # opened ahead, people are at it already
    _move(generation, Generation.State.SELECTING, Generation.State.LABELING, labeling_at=since)


@transaction.atomic
def close(*, generation: Generation, by: User | None) -> Job:
    """End labeling and train a challenger: leases are revoked, what is unfinished is withdrawn, labels stand.

    Waits for passes under way. Raises WrongState or NothingToTrain.
    """
    generation = Generation.objects.select_for_update().select_related("project").get(pk=generation.pk)
    if generation.state != Generation.State.LABELING:
        raise WrongState(f"Only a generation in labeling can be closed; this one is {generation.state}.")
    checkpoint = training.create_checkpoint(project=generation.project, seed=generation.seed)
    _take_back(generation)
    _move(
        generation,
        Generation.State.LABELING,
        Generation.State.TRAINING,
        training_at=timezone.now(),
        checkpoint=checkpoint,
    )
    audit.record(project=generation.project, actor=by, verb="close", subject=f"generation {generation.number}")
    return jobs.create(
        kind=Job.Kind.TRAIN, project=generation.project, generation=generation, checkpoint=checkpoint, by=by
    )


def trained(*, generation: Generation) -> Job:
    """The challenger is on disk: measure it next."""
    _move(generation, Generation.State.TRAINING, Generation.State.EVALUATING)
    return jobs.create(
        kind=Job.Kind.EVALUATE,
        project=generation.project,
        generation=generation,
        checkpoint=generation.checkpoint,
    )


def evaluated(*, generation: Generation, decision: dict[str, Any]) -> list[Job]:
    """The decision stands: the generation is closed, and the next one opened where the project says so."""
    _move(generation, Generation.State.EVALUATING, Generation.State.CLOSED, decision=decision, ended_at=timezone.now())
    following = _advance(generation)
    return list(following.jobs.all()) if following else []


@transaction.atomic
def cancel(*, generation: Generation, by: User | None, reason: str = "") -> None:
    """Stop it where it is; labels that it got are kept and still train. Raises WrongState once it has ended."""
    # Jobs before the generation, as a finishing job takes them: the other way round the two would deadlock.
    locked = list(Job.objects.select_for_update().filter(generation=generation))
    generation = Generation.objects.select_for_update().select_related("project").get(pk=generation.pk)
    if generation.state not in Generation.LIVE:
        raise WrongState(f"This generation is {generation.state} already.")
    jobs.stop_shards(*locked)
    stopped = Job.objects.filter(generation=generation, state__in=Job.LIVE)
    stopped.update(state=Job.State.FAILED, message="Cancelled.", finished_at=timezone.now())
    if generation.checkpoint_id:
        jobs.fail_checkpoint(generation.checkpoint_id)
    _take_back(generation)
    _move(generation, generation.state, Generation.State.CANCELLED, ended_at=timezone.now())
    audit.record(
        project=generation.project, actor=by, verb="cancel", subject=f"generation {generation.number}", reason=reason
    )


@transaction.atomic
def retry(*, generation: Generation, by: User | None) -> Job:
    """Take up a failed generation in the state that failed. Raises WrongState unless it failed."""
    generation = Generation.objects.select_for_update().select_related("project").get(pk=generation.pk)
    if generation.state != Generation.State.FAILED:
        raise WrongState(f"Only a failed generation can be retried; this one is {generation.state}.")
    stage = Generation.State(generation.failed_in)
    job = jobs.retry(job=generation.jobs.get(kind=STAGES[stage]))
    _move(generation, Generation.State.FAILED, stage, failed_in="", failure="")
    audit.record(project=generation.project, actor=by, verb="retry", subject=f"generation {generation.number}")
    return job


def close_full() -> list[Job]:
    """Close every full batch of a project that advances by itself."""
    return [job for generation in queue.full_batches() if (job := _close_or_pause(generation))]


def _close_or_pause(generation: Generation) -> Job | None:
    try:
        return close(generation=generation, by=None)
    except (Invalid, NothingToTrain) as refusal:  # Invalid: the deployment lists the base model no more
        _stop_advancing(generation.project, str(refusal))
        return None
    except WrongState:  # a person, or another sweep, closed it since it was looked up
        return None


def _advance(generation: Generation) -> Generation | None:
    """The next generation by the same parameters; from the first champion on `uniform` becomes `convincing`."""
    project = Project.objects.get(pk=generation.project_id)
    if not project.auto_advance:
        return None
    rule = "convincing" if generation.rule == "uniform" and project.champion else generation.rule
    parameters = replace(Parameters.of(generation), rule=rule, seed=generation.seed + 1)
    try:
        return launch(project=project, by=None, parameters=parameters)
    except NothingToSelect as refusal:
        _stop_advancing(project, str(refusal))
        return None


def _stop_advancing(project: Project, sentence: str) -> None:
    Project.objects.filter(pk=project.pk).update(auto_advance=False)
    audit.record(project=project, actor=None, verb="stop advancing", subject=project.slug, reason=sentence)


def _take_back(generation: Generation) -> None:
    """Revoke live leases and withdraw what is unfinished; labels on hand are kept."""
    leases = Assignment.objects.filter(item__generation=generation)
    leases.filter(state__in=[Assignment.State.LEASED, Assignment.State.LAPSED]).update(state=Assignment.State.REVOKED)
    unfinished = generation.items.filter(state__in=[BatchItem.State.OPEN, BatchItem.State.LEASED])
    unfinished.update(state=BatchItem.State.WITHDRAWN)


def _move(generation: Generation, before: str, after: str, **values: Any) -> None:
    """One step of the state machine. Raises WrongState when the generation isn't where the step starts."""
    moved = Generation.objects.filter(pk=generation.pk, state=before).update(state=after, **values)
    if not moved:
        raise WrongState(f"Generation {generation.number} is not {before} any more.")
    generation.refresh_from_db()
