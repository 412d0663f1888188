"""The labeler's own page: their passes and how they stand, and nothing that tells a check from any other item."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from labelhub.models import Generation, Label, Project
from labelhub.services.quality.checks import asking as checking
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

ME, NEXT = "projects/apples/me", "projects/apples/assignments/next"


def hand_in(browser, shown, **changed):
    body = {
        "lease": shown["lease"]["token"],
        "ratings": [1, 1, 1],
        "finish_reason": "solution",
        "total_time": 60_000,
    }
    answered = browser.put(f"assignments/{shown['id']}/label", body | changed)
    assert answered.status_code == 200, answered.content
    return answered.json()


@pytest.fixture
def mixed(project: Project, generation: Generation) -> Generation:
    """Three items and two checks, which come first."""
    Project.objects.filter(pk=project.pk).update(check_rate=1, check_count=2)
    for _ in range(3):
        factories.BatchItemFactory(generation=generation)
        factories.GoldFactory(purpose="check", solution__problem__project=project)
    generation.refresh_from_db()  # its project too
    checking.put_up(generation=generation)
    return generation


def label_all(browser):
    shown = browser.post(NEXT).json()["assignment"]
    while shown:
        shown = hand_in(browser, shown)["next"]


def test_the_page_counts_passes_and_tells_the_median(call_as, ann, mixed):
    browser = call_as(ann)
    label_all(browser)
    own = browser.get(ME).json()
    assert {name: told["agreed"]["n"] for name, told in own.pop("mistakes").items()} == {"practice": 0, "screening": 0}
    assert own == {
        "passes": 5,
        "today": 5,
        "median_ms": 60_000,
        "practice": {"solutions": 0, "done": 0, "agreed": 0},
        "screening": {
            "state": "none",
            "attempt": None,
            "answered": None,
            "agreed": None,
            "of": None,
            "may_retake": False,
        },
    }


def test_nothing_on_the_page_tells_which_items_were_checks(call_as, ann, mixed):
    browser = call_as(ann)
    label_all(browser)
    checks = set(Label.objects.filter(is_quality_control_question=True).values_list("assignment", flat=True))
    assert len(checks) == 2
    rows = browser.get(f"{ME}/passes").json()["results"]
    assert len(rows) == 5
    constant = ("finish_reason", "reason", "revision", "total_time", "comment", "open")
    assert len({tuple(str(row[name]) for name in constant) for row in rows}) == 1
    whole = [browser.get(f"assignments/{row['assignment_id']}") for row in rows]
    for answered in whole:
        for word in ("check", "gold", "quality", "stratum", "generation", "grade"):
            assert word not in answered.content.decode()
    own = ("id", "lease", "solution_id", "problem", "steps")
    shown = [{k: v for k, v in one.json()["assignment"].items() if k not in own} for one in whole]
    assert all(each == shown[0] for each in shown)


def test_an_answer_stands_with_the_pass_that_asked(call_as, ann, rita, generation):
    """Also when the pass was changed since."""
    factories.BatchItemFactory(generation=generation)
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    asking = {"comment": {"text": "Is rounding wrong?", "is_question": True}}
    label = hand_in(browser, shown, **asking)["label"]
    url = f"projects/apples/review/{shown['solution_id']}"
    seen = {"seen": 0, "label": label["id"], "reason": "Only if it misleads.", "to_instructions": True}
    assert call_as(rita).post(f"{url}/rulings", {"kind": "answer", **seen}).status_code == 200
    hand_in(browser, shown, ratings=[1, 1, 0], **asking)
    [row] = browser.get(f"{ME}/passes").json()["results"]
    assert (row["revision"], row["answer"]["text"]) == (2, "Only if it misleads.")
    version = Project.objects.get().instructions.latest("version").version
    assert row["answer"]["instructions_version"] == version
    assert browser.get(f"assignments/{shown['id']}").json()["label"]["answer"] == row["answer"]


def test_passes_come_a_page_at_a_time_newest_first(call_as, ann, generation):
    browser = call_as(ann)
    for _ in range(5):
        factories.BatchItemFactory(generation=generation)
    label_all(browser)
    first = browser.get(f"{ME}/passes", limit=2).json()
    second = browser.get(f"{ME}/passes", limit=2, before=first["next"]).json()
    last = browser.get(f"{ME}/passes", limit=2, before=second["next"]).json()
    ids = [row["id"] for page in (first, second, last) for row in page["results"]]
    assert ids == sorted(Label.objects.values_list("pk", flat=True), reverse=True)
    assert last["next"] is None


def test_a_page_costs_the_same_however_many_passes_are_on_it(call_as, ann, generation):
    browser = call_as(ann)
    costs = []
    for count in (1, 4):
        for _ in range(count):
            factories.BatchItemFactory(generation=generation)
        label_all(browser)
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"{ME}/passes")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_pass_can_be_looked_at_and_changed_while_its_generation_is_open(call_as, ann, generation):
    item = factories.BatchItemFactory(generation=generation)
    alternative = factories.AlternativeFactory(solution=item.solution, step=1)
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    rated = [{"id": alternative.pk, "rating": 1, "flagged": False}]
    comment = {"text": "The sum is off.", "is_question": False}
    hand_in(browser, shown, ratings=[1, -1], finish_reason="found_error", alternatives=rated, comment=comment)
    again = browser.get(f"assignments/{shown['id']}").json()
    assert again["assignment"] == shown | {"lease": again["assignment"]["lease"]}
    assert again["assignment"]["lease"]["token"] == shown["lease"]["token"]
    told = {name: again["label"][name] for name in ("ratings", "flagged", "alternatives", "comment", "open")}
    assert told == {"ratings": [1, -1], "flagged": [], "alternatives": rated, "comment": comment, "open": True}
    hand_in(browser, again["assignment"])
    assert browser.get(f"{ME}/passes").json()["results"][0]["revision"] == 2
    Generation.objects.update(state="training")
    assert browser.get(f"assignments/{shown['id']}").json()["label"]["open"] is False


def test_what_was_not_handed_in_is_no_pass(call_as, ann, bob, generation):
    factories.BatchItemFactory(generation=generation)
    shown = call_as(ann).post(NEXT).json()["assignment"]
    refused(call_as(ann).get(f"assignments/{shown['id']}"), 404, "not_found")
    hand_in(call_as(ann), shown)
    refused(call_as(bob).get(f"assignments/{shown['id']}"), 404, "not_found")
    assert call_as(bob).get(f"{ME}/passes").json()["results"] == []
