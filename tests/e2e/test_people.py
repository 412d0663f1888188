"""How people come in: by a link that an operator hands on, and with a second factor."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from labelhub.models import Invitation, Membership, Project, User
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

    late = visit()
    late.page.goto(link)
    late.page.get_by_role("alert").wait_for()
    assert Invitation.objects.get().used == 1


def code_of(secret: str) -> str:
    """What an authenticator shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_a_second_factor_is_set_up_and_asked_for(visit: Callable[..., Visitor], project: Project, ann: User):
    visitor = visit()
    page = visitor.sign_in(ann, "/account")
    page.get_by_role("button", name="Set up an authenticator").click()
    secret = page.locator("code").first.inner_text()
    page.get_by_label("The code it shows now").fill(code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    visitor.sees("Recovery codes, shown this once")
    recovery = re.split(r"\s+", page.locator("pre, code").first.inner_text().strip())[0]
    page.get_by_role("button", name="I have kept them").click()
    visitor.sees("10 of 10 recovery codes are left.")

    again = visit()
    again.page.goto("/")
    again.page.get_by_label("Name").fill("ann")
    again.page.get_by_role("textbox", name="Password").fill(PASSWORD)
    again.press("Enter")
    again.sees("Now the code from your authenticator.")
    again.page.get_by_label("Code from your authenticator").fill(recovery)
    again.press("Enter")
    again.page.get_by_label("Account of ann").wait_for()
