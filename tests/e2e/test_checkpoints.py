"""Champion and challenger put side by side: compared, promoted with a reason, rolled back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from labelhub.models import Checkpoint, Event, Project, User
from labelhub.services.loop import evaluating, promoting
from tests import factories
from tests.e2e.conftest import Visitor
from tests.e2e.test_access import SCHEMES, found_by_axe
from tests.services.loop.test_evaluating import checkpoint_of, labelled, scores

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHECKPOINTS = "/p/apples/checkpoints"
CHOOSES_RIGHT = (4, 9, 3)  # of twelve gate problems: the champion, the challenger, an outcome reward model


@pytest.fixture
def compared(project: Project) -> Project:
    """Checkpoint 1 is champion, 2 closed generation 1, 3 is an outcome reward model of 2's labels; all are measured."""
    problems = factories.ProblemFactory.create_batch(12, project=project, split="gate")
    gate = [(factories.SolutionFactory(problem=p), factories.SolutionFactory(problem=p, wrong=True)) for p in problems]
    labelled(gate, project)
    batch = factories.GenerationFactory(project=project, number=3, state="closed")
    seen = factories.LabelFactory.create_batch(3, assignment__item__generation=batch)
    for number, right in enumerate(CHOOSES_RIGHT, start=1):
        made = checkpoint_of(project, number, kind="orm" if number == 3 else "prm")
        made.labels.set(seen if number > 1 else seen[:1])
        scores(made, gate, chooses_right=right)
    champion, challenger, _ = project.checkpoints.order_by("number")
    promoting.promote(checkpoint=champion, by=None, reason="It is the project's first evaluated checkpoint.")
    for number, made in enumerate((champion, challenger)):
        factories.GenerationFactory(project=project, number=number + 1, state="closed", checkpoint=made)
    for each in project.checkpoints.order_by("number"):
        measures, decision = evaluating.judge(project=project, challenger=each)
        Checkpoint.objects.filter(pk=each.pk).update(measures=measures, decision=decision)
    return project


def champion_is(page: Page, number: int) -> None:
    page.get_by_role("row", name=f"Checkpoint {number}", exact=True).get_by_text("champion", exact=True).wait_for()


def give_reason(page: Page, reason: str) -> None:
    page.get_by_label("Why?").fill(reason)
    page.get_by_role("button", name="Make it champion").click()
    page.get_by_role("dialog").wait_for(state="hidden")


def test_a_challenger_is_compared_promoted_with_a_reason_and_rolled_back(
    visitor: Visitor, broker_url: str, olga: User, compared: Project
):
    page = visitor.sign_in(olga, CHECKPOINTS)
    champion_is(page, 1)
    page.get_by_role("row", name="Checkpoint 2", exact=True).get_by_text("+41.7 points against 1").wait_for()
    page.get_by_role("link", name="Checkpoint 2").first.click()

    answer = page.get_by_role("region", name="Is it better than the champion?")
    answer.get_by_role("heading", name="Better than checkpoint 1").wait_for()
    answer.get_by_text(re.compile("By how much: .41.7 points on best-of-2 accuracy. How sure: 95%")).wait_for()
    answer.locator(".recharts-errorBar").first.wait_for()
    curves = page.get_by_role("figure", name="Best-of-N on gate problems")
    curves.locator("p").filter(has_text="outcome model 3").wait_for()  # in the legend; the table holds it as well

    page.get_by_role("button", name="Promote …").click()
    give_reason(page, "It chooses right twice as often")
    page.get_by_role("button", name="Promote …").wait_for(state="hidden")

    page.get_by_role("link", name="All checkpoints").click()
    champion_is(page, 2)
    history = page.get_by_role("table", name="Champions so far")
    history.get_by_role("row", name="It chooses right twice as often").get_by_text("olga").wait_for()
    page.get_by_role("button", name="Roll back to this …").click()
    give_reason(page, "2 forgets fractions")
    champion_is(page, 1)
    history.get_by_role("row", name="2 forgets fractions").get_by_text("rolled back to").wait_for()

    compared.refresh_from_db()
    assert compared.champion == compared.checkpoints.get(number=1)
    reasons = Event.objects.filter(verb="promote", actor=olga).order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["It chooses right twice as often", "2 forgets fractions"]


def drawn(page: Page) -> None:
    """Every figure has loaded its chart."""
    for figure in page.get_by_role("figure").all():
        figure.locator("svg.recharts-surface").first.wait_for()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_checkpoints_pages(
    visit: Callable[..., Visitor], broker_url: str, olga: User, compared: Project, scheme: str
):
    visitor = visit(color_scheme=scheme, bypass_csp=True)  # for axe alone: the journey keeps the policy
    page = visitor.sign_in(olga)
    found = {}
    for path in (CHECKPOINTS, f"{CHECKPOINTS}/2", f"{CHECKPOINTS}/3", f"{CHECKPOINTS}/99"):
        page.goto(path)
        page.get_by_role("main").get_by_text(
            re.compile("points against|By how much|never selects|no checkpoint")
        ).first.wait_for()
        drawn(page)
        for table in page.locator("details > summary").all():
            table.click()
        found[path] = found_by_axe(page)
    page.goto(CHECKPOINTS)
    page.get_by_role("button", name="Train one by hand").click()
    page.get_by_role("dialog").wait_for()
    found["train"] = found_by_axe(page)
    assert {path: told for path, told in found.items() if told} == {}
