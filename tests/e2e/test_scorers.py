"""An operator adds a reward model that runs on a server; it is measured, promoted and may pick."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from labelhub.models import Checkpoint, Project, User
from studies import replay
from tests import factories
from tests.e2e.conftest import SOON
from tests.e2e.test_access import found_by_axe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("SHOTS")  # a directory, to look at the pages with one's own eyes


def test_from_the_button_to_the_champion(
    visit: Any, start_worker: Any, settings: Any, project: Project, olga: User, tmp_path: Path
):
    known: dict[replay.Key, list[float]] = {}
    for problem in factories.ProblemFactory.create_batch(6, project=project, split="gate"):
        for wrong in (False, True):
            solution = factories.SolutionFactory(problem=problem, wrong=wrong)
            known[problem.text, tuple(solution.steps)] = [0.9, 0.2 if wrong else 0.9, 0.9]
    with replay.server(replay.Replay(replay.make_tokenizer(tmp_path), known), "prm", 0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        settings.SCORING_ENDPOINTS, settings.BASE_MODELS = {"local": url}, (str(tmp_path),)
        start_worker(SCORING_ENDPOINTS=f"local={url}", BASE_MODELS=str(tmp_path))
        visitor = visit(bypass_csp=True)  # for axe alone
        page = visitor.sign_in(olga, "/p/apples/checkpoints")
        page.get_by_role("button", name="Add a model …").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("textbox", name="Model").fill("prm")
        assert found_by_axe(page) == []
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "add-model.png")
            page.set_viewport_size({"width": 390, "height": 844})
            page.screenshot(path=Path(SHOTS) / "add-model-390.png")
            page.set_viewport_size({"width": 1366, "height": 768})
        dialog.get_by_role("button", name="Add and measure").click()
        row = page.get_by_role("row", name="Checkpoint 1", exact=True)
        row.get_by_text("prm on the server local, read as qwen").wait_for(timeout=SOON)
        row.get_by_text("100.0%", exact=True).wait_for(timeout=SOON)
        row.get_by_role("button", name="Promote …").click()
        page.get_by_label("Why?").fill("The best there is")
        page.get_by_role("button", name="Make it champion").click()
        row.get_by_text("champion", exact=True).wait_for()
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / "added.png", full_page=True)
            page.get_by_role("link", name="Checkpoint 1").first.click()
            page.get_by_role("heading", name="How it is read").wait_for()
            page.screenshot(path=Path(SHOTS) / "added-one.png", full_page=True)
        server.shutdown()
    project.refresh_from_db()
    assert project.champion == Checkpoint.objects.get(source="served")
