"""Real rows to test against, where they lie beside the project."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHARED = Path(__file__).parents[2] / "../shared/data"
GOLDEN = Path(__file__).parents[1] / "golden"


def shared_rows(name: str) -> list[dict[str, Any]]:
    """The rows of a file of ../shared/data; the test is skipped where the folder is not there."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared/data is not there")
    return list(rows(SHARED / name))


def golden_rows(name: str) -> list[dict[str, Any]]:
    return list(rows(GOLDEN / name))


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        yield from map(json.loads, lines)
