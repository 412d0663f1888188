"""An operator's way from an empty project to an export, and what the pages say when something is amiss."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from labelhub.models import Checkpoint, Generation, Label, Project, User
from tests import sample
from tests.e2e.conftest import Visitor
from tests.workers import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOON = 30_000.0  # ms; a worker takes up and ends a short job
TRAINED = 300_000.0


def go(page: Page, name: str) -> None:
    page.get_by_role("navigation").get_by_role("link", name=name).click()


def import_file(page: Page, path: Path) -> None:
    go(page, "Import")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_role("heading", name=f"Import of {path.name}").wait_for()


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
    page.get_by_role("cell", name="241").wait_for()

    go(page, "Home")
    page.get_by_role("link", name="done grade").wait_for(timeout=SOON)
    page.get_by_role("link", name="Launch generation").click()
    page.get_by_role("radiogroup", name="What k counts").get_by_text("in all").click()
    page.get_by_label("Picks in all").fill("24")
    page.get_by_label("Gate items").fill("6")
    page.get_by_text("32 picks on").wait_for()
    assert Generation.objects.count() == 0
    page.get_by_role("button", name="Launch", exact=True).click()
    page.get_by_role("heading", name="Generation 0").wait_for()
    page.get_by_text("0 of 32 items are done").wait_for(timeout=SOON)

    assert sample.label_all(project, oracle) == 32
    page.get_by_text("32 of 32 items are done").wait_for(timeout=SOON)
    page.get_by_role("button", name="Close and train").click()
    page.get_by_role("dialog").get_by_role("button", name="Close and train").click()
    page.get_by_text("Finished. It is the project's first evaluated checkpoint.").wait_for(timeout=TRAINED)

    go(page, "Checkpoints")
    page.get_by_text("champion", exact=True).wait_for()
    page.get_by_role("row", name="Checkpoint 1").get_by_role("link").click()
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


def test_rolling_back_is_promoting_an_older_one_with_a_reason(
    visitor: Visitor, broker_url: str, olga: User, project: Project, checkpoint: Checkpoint
):
    newer = Checkpoint.objects.create(project=project, number=checkpoint.number + 1, state=Checkpoint.State.READY)
    Project.objects.update(champion=newer)
    page = visitor.sign_in(olga, "/p/apples/checkpoints")
    page.get_by_role("button", name="Roll back to this").click()
    page.get_by_label("Why?").fill("The newer one finds nothing")
    page.get_by_role("button", name="Make it champion").click()
    page.get_by_role("button", name="Promote …").wait_for()
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
