"""Select: what people label next, picked by the rule from the pool and written as one batch."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from math import exp, isnan
from typing import Annotated, Any

import numpy as np
from django.db.models import Max, QuerySet

from labelhub.errors import NoChampion, NoStepScores, NothingToSelect
from labelhub.models import BatchItem, Checkpoint, Generation, Project, Solution
from labelhub.queries.loop import generations, pools
from labelhub.queries.loop.watch import past as watch_past
from selector.selection.pool import Pool
from selector.selection.rules import RULES, Needs, half_up
from selector.selection.select import Batch, compose, manifest
from selector.types import Candidate, Grade, Pick

HISTOGRAM_BINS = 20
OF_PROJECT = ("control_share", "audit_share", "labels_wanted", "overlap_share")  # unless a launch says otherwise
STANDING = ("control_share", "gate_k", "labels_wanted", "overlap_share")  # of what was opened ahead
AHEAD = (BatchItem.Stratum.CONTROL, BatchItem.Stratum.GATE)  # drawn without a score
# A candidate as the database tells it, in 103 bytes.
ROW = np.dtype(
    [("problem", "i8"), ("solution", "i8"), ("grade", "S7"), ("digest", "S64"), ("score", "f8"), ("uncertainty", "f8")]
)


@dataclass(frozen=True)
class Parameters:
    """What a launch decides; design and paper call them by the same names."""

    rule: str
    scope: str
    k: int
    wrong_share: Decimal = Decimal("0.8")
    control_share: Decimal = Decimal("0.1")
    audit_share: Decimal = Decimal("0.05")
    gate_k: int = 0
    labels_wanted: int = 1
    overlap_share: Decimal = Decimal(0)
    seed: int = 0

    def labels_of(self, items: int) -> int:
        """How many labels so many items want, those that several people are to label counted as often."""
        return items * self.labels_wanted + half_up(items * Fraction(self.overlap_share))

    def as_fields(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, generation: Generation) -> "Parameters":
        return cls(**{name: getattr(generation, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True)
class Histogram:
    edges: Annotated[list[float], "Scores; one more than there are bins."]
    pool: list[int]
    picks: list[int]


@dataclass(frozen=True)
class PicksOfProblems:
    picks: int
    problems: Annotated[int, "That have so many picks."]


@dataclass(frozen=True)
class Preview:
    candidates: Annotated[int, "Solutions in the pool."]
    unscored: Annotated[int, "Of them, not yet scored by the champion: launching scores them first."]
    picks: int
    ahead: Annotated[int, "Beside them: control and gate items that were opened ahead of launch."]
    right: int
    wrong: int
    by_stratum: dict[str, int]
    problems: int
    per_problem: Annotated[list[PicksOfProblems], "Of the problems that have any."]
    shortfall: Annotated[dict[str, int], "By stratum: how many fewer than asked for."]
    histogram: Annotated[Histogram | None, "Null without a champion: nothing has a score."]
    effort: watch_past.Effort


def check(*, project: Project, parameters: Parameters) -> None:
    """Refuse a launch that could pick nothing. Raises NoChampion, NoStepScores or NothingToSelect."""
    champion, needs = project.champion, RULES[parameters.rule].needs
    if needs is not Needs.NOTHING and champion is None:
        raise NoChampion
    if needs is Needs.STEP_PROBS and champion and champion.kind == Checkpoint.Kind.ORM:
        raise NoStepScores
    if not pools.train_pool(project=project).exists():
        raise NothingToSelect


def pick(*, project: Project, champion: Checkpoint | None, parameters: Parameters) -> Batch:
    """The batch as it would be now; the same pool, checkpoint, rule and seed give the same picks."""
    return compose(
        _frozen(pools.train_pool(project=project), champion),
        _frozen(pools.gate_pool(project=project), champion),
        rule=parameters.rule,
        scope=parameters.scope,  # type: ignore[arg-type]  # the database knows the two scopes only
        k=parameters.k,
        wrong_share=parameters.wrong_share,
        control_share=parameters.control_share,
        audit_share=parameters.audit_share,
        gate_k=parameters.gate_k,
        seed=parameters.seed,
    )


def pick_rest(*, generation: Generation) -> Batch:
    """The generation's batch; where it was opened ahead, what is still to be picked of it."""
    parameters = _rest(Parameters.of(generation), opened_ahead="ahead" in generation.manifest)
    return pick(project=generation.project, champion=generation.champion, parameters=parameters)


def _rest(parameters: Parameters, *, opened_ahead: bool) -> Parameters:
    """Control and gate are drawn once: what was opened ahead is both."""
    return replace(parameters, control_share=Decimal(0), gate_k=0) if opened_ahead else parameters


def as_opened(parameters: Parameters, ahead: Generation) -> Parameters:
    """What a launch decides where that generation was opened ahead: what its items went by stands."""
    return replace(parameters, **{name: getattr(ahead, name) for name in STANDING})


def pick_ahead(*, project: Project, parameters: Parameters) -> tuple[Batch, list[Pick]]:
    """What needs no checkpoint, drawn from the pool as it is now: the control and gate items of a batch by these."""
    uniform = replace(parameters, rule="uniform")
    batch = pick(project=project, champion=None, parameters=uniform)
    return batch, [one for one in batch.picks if one.stratum in AHEAD]


def _frozen(solutions: QuerySet[Solution], champion: Checkpoint | None) -> Pool:
    """Columns only, streamed: a pool is millions of solutions. With a champion, what it couldn't score is left out."""
    scored = pools.with_scores(solutions, checkpoint=champion)
    if champion:
        scored = scored.filter(score_by__log_score__isnull=False)
    names = ("problem_id", "pk", "grade", "digest", "score_by__log_score", "score_by__uncertainty")
    rows = np.fromiter(scored.values_list(*names).iterator(chunk_size=5000), ROW)
    candidates = (_candidate(row, scored=champion is not None) for row in rows)
    return Pool.of(candidates, lambda place: _candidate(rows[place], scored=champion is not None))


def _candidate(row: Any, *, scored: bool) -> Candidate:
    """A column of floats holds NaN where the database has null; where there are scores, none of them is null."""
    problem, solution, grade, digest, score, uncertainty = row.item()
    return Candidate(
        problem_id=problem,
        solution_id=solution,
        grade=Grade(grade.decode()),
        log_score=score if scored else None,
        digest=digest.decode(),
        uncertainty=None if isnan(uncertainty) else uncertainty,
    )


def write(*, generation: Generation, batch: Batch) -> None:
    """The batch as items in the order of serving, and the manifest that tells how they came to be.

    Raises NothingToSelect when the batch is empty.
    """
    if not batch.picks:
        raise NothingToSelect
    _put_up(generation, batch.picks)
    Generation.objects.filter(pk=generation.pk).update(manifest=_manifest(generation, batch))


def write_ahead(*, generation: Generation, batch: Batch, picks: Sequence[Pick]) -> None:
    """The items that open ahead; how they came to be stays in the manifest beside what is picked later."""
    _put_up(generation, picks)
    told = manifest(batch, checkpoint=None) | {"picks": len(picks)}
    told["shortfall"] = {stratum: n for stratum, n in batch.shortfall.items() if stratum in AHEAD}
    generation.manifest = {"ahead": told, "shortfall": told["shortfall"]}
    generation.save(update_fields=["manifest"])


def _put_up(generation: Generation, picks: Sequence[Pick]) -> None:
    """Behind the items that are there already."""
    last: int | None = generation.items.aggregate(last=Max("position"))["last"]
    in_order = sorted(picks, key=lambda pick: _shuffled(f"{generation.seed}", pick))
    shared = _shared(generation, picks)
    items = (
        _item(generation, place, pick, generation.labels_wanted + (pick in shared))
        for place, pick in enumerate(in_order, 0 if last is None else last + 1)
    )
    BatchItem.objects.bulk_create(items, batch_size=1000)


def _manifest(generation: Generation, batch: Batch) -> dict[str, Any]:
    """What the picks depend on, and how many there are: the picks themselves are the batch's items."""
    champion = generation.champion.number if generation.champion else None
    told = manifest(batch, checkpoint=champion) | {"picks": len(batch.picks)}
    if "ahead" not in generation.manifest:
        return told
    ahead = generation.manifest["ahead"]
    return told | {"shortfall": told["shortfall"] | ahead["shortfall"], "ahead": ahead}


def _shared(generation: Generation, picks: Sequence[Pick]) -> set[Pick]:
    """Those that one person more is to label: a share drawn from all strata alike."""
    number = half_up(len(picks) * Fraction(generation.overlap_share))
    return set(sorted(picks, key=lambda pick: _shuffled(f"{generation.seed}:overlap", pick))[:number])


def _shuffled(seed: str, pick: Pick) -> bytes:
    """An order that tells nothing of rank or stratum, and is the same on every run."""
    return blake2b(f"{seed}:{pick.candidate.solution_id}".encode(), digest_size=16).digest()


def _item(generation: Generation, position: int, pick: Pick, labels_wanted: int) -> BatchItem:
    return BatchItem(
        generation=generation,
        solution_id=int(pick.candidate.solution_id),
        position=position,
        rank=pick.rank,
        stratum=pick.stratum,
        inclusion_probability=pick.inclusion_probability,
        log_score=pick.candidate.log_score,
        labels_wanted=labels_wanted,
    )


def preview(*, project: Project, champion: Checkpoint | None, parameters: Parameters) -> Preview:
    """What a launch would pick now, in numbers."""
    opened = generations.ahead(project)
    if opened:
        parameters = as_opened(parameters, opened)
    batch = pick(project=project, champion=champion, parameters=_rest(parameters, opened_ahead=opened is not None))
    picks = [one.candidate for one in batch.picks]
    by_problem = Counter(one.problem_id for one in picks)
    pool = pools.train_pool(project=project)
    return Preview(
        candidates=pool.count(),
        unscored=pools.unscored(pool, checkpoint=champion).count() if champion else 0,
        picks=len(picks),
        ahead=opened.items.filter(state__in=BatchItem.IN_BATCH).count() if opened else 0,
        right=sum(one.grade is Grade.RIGHT for one in picks),
        wrong=sum(one.grade is Grade.WRONG for one in picks),
        by_stratum=dict(Counter(one.stratum for one in batch.picks)),
        problems=len(by_problem),
        per_problem=[PicksOfProblems(n, of) for n, of in sorted(Counter(by_problem.values()).items())],
        shortfall=dict(batch.shortfall),
        histogram=_histogram(pool, champion, picks) if champion else None,
        effort=watch_past.effort(project, parameters.labels_of(len(picks))),
    )


def _histogram(pool: QuerySet[Solution], champion: Checkpoint, picks: list[Candidate]) -> Histogram:
    """Scores (not logarithms) of the pool and of the picks in equal bins from 0 to 1."""
    scores = pools.with_scores(pool, checkpoint=champion).filter(score_by__log_score__isnull=False)
    logs = np.fromiter(scores.values_list("score_by__log_score", flat=True).iterator(chunk_size=5000), dtype=np.float64)
    edges = np.linspace(0, 1, HISTOGRAM_BINS + 1)
    of_pool, _ = np.histogram(np.exp(logs), edges)
    of_picks, _ = np.histogram([exp(one.log_score) for one in picks if one.log_score is not None], edges)
    return Histogram(edges.tolist(), of_pool.tolist(), of_picks.tolist())
