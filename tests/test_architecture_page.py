"""docs/architecture.md: its examples run, and the places that it names are there."""

import json
import re
from pathlib import Path

import pytest

from labelhub.services.data import exporting
from selector.selection import rules
from selector.selection.select import compose
from selector.types import Candidate, Grade
from tests import factories

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
RULE, FORMAT = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_of_a_rule_picks(monkeypatch):
    monkeypatch.setitem(rules.RULES, "wrong_by_lot", None)  # taken out again afterwards
    exec(RULE, dict(vars(rules)))
    pool = [Candidate("p", n, Grade.WRONG if n % 2 else Grade.RIGHT, None, f"{n}") for n in range(6)]
    batch = compose(pool, rule="wrong_by_lot", scope="global", k=9, control_share=0, audit_share=0)
    assert sorted(pick.candidate.solution_id for pick in batch.picks) == [1, 3, 5]


@pytest.mark.django_db
def test_the_example_of_a_format_exports(monkeypatch):
    label = factories.LabelFactory(ratings=[1, -1])
    monkeypatch.setitem(exporting.ROWS, "first_mistakes", None)  # taken out again afterwards
    exec(FORMAT, dict(vars(exporting)))
    lines = b"".join(exporting.Export("first_mistakes", type(label).objects.all()))
    assert json.loads(lines) == {"solution": label.solution.key, "first_mistake": 1}


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`((?:[\w.]+/)+[\w.]*)`", PAGE))))
def test_the_places_are_there(place):
    assert any((root / place).exists() for root in (ROOT, ROOT / "labelhub")) or (
        (ROOT / "labelhub" / f"{place}.py").exists()
    )
