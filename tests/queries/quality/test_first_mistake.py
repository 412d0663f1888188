"""The database's first mistake of a label is the one function's, whoever brought the label."""

import json
from pathlib import Path
from typing import Any

import pytest

from labelhub.models import Label
from labelhub.queries.quality.review import MISTAKE
from selector.labels.passes import label_steps
from selector.labels.steps import UNKNOWN, mistake_on_path
from tests import factories
from tests.services.data.files import read, read_rows

pytestmark = [pytest.mark.django_db, pytest.mark.data_layer]

GOLDEN = Path(__file__).parents[2] / "golden" / "prm800k.jsonl"
STEPS = ["One.", "Two.", "Three."]
PASSES = [
    [1, 0, 1],
    [1, -1],
    [-1],
    [1, 1, -1],
    [None, 1, 1],
    [1, 1, None],
    [1, None, -1],
    [None, -1],
    [None, None, None],
]


def agree(labels):
    """Of each label: null where unknown, 0 where there is none, else the step from 1."""
    found = {label: said for label in labels.annotate(said=MISTAKE) for said in [label.said]}
    assert found
    for label, said in found.items():
        known = mistake_on_path(label.steps, len(label.solution.steps))
        assert said == (None if known is UNKNOWN else 0 if known is None else known + 1), label.steps
    return list(found.values())


def made_here(ratings):
    flagged = [step for step, rating in enumerate(ratings) if rating is None]
    return factories.LabelFactory(
        assignment__item__solution__steps=STEPS,
        steps=label_steps(STEPS, ratings, flagged),
        body={"ratings": ratings, "flagged": flagged, "alternatives": []},
        finish_reason="found_error" if -1 in ratings else "solution",
    )


def test_of_passes_made_here():
    for ratings in PASSES:
        made_here(ratings)
    assert agree(Label.objects.order_by("pk")) == [0, 2, 1, 3, None, None, None, None, None]


def test_of_imported_step_labels(project, tmp_path):
    named: dict[str, Any] = {"problem_id": "p", "steps": STEPS}
    rows: list[dict[str, Any]] = [{"problem_id": "p", "problem": "How many?", "ground_truth_answer": "3"}]
    rows += [
        named | {"solution_id": str(i), "steps": [*STEPS[:2], f"{i}."], "step_labels": each}
        for i, each in enumerate(PASSES)
    ]
    read_rows(project, tmp_path, [*rows, named | {"solution_id": "short", "step_labels": [1, 1]}])
    assert agree(Label.objects.order_by("pk")) == [
        0,
        2,
        1,
        3,
        None,
        None,
        None,
        None,
        None,
    ]  # [null, null, null] is no label


def test_of_prm800ks_own_rows(project):
    """With chosen completions, own steps, corrected ratings and flags."""
    read(project, GOLDEN)
    whole = Label.objects.filter(finish_reason__in=["found_error", "solution"])
    assert set(map(type, agree(whole))) == {int, type(None)}
    assert len(whole) < len([json.loads(line) for line in GOLDEN.open(encoding="utf-8")])
