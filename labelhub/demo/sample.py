"""The sample project: generated problems a person can read, with solutions whose mistakes are known."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from labelhub import tasks
from labelhub.demo import practice
from labelhub.demo.place import SAMPLE, Place
from labelhub.models import Generation, Membership, Project, User
from labelhub.services import projects
from labelhub.services.accounts import people
from labelhub.services.data import grading, importing
from labelhub.services.loop import generations
from labelhub.services.loop.selecting import Parameters
from selector.grading.grade import Grader
from selector.labels import simulate

PROBLEMS = 120
SAMPLES = 8
SEED = 7
LEASE_SECONDS = 300  # a newcomer who walks away from an open page holds the sample's loop up for no longer than this
OVERLAP = Decimal("0.2")  # of a batch, so that there is agreement to look at
FIRST_GENERATION = Parameters(
    rule="uniform", scope=Generation.Scope.GLOBAL, k=64, gate_k=12, overlap_share=OVERLAP, seed=SEED
)


@dataclass(frozen=True)
class SignIn:
    username: str
    role: str
    password: str


def sign_ins(place: Place) -> list[SignIn]:
    """Made at the first start, shown at every start."""
    roles = (Membership.Role.LABELER, Membership.Role.OPERATOR)
    return [SignIn(role.value, role.value, place.secret(f"password_{role.value}", 12)) for role in roles]


def is_seeded() -> bool:
    return Generation.objects.filter(project__slug=SAMPLE).exists()


def seed(place: Place) -> Project:
    """The project with its problems, solutions, grades and people; what an interrupted start made is made anew."""
    Project.objects.filter(slug=SAMPLE).delete()
    User.objects.filter(username__in=[each.username for each in sign_ins(place)]).delete()
    project = projects.create(
        slug=SAMPLE,
        name="Shelves, crates and trays",
        auto_advance=True,
        lease_seconds=LEASE_SECONDS,
        gate_share="0.25",
        test_share="0",
        overlap_share=OVERLAP,
    )
    for each in sign_ins(place):
        people.add_member(project=project, username=each.username, role=each.role, password=each.password)
    importing.read_files(project=project, files={"problems and solutions": write_pool(place)})
    with Grader() as grader:
        grading.grade_pending(project=project, grader=grader)
    practice.put_up(project, place)
    return project


def write_pool(place: Place) -> Path:
    """The problems and solutions, as a file that could be imported by hand; with their labels, the labelers' oracle."""
    made = simulate.generate(PROBLEMS, SAMPLES, SEED)
    rows = [row for problem, solutions in made for row in (problem, *solutions)]
    write_jsonl(place.oracle, rows)
    write_jsonl(place.pool, map(without_labels, rows))
    return place.pool


def without_labels(row: dict[str, Any]) -> dict[str, Any]:
    """The row without what its source says of the steps: an import would make labels of it, and nothing to label."""
    return {name: value for name, value in row.items() if name not in ("step_labels", "first_error")}


def write_jsonl(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


@transaction.atomic
def launch(project: Project) -> Generation:
    """Open generation 0; its first job is sent once this is committed."""
    generation = generations.launch(project=project, by=None, parameters=FIRST_GENERATION)
    for job in generation.jobs.all():
        transaction.on_commit(lambda job=job: tasks.send(job))  # type: ignore[misc]
    return generation
