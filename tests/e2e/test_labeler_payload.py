"""What reaches a labeler's browser tells neither why a solution was picked nor what anybody thinks of it."""

import json
from typing import Any

import pytest
from playwright.sync_api import Response

from labelhub.models import BatchItem, Generation, Problem, User
from tests.e2e.conftest import Visitor
from tests.e2e.test_labeler import put_up, start

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFERENCE = "The reference solution that nobody rates by."
TOLD = {
    "id", "lease", "solution_id", "problem", "ground_truth_answer", "steps", "alternatives", "instructions_version",
    "screening",
}  # fmt: skip
UNTOLD = (
    "stratum",
    "score",
    "rank",
    "grade",
    "quality",
    "gold",
    "reference",
    "ground_truth_solution",
    "probab",
    "seed",
)


@pytest.fixture
def batch(generation: Generation) -> list[BatchItem]:
    items = [
        put_up(generation, text, position=position, wrong=position == 1)
        for position, text in enumerate(["How many apples has Tom?", "How many pears has Ann?"])
    ]
    Problem.objects.update(ground_truth_solution=REFERENCE)
    BatchItem.objects.update(stratum="audit", log_score=-0.125)
    return items


def keys_of(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys_of(inner)}
    return {key for inner in value for key in keys_of(inner)} if isinstance(value, list) else set()


def test_no_answer_carries_a_reference_a_stratum_a_score_or_a_flag(visitor: Visitor, ann: User, batch: list[BatchItem]):
    answers: list[Response] = []
    visitor.page.on("response", lambda response: answers.append(response) if "/api/" in response.url else None)
    start(visitor, ann)
    visitor.press("3", "3", "3", "Enter")
    visitor.sees("How many pears has Ann?")
    visitor.press("3", "1", "Enter")
    visitor.sees("Nothing to rate right now")
    bodies = [(each.url, each.text()) for each in answers if each.status == 200]
    assert any("assignments" in url for url, _ in bodies)
    for url, text in bodies:
        assert REFERENCE not in text and "-0.125" not in text and '"audit"' not in text, url
        if "assignments" in url:
            told = json.loads(text)
            assert [key for key in keys_of(told) if any(word in key for word in UNTOLD)] == [], url
            for offered in (told.get("assignment"), told.get("next")):
                assert offered is None or set(offered) == TOLD, url
