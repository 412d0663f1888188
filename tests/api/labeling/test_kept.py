"""A hand-in that follows another is judged by what that one left; whatever changed since counts as it does without."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from labelhub.api.http.bodies import _checked, _reader
from labelhub.api.labeling import passes
from labelhub.api.labeling.serializers.assignments import PassSerializer
from labelhub.models import (
    ApiToken,
    Assignment,
    BatchItem,
    BrowserSession,
    Generation,
    Label,
    Labeler,
    Membership,
    Project,
    User,
)
from labelhub.services.labeling import kept, labels, leases
from tests import factories
from tests.api.conftest import refused
from tests.api.labeling.test_assignments import NEXT, a_pass
from tests.present import present

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

EARLIER = timedelta(seconds=1)


@pytest.fixture
def hand_in(call_as, ann, generation) -> Callable[..., Any]:
    """`hand_in("token", meanwhile)`: ann's second pass, with something done between it and the first."""
    for position in range(4):
        factories.BatchItemFactory(generation=generation, position=position)

    def work(who: str, meanwhile: Callable[[], Any] = lambda: None, **changes: Any) -> Any:
        if who == "token":
            factories.ApiTokenFactory(user=ann, text="the-token-of-ann", last_used_at=timezone.now())
        browser = call_as(ann) if who == "session" else call_as(token="the-token-of-ann")
        first = browser.post(NEXT).json()["assignment"]
        second = browser.put(f"assignments/{first['id']}/label", a_pass(first)).json()["next"]
        meanwhile()
        return browser.put(f"assignments/{second['id']}/label", a_pass(second) | changes)

    return work


def held() -> Assignment:
    return Assignment.objects.select_related("item__generation__project").get(state="leased")


@pytest.mark.parametrize("who", ["token", "session"])
def test_a_hand_in_after_another_is_one_statement_that_asks_all(hand_in, who, ann):
    with CaptureQueriesContext(connection) as first:
        assert hand_in(who).status_code == 200
    written = labels.FROM_KEPT[who]
    mark = written.name if connection.vendor == "postgresql" else "labelhub_apitoken" if who == "token" else "SHA256("
    last = first.captured_queries[-1 if connection.vendor == "postgresql" else -8 :]
    assert any(mark in query["sql"] for query in last)
    assert Label.objects.filter(labeler=ann.labeler).count() == 2


@pytest.mark.parametrize("who", ["token", "session"])
def test_the_answer_is_what_it_is_without(hand_in, who):
    with_it = hand_in(who)
    labelled = Label.objects.latest("pk")
    Label.objects.all().delete()
    Assignment.objects.all().delete()
    ApiToken.objects.all().delete()
    BatchItem.objects.update(state="open")
    without = hand_in(who, kept.forget)
    again = Label.objects.latest("pk")
    assert dict(with_it.headers) | {"Content-Length": 0} == dict(without.headers) | {"Content-Length": 0}
    assert shape(with_it.json()) == shape(without.json())
    assert (present(labelled.body) | {"lease": 0}, labelled.steps) == (present(again.body) | {"lease": 0}, again.steps)
    assert (labelled.source, labelled.instructions_version) == (again.source, again.instructions_version)


def shape(answer: Any) -> Any:
    """The answer without ids, times and texts."""
    if isinstance(answer, dict):
        return {name: shape(value) for name, value in answer.items()}
    return [shape(value) for value in answer] if isinstance(answer, list) else type(answer)


def suspend() -> None:
    Membership.objects.update(suspended_at=timezone.now())


def close_account() -> None:
    User.objects.update(is_active=False)


def remove() -> None:
    Membership.objects.all().delete()


def close() -> None:
    Generation.objects.update(state="training")


def revoke() -> None:
    leases.revoke(assignment=held(), by=None, reason="It took too long.")


def pause() -> None:
    Labeler.objects.update(paused_in=[held().item.generation.project_id])


def lapse_and_give_on() -> None:
    Assignment.objects.update(expires_at=timezone.now() - EARLIER)
    project = held().item.generation.project
    leases.lapse_expired()
    while leases.claim_next(project=project, labeler=Labeler.objects.create()).assignment:
        pass


@pytest.mark.parametrize("who", ["token", "session"])
@pytest.mark.parametrize(
    ("meanwhile", "status", "code"),
    [
        (close_account, 401, None),
        (suspend, 403, "suspended"),
        (remove, 404, "not_found"),
        (close, 409, "generation_closed"),
        (revoke, 409, "lease_lost"),
        (lapse_and_give_on, 409, "lease_lost"),
        (pause, 409, "paused"),
    ],
)
def test_whatever_shuts_a_labeler_out_does_so_at_once(hand_in, who, meanwhile, status, code):
    answer = hand_in(who, meanwhile)
    assert answer.status_code == status, answer.content
    assert code is None or answer.json()["code"] == code
    assert Label.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (lambda: ApiToken.objects.all().delete(), 401, "bad_token"),
        (lambda: ApiToken.objects.update(expires_at=timezone.now() - EARLIER), 401, "token_expired"),
        (lambda: ApiToken.objects.update(scope="read"), 403, "out_of_scope"),
        (lambda: ApiToken.objects.update(user=factories.UserFactory(username="heir")), 404, "not_found"),
    ],
)
def test_a_token_that_was_revoked_or_changed_hands_nothing_in(hand_in, change, status, code):
    refused(hand_in("token", change), status, code)
    assert Label.objects.count() == 1


def test_the_use_of_a_token_is_written_down_each_hour(hand_in):
    before = timezone.now() - timedelta(hours=2)
    assert hand_in("token", lambda: ApiToken.objects.update(last_used_at=before)).status_code == 200
    assert present(ApiToken.objects.get().last_used_at) > before + timedelta(hours=1)


@pytest.mark.parametrize(
    "change",
    [
        lambda: BrowserSession.objects.all().delete(),
        lambda: BrowserSession.objects.update(expire_date=timezone.now() - EARLIER),
        lambda: BrowserSession.objects.update(session_data=""),
        lambda: User.objects.update(password="!"),
    ],
)
def test_a_session_that_ended_hands_nothing_in(hand_in, change):
    refused(hand_in("session", change), 401, "not_signed_in")
    assert Label.objects.count() == 1


def test_a_session_under_another_key_is_another_session(hand_in):
    def cycle() -> None:
        row = BrowserSession.objects.get()
        BrowserSession.objects.all().delete()
        row.session_key = "another" + row.session_key[7:]
        row.save(force_insert=True)

    refused(hand_in("session", cycle), 401, "not_signed_in")


def test_a_session_needs_its_csrf_token_each_time(ann, generation):
    for position in range(3):
        factories.BatchItemFactory(generation=generation, position=position)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann)
    browser.get("/api/v1/auth/me")
    token = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    json: Any = {"content_type": "application/json"}
    first = browser.post(f"/api/v1/{NEXT}", {}, headers=token, **json).json()["assignment"]
    answer = browser.put(f"/api/v1/assignments/{first['id']}/label", a_pass(first), headers=token, **json)
    second = answer.json()["next"]
    refused(browser.put(f"/api/v1/assignments/{second['id']}/label", a_pass(second), **json), 403, "csrf_failed")
    assert Label.objects.count() == 1


def test_a_superuser_who_is_one_no_more_has_no_assignment_there(hand_in, ann):
    ann.is_superuser = True
    ann.save()
    Membership.objects.all().delete()
    refused(hand_in("token", lambda: User.objects.update(is_superuser=False)), 404, "not_found")


@pytest.mark.parametrize("who", ["token", "session"])
def test_another_role_changes_nothing(hand_in, who):
    assert hand_in(who, lambda: Membership.objects.update(role="reviewer")).status_code == 200


@pytest.mark.parametrize("state", ["withdrawn", "open"])
def test_an_item_in_another_state_takes_the_pass_that_was_under_way(hand_in, state):
    answer = hand_in("token", lambda: BatchItem.objects.filter(assignments__state="leased").update(state=state))
    assert answer.status_code == 200
    assert present(Label.objects.latest("pk").assignment).item.state == "done"


def test_a_lease_handed_back_elsewhere_still_takes_its_pass(hand_in):
    assert hand_in("token", lambda: leases.release(assignment=held())).status_code == 200


def test_a_restored_database_with_another_lease_under_the_id_takes_no_pass_on_it(hand_in):
    def restore() -> None:
        Assignment.objects.filter(state="leased").update(lease_token="of-somebody-else")

    refused(hand_in("token", restore), 409, "lease_lost")


def test_the_next_lease_is_as_long_as_the_project_says_by_now(hand_in):
    answer = hand_in("token", lambda: Project.objects.update(lease_seconds=120))
    assert answer.status_code == 200
    assert held().expires_at < timezone.now() + timedelta(seconds=121)


def test_who_is_screened_from_now_on_gets_nothing_from_the_queue(hand_in):
    assert hand_in("token", lambda: Project.objects.update(screens=True)).json()["next"] is None


def test_an_account_marked_as_simulated_makes_simulated_labels(hand_in):
    hand_in("token", lambda: User.objects.update(simulated=True))
    assert Label.objects.latest("pk").source == "simulated"


def test_what_is_not_json_is_refused_as_ever(hand_in):
    refused(hand_in("token", lambda: None, ratings=["good"]), 400, "invalid")
    assert Label.objects.count() == 1


def test_no_more_is_kept_than_was_promised(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    credential = kept.Credential("token", "digest", "digest")
    for pk in (1, 2, 3):
        kept.keep(kept.Kept(credential, Assignment(pk=pk), None, "human"))  # type: ignore[arg-type]
    assert kept.take("token", "digest", 1) is None
    assert present(kept.take("token", "digest", 3)).assignment.pk == 3
    assert kept.take("token", "digest", 3) is None, "it serves one hand-in"
    monkeypatch.setattr(kept, "SECONDS", -1)
    kept.keep(kept.Kept(credential, Assignment(pk=4), None, "human"))  # type: ignore[arg-type]
    assert kept.take("token", "digest", 2) is kept.take("token", "digest", 4) is None


whole = st.one_of(st.integers(-2, 3), st.sampled_from([2**31, 2**31 - 1, 2**63, True, 1.0, "1", None]))
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "lease": st.sampled_from(["the-lease", " the-lease", {"token": "the-lease"}, "", 1]),
        "ratings": st.one_of(st.lists(whole, max_size=4), st.just("1"), st.none()),
        "finish_reason": st.sampled_from(["solution", "found_error", "give_up", "", None, ["solution"]]),
        "total_time": whole,
        "flagged": st.one_of(st.lists(whole, max_size=2), st.none()),
        "alternatives": st.sampled_from([[], [{"id": 1, "rating": 1}], None, {}]),
        "reason": st.sampled_from(["", "because", 0, None, []]),
        "comment": st.sampled_from([None, {"text": "hm"}, "", False]),
        "holding": st.one_of(st.lists(whole, max_size=2), st.none()),
        "revises": st.sampled_from([None, 1, 0, ""]),
        "other": st.just(1),
    },
)


@given(BODIES | BODIES.map(lambda body: {"lease": "the-lease", "ratings": [1], "total_time": 1, **body}))
def test_a_pass_read_at_a_glance_is_what_the_serializer_reads(body):
    glance = passes.plain(body, lease="the-lease")
    if glance is not None:
        read = _checked(_reader(PassSerializer), body)
        assert read.pop("revises", None) is None
        assert glance == read


def test_most_passes_are_read_at_a_glance():
    body = {"lease": "x", "ratings": [1, None, -1], "flagged": [1], "finish_reason": "found_error", "total_time": 5}
    assert passes.plain(body | {"holding": [3], "comment": None}, lease="x")
    assert passes.plain([], lease="x") is None
