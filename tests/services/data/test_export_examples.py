"""The rows that the export page shows are what each format makes of a label."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from labelhub.models import Comment, Label, Project
from labelhub.services.data import exporting
from selector.labels.passes import label_steps
from selector.types import Completion
from tests import factories

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).parents[3] / "frontend/src/features/data/exporting/examples.json"
STEPS = ["Ana has 3 pears and picks 2 more.", "3 + 2 = 6.", "So she has 6."]
OTHER = Completion(text="3 + 2 = 5.", rating=1, flagged=False)


@pytest.fixture
def slip(project: Project) -> Label:
    """A slip in the second step, with an alternative that is right."""
    labeler = factories.LabelerFactory(id="dca8d58e-10b5-4ba3-a43b-ebad55f8c396", user=None)
    problem = factories.ProblemFactory(
        project=project,
        text="Ana has 3 pears and picks 2 more. How many does she have?",
        ground_truth_answer="5",
        ground_truth_solution="3 + 2 = 5.",
    )
    solution = factories.SolutionFactory(
        problem=problem, key="pears-3-0", steps=STEPS, answer="6", grade="wrong", meta={"generator": "a model"}
    )
    label: Label = factories.LabelFactory(
        assignment__item__generation=factories.GenerationFactory(project=project),
        assignment__item__solution=solution,
        assignment__item__log_score=-0.25,
        assignment__labeler=labeler,
        steps=label_steps(STEPS, [1, -1], alternatives=[OTHER]),
        finish_reason="found_error",
        submitted_at="2026-03-01T12:00:00.000250Z",
    )
    Comment.objects.create(label=label, text="A slip of the pen.", is_question=False)
    return label


def row(project: Project, format: str) -> Any:
    content = b"".join(exporting.stream(project=project, format=format))
    if format == exporting.PARQUET:
        [first] = parquet.read_table(io.BytesIO(content)).to_pylist()
        return json.loads(json.dumps(first, default=str))
    return json.loads(content.splitlines()[0])


def test_the_page_shows_a_row_of_each_format_as_it_is(project, slip):
    shown = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    assert shown == {format: row(project, format) for format in exporting.FORMATS}


def test_every_format_is_told_of():
    told = (Path(__file__).parents[3] / "docs/exports.md").read_text(encoding="utf-8")
    assert [format for format in exporting.FORMATS if f"| `{format}` |" not in told] == []
