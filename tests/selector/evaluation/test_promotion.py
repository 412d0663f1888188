"""What is promoted, by what gate shows: of plain figures, without a database."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.evaluation.promotion import Decision, decide

MARGIN = 0.05


def compared(low: float, high: float, **fields: Any) -> dict[str, Any]:
    row = {"low": low, "high": high, "difference": (low + high) / 2, "detectable": 0.04, "problems": 400}
    return row | {"n": 400, "unit": "problems"} | fields


CLEAR, EQUAL, OPEN = compared(0.01, 0.05), compared(-0.02, 0.02), compared(-0.06, 0.02)
WORSE, FEW, FEW_LOWER = compared(-0.09, -0.01), compared(-0.2, 0.3), compared(-0.3, 0.1)
shares = st.floats(-1, 1)
rows = st.tuples(shares, shares).map(lambda ends: compared(*sorted(ends)))


def decided(**comparison: dict[str, Any] | None) -> Decision:
    return decide({name: row for name, row in comparison.items() if row}, metric="best_of_n", margin=MARGIN)


@pytest.mark.parametrize(
    ("best_of_n", "first_error", "promoted", "lead"),
    [
        (EQUAL, EQUAL, True, "Promoted: not worse than the champion by 5 points or more on best-of-N and first-"),
        (EQUAL, None, True, "Promoted: not worse than the champion by 5 points or more on best-of-N; gate could not"),
        (None, EQUAL, True, "Promoted: not worse than the champion by 5 points or more on first-error F1; gate could"),
        (EQUAL, FEW, True, "Promoted: not worse than the champion by 5 points or more on best-of-N; the gate set is"),
        (EQUAL, FEW_LOWER, False, "Kept, not promoted: it is lower on first-error F1"),
        (CLEAR, OPEN, False, "Kept, not promoted: not shown to lose less than 5 points on first-error F1"),
        (CLEAR, WORSE, False, "Kept, not promoted: it is lower on first-error F1"),
        (WORSE, WORSE, False, "Kept, not promoted: it is lower on best-of-N and first-error F1"),
        (FEW, CLEAR, False, "Kept, not promoted: the gate set is too small to show that it loses less than 5 points"),
        (None, None, False, "No gate problem could compare it with the champion"),
    ],
)  # fmt: skip
def test_the_sentence_says_what_decided(
    best_of_n: dict[str, Any] | None, first_error: dict[str, Any] | None, promoted: bool, lead: str
) -> None:
    found = decided(best_of_n=best_of_n, first_error=first_error)
    assert found.promoted is promoted
    assert found.sentence.startswith(lead), found.sentence


def test_who_does_not_select_is_never_promoted_and_the_first_always_is() -> None:
    told = {"best_of_n": CLEAR}
    assert not decide(told, metric="best_of_n", margin=MARGIN, selects=False, has_champion=False).promoted
    first = decide({}, metric="best_of_n", margin=MARGIN, has_champion=False)
    assert first.promoted
    assert first.to_dict() == {"promoted": True, "sentence": "It is the project's first evaluated checkpoint."}


def test_what_gate_decided_tells_the_margin_and_each_verdict() -> None:
    told = decided(best_of_n=EQUAL, first_error=FEW).to_dict()
    assert (told["margin"], told["verdicts"]) == (MARGIN, {"best_of_n": "not_worse", "first_error": "too_few"})


def test_step_auc_is_told_beside_the_f1_and_decides_nothing() -> None:
    alone = decided(first_error=EQUAL)
    beside = decided(first_error=EQUAL, step_auc=compared(-0.9, -0.8))
    assert (beside.promoted, beside.verdicts) == (alone.promoted, alone.verdicts)
    assert "Step AUC beside it, which decides nothing: -85.0 points" in beside.sentence
    assert not decided(step_auc=CLEAR).promoted


def test_without_a_margin_no_number_of_problems_is_promised() -> None:
    found = decide({"best_of_n": FEW}, metric="best_of_n", margin=0)
    assert not found.promoted and "gate problems would" not in found.sentence


@given(rows, rows, st.sampled_from(["best_of_n", "first_error"]))
def test_promotion_shows_the_projects_metric_and_loses_on_neither(
    best_of_n: dict[str, Any], first_error: dict[str, Any], metric: str
) -> None:
    told = {"best_of_n": best_of_n, "first_error": first_error}
    found = decide(told, metric=metric, margin=MARGIN)
    assert found.verdicts is not None
    if found.promoted:
        assert told[metric]["low"] > -MARGIN
        assert "worse" not in found.verdicts.values()
    swapped = decide(dict(reversed(told.items())), metric=metric, margin=MARGIN)
    assert swapped == found
