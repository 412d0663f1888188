import math
import random
from collections import Counter, defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selector.selection import columns, strata
from selector.selection.pool import Pool
from selector.selection.rules import RULES, Scope, half_up
from selector.selection.select import Batch, as_share, compose, manifest
from selector.selection.strata import NoChampion
from selector.selection.uncertain import NoStepProbs
from selector.types import Candidate, Grade, Pick

RULE_STRATA = [stratum for rule in RULES.values() for stratum in rule.strata]


def candidate(
    problem: str | int, solution: str | int, grade: Grade, score: float | None, digest: str = ""
) -> Candidate:
    return Candidate(problem, solution, grade, score, digest or f"text of {solution}")


def wrong(solution: str | int, score: float | None, problem: str = "p", digest: str = "") -> Candidate:
    return candidate(problem, solution, Grade.WRONG, score, digest)


def right(solution: str | int, score: float | None, problem: str = "p", digest: str = "") -> Candidate:
    return candidate(problem, solution, Grade.RIGHT, score, digest)


def unknown(solution: str | int, score: float | None, problem: str = "p") -> Candidate:
    return candidate(problem, solution, Grade.UNKNOWN, score)


# Few problems, few scores and few texts, so that ties, shortages and duplicates are common.
scores = st.sampled_from([0.0, -0.5, -1.0, -1.5, -40.0, -math.inf]) | st.floats(-50, 0)
uncertainties = st.sampled_from([0.0, 0.5, 1.0, 10.0])


@st.composite
def pools(draw: st.DrawFn, *, scored: bool = True) -> list[Candidate]:
    drawn = st.tuples(
        st.sampled_from(["a", "b", "c"]), st.sampled_from(Grade), scores, st.integers(0, 9), uncertainties
    )
    return [
        Candidate(problem, f"s{i}", grade, score if scored else None, f"text {text if text else i}", unsure)
        for i, (problem, grade, score, text, unsure) in enumerate(draw(st.lists(drawn, max_size=40)))
    ]


shares = st.fractions(0, 1, max_denominator=20)
terms = st.fixed_dictionaries(
    {
        "scope": st.sampled_from(["per_problem", "global"]),
        "k": st.integers(1, 8),
        "wrong_share": shares,
        "control_share": shares,
        "audit_share": shares,
        "seed": st.integers(0, 3),
    }
)
rules = st.sampled_from(list(RULES))


def ids(batch: Batch, *strata: str) -> list[str | int]:
    return [pick.candidate.solution_id for pick in batch.picks if not strata or pick.stratum in strata]


def within(batch: Batch, scope: Scope) -> dict[str | int, list[Pick]]:
    """The picks by what k counts within."""
    groups = defaultdict(list)
    for pick in batch.picks:
        groups[pick.candidate.problem_id if scope == "per_problem" else ""].append(pick)
    return groups


def bare(pool: list[Candidate], **changed: Any) -> Batch:
    """Only the rule's picks, all in one scope."""
    parameters: dict[str, Any] = {"rule": "convincing", "scope": "global", "k": 5, "control_share": 0, "audit_share": 0}
    return compose(pool, **(parameters | changed))


# What holds for every batch


@given(pools(), rules, terms, st.randoms(use_true_random=False))
def test_the_order_of_the_pool_makes_no_difference(
    pool: list[Candidate], rule: str, told: dict[str, Any], chance: random.Random
) -> None:
    shuffled = pool[:]
    chance.shuffle(shuffled)
    assert compose(shuffled, rule=rule, **told) == compose(pool, rule=rule, **told)


@given(pools(), rules, terms)
def test_never_more_than_k_in_a_scope_and_never_a_solution_twice(
    pool: list[Candidate], rule: str, told: dict[str, Any]
) -> None:
    batch = compose(pool, rule=rule, **told)
    for picks in within(batch, told["scope"]).values():
        assert sum(pick.stratum in RULE_STRATA for pick in picks) <= told["k"]
    assert len(set(ids(batch))) == len(ids(batch))


@given(pools(), rules, terms)
def test_no_text_is_rated_twice_in_a_problem(pool: list[Candidate], rule: str, told: dict[str, Any]) -> None:
    texts = [(p.candidate.problem_id, p.candidate.digest) for p in compose(pool, rule=rule, **told).picks]
    assert len(set(texts)) == len(texts)


@given(pools(), rules, terms)
def test_unknown_grades_are_never_selected(pool: list[Candidate], rule: str, told: dict[str, Any]) -> None:
    batch = compose(pool, pool_of_gate(), rule=rule, gate_k=3, **told)
    assert all(pick.candidate.grade is not Grade.UNKNOWN for pick in batch.picks)


@given(pools(), rules, terms)
def test_ranks_count_from_one_within_a_scope_in_the_order_of_the_strata(
    pool: list[Candidate], rule: str, told: dict[str, Any]
) -> None:
    batch = compose(pool, pool_of_gate(), rule=rule, gate_k=3, **told)
    order = ("gate", "control", "audit", *RULE_STRATA)
    for picks in within(batch, told["scope"]).values():
        assert [pick.rank for pick in picks] == list(range(1, len(picks) + 1))
        order_of_strata = [order.index(pick.stratum) for pick in picks]
        assert order_of_strata == sorted(order_of_strata)


@given(pools(), terms)
def test_nothing_left_out_beats_what_was_taken_in_its_stratum(pool: list[Candidate], told: dict[str, Any]) -> None:
    batch = compose(pool, rule="convincing", **told)
    taken = {pick.candidate for pick in batch.picks}
    for scope, picks in within(batch, told["scope"]).items():
        there = [c for c in selectable(pool, told["seed"]) if told["scope"] == "global" or c.problem_id == scope]
        left = [c for c in there if c not in taken]
        assert best(left, Grade.WRONG) <= worst(picks, "wrong")
        assert best(left, Grade.WRONG, Grade.RIGHT) <= worst(picks, "remainder")


def selectable(pool: list[Candidate], seed: int) -> list[Candidate]:
    """What stands for its duplicates, right or wrong: the best ranked of each text."""
    frozen = Pool.of(pool)
    return [frozen.candidate(int(row)) for row in np.flatnonzero(strata.distinct(frozen, frozen.by_score, seed))]


@given(pools(), st.integers(0, 3))
def test_of_each_text_one_of_the_best_scored_may_be_selected_whatever_the_grades(
    pool: list[Candidate], seed: int
) -> None:
    graded = [c for c in pool if c.grade is not Grade.UNKNOWN]
    kept = {(c.problem_id, c.digest): c for c in selectable(pool, seed)}
    assert len(kept) == len(selectable(pool, seed))
    assert kept.keys() == {(c.problem_id, c.digest) for c in graded}
    for copy in graded:
        assert best([copy], copy.grade) <= best([kept[copy.problem_id, copy.digest]], *Grade)


def best(candidates: list[Candidate], *grades: Grade) -> float:
    return max((c.log_score for c in candidates if c.grade in grades and c.log_score is not None), default=-math.inf)


def worst(picks: list[Pick], stratum: str) -> float:
    taken = [pick.candidate.log_score for pick in picks if pick.stratum == stratum]
    return min((score for score in taken if score is not None), default=math.inf)


@given(pools(), terms)
def test_the_wrong_stratum_holds_wrong_answers_and_never_more_than_its_share(
    pool: list[Candidate], told: dict[str, Any]
) -> None:
    batch = compose(pool, rule="convincing", **told)
    for picks in within(batch, told["scope"]).values():
        taken = [pick.candidate.grade for pick in picks if pick.stratum == "wrong"]
        assert set(taken) <= {Grade.WRONG}
        assert len(taken) <= half_up(told["k"] * told["wrong_share"])


@given(pools(), terms)
def test_the_remainder_fills_up_whatever_is_there(pool: list[Candidate], told: dict[str, Any]) -> None:
    batch = compose(pool, rule="convincing", **told | {"control_share": 0, "audit_share": 0})
    texts = {(c.problem_id, c.digest) for c in pool if c.grade is not Grade.UNKNOWN}
    for problem in {c.problem_id for c in pool}:
        there = sum(told["scope"] == "global" or of == problem for of, _ in texts)
        picked = len(within(batch, told["scope"])[problem if told["scope"] == "per_problem" else ""])
        assert picked == min(told["k"], there)


@given(pools(), rules, terms)
def test_what_is_missing_is_recorded(pool: list[Candidate], rule: str, told: dict[str, Any]) -> None:
    batch = compose(pool, rule=rule, **told)
    got = Counter(pick.stratum for pick in batch.picks)
    scopes = len({c.problem_id for c in pool}) if told["scope"] == "per_problem" else 1
    last = "remainder" if rule == "convincing" else rule
    assert got["wrong"] + got[last] + batch.shortfall[last] == scopes * told["k"]
    if rule == "convincing":
        assert got["wrong"] + batch.shortfall["wrong"] == scopes * half_up(told["k"] * told["wrong_share"])
    assert min(batch.shortfall.values()) >= 0


@given(pools(), rules, terms)
def test_control_and_audit_are_shares_of_what_the_rule_would_pick_from_the_whole_pool(
    pool: list[Candidate], rule: str, told: dict[str, Any]
) -> None:
    alone = len(compose(pool, rule=rule, **told | {"control_share": 0, "audit_share": 0}).picks)
    batch = compose(pool, rule=rule, **told)
    got = Counter(pick.stratum for pick in batch.picks)
    assert got["control"] == half_up(alone * told["control_share"])
    scored = any(c.log_score is not None for c in pool)
    assert got["audit"] + batch.shortfall["audit"] == (half_up(alone * told["audit_share"]) if scored else 0)


@given(pools(), rules, terms)
def test_the_audit_takes_the_best_scored_right_answers_that_the_control_left(
    pool: list[Candidate], rule: str, told: dict[str, Any]
) -> None:
    batch = compose(pool, rule=rule, **told | {"scope": "global"})
    taken = [pick.candidate for pick in batch.picks if pick.stratum == "audit"]
    assert {c.grade for c in taken} <= {Grade.RIGHT}
    earlier = {pick.candidate for pick in batch.picks if pick.stratum in ("control", "audit")}
    left = [c for c in selectable(pool, told["seed"]) if c not in earlier]
    if taken and rule != "uncertain":  # of copies, that rule keeps the most uncertain, whatever its score
        assert best(left, Grade.RIGHT) <= min(c.log_score for c in taken if c.log_score is not None)


@given(pools(scored=False), terms)
def test_uniform_needs_no_scores_and_has_no_audit(pool: list[Candidate], told: dict[str, Any]) -> None:
    batch = compose(pool, rule="uniform", **told)
    assert {pick.stratum for pick in batch.picks} <= {"control", "uniform"}
    assert batch.shortfall["audit"] == 0


@given(pools(), terms)
def test_the_uncertain_rule_takes_the_most_uncertain_whatever_the_grade(
    pool: list[Candidate], told: dict[str, Any]
) -> None:
    batch = compose(pool, rule="uncertain", **told | {"control_share": 0, "audit_share": 0})
    for scope, picks in within(batch, told["scope"]).items():
        there = [c for c in pool if told["scope"] == "global" or c.problem_id == scope]
        texts: dict[tuple[str | int, str], float] = {}
        for c in there:
            if c.grade is not Grade.UNKNOWN:
                text = (c.problem_id, c.digest)
                texts[text] = max(c.uncertainty or 0.0, texts.get(text, 0.0))
        most = sorted(texts.values(), reverse=True)[: told["k"]]
        assert [pick.candidate.uncertainty for pick in picks] == most


def test_the_uncertain_rule_ranks_the_uncertain_alone_and_needs_some() -> None:
    pool = [wrong(1, -1.0), Candidate("p", 2, Grade.RIGHT, None, "x", uncertainty=0.1)]
    assert ids(bare(pool, rule="uncertain", k=2)) == [2]
    with pytest.raises(NoStepProbs, match="needs head_step_probs or step_probs"):
        bare(pool[:1], rule="uncertain")


@given(pools(), rules, terms, st.integers(1, 7), st.sampled_from([1, 3, 2**20]))
def test_a_pool_too_large_to_be_worked_through_at_once_gives_the_same_batch(
    pool: list[Candidate], rule: str, told: dict[str, Any], rows: int, slots: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "PIECE", rows)
        patch.setattr(strata, "WIDE_BLOCK", rows)
        patch.setattr(strata, "BLOCK", rows)
        patch.setattr(strata, "SLOTS", np.uint64(slots))
        piecemeal = compose(pool, rule=rule, **told)
    assert piecemeal == compose(pool, rule=rule, **told)


@given(pools(), rules, terms)
def test_candidates_need_not_be_kept_where_they_can_be_recalled(
    pool: list[Candidate], rule: str, told: dict[str, Any]
) -> None:
    batch = compose(Pool.of(iter(pool), recall=lambda place: replace(pool[place])), rule=rule, **told)
    assert batch == compose(pool, rule=rule, **told)
    assert [pool[pick.place] for pick in batch.picks] == [pick.candidate for pick in batch.picks]


@given(pools(), rules, terms)
def test_a_rule_makes_the_strata_that_it_names(pool: list[Candidate], rule: str, told: dict[str, Any]) -> None:
    batch = compose(pool, rule=rule, **told)
    assert list(batch.shortfall) == ["gate", "control", "audit", *RULES[rule].strata]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_what_it_takes(rule: str) -> None:
    assert RULES[rule].description.endswith(".")


# What holds for the paper's cases


def test_four_fifths_wrong_then_the_best_of_all_that_remain() -> None:
    pool = [wrong(f"w{i}", -float(i)) for i in range(10)] + [right("r0", -4.5), right("r1", -0.1), right("r2", -50.0)]
    batch = bare(pool, k=5, wrong_share="0.8")
    assert ids(batch, "wrong") == ["w0", "w1", "w2", "w3"]
    assert ids(batch, "remainder") == ["r1"]
    assert ids(bare(pool, k=10, wrong_share="0.8"), "remainder") == ["r1", "r0"]


def test_the_remainder_may_be_wrong_too() -> None:
    pool = [wrong(f"w{i}", -float(i)) for i in range(5)] + [right("r", -99.0)]
    assert ids(bare(pool, k=5, wrong_share="0.6")) == ["w0", "w1", "w2", "w3", "w4"]


def test_all_wrong_is_the_papers_human_phase() -> None:
    pool = [wrong(1, -3.0), right(2, -0.1), wrong(3, -2.0)]
    assert ids(bare(pool, k=2, wrong_share=1)) == [3, 1]


def test_too_few_wrong_answers_are_made_up_by_right_ones_and_told() -> None:
    pool = [wrong(1, -3.0), right(2, -0.1), right(3, -2.0), right(4, -1.0)]
    batch = bare(pool, k=3, wrong_share=1)
    assert (ids(batch, "wrong"), ids(batch, "remainder")) == ([1], [2, 4])
    assert batch.shortfall == {"gate": 0, "control": 0, "audit": 0, "wrong": 2, "remainder": 0}


def test_a_problem_never_borrows_from_another() -> None:
    pool = [wrong(f"a{i}", -1.0, "a") for i in range(9)] + [wrong("b0", -9.0, "b")]
    batch = bare(pool, scope="per_problem", k=3)
    assert Counter(pick.candidate.problem_id for pick in batch.picks) == {"a": 3, "b": 1}
    assert batch.shortfall["remainder"] == 2


def test_a_problem_that_is_always_solved_gives_right_answers_and_one_never_graded_gives_none() -> None:
    pool = [right("a1", -1.0, "a"), unknown("b1", -0.1, "b")]
    batch = bare(pool, scope="per_problem", k=2, wrong_share=1)
    assert ids(batch) == ["a1"]
    assert (batch.shortfall["wrong"], batch.shortfall["remainder"]) == (4, 3)


def test_what_a_problem_is_short_of_is_its_own_however_many_are_worked_through_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strata, "BLOCK", 1)
    pool = [right(f"a{i}", -float(i), "a") for i in range(4)] + [wrong(f"b{i}", -float(i), "b") for i in range(4)]
    assert ids(bare(pool, scope="per_problem", k=2, wrong_share=1)) == ["a0", "a1", "b0", "b1"]


def test_one_problem_may_take_all_of_a_global_batch() -> None:
    pool = [wrong(f"a{i}", -1.0, "a") for i in range(9)] + [wrong("b0", -9.0, "b")]
    assert {pick.candidate.problem_id for pick in bare(pool, k=5).picks} == {"a"}


@pytest.mark.parametrize(
    "k, n_wrong", [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6), (8, 6), (10, 8), (200, 160)]
)
def test_four_fifths_are_rounded_half_up(k: int, n_wrong: int) -> None:
    pool = [wrong(i, -float(i)) for i in range(300)]
    assert len(ids(bare(pool, k=k, wrong_share="0.8"), "wrong")) == n_wrong
    assert len(ids(bare(pool, k=k, wrong_share="0.8"))) == k


@pytest.mark.parametrize("amount, rounded", [("0", 0), ("1/2", 1), ("3/2", 2), ("5/2", 3), ("49/100", 0), ("7/3", 2)])
def test_halves_go_up_and_never_to_the_even_number(amount: str, rounded: int) -> None:
    assert half_up(Fraction(amount)) == rounded


@given(st.fractions(0, 10**6))
def test_rounding_goes_to_the_nearest_integer(amount: Fraction) -> None:
    assert abs(half_up(amount) - amount) <= Fraction(1, 2)
    assert half_up(amount) - amount != Fraction(-1, 2)


@pytest.mark.parametrize("share", ["0.15", ".15", "3/20", Decimal("0.15"), Fraction(3, 20), 0.15])
def test_a_share_is_exact_however_it_is_written(share: Any) -> None:
    assert as_share("wrong_share", share) == Fraction(3, 20)
    assert half_up(as_share("wrong_share", share) * 10) == 2  # the float 0.15 is a little less, which would make it 1


# Scores


def test_a_score_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="score of solution 's' is not a number"):
        bare([wrong("s", math.nan)])


def test_solutions_whose_product_would_underflow_still_rank() -> None:
    pool = [wrong("worse", -2000.5), wrong("better", -2000.0), wrong("impossible", -math.inf)]
    assert ids(bare(pool, k=3, wrong_share=1)) == ["better", "worse", "impossible"]


def test_ties_are_broken_by_the_seed_and_not_by_the_id() -> None:
    pool = [wrong(i, -1.0) for i in range(20)]
    orders = {tuple(ids(bare(pool, k=20, wrong_share=1, seed=seed))) for seed in range(8)}
    assert len(orders) == 8
    assert tuple(range(20)) not in orders


def test_a_tie_never_moves_what_is_not_tied() -> None:
    pool = [wrong("best", -0.5), *(wrong(i, -1.0) for i in range(5)), wrong("last", -2.0)]
    for seed in range(5):
        order = ids(bare(pool, k=7, wrong_share=1, seed=seed))
        assert (order[0], order[-1]) == ("best", "last")


def test_convincing_without_a_champion_is_refused() -> None:
    with pytest.raises(NoChampion, match="needs a champion"):
        bare([wrong(1, None), right(2, None)])


def test_a_solution_that_could_not_be_scored_is_left_out_of_a_ranking() -> None:
    batch = compose([wrong(1, -1.0), wrong(2, None)], rule="convincing", scope="global", k=2, control_share=1)
    assert ids(batch) == [1]


def test_an_empty_pool_gives_an_empty_batch_and_says_what_is_missing() -> None:
    batch = compose([], rule="convincing", scope="global", k=10, gate_k=2)
    assert batch.picks == ()
    assert batch.shortfall == {"gate": 2, "control": 0, "audit": 0, "wrong": 8, "remainder": 10}


# Duplicates


def test_of_duplicates_the_best_scored_stands_for_all() -> None:
    pool = [wrong(1, -3.0, digest="x"), wrong(2, -1.0, digest="x"), wrong(3, -2.0, digest="y")]
    assert ids(bare(pool, k=3, wrong_share=1)) == [2, 3]


def test_duplicates_collapse_before_ranking_so_that_they_take_no_place() -> None:
    pool = [*(wrong(i, -0.1, digest="x") for i in range(5)), wrong(8, -2.0), wrong(9, -3.0)]
    assert ids(bare(pool, k=3, wrong_share=1))[1:] == [8, 9]


def test_the_same_text_in_two_problems_is_no_duplicate() -> None:
    pool = [wrong(1, -1.0, "a", digest="x"), wrong(2, -1.0, "b", digest="x")]
    assert set(ids(bare(pool, k=2))) == {1, 2}


def test_a_solution_given_twice_is_taken_once() -> None:
    pool = [wrong(1, -1.0, digest="x"), wrong(1, -2.0, digest="y"), wrong("1", -3.0, digest="z")]
    assert ids(bare(pool, k=3, wrong_share=1)) == [1, "1"]


def test_solutions_may_be_numbered_within_their_problems() -> None:
    pool = [wrong(i, -1.0, problem) for i in range(3) for problem in ("a", "b")]
    assert len(bare(pool, k=6).picks) == 6


def alike(solution: int, score: float, *steps: str, problem: str = "p") -> Candidate:
    return replace(wrong(solution, score, problem), steps=steps)


EIGHT = "Tom has 3 apples and buys 5 more, so he has 3 + 5 = 8 apples in all."
NEAR = [
    alike(1, -3.0, EIGHT),
    alike(2, -1.0, EIGHT.replace("8", "9")),
    alike(3, -2.0, "Two pens cost 4 dollars, so one costs 2."),
    alike(4, -0.5, EIGHT, problem="q"),
]


def test_of_near_duplicates_the_best_ranked_stands_for_all_where_that_is_asked_for() -> None:
    assert ids(bare(NEAR, scope="per_problem", k=3)) == [2, 3, 1, 4]
    batch = bare(NEAR, scope="per_problem", k=3, near_duplicates="0.9")
    assert ids(batch) == [2, 3, 4]
    assert batch.parameters["near_duplicates"] == "9/10"
    assert batch.pool_digest == bare(NEAR).pool_digest


def test_near_duplicates_cannot_be_told_without_steps() -> None:
    with pytest.raises(ValueError, match="solution 7 has none"):
        bare([*NEAR, wrong(7, -1.0)], near_duplicates="0.9")


# Gate and control


def pool_of_gate() -> list[Candidate]:
    return [right(f"g{i}", None, f"gate {i % 4}") for i in range(8)] + [unknown("gx", None, "gate 9")]


def test_gate_solutions_come_first_with_the_chance_they_were_drawn_by() -> None:
    batch = compose([wrong(1, -1.0)], pool_of_gate(), rule="convincing", scope="global", k=1, gate_k=4)
    gate = batch.picks[:4]
    assert [pick.stratum for pick in gate] == ["gate"] * 4
    assert {pick.inclusion_probability for pick in gate} == {0.5}
    assert [pick.rank for pick in batch.picks] == [1, 2, 3, 4, 5]


def test_too_few_gate_solutions_are_told() -> None:
    batch = compose([wrong(1, -1.0)], pool_of_gate(), rule="convincing", scope="global", k=1, gate_k=20)
    assert batch.shortfall["gate"] == 12
    assert {pick.inclusion_probability for pick in batch.picks if pick.stratum == "gate"} == {1.0}


def test_a_problem_held_out_for_the_gate_is_never_in_the_pool() -> None:
    with pytest.raises(ValueError, match="Problem p is both in the pool and held out"):
        compose([wrong(1, -1.0)], [wrong(2, -1.0)], rule="convincing", scope="global", k=1)


def test_the_control_comes_from_the_whole_pool_with_its_chance() -> None:
    pool = [wrong(i, -float(i)) for i in range(100)]
    batch = compose(pool, rule="convincing", scope="global", k=20, control_share="0.5", audit_share=0)
    control = [pick for pick in batch.picks if pick.stratum == "control"]
    assert len(control) == 10
    assert {pick.inclusion_probability for pick in control} == {0.1}
    assert {pick.inclusion_probability for pick in batch.picks if pick.stratum == "wrong"} == {None}
    assert len(ids(batch, "wrong", "remainder")) == 20


def test_the_control_is_drawn_uniformly() -> None:
    """Each of 10 solutions in 3 of 10 batches: over 600 seeds 180 times, five standard deviations are 56."""
    pool = [wrong(i, -float(i)) for i in range(10)]
    drawn: Counter[str | int] = Counter()
    for seed in range(600):
        batch = compose(pool, rule="convincing", scope="global", k=3, control_share=1, audit_share=0, seed=seed)
        drawn.update(ids(batch, "control"))
    assert sum(drawn.values()) == 1800
    assert all(abs(drawn[i] - 180) < 56 for i in range(10))


def test_uniform_is_drawn_uniformly_whatever_the_score_and_the_grade() -> None:
    pool = [wrong(i, -float(i)) if i % 2 else right(i, -float(i)) for i in range(10)]
    drawn: Counter[str | int] = Counter()
    for seed in range(600):
        drawn.update(ids(bare(pool, rule="uniform", k=3, seed=seed)))
    assert all(abs(drawn[i] - 180) < 56 for i in range(10))


def test_control_and_rule_are_drawn_independently() -> None:
    """Were both draws the same lots, the uniform rule would pick what stands next to the control, always."""
    pool = [wrong(i, None) for i in range(40)]
    batches = [compose(pool, rule="uniform", scope="global", k=10, control_share=1, seed=seed) for seed in range(30)]
    alone = [bare(pool, rule="uniform", k=10, seed=seed) for seed in range(30)]
    assert any(set(ids(both, "control")) != set(ids(one)) for both, one in zip(batches, alone, strict=True))
    overlap = [len(set(ids(both, "control")) & set(ids(one))) for both, one in zip(batches, alone, strict=True)]
    assert 1 < sum(overlap) / 30 < 4  # 2.5 expected of 10 in 40


def test_the_audit_takes_right_answers_only() -> None:
    pool = [wrong(i, -0.1) for i in range(20)] + [right("r1", -5.0), right("r2", -4.0), right("r3", -6.0)]
    batch = compose(pool, rule="convincing", scope="global", k=10, control_share=0, audit_share="0.2")
    assert ids(batch, "audit") == ["r2", "r1"]


# What goes with a batch


def test_another_pool_or_score_has_another_digest() -> None:
    pool = [wrong(1, -1.0), right(2, -2.0), unknown(3, None)]
    changes = [
        pool[:2],
        [*pool, pool[0]],
        [wrong(1, -1.5), *pool[1:]],
        [right(1, -1.0), *pool[1:]],
        [unknown(1, -1.0), *pool[1:]],
        [wrong("1", -1.0), *pool[1:]],
        [wrong(1, -1.0, "q"), *pool[1:]],
        [wrong(1, -1.0, digest="other"), *pool[1:]],
        [wrong(1, None), *pool[1:]],
        [replace(pool[0], uncertainty=0.5), *pool[1:]],
        [replace(pool[0], uncertainty=0.6), *pool[1:]],
    ]
    digests = {Pool.of(changed).digest for changed in changes}
    assert len(digests | {Pool.of(pool).digest}) == len(changes) + 1
    assert Pool.of(pool[::-1]).digest == Pool.of(pool).digest


def test_the_manifest_says_what_made_the_batch_in_plain_json() -> None:
    batch = compose(
        [wrong(1, -math.inf, digest="x"), right(2, -0.5)],
        pool_of_gate(),
        rule="convincing",
        scope="global",
        k=2,
        wrong_share=Decimal("0.5"),
        gate_k=1,
        seed=7,
    )
    told = manifest(batch, checkpoint=3)
    assert told["checkpoint"] == 3
    assert told["parameters"] == {
        "rule": "convincing", "scope": "global", "k": 2, "gate_k": 1, "seed": 7,
        "wrong_share": "1/2", "control_share": "1/10", "audit_share": "1/20",
    }  # fmt: skip
    assert told["pool_digest"] == batch.pool_digest != told["gate_digest"]
    assert [(p["solution_id"], p["stratum"], p["rank"], p["log_score"]) for p in told["picks"][1:]] == [
        (1, "wrong", 2, "-inf"),
        (2, "remainder", 3, -0.5),
    ]
    assert told["picks"][0]["inclusion_probability"] == 0.125


def test_the_same_batch_is_made_in_another_process() -> None:
    """Fixed once and for all: a changed hash would silently change every batch that is made again."""
    pool = [wrong(i, -1.0, f"p{i % 3}") for i in range(12)] + [right("r", -1.0, "p1")]
    batch = compose(pool, rule="convincing", scope="global", k=4, control_share="0.5", seed=11)
    assert [(pick.candidate.solution_id, pick.stratum) for pick in batch.picks] == [
        (9, "control"),
        (0, "control"),
        (4, "wrong"),
        (7, "wrong"),
        (3, "wrong"),
        ("r", "remainder"),
    ]
    assert batch.pool_digest == "a6da754f4ed21f50cc595e26538615b7"


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"k": 0}, "k is at least 1"),
        ({"rule": "best"}, "A rule is one of convincing, uniform, uncertain, not 'best'"),
        ({"scope": "batch"}, "A scope is one of per_problem, global, not 'batch'"),
        ({"wrong_share": "1.5"}, "wrong_share lies between 0 and 1"),
        ({"control_share": "-0.1"}, "control_share lies between 0 and 1"),
        ({"near_duplicates": "1.1"}, "near_duplicates lies between 0 and 1"),
        ({"audit_share": "some"}, "audit_share is a number between 0 and 1"),
        ({"audit_share": "1/0"}, "audit_share is a number between 0 and 1"),
        ({"wrong_share": "nan"}, "wrong_share is a number between 0 and 1"),
        ({"gate_k": -1}, "gate_k at least 0"),
    ],
)
def test_parameters_without_a_meaning_are_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        bare([wrong(1, -1.0)], **changed)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.text(max_size=3) | st.integers(), st.text(max_size=3) | st.integers())))
def test_ids_of_any_kind_get_along(pairs: list[tuple[str | int, str | int]]) -> None:
    pool = [candidate(problem, solution, Grade.WRONG, -1.0, f"{i}") for i, (problem, solution) in enumerate(pairs)]
    assert len(bare(pool, scope="per_problem", k=100).picks) == len(set(pairs))
