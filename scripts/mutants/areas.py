"""The areas: their mutants, and running the tests that cover one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from . import python_source
from .covering import Covering, nearest_first
from .mutant import Mutant
from .running import PYTEST, Ended, python, run
from .tree import ROOT

FIRST = 8  # tests (in the front end: test files) that run in any case
REST_SECONDS = 60  # bound on the other tests' time together, as measured without a mutant
REST_FILES = 8  # bound on the front end's other test files
STUCK = 4  # a run that takes so many times as long as without a mutant is in an endless loop
START_SECONDS = 90  # for starting Python on a busy machine
VITEST_SECONDS = 600  # vitest ends a slow test itself, but not one in an endless loop

KILLED, SURVIVED, TIMEOUT = "killed", "survived", "timeout"


class Area(ABC):
    def __init__(self, tree: Path) -> None:
        self.tree = tree

    @abstractmethod
    def mutants(self) -> list[Mutant]:
        """All of the area, in a stable order."""

    @abstractmethod
    def ask(self, mutant: Mutant) -> tuple[str, int]:
        """Run the tests on the tree, in which the mutant stands: the verdict, and how many tests were chosen."""


class PythonArea(Area):
    """A folder of Python, and the folders of tests that cover it."""

    def __init__(self, tree: Path, source: str, tests: tuple[str, ...]) -> None:
        super().__init__(tree)
        self._source = source
        self._covering = Covering(tree, ROOT / "var" / "mutants" / "covering.json", tests)
        self._database = tree.parent / "migrated.sqlite3"
        if not self._database.exists():
            made = python(tree, ["-m", "scripts.mutants.database", str(self._database)], seconds=None)
            if made.code:
                sys.exit(f"mutants: no database could be made for the tests:\n{made.said}")

    def mutants(self) -> list[Mutant]:
        files = sorted((self.tree / self._source).rglob("*.py"))
        return [
            mutant
            for path in files
            for mutant in python_source.mutants(path.read_bytes(), path.relative_to(self.tree).as_posix())
        ]

    def ask(self, mutant: Mutant) -> tuple[str, int]:
        tests = self._bounded(self._covering.of(mutant))
        if not tests:
            return SURVIVED, 0
        limit = START_SECONDS + STUCK * self._covering.seconds(tests)
        ended = self._pytest(tests, limit)
        if ended.code == 4 and "not found:" in ended.said:  # the mutant changed a test's parameters, and so its name
            ended = self._pytest(list(dict.fromkeys(test.partition("[")[0] for test in tests)), limit)
        if ended.code is None:
            return TIMEOUT, len(tests)
        return KILLED if ended.code else SURVIVED, len(tests)

    def _pytest(self, tests: list[str], limit: float) -> Ended:
        command = [*PYTEST, "-x", "--reuse-db", "-p", "scripts.mutants.database", *tests]
        return python(self.tree, command, seconds=limit, MIGRATED=str(self._database))

    def _bounded(self, tests: list[str]) -> list[str]:
        chosen, rest = tests[:FIRST], 0.0
        for test in tests[FIRST:]:
            rest += self._covering.seconds([test])
            if rest > REST_SECONDS:
                break
            chosen.append(test)
        return chosen


class FrontEnd(Area):
    """The front end's sources. The test files that import a file cover it, directly or through other files."""

    def __init__(self, tree: Path) -> None:
        super().__init__(tree)
        script = Path(__file__).with_name("frontend.mjs")
        told = subprocess.run(["node", script, tree / "frontend"], capture_output=True, text=True, check=True).stdout
        self._told = json.loads(told)

    def mutants(self) -> list[Mutant]:
        return [Mutant(**{**one, "lines": tuple(one["lines"])}) for one in self._told["mutants"]]

    def ask(self, mutant: Mutant) -> tuple[str, int]:
        tests = nearest_first(self._told["tests"].get(mutant.file, []), mutant.file)[: FIRST + REST_FILES]
        for turn in filter(None, (tests[:FIRST], tests[FIRST:])):
            verdict = self._vitest(turn)
            if verdict != SURVIVED:
                return verdict, len(tests)
        return SURVIVED, len(tests)

    def _vitest(self, tests: list[str]) -> str:
        """A waiting test may fail on a busy machine, mutant or not: a failure counts only if it repeats."""
        ended, failed = self._run(tests, [])
        if ended.code == 0:
            return SURVIVED
        for file, names in failed.items():
            again, _ = self._run([file], ["-t", "|".join(map(re.escape, names))] if names else [])
            if again.code == 0:
                return self._vitest([test for test in tests if test != file])
        return TIMEOUT if ended.code is None else KILLED

    def _run(self, tests: list[str], options: list[str]) -> tuple[Ended, dict[str, list[str]]]:
        if not tests:
            return Ended(0, ""), {}
        with tempfile.NamedTemporaryFile(suffix=".json") as told:
            report = ["--bail=1", "--maxWorkers=1", "--reporter=json", f"--outputFile={told.name}"]
            command = ["npx", "vitest", "run", *report, *options, *tests]
            ended = run(self.tree / "frontend", command, seconds=VITEST_SECONDS)
            written = Path(told.name).read_text(encoding="utf-8")
        failed = {}
        for file in json.loads(written)["testResults"] if written else []:
            if file["status"] == "failed":
                path = Path(file["name"]).relative_to(self.tree / "frontend").as_posix()
                failed[path] = [test["fullName"] for test in file["assertionResults"] if test["status"] == "failed"]
        return ended, failed


AREAS = {
    "services": lambda tree: PythonArea(tree, "labelhub/services", ("tests/services", "tests/queries", "tests/api")),
    "queries": lambda tree: PythonArea(tree, "labelhub/queries", ("tests/queries", "tests/services", "tests/api")),
    "selector": lambda tree: PythonArea(tree, "selector", ("tests/selector",)),
    "frontend": FrontEnd,
}
