"""Learning the job by the keyboard alone: practice answered step by step, the screening, one's own passes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from labelhub.models import Gold, Label, PracticePass, Project, User
from labelhub.services.quality import screening
from tests import factories
from tests.e2e.conftest import Visitor
from tests.e2e.test_access import found_by_axe
from tests.workers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRONG = {"first_mistakes": [1], "solution__wrong": True, "solution__answer": "eight"}


def gold(project: Project, problem: str, **fields: object) -> Gold:
    text = factories.ProblemFactory(project=project, text=problem)
    return factories.GoldFactory(solution__problem=text, **fields)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    return visit(bypass_csp=True)  # for axe


@pytest.fixture
def practice(project: Project) -> list[Gold]:
    return [
        gold(project, "How many apples has Tom?", explanation="3 + 4 is 7, not 8.", **WRONG),
        gold(project, "How many pears has Ann?", explanation="Each step follows."),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_practice_is_answered_step_by_step_and_counts_for_nothing(
    visit: Callable[..., Visitor], ann: User, practice: list[Gold], scheme: str
):
    visitor = visit(bypass_csp=True, color_scheme=scheme)
    page = visitor.sign_in(ann, "/p/apples/practice")
    visitor.sees("How many apples has Tom?")
    visitor.sees("Practice 1 of 2")
    assert found_by_axe(page) == []
    visitor.press("3", "3", "3", "Enter")
    team = page.get_by_role("list", name="Team")
    team.wait_for()
    expect(team.get_by_role("listitem")).to_have_count(1)
    assert page.get_by_text("the first mistake").count() == 0
    visitor.press("Enter")
    expect(page.locator(".mantine-Alert-root")).to_have_count(0)
    visitor.sees("the first mistake")
    assert found_by_axe(page) == []
    visitor.press("Enter")
    visitor.sees("The team finds a mistake in this solution.")
    visitor.sees("3 + 4 is 7, not 8.")
    assert found_by_axe(page) == []
    visitor.press("a")
    visitor.press("3", "1", "Enter")
    team.wait_for()
    visitor.press("e")
    visitor.sees("You and the team agree.")
    assert found_by_axe(page) == []
    visitor.press("Enter")
    visitor.sees("How many pears has Ann?")
    visitor.sees("1 of 1 agree")
    visitor.press("3", "3", "3", "Enter")
    team.wait_for()
    visitor.press("e")
    visitor.sees("Each step follows.")
    visitor.press("Enter")
    visitor.sees("Your last passes agree with the team on 2 of 2 solutions.")
    assert found_by_axe(page) == []
    assert [made.agreed for made in PracticePass.objects.order_by("pk")] == [False, True, True]
    assert not Label.objects.exists()


def test_without_a_practice_set_the_page_says_so_and_leads_on(visitor: Visitor, ann: User, generation):
    page = visitor.sign_in(ann, "/p/apples/practice")
    visitor.sees("There is nothing to practise on yet")
    assert found_by_axe(page) == []


def rate(visitor: Visitor, right: bool) -> None:
    """Rate what is on the page as its gold label has it, or call the first step Bad."""
    shown = visitor.page.get_by_role("region", name="Problem").first.inner_text()
    found = next(
        each for each in Gold.objects.select_related("solution__problem") if each.solution.problem.text in shown
    )
    mistake = (found.first_mistakes or [None])[0] if right else 0
    visitor.press(*(["3", "3", "3"] if mistake is None else [*["3"] * mistake, "1"]), "Enter")


@pytest.fixture
def screened(project: Project, generation) -> Project:
    problem = factories.ProblemFactory(project=project, text="The first of the batch?")
    factories.BatchItemFactory(generation=generation, solution=factories.SolutionFactory(problem=problem))
    Project.objects.filter(pk=project.pk).update(screening_size=5)
    project.refresh_from_db()
    for n in range(12):
        gold(project, f"How many plums has Bob on day {n}?", purpose="screening", **({} if n < 5 else WRONG))
    screening.open_set(project=project, by=None)
    return project


def test_a_newcomer_takes_the_screening_and_then_gets_the_batch(visitor: Visitor, ann: User, screened: Project):
    visitor.sign_in(ann, "/p/apples/label")
    visitor.put_instructions_away()
    for number in range(1, 6):
        visitor.sees(f"Screening: {number} of 5")
        rate(visitor, right=True)
    visitor.sees("The first of the batch?")
    assert Label.objects.filter(is_initial_screening_question=True).count() == 5


def test_the_own_page_lists_passes_and_lets_one_be_changed(visitor: Visitor, ann: User, generation):
    problem = factories.ProblemFactory(project=generation.project, text="How many cherries?")
    item = factories.BatchItemFactory(generation=generation, solution=factories.SolutionFactory(problem=problem))
    page = visitor.sign_in(ann, "/p/apples/label")
    visitor.put_instructions_away()
    visitor.sees("How many cherries?")
    visitor.press("3", "3", "3", "Enter")
    wait_until(lambda: Label.objects.filter(assignment__item=item).exists())
    page.goto("/p/apples/me")
    visitor.sees("How many cherries?")
    visitor.sees("no mistake")
    assert found_by_axe(page) == []
    page.get_by_role("link", name="Look or change").focus()
    visitor.press("Enter")
    visitor.sees("Its round is still open")
    assert found_by_axe(page) == []
    visitor.press("Backspace", "1", "Enter")
    visitor.sees("Saved. This pass has taken the place of the one before.")
    changed = Label.objects.current().get(assignment__item=item)
    assert (changed.revision, changed.finish_reason) == (2, "found_error")
    assert found_by_axe(page) == []
    visitor.page.go_back()
    visitor.sees("first mistake found")
