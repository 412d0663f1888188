"""Generations as people watch them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import exp
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import NullIf

from labelhub.models import BatchItem, Generation, Job, Label, Project, Solution
from labelhub.queries import jobs
from labelhub.queries.loop.checkpoints import Decision, decision_of
from labelhub.queries.quality.review import MISTAKE, JsonLength
from labelhub.queries.rows import from_row


@dataclass(frozen=True)
class ItemCounts:
    open: int
    leased: int
    done: int
    withdrawn: int


@dataclass(frozen=True)
class GenerationRow:
    number: int
    state: Annotated[str, Generation.OF_A_ROUND]
    sentence: Annotated[str, "What the state means here and now."]
    failure: Annotated[str, "Why it failed; empty unless it did."]
    rule: str
    scope: Annotated[str, Generation.Scope]
    k: int
    wrong_share: Decimal
    control_share: Decimal
    audit_share: Decimal
    gate_k: int
    labels_wanted: int
    overlap_share: Decimal
    seed: int
    champion: Annotated[int | None, "The checkpoint pinned at launch."]
    checkpoint: Annotated[int | None, "The checkpoint trained when it closed."]
    decision: Annotated[Decision, "What became of its checkpoint."]
    items: ItemCounts
    by_stratum: dict[str, int]
    labels: int
    jobs: list[jobs.JobRow]
    manifest: Annotated[dict[str, Any], "What the picks depend on."]
    launched_at: datetime
    labeling_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Outcome:
    labeler: UUID
    finish_reason: Annotated[str, Label.FinishReason]
    mistake: Annotated[int | None, "The first bad step, from 1."]


@dataclass(frozen=True)
class Item:
    solution_id: int
    solution: Annotated[str, "Its id in the file it came from."]
    problem: str
    rank: Annotated[int, "Order of picking, from 1, within scope and stratum."]
    stratum: str
    score: Annotated[float | None, "By the pinned champion, at selection."]
    log_score: float | None
    inclusion_probability: float | None
    state: Annotated[str, BatchItem.OF_A_BATCH]
    grade: Annotated[str | None, Solution.Grade]
    labels: Annotated[list[Outcome], "What its current labels say."]


@dataclass(frozen=True)
class ItemsPage:
    results: list[Item]
    next: Annotated[int | None, "Give it as `after` for the next page."]


def of_project(project: Project) -> QuerySet[Generation]:
    """The project's generations, newest first, with the checkpoints they name; the screening set is none of them."""
    rounds = Generation.objects.filter(project=project).exclude(number=Generation.SCREENING)
    return rounds.select_related("champion", "checkpoint").order_by("-number")


def live(project: Project) -> QuerySet[Generation]:
    """The one that is under way, and the one that was opened ahead, as far as there are such."""
    return of_project(project).filter(state__in=Generation.LIVE)


def ahead(project: Project) -> Generation | None:
    """The next one, where its first items are open before it is launched."""
    return of_project(project).filter(state=Generation.State.AHEAD).first()


def tell(generations: Iterable[Generation]) -> list[GenerationRow]:
    """Each generation with its counts and jobs; four queries, however many there are."""
    generations = list(generations)
    ids = [each.pk for each in generations]
    batch = BatchItem.objects.filter(generation__in=ids, state__in=BatchItem.IN_BATCH)
    items, strata = _counts(batch, "generation", "state"), _counts(batch, "generation", "stratum")
    made = Label.objects.current().filter(assignment__item__generation__in=ids, is_quality_control_question=False)
    labels = _counts(made, "assignment__item__generation", "source")
    carried: dict[int | None, list[Job]] = defaultdict(list)
    for job in Job.objects.filter(generation__in=ids).order_by("pk"):
        carried[job.generation_id].append(job)
    return [_tell(each, items[each.pk], strata[each.pk], labels[each.pk], carried[each.pk]) for each in generations]


def _counts(rows: Any, of: str, by: str) -> dict[int, dict[str, int]]:
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    for key, value, count in rows.order_by().values_list(of, by).annotate(n=Count("pk")):
        counted[key][value] = count
    return counted


def _tell(
    generation: Generation, states: dict[str, int], strata: dict[str, int], labels: dict[str, int], carried: list[Job]
) -> GenerationRow:
    items = ItemCounts(**{state: states.get(state, 0) for state in BatchItem.IN_BATCH})
    return from_row(
        GenerationRow,
        generation,
        sentence=sentence(generation, items),
        champion=generation.champion.number if generation.champion else None,
        checkpoint=generation.checkpoint.number if generation.checkpoint else None,
        decision=decision_of(generation.decision),
        items=items,
        by_stratum=strata,
        labels=sum(labels.values()),
        jobs=[jobs.tell(job) for job in carried],
    )


def sentence(generation: Generation, items: ItemCounts) -> str:
    """What the state means here and now."""
    if generation.state == Generation.State.FAILED:
        return f"Failed while {generation.failed_in}: {generation.failure}"
    done_of = f"{items.done} of {items.open + items.leased + items.done} items are done"
    if generation.state == Generation.State.LABELING:
        return f"People rate the batch: {done_of}."
    if generation.state == Generation.State.AHEAD:
        return f"Its control and gate items are open, and {done_of}; the rest is picked once it is launched."
    if generation.state == Generation.State.CLOSED and generation.decision.get("sentence"):
        return f"Finished. {generation.decision['sentence']}"
    return str(Generation.State(generation.state).label)


OF_ITEM = {"stratum": "stratum", "state": "state", "grade": "solution__grade"}  # filters by the item's columns
OF_LABEL = ("finish_reason", "labeler", "mistake", "tenth")  # and by what one label of it says


def items_page(generation: Generation, *, after: int, limit: int, **wanted: Any) -> ItemsPage:
    """`limit` items behind position `after` in serving order, and the position to go on from, if there are more.

    `wanted`: any of stratum, state, grade; and of finish_reason, labeler, mistake, tenth, for which an item counts
    that has a label of which all of them hold.
    """
    rows = generation.items.filter(position__gt=after, state__in=BatchItem.IN_BATCH)
    rows = rows.filter(**{column: wanted[name] for name, column in OF_ITEM.items() if name in wanted})
    if said := {name: wanted[name] for name in OF_LABEL if name in wanted}:
        rows = rows.filter(Exists(_labels().filter(assignment__item=OuterRef("pk"), **said)))
    page = list(rows.select_related("solution__problem").order_by("position")[: limit + 1])
    more = page[limit - 1].position if len(page) > limit else None
    labels: dict[int, list[Outcome]] = defaultdict(list)
    of_page = _labels().filter(assignment__item__in=page[:limit]).order_by("pk")
    for item, *said_of_it in of_page.values_list("assignment__item", "labeler", "finish_reason", "mistake"):
        labels[item].append(Outcome(*said_of_it))
    return ItemsPage([_item(item, labels[item.pk]) for item in page[:limit]], more)


def _labels() -> QuerySet[Any]:
    """Current labels with the step, from 1, and the tenth of the solution that their first mistake is at.

    Null where they found none, or left it unknown.
    """
    named, steps = NullIf(MISTAKE, Value(0)), JsonLength("solution__steps")
    current: QuerySet[Any] = Label.objects.current().filter(is_quality_control_question=False)
    told: QuerySet[Any] = current.annotate(
        mistake=named,
        tenth=(named * 10 + steps - 1) / steps,
    )
    return told


def _item(item: BatchItem, labels: list[Outcome]) -> Item:
    return from_row(
        Item,
        item,
        solution=item.solution.key,
        problem=item.solution.problem.text,
        score=exp(item.log_score) if item.log_score is not None else None,
        grade=item.solution.grade,
        labels=labels,
    )
