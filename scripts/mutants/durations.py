"""A pytest plugin: `-p scripts.mutants.durations` writes the seconds of each test that passed to DURATIONS."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

seconds: dict[str, float] = {}
failed: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    seconds[report.nodeid] = seconds.get(report.nodeid, 0.0) + report.duration
    if not report.passed:  # a skipped test covers nothing, a failing one would kill every mutant
        failed.add(report.nodeid)


def pytest_sessionfinish() -> None:
    passed = {test: taken for test, taken in seconds.items() if test not in failed}
    Path(os.environ["DURATIONS"]).write_text(json.dumps(passed), encoding="utf-8")
