"""Pause and quarantine, walked through: a labeler who always says Bad, and the reviewer who decides."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import expect

from labelhub.models import BatchItem, Label, Project, QuarantineDecision, User
from labelhub.queries.loop import eligible
from tests.e2e.conftest import Visitor
from tests.e2e.test_access import found_by_axe
from tests.services.quality.test_judging import BAD, checked, label_items, pause
from tests.workers import wait_until

__all__ = ["checked"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def open_items(project: Project) -> int:
    return BatchItem.objects.filter(generation__project=project, state="open").count()


def has_answered(checks: int) -> bool:
    return Label.objects.filter(is_quality_control_question=True).count() == checks


def test_who_always_says_bad_is_paused_and_a_reviewer_discards_and_brings_back(
    visit: Callable[..., Visitor], checked: Project, ann: User, rita: User
):
    label_items(checked, ann, 4, **BAD)
    Project.objects.filter(pk=checked.pk).update(check_rate=1)
    labeler, before = visit(), open_items(checked)
    page = labeler.sign_in(ann, "/p/apples/label")
    labeler.put_instructions_away()
    for n in range(1, 4):
        page.get_by_role("button", name="Submit", disabled=True).wait_for()  # nothing of it is rated yet
        labeler.press("1", "Enter")
        wait_until(partial(has_answered, n))
    page.get_by_role("heading", name="Your work here rests").wait_for()
    labeler.sees("Several of your passes differ from the team's")
    page.get_by_role("link", name="Practise meanwhile").wait_for()
    Project.objects.filter(pk=checked.pk).update(check_rate=0)

    reviewer = visit()
    page = reviewer.sign_in(rita, "/p/apples")
    reviewer.sees("1 labeler paused by running checks")
    page.get_by_role("link", name="Decide").click()
    card = page.get_by_role("article", name="ann")
    expect(card).to_contain_text("0 of 3 checks passed")
    expect(card).to_contain_text("A discard puts 4 solutions up for labeling again.")
    card.get_by_role("button", name="Discard the labels").click()
    page.locator("textarea:focus").wait_for()
    page.keyboard.type("Every one is Bad at once.")
    reviewer.press("Enter")
    expect(card).to_contain_text("rita discarded the labels: “Every one is Bad at once.”")
    assert open_items(checked) == before + 4
    assert not eligible.to_train(project=checked).exists()
    card.get_by_role("button", name="Bring back").click()
    page.locator("textarea:focus").wait_for()
    page.keyboard.type("We talked about what Bad means.")
    reviewer.press("Enter")
    expect(card).to_contain_text("working again")
    assert list(QuarantineDecision.objects.order_by("pk").values_list("kind", flat=True)) == ["discard", "bring_back"]

    labeler.sees("Tom has 3 apples.")  # the page looks again by itself


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_quality_page_with_somebody_paused(
    visit: Callable[..., Visitor], checked: Project, ann: User, rita: User, scheme: str
):
    label_items(checked, ann, 3, **BAD)
    pause(checked, ann)
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(rita, "/p/apples/quality")
    page.get_by_role("article", name="ann").wait_for()
    visitor.sees("Met by")
    assert found_by_axe(page) == []
