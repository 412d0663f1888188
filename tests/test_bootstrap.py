"""scripts/bootstrap.py does only what changed, finds the tools it needs, and says in a sentence what went wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import bootstrap


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """An empty project root that bootstrap takes for its own."""
    for name, path in {"ROOT": "", "VENV": ".venv", "FRONTEND": "frontend", "LOG": "var/setup.log"}.items():
        monkeypatch.setattr(bootstrap, name, tmp_path / path)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv/bin/python")
    (tmp_path / "frontend/src").mkdir(parents=True)
    (tmp_path / "frontend/package-lock.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.19.0", True),
        ("v20.20.2", True),
        ("v20.18.9", False),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.19.0", True),
        ("v9.0.0", False),
        ("", False),
        ("node: command not found", False),
    ],
)
def test_a_node_is_used_only_where_vite_runs_on_it(version, enough):
    assert bootstrap.new_enough(version) is enough


def test_a_digest_changes_with_content_name_and_presence(checkout):
    one, other = checkout / "one", checkout / "other"
    one.write_text("text")
    before = bootstrap.digest([one])
    assert bootstrap.digest([one]) == before
    one.write_text("text, changed")
    assert bootstrap.digest([one]) != before
    one.write_text("text")
    other.write_text("text")
    assert bootstrap.digest([other]) != before
    assert bootstrap.digest([one, other]) != before


def test_the_pin_of_torch_is_the_requirement_files_own(tmp_path):
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("torchvision==1\ntorch==2.13.0  # exactly\n")
    assert bootstrap.pinned("torch", requirements) == "torch==2.13.0"
    requirements.write_text("torch>=2\n")
    with pytest.raises(bootstrap.Trouble, match="doesn't pin torch"):
        bootstrap.pinned("torch", requirements)


def test_a_failing_command_is_one_sentence_that_names_the_log(checkout, capsys):
    with pytest.raises(bootstrap.Trouble, match=r"failed; all it said is in var/setup\.log\.$"):
        bootstrap.run([sys.executable, "-c", "print('what it said'); raise SystemExit(3)"])
    assert "what it said" in capsys.readouterr().err
    assert "what it said" in (checkout / "var/setup.log").read_text()


def test_an_old_python_is_told_what_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99, 0))
    assert bootstrap.main(["setup"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("labelhub: Python 99.0 or newer is needed")
    assert told.count("\n") == 1


def test_the_front_end_is_built_again_only_when_a_source_changed(checkout, monkeypatch):
    ran = []

    def run(command, cwd):
        ran.append(command[1])
        (cwd / {"ci": "node_modules", "run": "dist"}[command[1]]).mkdir(exist_ok=True)

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "npm", lambda: ["npm"])
    bootstrap.build_front_end()
    assert ran == ["ci", "run"]
    bootstrap.build_front_end()
    assert ran == ["ci", "run"]
    (checkout / "frontend/src/page.tsx").write_text("export {}")
    bootstrap.build_front_end()
    assert ran == ["ci", "run", "run"]
    (checkout / "frontend/package-lock.json").write_text('{"a": 1}')
    bootstrap.build_front_end()
    assert ran == ["ci", "run", "run", "ci", "run"]


def test_requirements_are_installed_again_only_when_they_changed(checkout, monkeypatch):
    for name in bootstrap.REQUIREMENTS:
        (checkout / name).write_text("torch==2.13.0\n")
    (checkout / ".venv").mkdir()
    ran = []
    monkeypatch.setattr(bootstrap, "run", lambda command: ran.append(str(command[-1])))
    monkeypatch.setattr(bootstrap, "succeeds", lambda command: True)
    monkeypatch.setattr(bootstrap, "installed", lambda package: "2.13.0+cpu")
    bootstrap.make_environment("requirements-dev.txt")
    bootstrap.make_environment("requirements-dev.txt")
    bootstrap.make_environment("requirements.txt")
    assert ran == [str(checkout / "requirements-dev.txt")], "the one includes the other"
    (checkout / "constraints.txt").write_text("numpy==2.4.6\n")
    bootstrap.make_environment("requirements.txt")
    assert ran[1:] == [str(checkout / "requirements.txt")]


@pytest.mark.parametrize(
    ("configured", "gpu", "asked"),
    [(True, False, ["pip"]), (False, False, ["pip", "uv"]), (False, True, ["pip"])],
)
def test_the_cpu_build_of_torch_is_asked_for_where_there_is_no_gpu(checkout, monkeypatch, configured, gpu, asked):
    ran: list[list[str]] = []
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "installed", lambda package: "")
    monkeypatch.setattr(bootstrap, "has_nvidia_gpu", lambda: gpu)
    monkeypatch.setattr(bootstrap, "succeeds", lambda command: configured)
    monkeypatch.setattr(bootstrap, "run", ran.append)
    bootstrap.install_torch("torch==2.13.0")
    assert [command[2] for command in ran] == asked
    assert any("torch==2.13.0" in command for command in ran)


def test_torch_falls_back_to_plain_pip(checkout, monkeypatch):
    ran = []

    def run(command):
        ran.append(command)
        if "uv" in command:
            raise bootstrap.Trouble("uv can't")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(bootstrap, "installed", lambda package: "")
    monkeypatch.setattr(bootstrap, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(bootstrap, "succeeds", lambda command: False)
    monkeypatch.setattr(bootstrap, "run", run)
    bootstrap.install_torch("torch==2.13.0")
    assert "torch==2.13.0" in ran[-1]
    assert ran[-1][2] == "pip"


class Machine:
    """`machine(node)` has this version of Node, or none; what bootstrap installs there is in `machine.installed`."""

    def __init__(self, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.checkout, self.monkeypatch = checkout, monkeypatch
        self.installed: list[str] = []

    def __call__(self, node: str) -> None:
        there = {"node": "/usr/bin/node", "npm": "/usr/bin/npm"} if node else {}
        self.monkeypatch.setattr(shutil, "which", there.get)
        self.monkeypatch.setattr(bootstrap, "output", lambda command: node)

    def run(self, command: list[str]) -> None:
        self.installed.append(command[-3])
        (self.checkout / ".venv/bin").mkdir(parents=True, exist_ok=True)
        (self.checkout / ".venv/bin/npm").touch()


@pytest.fixture
def machine(checkout, monkeypatch):
    made = Machine(checkout, monkeypatch)
    monkeypatch.setattr(bootstrap, "run", made.run)
    monkeypatch.setenv("PATH", "/usr/bin")
    return made


def test_the_machines_own_npm_is_used_where_its_node_is_new_enough(machine):
    machine("v24.1.0")
    assert bootstrap.npm() == ["npm"]
    assert machine.installed == []
    assert os.environ["PATH"] == "/usr/bin"


@pytest.mark.parametrize("node", ["", "v18.19.0"])
def test_without_a_node_that_is_new_enough_one_is_installed_once_and_comes_first(machine, checkout, node):
    machine(node)
    assert bootstrap.npm() == bootstrap.npm() == [checkout / ".venv/bin/npm"]
    assert machine.installed == [bootstrap.NODE_WHEEL]
    assert os.environ["PATH"].split(os.pathsep)[0] == str(checkout / ".venv/bin")


def test_a_half_made_environment_is_made_anew(checkout, monkeypatch):
    for name in bootstrap.REQUIREMENTS:
        (checkout / name).write_text("torch==2.13.0\n")
    ran = []

    def run(command):
        ran.append([str(part) for part in command])
        (checkout / ".venv").mkdir(exist_ok=True)

    monkeypatch.setattr(bootstrap, "run", run)
    monkeypatch.setattr(bootstrap, "succeeds", lambda command: False)
    monkeypatch.setattr(bootstrap, "installed", lambda package: "2.13.0")
    bootstrap.make_environment("requirements.txt")
    assert ran[0] == [sys.executable, "-m", "venv", "--clear", str(checkout / ".venv")]


def test_a_question_about_one_python_test_does_not_run_the_front_ends(monkeypatch):
    ran = []

    def call(command, cwd=None):
        ran.append(command[1:])
        return 0

    monkeypatch.setattr(bootstrap, "setup", lambda: 0)
    monkeypatch.setattr(bootstrap, "npm", lambda: ["npm"])
    monkeypatch.setattr(bootstrap, "call", call)
    bootstrap.test(["-k", "claim"])
    assert ran == [["-m", "tests.run", "-k", "claim"]]
    bootstrap.test([])
    assert ran[1:] == [["run", "test"], ["-m", "tests.run"]]


def test_coverage_is_that_of_all_databases_together(monkeypatch):
    ran = []

    def call(command):
        ran.append(command[1:])
        return 0

    monkeypatch.setattr(bootstrap, "setup", lambda: 0)
    monkeypatch.setattr(bootstrap, "call", call)
    assert bootstrap.coverage(["-k", "claim"]) == 0
    erase, run = ran
    assert erase == ["-m", "coverage", "erase"]
    assert run[:2] == ["-m", "tests.run"]
    assert "--cov-append" in run
    assert run[-2:] == ["-k", "claim"]


def test_lint_runs_every_check_and_fails_where_one_does(monkeypatch):
    codes = iter([0, 1, 0, 0, 0, 0, 0])
    monkeypatch.setattr(bootstrap, "setup", lambda: 0)
    monkeypatch.setattr(bootstrap, "npm", lambda: ["npm"])
    monkeypatch.setattr(bootstrap, "call", lambda command, cwd: next(codes))
    assert bootstrap.lint() == 1
    assert list(codes) == []


def test_help_says_what_each_command_does_and_an_example():
    told = subprocess.run([sys.executable, bootstrap.__file__, "--help"], capture_output=True, text=True, check=True)
    for command in bootstrap.COMMANDS:
        assert f"\n{command} " in told.stdout
    assert "example:" in told.stdout


def test_a_command_that_takes_no_arguments_says_so(capsys):
    assert bootstrap.main(["lint", "--fast"]) == 2
    assert "takes no arguments" in capsys.readouterr().err


def test_an_unknown_benchmark_is_named_beside_those_there_are(checkout, monkeypatch, capsys):
    (checkout / "benchmarks").mkdir()
    (checkout / "benchmarks/labeling_loop.py").write_text("def main() -> int: ...")
    (checkout / "benchmarks/what_others_share.py").touch()
    monkeypatch.setattr(bootstrap, "setup", lambda: 0)
    assert bootstrap.main(["bench", "nothing"]) == 1
    assert capsys.readouterr().err == "labelhub: there is no benchmark nothing; there are: labeling_loop\n"
