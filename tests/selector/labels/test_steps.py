from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.formats.published import prm800k
from selector.labels.steps import (
    UNKNOWN,
    FirstMistake,
    first_mistake,
    labelled_paths,
    main_path,
    main_ratings,
    rated_paths,
    training_examples,
)
from selector.types import Completion, Example, LabelStep
from tests.selector.formats.test_prm800k import label_rows
from tests.selector.shared_data import golden_rows, shared_rows


def completion(text: str, rating: int | None, flagged: bool | None = None) -> Completion:
    return Completion(text=text, rating=rating, flagged=flagged)


def step(*completions: Completion, chosen: int | None = 0, human: dict[str, Any] | None = None) -> LabelStep:
    return LabelStep(completions=list(completions), human_completion=human, chosen_completion=chosen)


def own(text: str, **more: Any) -> dict[str, Any]:
    return {"text": text, "rating": None, "source": "human", "flagged": False} | more


FOUND_ERROR = [
    step(completion("a", 1)),
    step(completion("b", 0)),
    step(completion("c", -1), completion("d", 1, False), completion("e", -1, False), chosen=None),
]
GROWN = [
    step(completion("a", -1, False), completion("b", 1, False), completion("c", 0, False), chosen=1),
    step(completion("d", 0, False), completion("e", -1, False), chosen=None, human=own("f")),
    step(completion("g", 1, False)),
]


def test_the_main_path_goes_through_what_was_chosen_and_what_the_labeler_wrote() -> None:
    assert main_path(GROWN) == ["b", "f", "g"]
    assert main_ratings(GROWN) == [1, None, 1]


def test_the_main_path_ends_with_the_original_wrong_step() -> None:
    assert main_path(FOUND_ERROR) == ["a", "b", "c"]
    assert main_ratings(FOUND_ERROR) == [1, 0, -1]
    assert first_mistake(main_ratings(FOUND_ERROR), 4) == 2


def test_a_pass_given_up_before_any_text_has_a_shorter_path() -> None:
    nothing = LabelStep(completions=None, human_completion=None, chosen_completion=None)
    assert main_path([*GROWN, nothing]) == ["b", "f", "g"]
    assert main_ratings([nothing]) == []


def test_a_step_that_nobody_rated_ends_a_path_without_a_rating() -> None:
    given_up = [step(completion("a", 1)), step(completion("b", None), completion("c", None), chosen=None)]
    assert main_path(given_up) == ["a", "b"]
    assert main_ratings(given_up) == [1, None]


def test_a_flagged_rating_is_no_rating() -> None:
    assert main_ratings([step(completion("a", -1, True)), step(completion("b", 1))]) == [None, 1]


def test_a_corrected_rating_of_the_labelers_own_step_counts() -> None:
    assert main_ratings([step(completion("a", -1), chosen=None, human=own("b", corrected_rating=1))]) == [1]
    assert main_ratings([step(completion("a", -1), chosen=None, human=own("b", corrected_rating=None))]) == [None]


@pytest.mark.parametrize(
    "ratings, mistake",
    [
        ([-1], 0),
        ([1, 0, -1], 2),
        ([1, -1, None, -1], 1),
        ([1, 0, 1, 1], None),
        ([], UNKNOWN),
        ([1, 0, 1], UNKNOWN),  # the last step may be it
        ([None, 1, 1, 1], UNKNOWN),
        ([1, 1, 1, None], UNKNOWN),
        ([1, None, -1], UNKNOWN),  # the step before may be it
        ([None, -1], UNKNOWN),
    ],
)
def test_the_first_mistake_of_four_steps_is_the_first_minus_one_where_every_step_before_it_is_rated(
    ratings: list[int | None], mistake: FirstMistake
) -> None:
    assert first_mistake(ratings, 4) == mistake


rated = st.lists(st.sampled_from([1, 0, -1, None]), max_size=7)


@given(rated, st.integers(0, 3))
def test_a_first_mistake_is_named_only_where_nothing_unrated_could_be_it(ratings: list[int | None], more: int) -> None:
    mistake = first_mistake(ratings, len(ratings) + more)
    if mistake is None:
        assert more == 0 and set(ratings) <= {0, 1}
    elif mistake is UNKNOWN:
        before = ratings[: ratings.index(-1)] if -1 in ratings else ratings
        assert None in before or (-1 not in ratings and more)
    else:
        assert ratings[mistake] == -1 and set(ratings[:mistake]) <= {0, 1}


@given(rated, st.integers(0, 3))
def test_rating_what_was_left_out_never_contradicts_what_was_known(ratings: list[int | None], more: int) -> None:
    """Whatever the unrated steps turn out to be, a known first mistake stands, and an unknown one can go either way."""
    steps = len(ratings) + more
    known = first_mistake(ratings, steps)
    filled = [*ratings, *[None] * more]
    ways = {first_mistake([way if rating is None else rating for rating in filled], steps) for way in (1, -1)}
    assert ways == {known} if known is not UNKNOWN else len(ways) == 2


@given(rated, rated)
def test_what_stands_behind_a_first_mistake_changes_nothing(
    ratings: list[int | None], behind: list[int | None]
) -> None:
    steps = len(ratings) + 1 + len(behind)
    assert first_mistake([*ratings, -1, *behind], steps) == first_mistake([*ratings, -1], steps)


def test_the_main_path_trains_and_each_alternative_behind_a_masked_prefix() -> None:
    assert training_examples("p", FOUND_ERROR) == [
        Example("p", ("a", "b", "c"), (1, 0, -1)),
        Example("p", ("a", "b", "d"), (None, None, 1)),
        Example("p", ("a", "b", "e"), (None, None, -1)),
    ]


def test_each_completion_of_a_grown_solution_trains_behind_what_was_chosen_before_it() -> None:
    assert training_examples("p", GROWN) == [
        Example("p", ("b", "f", "g"), (1, None, 1)),
        Example("p", ("a",), (-1,)),
        Example("p", ("c",), (0,)),
        Example("p", ("b", "d"), (None, 0)),
        Example("p", ("b", "e"), (None, -1)),
    ]


def test_nothing_behind_the_first_mistake_trains() -> None:
    wrong_but_went_on = [*FOUND_ERROR[:2], step(completion("c", -1)), step(completion("x", 1), completion("y", 1))]
    assert training_examples("p", wrong_but_went_on) == [Example("p", ("a", "b", "c"), (1, 0, -1))]


def test_flagged_and_unrated_steps_are_masked_and_teach_nothing_alone() -> None:
    unsure = [step(completion("a", None, True), completion("b", 1, True), completion("c", None, False))]
    assert training_examples("p", unsure) == []


def test_a_format_without_masks_gets_the_ratings_of_the_prefix() -> None:
    assert rated_paths("p", FOUND_ERROR) == [
        Example("p", ("a", "b", "c"), (1, 0, -1)),
        Example("p", ("a", "b", "d"), (1, 0, 1)),
        Example("p", ("a", "b", "e"), (1, 0, -1)),
    ]


def test_a_format_without_masks_gets_what_stands_before_the_first_masked_step() -> None:
    assert rated_paths("p", GROWN) == [
        Example("p", ("b",), (1,)),
        Example("p", ("a",), (-1,)),
        Example("p", ("c",), (0,)),
        Example("p", ("b", "d"), (1, 0)),
        Example("p", ("b", "e"), (1, -1)),
    ]


@given(label_rows())
def test_every_rating_trains_at_most_once_and_none_behind_a_mistake(row: dict[str, Any]) -> None:
    steps = row["label"]["steps"]
    examples = training_examples("p", steps)
    for example in examples:
        assert len(example.steps) == len(example.ratings)
        assert -1 not in example.ratings[:-1]
        assert any(rating is not None for rating in example.ratings)
    trained = sum(rating is not None for example in examples for rating in example.ratings)
    given_ratings = sum(c["rating"] is not None and not c["flagged"] for s in steps for c in s["completions"] or [])
    corrected = sum((s["human_completion"] or {}).get("corrected_rating") is not None for s in steps)
    assert trained <= given_ratings + corrected


@given(label_rows())
def test_paths_for_formats_without_masks_are_whole_and_distinct(row: dict[str, Any]) -> None:
    paths = rated_paths("p", row["label"]["steps"])
    assert len(set(paths)) == len(paths)
    assert all(path.steps and None not in path.ratings and -1 not in path.ratings[:-1] for path in paths)


@given(label_rows())
def test_the_first_path_is_the_main_one(row: dict[str, Any]) -> None:
    steps = row["label"]["steps"]
    first, *_ = labelled_paths("p", steps)
    assert list(first.steps) == main_path(steps)[: len(first.steps)]
    assert len(main_path(steps)) == len(main_ratings(steps))


def test_every_label_of_the_golden_rows_has_examples_where_it_has_ratings() -> None:
    labels = [prm800k.parse_label(row) for row in golden_rows("prm800k.jsonl")]
    counted = [len(training_examples("p", label.steps)) for label in labels]
    assert counted == [4, 4, 4, 2, 0, 1, 4, 1, 1, 1, 0, 1, 2, 1]


def test_real_labels_give_one_example_more_than_they_have_alternatives() -> None:
    for row in shared_rows("prm800k_real_sample.jsonl"):
        steps = prm800k.parse_label(row).steps
        humans = sum(step["human_completion"] is not None for step in steps)
        offered = sum(len(step["completions"] or []) for step in steps)
        assert len(training_examples("p", steps)) == 1 + offered - (len(steps) - humans)
