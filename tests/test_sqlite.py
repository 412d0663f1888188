"""Connections to SQLite that are kept from one request to the next."""

import sqlite3
from pathlib import Path

import pytest
from django.db.utils import ConnectionHandler

pytestmark = pytest.mark.django_db  # lets connections be opened at all


def a_database(path: Path, content: str) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE kept AS SELECT ? AS content", [content])
    connection.close()
    return path


@pytest.fixture
def kept(tmp_path):
    """A connection as the site has it, to a database that says `old`, at the beginning of its second request."""
    path = a_database(tmp_path / "db.sqlite3", "old")
    settings = {"ENGINE": "labelhub.sqlite3", "NAME": path, "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    connection = ConnectionHandler({"default": settings})["default"]
    assert content(connection) == "old"
    connection.close_if_unusable_or_obsolete()  # as Django does between two requests
    yield connection
    connection.close()


def content(connection) -> str:
    with connection.cursor() as cursor:
        said: str = cursor.execute("SELECT content FROM kept").fetchone()[0]
        return said


def test_a_connection_is_kept_while_its_file_stands(kept):
    before = kept.connection
    assert content(kept) == "old"
    assert kept.connection is before


def test_a_backup_put_in_the_files_place_is_what_the_next_request_meets(kept, tmp_path):
    a_database(tmp_path / "backup.sqlite3", "new").rename(tmp_path / "db.sqlite3")
    assert content(kept) == "new"


def test_a_file_that_was_moved_away_is_written_no_more(kept, tmp_path):
    moved = (tmp_path / "db.sqlite3").rename(tmp_path / "elsewhere.sqlite3")
    with kept.cursor() as cursor:
        cursor.execute("CREATE TABLE written (id)")
    with sqlite3.connect(moved) as connection:
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'written'").fetchall()
    connection.close()
