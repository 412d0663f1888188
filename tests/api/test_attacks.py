"""What somebody might try at the doors: each try is a test, and none gets in."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from labelhub.models import ApiToken, Event, Invitation, Label, Membership, User
from labelhub.services.accounts import people
from tests import factories
from tests.api.accounts.test_two_factor import enrol, gives_password
from tests.api.conftest import refused
from tests.api.test_permissions import TABLE, filled, world  # noqa: F401  the fixture
from tests.present import present

pytestmark = pytest.mark.django_db

WRITES = [key for key in TABLE if key[0] != "get"]
# Nobody is signed in there, and nothing changes: a page elsewhere gains nothing by having it asked.
WITHOUT_CSRF = {("post", "auth/invitations/look")}


def able(method: str, route: str) -> str:
    """Somebody whom the table lets in there."""
    expected = TABLE[method, route][2]
    return min(expected, key=lambda name: (name == "nobody", expected[name]))


@pytest.mark.parametrize(("method", "route"), WRITES)
def test_no_write_is_made_by_a_page_elsewhere(call_as, world, method, route):  # noqa: F811
    """The browser sends its cookie along; what such a page can't know is the CSRF token."""
    path, body, _ = TABLE[method, route]
    user = world["people"][able(method, route)]
    answer = call_as(user, csrf=True).call(method, path.format(**world), filled(body, world))
    if (method, route) in WITHOUT_CSRF:
        assert answer.status_code < 300
    else:
        refused(answer, 403, "csrf_failed")


@pytest.mark.parametrize(("method", "route"), WRITES)
def test_no_token_that_reads_writes(call_as, world, method, route):  # noqa: F811
    path, body, _ = TABLE[method, route]
    user = world["people"][able(method, route)]
    factories.ApiTokenFactory(user=user, text="the-token", scope=ApiToken.Scope.READ)
    answer = call_as(token="the-token").call(method, path.format(**world), filled(body, world))
    if (method, route) in WITHOUT_CSRF:
        assert answer.status_code < 300
    else:
        assert answer.json()["code"] in ("out_of_scope", "not_signed_in", "sign_in_anew"), answer.content


@pytest.mark.parametrize(("method", "route"), TABLE)
def test_a_token_that_labels_does_nothing_that_a_labeler_may_not(call_as, world, method, route):  # noqa: F811
    """Not even where its owner operates the project."""
    path, body, expected = TABLE[method, route]
    factories.ApiTokenFactory(user=world["people"]["root"], text="the-token", scope=ApiToken.Scope.LABEL)
    answer = call_as(token="the-token").call(method, path.format(**world), filled(body, world))
    assert answer.status_code >= 400 or expected["ann"] < 300 or expected["nobody"] == 200


def test_the_lease_of_somebody_suspended_hands_nothing_in(call_as, ann, olga, generation):
    """The session ends, but a script's token goes on, and so would a page that had its next solution already."""
    item = factories.BatchItemFactory(generation=generation, state="leased")
    lease = factories.AssignmentFactory(item=item, labeler=ann.labeler, lease_token="lease")
    factories.ApiTokenFactory(user=ann, text="the-token")
    people.suspend(membership=ann.memberships.get(), reason="away", by=olga)
    body = {"lease": "lease", "ratings": [1, 1, 1], "finish_reason": "solution", "total_time": 1}
    for caller in (call_as(ann), call_as(token="the-token")):
        refused(caller.put(f"assignments/{lease.pk}/label", body), 403, "suspended")
        refused(caller.post(f"assignments/{lease.pk}/renew"), 403, "suspended")
    assert not Label.objects.exists()
    item.refresh_from_db()
    assert item.state == "open"  # somebody else's by now


@pytest.mark.parametrize("how", ["suspend", "role", "remove"])
def test_the_last_operator_stays_whoever_asks(call_as, project, olga, how):
    """Also where another operator is there who is suspended, and so is none."""
    factories.MembershipFactory(project=project, role=Membership.Role.OPERATOR, suspended_at=timezone.now())
    path = f"projects/apples/members/{olga.memberships.get().pk}"
    root = call_as(factories.UserFactory(username="root", is_superuser=True))
    for caller in (call_as(olga), root):
        if how == "suspend":
            answer = caller.post(f"{path}/suspend", {"reason": "away"})
        else:
            answer = caller.patch(path, {"role": "labeler"}) if how == "role" else caller.delete(path)
        refused(answer, 409, "wrong_state")


@pytest.mark.parametrize("body", [{"role": "operator"}, {"role": "reviewer"}])
def test_nobody_below_an_operator_raises_anybody(call_as, ann, rita, olga, body):
    for user in (ann, rita):
        path = f"projects/apples/members/{user.memberships.get().pk}"
        refused(call_as(user).patch(path, body), 403, "not_allowed")
        refused(call_as(user).post("projects/apples/invitations", body), 403, "not_allowed")
        refused(call_as(user).post(f"{path}/transfer", {"to": user.memberships.get().pk}), 403, "not_allowed")


def tries(call_as, name: str) -> tuple[list[str], int]:
    """The statements of a sign-in with a wrong password, and how often a password was hashed."""
    hashed = []
    original = MD5PasswordHasher.encode

    def counted(*arguments):
        hashed.append(arguments)
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patch, CaptureQueriesContext(connection) as asked:
        patch.setattr(MD5PasswordHasher, "encode", counted)
        refused(call_as().post("auth/login", {"username": name, "password": "a guess"}), 401, "bad_credentials")
    return [each["sql"].split(" ")[0] for each in asked], len(hashed)


def test_a_name_that_is_there_is_refused_as_slowly_as_one_that_is_not(call_as, ann, bob, rita):
    """The same statements and as many password hashes: nothing to measure; no other account differs either."""
    User.objects.filter(pk=bob.pk).update(is_active=False)
    rita.set_unusable_password()  # signs in elsewhere
    rita.save()
    enrol(call_as(ann))
    expected = tries(call_as, "nobody")
    assert expected[1] == 1
    assert {name: tries(call_as, name) for name in ("ann", "bob", "rita")} == dict.fromkeys(
        ("ann", "bob", "rita"), expected
    )


@override_settings(AXES_FAILURE_LIMIT=3)
def test_names_that_are_there_and_names_that_are_not_lock_out_alike(call_as, ann):
    for name in ("ann", "nobody"):
        browser = call_as()
        answers = [browser.post("auth/login", {"username": name, "password": f"guess {n}"}) for n in range(5)]
        assert [each.status_code for each in answers] == [401, 401, 429, 429, 429]
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["fail to sign in", "fail to sign in", "lock out"] * 2  # what comes after is not written down


@override_settings(AXES_FAILURE_LIMIT=3)
@pytest.mark.parametrize(
    ("method", "path", "guess"),
    [
        ("put", "auth/password", {"current": "a guess", "new": "a horse and two dogs"}),
        ("post", "auth/two-factor", {"password": "a guess"}),
        ("post", "auth/two-factor/passkeys/begin", {"password": "a guess"}),
    ],
)
def test_who_holds_the_cookie_does_not_guess_the_password(call_as, ann, method, path, guess):
    browser = call_as(ann)
    for told in [(401, "bad_credentials"), (401, "bad_credentials"), (429, "locked_out"), (429, "locked_out")]:
        refused(browser.call(method, path, guess), *told)


def test_a_session_id_planted_before_the_sign_in_opens_nothing(call_as, ann):
    browser = call_as()
    session = browser.client.session
    session["planted"] = True
    session.save()
    browser.client.cookies["sessionid"] = session.session_key
    browser.post("auth/login", {"username": "ann", "password": factories.PASSWORD})
    assert browser.client.session.session_key != session.session_key
    thief = call_as()
    thief.client.cookies["sessionid"] = session.session_key
    refused(thief.get("auth/me"), 401, "not_signed_in")


def test_a_half_sign_in_that_was_planted_goes_nowhere(call_as, ann, bob):
    """Somebody's own half sign-in in another's browser: the owner signs in over it, and it is gone."""
    _, codes = enrol(call_as(ann))
    browser, _ = gives_password(call_as, "ann")
    browser.post("auth/login", {"username": "bob", "password": factories.PASSWORD})
    refused(browser.post("auth/login/code", {"code": codes[0]}), 401, "sign_in_anew")
    assert browser.get("auth/me").json()["username"] == "bob"


def test_a_second_factor_begun_by_one_is_not_confirmed_by_another(call_as, ann, bob):
    """One browser, two people: the secret that the first saw is no second factor of the second."""
    browser = call_as(ann)
    browser.post("auth/two-factor", {"password": factories.PASSWORD})
    browser.post("auth/login", {"username": "bob", "password": factories.PASSWORD})
    refused(browser.post("auth/two-factor/confirm", {"code": "000000"}), 401, "sign_in_anew")


@pytest.mark.parametrize("address", ["/?next=//labelhub.example", "/sign-in?next=https://labelhub.example"])
def test_no_address_leads_away_after_the_sign_in(client, ann, address):
    """The pages ask where they are, and no parameter of the address is followed."""
    client.force_login(ann)
    answer = client.get(address)
    assert "Location" not in answer.headers
    assert client.get("/admin/login/?next=https://labelhub.example").headers["Location"] == "/sign-in"


def test_a_secret_that_opens_nothing_tells_no_names(call_as, ann):
    """Whether a name is taken is told to who holds an open link, and to nobody else."""
    for name in ("ann", "nobody"):
        body = {"secret": "a guess", "username": name, "password": "a horse and two dogs"}
        refused(call_as().post("auth/invitations/join", body), 404, "invitation_over")


def test_a_link_never_makes_more_of_a_member(call_as, project, olga, ann):
    factories.InvitationFactory(project=project, created_by=olga, secret="up", role="operator")
    refused(call_as(ann).post("auth/invitations/accept", {"secret": "up"}), 409, "conflict")
    assert (ann.memberships.get().role, Invitation.objects.get().used) == ("labeler", 0)


def test_a_token_ends_with_its_time_though_it_makes_others(call_as, ann):
    factories.ApiTokenFactory(user=ann, text="first", expires_at=timezone.now() + timedelta(hours=1))
    second = call_as(token="first").post("auth/tokens", {"name": "second", "days": 3650}).json()["token"]
    call_as(token=second).post("auth/tokens", {"name": "third", "days": 3650})
    last = ApiToken.objects.order_by("-expires_at").values_list("expires_at", flat=True)[0]
    assert present(last) <= timezone.now() + timedelta(hours=1)
