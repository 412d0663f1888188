"""A project's members."""

import pytest

from labelhub.errors import Absent
from labelhub.models import Assignment, Event, Label, Labeler, Membership, User
from labelhub.services import people
from tests import factories
from tests.api.conftest import refused

pytestmark = pytest.mark.django_db

MEMBERS = "projects/apples/members"


def test_members_are_listed_with_role_and_pseudonym_in_one_query(call_as, ann, rita, olga, django_assert_num_queries):
    browser = call_as(olga)
    with django_assert_num_queries(4):  # session, user, project with role, members
        listed = browser.get(MEMBERS).json()
    assert [(each["username"], each["role"]) for each in listed] == [
        ("ann", "labeler"),
        ("olga", "operator"),
        ("rita", "reviewer"),
    ]
    assert listed[0]["labeler"] == str(ann.labeler.pk)


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
