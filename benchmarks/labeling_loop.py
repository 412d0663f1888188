"""How many passes a minute the site takes: 32 labelers submit and get the next without pause, over HTTP with tokens.

    python -m benchmarks.labeling_loop [--seconds 15] [--rounds 3]

gunicorn with 2 workers of 4 threads, PostgreSQL, 100,000 items; beside it, in turns in the same run, a bare Django
view that submits and hands out in one request (`benchmarks.bare_app`). Every label that was answered for is looked
up afterwards. The last line is JSON.
"""

import argparse
import http.client
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from tests import servers

ROOT = Path(__file__).resolve().parents[1]
LABELERS, ITEMS, PER_PROBLEM = 32, 100_000, 100
STEPS = ["Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 7.", "He gives 2 away, so 7 - 2 = 5.", "He has 5 apples."]
LIMIT = 0.5  # of the bare app's loops per second


@dataclass
class Tally:
    """What one round of one app came to."""

    seconds: float
    milliseconds: list[float] = field(default_factory=list)
    errors: int = 0
    answered: list[int] = field(default_factory=list)

    @property
    def loops_per_s(self) -> float:
        return len(self.milliseconds) / self.seconds


class Client:
    """One labeler's kept-alive connection."""

    def __init__(self, port: int, token: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any) -> Any:
        """The answer; raises ValueError for anything but 200."""
        self.connection.request(method, path, json.dumps(body), self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise ValueError(f"{method} {path}: {response.status} {answer[:300]!r}")
        return json.loads(answer)


class LabelHub:
    """The product, asked as its own page and scripts ask it."""

    def __init__(self, port: int, token: str) -> None:
        self.client = Client(port, token)
        self.held = self.client.call("POST", "/api/v1/projects/bench/assignments/next", {"holding": []})["assignment"]

    def loop(self) -> int:
        body = {"lease": self.held["lease"]["token"], "ratings": [1, 0, -1], "finish_reason": "found_error"}
        path = f"/api/v1/assignments/{self.held['id']}/label"
        answer = self.client.call("PUT", path, body | {"total_time": 30_000})
        self.held = answer["next"]
        return int(answer["label"]["id"])


class Bare:
    """The baseline."""

    def __init__(self, port: int) -> None:
        self.client = Client(port)
        self.held = self.client.call("POST", "/next", {"item": None})["item"]

    def loop(self) -> int:
        submitted: int = self.held
        self.held = self.client.call("POST", "/next", {"item": submitted, "ratings": [1, 0, -1]})["item"]
        return submitted


def run_round(people: list[Any], seconds: float) -> Tally:
    """Everybody loops until the time is up."""
    tally, end = Tally(seconds), time.monotonic() + seconds

    def work(person: Any) -> None:
        person.client.connection.close()  # kept alive over the other app's round, the server has closed it by now
        while (started := time.monotonic()) < end:
            try:
                tally.answered.append(person.loop())
                tally.milliseconds.append(1000 * (time.monotonic() - started))
            except (ValueError, OSError, http.client.HTTPException) as error:
                tally.errors += 1
                print(error, file=sys.stderr)
                return

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


@contextmanager
def gunicorn(application: str, port: int, place: Path, environ: dict[str, str]) -> Iterator[None]:
    """Two workers of four threads, answering when entered."""
    arguments = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    log = (place / f"{port}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, *arguments], cwd=ROOT, env=environ, stdout=log, stderr=log
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not _listens(port):
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()
        log.close()


def _listens(port: int) -> bool:
    try:
        http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
    except OSError:
        return False
    return True


def create_database(server: str, name: str) -> str:
    """An empty database beside the one `server` names, and its URL."""
    connection = psycopg2.connect(server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    head, _, query = server.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


def vacuum(url: str) -> None:
    """What the server would do by itself within the minute, in the middle of a round."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connection.close()


def fill_labelhub(tokens: list[str]) -> None:
    """A project with one open generation of 100,000 items and 32 labelers."""
    from datetime import datetime
    from hashlib import sha256

    from labelhub.models import (
        ApiToken,
        BatchItem,
        Generation,
        Instructions,
        Labeler,
        Membership,
        Problem,
        Project,
        Solution,
        User,
    )  # fmt: skip
    from selector.normalize import problem_digest, solution_digest

    project = Project.objects.create(slug="bench", name="Bench")
    Instructions.objects.create(project=project, version=1, text="Rate each step.")
    generation = Generation.objects.create(
        project=project, number=0, state="labeling", rule="uniform", scope="global", k=ITEMS,
        labeling_at=datetime.now().astimezone(),
    )  # fmt: skip
    texts = [f"Tom has 3 apples and buys 4 more on day {n}. How many has he?" for n in range(ITEMS // PER_PROBLEM)]
    problems = Problem.objects.bulk_create(
        Problem(project=project, text=t, digest=problem_digest(t), ground_truth_answer="7", split="train")
        for t in texts
    )
    digest = solution_digest(STEPS)
    solutions = Solution.objects.bulk_create(
        (
            Solution(problem=p, key=str(n), steps=STEPS, answer="5", digest=digest, grade="wrong", graded_by="grader")
            for p in problems for n in range(PER_PROBLEM)
        ), batch_size=5000,
    )  # fmt: skip
    BatchItem.objects.bulk_create(
        (
            BatchItem(generation=generation, solution=s, position=n, rank=n + 1, stratum="uniform", labels_wanted=1)
            for n, s in enumerate(solutions)
        ), batch_size=5000,
    )  # fmt: skip
    for number, token in enumerate(tokens):
        user = User.objects.create(username=f"labeler{number}", simulated=True)
        Labeler.objects.create(user=user)
        Membership.objects.create(project=project, user=user, role="labeler")
        ApiToken.objects.create(user=user, name="bench", digest=sha256(token.encode()).hexdigest())


def labelhub_faults(answered: list[int]) -> dict[str, int]:
    """Items that more than one person got, and labels that were answered for and aren't there."""
    from django.db.models import Count

    from labelhub.models import BatchItem, Label

    twice = BatchItem.objects.annotate(n=Count("assignments")).filter(n__gt=1).count()
    there = set(Label.objects.values_list("pk", flat=True))
    return {"served_twice": twice, "lost": len(set(answered) - there) + len(answered) - len(set(answered))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with servers.postgresql() as server, tempfile.TemporaryDirectory(prefix="lh-bench-") as place:
        return measure(server, Path(place), options.seconds, options.rounds)


def measure(server: str, place: Path, seconds: float, rounds: int) -> int:
    tokens = [secrets.token_urlsafe(24) for _ in range(LABELERS)]
    hub = {
        "DATABASE_URL": create_database(server, "labelhub_bench"), "SECRET_KEY": secrets.token_urlsafe(48),
        "HTTPS": "false", "DATA_DIR": str(place), "LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "labelhub.settings",
    }  # fmt: skip
    bare = {"BARE_DATABASE_URL": create_database(server, "bare_bench")}
    os.environ.update(hub)
    print("filling 100,000 items twice", file=sys.stderr)
    subprocess.check_call([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT)
    fill_bare = f"from benchmarks import bare_app; bare_app.fill([{' '.join(STEPS)!r}] * {ITEMS})"
    subprocess.check_call([sys.executable, "-c", fill_bare], cwd=ROOT, env={**os.environ, **bare})
    import django

    django.setup()
    fill_labelhub(tokens)
    for url in (hub["DATABASE_URL"], bare["BARE_DATABASE_URL"]):
        vacuum(url)
    environ = {**os.environ, **bare}
    with (
        gunicorn("labelhub.wsgi", 8971, place, environ),
        gunicorn("benchmarks.bare_app", 8972, place, environ),
    ):
        ours = [LabelHub(8971, token) for token in tokens]
        theirs = [Bare(8972) for _ in tokens]
        return report(compare(ours, theirs, seconds, rounds))


def compare(ours: list[Any], theirs: list[Any], seconds: float, rounds: int) -> list[tuple[Tally, Tally]]:
    """Both in turns, so that whatever else the machine does meets both; a short round first, to warm up."""
    pairs = []
    for number, length in enumerate([2.0, *[seconds] * rounds]):
        pair = run_round(ours, length), run_round(theirs, length)
        told = ", ".join(
            f"{name} {tally.loops_per_s:.0f}/s" for name, tally in zip(("labelhub", "bare"), pair, strict=True)
        )
        print(f"round {number}: {told}", file=sys.stderr)
        pairs.append(pair)
    return pairs


def report(pairs: list[tuple[Tally, Tally]]) -> int:
    counted = pairs[1:]
    answered = [label for ours, _ in pairs for label in ours.answered]
    ratios = [ours.loops_per_s / theirs.loops_per_s for ours, theirs in counted]
    result: dict[str, Any] = {
        "ratio_bare_app": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "loops_per_s": round(statistics.median(ours.loops_per_s for ours, _ in counted), 1),
        "bare_loops_per_s": round(statistics.median(theirs.loops_per_s for _, theirs in counted), 1),
        "p99_ms": round(p99([ms for ours, _ in counted for ms in ours.milliseconds]), 1),
        "bare_p99_ms": round(p99([ms for _, theirs in counted for ms in theirs.milliseconds]), 1),
        "errors": sum(ours.errors + theirs.errors for ours, theirs in pairs),
        "limit": LIMIT,
        "load_before": round(os.getloadavg()[2], 2),
    } | labelhub_faults(answered)
    print(json.dumps(result))
    good = result["ratio_bare_app"] >= LIMIT and not (result["errors"] or result["served_twice"] or result["lost"])
    return 0 if good else 1


def p99(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.99)]


if __name__ == "__main__":
    sys.exit(main())
