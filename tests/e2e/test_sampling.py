"""An operator has solutions made: off until the deployment lists a server, then followed, stopped and gone on with."""

import os
from pathlib import Path
from typing import Any

import pytest

from labelhub.models import Project, Solution, User
from tests import chat, factories
from tests.chat import Chat
from tests.e2e.conftest import SOON, Visitor
from tests.e2e.test_access import AXE, TRANSITIONS_OVER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("SHOTS")  # a directory, to look at the pages with one's own eyes


def looked_at(visitor: Visitor, name: str) -> None:
    """Nothing for axe to complain of; a screenshot where one is wanted."""
    visitor.page.evaluate(TRANSITIONS_OVER)  # colours are measured
    visitor.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = visitor.page.evaluate(
        "async () => (await axe.run()).violations.map((each) => [each.id, each.nodes[0].html])"
    )
    assert found == [], name
    if SHOTS:
        visitor.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_it_is_off_the_page_names_the_setting(visit: Any, project: Project, olga: User, scheme: str):
    visitor = visit(color_scheme=scheme)
    visitor.sign_in(olga, "/p/apples/sampling")
    visitor.sees("Sampling is off")
    visitor.sees("SAMPLING_ENDPOINTS=local=http")
    assert visitor.page.get_by_role("button", name="Start sampling").count() == 0
    looked_at(visitor, f"off-{scheme}")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_the_form_to_solutions(
    visit: Any, start_worker: Any, settings: Any, project: Project, olga: User, scheme: str
):
    factories.ProblemFactory.create_batch(4, project=project)
    with chat.serving(Chat()) as server:
        settings.SAMPLING_ENDPOINTS = {"local": server.url}
        start_worker(SAMPLING_ENDPOINTS=f"local={server.url}")
        visitor = visit(color_scheme=scheme)
        page = visitor.sign_in(olga, "/p/apples")
        page.get_by_role("navigation").get_by_role("link", name="Data").click()
        page.get_by_role("navigation").get_by_role("link", name="Sampling").click()
        visitor.sees(f"Problem texts are sent to {server.url}")
        page.get_by_label("Model", exact=False).first.fill("qwen2.5-math")
        page.get_by_label("Price of 1M completion tokens").fill("0.6")
        looked_at(visitor, f"form-{scheme}")

        server.hold()
        page.get_by_role("button", name="Start sampling").click()
        page.get_by_role("button", name="Stop", exact=True).click(timeout=SOON)
        page.get_by_role("dialog").get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped by olga.").wait_for(timeout=SOON)
        looked_at(visitor, f"stopped-{scheme}")
        server.twists = [chat.says("He has 7."), chat.status(400), *[chat.says("3 + 4 = 7.\n# Answer\n7")] * 8]
        server.free.set()
        page.get_by_role("button", name="Go on where it was").click()
        page.get_by_text("Refused by the server").wait_for(timeout=SOON)
        page.get_by_role("row", name="Solutions created").wait_for()
        page.get_by_role("button", name="Stop", exact=True).wait_for(state="detached", timeout=SOON)
        looked_at(visitor, f"report-{scheme}")
        page.get_by_role("link", name="All samplings").click()
        page.get_by_role("link", name=": solutions").wait_for()
        looked_at(visitor, f"list-{scheme}")
    assert Solution.objects.filter(problem__project=project).count() > 16
