"""Each thing an operator can get wrong is told at start, by id, with what to do."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.core import checks as registry
from django.db import connection

from labelhub import checks


@pytest.fixture
def env(settings):
    """Change knobs as the environment would."""

    def change(**knobs):
        settings.ENV = replace(settings.ENV, **knobs)

    return change


def told(check, **options):
    return [(message.id, type(message).__name__) for message in check(None, **options)]


GOOD = "p8Zr-2kq_WvY7sLx0aJd3Tn5Gh1mBcE9uFiOe4QyRtKwVb6XzPj"


@pytest.mark.parametrize(
    "key", ["x", "a" * 60, "k1" * 30, "change-me-" + GOOD, "django-insecure-" + GOOD, "Change-Me" + GOOD]
)
def test_a_key_that_can_be_guessed_stops_a_site_in_the_open(settings, env, key):
    settings.SECRET_KEY = key
    env(https=True)
    assert told(checks.secret_key_is_strong) == [("labelhub.E001", "Error")]
    env(https=False)
    assert told(checks.secret_key_is_strong) == [("labelhub.E001", "Warning")]


def test_a_random_key_is_fine(settings):
    settings.SECRET_KEY = GOOD
    assert told(checks.secret_key_is_strong) == []


def test_debug_in_the_open_is_an_error(settings, env):
    env(https=True)
    assert told(checks.debug_is_off_in_the_open) == []
    settings.DEBUG = True
    assert told(checks.debug_is_off_in_the_open) == [("labelhub.E002", "Error")]
    env(https=False)
    assert told(checks.debug_is_off_in_the_open) == []


def test_pages_that_are_not_built_are_told(settings, tmp_path):
    manifest = tmp_path / "manifest.json"
    settings.DJANGO_VITE = {"default": {"manifest_path": manifest}}
    assert told(checks.pages_are_built) == [("labelhub.W003", "Warning")]
    manifest.write_text("{}")
    assert told(checks.pages_are_built) == []


def test_a_place_that_is_not_there_yet_is_fine_if_it_can_be_made(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "new" / "place"
    assert told(checks.data_can_be_written) == []


def test_a_place_that_cannot_hold_data_is_an_error(settings, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    settings.DATA_DIR = file / "place"
    assert told(checks.data_can_be_written) == [("labelhub.E004", "Error")]


def test_a_place_we_may_not_write_to_is_an_error(settings, monkeypatch):
    settings.DATA_DIR = Path("/")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    assert told(checks.data_can_be_written) == [("labelhub.E004", "Error")]


@pytest.mark.django_db(transaction=True)
def test_a_sqlite_file_that_does_not_write_ahead_is_told(monkeypatch, tmp_path):
    assert told(checks.sqlite_writes_ahead, databases=["default"]) == []
    if connection.vendor != "sqlite":
        return
    apart = connection.copy("apart")  # a file that nothing else has open: else SQLite leaves the journal as it is
    apart.settings_dict["NAME"] = str(tmp_path / "apart.sqlite3")
    monkeypatch.setattr(checks, "connection", apart)
    with apart.cursor() as cursor:
        assert told(checks.sqlite_writes_ahead, databases=["default"]) == []
        cursor.execute("PRAGMA journal_mode=DELETE")
        assert told(checks.sqlite_writes_ahead, databases=["default"]) == [("labelhub.W005", "Warning")]
    apart.close()


def test_the_database_is_not_touched_unless_it_is_asked_about():
    assert told(checks.sqlite_writes_ahead, databases=None) == []


def test_a_site_that_nobody_can_reach_is_told_on_deploy(settings):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert told(checks.somebody_can_reach_the_site) == [("labelhub.W006", "Warning")]
    settings.ALLOWED_HOSTS = ["labels.example"]
    assert told(checks.somebody_can_reach_the_site) == []


def test_every_check_is_asked_and_says_what_to_do(settings, env, tmp_path):
    settings.SECRET_KEY, settings.DEBUG = "x", True
    env(https=True)
    settings.DJANGO_VITE = {"default": {"manifest_path": tmp_path / "none"}}
    (tmp_path / "file").write_text("")
    settings.DATA_DIR = tmp_path / "file" / "place"
    settings.ALLOWED_HOSTS = ["localhost"]
    found = registry.run_checks(include_deployment_checks=True)
    ours = [each for each in found if str(each.id).startswith("labelhub.")]
    assert {each.id for each in ours} == {f"labelhub.{id}" for id in ("E001", "E002", "W003", "E004", "W006", "I007")}
    assert all(each.hint for each in ours)


def test_https_without_a_proxy_that_is_trusted_to_speak_it_is_noted(env):
    env(https=True, trusted_proxies=0)
    assert told(checks.somebody_speaks_https) == [("labelhub.I007", "Info")]
    env(https=True, trusted_proxies=1)
    assert told(checks.somebody_speaks_https) == []
    env(https=False, trusted_proxies=0)
    assert told(checks.somebody_speaks_https) == []
