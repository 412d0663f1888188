"""How far labels can be trusted, over HTTP and on both databases."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from labelhub.queries.quality import overlap
from tests import factories
from tests.api.conftest import refused

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]


def both_label(generation, *ratings, finish_reason=None):
    """Two labelers or more over one item, each with these ratings."""
    item = factories.BatchItemFactory(generation=generation, labels_wanted=len(ratings))
    extra = {"finish_reason": finish_reason} if finish_reason else {}
    return [factories.LabelFactory(assignment__item=item, ratings=each, **extra) for each in ratings]


def test_agreement_is_of_pairs_on_the_first_mistake(call_as, rita, generation):
    both_label(generation, [1, -1], [0, -1])  # agree at step 1
    both_label(generation, [1, 1, 1], [1, 0, 1])  # agree that there is none
    both_label(generation, [1, -1], [1, 1, -1])  # one step apart
    both_label(generation, [-1], [1, 1, 1], [-1])  # one pair of three agrees
    factories.LabelFactory(assignment__item__generation=generation)  # alone
    told = call_as(rita).get("projects/apples/agreement").json()
    assert (told["solutions"], told["exact"]["n"]) == (4, 6)
    assert (told["exact"]["value"], told["within_one"]["value"]) == (0.5, 4 / 6)
    assert told["exact"]["low"] is None and "10 solutions" in told["exact"]["undefined"]


def test_enough_solutions_carry_an_interval_that_is_the_same_the_next_time(call_as, rita, generation):
    for n in range(12):
        both_label(generation, [1, -1], [1, -1] if n % 3 else [1, 1, 1])
    first = call_as(rita).get("projects/apples/agreement").json()
    for name in ("exact", "within_one", "alpha"):
        figure = first[name]
        assert figure["low"] <= figure["value"] <= figure["high"] and figure["undefined"] is None, name
    cache.clear()
    again = call_as(rita).get("projects/apples/agreement").json()
    assert {**again, "measured_at": None} == {**first, "measured_at": None}


def test_half_a_pass_agrees_with_nobody(call_as, rita, generation):
    both_label(generation, [1], [1], finish_reason="give_up")
    told = call_as(rita).get("projects/apples/agreement").json()
    for name in ("exact", "within_one", "alpha", "kappa"):
        assert (told[name]["n"], told[name]["value"]) == (0, None)
        assert "two labelers" in told[name]["undefined"]


@pytest.mark.parametrize("flag", ["is_quality_control_question", "is_initial_screening_question"])
def test_what_was_asked_to_know_the_labelers_is_no_agreement(call_as, rita, generation, flag):
    item = factories.BatchItemFactory(generation=generation, labels_wanted=2)
    for ratings in ([1, -1], [1, 1, 1]):
        factories.LabelFactory(assignment__item=item, ratings=ratings, **{flag: True})
    assert call_as(rita).get("projects/apples/agreement").json()["solutions"] == 0


def test_a_reviewers_own_label_is_no_agreement(call_as, rita, generation):
    made, _ = both_label(generation, [1, -1], [1, -1])
    factories.LabelFactory(
        assignment=None, solution=made.solution, labeler=rita.labeler, source="reviewed", ratings=[1, 1, 1]
    )
    told = call_as(rita).get("projects/apples/agreement").json()
    assert (told["exact"]["n"], told["exact"]["value"]) == (1, 1)


def test_only_the_newest_revision_agrees(call_as, rita, generation):
    _, second = both_label(generation, [1, -1], [1, 1, 1])
    factories.LabelFactory(assignment=second.assignment, supersedes=second, revision=2, ratings=[1, -1])
    told = call_as(rita).get("projects/apples/agreement").json()
    assert (told["exact"]["n"], told["exact"]["value"]) == (1, 1)


def test_only_the_newest_solutions_are_read(call_as, rita, project, generation, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(overlap, "NEWEST", 3)
    for ratings in ([1, 1, 1], [1, -1], [1, -1], [1, -1]):
        both_label(generation, [1, -1], ratings)
    factories.BatchItemFactory(generation__project=project, generation__number=1, generation__state="closed")
    browser = call_as(rita)
    with django_assert_num_queries(2 + 4):  # session with its account, project; generations, two of them, labels
        told = browser.get("projects/apples/agreement").json()
    assert (told["newest"], told["solutions"], told["exact"]["value"]) == (3, 3, 1)
    with django_assert_num_queries(2):  # what was measured is kept for some minutes
        assert browser.get("projects/apples/agreement").json()["measured_at"] == told["measured_at"]


@pytest.mark.parametrize(
    ("times", "median"), [([5], 5), ([1, 9], 5), ([9, 1, 2], 2), ([4, 1, 3, 2], 2), ([7, 7, 7, 7], 7)]
)
def test_a_labelers_median_is_the_median(call_as, rita, generation, ann, times, median):
    for time in times:
        factories.LabelFactory(
            assignment__labeler=ann.labeler, assignment__item__generation=generation, total_time=time
        )
    (told,) = call_as(rita).get("projects/apples/labelers").json()
    assert told["median_ms"] == median


def test_labelers_are_told_by_how_much_and_how_they_finished(call_as, rita, generation, ann):
    for finish_reason, ratings in (("found_error", [-1]), ("solution", [1, 1, 1]), ("give_up", [1])):
        factories.LabelFactory(
            assignment__labeler=ann.labeler,
            assignment__item__generation=generation,
            ratings=ratings,
            finish_reason=finish_reason,
            submitted_at=timezone.now() - timedelta(hours=1),
        )
    newest = factories.LabelFactory(assignment__item__generation=generation, assignment__labeler__user=None)
    factories.LabelFactory()  # of another project
    first, second = call_as(rita).get("projects/apples/labelers").json()
    assert (first["username"], first["labels"]) == ("ann", 3)
    assert [first[reason] for reason in ("found_error", "solution", "bad_problem", "give_up")] == [1, 1, 0, 1]
    assert (second["labeler"], second["username"]) == (str(newest.labeler_id), None)


@pytest.mark.parametrize("count", [1, 4])
def test_the_table_of_labelers_costs_the_same(call_as, rita, generation, count, django_assert_num_queries):
    factories.LabelFactory.create_batch(count, assignment__item__generation=generation)
    browser = call_as(rita)
    # session with its account, project; rows, medians; checks and since when, pauses, suspended
    with django_assert_num_queries(8):
        assert len(browser.get("projects/apples/labelers").json()) == count


def test_contradictions_are_passes_without_a_mistake_on_wrong_answers(call_as, rita, generation):
    def label(**how):
        wrong = how.pop("wrong", True)
        item = factories.BatchItemFactory(generation=generation, solution__wrong=wrong)
        return factories.LabelFactory(assignment__item=item, **how)

    found = label()
    label(ratings=[1, -1])
    label(wrong=False)
    corrected = label()
    factories.LabelFactory(assignment=corrected.assignment, supersedes=corrected, revision=2, ratings=[-1])
    told = call_as(rita).get("projects/apples/contradictions").json()
    assert [each["label"] for each in told["results"]] == [found.pk]
    assert told["next"] is None
    assert (told["results"][0]["answer"], told["results"][0]["ground_truth_answer"]) == ("8", "7")
    assert told["results"][0]["generation"] == 0


def test_contradictions_come_a_page_at_a_time(call_as, rita, generation, django_assert_num_queries):
    for _ in range(5):
        item = factories.BatchItemFactory(generation=generation, solution__wrong=True)
        factories.LabelFactory(assignment__item=item)
    browser, seen, after = call_as(rita), [], 0
    while after is not None:
        with django_assert_num_queries(3):  # session with its account, project; the page
            page = browser.get("projects/apples/contradictions", after=after, limit=2).json()
        seen += [each["label"] for each in page["results"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 5
    refused(browser.get("projects/apples/contradictions", limit=0), 400, "invalid")
