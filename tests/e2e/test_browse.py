"""Somebody looks for a solution: words, filters, the page of one, and Back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from labelhub.models import Checkpoint, Comment, Generation, Project, Solution, User
from labelhub.queries.data import browse
from tests import factories
from tests.e2e.conftest import Visitor
from tests.e2e.test_access import SCHEMES, found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def known(project: Project, generation: Generation, checkpoint: Checkpoint, ann: User, bob: User) -> Solution:
    """One wrong solution among seventy, with two labels, scores of two checkpoints and an alternative."""
    Project.objects.update(champion=checkpoint)
    problem = factories.ProblemFactory(
        project=project, text=r"The point $(x, y)$ lies on $y = \frac{2}{5}x$. How many apples has Tom, if $x = 10$?"
    )
    solution: Solution = factories.SolutionFactory(
        problem=problem,
        steps=[r"We have $y = \frac{2}{5} \cdot 10$.", "So $y = 5$, as a quince would.", "# Answer\n\n5"],
        answer="5",
        grade="wrong",
        meta={"generator": "sampler-small"},
    )
    factories.SolutionFactory(problem=problem, answer="5", grade="wrong")
    factories.SolutionFactory.create_batch(70, problem__project=project)
    for number, probs in (
        (checkpoint, [0.97, 0.31, 0.55]),
        (factories.CheckpointFactory(project=project), [0.9, 0.8, 0.7]),
    ):
        factories.ScoreFactory(checkpoint=number, solution=solution, step_probs=probs, log_score=-0.8, uncertainty=0.4)
    item = factories.BatchItemFactory(
        generation=generation,
        solution=solution,
        stratum="control",
        rank=12,
        inclusion_probability=0.125,
        log_score=-0.7,
    )
    labels = [
        factories.LabelFactory(
            assignment__item=item, assignment__labeler=person.labeler, assignment__state="submitted", ratings=ratings
        )
        for person, ratings in ((ann, [1, 1, 1]), (bob, [1, -1]))
    ]
    Comment.objects.create(label=labels[1], text="A fifth of ten is two.", is_question=False)
    factories.AlternativeFactory(solution=solution, step=1, text="So $y = 4$.")
    return solution


def test_a_solution_is_found_by_words_and_filters_opened_and_left_by_back(
    visitor: Visitor, rita: User, known: Solution
):
    page = visitor.sign_in(rita, "/p/apples")
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("heading", name="Problems", level=1).wait_for()
    page.get_by_role("link", name="Solutions", exact=True).click()
    page.get_by_text("72 found.").wait_for()
    page.get_by_label("Words of the steps").fill("quince")
    page.get_by_text("1 found.").wait_for()
    page.get_by_role("combobox", name="Grade", exact=True).click()
    page.get_by_role("option", name="wrong").click()
    page.wait_for_url("**/solutions?q=quince&grade=wrong")
    page.get_by_role("link", name=f"Solution {known.pk}", exact=True).click()
    page.get_by_role("heading", name=f"Solution {known.pk}").wait_for()
    expect(page.get_by_role("row", name="as a quince would")).to_contain_text("31%")
    page.get_by_role("combobox", name="P(correct) of each step, by").click()
    page.get_by_role("option", name="Checkpoint").first.click()
    expect(page.get_by_role("row", name="as a quince would")).not_to_contain_text("31%")
    page.get_by_text("A fifth of ten is two.").wait_for()
    page.go_back()
    page.get_by_text("1 found.").wait_for()
    expect(page.get_by_label("Words of the steps")).to_have_value("quince")
    page.get_by_role("button", name="Take all filters off").click()
    page.get_by_text("72 found.").wait_for()


def test_the_pages_of_a_list_are_gone_through_forth_and_back(visitor: Visitor, rita: User, known: Solution):
    page = visitor.sign_in(rita, "/p/apples/solutions")
    page.get_by_text("72 found.").wait_for()
    page.get_by_role("link", name="Next page").click()
    page.get_by_text("The end of the list.").wait_for()
    expect(page.get_by_role("row")).to_have_count(23)  # and the head
    page.go_back()
    page.get_by_text("72 found.").wait_for()
    expect(page.get_by_role("row")).to_have_count(51)


def test_a_search_goes_on_until_it_finds_something(
    visitor: Visitor, rita: User, known: Solution, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(browse, "WINDOW", 10)
    page = visitor.sign_in(rita, "/p/apples/solutions?q=quince")
    page.get_by_text("None among the 10 looked through so far").wait_for()
    page.get_by_role("button", name="Search on").click()
    page.get_by_role("link", name=f"Solution {known.pk}", exact=True).wait_for()


def test_a_filter_that_there_is_not_is_said(visitor: Visitor, rita: User, known: Solution):
    page = visitor.sign_in(rita, "/p/apples/labels?labeler__password=a")
    page.get_by_text("There is no field labeler__password here.").wait_for()


def test_labelers_have_no_such_pages(visitor: Visitor, ann: User, known: Solution):
    page = visitor.sign_in(ann, f"/p/apples/solutions/{known.pk}")
    page.wait_for_url("**/p/apples/label")


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_pages_of_the_data(
    visit: Callable[..., Visitor], olga: User, broker_url: str, known: Solution, checkpoint: Checkpoint, scheme: str
):
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(olga)
    found = {}
    places = [
        ("problems", "Right / wrong"),
        ("problems?q=tamarind", "Nothing fits these filters"),
        (f"solutions?checkpoint={checkpoint.number}&score_min=0.1", f"Solution {known.pk}"),
        ("labels?generation=0&comment=any", "A fifth of ten is two."),
        (f"solutions/{known.pk}", "A fifth of ten is two."),
        ("solutions/999999", "This could not be loaded"),
    ]
    for place, said in places:
        page.goto(f"/p/apples/{place}")
        page.get_by_text(said).or_(page.get_by_label(said)).first.wait_for()
        found[place] = found_by_axe(page)
    assert {place: told for place, told in found.items() if told} == {}
