"""An operator's way from an empty project to an export, and what the pages say when something is amiss."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from labelhub.models import Assignment, Checkpoint, Event, Generation, Label, Project, User
from labelhub.services.loop import promoting
from tests import factories, sample
from tests.e2e.conftest import SOON, Visitor
from tests.e2e.test_access import SCHEMES, found_by_axe
from tests.workers import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TRAINED = 300_000.0

OF_THE_DATA = ["Import", "Export"]


def go(page: Page, name: str) -> None:
    """By the bar; what goes in and out stands with the data."""
    if name in OF_THE_DATA:
        page.get_by_role("navigation", name="Pages of the project").get_by_role("link", name="Data").click()
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()


def import_file(page: Page, path: Path) -> None:
    go(page, "Import")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("heading", name=f"Import of {path.name}").wait_for()


def labelled(generation: Generation, **values: Any) -> Label:
    item = factories.BatchItemFactory(generation=generation, state="done")
    return factories.LabelFactory(assignment__item=item, assignment__state="submitted", **values)


@pytest.fixture
def watched(generation: Generation, ann: User, bob: User) -> Generation:
    """In labeling, with labels of each ending by ann and one lease that bob holds."""
    Generation.objects.update(labeling_at=timezone.now() - timedelta(hours=1))
    for _ in range(5):
        labelled(generation, assignment__labeler=ann.labeler, ratings=[1, -1], total_time=30_000)
    labelled(generation, assignment__labeler=ann.labeler)
    labelled(generation, assignment__labeler=ann.labeler, ratings=[1], finish_reason="give_up", reason="Too long.")
    item = factories.BatchItemFactory(generation=generation, state="leased")
    factories.AssignmentFactory(item=item, labeler=bob.labeler)
    return generation


def test_a_generation_is_watched_without_reload_and_a_lease_taken_back(
    visitor: Visitor, broker_url: str, olga: User, watched: Generation, ann: User
):
    page = visitor.sign_in(olga, "/p/apples/generations/0")
    page.get_by_role("figure", name="Burndown").get_by_text("Likely full").wait_for()
    page.get_by_role("figure", name="How passes end").get_by_text("Of 7 passes").wait_for()
    labelled(watched, assignment__labeler=ann.labeler)
    page.get_by_role("figure", name="How passes end").get_by_text("Of 8 passes").wait_for()

    page.get_by_role("button", name="Release the lease of bob").click()
    page.get_by_label("Why is it released?").fill("Went home")
    page.get_by_role("button", name="Release the lease", exact=True).click()
    page.get_by_text("Nobody holds an item.").wait_for()
    lease = Assignment.objects.get(item__state="open")
    assert lease.state == Assignment.State.REVOKED
    assert Event.objects.get(verb="revoke lease").reason == "Went home"


def test_a_number_leads_to_the_items_behind_it(visitor: Visitor, broker_url: str, olga: User, watched: Generation):
    page = visitor.sign_in(olga, "/p/apples/generations/0")
    mistakes = page.get_by_role("figure", name="Where first mistakes fall", exact=True)
    mistakes.get_by_text("Table").click()
    mistakes.get_by_role("link", name="5", exact=True).click()
    batch = page.get_by_role("region", name="The batch").get_by_role("row")
    expect(batch).to_have_count(6)  # with its head
    expect(page.locator("#items")).to_be_focused()
    page.get_by_role("button", name="No longer narrowed to first mistake at step 2").click()
    expect(batch).to_have_count(9)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_what_is_watched(
    visit: Callable[..., Visitor], broker_url: str, olga: User, watched: Generation, scheme: str
):
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(olga, "/p/apples/generations/0?mistake=2")
    for table in page.get_by_text("Table", exact=True).all():
        table.click()
    page.get_by_role("region", name="The batch").get_by_role("row").nth(5).wait_for()
    page.wait_for_load_state("networkidle")
    assert found_by_axe(page) == []
    page.get_by_role("button", name="Release the lease of bob").click()
    page.get_by_role("dialog").wait_for()
    assert found_by_axe(page) == []


@pytest.mark.slow
def test_from_an_empty_project_to_a_champion_and_an_export(
    visitor: Visitor, worker: Worker, project: Project, olga: User, tmp_path: Path
):
    (problems, solutions), oracle = sample.write_files(tmp_path)
    with solutions.open("a") as file:
        file.write("this is not JSON\n")
    page = visitor.sign_in(olga, "/p/apples")
    visitor.sees("This project is empty")

    import_file(page, problems)
    page.get_by_text("Created: 40 problems.").wait_for(timeout=SOON)
    import_file(page, solutions)
    page.get_by_text("1 line turned away.").wait_for(timeout=SOON)
    page.get_by_role("cell", name="241", exact=True).wait_for()

    go(page, "Home")
    page.get_by_role("link", name="done grade").wait_for(timeout=SOON)
    page.get_by_role("link", name="Launch generation").first.click()
    page.get_by_role("radiogroup", name="What k counts").get_by_text("in all").click()
    page.get_by_label("Picks in all").fill("24")
    page.get_by_label("Gate items").fill("6")
    page.get_by_text("32 picks on").wait_for()
    page.get_by_role("figure", name="Picks per problem").wait_for()
    page.get_by_text("Undefined: Nobody has labelled here yet.").first.wait_for()
    assert Generation.objects.count() == 0
    page.get_by_role("button", name="Launch", exact=True).click()
    page.get_by_role("heading", name="Generation 0").wait_for()
    page.get_by_text("0 of 32 items are done").wait_for(timeout=SOON)

    assert sample.label_all(project, oracle) == 32
    page.get_by_text("32 of 32 items are done").wait_for(timeout=SOON)
    page.get_by_text("Every item has its labels. Close and train makes").wait_for()
    page.get_by_text("Median time of a pass").wait_for()
    page.get_by_role("figure", name="How passes end").get_by_text("Of 32 passes").wait_for()
    page.get_by_role("button", name="Close and train").click()
    page.get_by_role("dialog").get_by_role("button", name="Close and train").click()
    go(page, "Generations")
    page.get_by_role("row", name="Opened ahead").get_by_role("link", name="1").wait_for(timeout=SOON)  # nobody is idle
    page.get_by_role("link", name="0", exact=True).click()
    page.get_by_text("Finished. It is the project's first evaluated checkpoint.").wait_for(timeout=TRAINED)

    page.get_by_role("link", name="launch the next generation").click()
    page.get_by_text("8 items opened when the last generation closed").wait_for()
    page.get_by_role("figure", name="Scores of the pool and of the picks").wait_for()
    page.get_by_role("button", name="Launch", exact=True).click()
    page.get_by_role("heading", name="Generation 1").wait_for()
    page.get_by_text("People rate the batch: 0 of").wait_for(timeout=SOON)
    page.get_by_text("Control and gate items opened ahead").wait_for()

    go(page, "Checkpoints")
    page.get_by_text("champion", exact=True).wait_for()
    page.get_by_role("table", name="Side by side").get_by_role("link", name="Checkpoint 1").click()
    page.get_by_role("heading", name="The first champion").wait_for()
    page.get_by_role("rowheader", name="Best-of-6 accuracy").wait_for()
    page.get_by_role("rowheader", name="Majority voting").wait_for()
    page.get_by_role("figure", name="Best-of-N on gate problems").wait_for()

    go(page, "Export")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download now").click()
    lines = download.value.path().read_text().splitlines()
    assert len(lines) == Label.objects.count() == 32
    assert {json.loads(line)["label"]["finish_reason"] for line in lines} <= {"solution", "found_error"}


def test_without_a_worker_every_page_says_so(visitor: Visitor, broker_url: str, olga: User, generation: Generation):
    page = visitor.sign_in(olga, "/p/apples")
    page.get_by_text("No worker answers").wait_for()
    go(page, "Generations")
    page.get_by_text("No worker answers").wait_for()


def test_a_generation_that_failed_says_why_and_is_taken_up_again(
    visitor: Visitor, broker_url: str, olga: User, generation: Generation, checkpoint: Checkpoint
):
    generation.state, generation.failed_in = Generation.State.FAILED, Generation.State.TRAINING
    generation.failure = "The disk is full."
    generation.save()
    generation.jobs.create(
        project=generation.project, kind="train", checkpoint=checkpoint, state="failed", message="The disk is full."
    )
    page = visitor.sign_in(olga, "/p/apples")
    page.get_by_text("Failed while training: The disk is full.").first.wait_for()
    page.get_by_role("button", name="Retry").click()
    page.get_by_text("Nothing right now.").wait_for()
    generation.refresh_from_db()
    assert generation.state == Generation.State.TRAINING


def promotes(page: Page, checkpoint: Checkpoint) -> None:
    row = page.get_by_role("row", name=f"Checkpoint {checkpoint.number}", exact=True)
    row.get_by_role("button", name="Promote …").wait_for()


def test_rolling_back_is_promoting_a_former_champion_with_a_reason(
    visitor: Visitor, broker_url: str, olga: User, project: Project, checkpoint: Checkpoint
):
    promoting.promote(checkpoint=checkpoint, by=None, reason="It is the project's first evaluated checkpoint.")
    never, newer = (factories.CheckpointFactory(project=project, number=checkpoint.number + n) for n in (1, 2))
    Project.objects.update(champion=newer)
    page = visitor.sign_in(olga, "/p/apples/checkpoints")
    promotes(page, never)
    page.get_by_role("button", name="Roll back to this").click()
    page.get_by_label("Why?").fill("The newer one finds nothing")
    page.get_by_role("button", name="Make it champion").click()
    promotes(page, newer)
    project.refresh_from_db()
    assert project.champion == checkpoint


def test_a_person_is_added_and_the_password_shown_once(visitor: Visitor, broker_url: str, olga: User):
    page = visitor.sign_in(olga, "/p/apples/people")
    page.get_by_role("textbox", name="Name").fill("newcomer")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_text("The password of newcomer, shown this once:").wait_for()
    page.reload()
    page.get_by_role("cell", name="newcomer", exact=True).wait_for()
    assert page.get_by_text("shown this once").count() == 0
    assert User.objects.filter(username="newcomer").exists()
