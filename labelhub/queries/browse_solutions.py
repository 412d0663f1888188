"""Solutions, looked through.

`/p/SLUG/solutions` and `GET projects/{slug}/solutions` take the same parameters, so that a number anywhere can link to
the solutions behind it:

    problem=ID
    generation=N   picked by generation N; of its items
                   stratum=wrong|remainder|uniform|uncertain|control|audit|gate|screening|check
                   state=open|leased|done|withdrawn|standing
    checkpoint=N   scored by checkpoint N; with score_min=, score_max= between 0 and 1, and sort=-score|score
    gold=true|false   labels=true|false   graded_by=grader|source|person
    grade=right|wrong|unknown|none (not graded yet)
    model=NAME (the file's generator)   steps_min=   steps_max=   q=words
    sort=-id|id (newest, oldest first) or -score|score
"""

import json
import math
import sys
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast, Substr
from django.db.models.lookups import GreaterThanOrEqual, IContains, LessThanOrEqual

from labelhub.errors import Absent, Invalid
from labelhub.models import BatchItem, Gold, Label, Problem, Project, Solution
from labelhub.queries import browse
from labelhub.queries.browse import Found, Page, Row, Sort
from labelhub.queries.browse_problems import SHOWN
from labelhub.queries.review import JsonLength

SORTS = {
    "-id": Sort("-id", ("pk",), (int,)),
    "id": Sort("id", ("pk",), (int,), down=False),
    "-score": Sort("-score", ("log_score", "scored_solution"), (float, int)),
    "score": Sort("score", ("log_score", "scored_solution"), (float, int), down=False),
}
BY_SCORE = ("-score", "score")
UNGRADED = "none"
COLUMNS = ("pk", "key", "answer", "grade", "graded_by", "created_at", "problem_id", "problem__ground_truth_answer")


def page(
    project: Project, *, sort: str = "-id", cursor: str | None = None, limit: int = 50, **asked: Any
) -> tuple[Page, list[Row]]:
    """A page, and its rows as they are told. Six queries at most. Raises Invalid for a score without its checkpoint."""
    by_score = sort in BY_SCORE or {"score_min", "score_max"} & set(asked)
    if by_score and "checkpoint" not in asked:
        raise Invalid(fields={"checkpoint": ["Scores of different checkpoints are never compared: name one."]})
    scored = "checkpoint" in asked
    got = browse.page(
        found(project, **asked),
        sort=SORTS[sort],
        tell=lambda rows: _columns(rows, scored=scored),
        cursor=cursor,
        limit=limit,
    )
    return got, _told(got.rows)


def found(project: Project, **asked: Any) -> Found:
    """What the filters say; each is named as in the address. Raises Absent for a generation or checkpoint not there."""
    return Found(_narrowed(project, asked), _sift(asked))


def _narrowed(project: Project, asked: dict[str, Any]) -> QuerySet[Solution]:
    # By a subquery and not a join: SQLite would read the project's problems first, and sort a million solutions.
    rows = Solution.objects.filter(Exists(Problem.objects.filter(pk=OuterRef("problem"), project=project)))
    if "problem" in asked:
        rows = rows.filter(problem=asked["problem"])
    if {"generation", "stratum", "state"} & set(asked):
        rows = rows.filter(pk__in=_items(project, asked))
    if "checkpoint" in asked:
        rows = _scored(project, rows, asked)
    if asked.get("gold"):
        rows = rows.filter(pk__in=Gold.objects.filter(project=project).values("solution"))
    return rows


def _items(project: Project, asked: dict[str, Any]) -> Any:
    if "generation" not in asked:
        raise Invalid(fields={"generation": ["A stratum or a state is one of a generation's: name it."]})
    generation = project.generations.filter(number=asked["generation"]).first()
    if generation is None:
        raise Absent(f"The project has no generation {asked['generation']}.")
    of = {name: asked[name] for name in ("stratum", "state") if name in asked}
    return BatchItem.objects.filter(generation=generation, **of).values("solution")


def _scored(project: Project, rows: QuerySet[Solution], asked: dict[str, Any]) -> QuerySet[Solution]:
    """Those that the checkpoint scored, by solutions_by_score; a score is told as a probability and kept as its log."""
    checkpoint = project.checkpoints.filter(number=asked["checkpoint"]).first()
    if checkpoint is None:
        raise Absent(f"The project has no checkpoint {asked['checkpoint']}.")
    of = FilteredRelation("scores", condition=Q(scores__checkpoint=checkpoint))
    rows = rows.alias(scored=of).filter(scored__log_score__isnull=False)
    # By names of their own: filtered on as relations, each condition would join the scores once more.
    rows = rows.annotate(log_score=F("scored__log_score"), scored_solution=F("scored__solution"))
    if asked.get("score_min", 0) > 0:
        rows = rows.filter(log_score__gte=math.log(asked["score_min"]))
    if "score_max" in asked:
        rows = rows.filter(log_score__lte=math.log(max(asked["score_max"], sys.float_info.min)))
    return rows


def _sift(asked: dict[str, Any]) -> Q:
    sift = _text(asked.get("q", ""))
    if "grade" in asked:
        sift &= Q(grade=None) if asked["grade"] == UNGRADED else Q(grade=asked["grade"])
    if asked.get("gold") is False:
        sift &= Q(gold__isnull=True)
    if "labels" in asked:
        labelled = Exists(Label.objects.filter(solution=OuterRef("pk")))
        sift &= Q(labelled) if asked["labels"] else ~Q(labelled)
    for name, column in (("graded_by", "graded_by"), ("model", "meta__generator")):
        if name in asked:
            sift &= Q(**{column: asked[name]})
    for name, holds in (("steps_min", GreaterThanOrEqual), ("steps_max", LessThanOrEqual)):
        if name in asked:
            sift &= Q(holds(JsonLength("steps"), asked[name]))
    return sift


def _text(text: str) -> Q:
    """Solutions with every word in a step, an answer or their key."""
    found = Q()
    for word in text.split()[: browse.MOST_WORDS]:
        # As JSON has it: PostgreSQL writes other letters than ASCII as they are, and Django's SQLite escapes them.
        spellings = {json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}
        in_steps = [Q(IContains(Cast("steps", TextField()), each)) for each in spellings]
        found &= reduce(or_, in_steps) | Q(answer__icontains=word) | Q(key__icontains=word)
    return found


def _columns(rows: "QuerySet[Solution]", *, scored: bool) -> Any:
    score = ("log_score", "scored_solution") if scored else ()
    shown = rows.annotate(
        problem_text=Substr("problem__text", 1, SHOWN), step_count=JsonLength("steps"), model=F("meta__generator")
    )
    return shown.values(*COLUMNS, *score, "problem_text", "step_count", "model")


def _told(rows: list[Row]) -> list[Row]:
    """With how many labels each has, and whether it is gold."""
    ids = [row["pk"] for row in rows]
    current = Label.objects.current().filter(solution__in=ids).values("solution")
    labels = dict(current.annotate(n=Count("pk")).values_list("solution", "n"))
    gold = dict(Gold.objects.filter(solution__in=ids).values_list("solution", "purpose"))
    return [_tell(row, labels.get(row["pk"], 0), gold.get(row["pk"])) for row in rows]


def _tell(row: Row, labels: int, gold: str | None) -> Row:
    log_score = row.get("log_score")
    same = ("key", "answer", "grade", "graded_by", "created_at", "problem_id", "problem_text", "step_count", "model")
    return {name: row[name] for name in same} | {
        "id": row["pk"],
        "ground_truth_answer": row["problem__ground_truth_answer"],
        "model": row["model"] if isinstance(row["model"], str) else None,
        "score": None if log_score is None else math.exp(log_score),
        "labels": labels,
        "gold": gold,
    }
