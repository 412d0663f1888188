"""The shape of the house, as far as a machine can see it."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from labelhub import models
from labelhub.management import commands

ROOT = Path(__file__).resolve().parents[1]
COMMANDS = sorted(path.stem for path in Path(commands.__path__[0]).glob("[a-z]*.py"))
# Words of this workplace's making, or of a machine's: the project speaks of itself alone.
FOREIGN = re.compile(r"/work/|/farm/|pypi\.org|registry\.npmjs|\bsubagent|\bclosing note\b", re.IGNORECASE)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_the_web_process_starts_and_answers_without_torch_or_transformers():
    answer = run(
        "-c",
        "import os, sys\n"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'\n"
        "from labelhub.wsgi import application\n"
        "from django.test import Client\n"
        "assert Client().get('/healthz').status_code == 200\n"
        "Client().get('/api/v1/auth/me')\n"
        "heavy = {'torch', 'transformers', 'sympy', 'math_verify', 'pandas'} & set(sys.modules)\n"
        "assert not heavy, heavy\n",
    )
    assert answer.returncode == 0, answer.stderr


def test_the_pure_library_runs_without_django_or_torch():
    answer = run(
        "-c",
        "import sys, selector.__main__, selector.selection.select, selector.grading.grade\n"
        "import selector.formats, selector.evaluation.measures\n"
        "heavy = {'torch', 'transformers', 'django', 'celery', 'labelhub'} & set(sys.modules)\n"
        "assert not heavy, heavy\n",
    )
    assert answer.returncode == 0, answer.stderr


def test_imports_follow_the_floors():
    answer = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stdout


def test_services_never_enqueue():
    for path in (ROOT / "labelhub" / "services").rglob("*.py"):
        assert not re.search(r"\.(delay|apply_async|send_task)\(", path.read_text()), path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does_and_shows_an_example(command):
    answer = subprocess.run(
        [sys.executable, "manage.py", command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Example" in answer.stdout, answer.stdout


def test_every_model_says_what_it_is():
    for name in models.__all__:
        assert (getattr(models, name).__doc__ or "").strip().count(" ") > 3, name
        assert not (getattr(models, name).__doc__ or "").startswith(f"{name}("), name


def test_every_constraint_is_a_sentence():
    for name in models.__all__:
        for constraint in getattr(models, name)._meta.constraints:
            assert constraint.name.count("_") >= 3, constraint.name


def test_every_module_opens_with_a_sentence():
    for folder in ("labelhub", "selector", "studies", "scripts", "benchmarks"):
        for path in (ROOT / folder).rglob("*.py"):
            if "migrations" in path.parts or not path.read_text().strip():
                continue
            assert ast.get_docstring(ast.parse(path.read_text())), path


def test_the_project_speaks_of_itself_alone():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        path = ROOT / name
        if path.suffix in {".png", ".woff2", ".lock"} or name == "tests/test_architecture.py":
            continue
        if name.endswith("package-lock.json"):
            continue
        found = FOREIGN.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{name}: {found and found.group()}"


def test_what_tests_share_is_typed_as_the_code_is():
    """pyproject.toml names each module of tests that isn't a test, and asks for all its annotations."""
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]["overrides"]
    (named,) = (each["module"] for each in overrides if each.get("disallow_untyped_defs"))
    files = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / "tests").rglob("[a-z]*.py")]
    assert named == sorted(".".join(file.parts) for file in files if not file.name.startswith("test_"))
