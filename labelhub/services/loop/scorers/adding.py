"""Add a checkpoint that was not trained here."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from labelhub.errors import Conflict, Invalid, WrongState
from labelhub.models import Checkpoint, Generation, Job, Project, User
from labelhub.queries.loop import checkpoints as queries
from labelhub.services import audit, base_models, jobs
from labelhub.services.endpoints import SCORING
from labelhub.services.loop import evaluating, generations, training
from selector.prm.aggregate import AGGREGATES, Aggregate
from selector.prm.config import THRESHOLD

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided of any added checkpoint, whatever its source.

    `threshold` is the published P(correct) below which a step is a mistake; without it, it is tuned on the project's
    training labels. `generation` is the number of the one that waits for this checkpoint (`queries.awaited`).
    """

    project: Project
    threshold: float | None = None
    generation: int | None = None
    by: User | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of model is read: what it is, how its steps make a score, and whether a worker can load it."""

    sentence: str
    aggregate: Aggregate
    public: bool = True


JUDGE = "judge"
# `selector.prm.styles` reads them; that module loads transformers, which the web process does without.
STYLES = {
    "qwen": Style("Qwen2.5-Math-PRM: two classes at the token <extra_0> behind each step.", "product"),
    "math_shepherd": Style("Math-Shepherd: the tokens + and - behind each step's tag.", "min"),
    "rlhflow": Style("RLHFlow: a chat turn for each step, and the tokens + and - as its answer.", "product"),
    "skywork": Style("Skywork-o1-Open-PRM: a value head at the newline behind each step.", "product"),
    "tokens": Style("A checkpoint that LabelHub or TRL trained: classes at each step's last token.", "product"),
    JUDGE: Style("A chat model that names the first mistake, by votes.", "product", public=False),
}


def options() -> dict[str, Any]:
    """The models, endpoints, styles and aggregates that can be chosen here."""
    return {
        "models": list(settings.BASE_MODELS),
        "endpoints": [endpoint.name for endpoint in SCORING.listed()],
        "styles": [
            {"name": name, "sentence": style.sentence, "public": style.public} for name, style in STYLES.items()
        ],
        "aggregates": list(AGGREGATES),
    }


@transaction.atomic
def add_public(terms: Terms, *, model: str, style: str) -> Job:
    """The job that loads and measures a published model, a directory or a hub id that BASE_MODELS lists.

    Raises Invalid, naming the field, Conflict where the project has this checkpoint already, and WrongState where the
    generation waits for none.
    """
    _check_style(style, [name for name, each in STYLES.items() if each.public])
    base_models.check(model, field="model")
    made = _create(terms, Checkpoint.Source.PUBLIC, model, {"style": style}, STYLES[style].aggregate)
    return measure(made)


@transaction.atomic
def add_served(terms: Terms, *, endpoint: str, model: str, style: str, tokenizer: str = "") -> Job:
    """The job that asks and measures a model behind an endpoint that SCORING_ENDPOINTS lists.

    `model` is its name there, `tokenizer` a directory or hub id that BASE_MODELS lists: texts travel as token ids. A
    judge reads text and takes none. Raises ScoringOff without any endpoint, and otherwise as `add_public`.
    """
    SCORING.check(endpoint)
    _check_style(style, list(STYLES))
    scorer = {"style": style, "endpoint": endpoint}
    if style != JUDGE:
        base_models.check(tokenizer, field="tokenizer")
        scorer["tokenizer"] = tokenizer
    elif tokenizer:
        raise Invalid(fields={"tokenizer": ["A judge reads text: leave the tokenizer out."]})
    return measure(_create(terms, Checkpoint.Source.SERVED, model, scorer, STYLES[style].aggregate))


@transaction.atomic
def add_imported(terms: Terms, *, name: str, stored: str, filename: str, aggregate: str = "product") -> Job:
    """The job that reads a file of step probabilities as a checkpoint's scores; `stored` is the upload's name.

    Raises as `add_public`.
    """
    if aggregate not in AGGREGATES:
        raise Invalid(fields={"aggregate": [f"This is one of {', '.join(AGGREGATES)}."]})
    return _reading(_create(terms, Checkpoint.Source.IMPORTED, name, {}, aggregate), stored, filename, terms.by)


@transaction.atomic
def add_scores(*, checkpoint: Checkpoint, stored: str, filename: str, by: User | None = None) -> Job:
    """The job that reads more scores of an imported checkpoint: of solutions that came later, or of a mended file.

    Raises WrongState for a checkpoint that scores by itself, or while another file of it is read.
    """
    if checkpoint.source != Checkpoint.Source.IMPORTED:
        raise WrongState("Only a checkpoint of imported scores takes a file: this one scores by itself.")
    locked = Checkpoint.objects.select_for_update().get(pk=checkpoint.pk)
    if locked.jobs.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).exists():
        raise WrongState("Another job is at this checkpoint: wait until it has ended.")
    Checkpoint.objects.filter(pk=locked.pk, state=Checkpoint.State.FAILED).update(state=Checkpoint.State.TRAINED)
    audit.record(project=locked.project, actor=by, verb="add scores", subject=f"checkpoint {locked.number}")
    return _reading(locked, stored, filename, by)


def _reading(checkpoint: Checkpoint, stored: str, filename: str, by: User | None) -> Job:
    params = {"stored": stored, "filename": filename}
    return jobs.create(
        kind=Job.Kind.READ_SCORES, project=checkpoint.project, checkpoint=checkpoint, params=params, by=by
    )


def _check_style(style: str, known: list[str]) -> None:
    if style not in known:
        raise Invalid(fields={"style": [f"This is one of {', '.join(known)}."]})


def measure(checkpoint: Checkpoint) -> Job:
    """The job that measures it: the next stage of the generation that waited for it, or outside of any."""
    waiting = Generation.objects.filter(checkpoint=checkpoint, state=Generation.State.TRAINING).first()
    return generations.trained(generation=waiting) if waiting else evaluating.start(checkpoint=checkpoint)


def _create(terms: Terms, source: Checkpoint.Source, name: str, scorer: dict[str, str], aggregate: str) -> Checkpoint:
    field = "name" if source == Checkpoint.Source.IMPORTED else "model"
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(fields={field: [f"A name of at most {LONGEST_NAME} printable characters is asked for."]})
    if terms.threshold is not None and not 0 < terms.threshold < 1:
        raise Invalid(fields={"threshold": ["A threshold lies between 0 and 1."]})
    project, number = terms.project, training.next_number(terms.project)
    same = project.checkpoints.filter(source=source, name=name).exclude(state=Checkpoint.State.FAILED)
    for other in same:
        if other.scorer == scorer:
            raise Conflict(f"Checkpoint {other.number} is this model already.", fields={field: ["Taken."]})
    made = (
        Checkpoint(project=project, number=number) if terms.generation is None else _awaited(project, terms.generation)
    )
    made.source, made.name, made.scorer, made.base_model = source, name, scorer, ""
    made.state = Checkpoint.State.TRAINED
    made.config = {"kind": "prm", "aggregate": aggregate, "threshold": terms.threshold or THRESHOLD}
    if terms.threshold:
        made.report = {"threshold": "published"}
    elif made.labels_frozen_at:  # tuned on what taught it, a threshold would flatter it
        made.report = {"threshold": "untuned"}
    else:
        made.report = {}
    made.save()
    audit.record(
        project=project,
        actor=terms.by,
        verb="add",
        subject=f"checkpoint {made.number}",
        source=source.value,
        name=name,
        scorer=scorer,
    )
    return made


def _awaited(project: Project, number: int) -> Checkpoint:
    """The checkpoint that the generation waits for. Raises WrongState where it waits for none."""
    found = queries.awaited(project).filter(generation__number=number).first()
    if found is None:
        raise WrongState(f"Generation {number} waits for no checkpoint that is trained elsewhere.")
    return Checkpoint.objects.select_for_update().get(pk=found.pk)
