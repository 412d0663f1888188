"""Running checks over HTTP: who was paused, what is decided, and what each check is worth."""

import pytest

from labelhub.models import Project, Quarantine
from tests import factories
from tests.api.conftest import refused
from tests.present import present
from tests.services.quality.test_judging import GREAT, answer_check, checked, falsely, label_items, pause, truly

__all__ = ["checked"]
pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

QUARANTINES = "projects/apples/quarantines"


def test_a_pause_is_told_with_its_labels_and_decided_on(call_as, checked, ann, rita):
    made = label_items(checked, ann, 12)
    quarantine = pause(checked, ann)
    browser = call_as(rita)
    [told] = browser.get(QUARANTINES).json()
    assert (told["username"], told["labels"], told["to_give_back"], told["stands"]) == ("ann", 12, 12, None)
    assert [each["id"] for each in told["sample"]] == [label.pk for label in reversed(made)][:10]
    assert (told["checks"]["agreed"], told["checks"]["asked"], told["is_paused"]) == (0, 3, True)
    assert told["checks"]["below"] > 0.99
    decided = f"{QUARANTINES}/{quarantine.pk}/decisions"
    [told] = browser.post(decided, {"kind": "discard", "reason": "All Bad."}).json()
    [decision] = told["decisions"]
    assert (decision["kind"], decision["reason"], decision["decided_by"]) == ("discard", "All Bad.", "rita")
    assert (told["stands"], told["to_give_back"]) == ("discard", 0)
    refused(browser.post(decided, {"kind": "release", "reason": "No."}), 409, "conflict")
    [told] = browser.post(decided, {"kind": "bring_back", "reason": "We talked.", "seen": decision["id"]}).json()
    assert not told["is_paused"]


def test_a_decision_takes_a_reason(call_as, checked, ann, rita):
    quarantine = pause(checked, ann)
    answer = call_as(rita).post(f"{QUARANTINES}/{quarantine.pk}/decisions", {"kind": "release", "reason": " "})
    assert "reason" in refused(answer, 400, "invalid")
    assert not quarantine.decisions.exists()


def test_what_waits_comes_before_what_was_decided(call_as, checked, ann, bob, rita):
    waits = pause(checked, ann)
    done = pause(checked, bob)
    browser = call_as(rita)
    for kind in ("release", "bring_back"):
        seen = done.decisions.order_by("-pk").values_list("pk", flat=True).first() or 0
        browser.post(f"{QUARANTINES}/{done.pk}/decisions", {"kind": kind, "reason": "Fine.", "seen": seen})
    assert [each["id"] for each in browser.get(QUARANTINES).json()] == [waits.pk, done.pk]


def test_the_paused_stand_on_top_of_the_labelers_with_their_checks(call_as, checked, ann, bob, rita):
    label_items(checked, bob, 2)
    answer_check(checked, bob, truly)
    label_items(checked, ann, 1)
    pause(checked, ann)
    bob.memberships.update(suspended_at="2026-01-01T00:00Z")
    first, second = call_as(rita).get("projects/apples/labelers").json()
    assert (first["username"], first["checks"]["agreed"], first["checks"]["asked"]) == ("ann", 0, 3)
    assert first["paused_at"] and not first["suspended"]
    assert (second["username"], second["checks"]["agreed"], second["checks"]["asked"]) == ("bob", 1, 1)
    assert second["suspended"] and second["paused_at"] is None
    assert second["checks"]["low"] < 1 < second["checks"]["high"] + 0.05


def test_the_home_page_counts_who_waits_for_somebody(call_as, checked, ann, rita):
    pause(checked, ann)
    assert call_as(rita).get("projects/apples/progress").json()["needs"]["paused"] == 1


def test_a_labeler_is_told_by_the_page_that_asks_for_work(call_as, checked, ann):
    pause(checked, ann)
    told = call_as(ann).post("projects/apples/assignments/next", {"holding": []}).json()
    assert told["assignment"] is None
    assert told["reason"]["code"] == "paused"
    assert "practice" in told["reason"]["sentence"]


def test_checks_are_told_with_how_many_met_them(call_as, checked, ann, bob, rita):
    answer_check(checked, ann, truly)
    answer_check(checked, bob, falsely)
    told = call_as(rita).get("projects/apples/checks").json()
    assert len(told) == 40
    assert sum(each["asked"] for each in told) == 2
    assert sum(each["agreed"] for each in told) == 1
    assert {each["suggestion"] for each in told} == {None}


def six_checks(project):
    return list(project.generations.get().items.filter(stratum="check").select_related("solution__gold")[:6])


def answer_six(project, name, items, *, missed):
    """A new labeler's answers to the checks: wrong where `missed`, right elsewhere."""
    person = present(factories.LabelerFactory(user__username=name).user)
    factories.MembershipFactory(project=project, user=person)
    for n, item in enumerate(items):
        answer = falsely if n in missed else truly
        factories.LabelFactory(
            assignment=factories.AssignmentFactory(item=item, labeler=person.labeler, state="submitted"),
            ratings=answer(item.solution.gold)["ratings"],
            is_quality_control_question=True,
        )


def test_a_labeler_is_good_who_reaches_the_bar_exactly_over_the_other_checks(call_as, checked, rita):
    Project.objects.filter(pk=checked.pk).update(check_bar=0.8)
    items = six_checks(checked)
    answer_six(checked, "good", items, missed={0, 5})  # 4 of 5 others beside a missed check, 3 of 5 beside another
    told = {each["solution_id"]: each["good_asked"] for each in call_as(rita).get("projects/apples/checks").json()}
    assert [told[item.solution_id] for item in items] == [1, 0, 0, 0, 0, 1]


def test_a_check_that_good_labelers_miss_is_suggested_for_retirement(call_as, checked, rita, monkeypatch):
    monkeypatch.setattr("labelhub.queries.quality.checks.GOOD", 2)
    items = six_checks(checked)
    for name in ("good0", "good1"):
        answer_six(checked, name, items, missed={0})
    first, *others = call_as(rita).get("projects/apples/checks").json()
    assert (first["solution_id"], first["good_asked"], first["good_agreed"]) == (items[0].solution_id, 2, 0)
    assert "2 of 2 good labelers miss it" in first["suggestion"]
    assert {each["suggestion"] for each in others} == {None}


def test_a_check_that_many_have_met_is_suggested_for_retirement(call_as, checked, ann, rita, monkeypatch):
    monkeypatch.setattr("labelhub.queries.quality.checks.WORN", 1)
    answer_check(checked, ann, truly)
    first, second, *_ = call_as(rita).get("projects/apples/checks").json()
    assert "1 labelers have met it" in first["suggestion"]
    assert second["suggestion"] is None
    gold = first["id"]
    call_as(rita).post(f"projects/apples/gold/{gold}/retire", {"reason": "Known."})
    assert gold not in [each["id"] for each in call_as(rita).get("projects/apples/checks").json()]


def test_the_bar_is_the_projects(call_as, checked, ann, olga):
    assert call_as(olga).patch("projects/apples", {"check_bar": 0}).status_code == 200
    checked.refresh_from_db()
    for _ in range(5):
        answer_check(
            Project.objects.get(pk=checked.pk), ann, lambda gold: GREAT if gold.first_mistakes else falsely(gold)
        )
    assert not Quarantine.objects.exists()
