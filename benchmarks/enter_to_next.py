"""How long a labeler waits from Enter to the next problem: painted, in a browser, over a slow network.

    python -m benchmarks.enter_to_next [--passes 200]

A real Chromium rates real solutions at one pass a second while every call to the site takes 200 ms more. Each wait is
taken in the page, from the key to the first paint that shows the next problem. The limit is what a person feels as at
once. Every pass is looked up afterwards. The last line is JSON.
"""

import argparse
import json
import os
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.looping.sites import gunicorn

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
NAME = "processbench_math"
LATENCY = 200  # ms that the network takes
LIMIT = 50.0  # ms at the 95th percentile
EACH = 1.0  # seconds a pass takes
PORT = 8421
PASSWORD = secrets.token_urlsafe(12)

# A message that is posted while a frame is drawn arrives after that frame was painted.
CLOCK = """
window.waits = [];
addEventListener("keydown", ({ key }) => {
  const began = performance.now();
  const problem = () => document.querySelector('section[aria-label="Steps"] ol')?.textContent;
  const before = problem();
  if (key !== "Enter" || !before) return;
  const look = () => {
    if (!problem() || problem() === before) return requestAnimationFrame(look);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.waits.push(performance.now() - began);
    port2.postMessage(null);
  };
  requestAnimationFrame(look);
}, { capture: true });
"""


def fill(passes: int) -> None:
    """A project with one open generation of real solutions, and a labeler who may sign in."""
    from datetime import datetime

    from labelhub.models import (
        BatchItem,
        Generation,
        Instructions,
        Labeler,
        Membership,
        Problem,
        Project,
        Solution,
        User,
    )
    from selector.grading.normalize import problem_digest, solution_digest

    project = Project.objects.create(slug="bench", name="Bench")
    Instructions.objects.create(project=project, version=1, text="Rate each step.")
    generation = Generation.objects.create(
        project=project, number=0, state="labeling", rule="uniform", scope="global", k=passes,
        labeling_at=datetime.now().astimezone(),
    )  # fmt: skip
    texts = {row["problem_id"]: row["problem"] for row in _read("problems")}
    for number, row in zip(range(passes + 2), _read("solutions"), strict=False):
        text = texts[row["problem_id"]]
        problem, _ = Problem.objects.get_or_create(
            project=project, digest=problem_digest(text), defaults={"text": text, "split": "train"}
        )
        solution = Solution.objects.create(
            problem=problem, key=str(number), steps=row["steps"], digest=solution_digest(row["steps"])
        )
        BatchItem.objects.create(
            generation=generation, solution=solution, position=number, rank=number + 1, stratum="uniform",
            labels_wanted=1,
        )  # fmt: skip
    user = User.objects.create_user(username="ann", password=PASSWORD)
    Labeler.objects.create(user=user)
    Membership.objects.create(project=project, user=user, role="labeler")


def _read(what: str) -> list[dict[str, Any]]:
    with (DATA / f"{NAME}.{what}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def rate(passes: int) -> list[float]:
    """The waits in ms of one labeler's passes."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(base_url=f"http://localhost:{PORT}", viewport={"width": 1366, "height": 768})
        page.add_init_script(CLOCK)
        sign_in(page)
        page.context.new_cdp_session(page).send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        for number in range(passes):
            page.wait_for_timeout(1000 * EACH)
            page.keyboard.press("1")
            page.keyboard.press("Enter")
            page.wait_for_function("(n) => window.waits.length === n", arg=number + 1)
        waits: list[float] = page.evaluate("window.waits")
        page.wait_for_timeout(2000)  # the last pass is still on its way
        browser.close()
    return waits


def sign_in(page: Page) -> None:
    page.goto("/p/bench/label")
    page.get_by_label("Name").fill("ann")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("dialog", name="Instructions").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")


def measure(place: Path, passes: int) -> int:
    environ = os.environ | {
        "DATABASE_URL": f"sqlite:///{place}/db.sqlite3", "DATA_DIR": str(place), "HTTPS": "false",
        "SECRET_KEY": secrets.token_urlsafe(64), "LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "labelhub.settings",
    }  # fmt: skip
    os.environ.update(environ)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    fill(passes)
    load = os.getloadavg()[0]
    with gunicorn("labelhub.wsgi", PORT, place, environ):
        waits = rate(passes)
    from labelhub.models import Label

    result = {
        "p95_ms": round(statistics.quantiles(waits, n=20)[-1], 1),
        "median_ms": round(statistics.median(waits), 1),
        "range_ms": [round(min(waits), 1), round(max(waits), 1)],
        "passes": len(waits),
        "labels": Label.objects.count(),
        "network_ms": LATENCY,
        "limit_ms": LIMIT,
        "load_before": round(load, 2),
    }
    print(json.dumps(result))
    return 0 if waits and result["p95_ms"] <= LIMIT and result["labels"] == passes else 1  # type: ignore[operator]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", type=int, default=200)
    options = parser.parse_args()
    if not (DATA / f"{NAME}.solutions.jsonl").exists():
        print(f"{DATA} holds no {NAME}: there is nothing to rate.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="lh-bench-") as place:
        started = time.monotonic()
        code = measure(Path(place), options.passes)
        print(f"{time.monotonic() - started:.0f} s in all", file=sys.stderr)
        return code


if __name__ == "__main__":
    sys.exit(main())
