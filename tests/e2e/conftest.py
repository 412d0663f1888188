"""Journeys through the built pages in a real Chromium, against the site as it runs: session, CSRF and CSP included."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from labelhub.models import User
from tests.factories import PASSWORD

FRONTEND = Path(__file__).parents[2] / "frontend"
PATIENCE = 60_000.0  # ms for a page to show what it will show: a busy machine is slow, not wrong
SOON = 180_000.0  # ms for a worker to take up a short job and end it
CHROMIUM = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    if not (FRONTEND / "dist/.vite/manifest.json").exists():
        pytest.fail("The pages aren't built: run `npm ci && npm run build` in frontend/.")
    # Playwright keeps an event loop in this thread, for which Django would refuse us the database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def hears_keys(page: Page, name: str | None = None) -> None:
    """The dialog is open and has the focus: a moment before that, a key would go to the page under it."""
    page.get_by_role("dialog", name=name).locator(":focus").wait_for()


def put_away(page: Page) -> None:
    """Close the dialog that is open."""
    hears_keys(page)
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")


class Visitor:
    """One person's browser. What the page complains of is kept, and fails the test at the end."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        self.context = context
        context.set_default_timeout(PATIENCE)
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused or lost call is part of some journeys, and the browser reports each one by itself.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, text: str) -> None:
        self.page.get_by_text(text).first.wait_for()

    def holds(self, text: str) -> None:
        """It is on the page, in sight or not: what comes next lies drawn behind what is being rated."""
        self.page.get_by_text(text).first.wait_for(state="attached")

    def put_instructions_away(self) -> None:
        """They open by themselves, once they have come."""
        hears_keys(self.page, "Instructions")
        put_away(self.page)

    def sign_in(self, user: User, address: str = "/") -> Page:
        """By the keyboard alone: the page starts in the name."""
        self.page.goto(address)
        self.page.get_by_label("Name").wait_for()
        self.page.keyboard.type(user.username)
        self.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.press("Enter")
        self.page.get_by_label(f"Account of {user.username}").wait_for()
        return self.page


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """`visit(color_scheme="dark")` opens a browser of its own."""
    visitors: list[Visitor] = []

    def open_browser(**options: object) -> Visitor:
        given: dict[str, Any] = {"base_url": live_server.url, "viewport": {"width": 1366, "height": 768}, **options}
        visitors.append(Visitor(chromium.new_context(**given)))
        return visitors[-1]

    yield open_browser
    for visitor in visitors:
        visitor.context.close()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    return visit()
