"""A project's members."""

import pytest

from labelhub.errors import Absent, Suspended
from labelhub.models import Assignment, Event, Label, Labeler, Membership, User
from labelhub.services.accounts import people
from labelhub.services.accounts.allauth_internals import TOTP, generate_totp_secret
from labelhub.services.labeling import hand_in
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

MEMBERS = "projects/apples/members"


def test_members_are_listed_with_role_and_pseudonym_in_one_query(call_as, ann, rita, olga, django_assert_num_queries):
    browser = call_as(olga)
    with django_assert_num_queries(3):  # session with its account, project with role, members
        listed = browser.get(MEMBERS).json()
    assert [(each["username"], each["role"]) for each in listed] == [
        ("ann", "labeler"),
        ("olga", "operator"),
        ("rita", "reviewer"),
    ]
    assert listed[0]["labeler"] == str(ann.labeler.pk)


@pytest.mark.parametrize(("asked", "told"), [(True, [False, True, False]), (False, [None, None, None])])
def test_who_has_a_second_factor_is_told_where_the_site_asks_for_one(call_as, ann, rita, olga, settings, asked, told):
    TOTP.activate(olga, generate_totp_secret())
    settings.TWO_FACTOR_FOR_OPERATORS = asked
    assert [each["second_factor"] for each in call_as(olga).get(MEMBERS).json()] == told
    ours = f"{MEMBERS}/{ann.memberships.get().pk}"
    assert call_as(olga).patch(ours, {"role": "reviewer"}).json()["second_factor"] is told[0]


def test_an_account_without_a_pseudonym_yet_is_listed(call_as, olga, project):
    factories.MembershipFactory(project=project, user=factories.UserFactory(username="zoe"))
    assert call_as(olga).get(MEMBERS).json()[-1]["labeler"] is None


def test_a_new_account_gets_a_password_that_is_shown_once(call_as, olga):
    added = call_as(olga).post(MEMBERS, {"username": "zoe", "role": "labeler"}).json()
    zoe = User.objects.get(username="zoe")
    assert zoe.check_password(added["password"])
    assert len(added["password"]) >= 16
    assert added["labeler"] == str(zoe.labeler.pk)
    assert "password" not in call_as(olga).get(MEMBERS).json()[0]


def test_a_given_password_is_kept_and_not_told_back(call_as, olga):
    body = {"username": "zoe", "role": "labeler", "password": " two words and a dog "}
    assert call_as(olga).post(MEMBERS, body).json()["password"] is None
    assert User.objects.get(username="zoe").check_password(" two words and a dog ")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "zoe", "password": "short"}, "password"),
        ({"username": "zoezoezoe", "password": "zoezoezoe1"}, "password"),
        ({"username": "zoe the great"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "zoe", "role": "emperor"}, "role"),
    ],
)
def test_a_name_password_or_role_that_will_not_do_is_refused(call_as, olga, body, field):
    response = call_as(olga).post(MEMBERS, {"role": "labeler"} | body)
    assert field in refused(response, 400, "invalid")
    assert not User.objects.filter(username__startswith="zoe").exists()


def test_somebody_who_has_an_account_joins_with_it(call_as, olga, stranger):
    added = call_as(olga).post(MEMBERS, {"username": "stranger", "role": "reviewer"}).json()
    assert (added["role"], added["password"]) == ("reviewer", None)
    assert call_as(stranger).get("projects/apples").json()["role"] == "reviewer"


def test_nobody_sets_the_password_of_an_account_that_is_there(call_as, olga, stranger):
    body = {"username": "stranger", "role": "labeler", "password": "another horse entirely"}
    refused(call_as(olga).post(MEMBERS, body), 409, "conflict")
    stranger.refresh_from_db()
    assert stranger.check_password(factories.PASSWORD)
    assert not stranger.memberships.exists()


def test_a_member_is_not_added_twice(call_as, olga, ann):
    refused(call_as(olga).post(MEMBERS, {"username": "ann", "role": "operator"}), 409, "conflict")
    assert ann.memberships.get().role == "labeler"


def test_a_role_changes_at_once_and_leaves_a_record(call_as, olga, ann):
    membership = ann.memberships.get()
    assert call_as(olga).patch(f"{MEMBERS}/{membership.pk}", {"role": "reviewer"}).json()["role"] == "reviewer"
    assert call_as(ann).get("projects/apples/agreement").status_code == 200
    assert Event.objects.get(verb="change role").detail == {"before": "labeler", "after": "reviewer"}


def test_the_last_operator_stays(call_as, olga, ann):
    mine, browser = olga.memberships.get(), call_as(olga)
    refused(browser.patch(f"{MEMBERS}/{mine.pk}", {"role": "labeler"}), 409, "wrong_state")
    refused(browser.delete(f"{MEMBERS}/{mine.pk}"), 409, "wrong_state")
    browser.patch(f"{MEMBERS}/{ann.memberships.get().pk}", {"role": "operator"})
    assert browser.delete(f"{MEMBERS}/{mine.pk}").status_code == 204


def test_who_is_removed_loses_the_leases_and_keeps_the_labels(call_as, olga, ann, generation):
    done = factories.LabelFactory(assignment__labeler=ann.labeler, assignment__item__generation=generation)
    held = factories.AssignmentFactory(labeler=ann.labeler, item__generation=generation)
    assert call_as(olga).delete(f"{MEMBERS}/{ann.memberships.get().pk}").status_code == 204
    held.refresh_from_db()
    held.item.refresh_from_db()
    assert (held.state, held.item.state) == (Assignment.State.RELEASED, "open")
    assert Label.objects.filter(pk=done.pk, labeler=ann.labeler).exists()
    refused(call_as(ann).get("projects/apples"), 404, "not_found")


def test_a_role_elsewhere_says_nothing_here(call_as, olga, stranger):
    Membership.objects.create(project=factories.ProjectFactory(slug="pears"), user=stranger, role="operator")
    refused(call_as(stranger).get(MEMBERS), 404, "not_found")


def test_who_comes_without_a_pseudonym_gets_one_when_it_is_needed(call_as, project, generation):
    zoe = factories.UserFactory()
    factories.MembershipFactory(project=project, user=zoe)
    item = factories.BatchItemFactory(generation=generation)
    shown = call_as(zoe).post("projects/apples/assignments/next").json()["assignment"]
    assert shown["solution_id"] == item.solution_id
    assert Labeler.objects.get(user=zoe).assignments.count() == 1


@pytest.mark.data_layer
def test_the_longest_name_there_may_be_is_one_that_is_recorded(call_as, olga):
    """PostgreSQL refuses what is longer than its column; the act must not fail with its record."""
    name = "n" * 150
    assert call_as(olga).post("projects/apples/members", {"username": name, "role": "labeler"}).status_code == 201
    assert Event.objects.filter(verb="add", subject__startswith="member nnn").exists()


def test_who_was_removed_meanwhile_is_no_member_any_more(olga, bob, project):
    seen = Membership.objects.get(user=bob)
    people.remove_member(membership=Membership.objects.get(user=bob), by=olga)
    with pytest.raises(Absent):
        people.change_role(membership=seen, role="reviewer", by=olga)
    with pytest.raises(Absent):
        people.remove_member(membership=seen, by=olga)
    assert Event.objects.filter(verb__in=["remove", "change role"]).count() == 1


def suspend(call_as, olga, user):
    return call_as(olga).post(f"{MEMBERS}/{user.memberships.get().pk}/suspend", {"reason": "rates without reading"})


def test_who_is_suspended_is_told_so_by_session_and_token_and_keeps_the_labels(call_as, olga, ann, generation):
    done = factories.LabelFactory(assignment__labeler=ann.labeler, assignment__item__generation=generation)
    held = factories.AssignmentFactory(labeler=ann.labeler, item__generation=generation, lease_token="lease")
    factories.ApiTokenFactory(user=ann, text="the-token-of-ann")
    assert suspend(call_as, olga, ann).json()["suspended_at"]
    held.refresh_from_db()
    held.item.refresh_from_db()
    assert (held.state, held.item.state) == (Assignment.State.RELEASED, "open")
    body = {"lease": "lease", "ratings": [1, 1, 1], "finish_reason": "solution", "total_time": 1}
    for caller in (call_as(ann), call_as(token="the-token-of-ann")):
        refused(caller.get("projects/apples"), 403, "suspended")
        refused(caller.post("projects/apples/assignments/next"), 403, "suspended")
        refused(caller.put(f"assignments/{held.pk}/label", body), 403, "suspended")
        refused(caller.get(f"assignments/{done.assignment_id}"), 403, "suspended")
        assert caller.get("projects").json() == []
        assert caller.get("auth/me").json()["memberships"][0]["suspended"] is True
    assert Label.objects.filter(labeler=ann.labeler).count() == 1
    assert Event.objects.get(verb="suspend").reason == "rates without reading"


def test_a_hand_in_that_meets_the_suspension_on_its_way_makes_no_label(ann, generation):
    held = factories.AssignmentFactory(labeler=ann.labeler, item__generation=generation, lease_token="lease")
    people.suspend(membership=ann.memberships.get(), reason="away", by=None)
    body = hand_in.Pass(lease="lease", ratings=[1, 1, 1], finish_reason="solution", total_time=1)
    with pytest.raises(Suspended):
        hand_in.hand_in(labeler=ann.labeler, assignment_id=held.pk, body=body, source="human", holding=[])
    assert not Label.objects.exists()


def test_who_is_brought_back_goes_on_as_before(call_as, olga, ann):
    suspend(call_as, olga, ann)
    at = f"{MEMBERS}/{ann.memberships.get().pk}/bring-back"
    assert call_as(olga).post(at, {"reason": "we talked"}).json()["suspended_at"] is None
    assert call_as(ann).get("projects/apples").status_code == 200
    refused(call_as(olga).post(at, {"reason": "again"}), 409, "wrong_state")
    assert Event.objects.get(verb="bring back").reason == "we talked"


def test_nobody_is_suspended_without_a_reason_or_twice(call_as, olga, ann):
    at = f"{MEMBERS}/{ann.memberships.get().pk}/suspend"
    assert "reason" in refused(call_as(olga).post(at, {"reason": " "}), 400, "invalid")
    suspend(call_as, olga, ann)
    refused(suspend(call_as, olga, ann), 409, "wrong_state")


def test_a_suspension_here_says_nothing_elsewhere(call_as, olga, ann):
    factories.MembershipFactory(project=factories.ProjectFactory(slug="pears"), user=ann)
    at = ann.memberships.get(project__slug="apples").pk
    call_as(olga).post(f"{MEMBERS}/{at}/suspend", {"reason": "away"})
    assert call_as(ann).get("projects/pears").status_code == 200
    assert [each["slug"] for each in call_as(ann).get("projects").json()] == ["pears"]


def test_a_suspended_operator_does_not_count_as_the_last_one_left(call_as, olga, ann):
    people.change_role(membership=ann.memberships.get(), role="operator", by=olga)
    suspend(call_as, olga, ann)
    refused(suspend(call_as, olga, olga), 409, "wrong_state")
    refused(call_as(olga).delete(f"{MEMBERS}/{olga.memberships.get().pk}"), 409, "wrong_state")
    refused(call_as(ann).post("projects", {"slug": "pears", "name": "Pears"}), 403, "not_allowed")


def test_a_role_is_handed_over_in_one_act(call_as, olga, ann):
    mine, heir = olga.memberships.get(), ann.memberships.get()
    told = call_as(olga).post(f"{MEMBERS}/{mine.pk}/transfer", {"to": heir.pk})
    assert told.json()["role"] == "reviewer"
    assert Membership.objects.get(role="operator").user == ann
    assert Event.objects.get(verb="transfer").detail == {"to": "ann", "role": "reviewer"}
    refused(call_as(olga).get(MEMBERS), 403, "not_allowed")


@pytest.mark.parametrize("heir", ["olga", "suspended"])
def test_a_role_is_not_handed_to_oneself_or_to_who_is_suspended(call_as, olga, ann, heir):
    suspend(call_as, olga, ann)
    to = (olga if heir == "olga" else ann).memberships.get().pk
    at = f"{MEMBERS}/{olga.memberships.get().pk}/transfer"
    refused(call_as(olga).post(at, {"to": to, "role": "labeler"}), 409, "wrong_state")
    assert Membership.objects.get(role="operator").user == olga
