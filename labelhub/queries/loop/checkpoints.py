"""Checkpoints as people judge them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, QuerySet
from django.db.models.functions import Coalesce

from labelhub.models import Checkpoint, Event, Generation, Job, Problem, Project
from labelhub.queries import jobs
from labelhub.queries.loop import eligible
from labelhub.queries.rows import names_of

FIELDS = (
    "number",
    "kind",
    "source",
    "name",
    "scorer",
    "state",
    "base_model",
    "config",
    "report",
    "created_at",
    "promoted_at",
)
BEFORE = "Evaluated before this was measured: measure it again."
UNMEASURED = "Told once it is trained and measured."
AWAITED = (Checkpoint.State.TRAINING, Checkpoint.State.FAILED)
HOW_GIVEN = {  # the threshold of a checkpoint that was not trained here, by its report
    "published": "as published for this model.",
    "untuned": "untuned: it learned from these labels elsewhere. Give its threshold when you add it.",
}
VERDICTS = ["better", "not_worse", "undecided", "too_few", "worse"]
NO_ORM = "No outcome reward model of this project was evaluated yet."


@dataclass(frozen=True)
class Decision:
    """All null before it was decided."""

    promoted: bool | None = None
    sentence: Annotated[str | None, "Why."] = None
    margin: Annotated[float | None, "Null where nothing was compared."] = None
    verdicts: Annotated[
        dict[str, Annotated[str, VERDICTS]] | None,
        "By metric, what gate showed at the margin; too_few: it could not show it of an equal either.",
    ] = None


@dataclass(frozen=True)
class Threshold:
    """Below which P(correct) a step is called a mistake, and how that was found."""

    value: float
    tuned: Annotated[bool, "False: it stays 0.5."]
    folds: Annotated[int | None, "Parts of the training problems, each judged by what the others taught."]
    with_mistake: Annotated[int | None, "Training solutions with a known first mistake."]
    without_mistake: Annotated[int | None, "Training solutions known to have none."]
    sentence: str


@dataclass(frozen=True)
class Champion:
    number: int
    before: Annotated[int | None, "Whom it replaced."]
    by: Annotated[str | None, "Null: the loop itself, or the command line."]
    at: datetime
    reason: str
    again: Annotated[bool, "It had been champion before: a rollback."]


@dataclass(frozen=True)
class Teachable:
    labels: Annotated[int, "Eligible now."]
    unseen: Annotated[int, "Of them, what the newest process reward model did not see."]
    newest: Annotated[int | None, "Its number; null where there is none."]


def decision_of(stored: Mapping[str, Any]) -> Decision:
    return Decision(**{name: stored[name] for name in names_of(Decision) if name in stored})


def of_project(project: Project) -> QuerySet[Any]:
    """The project's checkpoints, newest first, each with how many labels it saw and the generation it closed."""
    return (
        Checkpoint.objects.filter(project=project)
        .select_related("generation")
        .prefetch_related(Prefetch("jobs", Job.objects.order_by("pk")))
        .annotate(label_count=Count("labels"))
        .order_by("-number")
    )


def awaited(project: Project) -> QuerySet[Checkpoint]:
    """The checkpoint that a closed generation waits for, since it is trained elsewhere; at most one.

    Its labels are frozen: the job that would have trained it has ended. A file of scores that was refused leaves the
    generation waiting.
    """
    frozen = Job.objects.filter(checkpoint=OuterRef("pk"), kind=Job.Kind.TRAIN, state=Job.State.DONE)
    waiting = Checkpoint.objects.filter(Exists(frozen), project=project, state__in=AWAITED)
    return waiting.filter(generation__state=Generation.State.TRAINING)


def tell(checkpoint: Any, project: Project) -> dict[str, Any]:
    """The checkpoint as the list shows it."""
    generation = getattr(checkpoint, "generation", None)
    return {name: getattr(checkpoint, name) for name in FIELDS} | {
        "measures": {split: _filled(checkpoint.measures[split]) for split in _splits(checkpoint)},
        "threshold": threshold(checkpoint),
        "decision": decision_of(checkpoint.decision),
        "is_champion": checkpoint.pk == project.champion_id,
        "labels": checkpoint.label_count,
        "awaited": _is_awaited(checkpoint, generation),
        "generation": generation.number if generation else None,
        "jobs": [jobs.tell(job) for job in checkpoint.jobs.all()],
    }


def _is_awaited(checkpoint: Checkpoint, generation: Generation | None) -> bool:
    """As `awaited`, of a checkpoint that is at hand with its generation and jobs."""
    if generation is None or generation.state != Generation.State.TRAINING or checkpoint.state not in AWAITED:
        return False
    return any(job.kind == Job.Kind.TRAIN and job.state == Job.State.DONE for job in checkpoint.jobs.all())


def threshold(checkpoint: Checkpoint) -> Threshold | None:
    """Its threshold of a first mistake, how that was found and on how many solutions; None where there is none yet."""
    if checkpoint.kind != Checkpoint.Kind.PRM or not checkpoint.report or "threshold" not in checkpoint.config:
        return None
    found = checkpoint.report.get("tuning") or dict.fromkeys(("folds", "with_mistake", "without_mistake"))
    told = {name: found[name] for name in ("folds", "with_mistake", "without_mistake")}
    value = checkpoint.config["threshold"]
    given = HOW_GIVEN.get(checkpoint.report.get("threshold"))
    sentence = f"{value:.3g}, {given}" if given else _how_found(value, found)
    return Threshold(value, is_tuned(checkpoint), **told, sentence=sentence)


def is_tuned(checkpoint: Checkpoint) -> bool:
    """Whether training tuned its threshold; one trained before that was possible is not."""
    return bool((checkpoint.report.get("tuning") or {}).get("tuned"))


def _how_found(value: float, tuning: dict[str, Any]) -> str:
    if tuning["folds"] is None:
        return f"{value:.3g}, untuned: it was trained before thresholds were tuned."
    wrong, right, least = tuning["with_mistake"], tuning["without_mistake"], tuning["least"]
    if not tuning["tuned"]:
        return (
            f"{value:.3g}, untuned: {wrong:,} training solutions with a mistake and {right:,} without; tuning takes at "
            f"least {least} of each, of several problems."
        )
    tuned = f"{value:.3g}, tuned on {wrong + right:,} training solutions ({wrong:,} with a mistake, {right:,} without)"
    if not tuning["folds"]:
        return f"{tuned}, none of which taught it."
    return f"{tuned}, each judged by a model that never saw its problem ({tuning['folds']} folds)."


def _splits(checkpoint: Checkpoint) -> list[str]:
    return [split for split in (Problem.Split.GATE, Problem.Split.TEST) if split in checkpoint.measures]


def _filled(measured: dict[str, Any]) -> dict[str, Any]:
    """What was evaluated before a part of it was measured, with null in that part's place."""
    found = dict(measured)
    if "f1" in found["first_error"]:
        found["first_error"] = {"intervals": None, "n_unknown": 0, "tuned": False} | found["first_error"]
    if "calibration" in found["steps"]:
        calibration = dict.fromkeys(("ece_low", "ece_high", "problems")) | found["steps"]["calibration"]
        calibration["bins"] = [dict.fromkeys(("correct_low", "correct_high")) | each for each in calibration["bins"]]
        found["steps"] = found["steps"] | {"calibration": calibration}
    return found


def tell_all(checkpoint: Any, project: Project) -> dict[str, Any]:
    """The checkpoint as its own page shows it: beside the champion of then, and an outcome reward model."""
    measures = checkpoint.measures
    undefined = {"undefined": BEFORE if measures else UNMEASURED}
    told = tell(checkpoint, project)
    for split in told["measures"]:
        told["measures"][split] = {"beside": undefined} | told["measures"][split]
    return told | {
        "metric": project.metric,
        "margin": float(project.promotion_margin),
        "champion": project.champion.number if project.champion else None,
        "seen": measures.get("seen") or (seen(checkpoint) if checkpoint.labels_frozen_at else undefined),
        "measured_at": measures.get("measured_at"),
        "orm": _orm(checkpoint),
    }


def seen(checkpoint: Checkpoint) -> dict[str, Any]:
    """What it learned from; a label that came in by a file keeps the generation which the file names."""
    labels = checkpoint.labels.order_by()
    generation = Coalesce("assignment__item__generation__number", "source_generation")
    by_generation = labels.values(number=generation).annotate(n=Count("pk")).order_by(F("number").asc(nulls_first=True))
    digest = sha256()
    for pk in labels.order_by("pk").values_list("pk", flat=True).iterator():
        digest.update(f"{pk} ".encode())
    return {
        "labels": labels.count(),
        "digest": digest.hexdigest(),
        "solutions": labels.aggregate(n=Count("solution", distinct=True))["n"],
        "problems": labels.aggregate(n=Count("solution__problem", distinct=True))["n"],
        "by_source": dict(labels.values_list("source").annotate(n=Count("pk"))),
        "by_finish_reason": dict(labels.values_list("finish_reason").annotate(n=Count("pk"))),
        "by_generation": [{"generation": row["number"], "labels": row["n"]} for row in by_generation],
    }


def _orm(checkpoint: Checkpoint) -> dict[str, Any]:
    """The gate curve of an outcome reward model: of one that saw the same labels, else of the newest."""
    orms = Checkpoint.objects.filter(project=checkpoint.project_id, kind=Checkpoint.Kind.ORM, state="ready")
    own = _digest(checkpoint)
    told = [(own is not None and _digest(orm) == own, orm) for orm in orms.order_by("-number")]
    if not told:
        return {"undefined": NO_ORM}
    same, orm = max(told, key=lambda one: one[0])  # the first of equals: the newest
    found = orm.measures.get("gate", {}).get("best_of_n", {"undefined": BEFORE})
    if "undefined" in found:
        return {"undefined": found["undefined"]}
    return {
        "number": orm.number,
        "same_labels": same,
        "problems": found["problems"],
        "curve": found["curves"]["best_of_n"],
    }


def _digest(checkpoint: Checkpoint) -> str | None:
    digest: str | None = checkpoint.measures.get("seen", {}).get("digest")
    return digest


def teachable(project: Project) -> Teachable:
    """How many labels a checkpoint trained now would learn from, and how many of them the newest one never saw."""
    labels = eligible.to_train(project=project)
    trained = Checkpoint.objects.filter(project=project, kind=Checkpoint.Kind.PRM, labels_frozen_at__isnull=False)
    newest = trained.order_by("-number").first()
    unseen = labels.exclude(pk__in=newest.labels.values("pk")) if newest else labels
    return Teachable(labels.count(), unseen.count(), newest.number if newest else None)


def champions(project: Project) -> list[Champion]:
    """Who became champion, newest first: when, by whom (null: the loop), why, and whether it had been before."""
    been: set[int] = set()
    told = []
    for event in _promotions(project).select_related("actor").reverse():
        number, before = _number(event), event.detail.get("before")
        if before == number:  # promoted while it was champion: nothing changed
            continue
        by = event.actor.username if event.actor else None
        told.append(Champion(number, before, by, event.at, event.reason, again=number in been))
        been.add(number)
    return told[::-1]


def replaced_by(champion: Checkpoint) -> Checkpoint | None:
    """The champion before it; None where there was none."""
    of_its_own = _promotions(champion.project).filter(subject=f"checkpoint {champion.number}")
    replaced = [event.detail.get("before") for event in of_its_own]
    before = next((number for number in replaced if number not in (None, champion.number)), 0)
    return Checkpoint.objects.filter(project=champion.project_id, state="ready", number=before).first()


def _promotions(project: Project) -> QuerySet[Event]:
    return Event.objects.filter(project=project, verb="promote").order_by("-at", "-pk")


def _number(event: Event) -> int:
    return int(event.subject.removeprefix("checkpoint "))


def rounds(project: Project) -> list[dict[str, Any]]:
    """By generation that made a checkpoint, oldest first: what its labels say of the pool, and how far it moved."""
    made = Checkpoint.objects.filter(project=project, state=Checkpoint.State.READY, generation__isnull=False)
    return [_round(each) for each in made.select_related("generation").order_by("generation__number")]


def _round(checkpoint: Any) -> dict[str, Any]:
    undefined = {"undefined": BEFORE}
    strata = checkpoint.measures.get("learning") or {"champion": None}
    best_of_n = checkpoint.measures.get("gate", {}).get("best_of_n", undefined)
    told = "undefined" not in best_of_n
    return {
        "generation": checkpoint.generation.number,
        "checkpoint": checkpoint.number,
        "champion": strata["champion"],
        "labels": checkpoint.measures.get("seen", {}).get("labels"),
        "control": {"unknown": 0} | strata["control"] if "control" in strata else undefined,
        "selected": {"unknown": 0} | strata["selected"] if "selected" in strata else undefined,
        "best_of_n": best_of_n["curves"]["best_of_n"][-1] if told else {"undefined": best_of_n["undefined"]},
        "stability": checkpoint.measures.get("stability", undefined),
    }
