"""How people come in: by a link that an operator hands on, and with a second factor."""

import re
from collections import defaultdict
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from labelhub.models import Invitation, Membership, Project, User
from tests.api.accounts.test_two_factor import code_of
from tests.e2e.conftest import Visitor
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_newcomer_joins_by_a_link_that_then_opens_nothing(
    visit: Callable[..., Visitor], broker_url: str, project: Project, olga: User
):
    operator = visit()
    page = operator.sign_in(olga, "/p/apples/people")
    page.get_by_label("Note for the operators").fill("the spring group")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_text(re.compile(r"/invited#")).inner_text()
    page.get_by_role("cell", name="the spring group").wait_for()

    newcomer = visit()
    answers = statuses(newcomer.page)
    newcomer.page.goto(link)
    newcomer.sees("olga invites you to")
    newcomer.page.get_by_label("Name").fill("cleo")
    newcomer.page.get_by_role("textbox", name="Password").fill("short")
    newcomer.press("Enter")
    newcomer.sees("You have not joined")
    newcomer.page.get_by_role("textbox", name="Password").fill("a long walk by the sea")
    newcomer.press("Enter")
    newcomer.page.wait_for_url("**/p/apples/label")
    assert Membership.objects.get(user__username="cleo").role == "labeler"
    assert "#" not in newcomer.page.url
    newcomer.page.wait_for_load_state("networkidle")
    assert answers["/api/v1/auth/invitations/look"] == [200]  # the link is used up: asked again, it would be 404

    late = visit()
    late.page.goto(link)
    late.page.get_by_role("alert").wait_for()
    assert Invitation.objects.get().used == 1


def statuses(page: Page) -> dict[str, list[int]]:
    """The statuses of all answers that the page gets, by path, as they come."""
    told: dict[str, list[int]] = defaultdict(list)
    page.on("response", lambda answer: told[urlsplit(answer.url).path].append(answer.status))
    return told


@pytest.mark.parametrize("address", ["/", "/p/apples/label"])
def test_a_signed_out_visit_logs_no_error(
    visitor: Visitor, project: Project, address: str, caplog: pytest.LogCaptureFixture
):
    said: list[str] = []
    visitor.page.on("console", lambda message: said.append(message.text))
    answers = statuses(visitor.page)
    visitor.page.goto(address)
    visitor.page.get_by_label("Name").wait_for()
    visitor.page.wait_for_load_state("networkidle")
    assert said == []
    assert {status for each in answers.values() for status in each} == {200}
    assert [record.getMessage() for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def with_a_device(page: Page) -> CDPSession:
    """A device in the browser that makes passkeys and answers for its owner, who is always there."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    has = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options = {**has, "isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devices


def prove_by_password(page: Page) -> None:
    page.get_by_label("Your password, to make sure that it is you").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def keep_codes(visitor: Visitor) -> list[str]:
    visitor.sees("Recovery codes, shown this once")
    codes = re.split(r"\s+", visitor.page.locator("pre").first.inner_text().strip())
    visitor.page.get_by_role("button", name="I have kept them").click()
    return codes


def give_password(visitor: Visitor, user: User) -> None:
    visitor.page.goto("/")
    visitor.page.get_by_label("Name").fill(user.username)
    visitor.page.get_by_role("textbox", name="Password").fill(PASSWORD)
    visitor.press("Enter")
    visitor.sees("Your password is right.")


def test_a_second_factor_is_set_up_and_asked_for(visit: Callable[..., Visitor], project: Project, ann: User):
    visitor = visit()
    page = visitor.sign_in(ann, "/account")
    page.get_by_role("button", name="Set up an authenticator").click()
    prove_by_password(page)
    secret = page.get_by_role("dialog").locator("code").first.inner_text()
    page.get_by_label("The code it shows now").fill(code_of(secret, 0))
    page.get_by_role("button", name="Turn on").click()
    recovery = keep_codes(visitor)
    visitor.sees("10 of 10 recovery codes are left.")

    again = visit()
    give_password(again, ann)
    again.page.get_by_label("Code from your authenticator").fill(recovery[0])
    again.press("Enter")
    again.page.get_by_label("Account of ann").wait_for()


def test_a_passkey_is_made_named_used_to_sign_in_and_taken_away(
    visit: Callable[..., Visitor], project: Project, ann: User
):
    visitor = visit()
    page = visitor.sign_in(ann, "/account")
    with_a_device(page)
    page.get_by_role("button", name="Set up a passkey").click()
    prove_by_password(page)
    page.get_by_label("Name of the passkey").fill("work laptop")
    page.get_by_role("button", name="Make the passkey").click()
    keep_codes(visitor)
    page.get_by_role("row", name=re.compile("^work laptop")).wait_for()

    page.get_by_label("Account of ann").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_label("Name").wait_for()
    give_password(visitor, ann)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Account of ann").wait_for()

    page.goto("/account")
    page.get_by_role("button", name="Rename work laptop").click()
    page.get_by_label("Name of the passkey").fill("old laptop")
    visitor.press("Enter")
    page.get_by_role("button", name="Remove old laptop").click()
    visitor.sees("your password alone signs you in")
    page.get_by_role("button", name="Use a passkey").click()
    visitor.sees("Only your password signs you in.")
    assert not Authenticator.objects.filter(user=ann).exists()
    for told in ("Second factor removed", "Second factor set up", "Signed out", "Signed in"):
        page.get_by_role("cell", name=told, exact=True).first.wait_for()


def test_a_device_with_nothing_for_this_site_is_told_apart_from_a_wrong_code(
    visit: Callable[..., Visitor], project: Project, ann: User
):
    visitor = visit()
    page = visitor.sign_in(ann, "/account")
    device = with_a_device(page)
    page.get_by_role("button", name="Set up a passkey").click()
    prove_by_password(page)
    page.get_by_label("Name of the passkey").fill("key")
    page.get_by_role("button", name="Make the passkey").click()
    codes = keep_codes(visitor)
    device.send("WebAuthn.disable")

    other = visit()
    with_a_device(other.page)
    give_password(other, ann)
    other.page.get_by_role("button", name="Use a passkey").click()
    other.sees("The browser gave no passkey")
    other.page.get_by_label("or a recovery code").fill(codes[0])
    other.press("Enter")
    other.page.get_by_label("Account of ann").wait_for()


def test_a_browser_left_somewhere_is_signed_out_from_here(visit: Callable[..., Visitor], project: Project, olga: User):
    here, elsewhere, library = visit(), visit(), visit()
    for visitor in (elsewhere, library):
        visitor.sign_in(olga)
    page = here.sign_in(olga, "/account")
    page.get_by_role("row", name="this one").wait_for()
    others = page.get_by_role("button", name=re.compile("Sign out: Chrome"))
    expect(others).to_have_count(2)
    others.first.click()
    expect(others).to_have_count(1)
    page.get_by_role("button", name="Sign out everywhere else").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere else").click()
    expect(others).to_have_count(0)
    for visitor in (elsewhere, library):
        visitor.page.goto("/account")
        visitor.page.get_by_label("Name").wait_for()
    page.reload()
    page.get_by_label("Account of olga").wait_for()


def test_another_password_signs_out_everywhere_but_here(visit: Callable[..., Visitor], project: Project, ann: User):
    elsewhere = visit()
    elsewhere.sign_in(ann)
    visitor = visit()
    page = visitor.sign_in(ann, "/account")
    page.get_by_label("Current password").fill("not this one")
    page.get_by_role("textbox", name="New password").fill("a long walk by the sea")
    page.get_by_role("button", name="Change the password").click()
    visitor.sees("The password was not changed")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Change the password").click()
    visitor.sees("The password is changed.")
    elsewhere.page.goto("/account")
    elsewhere.page.get_by_label("Name").wait_for()
    page.reload()
    page.get_by_label("Account of ann").wait_for()


def test_a_token_ends_unless_the_site_lets_it_last(
    visit: Callable[..., Visitor], project: Project, olga: User, settings
):
    settings.TOKENS_MAY_LAST = True
    visitor = visit()
    page = visitor.sign_in(olga, "/tokens")
    page.get_by_label("What it is for").fill("nightly export")
    page.get_by_label("It may").select_option("read")
    page.get_by_label("Never ends").check()
    page.get_by_role("button", name="Make a token").click()
    visitor.sees("shown this once")
    page.get_by_role("row", name=re.compile("nightly export.*read.*never")).wait_for()
    settings.TOKENS_MAY_LAST = False
    page.reload()
    page.get_by_role("row", name="nightly export").wait_for()
    expect(page.get_by_label("Never ends")).to_have_count(0)


def ask(page: Page, member: str, act: str) -> None:
    page.get_by_role("button", name=f"Actions: {member}").click()
    page.get_by_role("menuitem", name=act, exact=True).click()


def test_a_suspension_is_told_to_its_person_and_found_in_the_log_with_its_reason(
    visit: Callable[..., Visitor], broker_url: str, project: Project, ann: User, olga: User
):
    operator, labeler = visit(), visit()
    page = operator.sign_in(olga, "/p/apples/people")
    ask(page, "ann", "Suspend")
    page.get_by_role("button", name="Suspend", exact=True).click()
    operator.sees("Say in a few words why.")
    page.get_by_label("Why (kept in the audit log)").fill("Rates without reading")
    operator.press("Enter")
    page.get_by_role("row", name=re.compile("ann.*suspended")).wait_for()
    labeler.sign_in(ann)
    labeler.sees("An operator has suspended you")

    page.get_by_role("link", name="Audit log").click()
    page.get_by_role("row", name="Rates without reading").get_by_role("button", name="suspend").click()
    expect(page.get_by_role("row")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("link", name="As CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == 2 and "Rates without reading" in lines[1]
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("textbox", name="Act").fill("dance")
    operator.sees("Nothing was found")


def test_the_operators_role_is_handed_over_in_one_act(
    visit: Callable[..., Visitor], broker_url: str, project: Project, rita: User, olga: User
):
    operator = visit()
    page = operator.sign_in(olga, "/p/apples/people")
    ask(page, "olga", "Hand the operator's role over")
    page.get_by_label("To", exact=True).select_option("rita")
    page.get_by_role("dialog").get_by_role("button", name="Hand the operator's role over").click()
    page.get_by_role("dialog").wait_for(state="hidden")
    page.wait_for_function("() => !document.querySelector('a[href=\"/p/apples/settings\"]')")
    roles = dict(Membership.objects.values_list("user__username", "role"))
    assert (roles["rita"], roles["olga"]) == ("operator", "reviewer")
