"""What a generation's labels say, counted by the database once and then only for what came since.

Labels never change: a correction is a new revision that names the one it supersedes. So the counts up to a moment stay
as they are, and later ones add what was handed in since and take away what it supersedes. At 100,000 labels counting
anew reads every `steps` there is, several seconds' work; the page asks every few seconds.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, TruncMinute
from django.utils import timezone

from labelhub.models import Assignment, Generation, Label
from labelhub.queries.loop.eligible import WHOLE
from labelhub.queries.quality import review
from labelhub.queries.quality.review import JsonLength

REMEMBERED = 24 * 3600  # seconds, in this process's memory
# A pass's transaction begins at `submitted_at` and may end later: what is this old is taken for complete.
SETTLED = timedelta(minutes=5)
REASONS = (Label.FinishReason.GIVE_UP, Label.FinishReason.BAD_PROBLEM)

Mark = tuple[str, str, int, int]  # stratum, finish reason, step of the first mistake (0: none, or unknown) of how many
Person = tuple[UUID, str]  # labeler, finish reason


@dataclass(frozen=True)
class Tally:
    """Current labels of a generation, without running checks."""

    marks: Counter[Mark] = field(default_factory=Counter)
    times: Counter[tuple[int, int]] = field(default_factory=Counter)  # whole passes by seconds and steps rated
    minutes: Counter[datetime] = field(default_factory=Counter)  # passes by when they were handed in, without give-ups
    passes: Counter[Person] = field(default_factory=Counter)
    ms: Counter[Person] = field(default_factory=Counter)
    squares: Counter[Person] = field(default_factory=Counter)  # of ms
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)  # finish reason, in the labeler's words

    def plus(self, other: "Tally") -> "Tally":
        return Tally(*(_sum(each, 1, also) for each, also in _pairs(self, other)))

    def minus(self, other: "Tally") -> "Tally":
        return Tally(*(_sum(each, -1, also) for each, also in _pairs(self, other)))


def of(generation: Generation) -> Tally:
    """The tally as of now."""
    now = timezone.now()
    began = min(generation.launched_at, generation.labeling_at or now)  # labelled before the launch: opened ahead
    since, settled = cache.get(_key(generation)) or (began, Tally())
    if now - since > 2 * SETTLED:
        settled = settled.plus(_between(generation, since, now - SETTLED))
        since = now - SETTLED
        cache.set(_key(generation), (since, settled), REMEMBERED)
    return settled.plus(_between(generation, since, None))


def _key(generation: Generation) -> str:
    return f"watch:{generation.pk}"


def _pairs(one: Tally, other: Tally) -> Iterable[tuple[Counter[Any], Counter[Any]]]:
    return ((getattr(one, each.name), getattr(other, each.name)) for each in fields(Tally))


def _sum(one: Counter[Any], sign: int, other: Counter[Any]) -> Counter[Any]:
    """Counter's own operators drop what is below zero, which here waits for the other part of the sum."""
    summed = Counter(one)
    for key, count in other.items():
        summed[key] += sign * count
        if not summed[key]:
            del summed[key]
    return summed


def _between(generation: Generation, since: datetime, until: datetime | None) -> Tally:
    """What was handed in from `since` to before `until`, less what it superseded."""
    # The labels by their time, and of each whether it is of this generation: joined the other way round, a database
    # without statistics goes through the whole batch for the labels of five minutes.
    ours = Assignment.objects.filter(pk=OuterRef("assignment"), item__generation=generation.pk)
    labels: QuerySet[Any] = Label.objects.filter(submitted_at__gte=since, is_quality_control_question=False)
    labels = labels.filter(Exists(ours)).order_by()
    if until:
        labels = labels.filter(submitted_at__lt=until)
    counted = _count(labels)
    counted.minutes.update(_minutes(labels))
    return counted.minus(_count(labels.filter(revision__gt=1), "supersedes__"))


def _count(labels: QuerySet[Any], of: str = "") -> Tally:
    """The labels counted; with `of`, what they lead to by this prefix."""
    finish, steps, time = f"{of}finish_reason", f"{of}steps", f"{of}total_time"
    whole, told = labels.filter(**{f"{finish}__in": WHOLE}), labels.filter(**{f"{finish}__in": REASONS})
    mistake = Coalesce(review.mistake(of), 0)
    length = Case(
        When(**{finish: Label.FinishReason.FOUND_ERROR}, then=JsonLength("solution__steps")), default=Value(0)
    )
    exact = Cast(F(time), FloatField())
    people = labels.values_list("labeler", finish).annotate(n=Count("pk"), ms=Sum(time), squares=Sum(exact * exact))
    passes, ms, squares = _columns(people)
    return Tally(
        marks=_counter(labels.values_list("assignment__item__stratum", finish, mistake, length)),
        times=_counter(whole.values_list((F(time) + 500) / 1000, JsonLength(steps))),
        passes=passes,
        ms=ms,
        squares=squares,
        reasons=_counter(told.values_list(finish, f"{of}reason")),
    )


def _minutes(labels: QuerySet[Any]) -> Counter[datetime]:
    first = labels.filter(revision=1).exclude(finish_reason=Label.FinishReason.GIVE_UP)
    return _counter(first.values_list(TruncMinute("submitted_at")))


def _counter(groups: QuerySet[Any]) -> Counter[Any]:
    """By the value, or the tuple of values, that the rows are grouped by."""
    rows = groups.annotate(n=Count("pk"))
    return Counter({tuple(key) if len(key) > 1 else key[0]: n for *key, n in rows})


def _columns(rows: Iterable[tuple[Any, ...]]) -> tuple[Counter[Any], Counter[Any], Counter[Any]]:
    columns: tuple[Counter[Any], Counter[Any], Counter[Any]] = (Counter(), Counter(), Counter())
    for labeler, finish, *values in rows:
        for column, value in zip(columns, values, strict=True):
            column[labeler, finish] = value
    return columns
