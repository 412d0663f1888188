"""Joining a project by a link."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from labelhub.errors import InvitationOver
from labelhub.models import Event, Invitation, Membership, User
from labelhub.services.accounts import invitations
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

MADE = "projects/apples/invitations"
ZOE = {"username": "zoe", "password": "a horse and two dogs"}


@pytest.fixture
def link(project, olga) -> Invitation:
    return factories.InvitationFactory(project=project, created_by=olga, secret="come in")


def test_a_links_secret_is_shown_once_and_kept_as_its_digest(call_as, olga):
    browser = call_as(olga)
    made = browser.post(MADE, {"role": "labeler", "note": "for the evening group"}).json()
    assert Invitation.objects.get().digest == sha256(made["secret"].encode()).hexdigest()
    [listed] = browser.get(MADE).json()
    assert (listed["state"], listed["note"], listed["uses"], listed["used"]) == ("open", "for the evening group", 1, 0)
    assert made["secret"] not in str(listed)
    assert made["secret"] not in str(list(Event.objects.values()))


def test_a_link_opens_for_seven_days_unless_told_otherwise(call_as, olga):
    browser = call_as(olga)
    browser.post(MADE, {"role": "labeler"})
    browser.post(MADE, {"role": "labeler", "days": 1})
    day, week = Invitation.objects.order_by("expires_at").values_list("expires_at", flat=True)
    assert timedelta(days=6.9) < week - timezone.now() < timedelta(days=7)
    assert timedelta(days=0.9) < day - timezone.now() < timedelta(days=1)


def test_whoever_holds_the_link_sees_what_it_is_for(call_as, link, project, olga):
    seen = call_as().post("auth/invitations/look", {"secret": "come in"}).json()
    assert seen["project"] == {"slug": "apples", "name": project.name}
    assert (seen["role"], seen["invited_by"]) == ("labeler", "olga")


def test_a_newcomer_chooses_name_and_password_and_is_in(call_as, link):
    browser = call_as()
    me = browser.post("auth/invitations/join", {"secret": "come in"} | ZOE)
    assert me.status_code == 201
    assert [each["role"] for each in me.json()["memberships"]] == ["labeler"]
    assert browser.get("projects/apples").status_code == 200  # signed in by the same answer
    assert User.objects.get(username="zoe").check_password(ZOE["password"])
    assert Event.objects.get(verb="join").detail == {"invitation": link.pk, "role": "labeler"}


def test_joining_starts_a_new_session(call_as, link, ann):
    """An id that somebody put into the newcomer's browser beforehand opens nothing."""
    browser = call_as(ann)
    before = browser.client.session.session_key
    browser.post("auth/invitations/join", {"secret": "come in"} | ZOE)
    assert browser.client.session.session_key != before
    assert browser.get("auth/me").json()["username"] == "zoe"


def test_joining_without_the_csrf_token_is_refused(call_as, link):
    refused(call_as(csrf=True).post("auth/invitations/join", {"secret": "come in"} | ZOE), 403, "csrf_failed")
    assert not User.objects.filter(username="zoe").exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"username": "zoe the great"}, "username"),
    ],
)
def test_an_unfit_name_or_password_is_refused_and_the_link_stays(call_as, link, body, field):
    fields = refused(call_as().post("auth/invitations/join", {"secret": "come in"} | ZOE | body), 400, "invalid")
    assert field in fields
    link.refresh_from_db()
    assert link.used == 0


def test_a_name_that_is_taken_is_refused_and_the_link_stays(call_as, link, ann):
    refused(call_as().post("auth/invitations/join", {"secret": "come in"} | ZOE | {"username": "Ann"}), 409, "conflict")
    link.refresh_from_db()
    assert link.used == 0


def test_who_is_signed_in_joins_with_the_account_there_is(call_as, link, stranger):
    me = call_as(stranger).post("auth/invitations/accept", {"secret": "come in"}).json()
    assert [each["project"]["slug"] for each in me["memberships"]] == ["apples"]
    assert stranger.memberships.get().role == "labeler"


def test_a_member_keeps_the_role_and_does_not_spend_the_link(call_as, project, olga, rita):
    link = factories.InvitationFactory(project=project, created_by=olga, secret="up", role="operator")
    refused(call_as(rita).post("auth/invitations/accept", {"secret": "up"}), 409, "conflict")
    link.refresh_from_db()
    assert (rita.memberships.get().role, link.used) == ("reviewer", 0)


def test_who_is_suspended_does_not_come_back_by_a_link(call_as, link, ann):
    Membership.objects.filter(user=ann).update(suspended_at=timezone.now())
    refused(call_as(ann).post("auth/invitations/accept", {"secret": "come in"}), 409, "conflict")
    refused(call_as(ann).get("projects/apples"), 403, "suspended")


def test_a_link_is_good_for_as_many_as_it_was_made_for(call_as, project, olga):
    factories.InvitationFactory(project=project, created_by=olga, secret="come in", uses=2)
    for name, status in [("zoe", 201), ("yves", 201), ("xaver", 404)]:
        body = {"secret": "come in", "username": name, "password": "a horse and two dogs"}
        assert call_as().post("auth/invitations/join", body).status_code == status
    assert call_as(olga).get(MADE).json()[0]["state"] == "used"


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"used": 1},
        {"digest": "another"},
    ],
)
def test_a_link_that_is_over_is_told_like_one_that_never_was(call_as, link, stranger, change):
    Invitation.objects.update(**change)
    answers = [
        call_as().post("auth/invitations/look", {"secret": "come in"}),
        call_as(stranger).post("auth/invitations/accept", {"secret": "come in"}),
        call_as().post("auth/invitations/join", {"secret": "come in"} | ZOE),
    ]
    for answer in answers:
        refused(answer, 404, "invitation_over")
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert not stranger.memberships.exists()


def test_a_link_without_its_secret_is_told_like_one_that_is_over(call_as, link):
    refused(call_as().post("auth/invitations/look", {"secret": ""}), 404, "invitation_over")


def test_a_revoked_link_closes_at_once_and_who_came_by_it_stays(call_as, project, olga, stranger):
    link = factories.InvitationFactory(project=project, created_by=olga, secret="come in", uses=5)
    call_as(stranger).post("auth/invitations/accept", {"secret": "come in"})
    for _ in range(2):
        assert call_as(olga).delete(f"{MADE}/{link.pk}").status_code == 204
    refused(call_as().post("auth/invitations/look", {"secret": "come in"}), 404, "invitation_over")
    assert stranger.memberships.exists()
    assert Event.objects.filter(verb="revoke", subject=f"invitation {link.pk}").count() == 1


@pytest.mark.parametrize("change", [{"role": "reviewer"}, {"suspended_at": timezone.now()}, None])
def test_nobody_comes_in_by_the_word_of_an_operator_who_is_none_any_more(call_as, link, olga, stranger, change):
    mine = Membership.objects.filter(user=olga)
    _ = mine.update(**change) if change else mine.delete()
    refused(call_as(stranger).post("auth/invitations/accept", {"secret": "come in"}), 404, "invitation_over")


def test_the_word_of_a_closed_account_opens_nothing(link, olga):
    User.objects.filter(pk=olga.pk).update(is_active=False)
    with pytest.raises(InvitationOver):
        invitations.look("come in")


@pytest.mark.parametrize("body", [{"days": 0}, {"days": 91}, {"uses": 0}, {"uses": 1001}, {"role": "emperor"}])
def test_a_link_without_bounds_is_not_made(call_as, olga, body):
    assert set(body) == set(refused(call_as(olga).post(MADE, {"role": "labeler"} | body), 400, "invalid"))
