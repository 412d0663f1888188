"""Train: a challenger learns from the base model on all eligible labels so far (never on the newest batch alone)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from labelhub.errors import NothingToTrain
from labelhub.models import Checkpoint, Job, Label, Project, Solution, User
from labelhub.queries.loop import eligible
from labelhub.queries.loop import training as queries
from labelhub.services import audit, base_models, jobs
from selector.labels.steps import training_examples
from selector.prm.config import TrainConfig
from selector.types import BAD, GREAT, Example

CORPUS_SOLUTIONS = 20_000  # texts that the embedded base's tokenizer is made from: more change nothing in it


@dataclass(frozen=True)
class Material:
    """All that a training run reads; the same material gives the same checkpoint."""

    examples: list[Example]
    corpus: Iterator[str]
    config: TrainConfig
    out: Path  # of this attempt alone
    unfinished: Path  # of the run, whichever attempt is at it
    features: Path  # of a frozen base, kept for all trainings of the project


def start(*, project: Project, kind: str = Checkpoint.Kind.PRM, by: User | None) -> Job:
    """A job that trains a checkpoint outside a generation. Raises NothingToTrain."""
    with transaction.atomic():
        checkpoint = create_checkpoint(project=project, kind=kind)
        audit.record(project=project, actor=by, verb="train", subject=f"checkpoint {checkpoint.number}")
        return jobs.create(kind=Job.Kind.TRAIN, project=project, checkpoint=checkpoint, by=by)


def create_checkpoint(*, project: Project, kind: str = Checkpoint.Kind.PRM, seed: int = 0) -> Checkpoint:
    """The row of a checkpoint that is yet to be trained. Raises NothingToTrain when no label may teach it.

    Raises Invalid where the deployment doesn't list the project's base model any more.
    """
    if not eligible.to_train(project=project).exists():
        raise NothingToTrain
    if project.base_model:  # the deployment may list fewer than when the project chose it
        base_models.check(project.base_model, field="base_model")
    number = next_number(project)
    config = queries.config_of(project, kind=kind, seed=seed)
    return Checkpoint.objects.create(
        project=project, number=number, kind=kind, base_model=project.base_model, config=config.to_dict()
    )


def next_number(project: Project) -> int:
    """The number of the project's next checkpoint, held against others until the transaction ends."""
    Project.objects.select_for_update().get(pk=project.pk)
    last: int | None = project.checkpoints.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def prepare(*, checkpoint: Checkpoint, attempt: int) -> Material:
    """Freeze the labels if that isn't done yet, and lay out what the run reads.

    Labels that come in from now on go to the next checkpoint. Raises NothingToTrain.
    """
    _freeze(checkpoint)
    labels = eligible.consensus(list(eligible.seen_by(checkpoint=checkpoint)))
    examples = _outcomes(labels) if checkpoint.kind == Checkpoint.Kind.ORM else _processes(labels)
    if not examples:
        raise NothingToTrain
    place = directory_of(checkpoint.project)
    return Material(
        examples,
        _corpus(checkpoint.project),
        TrainConfig.from_dict(checkpoint.config),
        out=place / f"{checkpoint.number}-{attempt}",
        unfinished=place / f"{checkpoint.number}.unfinished",
        features=features(checkpoint.project),
    )


@transaction.atomic
def _freeze(checkpoint: Checkpoint) -> None:
    locked = Checkpoint.objects.select_for_update().get(pk=checkpoint.pk)
    if locked.labels_frozen_at is None:
        through = Checkpoint.labels.through
        ids = eligible.to_train(project=locked.project).values_list("pk", flat=True)
        through.objects.bulk_create(
            (through(checkpoint_id=locked.pk, label_id=pk) for pk in ids.iterator()), batch_size=2000
        )
        Checkpoint.objects.filter(pk=locked.pk).update(labels_frozen_at=timezone.now())


def _processes(labels: Sequence[Label]) -> list[Example]:
    return [example for label in labels for example in training_examples(label.solution.problem.text, label.steps)]


def _outcomes(labels: Sequence[Label]) -> list[Example]:
    """The whole solution with one rating at its end: its grade (paper, appendix E)."""
    rating = {Solution.Grade.RIGHT: GREAT, Solution.Grade.WRONG: BAD}
    return [
        Example(s.problem.text, tuple(s.steps), (None,) * (len(s.steps) - 1) + (rating[Solution.Grade(s.grade)],))
        for s in (label.solution for label in labels)
        if s.grade in rating
    ]


def _corpus(project: Project) -> Iterator[str]:
    """The pool's own text, held-out problems left out."""
    solutions = Solution.objects.filter(problem__project=project, problem__split="train").select_related("problem")
    for solution in solutions.order_by("pk")[:CORPUS_SOLUTIONS].iterator(chunk_size=500):
        yield solution.problem.text
        yield from solution.steps


def trained(*, checkpoint: Checkpoint, report: dict[str, Any], path: Path) -> None:
    """Note what training wrote, inside the job's finishing transaction; the config now holds the tuned threshold."""
    Checkpoint.objects.filter(pk=checkpoint.pk).update(
        state=Checkpoint.State.TRAINED,
        report=report,
        config=report["config"],
        path=str(path.relative_to(settings.DATA_DIR)),
    )


def directory(checkpoint: Checkpoint) -> Path:
    """Where the trained checkpoint lies."""
    return Path(settings.DATA_DIR) / checkpoint.path


def directory_of(project: Project) -> Path:
    """Where the project's checkpoints lie."""
    return Path(settings.DATA_DIR) / "checkpoints" / project.slug


def features(project: Project) -> Path:
    """Where what a frozen base made of the project's solutions is kept: each is read once, for all checkpoints."""
    return directory_of(project) / "features"
