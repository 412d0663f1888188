"""Screening by the labeler's own door: announced, told at the end, and let in or not."""

import pytest

from labelhub.models import Gold, Project
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

NEXT, SCREENING = "projects/apples/assignments/next", "projects/apples/screening"
SIZE = 5


@pytest.fixture
def screened(call_as, project: Project, olga, generation) -> Project:
    factories.BatchItemFactory(generation=generation)
    assert call_as(olga).call("patch", "projects/apples", {"screening_size": SIZE}).status_code == 200
    for n in range(12):
        fields = {} if n < 5 else {"first_mistakes": [1], "solution__wrong": True, "solution__answer": "eight"}
        factories.GoldFactory(purpose="screening", solution__problem__project=project, **fields)
    opened = call_as(olga).post(SCREENING)
    assert (opened.json()["is_open"], opened.json()["questions"]) == (True, 12)
    return project


def answer(browser, shown, right: bool):
    gold = Gold.objects.get(solution=shown["solution_id"])
    mistake = (gold.first_mistakes or [None])[0] if right else 0
    body = {
        "lease": shown["lease"]["token"],
        "ratings": [1, 1, 1] if mistake is None else [*[1] * mistake, -1],
        "finish_reason": "solution" if mistake is None else "found_error",
        "total_time": 1000,
    }
    return browser.put(f"assignments/{shown['id']}/label", body).json()


def take(browser, right: bool):
    shown, places = browser.post(NEXT).json()["assignment"], []
    while True:
        places.append((shown["screening"]["number"], shown["screening"]["of"]))
        answered = answer(browser, shown, right)
        if answered["screening"]:
            assert places == [(n + 1, SIZE) for n in range(SIZE)]
            return answered
        shown = answered["next"]


def test_it_is_announced_and_then_told(call_as, ann, screened):
    done = take(call_as(ann), right=True)
    assert done["screening"] == {
        "state": "passed",
        "agreed": 5,
        "of": 5,
        "needed": 4,
        "sentence": "You passed the screening: 5 of your 5 passes agree with the team's, and 4 are needed.",
    }
    assert done["next"]["screening"] is None
    assert call_as(ann).get("projects/apples/me").json()["screening"]["state"] == "passed"


def test_but_for_its_announcement_a_question_is_shown_as_any_item(call_as, ann, bob, screened):
    question = call_as(ann).post(NEXT).json()["assignment"]
    item = take(call_as(bob), right=True)["next"]
    assert set(question) == set(item)
    assert set(question) - {"screening"} == set(item) - {"screening"}
    assert item["screening"] is None


def test_who_fails_may_try_again_and_then_only_an_operator_lets_in(call_as, ann, olga, screened):
    browser = call_as(ann)
    assert take(browser, right=False)["reason"]["code"] == "screening_retake"
    assert browser.get("projects/apples/me").json()["screening"] == {
        "state": "failed",
        "attempt": 1,
        "answered": 5,
        "agreed": 0,
        "of": 5,
        "may_retake": True,
    }
    assert browser.post(f"{SCREENING}/retake").status_code == 201
    assert take(browser, right=False)["reason"]["code"] == "screening_failed"
    refused(browser.post(f"{SCREENING}/retake"), 409, "no_retake")
    [stands] = call_as(olga).get(f"{SCREENING}/labelers").json()["results"]
    assert (stands["username"], stands["stands"], stands["attempts"], stands["retakes_left"]) == ("ann", "failed", 2, 0)
    let_in = {"labeler": str(ann.labeler.pk), "reason": "She explained each of them to me."}
    assert call_as(olga).post(f"{SCREENING}/admit", let_in).status_code == 204
    assert browser.post(NEXT).json()["assignment"]["screening"] is None
    assert browser.get("projects/apples/me").json()["screening"]["state"] == "admitted"


def test_an_unfit_set_is_refused_by_name(call_as, olga, project):
    refused(call_as(olga).post(SCREENING), 409, "unfit_set")


def test_closing_ends_it(call_as, ann, olga, screened):
    assert call_as(olga).post(f"{SCREENING}/close", {"reason": "Enough."}).status_code == 204
    assert call_as(ann).post(NEXT).json()["assignment"]["screening"] is None


def test_its_rows_leave_as_generation_minus_one_with_their_flag(call_as, ann, olga, screened):
    take(call_as(ann), right=True)
    response = call_as(olga).get("projects/apples/exports/prm800k", generation=-1)
    rows = b"".join(response.streaming_content).decode().splitlines()
    assert len(rows) == SIZE
    for row in rows:
        assert '"generation": -1, "is_quality_control_question": false, "is_initial_screening_question": true' in row
    trained = call_as(olga).get("projects/apples/exports/prm800k", view="train")
    assert not b"".join(trained.streaming_content)


LABELERS = f"{SCREENING}/labelers"


def test_an_operator_grants_another_attempt_with_a_reason(call_as, ann, rita, olga, screened):
    Project.objects.filter(pk=screened.pk).update(screening_retakes=0)
    browser = call_as(ann)
    assert take(browser, right=False)["reason"]["code"] == "screening_failed"
    granted = {"labeler": str(ann.labeler.pk), "reason": "The page had crashed."}
    refused(call_as(rita).post(f"{SCREENING}/grant", granted), 403, "not_allowed")
    assert call_as(olga).post(f"{SCREENING}/grant", granted).status_code == 204
    assert take(browser, right=True)["screening"]["state"] == "passed"
    refused(call_as(olga).post(f"{SCREENING}/grant", granted), 409, "no_retake")


def test_everybody_is_told_where_they_stand_and_who_let_them_in(call_as, project, ann, bob, rita, olga, screened):
    take(call_as(ann), right=True)
    for _ in range(2):
        shown = call_as(bob).post(NEXT).json()["assignment"]
        answer(call_as(bob), shown, right=False)
    newcomer = factories.MembershipFactory(project=project, user=factories.LabelerFactory().user).user
    let_in = {"labeler": str(newcomer.labeler.pk), "reason": "He taught the others."}
    call_as(olga).post(f"{SCREENING}/admit", let_in)
    told = {each["username"]: each for each in call_as(rita).get(LABELERS).json()["results"]}
    assert list(told) == ["ann", "bob", newcomer.username]  # who reviews takes none
    assert {name: each["stands"] for name, each in told.items()} == {
        "ann": "passed",
        "bob": "open",
        newcomer.username: "admitted",
    }
    passed, under_way, by_hand = told.values()
    assert (passed["agreed"], passed["of"], passed["needed"], passed["answered"]) == (SIZE, SIZE, 4, SIZE)
    assert (under_way["answered"], under_way["of"], under_way["agreed"]) == (2, SIZE, None)
    assert (by_hand["admitted_by"], by_hand["reason"]) == ("olga", "He taught the others.")
    counts = call_as(rita).get(SCREENING).json()["labelers"]
    assert counts == {"to_take": 0, "open": 1, "passed": 1, "failed": 0, "admitted": 1}


def test_who_stands_where_comes_a_page_at_a_time_and_by_standing(call_as, project, ann, bob, rita, screened):
    take(call_as(ann), right=False)
    browser = call_as(rita)
    first = browser.get(LABELERS, limit=1).json()
    second = browser.get(LABELERS, limit=1, after=first["next"]).json()
    assert [each["username"] for each in first["results"] + second["results"]] == ["ann", "bob"]
    assert second["next"] is None
    [failed] = browser.get(LABELERS, stands="failed").json()["results"]
    assert (failed["username"], failed["agreed"], failed["needed"], failed["retakes_left"]) == ("ann", 0, 4, 1)
    assert browser.get(LABELERS, stands="passed").json()["results"] == []
    refused(browser.get(LABELERS, stands="asleep"), 400, "invalid")


def test_standings_cost_as_many_queries_however_many_they_are(
    call_as, project, ann, bob, rita, screened, django_assert_num_queries
):
    browser = call_as(rita)
    for answers in (ann, bob):
        take(call_as(answers), right=True)
        with django_assert_num_queries(5):  # session with its account, project with role; members, attempts, admissions
            browser.get(LABELERS)


def test_a_set_that_cannot_be_opened_says_why_before_anybody_tries(call_as, rita, project):
    told = call_as(rita).get(SCREENING).json()
    assert (told["is_open"], told["unfit"]) == (False, "There are 0 questions, and 30 are asked.")
