"""The demo's own directory: secrets that only their owner reads, one demo at a time, a reset that is one."""

import os
import stat

import pytest

from labelhub.demo import site
from labelhub.demo.place import Place, Refused, private, read_json


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path / "demo")
    made.directory.mkdir()
    return made


def test_a_secret_is_made_once_and_its_owner_alone_reads_it(place):
    first = place.secret("secret_key", 64)
    assert len(first) == 64
    assert place.secret("secret_key", 64) == first
    assert stat.S_IMODE((place.directory / "secret_key").stat().st_mode) == 0o600


def test_two_demos_have_different_secrets(place, tmp_path):
    other = Place(tmp_path)
    assert place.secret("secret_key", 64) != other.secret("secret_key", 64)


def test_the_environment_is_ours_whatever_it_was(place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://production/labelhub")
    monkeypatch.setenv("REDIS_URL", "redis://production")
    monkeypatch.setenv("SECRET_KEY_FILE", "/run/secrets/key")
    for name in place.environ():
        monkeypatch.setenv(name, "production")
    place.enter()
    assert {name: os.environ[name] for name in place.environ()} == place.environ()
    assert "SECRET_KEY_FILE" not in os.environ


def test_a_socket_path_is_short_however_deep_the_demo_lies(tmp_path):
    deep = Place(tmp_path / ("deep" * 30) / "demo")
    assert len(str(deep.broker)) < 100
    assert deep.sockets != Place(tmp_path).sockets


def test_two_demos_in_one_directory_are_refused(place):
    with place.lock(), pytest.raises(Refused, match="already"):
        place.lock()
    place.lock().close()


def test_a_reset_keeps_only_the_lock_and_the_secret_it_runs_under(place):
    place.secret("secret_key", 64)
    place.secret("password_labeler", 12)
    (place.logs).mkdir()
    (place.logs / "web.log").write_text("said")
    (place.directory / "db.sqlite3").touch()
    with place.lock():
        place.reset()
    assert {path.name for path in place.directory.iterdir()} == {"lock", "secret_key"}


def test_half_a_file_reads_as_nothing(place):
    assert read_json(place.running) is None
    place.running.write_text('{"web": 12')
    assert read_json(place.running) is None


def test_a_private_file_is_private_from_its_first_byte(place):
    with private(place.directory / "new") as file:
        assert stat.S_IMODE((place.directory / "new").stat().st_mode) == 0o600
        file.write("kept")


def test_a_directory_for_sockets_that_others_may_enter_is_refused(place):
    place.sockets.mkdir()
    try:
        place.sockets.chmod(0o777)
        with pytest.raises(Refused, match="isn't this account's alone"):
            site.broker(place)
        place.sockets.chmod(0o700)
        assert str(place.broker) in site.broker(place)
    finally:
        place.sockets.rmdir()
