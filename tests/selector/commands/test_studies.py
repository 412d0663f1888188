"""The commands that need the studies say what is missing, before they work."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMMANDS = {
    "simulate": ["simulate", "--quick"],
    "rounds": ["rounds", "--out", "rounds"],
    "evaluate": ["evaluate", "scored.jsonl", "--report", "."],
}
SENTENCES = {
    "studies": "Studies and reports run from a checkout of LabelHub, in its top folder.",
    "matplotlib": "Plots need matplotlib: pip install -r requirements-studies.txt",
}


def run(words: list[str], *, without: list[str], cwd: Path) -> "subprocess.CompletedProcess[str]":
    """The command where these packages are not installed."""
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({without})); sys.path.insert(0, {str(ROOT)!r})\n"
        f"from selector.__main__ import main; sys.exit(main({words}))"
    )
    return subprocess.run([sys.executable, "-c", program], cwd=cwd, capture_output=True, text=True)


@pytest.mark.parametrize("missing", SENTENCES)
@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_missing_is_one_sentence(command: str, missing: str, tmp_path: Path) -> None:
    done = run(COMMANDS[command], without=[missing], cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.endswith(f"selector {command}: {SENTENCES[missing]}\n"), done.stderr
    assert not list(tmp_path.iterdir())


def test_made_problems_need_neither(tmp_path: Path) -> None:
    done = run(["simulate", "--make-data", "made", "--problems", "1"], without=[*SENTENCES], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "made" / "solutions.jsonl").exists()
