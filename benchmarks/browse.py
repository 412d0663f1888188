"""How long a page of a million solutions takes, on SQLite and on PostgreSQL: by each filter, and deep down.

    python -m benchmarks.browse [--rows 1000000] [--rounds 5] [--only sqlite|postgresql]

12,000 problems with a million solutions, scored by the champion; ten generations of 10,000 items and their labels; and
beside them an older project of 2,000 solutions, which must not pay for its neighbour. Each page is asked of the API as
a browser asks, in this process; the figure is the median. Beside it the page by offset with a full count, over the same
filters, once. The last line is JSON.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.browsing.cases import BESIDE, CASES
from benchmarks.browsing.rows import SMALL, fill
from tests import servers

ROOT = Path(__file__).resolve().parents[1]
PAGE_LIMIT, WINDOW_LIMIT = 150, 500  # ms: a page that an index serves, and one that looks through a window


def reading(listing: str, project: Any, asked: dict[str, Any]) -> tuple[Any, Any]:
    """The order, and the rows that the API finds, as it finds them."""
    from labelhub.api.data.serializers import browse as asks
    from labelhub.queries.data.browse import labels as browse_labels
    from labelhub.queries.data.browse import problems as browse_problems
    from labelhub.queries.data.browse import solutions as browse_solutions

    takes: Any = {
        "solutions": asks.SolutionsQuerySerializer,
        "problems": asks.ProblemsQuerySerializer,
        "labels": asks.LabelsQuerySerializer,
    }[listing]
    queries: Any = {"solutions": browse_solutions, "problems": browse_problems, "labels": browse_labels}[listing]
    read = takes(data=asked)
    read.is_valid(raise_exception=True)
    given = {name: value for name, value in read.validated_data.items() if name not in ("sort", "limit")}
    if listing == "solutions":
        given["scored_by"] = queries.checkpoint_of(project, given)
        given["by_score"] = read.validated_data["sort"] in queries.BY_SCORE
    return queries.SORTS[read.validated_data["sort"]], queries.found(project, **given)


def by_offset(listing: str, project: Any, asked: dict[str, Any], start: int) -> None:
    """The page as it is usually made: counted whole, and skipped to."""
    sort, found = reading(listing, project, asked)
    rows = found.rows.filter(found.sift)
    rows.count()
    shown = rows.select_related(*RELATED[listing]).order_by(*(f"{'-' if sort.down else ''}{c}" for c in sort.columns))
    list(shown[start : start + 50])


RELATED = {"solutions": ["problem"], "problems": ["project"], "labels": ["solution__problem", "labeler__user"]}


def milliseconds(run: Callable[[], Any]) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


class Reader:
    """Who looks, as a browser does: signed in, over the API."""

    def __init__(self) -> None:
        from django.test import Client

        from labelhub.models import User

        self.client = Client(headers={"host": "localhost"})
        backend = "django.contrib.auth.backends.ModelBackend"
        self.client.force_login(User.objects.get(username="rita"), backend=backend)

    def page(self, project: str, listing: str, asked: dict[str, Any]) -> dict[str, Any]:
        response = self.client.get(f"/api/v1/projects/{project}/{listing}", query_params=asked)
        if response.status_code != 200:
            raise SystemExit(f"{listing} {asked}: {response.status_code} {response.content[:300]!r}")
        body: dict[str, Any] = response.json()
        return body


def measured(reader: Reader, slug: str, case: tuple[str, dict[str, Any]], rounds: int) -> dict[str, Any]:
    from labelhub.models import Project

    listing, asked = case
    project = Project.objects.get(slug=slug)
    page = reader.page(slug, listing, asked)
    ours = statistics.median(milliseconds(lambda: reader.page(slug, listing, asked)) for _ in range(rounds))
    theirs = milliseconds(lambda: by_offset(listing, project, asked, 0))
    window = bool(reading(listing, project, asked)[1].sift)
    told = {"ms": round(ours, 1), "offset_and_count_ms": round(theirs, 1), "rows": len(page["rows"]), "window": window}
    return told | {"good": ours <= (WINDOW_LIMIT if window else PAGE_LIMIT)}


def deep(reader: Reader, rows: int, rounds: int) -> dict[str, Any]:
    """The page behind nine tenths of all solutions, by its cursor; by offset it is skipped to."""
    from labelhub.models import Project
    from labelhub.queries.data import browse
    from labelhub.queries.data.browse import solutions as browse_solutions

    mark = SMALL * 10 + rows // 10
    asked = {"cursor": browse.write_cursor(browse_solutions.SORTS["-id"], [mark])}
    reader.page("large", "solutions", asked)
    ours = statistics.median(milliseconds(lambda: reader.page("large", "solutions", asked)) for _ in range(rounds))
    project = Project.objects.get(slug="large")
    theirs = milliseconds(lambda: by_offset("solutions", project, {}, rows * 9 // 10))
    return {"ms": round(ours, 1), "offset_and_count_ms": round(theirs, 1), "good": ours <= PAGE_LIMIT}


def child(rows: int, rounds: int) -> int:
    """One database, in this process alone."""
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    seconds = milliseconds(lambda: fill(rows)) / 1000
    print(f"filled in {seconds:.0f} s", file=sys.stderr)
    reader = Reader()
    told = {"a deep page": deep(reader, rows, rounds)}
    for slug, cases in (("large", CASES), ("small", BESIDE)):
        for name, case in cases.items():
            key = name if slug == "large" else f"{name} of a small project"
            told[key] = measured(reader, slug, case, rounds)
            print(f"{key}: {told[key]}", file=sys.stderr)
    print(json.dumps(told))
    return 0


def on(url: str, place: Path, rows: int, rounds: int) -> dict[str, Any]:
    environ = {
        **os.environ, "DATABASE_URL": url, "SECRET_KEY": secrets.token_urlsafe(48), "HTTPS": "false",
        "DATA_DIR": str(place), "LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "labelhub.settings",
    }  # fmt: skip
    subprocess.check_call([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environ)
    arguments = ["-m", "benchmarks.browse", "--child", "--rows", str(rows), "--rounds", str(rounds)]
    output = subprocess.check_output([sys.executable, *arguments], cwd=ROOT, env=environ)
    told: dict[str, Any] = json.loads(output.splitlines()[-1])
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.rows, options.rounds)
    return report(options.rows, options.rounds, options.only)


def report(rows: int, rounds: int, only: str | None) -> int:
    from benchmarks.looping.sites import create_database

    load_before = round(os.getloadavg()[2], 2)
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="lh-bench-") as place:
        if only != "postgresql":
            told["sqlite"] = on(f"sqlite:///{place}/browse.sqlite3", Path(place), rows, rounds)
        if only != "sqlite":
            with servers.postgresql() as server:
                told["postgresql"] = on(create_database(server, "labelhub_browse"), Path(place), rows, rounds)
    late = [f"{name} on {database}" for database, cases in told.items() for name, c in cases.items() if not c["good"]]
    result: dict[str, Any] = {
        "slowest_page_ms": slowest(told, window=False),
        "slowest_window_ms": slowest(told, window=True),
        "rows": rows,
        "limits": {"page_ms": PAGE_LIMIT, "window_ms": WINDOW_LIMIT},
        "over_their_limit": late,
        "load_before": load_before,
        "load_after": round(os.getloadavg()[0], 2),
    } | told
    print(json.dumps(result))
    return 1 if late else 0


def slowest(told: dict[str, Any], *, window: bool) -> float:
    return max(float(c["ms"]) for cases in told.values() for c in cases.values() if c.get("window", False) is window)


if __name__ == "__main__":
    sys.exit(main())
