"""The project's home: what comes first, what is under way, who is waited for, what came of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from labelhub.models import BatchItem, Generation, Project, User
from tests import factories
from tests.e2e.conftest import Visitor
from tests.e2e.test_access import SCHEMES, found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_new_project_says_what_comes_first_next_and_then(
    visitor: Visitor, broker_url: str, project: Project, olga: User
):
    page = visitor.sign_in(olga, "/p/apples")
    now = page.locator("li[aria-current=step]")
    now.get_by_role("link", name="Import data").wait_for()
    factories.SolutionFactory(problem__project=project)
    page.reload()
    now.get_by_role("link", name="Invite people").click()
    page.get_by_role("button", name="Make a link").click()
    visitor.sees("/invited#")
    page.get_by_role("navigation").get_by_role("link", name="Home").click()
    now.get_by_role("link", name="Launch generation").click()
    page.get_by_role("dialog", name="Launch a generation").wait_for()


def test_the_loop_moves_by_itself_and_a_full_batch_asks_to_be_closed(
    visitor: Visitor, broker_url: str, generation: Generation, olga: User
):
    items = factories.BatchItemFactory.create_batch(2, generation=generation)
    page = visitor.sign_in(olga, "/p/apples")
    page.get_by_text("0 of 2 items are done").wait_for()
    for item in items:
        factories.LabelFactory(assignment__item=item)
    BatchItem.objects.update(state=BatchItem.State.DONE)
    page.get_by_text("2 of 2 items are done").wait_for()
    expect(page.get_by_role("progressbar", name="How far this stage is")).to_have_attribute("aria-valuenow", "100")
    page.get_by_role("link", name="Close and train: Generation 0 has all its labels").click()
    page.get_by_role("heading", name="Generation 0").wait_for()


def test_whoever_is_waited_for_is_named_and_led_to(
    visitor: Visitor, broker_url: str, generation: Generation, olga: User
):
    factories.LabelFactory(assignment__item__generation=generation, assignment__item__solution__wrong=True)
    page = visitor.sign_in(olga, "/p/apples")
    page.get_by_role("link", name="See it: 1 contradiction").click()
    page.wait_for_url("**/p/apples/review?kind=contradictions")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_a_home_that_begins(
    visit: Callable[..., Visitor], broker_url: str, project: Project, olga: User, scheme: str
):
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(olga, "/p/apples")
    visitor.sees("This project is empty")
    found = {"empty": found_by_axe(page)}
    factories.SolutionFactory(problem__project=project)
    page.reload()
    visitor.sees("First steps")
    found["begun"] = found_by_axe(page)
    assert {state: told for state, told in found.items() if told} == {}
