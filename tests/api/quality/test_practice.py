"""Practice: feedback to every pass, as often as one likes, and nothing of it trains or counts."""

import pytest

from labelhub.models import Assignment, Gold, Label
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

PRACTICE = "projects/apples/practice"


@pytest.fixture
def gold(project) -> Gold:
    return factories.GoldFactory(
        solution__problem__project=project, solution__wrong=True, first_mistakes=[1], explanation="3 + 4 is 7."
    )


def test_what_the_team_says_comes_only_with_the_feedback(call_as, ann, gold):
    shown = call_as(ann).get(f"{PRACTICE}/{gold.pk}").json()
    assert shown == {
        "id": gold.pk,
        "problem": gold.solution.problem.text,
        "ground_truth_answer": "7",
        "steps": gold.solution.steps,
    }


@pytest.mark.parametrize(
    ("ratings", "agreed", "first_mistake", "unsure"),
    [
        ([1, -1], True, 1, False),
        ([-1], False, 0, False),
        ([1, 1, -1], False, 2, False),
        ([1, 1, 1], False, None, False),
        ([None, -1], False, None, True),
        ([1, None, 1], False, None, True),
    ],
)
def test_the_feedback_tells_what_the_team_says_and_what_you_chose(
    call_as, ann, gold, ratings, agreed, first_mistake, unsure
):
    flagged = [step for step, rating in enumerate(ratings) if rating is None]
    feedback = call_as(ann).post(f"{PRACTICE}/{gold.pk}", {"ratings": ratings, "flagged": flagged}).json()
    assert feedback == {
        "agreed": agreed,
        "first_mistake": first_mistake,
        "unsure": unsure,
        "first_mistakes": [1],
        "explanation": "3 + 4 is 7.",
    }


def test_the_standing_counts_passes_and_keeps_the_last(call_as, ann, bob, gold):
    browser = call_as(ann)
    assert browser.get(PRACTICE).json() == [{"id": gold.pk, "passes": 0, "agreed": None}]
    browser.post(f"{PRACTICE}/{gold.pk}", {"ratings": [-1]})
    browser.post(f"{PRACTICE}/{gold.pk}", {"ratings": [1, -1]})
    assert browser.get(PRACTICE).json() == [{"id": gold.pk, "passes": 2, "agreed": True}]
    assert call_as(bob).get(PRACTICE).json()[0]["passes"] == 0


def test_practice_is_no_label_and_no_assignment(call_as, ann, gold):
    call_as(ann).post(f"{PRACTICE}/{gold.pk}", {"ratings": [1, -1]})
    assert not Label.objects.exists()
    assert not Assignment.objects.exists()
    assert call_as(ann).get("projects/apples/progress").json()["my"]["today"] == 0


@pytest.mark.parametrize("ratings", [[1], [-1, 1], [1, 1, 1, 1], [1, None, 1]])
def test_a_pass_that_breaks_a_rule_is_refused(call_as, ann, gold, ratings):
    refused(call_as(ann).post(f"{PRACTICE}/{gold.pk}", {"ratings": ratings}), 400, "invalid_label")


@pytest.mark.parametrize("purpose", ["screening", "check"])
def test_what_is_no_practice_is_not_shown(call_as, ann, project, purpose):
    other = factories.GoldFactory(solution__problem__project=project, purpose=purpose)
    assert call_as(ann).get(PRACTICE).json() == []
    refused(call_as(ann).get(f"{PRACTICE}/{other.pk}"), 404, "not_found")
    refused(call_as(ann).post(f"{PRACTICE}/{other.pk}", {"ratings": [1, 1, 1]}), 404, "not_found")
