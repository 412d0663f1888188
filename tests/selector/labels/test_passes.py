from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.formats.published.prm800k import canonical_steps, parse_steps
from selector.labels.passes import InvalidPass, check_pass, label_steps
from selector.labels.steps import main_path, main_ratings
from selector.types import Completion
from tests.present import present

STEPS = ["Add 1.", "Add 2.", "So 4."]


def rated(text: str, rating: int | None, flagged: bool | None = False) -> Completion:
    return Completion(text=text, rating=rating, flagged=flagged)


def judged(**changed: Any) -> InvalidPass | None:
    """Why the pass is refused; None where it is accepted."""
    body: dict[str, Any] = {"step_count": 3, "ratings": [1, 0, 1], "flagged": [], "alternatives": []}
    try:
        check_pass(**(body | {"finish_reason": "solution", "reason": ""} | changed))
    except InvalidPass as refused:
        return refused
    return None


def refusal(**changed: Any) -> InvalidPass:
    refused = present(judged(**changed))
    assert str(refused).endswith(".")
    return refused


@pytest.mark.parametrize(
    "body",
    [
        {"ratings": [0, 0, 0]},
        {"ratings": [1, None, 1], "flagged": [1]},
        {"ratings": [-1], "finish_reason": "found_error"},
        {"ratings": [1, 1, -1], "finish_reason": "found_error"},
        {"ratings": [None, -1], "flagged": [0], "finish_reason": "found_error"},
        {"ratings": [-1], "finish_reason": "found_error", "alternatives": [rated("x", 1), rated("y", None, True)]},
        {"ratings": [-1], "finish_reason": "found_error", "alternatives": [rated("x", None)]},
        {"ratings": [], "finish_reason": "give_up", "reason": "It is late."},
        {"ratings": [1], "finish_reason": "give_up", "reason": "It is late."},
        {"ratings": [1, -1], "finish_reason": "give_up", "reason": "It is late."},
        {"ratings": [], "finish_reason": "bad_problem", "reason": "The figure is missing."},
    ],
)
def test_a_pass_that_a_person_could_have_made_is_accepted(body: dict[str, Any]) -> None:
    assert judged(**body) is None


@pytest.mark.parametrize(
    "body, field",
    [
        ({"ratings": [1, 1, 1, 1]}, "ratings"),
        ({"ratings": [1, 2, 1]}, "ratings"),
        ({"ratings": [1, True, 1]}, "ratings"),
        ({"ratings": [1, 1.0, 1]}, "ratings"),
        ({"ratings": [1, "1", 1]}, "ratings"),
        ({"ratings": [-1, 1], "finish_reason": "found_error"}, "ratings"),
        ({"ratings": [-1, -1], "finish_reason": "found_error"}, "ratings"),
        ({"ratings": [-1, None], "flagged": [1], "finish_reason": "give_up", "reason": "x"}, "ratings"),
        ({"ratings": [1, None, 1]}, "flagged"),
        ({"ratings": [1, 1, 1], "flagged": [1]}, "flagged"),
        ({"ratings": [1, None, 1], "flagged": [1, 1]}, "flagged"),
        ({"ratings": [1, None, 1], "flagged": [1, 3]}, "flagged"),
        ({"ratings": [1, 1], "flagged": [2], "finish_reason": "give_up", "reason": "x"}, "flagged"),
        ({"ratings": [1, 1]}, "finish_reason"),
        ({"ratings": [1, 1, -1]}, "finish_reason"),
        ({"ratings": [1, 1, 1], "finish_reason": "found_error"}, "finish_reason"),
        ({"ratings": [], "finish_reason": "found_error"}, "finish_reason"),
        ({"ratings": [None], "flagged": [0], "finish_reason": "found_error"}, "finish_reason"),
        ({"ratings": [1], "finish_reason": "give_up"}, "reason"),
        ({"ratings": [1], "finish_reason": "bad_problem", "reason": " \n"}, "reason"),
        ({"alternatives": [rated("x", 1)]}, "alternatives"),
        ({"ratings": [-1], "finish_reason": "found_error", "alternatives": [rated("x", 2)]}, "alternatives"),
        ({"ratings": [-1], "finish_reason": "found_error", "alternatives": [rated("x", 1, True)]}, "alternatives"),
    ],
)
def test_a_pass_that_breaks_a_rule_is_refused_by_the_name_of_what_is_wrong(body: dict[str, Any], field: str) -> None:
    assert refusal(**body).field == field


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """What anybody may send: sometimes a valid pass, mostly not."""
    count = draw(st.integers(1, 4))
    ratings = draw(st.lists(st.sampled_from([-1, 0, 1, None]), max_size=count + 1))
    flagged = [i for i, rating in enumerate(ratings) if rating is None] if draw(st.booleans()) else [0]
    reasons = st.sampled_from(["found_error", "solution", "give_up", "bad_problem"])
    body = {"step_count": count, "ratings": ratings, "flagged": flagged, "alternatives": []}
    return body | {"finish_reason": draw(reasons), "reason": draw(st.sampled_from(["", "why"]))}


@given(bodies())
def test_what_is_accepted_stops_at_the_first_mistake_and_makes_a_label_that_says_the_same(body: dict[str, Any]) -> None:
    try:
        check_pass(**body)
    except InvalidPass:
        return
    texts = [f"step {i}" for i in range(body["step_count"])]
    ratings = body["ratings"]
    made = label_steps(texts, ratings, body["flagged"])
    assert -1 not in ratings[:-1]
    assert main_ratings(made)[: len(ratings)] == ratings
    assert main_path(made) == texts[: len(made)]
    assert parse_steps(made) == canonical_steps(made) == made


def test_a_found_error_stops_with_the_alternatives_behind_the_original() -> None:
    made = label_steps(STEPS, [1, -1], alternatives=[rated("Add 3.", 1), rated("Add 5.", None, True)])
    assert made == [
        {
            "completions": [{"text": "Add 1.", "rating": 1, "flagged": None}],
            "human_completion": None,
            "chosen_completion": 0,
        },
        {
            "completions": [
                {"text": "Add 2.", "rating": -1, "flagged": None},
                {"text": "Add 3.", "rating": 1, "flagged": False},
                {"text": "Add 5.", "rating": None, "flagged": True},
            ],
            "human_completion": None,
            "chosen_completion": None,
        },
    ]


def test_an_alternative_says_no_more_than_prm800k_knows() -> None:
    told: Any = {"id": 7, "text": "Add 3.", "rating": 0}
    [step] = label_steps(STEPS, [-1], alternatives=[told])
    assert present(step["completions"])[1:] == [rated("Add 3.", 0)]


def test_a_whole_solution_is_chosen_to_its_end() -> None:
    made = label_steps(STEPS, [1, 0, 1])
    assert [step["chosen_completion"] for step in made] == [0, 0, 0]
    assert main_path(made) == STEPS


def test_a_given_up_pass_ends_at_the_first_unrated_step() -> None:
    made = label_steps(STEPS, [1])
    assert main_ratings(made) == [1, None]
    assert [step["chosen_completion"] for step in made] == [0, None]
    assert label_steps(STEPS, [])[0]["completions"] == [rated("Add 1.", None, None)]


def test_a_flagged_step_has_a_flag_and_no_rating_and_the_pass_goes_on() -> None:
    made = label_steps(STEPS, [1, None, 1], flagged=[1])
    assert made[1]["completions"] == [rated("Add 2.", None, True)]
    assert made[1]["chosen_completion"] == 0
