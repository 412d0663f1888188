"""A labeler's day, by the keyboard alone; and each thing that goes wrong ends in a sentence and no lost rating."""

import pytest
from django.contrib.sessions.models import Session

from labelhub.models import Assignment, BatchItem, Generation, Label, User
from tests import factories
from tests.e2e.conftest import Visitor
from tests.workers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def put_up(generation: Generation, problem: str, *, position: int, **solution: object) -> BatchItem:
    """One solution to the problem, served at this position."""
    text = factories.ProblemFactory(project=generation.project, text=problem)
    return factories.BatchItemFactory(
        generation=generation, position=position, solution=factories.SolutionFactory(problem=text, **solution)
    )


@pytest.fixture
def batch(generation: Generation) -> list[BatchItem]:
    """Three items; an alternative is offered for the second step of the second one."""
    items = [
        put_up(generation, "How many apples has Tom?", position=0),
        put_up(generation, "How many pears has Ann?", position=1, wrong=True),
        put_up(generation, "How many plums has Bob?", position=2),
    ]
    factories.AlternativeFactory(solution=items[1].solution, step=1, text="He buys 4 more, so $3 + 4 = 7$.")
    return items


def start(visitor: Visitor, ann: User) -> None:
    """Sign in, read the instructions, begin."""
    visitor.sign_in(ann)
    visitor.page.get_by_role("dialog", name="Instructions").wait_for()
    visitor.press("Enter")
    visitor.page.get_by_role("dialog").wait_for(state="hidden")
    visitor.sees("How many apples has Tom?")


def labels_of(item: BatchItem) -> list[Label]:
    return list(Label.objects.filter(assignment__item=item).order_by("revision"))


def landed(item: BatchItem, revisions: int = 1) -> Label:
    """The newest revision, once there are so many."""
    wait_until(lambda: len(labels_of(item)) == revisions)
    return labels_of(item)[-1]


def test_a_labeler_signs_in_rates_takes_back_submits_and_gets_the_next(
    visitor: Visitor, ann: User, batch: list[BatchItem]
):
    start(visitor, ann)
    visitor.press("3", "1", "Backspace", "2", "3", "Enter")
    visitor.sees("How many pears has Ann?")
    label = landed(batch[0])
    assert label.body["ratings"] == [1, 0, 1]
    assert (label.finish_reason, label.source, label.labeler) == ("solution", "human", ann.labeler)
    assert label.total_time > 0


def test_after_the_first_bad_the_alternatives_are_rated(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3", "3", "3", "Enter")
    visitor.sees("How many pears has Ann?")
    visitor.press("3", "1")
    visitor.sees("1 more step, not rated")
    visitor.sees("Rate what could stand in its place")
    visitor.press("Enter", "3", "Enter")
    visitor.sees("How many plums has Bob?")
    label = landed(batch[1])
    assert label.finish_reason == "found_error"
    assert [each["rating"] for each in label.steps[1]["completions"]] == [-1, 1]


def test_giving_up_asks_for_a_reason_and_then_there_is_nothing_left(
    visitor: Visitor, ann: User, batch: list[BatchItem]
):
    BatchItem.objects.exclude(pk=batch[0].pk).delete()
    start(visitor, ann)
    visitor.press("3", "g")
    visitor.page.get_by_label("What made it too hard to judge?").wait_for()
    visitor.page.keyboard.type("It needs a table that isn't here")
    visitor.press("Enter")
    visitor.sees("Nothing to rate right now")
    visitor.sees("You have labelled every item of this batch that is still open.")
    label = landed(batch[0])
    assert (label.finish_reason, label.body["ratings"]) == ("give_up", [1])
    assert label.reason == "It needs a table that isn't here"


def test_the_last_pass_is_reopened_and_its_correction_is_a_revision(
    visitor: Visitor, ann: User, batch: list[BatchItem]
):
    start(visitor, ann)
    visitor.press("3", "3", "3", "Enter")
    visitor.sees("How many pears has Ann?")
    visitor.press("u")
    visitor.sees("You have reopened your last pass")
    visitor.press("Backspace", "1", "Enter")
    visitor.sees("How many pears has Ann?")
    corrected = landed(batch[0], revisions=2)
    assert (corrected.finish_reason, corrected.body["ratings"]) == ("found_error", [1, 1, -1])
    assert Assignment.objects.filter(labeler=ann.labeler, state="leased").count() == 1


def test_an_unfinished_pass_survives_a_reload(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3", "2")
    visitor.page.reload()
    visitor.sees("We kept your pass")
    visitor.press("3", "Enter")
    assert landed(batch[0]).body["ratings"] == [1, 0, 1]


def test_a_session_that_ended_is_renewed_over_the_page(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3", "3", "3")
    Session.objects.all().delete()
    visitor.press("Enter")
    visitor.page.get_by_role("dialog", name="Sign in again").wait_for()
    visitor.page.get_by_role("textbox", name="Password").wait_for()
    visitor.page.keyboard.type(factories.PASSWORD)
    visitor.press("Enter")
    visitor.page.get_by_role("dialog").wait_for(state="hidden")
    visitor.press("Enter")
    visitor.sees("How many pears has Ann?")
    assert landed(batch[0]).body["ratings"] == [1, 1, 1]


def test_a_pass_finished_offline_is_sent_once_the_connection_is_back(
    visitor: Visitor, ann: User, batch: list[BatchItem]
):
    start(visitor, ann)
    visitor.context.set_offline(True)
    visitor.press("3", "3", "3", "Enter")
    visitor.sees("No connection")
    assert labels_of(batch[0]) == []
    visitor.context.set_offline(False)
    visitor.press("Enter")
    visitor.sees("How many pears has Ann?")
    assert landed(batch[0]).body["ratings"] == [1, 1, 1]


def test_what_was_given_on_is_told_and_kept_as_a_draft(visitor: Visitor, ann: User, bob: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3", "3", "3")
    held = Assignment.objects.filter(item=batch[0])
    held.update(state=Assignment.State.LAPSED)
    factories.LabelFactory(assignment__item=batch[0], assignment__labeler=bob.labeler)
    visitor.press("Enter")
    visitor.sees("This solution was given to somebody else")
    visitor.page.get_by_role("button", name="Get the next one").press("Enter")
    visitor.sees("How many pears has Ann?")
    assert held.get(labeler=ann.labeler).draft["ratings"] == [1, 1, 1]


def test_a_closed_round_is_told_and_nothing_is_counted(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3", "3", "3")
    Generation.objects.update(state=Generation.State.TRAINING)
    visitor.press("Enter")
    visitor.sees("This round of labeling is closed")
    assert labels_of(batch[0]) == []


def test_leaving_hands_back_what_was_not_begun(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.page.goto("about:blank")
    wait_until(lambda: Assignment.objects.get(item=batch[0]).state == Assignment.State.RELEASED)


def test_leaving_keeps_what_was_begun(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3")
    visitor.page.goto("about:blank")
    visitor.page.goto("/")
    visitor.sees("We kept your pass")
    assert Assignment.objects.get(item=batch[0]).state == Assignment.State.LEASED


HOSTILE = (
    "<script>window.hacked = 1</script> <img src=x onerror='window.hacked = 2'> "
    r"$\href{javascript:window.hacked=3}{click}$ $\htmlData{x=1}{y}$ $\def\a{\a\a}\a$ \boxed{12}"
)


def test_hostile_text_is_text(visitor: Visitor, ann: User, generation: Generation):
    put_up(generation, "How many apples has Tom? " + HOSTILE, position=0, steps=[HOSTILE, HOSTILE])
    start(visitor, ann)
    page = visitor.page
    assert page.evaluate("window.hacked") is None
    assert page.locator("main script, main img, main a[href]").count() == 0
    assert page.get_by_text("<script>window.hacked = 1</script>").first.is_visible()
    assert page.locator("main .katex").count() > 0
