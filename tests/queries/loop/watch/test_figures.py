"""Intervals and paces, against hand-worked numbers and by what must hold of all of them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelhub.queries.loop.watch import figures
from labelhub.queries.loop.watch import pace as watch_pace
from tests.present import present

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
COUNTS = st.dictionaries(st.integers(0, 3600).map(float), st.integers(1, 500), min_size=1, max_size=50)


def test_a_share_has_wilsons_interval():
    told = figures.share(15, 50, undefined="")
    assert (told.n, told.value) == (50, 0.3)
    assert (round(told.low or 0, 4), round(told.high or 0, 4)) == (0.1910, 0.4375)  # worked by hand


def test_a_share_of_none_is_undefined_and_says_why():
    told = figures.share(0, 0, undefined="Nobody came.")
    assert (told.value, told.low, told.high, told.undefined) == (None, None, None, "Nobody came.")


@given(n=st.integers(1, 10_000), data=st.data())
def test_a_share_lies_in_its_interval_and_that_between_0_and_1(n, data):
    told = figures.share(data.draw(st.integers(0, n)), n, undefined="")
    assert told.value is not None
    assert told.low is not None
    assert told.high is not None
    assert 0 <= told.low <= told.value + 1e-9
    assert told.value - 1e-9 <= told.high <= 1


@given(counts=COUNTS)
def test_a_median_is_that_of_the_values_written_out(counts):
    values = sorted(Counter(counts).elements())
    told = figures.median(counts, undefined="")
    n = len(values)
    assert told.n == n
    assert told.value == (values[(n - 1) // 2] + values[n // 2]) / 2
    if told.low is not None and told.high is not None:
        assert told.low <= present(told.value) <= told.high
        assert {told.low, told.high} <= set(values)


def test_a_median_of_few_claims_no_interval():
    assert figures.median({10.0: 2, 20.0: 2}, undefined="").low is None
    many = figures.median({float(value): 1 for value in range(1, 101)}, undefined="")
    assert (many.low, many.value, many.high) == (40.0, 50.5, 61.0)


def test_time_per_found_error_carries_the_passes_that_found_none():
    # Four passes of 10, 10, 20, 20 minutes; the two of 20 found a mistake.
    told = figures.per(time=60, squares=1000, n=4, of_those=2, their_time=40, undefined="")
    assert told.value == 30
    # Residuals 10, 10, -10, -10 about 30 for each: 30 +- 1.96 sqrt(4 * 400/3) / 2.
    assert (round(told.low or 0, 2), round(told.high or 0, 2)) == (7.37, 52.63)


def test_time_per_found_error_is_undefined_without_one():
    assert figures.per(time=60, squares=1000, n=4, of_those=0, their_time=0, undefined="None.").undefined == "None."


def minutes(*made: int, each: int = 60) -> dict[datetime, int]:
    """Passes in the minutes of each `each`-th minute since START."""
    return {START + timedelta(minutes=each * place): n for place, n in enumerate(made)}


def test_a_burndown_ends_at_what_is_left_and_began_with_all():
    points = watch_pace.burndown(minutes(5, 3, 2), start=START, end=START + timedelta(hours=3), left=7)
    assert (points[0].left, points[-1].left) == (17, 7)
    assert (points[0].at, points[-1].at) == (START, START + timedelta(hours=3))
    assert sum(point.passes for point in points) == 10


@given(made=st.lists(st.integers(0, 9), max_size=30), left=st.integers(0, 50))
def test_a_burndown_never_rises_and_loses_no_pass(made, left):
    points = watch_pace.burndown(minutes(*made, each=7), start=START, end=START + timedelta(hours=2), left=left)
    lefts = [point.left for point in points]
    assert lefts == sorted(lefts, reverse=True)
    assert lefts[0] - lefts[-1] == sum(made)


def test_a_steady_pace_has_one_end():
    now = START + timedelta(hours=24)
    told = watch_pace.finish(minutes(*[10] * 24), start=START, now=now, left=120, seed=1)
    assert told.undefined is None
    assert told.earliest == told.likely == told.latest == now + timedelta(hours=12)
    assert (told.passes, told.seconds) == (240, 86400)


def test_pauses_widen_the_range_and_the_same_passes_give_the_same():
    now = START + timedelta(hours=24)
    passes = minutes(*[20, 0] * 12)
    told, again = (watch_pace.finish(passes, start=START, now=now, left=120, seed=1) for _ in range(2))
    assert told == again
    assert told.earliest is not None
    assert told.latest is not None
    assert told.earliest < now + timedelta(hours=12) < told.latest


def test_too_few_passes_tell_no_pace_and_say_so():
    told = watch_pace.finish(minutes(1, 1), start=START, now=START + timedelta(hours=3), left=9, seed=1)
    assert told.likely is None
    assert told.undefined == "Too few passes in the last 3 h to tell a pace from: 2, of 5 needed."


def test_what_is_older_than_a_day_tells_no_pace():
    told = watch_pace.finish(minutes(100), start=START, now=START + timedelta(days=3), left=9, seed=1)
    assert told.passes == 0
    assert told.undefined is not None


@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_a_batch_opened_this_minute_is_no_error(seconds):
    told = watch_pace.finish(minutes(50), start=START, now=START + timedelta(seconds=seconds), left=9, seed=1)
    assert told.passes == 50
    assert told.likely is not None
