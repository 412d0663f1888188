"""How fast a batch is being labelled, and when it may be full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from statistics import mean
from typing import Annotated

POINTS = 60  # of the burndown: what a chart can show
LOOKS_BACK = timedelta(hours=24)  # a whole day, so that nights and pauses are in it
PARTS = 24
FEWEST = 5  # passes to tell a pace from
DRAWS = 1000
TAIL = 0.1  # on either side: 80 of 100 draws end within the range
NOBODY = "Too few passes in the last {hours} to tell a pace from: {passes}, of {fewest} needed."


@dataclass(frozen=True)
class Finish:
    """80 of 100 paces drawn from the time looked at end between earliest and latest."""

    earliest: datetime | None = None
    likely: datetime | None = None
    latest: Annotated[datetime | None, "Null: at the slow end it is not done in ten years."] = None
    passes: Annotated[int, "Made in the time looked at."] = 0
    seconds: Annotated[int, "The time looked at: a day, or less where it opened since."] = 0
    undefined: str | None = None


@dataclass(frozen=True)
class BurndownPoint:
    at: datetime
    left: Annotated[int, "Passes still wanted then."]
    passes: Annotated[int, "Made since the point before."]


def burndown(passes: Mapping[datetime, int], *, start: datetime, end: datetime, left: int) -> list[BurndownPoint]:
    """Passes still wanted from `start` to `end`, counted back from the `left` at the end."""
    width = max((end - start) / POINTS, timedelta(seconds=1))
    made = [0] * POINTS
    for minute, n in passes.items():
        made[min(POINTS - 1, max(0, int((minute - start) / width)))] += n
    points = [BurndownPoint(start, left + sum(made), 0)]
    still = left + sum(made)
    for part, n in enumerate(made, 1):
        still -= n
        points.append(BurndownPoint(start + part * width, still, n))
    return points


def finish(passes: Mapping[datetime, int], *, start: datetime, now: datetime, left: int, seed: int) -> Finish:
    """When the passes left are made at the pace of the last day, or since it opened if that is less.

    The time looked at is cut into 24 equal parts, and 24 of them are drawn anew a thousand times (Efron and
    Tibshirani 1993, chapter 6): the range holds 80 of 100 such paces, pauses included. The same passes, the same range.
    """
    looked = max(min(now - start, LOOKS_BACK), timedelta(minutes=1))  # passes are told by the minute
    parts = _parts(passes, now - looked, looked / PARTS)
    made, seconds = sum(parts), round(looked.total_seconds())
    if made < FEWEST:
        hours = f"{max(1, round(looked.total_seconds() / 3600))} h"
        return Finish(passes=made, seconds=seconds, undefined=NOBODY.format(hours=hours, passes=made, fewest=FEWEST))
    draw = Random(seed)
    paces = sorted(mean(draw.choices(parts, k=PARTS)) / (seconds / PARTS) for _ in range(DRAWS))
    slow, fast = paces[round(DRAWS * TAIL)], paces[-round(DRAWS * TAIL)]
    earliest, likely, latest = (_after(now, left, pace) for pace in (fast, made / seconds, slow))
    return Finish(earliest, likely, latest, made, seconds)


def _parts(passes: Mapping[datetime, int], start: datetime, width: timedelta) -> list[int]:
    parts = [0] * PARTS
    for minute, n in passes.items():
        if minute + timedelta(minutes=1) > start:
            parts[min(PARTS - 1, max(0, int((minute - start) / width)))] += n
    return parts


def _after(now: datetime, left: int, pace: float) -> datetime | None:
    """When so many are made at this pace (per second); None where that is more than a lifetime of projects away."""
    seconds = left / pace if pace > 0 else None
    return None if seconds is None or seconds > 10 * 365 * 86400 else now + timedelta(seconds=seconds)
