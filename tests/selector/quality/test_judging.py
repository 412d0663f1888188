"""Judging by running checks: rarely wrong about who reaches the bar, and soon sure about who doesn't read."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.quality import judging
from selector.quality.judging import Record, chance_of_a_pause

BAR = 0.75
records = st.integers(1, 300).flatmap(lambda asked: st.builds(Record, st.integers(0, asked), st.just(asked)))
bars = st.floats(0.05, 0.99)


def checks_until_a_pause(answers: list[bool]) -> int | None:
    """After how many checks a run of answers that goes round and round is paused."""
    agreed = 0
    for asked in range(1, 201):
        agreed += answers[(asked - 1) % len(answers)]
        if Record(agreed, asked).is_below(BAR):
            return asked
    return None


@given(records, bars)
def test_the_posterior_is_the_binomial_sum_that_whole_numbers_give(record, bar):
    n = record.asked + 1
    sums = sum(comb(n, j) * bar**j * (1 - bar) ** (n - j) for j in range(record.agreed + 1, n + 1))
    assert record.below(bar) == pytest.approx(sums, abs=1e-9)


@given(records, bars)
def test_nobody_is_paused_at_95_percent_or_less(record, bar):
    assert not record.is_below(bar) or record.below(bar) > 0.95


@given(records, bars)
def test_another_check_passed_never_speaks_against_anybody(record, bar):
    passed = Record(record.agreed + 1, record.asked + 1)
    assert passed.is_below(bar) <= record.is_below(bar)


@given(bars, st.floats(0, 1))
def test_who_reaches_the_bar_is_hardly_ever_paused_within_200_checks_whatever_the_bar(bar, above):
    rate = bar + above * (1 - bar)
    assert chance_of_a_pause(rate, bar, 200)[-1] <= 1 / judging.EVIDENCE


def test_at_the_default_bar_one_in_29_is_ever_paused_wrongly_and_of_those_who_agree_in_nine_of_ten_one_in_a_thousand():
    assert chance_of_a_pause(BAR, BAR, 200)[-1] == pytest.approx(0.0343, abs=5e-5)
    assert chance_of_a_pause(0.9, BAR, 200)[-1] < 0.0011


def test_the_posterior_alone_would_pause_a_third_of_those_at_the_bar(monkeypatch):
    monkeypatch.setattr(judging, "EVIDENCE", 1e-9)
    assert chance_of_a_pause(BAR, BAR, 200)[-1] == pytest.approx(0.3636, abs=5e-5)


@pytest.mark.parametrize(("rate", "half", "nine_in_ten"), [(0, 3, 3), (0.4, 12, 27), (0.5, 20, 55)])
def test_who_is_far_below_is_paused_soon(rate, half, nine_in_ten):
    chances = chance_of_a_pause(rate, BAR, 200)
    assert [next(n for n, chance in enumerate(chances, 1) if chance >= share) for share in (0.5, 0.9)] == [
        half,
        nine_in_ten,
    ]


def test_a_pause_takes_three_checks_at_least():
    assert checks_until_a_pause([False]) == 3


def test_a_bar_of_nothing_pauses_nobody_and_a_bar_of_all_whoever_misses_one():
    assert not Record(0, 200).is_below(0)
    assert Record(50, 51).is_below(1)
    assert not Record(50, 50).is_below(1)


@given(records)
def test_the_interval_holds_95_percent(record):
    low, high = record.interval
    assert 0 <= low < high <= 1
    assert record.below(high) - record.below(low) == pytest.approx(0.95, abs=1e-6)
