"""Several people ask for the same thing in the same instant: one of them has it, the others are told so."""

from threading import Barrier

import pytest

from labelhub.errors import WrongState
from labelhub.models import Instructions, Labeler, Membership, Project, User
from labelhub.services.accounts import people
from tests import factories
from tests.api.conftest import Caller, Contract, refused
from tests.services.labeling.test_claim_race import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

AT_ONCE = 8


def together(contract: Contract, people: list[User], path: str, body: dict[str, str]) -> list[int]:
    """The answers' status codes, the lowest first; each refusal is the named one."""
    browsers, start = [Caller(contract, person) for person in people], Barrier(len(people))

    def ask(browser: Caller) -> int:
        start.wait()
        answer = browser.post(path, body)
        if answer.status_code != 201:
            refused(answer, 409, "conflict")
        status: int = answer.status_code
        return status

    return sorted(in_threads(ask, browsers))


@pytest.fixture
def operators(project: Project) -> list[User]:
    memberships = factories.MembershipFactory.create_batch(AT_ONCE, project=project, role="operator")
    return [membership.user for membership in memberships]


ONE_OF_THEM = [201] + [409] * (AT_ONCE - 1)


def test_a_project_opened_by_eight_at_once_is_opened_once(contract, operators):
    assert together(contract, operators, "projects", {"slug": "pears", "name": "Pears"}) == ONE_OF_THEM
    pears = Project.objects.get(slug="pears")
    assert Instructions.objects.filter(project=pears).count() == Membership.objects.filter(project=pears).count() == 1


def test_an_account_made_by_eight_at_once_is_made_once(contract, operators):
    body = {"username": "carla", "role": "labeler"}
    assert together(contract, operators, "projects/apples/members", body) == ONE_OF_THEM
    assert Labeler.objects.filter(user__username="carla").count() == 1
    assert Membership.objects.filter(user__username="carla").count() == 1


def test_a_member_added_by_eight_at_once_is_added_once(contract, operators, stranger):
    body = {"username": stranger.username, "role": "labeler"}
    assert together(contract, operators, "projects/apples/members", body) == ONE_OF_THEM
    assert Membership.objects.filter(user=stranger).count() == 1


def test_operators_who_demote_each_other_at_once_leave_one(project, operators):
    start, memberships = Barrier(AT_ONCE), list(Membership.objects.filter(project=project).order_by("pk"))

    def demote(membership: Membership) -> str:
        start.wait()
        try:
            people.change_role(membership=membership, role="labeler", by=None)
            return "labeler"
        except WrongState:
            return "last"

    assert sorted(in_threads(demote, memberships)) == ["labeler"] * (AT_ONCE - 1) + ["last"]
    assert Membership.objects.filter(project=project, role="operator").count() == 1
