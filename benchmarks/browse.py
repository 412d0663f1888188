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
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from tests import servers

ROOT = Path(__file__).resolve().parents[1]
PROBLEMS, SMALL, GENERATIONS, SEED = 12_000, 200, 10, 7
PAGE_LIMIT, WINDOW_LIMIT = 150, 500  # ms: a page that an index serves, and one that looks through a window
START = datetime(2026, 1, 1)  # without a zone, as SQLite keeps it
LABELERS = [f"{n + 1:032x}" for n in range(20)]
TEXT = "the number of apples that Tom buys each day for his friends is doubled and then halved so we have"
WORDS = TEXT.split()

Rows = Iterable[tuple[Any, ...]]


def problems(first: int, project: int, count: int) -> Iterator[tuple[Any, ...]]:
    """Texts of some 400 characters; one in a thousand speaks of a quince, one in 400 is retired."""
    for n in range(first, first + count):
        rare = " A quince is left." if n % 1000 == 999 else ""
        text = f"Problem {n}.{rare} " + " ".join(WORDS[(n + k) % len(WORDS)] for k in range(75))
        retired = str(START) if n % 400 == 399 else None
        yield n, project, text, f"{n:064x}", "7", ("train", "train", "train", "gate", "test")[n % 5], "{}", retired


def solutions(first: int, first_problem: int, count: int, of: int) -> Iterator[tuple[Any, ...]]:
    """Five steps each. One in ten thousand mentions a medlar, one in a thousand can't be graded or isn't yet."""
    grades = np.random.default_rng(SEED).choice(["wrong", "right"], count, p=[0.6, 0.4])
    for n in range(count):
        steps = [f"Step {k}: {' '.join(WORDS[k:])} so {n} + {k} = {n + k}." for k in range(1, 6)]
        if n % 10_000 == 5:
            steps[2] = "Then a medlar falls from the tree."
        rare = {5: (None, None), 6: ("unknown", "grader")}.get(n % 1000, (str(grades[n]), "grader"))
        grade, by = ("right", "person") if n % 5000 == 7 else rare
        model = "rarely" if n % 5000 == 8 else f"sampler-{n % 3}"
        meta = json.dumps({"generator": model})
        moment = str(START + timedelta(seconds=n))
        problem = first_problem + n * of // count
        yield (
            first + n, problem, f"k{n:09d}", json.dumps(steps), str(n % 100), f"{n:064x}", grade, by, meta, moment
        )  # fmt: skip


def scores(first: int, checkpoint: int, count: int) -> Iterator[tuple[Any, ...]]:
    chance = -np.random.default_rng(SEED + checkpoint).exponential(2.0, count)
    probs = json.dumps([0.9, 0.8, 0.95, 0.7, 0.6])
    for n in range(count):
        yield first + n, checkpoint, probs, float(chance[n])


def batches(solutions: int) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    """Items, assignments, labels and comments: each item labelled once, one label in fifty a revision of another."""
    chosen = np.random.default_rng(SEED).choice(solutions, solutions // 10, replace=False) + SMALL * 10 + 1
    strata = ["wrong"] * 8 + ["remainder", "control"]
    items, assignments, labels, comments = [], [], [], []
    for n, solution in enumerate(chosen.tolist(), 1):
        of, moment = n % GENERATIONS, str(START + timedelta(minutes=n))
        items.append((n, of + 1, solution, n, n, strata[n % 17 % 10], 1, "done"))
        assignments.append((n, n, LABELERS[n % 20], "submitted", "-", moment, moment))
        label = one_label(n, solution, n % 7)
        labels.append((n, *label, n, None, 1, moment))
        if n % 50 == 0:
            again = 1_000_000 + n
            labels.append((again, *label, n, n, 2, moment))
            comments.append((again, "Step 3 reads twice.", n % 500 == 0))
    return items, assignments, labels, comments


def one_label(n: int, solution: int, ended: int) -> tuple[Any, ...]:
    steps = [{"completions": [{"text": "", "rating": 1, "flagged": None}], "chosen_completion": 0}] * (ended + 1)
    finish = "solution" if ended == 5 else "give_up" if ended == 6 else "found_error"
    return solution, LABELERS[n % 20], "human", 2, finish, "", json.dumps(steps[:5]), 30_000, False, False


def load(table: str, columns: str, rows: Rows) -> None:
    """Written as each database takes rows fastest."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("?" * len(columns.split()))
            sql = f"INSERT INTO labelhub_{table} ({', '.join(columns.split())}) VALUES ({marks})"
            cursor.connection.executemany(sql, rows)
            return
        for piece in pieces(rows, 50_000):
            cursor.cursor.copy_expert(f"COPY labelhub_{table} ({', '.join(columns.split())}) FROM STDIN", piece)


def pieces(rows: Rows, size: int) -> Iterator[StringIO]:
    text, n = StringIO(), 0
    for n, row in enumerate(rows, 1):
        cells = ("\\N" if cell is None else str(cell).replace("\\", "\\\\") for cell in row)
        text.write("\t".join(cells) + "\n")
        if n % size == 0:
            text.seek(0)
            yield text
            text = StringIO()
    text.seek(0)
    yield text


def fill(rows: int) -> None:
    """Two projects. Nobody else writes, so SQLite may leave its references unchecked."""
    from django.db import connection, transaction

    from labelhub.models import Checkpoint, Generation, Labeler, Membership, Project, User

    user = User.objects.create(username="rita")
    small, large = (Project.objects.create(slug=slug, name=slug) for slug in ("small", "large"))
    for project in (small, large):
        Membership.objects.create(project=project, user=user, role="reviewer")
    champion = Checkpoint.objects.create(project=large, number=1, state="ready")
    Project.objects.filter(pk=large.pk).update(champion=champion)
    for n in range(GENERATIONS):
        Generation.objects.create(project=large, number=n, state="closed", rule="uniform", scope="global", k=1)
    Labeler.objects.bulk_create(Labeler(pk=pk) for pk in LABELERS)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA foreign_keys=OFF")
    first = SMALL * 10 + 1
    of_problems = "id project_id text digest ground_truth_answer split meta retired_at"
    of_solutions = "id problem_id key steps answer digest grade graded_by meta created_at"
    items, assignments, labels, comments = batches(rows)
    with transaction.atomic():
        load("problem", of_problems, problems(1, small.pk, SMALL))
        load("problem", of_problems, problems(SMALL + 1, large.pk, PROBLEMS))
        load("solution", of_solutions, solutions(1, 1, SMALL * 10, SMALL))
        load("solution", of_solutions, solutions(first, SMALL + 1, rows, PROBLEMS))
        load("score", "solution_id checkpoint_id step_probs log_score", scores(first, champion.pk, rows))
        load("batchitem", "id generation_id solution_id position rank stratum labels_wanted state", items)
        load("assignment", "id item_id labeler_id state lease_token leased_at expires_at", assignments)
        of_labels = (
            "id solution_id labeler_id source phase finish_reason reason steps total_time is_quality_control_question"
            " is_initial_screening_question assignment_id supersedes_id revision submitted_at"
        )
        load("label", of_labels, labels)
        load("comment", "label_id text is_question", comments)
        gold = ((first + n * 1000, large.pk, "check", "[]", "", str(START)) for n in range(rows // 1000))
        load("gold", "solution_id project_id purpose first_mistakes explanation created_at", gold)
    if connection.vendor == "postgresql":
        connection.cursor().execute("VACUUM (ANALYZE)")  # what the server does by itself within the minute


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "the newest": ("solutions", {}),
    "by score": ("solutions", {"checkpoint": 1, "sort": "-score"}),
    "score between": ("solutions", {"checkpoint": 1, "sort": "score", "score_min": 0.2, "score_max": 0.4}),
    "score between, by age": ("solutions", {"checkpoint": 1, "score_min": 0.9}),
    "of a problem": ("solutions", {"problem": 6000}),
    "of a generation": ("solutions", {"generation": 3}),
    "of a stratum": ("solutions", {"generation": 3, "stratum": "control"}),
    "gold": ("solutions", {"gold": "true"}),
    "not gold": ("solutions", {"gold": "false"}),
    "graded wrong": ("solutions", {"grade": "wrong"}),
    "grade unknown": ("solutions", {"grade": "unknown"}),
    "not graded": ("solutions", {"grade": "none"}),
    "graded by a person": ("solutions", {"graded_by": "person"}),
    "labelled": ("solutions", {"labels": "true"}),
    "not labelled": ("solutions", {"labels": "false"}),
    "of a model": ("solutions", {"model": "sampler-1"}),
    "of a rare model": ("solutions", {"model": "rarely"}),
    "at least 5 steps": ("solutions", {"steps_min": 5}),
    "at least 9 steps": ("solutions", {"steps_min": 9}),
    "a usual word": ("solutions", {"q": "friends"}),
    "a rare word": ("solutions", {"q": "medlar"}),
    "no such word": ("solutions", {"q": "tamarind"}),
    "no such words": ("solutions", {"q": "so tamarind has to be found"}),
    "wrong, labelled, of a model": ("solutions", {"grade": "wrong", "labels": "true", "model": "sampler-2"}),
    "wrong, of a rare model, by score": (
        "solutions", {"checkpoint": 1, "sort": "-score", "grade": "wrong", "model": "rarely"}
    ),
    "problems": ("problems", {}),
    "problems of a split": ("problems", {"split": "gate"}),
    "retired problems": ("problems", {"retired": "true"}),
    "problems with labels": ("problems", {"labels": "true"}),
    "problems without labels": ("problems", {"labels": "false"}),
    "problems with a rare word": ("problems", {"q": "quince"}),
    "labels": ("labels", {}),
    "labels of a generation": ("labels", {"generation": 3, "stratum": "control"}),
    "labels of a labeler": ("labels", {"labeler": LABELERS[3]}),
    "labels of a day": ("labels", {"since": "2026-02-01T00:00:00Z", "until": "2026-02-02T00:00:00Z"}),
    "labels of a problem": ("labels", {"problem": 6000}),
    "contradictions": ("labels", {"contradiction": "true"}),
    "mistake at step 4": ("labels", {"mistake": 4}),
    "mistake at step 40": ("labels", {"mistake": 40}),
    "questions": ("labels", {"comment": "question"}),
    "revised": ("labels", {"revised": "true"}),
    "checks": ("labels", {"asked_for": "check"}),
}  # fmt: skip
BESIDE: dict[str, tuple[str, dict[str, Any]]] = {
    "solutions": ("solutions", {}),
    "problems": ("problems", {}),
    "labels": ("labels", {}),
}


def reading(listing: str, project: Any, asked: dict[str, Any]) -> tuple[Any, Any]:
    """The order, and the rows that the API finds, as it finds them."""
    from labelhub.api import browse as api
    from labelhub.queries import browse_labels, browse_problems, browse_solutions

    view = {"solutions": api.Solutions, "problems": api.Problems, "labels": api.Labels}[listing]
    queries: Any = {"solutions": browse_solutions, "problems": browse_problems, "labels": browse_labels}[listing]
    read = view.takes(data=asked)
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
    from labelhub.queries import browse, browse_solutions

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
    from benchmarks.labeling_loop import create_database

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
