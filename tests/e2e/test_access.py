"""Every page in light and dark: axe finds nothing, and the page itself complains of nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from labelhub.models import Assignment, BrowserSession, Checkpoint, Generation, Project, User
from tests import factories
from tests.e2e.conftest import FRONTEND, Visitor, put_away

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = FRONTEND / "node_modules/axe-core/axe.min.js"
SCHEMES = ["light", "dark"]
# One frame for what was pressed to begin; a skeleton or a striped bar never ends, and is not waited for.
TRANSITIONS_OVER = """new Promise(requestAnimationFrame).then(() => Promise.allSettled(document.getAnimations()
  .filter((each) => Number.isFinite(each.effect.getComputedTiming().endTime)).map((each) => each.finished)))"""


def found_by_axe(page: Page) -> list[str]:
    """Each violation with the elements it is about; WCAG 2.2 A and AA and axe's own best practices."""
    page.evaluate(TRANSITIONS_OVER)  # colours are measured
    page.add_script_tag(path=AXE)
    violations: list[dict[str, Any]] = page.evaluate("axe.run().then(({ violations }) => violations)")
    return [f"{each['id']}: {[node['html'][:160] for node in each['nodes']]}" for each in violations]


@pytest.fixture
def filled(project: Project, generation: Generation, ann: User) -> Project:
    """A champion with measures, a batch with labels, a contradiction, a failed import."""
    gain = {"difference": 0.12, "low": 0.08, "high": 0.16, "detectable": 0.06, "problems": 8}
    span: dict[str, Any] = {"low": 0.3, "high": 0.8, "trials": None, "problems": 8}
    curve = [{"n": n, "mean": 0.5 + n / 100, "sd": 0.0} | span for n in (1, 2, 6)]
    best: dict[str, Any] = {"n": 6, "problems": 8, "accuracy": 0.56, "majority_vote": 0.5}
    best |= {"oracle": 0.9, "pass_at_1": 0.45}
    best["curves"] = dict.fromkeys(("best_of_n", "majority_vote", "weighted_vote", "oracle"), curve)
    bins = [{"low": 0.9, "high": 1, "n": 120, "predicted": 0.97, "correct": 0.87}]
    steps = {"auc": 0.86, "position_only": 0.74, "gain": gain, "n": 120}
    steps["calibration"] = {"ece": 0.1, "n": 120, "bins": bins}
    untold = {"undefined": "No solution of this split has a label."}
    gate = {"best_of_n": best, "first_error": untold, "steps": steps, "champion": None, "comparison": {}}
    champion = factories.CheckpointFactory(
        project=project,
        measures={"gate": gate},
        decision={"promoted": True, "sentence": "It is the project's first evaluated checkpoint."},
    )
    Project.objects.update(champion=champion)
    wrong = factories.SolutionFactory(problem__project=project, wrong=True)
    factories.LabelFactory(assignment__item__generation=generation, assignment__item__solution=wrong)
    factories.BatchItemFactory.create_batch(3, generation=generation, position=50)
    project.jobs.create(kind="import", state="failed", message="The upload is gone.", params={"filename": "a.jsonl"})
    return project


PAGES = [
    "",
    "/generations",
    "/generations/0",
    "/checkpoints",
    "/review",
    "/quality",
    "/quality/gold",
    "/quality/gold/new",
    "/quality/gold/import",
    "/quality/screening",
    "/quality/mistakes",
    "/import",
    "/export",
    "/people",
    "/audit",
    "/settings",
]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_operators_pages(
    visit: Callable[..., Visitor], broker_url: str, olga: User, filled: Project, scheme: str
):
    visitor = visit(color_scheme=scheme, bypass_csp=True)  # for axe alone: the journeys keep the policy
    page = visitor.sign_in(olga)
    found = {"projects": found_by_axe(page)}
    for path in PAGES:
        page.goto(f"/p/apples{path}")
        page.locator("main h1").wait_for()
        page.wait_for_load_state("networkidle")
        found[path] = found_by_axe(page)
    page.goto("/tokens")
    page.get_by_text("You have no token.").wait_for()
    found["tokens"] = found_by_axe(page)
    page.goto("/account")
    page.get_by_role("cell", name="Signed in").wait_for()
    found["account"] = found_by_axe(page)
    page.get_by_role("button", name="Set up an authenticator").click()
    page.get_by_label("Your password, to make sure").wait_for()
    found["proof"] = found_by_axe(page)
    Generation.objects.update(state=Generation.State.CANCELLED)
    page.goto("/p/apples/generations?launch")
    page.get_by_text("candidates in the pool").wait_for()
    found["launch"] = found_by_axe(page)
    assert {path: told for path, told in found.items() if told} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_what_opens_over_the_operators_pages(
    visit: Callable[..., Visitor], broker_url: str, olga: User, filled: Project, scheme: str
):
    factories.CheckpointFactory(project=filled)
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(olga)
    found = {}
    openings = [
        ("/", "New project"),
        ("/p/apples/generations/0", "Close and train"),
        ("/p/apples/generations/0", "Cancel …"),
        ("/p/apples/checkpoints", "Promote …"),
    ]
    for path, button in openings:
        page.goto(path)
        page.get_by_role("button", name=button).first.click()
        page.get_by_role("dialog").wait_for()
        found[button] = found_by_axe(page)
    page.goto("/p/apples/people")
    page.get_by_role("row", name="ann").get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").wait_for()
    found["remove"] = found_by_axe(page)
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_where_something_went_wrong(
    visit: Callable[..., Visitor], broker_url: str, olga: User, filled: Project, scheme: str
):
    Generation.objects.update(state=Generation.State.FAILED, failed_in="training", failure="The disk is full.")
    failed = filled.jobs.get(kind="import")
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(olga)
    found = {}
    places = [
        ("/p/apples", "Generation 0 stopped"),
        ("/p/apples/generations/0", "Failed while training"),
        (f"/p/apples/import/{failed.pk}", "The upload is gone."),
        ("/p/apples/generations/99", "This could not be loaded"),
        ("/p/pears", "There is no such page"),
    ]
    for path, said in places:
        page.goto(path)
        page.get_by_text(said).first.wait_for()
        found[path] = found_by_axe(page)
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_a_pass_that_was_refused(
    visit: Callable[..., Visitor], ann: User, generation: Generation, scheme: str
):
    factories.BatchItemFactory(generation=generation)
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(ann)
    visitor.put_instructions_away()
    visitor.press("3", "3", "3")
    visitor.context.set_offline(True)
    visitor.press("Enter")
    visitor.sees("Offline: 1 pass kept here")
    found = {"offline": found_by_axe(page)}
    Generation.objects.update(state=Generation.State.TRAINING)
    Assignment.objects.update(state=Assignment.State.REVOKED)
    visitor.context.set_offline(False)
    visitor.sees("This round of labeling is closed")
    found["closed"] = found_by_axe(page)
    elsewhere = visitor.context.new_page()
    elsewhere.goto("/p/apples/label")
    elsewhere.get_by_text("You are rating in another tab").wait_for()
    found["elsewhere"] = found_by_axe(elsewhere)
    BrowserSession.objects.all().delete()
    page.get_by_role("button", name="Look again").press("Enter")
    page.get_by_role("dialog", name="Sign in again").wait_for()
    found["signed out"] = found_by_axe(page)
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_any_state_of_the_labelers_page(
    visit: Callable[..., Visitor], ann: User, generation: Generation, scheme: str
):
    item = factories.BatchItemFactory(generation=generation)
    factories.AlternativeFactory(solution=item.solution, step=1)
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.page
    page.goto("/")
    page.get_by_label("Name").wait_for()
    found = {"sign-in": found_by_axe(page)}
    visitor.sign_in(ann)
    states: list[tuple[str, list[str], Any]] = [
        ("instructions", [], page.get_by_role("dialog", name="Instructions")),
        ("fresh", ["Escape"], page.get_by_text("3 left to rate")),
        ("first bad", ["3", "1"], page.get_by_text("1 more step, not rated")),
        ("help", ["?"], page.get_by_role("dialog", name="Keys of this page")),
        ("give up", ["Escape", "g"], page.locator("textarea:focus")),
        ("nothing", [*"too hard", "Enter"], page.get_by_text("Nothing to rate right now")),
    ]
    for name, keys, there in states:
        for key in keys:
            put_away(page) if key == "Escape" else page.keyboard.press("Space" if key == " " else key)
        there.wait_for()
        found[name] = found_by_axe(page)
    assert {name: told for name, told in found.items() if told} == {}


def test_the_scheme_that_was_chosen_is_there_before_the_first_paint(visitor: Visitor, stranger: User):
    visitor.sign_in(stranger)
    visitor.page.get_by_role("button", name="View").click()
    visitor.page.get_by_role("menuitemradio", name="Dark").click()
    visitor.page.add_init_script(
        "new MutationObserver(() => document.body && (window.first ??="
        " document.documentElement.dataset.mantineColorScheme)).observe(document, { childList: true, subtree: true })"
    )
    visitor.page.reload()
    visitor.page.get_by_role("button", name="View").wait_for()
    assert visitor.page.evaluate("window.first") == "dark"


def test_a_solution_of_200_steps_answers_a_key_within_a_frame_or_two(
    visitor: Visitor, ann: User, generation: Generation
):
    """Not a measurement: that the rows which did not change are not drawn again."""
    steps = [f"Step {n} says that ${n} + 1 = {n + 1}$." for n in range(200)]
    solution = factories.SolutionFactory(problem__project=generation.project, steps=steps)
    factories.BatchItemFactory(generation=generation, solution=solution)
    visitor.sign_in(ann)
    visitor.put_instructions_away()
    visitor.sees("200 left to rate")
    page = visitor.page
    page.evaluate(
        "window.changed = new Set(); new MutationObserver((all) => all.forEach(({ target }) =>"
        " window.changed.add((target.nodeType === 1 ? target : target.parentElement).closest('li')))).observe("
        "document.querySelector('ol'), { subtree: true, childList: true, attributes: true, characterData: true })"
    )
    page.keyboard.press("3")
    page.get_by_text("199 left to rate").wait_for()
    assert page.evaluate("window.changed.size") <= 3


def test_a_checkpoint_in_training_shows_how_far_it_is(
    visitor: Visitor, broker_url: str, olga: User, project: Project, checkpoint: Checkpoint
):
    Checkpoint.objects.update(state=Checkpoint.State.TRAINING)
    project.jobs.create(
        kind="train", checkpoint=checkpoint, state="running", done=30, total=60, message="Update 30 of 60"
    )
    page = visitor.sign_in(olga, "/p/apples/checkpoints")
    page.get_by_text("30 of 60 · 50%").wait_for()
