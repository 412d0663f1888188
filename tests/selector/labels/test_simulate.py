"""Generated problems are readable, their labels are true, and they are hard in the way that real ones are."""

import re
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.formats import labelhub
from selector.grading.normalize import problem_digest
from selector.labels import simulate

SUM = re.compile(r"([0-9][0-9 x/+-]*) = (\d+)\.$")


@pytest.fixture(scope="module")
def made() -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    return list(simulate.generate(problems=150, samples=12, seed=0))


def solutions(made: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> list[dict[str, Any]]:
    return [row for _, rows in made for row in rows]


def sums(row: dict[str, Any]) -> list[tuple[int, str, str]]:
    """The steps that reckon: their place, the sum as written, its result."""
    found = [(place, SUM.search(step)) for place, step in enumerate(row["steps"])]
    return [(place, match[1], match[2]) for place, match in found if match]


def test_the_same_seed_makes_the_same_problems_and_another_seed_others():
    assert list(simulate.generate(5, 3, 7)) == list(simulate.generate(5, 3, 7))
    assert [p["problem"] for p, _ in simulate.generate(5, 0, 7)] != [
        p["problem"] for p, _ in simulate.generate(5, 0, 8)
    ]


def test_asking_for_more_changes_nothing_about_what_was_there():
    few, many = list(simulate.generate(3, 4, 7)), list(simulate.generate(6, 8, 7))
    assert few == [(problem, rows[:4]) for problem, rows in many[:3]]


def test_every_row_is_one_that_the_import_takes(made):
    for problem, rows in made:
        assert labelhub.parse_problem(problem).ground_truth_answer == problem["ground_truth_answer"]
        for row in rows:
            record = labelhub.parse_solution(row)
            assert record.step_labels == tuple(row["step_labels"])
            assert not record.extra


def test_ids_and_problems_are_distinct(made):
    assert len({problem_digest(problem["problem"]) for problem, _ in made}) == len(made)
    ids = [row["solution_id"] for row in solutions(made)]
    assert len(set(ids)) == len(ids)


def test_every_sum_is_reckoned_right_whatever_rule_it_follows(made):
    for row in solutions(made):
        for _, written, result in sums(row):
            exact = re.sub(r"(\d+)", r"Fraction(\1)", written).replace("x", "*")
            assert eval(exact, {"Fraction": Fraction}) == int(result)  # digits and signs only, by SUM


def test_a_step_is_rated_bad_exactly_where_it_leaves_the_reference_solution(made):
    for problem, rows in made:
        reference = problem["ground_truth_solution"].split("\n")
        for row in rows:
            rated = [step for step in sums(row) if step[0] < len(row["step_labels"])]
            for (place, written, result), right in zip(rated, reference, strict=False):
                assert row["step_labels"][place] == (1 if f"{written} = {result}" == right else -1)
                if row["step_labels"][place] == -1:
                    assert result != right.rpartition(" = ")[2]


def test_labels_end_with_the_first_mistake_or_cover_every_step(made):
    for row in solutions(made):
        labels = row["step_labels"]
        if row["first_error"] is None:
            assert len(labels) == len(row["steps"]) and -1 not in labels and row["is_correct"]
        else:
            assert labels.index(-1) == row["first_error"] == len(labels) - 1


def test_a_step_starts_from_the_state_that_the_one_before_it_reached(made):
    """But for the few that go back to the right state after a mistake."""
    broken = 0
    for row in solutions(made):
        steps = [(place, result, row["steps"][place]) for place, _, result in sums(row)]
        for (_, result, _), (place, _, step) in pairwise(steps):
            if f" holds {result} " not in step:
                assert row["first_error"] is not None and place > row["first_error"]
                broken += 1
    assert 0 < broken < 0.05 * len(solutions(made))


def test_the_last_step_states_the_answer_of_the_solution(made):
    for row in solutions(made):
        text, _, answer = row["steps"][-1].rpartition("\n\n# Answer\n\n")
        assert answer == row["answer"] and f" holds {answer} " in text


def test_about_half_are_right_and_the_majority_knows_better(made):
    single = fmean(row["is_correct"] for row in solutions(made))
    majority = fmean(
        Counter(row["answer"] for row in rows).most_common(1)[0][0] == problem["ground_truth_answer"]
        for problem, rows in made
    )
    assert 0.4 < single < 0.62
    assert single + 0.1 < majority < 0.95


def test_some_steps_are_neutral_and_some_right_answers_hide_a_mistake(made):
    labels = Counter(label for row in solutions(made) for label in row["step_labels"])
    assert 0.03 < labels[0] / labels.total() < 0.15
    assert 0.05 < labels[-1] / labels.total() < 0.2
    right = [row for row in solutions(made) if row["is_correct"]]
    assert 0.01 < fmean(row["first_error"] is not None for row in right) < 0.1


def test_every_kind_of_event_and_both_its_misconceptions_can_happen(made):
    told = " ".join(problem["problem"] for problem, _ in made)
    endings = [re.split(r"\{\w+\}", event.told)[-1] for event in simulate.EVENTS]
    assert all(ending in told for ending in endings)
    assert all(0 < second <= first < 1 for first, second in simulate.RATES)
    assert [first for first, _ in simulate.RATES] == sorted((first for first, _ in simulate.RATES), reverse=True)


@given(st.integers(0, 10**6))
def test_any_seed_makes_a_problem_that_can_be_told(seed):
    ((problem, rows),) = simulate.generate(1, 2, seed)
    assert 0 < int(problem["ground_truth_answer"]) <= simulate.LARGEST
    assert not re.search(r"[{}]", problem["problem"] + "".join(step for row in rows for step in row["steps"]))
    assert all(sentence[0].isupper() or sentence[0].isdigit() for sentence in problem["problem"].split(". "))
