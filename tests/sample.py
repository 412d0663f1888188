"""A small project on the product's own generated problems, and an oracle that labels as a careful person would."""

import json
from pathlib import Path
from typing import Any

from labelhub import tasks
from labelhub.demo.sample import without_labels
from labelhub.models import Generation, Job, Label, Labeler, Project
from labelhub.services import jobs
from labelhub.services.data import grading, importing
from labelhub.services.labeling import hand_in, leases
from labelhub.services.labeling.hand_in import Pass
from labelhub.services.loop.selecting import Parameters
from selector.grading.grade import Grader
from selector.labels import simulate

UNIFORM = Parameters(rule="uniform", scope="global", k=24, gate_k=6)
CONVINCING = Parameters(rule="convincing", scope="global", k=20, gate_k=4, seed=1)


def write_files(
    place: Path, *, problems: int = 40, samples: int = 6, gate: int = 8
) -> tuple[list[Path], dict[str, Any]]:
    """JSONL of problems and bare solutions, the first `gate` problems held out; the oracle's rows by their key."""
    made = list(simulate.generate(problems=problems, samples=samples, seed=3))
    for number, (problem, _) in enumerate(made):
        problem["split"] = "gate" if number < gate else "train"
    rows = [row for _, solutions in made for row in solutions]
    pool = [without_labels(row) for row in rows]
    files = {"problems.jsonl": [problem for problem, _ in made], "solutions.jsonl": pool}
    for name, lines in files.items():
        (place / name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    return [place / name for name in files], {row["solution_id"]: row for row in rows}


def fill(project: Project, place: Path, **size: int) -> dict[str, Any]:
    """Import and grade; the oracle's rows come back."""
    paths, oracle = write_files(place, **size)
    importing.read_files(project=project, files={path.name: path for path in paths})
    with Grader() as grader:
        grading.grade_pending(project=project, grader=grader)
    return oracle


def label_all(project: Project, oracle: dict[str, Any]) -> int:
    """One tireless labeler works until nothing is open; how many passes it made."""
    labeler, made = Labeler.objects.create(), 0
    assignment = leases.claim_next(project=project, labeler=labeler).assignment
    while assignment:
        row = oracle[assignment.item.solution.key]
        finish = "solution" if row["first_error"] is None else "found_error"
        body = Pass(lease=assignment.lease_token, ratings=row["step_labels"], finish_reason=finish, total_time=60_000)
        done = hand_in.hand_in(
            labeler=labeler, assignment_id=assignment.pk, body=body, source=Label.Source.SIMULATED, holding=()
        )
        assignment, made = done.offer.assignment, made + 1
    return made


def state_of(generation: Generation) -> str:
    generation.refresh_from_db()
    if generation.state == Generation.State.FAILED:
        raise AssertionError(f"generation {generation.number} failed: {generation.failure}")
    return generation.state


def job_of(generation: Generation, kind: str) -> Job | None:
    return Job.objects.filter(generation=generation, kind=kind).first()


WORK = {
    Job.Kind.EVALUATE: tasks.evaluate_challenger,
    Job.Kind.READ_SCORES: tasks.read_scores,
    Job.Kind.SCORE: tasks.score_pool,
    Job.Kind.SELECT: tasks.select_batch,
    Job.Kind.SHARD: tasks.score_shard,
    Job.Kind.TRAIN: tasks.train_challenger,
}


def carry(run: jobs.Running) -> list[Job]:
    """Do the job here and now with all its shards, as workers would; the jobs that follow are not sent."""
    waiting, following = WORK[Job.Kind(run.job.kind)](run), []
    while waiting:
        job = waiting.pop(0)
        if job.kind in (Job.Kind.SHARD, run.job.kind):
            waiting += work_on(job)
        else:
            following.append(job)
    return following


def work_on(job: Job) -> list[Job]:
    """Do what a worker does that got the job, and return the jobs that it would send."""
    with jobs.running(job_id=job.pk, attempt=job.attempt) as run:
        return WORK[Job.Kind(job.kind)](run)
