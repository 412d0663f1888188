"""Sixteen people and one place: a link lets in as many as it was made for, whoever comes first."""

from collections import Counter

import pytest

from labelhub.errors import InvitationOver, WrongCode, WrongState
from labelhub.models import Invitation, Membership, User
from labelhub.services.accounts import invitations, people, two_factor
from tests import factories
from tests.api.accounts.test_two_factor import code_of
from tests.services.labeling.test_claim_race import PEOPLE, in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data_layer]

SECRET = "come in"


@pytest.fixture
def last_place(project, olga) -> Invitation:
    return factories.InvitationFactory(project=project, created_by=olga, secret=SECRET, uses=3, used=2)


def told(work) -> str:
    """What became of the attempt, by name."""
    try:
        work()
        return "in"
    except (InvitationOver, WrongCode, WrongState) as refusal:
        return refusal.code


def test_of_newcomers_at_once_one_takes_the_last_place(last_place, project):
    def join(n: int) -> str:
        return told(lambda: invitations.join(secret=SECRET, username=f"new{n}", password="a horse and two dogs"))

    assert Counter(in_threads(join, range(PEOPLE))) == {"in": 1, "invitation_over": PEOPLE - 1}
    assert Membership.objects.filter(project=project, user__username__startswith="new").count() == 1
    assert User.objects.filter(username__startswith="new").count() == 1  # who came late made no account either
    last_place.refresh_from_db()
    assert last_place.used == 3


def test_of_accounts_at_once_one_takes_the_last_place(last_place, project):
    users = [factories.UserFactory() for _ in range(PEOPLE)]
    came = in_threads(lambda user: told(lambda: invitations.accept(secret=SECRET, user=user)), users)
    assert Counter(came) == {"in": 1, "invitation_over": PEOPLE - 1}
    assert Membership.objects.filter(project=project, user__in=users).count() == 1


def test_a_code_given_at_once_is_good_once(ann):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    codes = two_factor.enrol(user=ann, secret=secret, code=code_of(secret, 0))
    for code in (code_of(secret), codes[0]):
        spent = in_threads(lambda code: told(lambda: two_factor.verify(user=ann, code=code)), [code] * PEOPLE)
        assert Counter(spent) == {"in": 1, "wrong_code": PEOPLE - 1}


def test_of_two_operators_who_suspend_each_other_one_stays(project, olga):
    otto = factories.UserFactory(username="otto")
    pair = [
        olga.memberships.get(),
        factories.MembershipFactory(project=project, user=otto, role=Membership.Role.OPERATOR),
    ]
    done = in_threads(lambda each: told(lambda: people.suspend(membership=each, reason="first", by=None)), pair)
    assert Counter(done) == {"in": 1, "wrong_state": 1}
    assert Membership.objects.filter(project=project, role="operator", suspended_at=None).count() == 1
