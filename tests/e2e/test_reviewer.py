"""A reviewer's way through what waits, by the keyboard alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from labelhub.models import Comment, Generation, Label, Project, Ruling, Solution, User
from labelhub.queries.loop import eligible
from selector.labels.steps import main_ratings
from tests import factories
from tests.e2e.conftest import Visitor
from tests.present import present

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def torn(generation: Generation) -> Solution:
    """Over a solution graded wrong one labeler found no mistake, another one at step 2, and asks."""
    problem = factories.ProblemFactory(
        project=generation.project, text="Tom has 3 apples and buys 4 more. Then $x = 3 + 4$. What is $x$?"
    )
    solution = factories.SolutionFactory(wrong=True, problem=problem)
    item = factories.BatchItemFactory(generation=generation, solution=solution, labels_wanted=2, state="done")
    for minutes, name, ratings in [(9, "bob", [1, 1, 1]), (5, "cleo", [1, -1])]:
        labeler = factories.LabelerFactory(user__username=name)
        label = factories.LabelFactory(
            assignment__item=item, assignment__labeler=labeler, ratings=ratings,
            submitted_at=timezone.now() - timedelta(minutes=minutes),
        )  # fmt: skip
    Comment.objects.create(label=label, text="Is 3 + 4 = 8 a typo?", is_question=True)
    return solution


def test_a_contradiction_is_settled_by_the_keyboard(visitor: Visitor, project: Project, torn: Solution, rita: User):
    page = visitor.sign_in(rita, "/p/apples/review")
    page.get_by_role("heading", name="Review").wait_for()
    visitor.sees("A labeler asks.")
    visitor.press("w")
    visitor.sees("The labeler reads it with the pass.")
    page.locator("textarea:focus").wait_for()
    page.keyboard.type("No: it misleads, so it is Bad.")
    visitor.press("Tab", "Space", "Tab", "Tab", "Enter")
    visitor.sees("Nothing waits for you")
    assert (ruling := Ruling.objects.get()).kind == "answer"
    assert ruling.detail == {"instructions_version": 2}
    visitor.press("u")
    visitor.sees("became part of the instructions, version 2")
    visitor.press("2")
    visitor.sees("Nothing waits for you")
    visitor.press("u")
    page.get_by_text("stands", exact=True).wait_for()
    assert [present(label.labeler.user).username for label in eligible.to_train(project=project)] == ["cleo"]


def test_labels_are_merged_and_the_grade_and_the_answer_corrected(
    visitor: Visitor, broker_url: str, torn: Solution, rita: User
):
    page = visitor.sign_in(rita, "/p/apples/review")
    visitor.sees("graded wrong")
    visitor.press("m")
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    visitor.sees("Rate every step up to the first mistake.")
    page.get_by_role("radiogroup", name="Step 2").get_by_text("Bad").click()
    page.get_by_role("dialog").get_by_role("button", name="Merge").click()
    visitor.sees("Nothing waits for you")
    assert main_ratings(Label.objects.get(source="reviewed").steps) == [1, -1]
    visitor.press("u")
    visitor.sees("A label was merged")
    visitor.press("g")
    page.get_by_role("dialog").get_by_role("button", name="Correct").click()
    visitor.sees("Nothing waits for you")
    visitor.press("u")
    visitor.sees("by a person")
    visitor.press("t")
    page.locator("input:focus").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("8")
    visitor.press("Enter")
    visitor.sees("Nothing waits for you")
    visitor.press("u")
    visitor.sees("7 → 8")
    torn.problem.refresh_from_db()
    assert torn.problem.ground_truth_answer == "8"
