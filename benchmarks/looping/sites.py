"""LabelHub and the bare app beside it: their databases filled, their web servers running."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
ITEMS, PER_PROBLEM = 100_000, 100
STEPS = ["Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 7.", "He gives 2 away, so 7 - 2 = 5.", "He has 5 apples."]


def fill_both(environ: dict[str, str]) -> None:
    """100,000 open items in each database, and the people that BENCH_PEOPLE lists."""
    subprocess.check_call([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environ)
    _python("from benchmarks.looping import sites; sites.fill_labelhub()", environ)
    _python(f"from benchmarks.looping import bare_app; bare_app.fill([{' '.join(STEPS)!r}] * {ITEMS})", environ)


def faults(environ: dict[str, str], labels: list[int]) -> dict[str, int]:
    """Items that more than one person got, and labels that were answered for and aren't there."""
    told = _python("from benchmarks.looping import sites; sites.tell_stored()", environ)
    stored = json.loads(told.splitlines()[-1])
    there = set(stored["labels"])
    lost = len(set(labels) - there) + len(labels) - len(set(labels))
    return {"served_twice": stored["served_twice"], "lost": lost}


def _python(code: str, environ: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def fill_labelhub() -> None:
    """A project with one open generation, and its labelers, each with a token and a password."""
    import django

    django.setup()
    from datetime import datetime

    from labelhub.models import BatchItem, Generation, Instructions, Problem, Project, Solution
    from selector.grading.normalize import problem_digest, solution_digest

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
    _add_people(project)


def _add_people(project: Any) -> None:
    from hashlib import sha256

    from labelhub.models import ApiToken, Labeler, Membership, User

    for name, secret in json.loads(os.environ["BENCH_PEOPLE"]).items():
        user = User.objects.create_user(username=name, password=secret, simulated=True)
        Labeler.objects.create(user=user)
        Membership.objects.create(project=project, user=user, role="labeler")
        ApiToken.objects.create(user=user, name="bench", digest=sha256(secret.encode()).hexdigest())


def tell_stored() -> None:
    """Print as JSON the ids of all labels, and how many items more than one person got."""
    import django

    django.setup()
    from django.db.models import Count

    from labelhub.models import BatchItem, Label

    twice = BatchItem.objects.annotate(n=Count("assignments")).filter(n__gt=1).count()
    print(json.dumps({"served_twice": twice, "labels": list(Label.objects.values_list("pk", flat=True))}))


def create_database(server: str, name: str) -> str:
    """An empty database beside the one `server` names, and its URL."""
    _execute(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    head, _, query = server.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


def vacuum(url: str) -> None:
    """Do now what autovacuum would otherwise do in the middle of a round."""
    _execute(url, "VACUUM (ANALYZE)")


def _execute(url: str, *statements: str) -> list[Any]:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def about(url: str) -> dict[str, Any]:
    """The server's version and whether it compiles statements, as it is set up: the site's connections don't."""
    [[version]] = _execute(url, "SHOW server_version")
    [[jit]] = _execute(url, "SHOW jit")
    [[available]] = _execute(url, "SELECT pg_jit_available()")
    return {"server": f"PostgreSQL {version}", "jit": jit if available else "not built in"}


@contextmanager
def gunicorn(application: str, port: int, place: Path, environ: dict[str, str]) -> Iterator[None]:
    """Run gunicorn with two workers of four threads; it accepts connections once entered."""
    arguments = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--log-level", "warning"]
    log = (place / f"{port}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", application, *arguments], cwd=ROOT, env=environ, stdout=log, stderr=log
    )
    try:
        deadline = time.monotonic() + 60
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
