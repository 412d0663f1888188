"""Which tests run a line, by coverage's contexts; kept in var/mutants/covering.json.

A test file is measured again when it or a source file that it ran has changed. Changes in fixtures and factories go
unnoticed: delete covering.json to measure everything again. Slow tests and browser tests are left out.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import coverage

from .running import PYTEST, python

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .mutant import Mutant

SOURCES = ("labelhub/services", "labelhub/queries", "selector")


class Test(TypedDict):
    seconds: float
    lines: dict[str, list[int]]  # by source file


class Measured(TypedDict):
    """One test file; digests by path: its own, and of the source files that its tests ran."""

    digests: dict[str, str]
    tests: dict[str, Test]


class Covering:
    """The tests in some folders, and the lines that each of them runs."""

    def __init__(self, tree: Path, kept: Path, folders: Iterable[str]) -> None:
        every: dict[str, Measured] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
        paths = sorted(path for folder in folders for path in (tree / folder).rglob("test_*.py"))
        files = [path.relative_to(tree).as_posix() for path in paths]
        stale = [file for file in files if file not in every or not _is_fresh(tree, every[file])]
        if stale:
            print(f"  measuring what {len(stale)} of {len(files)} test files cover", flush=True)
            every |= _measure(tree, stale)
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(every), encoding="utf-8")
        self._tests = {name: test for file in files for name, test in every[file]["tests"].items()}
        self._by_line: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._by_file: dict[str, set[str]] = defaultdict(set)
        for name, test in self._tests.items():
            for file, lines in test["lines"].items():
                self._by_file[file].add(name)
                for line in lines:
                    self._by_line[file, line].add(name)

    def seconds(self, tests: Iterable[str]) -> float:
        return sum(self._tests[test]["seconds"] for test in tests)

    def of(self, mutant: Mutant) -> list[str]:
        """The tests that run what is mutated: nearest in the folders first, then fastest first.

        Code that runs at import (a constant, a default) is in no test's context: all tests that run the file are taken.
        """
        tests = self._among(mutant.file, mutant.lines) or self._among(mutant.file, mutant.statement)
        ranked = sorted(tests or self._by_file[mutant.file], key=lambda test: self._rank(test, mutant.file))
        return _one_of_each_first(ranked)

    def _among(self, file: str, lines: tuple[int, int]) -> set[str]:
        first, last = lines
        return set().union(*(self._by_line.get((file, line), ()) for line in range(first, last + 1)))

    def _rank(self, test: str, file: str) -> tuple[int, float, str]:
        return -nearness(test.partition("::")[0], file), self._tests[test]["seconds"], test


def nearness(test: str, file: str) -> int:
    """How many parts of their paths agree: 2 for tests/services/test_jobs.py and labelhub/services/jobs.py."""
    theirs = re.sub(r"test_|\.(py|test\.tsx?)$", "", test.removeprefix("tests/")).split("/")
    ours = re.sub(r"^(labelhub|frontend/src)/|\.(py|tsx?)$", "", file).split("/")
    same = [one == other for one, other in zip(theirs, ours, strict=False)]
    return same.index(False) if False in same else len(same)


def nearest_first(tests: Iterable[str], file: str) -> list[str]:
    return sorted(tests, key=lambda test: (-nearness(test, file), test))


def _one_of_each_first(tests: list[str]) -> list[str]:
    """The same order, except that each test function's first parameters come before anybody's second."""
    turns: dict[str, int] = defaultdict(int)
    ranked = []
    for test in tests:
        function = test.partition("[")[0]
        ranked.append((turns[function], test))
        turns[function] += 1
    return [test for _, test in sorted(ranked, key=lambda pair: pair[0])]


def _is_fresh(tree: Path, measured: Measured) -> bool:
    return all((tree / path).is_file() and _digest(tree / path) == told for path, told in measured["digests"].items())


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _measure(tree: Path, files: list[str]) -> dict[str, Measured]:
    with tempfile.TemporaryDirectory() as place:
        data, durations = Path(place, "coverage"), Path(place, "durations.json")
        # Folders, not module names: to find a module, coverage would import labelhub before its settings are there.
        measured = [f"--cov={source}" for source in SOURCES]
        plugin = ["-p", "scripts.mutants.durations"]
        command = [*PYTEST, *plugin, *measured, "--cov-context=test", "--cov-report=", *files]
        ended = python(tree, command, seconds=None, COVERAGE_FILE=str(data), DURATIONS=str(durations))
        if not durations.is_file():
            sys.exit(f"mutants: the tests could not be run:\n{ended.said[-2000:]}")
        if ended.code:
            print(f"  left out are the tests that fail without any mutant:\n{_failures(ended.said)}", flush=True)
        return _records(tree, files, data, json.loads(durations.read_text(encoding="utf-8")))


def _failures(said: str) -> str:
    return "\n".join(f"  {line}" for line in said.splitlines() if line.startswith(("FAILED", "ERROR")))


def _records(tree: Path, files: list[str], data: Path, seconds: dict[str, float]) -> dict[str, Measured]:
    records: dict[str, Measured] = {file: {"digests": {file: _digest(tree / file)}, "tests": {}} for file in files}
    for name, taken in seconds.items():
        records[name.partition("::")[0]]["tests"][name] = {"seconds": round(taken, 3), "lines": {}}
    covered = coverage.CoverageData(str(data))
    covered.read()
    for path in covered.measured_files():
        source = Path(path).relative_to(tree.resolve()).as_posix()
        for line, contexts in covered.contexts_by_lineno(path).items():
            for name in {context.rpartition("|")[0] for context in contexts if context} & seconds.keys():
                record = records[name.partition("::")[0]]
                record["digests"].setdefault(source, _digest(tree / source))
                record["tests"][name]["lines"].setdefault(source, []).append(line)
    return records
