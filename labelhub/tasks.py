"""The loop, read from top to bottom: each door takes one job, calls its service, and names the jobs that follow.

torch and transformers enter here alone, inside the functions, so that only a worker ever loads them.
"""

import gc
from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from celery import shared_task

from labelhub.errors import ScorerChanged, Superseded, Unscorable
from labelhub.models import Checkpoint, Job, Problem
from labelhub.queries.loop import pools, workers
from labelhub.services import base_models, jobs
from labelhub.services.data import grading, importing, sampling
from labelhub.services.data.exporting import files as export_files
from labelhub.services.endpoints import SCORING
from labelhub.services.jobs import Running
from labelhub.services.labeling import leases
from labelhub.services.loop import evaluating, generations, selecting, sharding, training
from labelhub.services.loop.scorers import adding, identity, score_file, thresholds
from selector.prm.identity import IdentifiedScorer
from selector.types import Scorer

log = structlog.get_logger(__name__)

T = TypeVar("T")
Work = Callable[[Running], list[Job]]
BESIDE_ITS_BASE = ("frozen", "lora")  # ways whose checkpoints hold what was learned alone, and load the base with it
DOORS: dict[str, Callable[..., object]] = {}


def send(job: Job) -> None:
    """Put the job's present attempt on the queue. Call it after the commit that made the job.

    Without a broker that takes it nothing is lost: the job waits in the database, and the sweep sends it once there is
    one again.
    """
    try:
        DOORS[job.kind](job.pk, job.attempt)
    except workers.AWAY as error:
        log.warning("The broker doesn't take it; the job waits in the database.", job=job.pk, reason=str(error))


def door(kind: Job.Kind) -> Callable[[Work], Work]:
    """Make `work` the task that carries jobs of this kind; an attempt that was overtaken ends quietly."""

    def register(work: Work) -> Work:
        def carry(job_id: int, attempt: int) -> None:
            try:
                with jobs.running(job_id=job_id, attempt=attempt) as run:
                    following = work(run)
            except Superseded:
                return
            for job in following:
                send(job)

        DOORS[kind] = shared_task(name=f"labelhub.tasks.{work.__name__}")(carry).delay
        return work

    return register


@door(Job.Kind.IMPORT)
def import_file(run: Running) -> list[Job]:
    """Read an uploaded file into the project, after those that came before it; what came in is graded next."""
    job = run.job
    if importing.has_to_wait(job):
        run.postpone("Waits for an earlier import.")
        return [] if importing.has_to_wait(job) else [job]  # the other may have ended before it could see this one wait
    aside = importing.Aside(job=job.pk, attempt=job.attempt, so_far=job.result)
    report = importing.run(
        project=job.project, **job.params, so_far=job.result, aside=aside, beat=run.beat, keep=run.keep
    )
    with run.finishing(**report):
        aside.publish()
        grade = jobs.create(kind=Job.Kind.GRADE, project=job.project, by=job.created_by)
    importing.discard(stored=job.params["stored"])
    return [grade, *importing.next_of(job)]


@door(Job.Kind.SAMPLE)
def sample(run: Running) -> list[Job]:
    """Ask a language model for solutions, or for alternatives; solutions are graded next."""
    job = run.job
    report = sampling.run(project=job.project, params=job.params, so_far=job.result, beat=run.beat, keep=run.keep)
    with run.finishing(**report):
        made = job.params["what"] == "solutions" and report["created"] > 0
        return [jobs.create(kind=Job.Kind.GRADE, project=job.project, by=job.created_by)] if made else []


@door(Job.Kind.GRADE)
def grade_answers(run: Running) -> list[Job]:
    """Grade every answer of the project that has no grade yet."""
    from selector.grading.grade import Grader

    with Grader() as grader:
        counts = grading.grade_pending(project=run.job.project, grader=grader, beat=run.beat)
    with run.finishing(**counts):
        return []


@door(Job.Kind.SCORE)
def score_pool(run: Running) -> list[Job]:
    """The champion scores what may be selected: the first stage of a generation, or ahead of the next.

    And what is in work: the control and gate items that opened ahead, before this champion was one, measure it too.
    It is left to shards; once they have ended there is nothing to score any more, and the job goes on.
    """
    generation, champion = run.job.generation, run.checkpoint
    wanted = {champion: pools.in_reach(project=run.job.project)}
    if shards := sharding.cut(run, wanted, message="Scoring the pool"):
        return shards
    with run.finishing():
        return [generations.scored(generation=generation)] if generation else []


@door(Job.Kind.SELECT)
def select_batch(run: Running) -> list[Job]:
    """Pick what people label next, and let them in."""
    generation = run.generation
    batch = selecting.pick_rest(generation=generation)
    with run.finishing():
        generations.selected(generation=generation, batch=batch)
    return []


@door(Job.Kind.TRAIN)
def train_challenger(run: Running) -> list[Job]:
    """Train a challenger from the base model on all eligible labels so far."""
    from selector.prm.training.train import train

    let_go()  # training wants the memory
    generation, checkpoint = run.job.generation, run.checkpoint
    material = training.prepare(checkpoint=checkpoint, attempt=run.job.attempt)
    if generation:  # only now that the labels are frozen: what people make from here on teaches the next checkpoint
        generations.open_ahead(after=generation)
        if run.job.project.trains_elsewhere:  # it waits until somebody adds the checkpoint (`scorers.adding`)
            with run.finishing():
                return []
    report = train(
        material.examples,
        config=material.config,
        corpus=material.corpus,
        out=material.out,
        unfinished=material.unfinished,
        features=material.features,
        progress=run.beat,
    )
    with run.finishing():
        training.trained(checkpoint=checkpoint, report=report, path=material.out)
        return [generations.trained(generation=generation) if generation else evaluating.start(checkpoint=checkpoint)]


@door(Job.Kind.EVALUATE)
def evaluate_challenger(run: Running) -> list[Job]:
    """Measure champion and challenger on the held-out problems, decide, and open the next generation.

    Both score in shards, side by side; once these have ended it goes on.
    """
    project, challenger = run.job.project, run.checkpoint
    if thresholds.wants_tuning(challenger):
        labelled = {challenger: [thresholds.to_tune_on(challenger)]}
        if shards := sharding.cut(run, labelled, message="Scoring the training labels"):
            return shards
        thresholds.tune(checkpoint=challenger)
    held_out = [pools.held_out(project=project, split=split) for split in (Problem.Split.GATE, Problem.Split.TEST)]
    wanted = {each: held_out for each in evaluating.contenders(project=project, challenger=challenger)}
    if shards := sharding.cut(run, wanted, message="Scoring the gate and test problems"):
        return shards
    measures, decision = evaluating.judge(project=project, challenger=challenger)
    with run.finishing():
        return evaluating.conclude(
            checkpoint=challenger, generation=run.job.generation, measures=measures, decision=decision
        )


@door(Job.Kind.READ_SCORES)
def read_scores(run: Running) -> list[Job]:
    """Read the scores of a checkpoint that scores nothing by itself; it is measured next."""
    checkpoint = run.checkpoint
    counts = score_file.read(checkpoint=checkpoint, **run.job.params, beat=run.beat)
    with run.finishing(**counts):
        following = [adding.measure(checkpoint)]
    importing.discard(stored=run.job.params["stored"])
    return following


@door(Job.Kind.SHARD)
def score_shard(run: Running) -> list[Job]:
    """A checkpoint scores a part of what another job has scored. Raises Unscorable and ScorerChanged."""
    from selector.prm.public.architectures import BadModel
    from selector.prm.reward_model import BadCheckpoint
    from selector.prm.served.server import RemoteScorerError
    from selector.prm.styles import BadTokenizer

    try:
        counts = sharding.score(run, _scorer(run.checkpoint))
    except (BadCheckpoint, BadModel, BadTokenizer, RemoteScorerError) as error:
        raise Unscorable(str(error)) from error
    with run.finishing(**counts):
        sharding.scored(run.checkpoint, counts)
        return run.follow()


# The local model that this process loaded last: the next shard is likely of the same checkpoint.
LOADED: dict[tuple[int, str], Any] = {}


def let_go() -> None:
    """Free the memory of the model that is kept between shards."""
    if LOADED:
        import torch

        LOADED.clear()
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _kept(checkpoint: Checkpoint, load: Callable[[], T]) -> T:
    key = (checkpoint.pk, checkpoint.path or checkpoint.name)
    if key not in LOADED:
        let_go()  # before the next is loaded: two may not fit
        LOADED[key] = load()
    return cast(T, LOADED[key])


def _scorer(checkpoint: Checkpoint) -> Scorer:
    """Load the checkpoint's model, and check that it is the one that scored before.

    A local one is loaded unless it is the one that this process scored with last.
    """
    from selector.prm import reward_model
    from selector.prm.public import opening
    from selector.prm.served import judge, pooling

    if checkpoint.source == Checkpoint.Source.TRAINED:
        if checkpoint.config.get("way") in BESIDE_ITS_BASE:
            base_models.check(checkpoint.base_model, field="base_model")
        place, features = training.directory(checkpoint), training.features(checkpoint.project)
        return _kept(checkpoint, lambda: reward_model.load(place, features=features))
    name, asked = checkpoint.name, checkpoint.scorer
    loaded = name if checkpoint.source == Checkpoint.Source.PUBLIC else asked.get("tokenizer")
    if loaded:  # the deployment may list fewer models than when it was added
        base_models.check(loaded, field="model")
    if checkpoint.source == Checkpoint.Source.PUBLIC:
        revision = checkpoint.identity.get("revision") or None  # the one that scored before
        scorer: IdentifiedScorer = _kept(
            checkpoint, lambda: opening.load(name, style=asked["style"], revision=revision)
        )
    else:
        endpoint = SCORING.with_key(asked["endpoint"])
        if asked["style"] == adding.JUDGE:
            scorer = judge.load(endpoint.url, model=name, key=endpoint.key)
        else:
            scorer = pooling.load(
                endpoint.url, model=name, tokenizer=asked["tokenizer"], style=asked["style"], key=endpoint.key
            )
    try:
        identity.recognise(checkpoint=checkpoint, found=scorer.identity())
    except ScorerChanged:
        let_go()  # the one that scored before may be put back
        raise
    return scorer


@door(Job.Kind.EXPORT)
def export_labels(run: Running) -> list[Job]:
    """Write labels to a file, which has its name once it is whole."""
    with export_files.written(job=run.job, tell=run.tell) as file:
        run.beat(file.result["labels"], file.result["labels"])
        with run.finishing(**file.result):
            file.publish()
    return []


@shared_task(name="labelhub.tasks.sweep")
def sweep() -> None:
    """Every few seconds: take up what fell silent, free what ran out, delete what is outdated, close what is full."""
    for job in jobs.revive_silent():
        send(job)
    leases.lapse_expired()
    leases.withdraw_retired()
    export_files.delete_outdated()
    importing.rejected.delete_outdated()
    for job in generations.close_full():
        send(job)
