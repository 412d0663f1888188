"""A labeler's day, by the keyboard alone; and each thing that goes wrong ends in a sentence and no lost rating."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Route

from labelhub.models import Assignment, BatchItem, BrowserSession, Generation, Label, User
from labelhub.services.labeling import hand_in
from tests import factories
from tests.e2e.conftest import Visitor, hears_keys
from tests.present import present
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
    hears_keys(visitor.page, "Instructions")
    visitor.press("Enter")
    visitor.page.get_by_role("dialog").wait_for(state="hidden")
    visitor.sees("How many apples has Tom?")


MONEY = "A shop sells pens at $5 each and pencils at $2 each. Let $x$ be the number of pens, at $5 a piece."


def test_prices_beside_a_formula_are_shown_as_they_were_written(visitor: Visitor, ann: User, generation: Generation):
    put_up(generation, MONEY, position=0, steps=["Pens cost $5$ dollars each.", "He pays $5x + 2y$ and gets $3 back."])
    visitor.sign_in(ann)
    visitor.put_instructions_away()
    visitor.sees("pens at $5 each and pencils at $2 each. Let")
    assert visitor.page.get_by_text("be the number of pens, at $5 a piece.").count() == 1
    annotations = visitor.page.locator("annotation[encoding='application/x-tex']").all_text_contents()
    assert {"x", "5", "5x + 2y"} <= set(annotations)
    assert not any("each" in tex or "back" in tex for tex in annotations)


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
    assert present(label.body)["ratings"] == [1, 0, 1]
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
    hears_keys(visitor.page)
    visitor.page.keyboard.type("It needs a table that isn't here")
    visitor.press("Enter")
    visitor.sees("Nothing to rate right now")
    visitor.sees("You have labelled every item of this batch that is still open.")
    label = landed(batch[0])
    assert (label.finish_reason, present(label.body)["ratings"]) == ("give_up", [1])
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
    assert (corrected.finish_reason, present(corrected.body)["ratings"]) == ("found_error", [1, 1, -1])
    leased = Assignment.objects.filter(labeler=ann.labeler, state="leased").order_by("item")
    wait_until(lambda: [each.item for each in leased.all()] == batch[1:])


def test_an_unfinished_pass_survives_a_reload(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3", "2")
    visitor.page.reload()
    visitor.sees("We kept your pass")
    visitor.press("3", "Enter")
    assert present(landed(batch[0]).body)["ratings"] == [1, 0, 1]


@pytest.fixture
def server_may_answer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Until it is set, no pass that is handed in is taken."""
    free, really = Event(), hand_in._record

    def wait_and_record(*given: Any) -> hand_in.HandedIn:
        free.wait()
        return really(*given)

    monkeypatch.setattr(hand_in, "_record", wait_and_record)
    yield free
    free.set()


def waits_for_its_database(route: Route) -> None:
    route.fulfill(
        status=503,
        headers={"Retry-After": "60"},
        json={"code": "unavailable", "detail": "The site is waiting for its database.", "fields": {}},
    )


def overlap(one: Locator, other: Locator) -> bool:
    a, b = one.bounding_box(), other.bounding_box()
    assert a and b
    apart = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
    return not (apart or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"])


@pytest.mark.parametrize("width", [1366, 390])
def test_the_notice_of_an_outage_lies_over_nothing_that_a_labeler_presses(
    visit: Callable[..., Visitor], ann: User, batch: list[BatchItem], width: int
):
    visitor = visit(viewport={"width": width, "height": 768})
    visitor.page.route("**/progress*", waits_for_its_database)
    start(visitor, ann)
    notice = visitor.page.get_by_text("The site is waiting for its database")
    notice.wait_for()
    wait_until(lambda: not overlap(notice, visitor.page.get_by_role("button", name="Submit")))


LINES = """element => {
  const text = document.createRange();
  text.selectNodeContents(element);
  return new Set([...text.getClientRects()].map(({ top }) => top)).size;
}"""


def test_on_a_narrow_screen_nothing_lies_over_the_bar_and_an_answer_stays_in_one_piece(
    visit: Callable[..., Visitor], ann: User, generation: Generation
):
    problem = factories.ProblemFactory(
        project=generation.project, text="What do 7 pens cost?", ground_truth_answer="35"
    )
    factories.BatchItemFactory(generation=generation, position=0, solution__problem=problem)
    visitor = visit(viewport={"width": 390, "height": 768})
    visitor.sign_in(ann)
    visitor.put_instructions_away()
    visitor.sees("What do 7 pens cost?")
    bar = visitor.page.get_by_role("banner")
    assert not overlap(bar.get_by_role("link", name="LabelHub"), bar.get_by_role("button", name="Source"))
    assert visitor.page.get_by_text("35", exact=True).evaluate(LINES) == 1


def test_the_next_problem_is_there_before_the_server_has_answered(
    visitor: Visitor, ann: User, batch: list[BatchItem], server_may_answer: Event
):
    start(visitor, ann)
    visitor.holds("How many pears has Ann?")
    visitor.press("3", "3", "3", "Enter")
    visitor.sees("How many pears has Ann?")
    assert labels_of(batch[0]) == []
    server_may_answer.set()
    assert present(landed(batch[0]).body)["ratings"] == [1, 1, 1]


def test_a_session_that_ended_is_renewed_over_the_page(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.holds("How many pears has Ann?")
    visitor.press("3", "3", "3")
    BrowserSession.objects.all().delete()
    visitor.press("Enter")
    hears_keys(visitor.page, "Sign in again")
    visitor.page.keyboard.type(factories.PASSWORD)
    visitor.press("Enter")
    visitor.page.get_by_role("dialog").wait_for(state="hidden")
    visitor.sees("How many pears has Ann?")
    assert present(landed(batch[0]).body)["ratings"] == [1, 1, 1]


def test_two_passes_finished_offline_land_once_the_connection_is_back(
    visitor: Visitor, ann: User, batch: list[BatchItem]
):
    start(visitor, ann)
    visitor.holds("How many pears has Ann?")
    visitor.context.set_offline(True)
    visitor.press("3", "3", "3", "Enter")
    visitor.sees("How many pears has Ann?")
    visitor.press("3", "1", "2", "Enter")
    visitor.sees("Offline: 2 passes kept here, sent when you are back.")
    assert labels_of(batch[0]) + labels_of(batch[1]) == []
    visitor.context.set_offline(False)
    visitor.sees("How many plums has Bob?")
    assert present(landed(batch[0]).body)["ratings"] == [1, 1, 1]
    assert present(landed(batch[1]).body)["ratings"] == [1, -1]


# How many passes the browser has put down; asked after the writing began, it is answered once that is done.
KEPT = """new Promise((tell) => indexedDB.open('labelhub').onsuccess = ({ target: { result: db } }) =>
  db.transaction('passes').objectStore('passes').count().onsuccess = ({ target }) => tell(target.result))"""


def test_a_pass_finished_offline_outlives_the_tab(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.context.set_offline(True)
    visitor.press("3", "3", "3", "Enter")
    visitor.sees("Offline: 1 pass kept here")
    assert visitor.page.evaluate(KEPT) == 1
    visitor.page.close()
    visitor.context.set_offline(False)
    Assignment.objects.update(expires_at=timezone.now() - timedelta(hours=1))  # it was a long way home
    visitor.context.new_page().goto("/p/apples/label")
    assert present(landed(batch[0]).body)["ratings"] == [1, 1, 1]


def test_ten_passes_whose_answers_are_lost_land_exactly_once(visitor: Visitor, ann: User, generation: Generation):
    items = [put_up(generation, f"How many apples has Tom? ({n})", position=n) for n in range(10)]
    start(visitor, ann)
    lost: set[str] = set()

    def lose_the_first_answer(route: Route) -> None:
        first = route.request.url not in lost
        lost.add(route.request.url)
        if first:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    visitor.page.route("**/label", lose_the_first_answer)
    for number in range(10):
        visitor.sees(f"How many apples has Tom? ({number})")
        visitor.press("3", "3", "3", "Enter")
    visitor.sees("Nothing to rate right now")
    assert [len(labels_of(item)) for item in items] == [1] * 10
    assert len(lost) == 10


def test_one_tab_at_a_time_rates_and_takes_the_pass_along(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.press("3", "2")
    first, second = visitor.page, visitor.context.new_page()
    second.goto("/p/apples/label")
    second.get_by_text("You are rating in another tab").wait_for()
    second.get_by_role("button", name="Go on here").press("Enter")
    second.get_by_text("We kept your pass").wait_for()
    first.get_by_text("You are rating in another tab").wait_for()
    second.keyboard.press("3")
    second.keyboard.press("Enter")
    assert present(landed(batch[0]).body)["ratings"] == [1, 0, 1]
    second.close()
    first.get_by_text(re.compile("How many (pears|plums)")).first.wait_for()  # either may be handed back first


def test_what_was_given_on_is_told_and_kept_as_a_draft(visitor: Visitor, ann: User, bob: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.holds("How many pears has Ann?")
    visitor.press("3", "3", "3")
    held = Assignment.objects.filter(item=batch[0])
    held.update(state=Assignment.State.LAPSED)
    factories.LabelFactory(assignment__item=batch[0], assignment__labeler=bob.labeler)
    visitor.press("Enter")
    visitor.sees("This solution was given to somebody else")
    visitor.sees("The pass over “How many apples has Tom?”")
    visitor.sees("How many pears has Ann?")
    visitor.page.get_by_role("alert").get_by_role("button", name="All right").press("Enter")
    visitor.page.get_by_role("alert").wait_for(state="hidden")
    assert present(held.get(labeler=ann.labeler).draft)["ratings"] == [1, 1, 1]


def test_a_closed_round_is_told_and_nothing_is_counted(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    visitor.holds("How many pears has Ann?")
    visitor.press("3", "3", "3")
    Generation.objects.update(state=Generation.State.TRAINING)
    visitor.press("Enter")
    visitor.sees("This round of labeling is closed")
    assert labels_of(batch[0]) == []


def test_leaving_hands_back_what_was_not_begun(visitor: Visitor, ann: User, batch: list[BatchItem]):
    start(visitor, ann)
    held = Assignment.objects.filter(item__in=batch[:2])
    visitor.holds("How many pears has Ann?")
    assert held.filter(state=Assignment.State.LEASED).count() == 2
    visitor.page.goto("about:blank")
    wait_until(lambda: held.filter(state=Assignment.State.RELEASED).count() == 2)


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
    assert page.locator("main script, main img, main a[href]").count() == 0
    assert page.get_by_text("<script>window.hacked = 1</script>").first.is_visible()
    assert page.locator("main .katex").count() > 0
    assert page.evaluate("window.hacked") is None
