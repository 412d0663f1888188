"""The labeler's door: what is shown, what is taken, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labelhub.api.labeling.serializers.assignments import MOST_STEPS, AssignmentSerializer, LabelSerializer
from labelhub.models import Assignment, BatchItem, Comment, Generation, Label
from labelhub.queries.accounts import sessions, tokens
from labelhub.queries.labeling import queue
from labelhub.services.labeling import claiming, hand_in, kept, labels
from selector.formats import fields
from tests import factories
from tests.api.conftest import refused
from tests.present import present

pytestmark = pytest.mark.django_db

NEXT = "projects/apples/assignments/next"
SHOWN = {
    "id",
    "lease",
    "solution_id",
    "problem",
    "ground_truth_answer",
    "steps",
    "alternatives",
    "instructions_version",
    "screening",
}


@pytest.fixture
def items(generation, checkpoint) -> list[BatchItem]:
    """Three items, each with all that a labeler must not see."""
    made = []
    for stratum in ("wrong", "audit", "gate"):
        item = factories.BatchItemFactory(
            generation=generation, stratum=stratum, log_score=-0.25, solution__problem__ground_truth_solution="SECRET"
        )
        factories.ScoreFactory(checkpoint=checkpoint, solution=item.solution)
        made.append(item)
    return made


def a_pass(assignment, **changes):
    whole = {
        "lease": assignment["lease"]["token"],
        "ratings": [1] * len(assignment["steps"]),
        "flagged": [],
        "alternatives": [],
        "finish_reason": "solution",
        "reason": "",
        "total_time": 61_000,
    }
    return whole | changes


def test_an_assignment_shows_what_a_labeler_needs_and_nothing_else(call_as, ann, items):
    alternative = factories.AlternativeFactory(solution=items[0].solution, step=1)
    response = call_as(ann).post(NEXT, {"holding": []})
    assert set(response.json()) == {"assignment", "reason"}
    shown = response.json()["assignment"]
    assert set(shown) == set(AssignmentSerializer().fields) == SHOWN
    assert set(shown["lease"]) == {"token", "expires_at"}
    assert shown["solution_id"] == items[0].solution_id
    assert shown["problem"] == items[0].solution.problem.text
    assert shown["ground_truth_answer"] == "7"
    assert shown["steps"] == items[0].solution.steps
    assert shown["alternatives"] == {"1": [{"id": alternative.pk, "text": alternative.text}]}
    assert shown["instructions_version"] == 1
    assert response.json()["reason"] is None
    assert shown["screening"] is None


@pytest.mark.parametrize("word", ["SECRET", "stratum", "score", "gate", "audit", "grade", "wrong", "rank", "flag"])
def test_nothing_in_an_assignment_tells_why_it_was_picked(call_as, ann, items, word):
    browser = call_as(ann)
    for _ in items:
        response = browser.post(NEXT, {"holding": []})
        shown = response.json()["assignment"]
        assert word not in response.content.decode()
        answered = browser.put(f"assignments/{shown['id']}/label", a_pass(shown))
        assert word not in answered.content.decode()


def test_when_there_is_nothing_the_reason_is_a_code_with_its_sentence(call_as, ann, project):
    assert call_as(ann).post(NEXT).json() == {
        "assignment": None,
        "reason": {
            "code": "no_generation",
            "sentence": "No generation is open for labeling yet. An operator opens the next one.",
        },
    }


def test_a_live_lease_comes_back_unless_the_page_holds_it(call_as, ann, items):
    browser = call_as(ann)
    first = browser.post(NEXT).json()["assignment"]
    assert browser.post(NEXT).json()["assignment"]["id"] == first["id"]
    second = browser.post(NEXT, {"holding": [first["id"]]}).json()["assignment"]
    assert second["id"] != first["id"]
    both = browser.post(NEXT, {"holding": [first["id"], second["id"]]}).json()
    assert both["reason"]["code"] == "holding_two"


def test_handing_in_gives_the_label_and_the_next_assignment(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    answered = browser.put(f"assignments/{shown['id']}/label", a_pass(shown)).json()
    assert set(answered) == {"label", "next", "reason", "screening"}
    assert set(answered["label"]) == set(LabelSerializer().fields)
    assert answered["label"] | {"id": 0, "submitted_at": ""} == {
        "id": 0,
        "assignment_id": shown["id"],
        "solution_id": shown["solution_id"],
        "revision": 1,
        "source": "human",
        "finish_reason": "solution",
        "reason": "",
        "total_time": 61_000,
        "submitted_at": "",
        "instructions_version": 1,
    }
    assert set(answered["next"]) == SHOWN
    assert answered["next"]["id"] != shown["id"]
    assert answered["reason"] is None


def test_the_same_body_twice_is_one_label_and_the_same_answer(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    once, twice = (browser.put(f"assignments/{shown['id']}/label", a_pass(shown)).json() for _ in range(2))
    for each in (once, twice):
        each["next"]["lease"].pop("expires_at")  # shown again is renewed
    assert once == twice
    assert Label.objects.count() == 1


def test_of_corrections_the_one_that_names_an_older_revision_is_told_the_current_label(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    path = f"assignments/{shown['id']}/label"
    browser.put(path, a_pass(shown))
    corrected = browser.put(path, a_pass(shown, ratings=[1, 1, 0], revises=1)).json()["label"]
    stale = browser.put(path, a_pass(shown, ratings=[1, 0, 0], revises=1))
    assert (stale.status_code, stale.json()["code"], stale.json()["label"]) == (409, "stale_revision", corrected)
    assert set(stale.json()) == {"code", "detail", "fields", "label"}
    assert browser.put(path, a_pass(shown, ratings=[1, 0, 0], revises=2)).json()["label"]["revision"] == 3
    assert browser.put(path, a_pass(shown, ratings=[1, 0, 1], revises=None)).json()["label"]["revision"] == 4
    assert browser.put(path, a_pass(shown, revises=1)).json()["label"]["revision"] == 1


def test_holding_is_no_part_of_the_pass(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    prefetched = browser.post(NEXT, {"holding": [shown["id"]]}).json()["assignment"]
    path, holding = f"assignments/{shown['id']}/label", [prefetched["id"]]
    answered = browser.put(path, a_pass(shown, holding=holding)).json()
    assert answered["next"]["id"] not in (shown["id"], prefetched["id"])
    assert browser.put(path, a_pass(shown)).json()["label"] == answered["label"]
    assert Label.objects.count() == 1


def test_the_last_label_comes_with_the_reason_why_nothing_follows(call_as, ann, generation):
    factories.BatchItemFactory(generation=generation)
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    answered = browser.put(f"assignments/{shown['id']}/label", a_pass(shown)).json()
    assert answered["next"] is None
    assert answered["reason"]["code"] == "batch_finished"


def test_the_lease_may_come_back_whole_or_as_its_token(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    whole = browser.put(f"assignments/{shown['id']}/label", a_pass(shown, lease=shown["lease"])).json()
    token = browser.put(f"assignments/{shown['id']}/label", a_pass(shown)).json()
    assert whole["label"] == token["label"]


def test_a_programs_labels_say_so(call_as, ann, items):
    ann.simulated = True
    ann.save()
    factories.ApiTokenFactory(user=ann, text="the-token-of-ann")
    script = call_as(token="the-token-of-ann")
    shown = script.post(NEXT).json()["assignment"]
    answered = script.put(f"assignments/{shown['id']}/label", a_pass(shown)).json()
    assert answered["label"]["source"] == Label.objects.get().source == "simulated"


def test_the_source_cannot_be_claimed(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    response = browser.put(f"assignments/{shown['id']}/label", a_pass(shown, source="imported"))
    assert set(refused(response, 400, "invalid")) == {"source"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ratings": [1, -1, 1], "finish_reason": "found_error"}, "ratings"),
        ({"ratings": [1, 1, 1, 1]}, "ratings"),
        ({"ratings": [1]}, "finish_reason"),
        ({"ratings": [1, None, 1]}, "flagged"),
        ({"ratings": [], "finish_reason": "give_up"}, "reason"),
        (
            {"ratings": [1, -1], "finish_reason": "found_error", "alternatives": [{"id": 1, "rating": 1}]},
            "alternatives",
        ),
    ],
)
def test_a_pass_that_breaks_a_rule_is_refused_by_field(call_as, ann, items, changes, field):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    response = browser.put(f"assignments/{shown['id']}/label", a_pass(shown, **changes))
    assert set(refused(response, 400, "invalid_label")) == {field}
    assert not Label.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"ratings": [1, True, 1]},
        {"ratings": [1, "1", 1]},
        {"ratings": [1, 0.0, 1]},
        {"ratings": [1] * 10_001},
        {"total_time": -1},
        {"total_time": 2**31},
        {"total_time": None},
        {"finish_reason": "finished"},
        {"flagged": ["0"]},
        {"alternatives": [{"id": 2**80, "rating": 1}]},
        {"lease": None},
        {"revises": 0},
        {"revises": "1"},
        {"reason": "a\x00b"},
    ],
)
def test_a_body_of_the_wrong_kind_is_refused(call_as, ann, items, changes):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    response = browser.put(f"assignments/{shown['id']}/label", a_pass(shown, **changes))
    assert set(refused(response, 400, "invalid")) == set(changes)


def test_after_closing_the_pass_is_refused(call_as, ann, items, generation):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    generation.state = "training"
    generation.save()
    refused(browser.put(f"assignments/{shown['id']}/label", a_pass(shown)), 409, "generation_closed")


def test_what_was_given_on_is_lost_and_kept_as_a_draft(call_as, ann, bob, generation):
    factories.BatchItemFactory(generation=generation)
    shown = call_as(ann).post(NEXT).json()["assignment"]
    Assignment.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    taken = call_as(bob).post(NEXT).json()["assignment"]
    assert taken["solution_id"] == shown["solution_id"]
    refused(call_as(ann).put(f"assignments/{shown['id']}/label", a_pass(shown)), 409, "lease_lost")
    assert present(Assignment.objects.get(pk=shown["id"]).draft)["ratings"] == [1, 1, 1]
    refused(call_as(ann).post(f"assignments/{shown['id']}/renew"), 409, "lease_lost")


def test_renewing_extends_the_lease_and_keeps_its_token(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    Assignment.objects.update(expires_at=timezone.now() + timedelta(seconds=5))
    lease = browser.post(f"assignments/{shown['id']}/renew").json()
    assert lease["token"] == shown["lease"]["token"]
    assert Assignment.objects.get().expires_at > timezone.now() + timedelta(minutes=20)


def test_releasing_hands_the_item_to_the_next_who_asks(call_as, ann, bob, generation):
    factories.BatchItemFactory(generation=generation)
    shown = call_as(ann).post(NEXT).json()["assignment"]
    assert call_as(bob).post(NEXT).json()["reason"]["code"] == "all_leased"
    assert call_as(ann).post(f"assignments/{shown['id']}/release").status_code == 204
    assert call_as(bob).post(NEXT).json()["assignment"]["solution_id"] == shown["solution_id"]


def test_a_token_to_label_with_takes_renews_and_hands_in(call_as, ann, items):
    factories.ApiTokenFactory(user=ann, text="the-token-of-ann", scope="label")
    script = call_as(token="the-token-of-ann")
    shown = script.post(NEXT).json()["assignment"]
    assert script.post(f"assignments/{shown['id']}/renew").status_code == 200
    answer = script.put(f"assignments/{shown['id']}/label", a_pass(shown))
    assert answer.status_code == 200, answer.content
    assert script.post(f"assignments/{answer.json()['next']['id']}/release").status_code == 204


@pytest.mark.data_layer
@pytest.mark.parametrize("who", ["token", "session"])
def test_what_a_claim_and_a_hand_in_cost(call_as, ann, items, who):
    """What every labeler waits for, in messages to the database; a savepoint here is a transaction outside of tests."""
    factories.ApiTokenFactory(user=ann, text="the-token-of-ann")
    labeler = call_as(ann) if who == "session" else call_as(token="the-token-of-ann")
    warm = labeler.post(NEXT).json()["assignment"]
    shown = labeler.put(f"assignments/{warm['id']}/label", a_pass(warm)).json()["next"]
    labeler.post(f"assignments/{shown['id']}/release")  # by now PostgreSQL has planned each statement
    with CaptureQueriesContext(connection) as claim:
        shown = labeler.post(NEXT).json()["assignment"]
    kept.forget()
    with CaptureQueriesContext(connection) as hand_in:
        labeler.put(f"assignments/{shown['id']}/label", a_pass(shown))
    lease = ["lease", "item leased", "answer"]
    label = ["label", "assignment ends", "item done"]
    message = (lambda parts: parts) if connection.vendor == "sqlite" else (lambda parts: parts[:1])
    assert kinds(claim) == [who, "project, with role", "begin", "labeler, locked", *message(lease), "commit"]
    assert kinds(hand_in) == [f"{who} and assignment", *message([*label, *lease])]  # the message is the transaction


KINDS = {
    "RELEASE SAVEPOINT": "commit",
    "SAVEPOINT": "begin",
    'FROM "labelhub_project"': "project, with role",
    **{
        mark: kind
        for statement, kind in {
            tokens.TOKEN: "token",
            tokens.TOKEN_HANDING_IN: "token and assignment",
            sessions.SESSION: "session",
            sessions.SESSION_HANDING_IN: "session and assignment",
            queue.LABELER: "labeler, locked",
            claiming.SETTLE: "item settled",
            claiming.FINISH_WHOLE: "item done",
            claiming.LEASE: "item leased",
            claiming.CLAIM: "lease",
            claiming.OFFERED: "answer",
            hand_in.FINISH: "assignment ends",
            labels.HAND_IN: "label",
        }.items()
        for mark in (statement.name, statement.sql.split("%(")[0])
    },
}


def kinds(captured: CaptureQueriesContext) -> list[str]:
    """What each message is for, by the first statement in it."""
    return [
        min((sql.find(mark), kind) for mark, kind in KINDS.items() if mark in sql)[1]
        if any(mark in sql for mark in KINDS)
        else sql
        for sql in (query["sql"] for query in captured)
    ]


def test_a_comment_stays_with_its_revision_of_the_label(call_as, ann, items):
    browser = call_as(ann)
    shown = browser.post(NEXT).json()["assignment"]
    asked = a_pass(shown, comment={"text": "Is the answer wrong?", "is_question": True})
    first = browser.put(f"assignments/{shown['id']}/label", asked).json()["label"]["id"]
    assert browser.put(f"assignments/{shown['id']}/label", asked).json()["label"]["id"] == first
    other = a_pass(shown, comment={"text": "Never mind."})
    second = browser.put(f"assignments/{shown['id']}/label", other).json()["label"]["id"]
    assert list(Comment.objects.order_by("pk").values_list("pk", "text", "is_question")) == [
        (first, "Is the answer wrong?", True),
        (second, "Never mind.", False),
    ]
    without = browser.put(f"assignments/{shown['id']}/label", a_pass(shown)).json()["label"]
    assert without["revision"] == 3
    assert Comment.objects.count() == 2


@pytest.mark.parametrize("comment", [{"text": ""}, {"text": "x" * 5001}, "a text", {"is_question": True}])
def test_a_comment_that_says_nothing_is_refused(call_as, ann, items, comment):
    shown = call_as(ann).post(NEXT).json()["assignment"]
    answered = call_as(ann).put(f"assignments/{shown['id']}/label", a_pass(shown, comment=comment))
    assert refused(answered, 400, "invalid")
    assert not Label.objects.exists()


def test_a_pass_that_came_too_late_keeps_its_comment_in_the_draft(call_as, ann, generation, items):
    shown = call_as(ann).post(NEXT).json()["assignment"]
    Generation.objects.filter(pk=generation.pk).update(state="training")
    comment = {"text": "A remark.", "is_question": False}
    call_as(ann).put(f"assignments/{shown['id']}/label", a_pass(shown, comment=comment))
    assert present(Assignment.objects.get(pk=shown["id"]).draft)["comment"] == comment


def test_an_import_takes_no_solution_of_more_steps_than_a_hand_in_carries():
    assert fields.MAX_STEPS == MOST_STEPS
