"""Every state of the labeler's page, in every way to see it: axe finds nothing, nothing is cut, fingers find it all."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labelhub.models import Assignment, BrowserSession, Generation, User
from tests import factories
from tests.e2e.conftest import Visitor, hears_keys, put_away
from tests.e2e.test_access import found_by_axe
from tests.e2e.test_labeler import put_up
from tests.workers import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG_PROBLEM = "\n\n".join(f"({n}) 求函数 $f(x) = x^2 - {n}x$ 的最小值。" for n in range(30))
WIDE = "So\n\\[" + " + ".join(f"x_{{{n}}}" for n in range(80)) + "\\]"
STEPS = [
    r"A broken formula: $\frac{1}{2$ and one $\undefinedmacro{x}$.",
    "```python\nprint('a line that is longer than its column, and so is folded where the column ends, and again')\n```",
    WIDE,
    "因此分子是 $14$。",
]

Open = Callable[..., Visitor]
WAYS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "high contrast": {"color_scheme": "light", "contrast": "more"},
    "dark high contrast": {"color_scheme": "dark", "contrast": "more"},
    "Chinese": {"locale": "zh-CN"},
    "twice as large": {"viewport": {"width": 640, "height": 400}},
    "tablet": {"viewport": {"width": 820, "height": 1180}, "has_touch": True, "is_mobile": True},
}


@pytest.fixture
def batch(generation: Generation) -> Generation:
    """A long problem with all that is hard to show, then a long solution, then nothing."""
    first = put_up(generation, LONG_PROBLEM, position=0, steps=STEPS, wrong=True)
    for text in ("So $-x = -14$.", WIDE):
        factories.AlternativeFactory(solution=first.solution, step=3, text=text)
    put_up(generation, "How many plums has Bob?", position=1, steps=[f"Step {n}: ${n} + 1$." for n in range(60)])
    return generation


def begin(visitor: Visitor, ann: User) -> Page:
    """Sign in, whatever the language; the instructions are open."""
    page = visitor.page
    page.goto("/")
    page.locator("input").first.fill(ann.username)
    page.locator("input[type=password]").fill(factories.PASSWORD)
    page.keyboard.press("Enter")
    hears_keys(page)
    return page


@pytest.mark.parametrize("way", ["light", "dark", "high contrast", "Chinese"])
def test_axe_finds_nothing_on_any_state(visit: Open, ann: User, batch: Generation, way: str):
    visitor = visit(bypass_csp=True, **WAYS[way])  # for axe alone: the journeys keep the policy
    found: dict[str, list[str]] = {}
    visitor.page.goto("/")
    visitor.page.locator("input").first.wait_for()
    found["sign-in"] = found_by_axe(visitor.page)
    page = begin(visitor, ann)

    def look(name: str) -> None:
        found[name] = found_by_axe(page)

    look("instructions")
    put_away(page)
    look("a long problem, broken formulas, code")
    for name, key in [("keys", "?"), ("comment", "c"), ("give up", "g"), ("bad problem", "b")]:
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        look(name)
        put_away(page)
    for name, keys in [
        ("source", "r"),
        ("whole problem", "rp"),
        ("midway", "p32"),
        ("first Bad", "31"),
        ("complete", "34"),
    ]:
        visitor.press(*keys)
        look(name)
    for menu in page.locator("header button[aria-haspopup]").all():
        menu.press("Enter")
        page.get_by_role("menu").wait_for()
        look(f"menu {menu.get_attribute('aria-label')}")
        page.keyboard.press("Escape")
        page.get_by_role("menu").wait_for(state="hidden")
    page.reload()
    page.locator("section ol").first.wait_for()
    look("kept")
    visitor.holds("How many plums has Bob?")
    visitor.context.set_offline(True)
    page.evaluate("document.activeElement.blur()")
    visitor.press("Enter", "3")
    page.locator("footer [role=status]").first.wait_for()
    look("offline, 60 steps")
    Generation.objects.update(state=Generation.State.TRAINING)
    Assignment.objects.update(state=Assignment.State.REVOKED)
    visitor.context.set_offline(False)
    page.get_by_role("alert").first.wait_for()
    look("closed")
    elsewhere = visitor.context.new_page()
    elsewhere.goto("/p/apples/label")
    elsewhere.locator("main h1").wait_for()
    found["elsewhere"] = found_by_axe(elsewhere)
    elsewhere.close()
    BrowserSession.objects.all().delete()
    visitor.press("1", "Enter")
    page.get_by_role("dialog").wait_for()
    look("signed out")
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("way", ["twice as large", "tablet", "Chinese", "light"])
def test_nothing_is_cut_and_nothing_lies_over_another(visit: Open, ann: User, batch: Generation, way: str):
    visitor = visit(**WAYS[way])
    page = begin(visitor, ann)
    put_away(page)
    for keys in ["", "323", "1", "+++"]:
        visitor.press(*keys)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"scrolls sideways after {keys!r}"
        assert page.evaluate(OVERLAPPING) == []


OVERLAPPING = """() => {
  const boxes = [...document.querySelectorAll('header *, footer *, section *')]
    .filter((each) => each.matches('a, button, h1, .katex-html') && each.checkVisibility({ visibilityProperty: true }))
    .map((each) => [each, each.getBoundingClientRect(), each.closest('header, footer, section')])
    .filter(([, box]) => box.width > 0 && box.height > 0);
  const over = ([one, a, bar], [other, b, its]) => bar === its && !one.contains(other) && !other.contains(one)
    && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return boxes.flatMap((box, at) => boxes.slice(at + 1).filter((its) => over(box, its))
    .map((its) => `${box[0].textContent} | ${its[0].textContent}`));
}"""


@pytest.mark.parametrize("width", [1366, 390])
def test_a_very_long_problem_leaves_room_for_the_steps_and_one_key_shows_it_whole(
    visit: Open, ann: User, batch: Generation, width: int
):
    visitor = visit(viewport={"width": width, "height": 768})
    page = begin(visitor, ann)
    put_away(page)
    problem = page.get_by_label("Problem", exact=True).first
    shown = problem.bounding_box()
    assert shown and shown["height"] < 768 * 0.4
    assert problem.evaluate("(box) => box.firstElementChild.offsetHeight < box.clientHeight"), "it runs over the steps"
    visitor.press("p")
    whole = problem.bounding_box()
    assert whole and whole["height"] > 768
    visitor.press("p")
    visitor.press("3", "3")

    def is_uncovered() -> bool:
        cursor, pinned = page.locator("[aria-current=step]").first.bounding_box(), problem.bounding_box()
        return bool(cursor and pinned and cursor["y"] >= pinned["y"] + pinned["height"])

    wait_until(is_uncovered)  # what is pinned is measured once it is drawn


def test_fingers_find_the_buttons(visit: Open, ann: User, batch: Generation):
    page = begin(visit(**WAYS["tablet"]), ann)
    page.get_by_role("dialog").get_by_role("button").last.tap()
    page.get_by_role("dialog").wait_for(state="hidden")
    small = page.evaluate(
        "[...document.querySelectorAll('button')].filter((each) => each.checkVisibility({ visibilityProperty: true }))"
        ".map((each) => [each.textContent, each.getBoundingClientRect()])"
        ".filter(([, box]) => box.width < 44 || box.height < 44).map(([text]) => text)"
    )
    assert small == []
    for _ in range(4):
        page.get_by_role("button", name="Great").last.tap()
    page.get_by_role("button", name="Submit").tap()
    page.get_by_text("How many plums has Bob?").wait_for()


def test_the_language_is_the_browsers_and_switched_by_the_keyboard_in_mid_pass(
    visit: Open, ann: User, batch: Generation
):
    visitor = visit(locale="zh-CN")
    page = begin(visitor, ann)
    assert page.evaluate("document.documentElement.lang") == "zh-Hans"
    put_away(page)
    visitor.press("3", "2")
    visitor.sees("还有 2 项待评")
    page.get_by_role("button", name="ann 的账户").press("Enter")
    page.get_by_role("menuitemradio", name="English").press("Enter")
    visitor.sees("2 left to rate")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("button", name="Step 1: Great").wait_for()
    page.reload()
    visitor.sees("We kept your pass")


def test_chinese_is_fetched_only_where_it_is_spoken(visit: Open, ann: User, batch: Generation):
    visitor = visit()
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    begin(visitor, ann)
    visitor.page.wait_for_load_state("networkidle")
    assert [url for url in asked if "texts.zh" in url] == []


def test_strong_contrast_is_chosen_and_stays(visitor: Visitor, ann: User, batch: Generation):
    page = begin(visitor, ann)
    put_away(page)
    page.get_by_role("button", name="View").press("Enter")
    page.get_by_role("menuitemcheckbox", name="High contrast").press("Enter")
    page.reload()
    page.get_by_role("button", name="View").wait_for()
    expect(page.locator("body")).to_have_css("color", "rgb(0, 0, 0)")


def test_motion_is_reduced_where_it_is_asked_for(visit: Open, ann: User, batch: Generation):
    page = begin(visit(reduced_motion="reduce"), ann)
    longest = page.evaluate(
        "Math.max(...[...document.querySelectorAll('*')]"
        ".map((each) => parseFloat(getComputedStyle(each).transitionDuration)))"
    )
    assert longest < 0.001
