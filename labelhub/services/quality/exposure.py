"""What each running check is worth: how many met it, who missed it, and when to let it go.

A check wears out when many have met it, and says nothing where good labelers miss it. Either is suggested to the
reviewer; nothing is retired by itself.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from labelhub.models import Gold, Label, Project
from labelhub.queries.quality import gold as golds
from labelhub.queries.quality import judging as queries
from labelhub.services.quality.judging import is_passed

WORN = 100  # passes over one check: about as many people who may speak of it
OTHERS = 5  # checks beside it by which somebody is known as a good labeler: they reach the bar over them
GOOD = 5  # good labelers who met it, before it is said that most of them miss it


def checks(project: Project) -> list[dict[str, Any]]:
    """The checks in use: who met them, how many agreed, and why one might be retired; those with a reason first."""
    answers = list(queries.answers(project))
    by_good = _of_good_labelers(answers, float(project.check_bar))
    asked = Counter(label.solution_id for label in answers)
    agreed = Counter(label.solution_id for label in answers if is_passed(label))
    told = [
        _told(gold, asked[gold.solution_id], agreed[gold.solution_id], by_good.get(gold.solution_id, []))
        for gold in golds.of_purpose(project, Gold.Purpose.CHECK)
    ]
    return sorted(told, key=lambda check: (check["suggestion"] is None, -check["asked"], check["id"]))


def _of_good_labelers(answers: Sequence[Label], bar: float) -> dict[int, list[bool]]:
    """By solution: whether each good labeler agreed. The check itself doesn't decide who is good."""
    asked: Counter[UUID] = Counter(label.labeler_id for label in answers)
    agreed: Counter[UUID] = Counter(label.labeler_id for label in answers if is_passed(label))
    found: dict[int, list[bool]] = {}
    for label in answers:
        passed, others = is_passed(label), asked[label.labeler_id] - 1
        if others >= OTHERS and agreed[label.labeler_id] - passed >= bar * others:
            found.setdefault(label.solution_id, []).append(passed)
    return found


def _told(gold: Gold, asked: int, agreed: int, good: Sequence[bool]) -> dict[str, Any]:
    return {
        "id": gold.pk,
        "solution_id": gold.solution_id,
        "problem": gold.solution.problem.text,
        "first_mistakes": gold.first_mistakes,
        "asked": asked,
        "agreed": agreed,
        "good_asked": len(good),
        "good_agreed": sum(good),
        "suggestion": _suggestion(asked, good),
    }


def _suggestion(asked: int, good: Sequence[bool]) -> str | None:
    if len(good) >= GOOD and 2 * sum(good) < len(good):
        missed = len(good) - sum(good)
        return f"{missed} of {len(good)} good labelers miss it: the gold label may be the one that is wrong."
    return f"{asked} labelers have met it: it may be known by now." if asked >= WORN else None
