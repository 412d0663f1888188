"""Quality control by an operator's hand: gold from a file with bad lines, the screening opened, taken and told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from labelhub.models import Admission, Gold, Project, User
from labelhub.services.quality import gold as golds
from tests import factories
from tests.e2e.conftest import Visitor
from tests.e2e.test_access import found_by_axe
from tests.services.quality.test_mistakes import worked

__all__ = ["worked"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZE = 5
TAKEN = [True, True, False, True, True]  # what ann answers as the team does


def line(n: int, **changed: object) -> dict[str, Any]:
    """A solution of three steps with the mistake in its second one."""
    sums = [f"Ana has {n} pears.", f"{n} + 2 = {n + 3}, since she picks two.", f"So Ana has {n + 3} now."]
    problem = f"Ana has {n} pears and picks 2 more. How many?"
    return {"problem": problem, "steps": sums, "first_mistakes": [1], "explanation": "It adds one too many."} | changed


SOUND = [line(n, first_mistakes=[], explanation="") for n in range(10, 16)]
MISTAKEN = [line(n) for n in range(20, 28)]
BAD = ["{not json", line(99, first_mistakes=[7])]


def send(page: Page, path: Path, lines: list[Any]) -> None:
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(path)


@pytest.fixture
def small(project: Project, generation) -> Project:
    factories.BatchItemFactory(generation=generation)
    Project.objects.filter(pk=project.pk).update(screening_size=SIZE)
    return project


def test_gold_comes_from_a_file_the_screening_is_opened_and_taken_and_everybody_seen_where_they_stand(
    visit: Callable[..., Visitor], broker_url: str, olga: User, ann: User, bob: User, small: Project, tmp_path: Path
):
    operator = visit()
    page = operator.sign_in(olga, "/p/apples/quality/screening")
    operator.sees("There are 0 questions, and 5 are asked.")
    expect(page.get_by_role("button", name="Open the screening")).to_be_disabled()
    page.get_by_role("link", name="To the gold labels for screening").click()
    page.get_by_role("link", name="Import a file").click()

    page.get_by_role("radio", name="Screening").check()
    send(page, tmp_path / "mistaken.jsonl", [*MISTAKEN, *BAD])
    operator.sees("8 lines would come in.")
    operator.sees("2 lines can't be used:")
    operator.sees("first_mistakes[0] is 7, not between 0 and 2.")
    operator.sees("0 of the 8 questions have no mistake; of 5 asked, 2 must.")
    assert not Gold.objects.exists()
    send(page, tmp_path / "whole.jsonl", [*SOUND, *MISTAKEN, *BAD])
    operator.sees("14 lines would come in.")
    operator.sees("Lacks nothing.")
    page.get_by_role("button", name="Import 14 lines").click()
    operator.sees("14 gold labels came in.")
    assert Gold.objects.count() == 14

    page.get_by_role("link", name="Screening", exact=True).click()
    page.get_by_role("button", name="Open the screening").click()
    operator.sees("14 questions stand in the set.")
    row = page.get_by_role("row", name="ann")
    expect(row).to_contain_text("not begun")

    labeler = visit()
    labeler.sign_in(ann, "/p/apples/label")
    labeler.put_instructions_away()
    for number, right in enumerate(TAKEN, start=1):
        labeler.sees(f"Screening: {number} of {SIZE}")
        rate(labeler, right)
    labeler.sees("You have passed the screening: 4 of 5 agree with the team.")
    assert Admission.objects.get().labeler == ann.labeler

    page.reload()
    expect(row).to_contain_text("passed")
    expect(row).to_contain_text("4 of 5 agree, 4 needed")
    other = page.get_by_role("row", name="bob")
    other.get_by_role("button", name="Let in").click()
    page.locator("textarea:focus").wait_for()
    page.keyboard.type("He wrote the gold labels.")
    operator.press("Enter")
    expect(other).to_contain_text("by olga: “He wrote the gold labels.”")

    page.get_by_role("link", name="Common mistakes").click()
    operator.sees("5 passes.")
    page.get_by_role("article").first.get_by_role("link", name="Gold label").click()
    operator.sees("0 of 1 pass agrees.")


def rate(visitor: Visitor, right: bool) -> None:
    """As the gold label has it, or one false alarm or miss more."""
    page = visitor.page
    shown = page.get_by_role("region", name="Problem").first.inner_text()
    found = next(
        each for each in Gold.objects.select_related("solution__problem") if each.solution.problem.text in shown
    )
    visitor.press(*(["3", "1"] if bool(found.first_mistakes) == right else ["3", "3", "3"]), "Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_gold_and_what_is_told_of_it(
    visit: Callable[..., Visitor], broker_url: str, olga: User, worked: dict[str, Gold], tmp_path: Path, scheme: str
):
    golds.explain(gold=worked["check"], explanation="It adds one too many.", by=olga)
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(olga, "/p/apples/quality/mistakes")
    page.get_by_role("figure", name="Where mistakes are missed").wait_for()
    page.locator(".recharts-bar-rectangle").first.wait_for()
    found = {"mistakes": found_by_axe(page)}
    page.goto(f"/p/apples/quality/gold/{worked['check'].pk}")
    page.locator(".recharts-bar-rectangle").first.wait_for()
    found["one"] = found_by_axe(page)
    page.get_by_role("button", name="Say it in other words").click()
    found["explain"] = found_by_axe(page)
    page.goto("/p/apples/quality/gold")
    visitor.sees("Tom has 3 apples")
    found["gold"] = found_by_axe(page)
    solution = factories.SolutionFactory(problem=worked["check"].solution.problem)
    page.goto(f"/p/apples/quality/gold/new?solution={solution.pk}")
    page.get_by_role("button", name="Make gold").click()
    visitor.sees("Tick at least one step")
    found["make"] = found_by_axe(page)
    page.goto("/p/apples/quality/gold/import")
    send(page, tmp_path / "gold.jsonl", [*SOUND, *BAD])
    visitor.sees("6 lines would come in.")
    found["import"] = found_by_axe(page)
    page.goto("/p/apples/quality/screening")
    page.get_by_role("row", name="ann").get_by_role("button").click()
    page.get_by_role("dialog").wait_for()
    found["screening"] = found_by_axe(page)
    assert {name: told for name, told in found.items() if told} == {}
