"""A check on the wire: at every door of the labeler it is answered as any other item is."""

from typing import Any

import pytest

from labelhub.models import Assignment, Generation, Project
from labelhub.services.quality.checks import asking as checking
from tests import factories

pytestmark = pytest.mark.django_db

NEXT = "projects/apples/assignments/next"


@pytest.fixture
def mixed(project: Project, generation: Generation) -> Generation:
    """Three items of the batch and three checks, wrong answers all."""
    Project.objects.filter(pk=project.pk).update(check_count=3)
    wrong = {"solution__problem__project": project, "solution__wrong": True}
    for _ in range(3):
        factories.GoldFactory(purpose="check", first_mistakes=[1], **wrong)
        factories.BatchItemFactory(generation=generation, solution__wrong=True)
    generation.refresh_from_db()
    checking.put_up(generation=generation)
    return generation


def form(told: Any) -> Any:
    """An answer without what differs between any two items: names and kinds stay, and yes, no and nothing."""
    if isinstance(told, dict):
        return {name: form(value) for name, value in told.items()}
    if isinstance(told, list):
        return [form(each) for each in told]
    return told if isinstance(told, bool) or told is None else type(told).__name__


def conversation(browser, **answer: Any) -> list[Any]:
    """One item taken, kept, handed back, taken again, answered, answered anew and looked at: each answer's form."""
    held = browser.post(NEXT).json()["assignment"]
    pk = held["id"]
    body = {"lease": held["lease"]["token"], "total_time": 9000} | answer
    said = [
        browser.post(f"assignments/{pk}/renew"),
        browser.post(NEXT, {"holding": []}),  # forgotten by the page: it comes back
        browser.put(f"assignments/{pk}/label", body | {"ratings": [1, 1, -1, -1]}),  # refused: behind the mistake
        browser.put(f"assignments/{pk}/label", body),
        browser.put(f"assignments/{pk}/label", body),
        browser.get(f"assignments/{pk}"),
        browser.put(f"assignments/{pk}/label", body | {"ratings": [1, -1], "finish_reason": "found_error"}),
        browser.get("projects/apples/me/passes", limit=1),
    ]
    return [(each.status_code, sorted(each.headers), form(each.json())) for each in said]


def is_check(person) -> list[bool]:
    strata = Assignment.objects.filter(labeler=person.labeler).order_by("pk").values_list("item__stratum", flat=True)
    return [stratum == "check" for stratum in strata]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"ratings": [1, -1], "finish_reason": "found_error"}, id="right"),
        pytest.param({"ratings": [-1], "finish_reason": "found_error"}, id="wrong"),
        pytest.param({"ratings": [1, 1, 1], "finish_reason": "solution"}, id="no mistake"),
        pytest.param({"ratings": [1], "finish_reason": "give_up", "reason": "Too hard."}, id="given up"),
    ],
)
def test_no_answer_tells_a_check_from_another_item(call_as, ann, bob, project, mixed, answer):
    """ann is served checks alone, bob none; what both hear is of one form, whatever they say."""
    Project.objects.filter(pk=project.pk).update(check_rate=1)
    of_check = conversation(call_as(ann), **answer)
    Project.objects.filter(pk=project.pk).update(check_rate=0)
    of_item = conversation(call_as(bob), **answer)
    assert (is_check(ann)[0], is_check(bob)[0]) == (True, False)
    assert of_check == of_item


def test_handed_back_a_check_is_as_gone_as_any_item(call_as, ann, bob, project, mixed):
    told = []
    for person, rate in ((ann, 1), (bob, 0)):
        Project.objects.filter(pk=project.pk).update(check_rate=rate)
        browser = call_as(person)
        pk = browser.post(NEXT).json()["assignment"]["id"]
        said = [browser.post(f"assignments/{pk}/release"), browser.post(f"assignments/{pk}/renew")]
        told.append([(each.status_code, form(each.json()) if each.content else None) for each in said])
    assert is_check(ann)[0]
    assert told[0] == told[1]
