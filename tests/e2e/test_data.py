"""Data in and out through the pages: files with bad lines come in, are mended and come in whole; labels leave."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from labelhub.models import Event, Generation, Job, Problem, Project, Solution, User
from tests import factories
from tests.e2e.conftest import SOON, Visitor
from tests.e2e.test_access import SCHEMES, found_by_axe
from tests.services.data.files import Row, problem, solution, write
from tests.workers import Worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").set_input_files(files)


def bad_lines(place: Path) -> tuple[Path, Path]:
    """A file of problems, and one of solutions some of whose lines can't be used."""
    problems = write(place / "problems.jsonl", [problem(n) for n in range(1, 41)])
    rows: list[Row | bytes] = [solution(n) for n in range(1, 41)]
    rows[4:4] = [b"this is not JSON", solution(3, sample=1, steps=[]), solution(77)]
    return problems, write(place / "solutions.jsonl", rows)


def test_import_with_bad_lines(visitor: Visitor, worker: Worker, project: Project, olga: User, tmp_path: Path):
    problems, solutions = bad_lines(tmp_path)
    page = visitor.sign_in(olga, "/p/apples/import")
    choose(page, solutions, problems)
    card = page.get_by_role("article", name="solutions.jsonl")
    card.get_by_text("41 lines of these name problems that aren't here yet").wait_for()
    card.get_by_text("2 lines would be turned away:").wait_for()
    card.get_by_text("1 line can't be used: 5 (not JSON)").wait_for()
    page.get_by_role("article", name="problems.jsonl").get_by_text("would create 40 problems.").wait_for()
    assert not Problem.objects.exists()

    page.get_by_role("button", name="Import 2 files").click()
    page.get_by_role("row", name="solutions.jsonl 40 solutions").wait_for(timeout=SOON)
    assert [job.params["filename"] for job in Job.objects.filter(kind="import").order_by("pk")] == [
        "problems.jsonl",  # dropped second, and read first
        "solutions.jsonl",
    ]
    page.get_by_role("link", name="solutions.jsonl").click()
    page.get_by_role("heading", name="3 lines turned away.").wait_for()
    page.get_by_role("row", name="steps is empty. 1 line 6").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Only the lines, to mend and import").click()
    lines = download.value.path().read_text().splitlines()
    assert [line[:16] for line in lines] == ["this is not JSON", '{"problem_id": "', '{"problem_id": "']

    mended = write(tmp_path / "mended.jsonl", [solution(3, sample=1), problem(77), solution(77)])
    page.get_by_role("link", name="All imports").click()
    choose(page, mended)
    page.get_by_text("3 lines checked: would create 1 problem, 2 solutions.").wait_for()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("Created: 1 problem, 2 solutions.").wait_for(timeout=SOON)
    assert Solution.objects.count() == 42


def test_another_kind_of_file_is_told_before_anything_is_sent(
    visitor: Visitor, broker_url: str, olga: User, tmp_path: Path
):
    sheet = tmp_path / "labels.jsonl"
    sheet.write_text('{"problem": "1?"}\n', encoding="utf-16")
    page = visitor.sign_in(olga, "/p/apples/import")
    choose(page, sheet)
    page.get_by_text("The file is written in UTF-16 or UTF-32: save it as UTF-8.").wait_for()
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("The file was not taken").wait_for()
    assert not Job.objects.exists()


def test_export(visitor: Visitor, worker: Worker, olga: User, generation: Generation):
    factories.LabelFactory.create_batch(3, assignment__item__generation=generation)
    page = visitor.sign_in(olga, "/p/apples/export")
    page.get_by_role("heading", name="No file yet").wait_for()
    page.get_by_role("radio", name="TRL stepwise").check()
    page.get_by_role("region", name="A row of TRL stepwise").wait_for()
    page.get_by_role("radio", name="Only what may train a model").check()
    page.get_by_role("button", name="Prepare a file").click()
    link = page.get_by_role("link", name="Download apples.train.trl.jsonl")
    link.wait_for(timeout=SOON)
    with page.expect_download() as download:
        link.click()
    content = download.value.path().read_bytes()
    assert len([json.loads(line) for line in content.splitlines()]) == 3
    assert download.value.suggested_filename == "apples.train.trl.jsonl"
    page.get_by_title(hashlib.sha256(content).hexdigest()).wait_for()
    with page.expect_download() as stream:
        page.get_by_role("link", name="Download now").click()
    assert stream.value.path().read_bytes() == content

    page.get_by_role("button", name="Delete apples.train.trl.jsonl").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="No file yet").wait_for()
    assert Event.objects.filter(verb="delete export", actor=olga).exists()


EXPORT = {"view": "train", "generation": 0, "checkpoint": None, "source": "human"}
MADE = {"labels": 120_000, "rows": 131_204, "size": 98_304_512, "sha256": "9f86d081884c7d659a2feaa0c55ad015" * 2}


def files_of_every_state(project: Project, olga: User) -> None:
    for format, state in (("trl", "done"), ("prm800k", "running"), ("parquet", "queued"), ("labelhub", "failed")):
        factories.JobFactory(
            project=project,
            kind="export",
            state=state,
            params={**EXPORT, "format": format, "filename": f"apples.train.generation-0.human.{format}.jsonl"},
            result=MADE if state == "done" else {},
            done=45_000,
            total=120_000,
            message="The disk is full. Make room, then try again." if state == "failed" else "",
            created_by=olga,
        )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing_on_the_pages_of_data(
    visit: Callable[..., Visitor], broker_url: str, project: Project, olga: User, tmp_path: Path, scheme: str
):
    visitor = visit(color_scheme=scheme, bypass_csp=True)
    page = visitor.sign_in(olga, "/p/apples/export")
    page.get_by_role("heading", name="No file yet").wait_for()
    found = {"no export": found_by_axe(page)}
    files_of_every_state(project, olga)
    page.reload()
    page.get_by_text("Not written: The disk is full.").wait_for()
    found["exports"] = found_by_axe(page)

    page.goto("/p/apples/import")
    choose(page, *bad_lines(tmp_path))
    page.get_by_text("1 line can't be used: 5 (not JSON)").wait_for()
    page.get_by_text("2 lines would be turned away:").wait_for()
    found["chosen files"] = found_by_axe(page)

    reasons = [{"reason": "steps is empty.", "count": 1, "lines": [6]}]
    told = {"rejected": 1, "rejections": [{"line": 6, "reason": "steps is empty."}], "reasons": reasons}
    report = {"created": {"problems": 40, "solutions": 39}, "skipped": 2, **told, "more": 0, "notes": []}
    report["aside"] = {"size": 60, "second": None}
    job = factories.JobFactory(
        project=project, state="done", params={"filename": "a.jsonl"}, result=report, finished_at=timezone.now()
    )
    page.goto(f"/p/apples/import/{job.pk}")
    page.get_by_role("heading", name="1 line turned away.").wait_for()
    page.get_by_role("link", name="CSV").wait_for()
    found["report"] = found_by_axe(page)
    assert {name: told for name, told in found.items() if told} == {}
