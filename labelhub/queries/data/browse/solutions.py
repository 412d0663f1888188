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

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.db.models import BooleanField, Count, Exists, F, FilteredRelation, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from labelhub.errors import Absent, Invalid
from labelhub.models import BatchItem, Checkpoint, Gold, Label, Problem, Project, Score, Solution
from labelhub.queries.data import browse
from labelhub.queries.data.browse import Found, Page, Row, Sort
from labelhub.queries.data.browse.problems import SHOWN
from labelhub.queries.quality.review import JsonLength
from labelhub.queries.rows import from_row

SORTS = {
    "-id": Sort("solutions -id", ("pk",), (int,)),
    "id": Sort("solutions id", ("pk",), (int,), down=False),
    "-score": Sort("solutions -score", ("log_score", "scored_solution"), (float, int)),
    "score": Sort("solutions score", ("log_score", "scored_solution"), (float, int), down=False),
}
BY_SCORE = ("-score", "score")
ITEMS = frozenset({"generation", "stratum", "state"})
UNGRADED = "none"
COLUMNS = ("pk", "key", "answer", "grade", "graded_by", "created_at", "problem_id", "problem__ground_truth_answer")


@dataclass(frozen=True)
class FoundSolution:
    id: int
    key: str
    problem_id: int
    problem_text: Annotated[str, "Its beginning."]
    answer: str | None
    ground_truth_answer: str | None
    grade: Annotated[str | None, Solution.Grade]
    graded_by: Annotated[str | None, Solution.GradedBy]
    step_count: int
    model: str | None
    score: Annotated[float | None, "By the checkpoint asked for."]
    labels: int
    gold: Annotated[str | None, Gold.Purpose]
    created_at: datetime


@dataclass(frozen=True)
class SolutionsPage(Page):
    rows: list[FoundSolution]


def page(
    project: Project, *, sort: str = "-id", cursor: str | None = None, limit: int = 50, **asked: Any
) -> SolutionsPage:
    """One page of the solutions that match the filters, in at most nine queries.

    Raises Invalid for a score without its checkpoint.
    """
    by_score = sort in BY_SCORE
    if (by_score or {"score_min", "score_max"} & set(asked)) and "checkpoint" not in asked:
        raise Invalid(fields={"checkpoint": ["Scores of different checkpoints are never compared: name one."]})
    checkpoint = checkpoint_of(project, asked)
    got, rows = browse.page(
        found(project, scored_by=checkpoint, by_score=by_score, **asked),
        sort=SORTS[sort],
        tell=_shown,
        cursor=cursor,
        limit=limit,
    )
    return SolutionsPage(**vars(got), rows=_told(rows, checkpoint))


def found(project: Project, *, scored_by: Checkpoint | None = None, by_score: bool = False, **asked: Any) -> Found:
    """What the filters say; each is named as in the address. Raises Absent for a generation that is not there."""
    rows, few = _narrowed(project, asked)
    sift = _sift(asked)
    if scored_by and by_score:
        rows = _with_score(rows, scored_by).filter(_between(asked))
    elif scored_by:
        # No join: SQLite would begin with the scores, and sort them all into another order.
        known = Score.objects.filter(_between(asked), solution=OuterRef("pk"), checkpoint=scored_by)
        sift &= Q(Exists(known))
    return Found(rows, sift, few)


def _narrowed(project: Project, asked: dict[str, Any]) -> tuple[QuerySet[Solution], bool]:
    """The rows, and whether they are few."""
    rows = Solution.objects.all()
    if "problem" in asked:
        rows = rows.filter(problem=asked["problem"])
    if not ITEMS.isdisjoint(asked):
        rows = rows.filter(pk__in=_items(project, asked))
    if asked.get("gold"):
        rows = rows.filter(gold__project=project)
    if asked.get("grade") == UNGRADED:
        rows = rows.filter(grade=None)  # solutions_to_grade
    few = "problem" in asked or not ITEMS.isdisjoint(asked) or bool(asked.get("gold"))
    small = not few and browse.is_small(project)
    if asked.get("labels"):
        # Of a list SQLite looks up each for each of the problems, and of a million solutions few may have a label.
        labelled = Exists(_labels()) if small else Q(pk__in=Label.objects.values("solution"))
        rows = rows.filter(labelled)
    if small:
        return rows.filter(problem__project=project), True
    # By a subquery and not a join: SQLite would read the project's problems first, and all their solutions.
    return rows.filter(Exists(Problem.objects.filter(pk=OuterRef("problem"), project=project))), few


def _labels() -> Any:
    return Label.objects.filter(solution=OuterRef("pk"))


def _items(project: Project, asked: dict[str, Any]) -> Any:
    if "generation" not in asked:
        raise Invalid(fields={"generation": ["A stratum or a state is one of a generation's: name it."]})
    generation = project.generations.filter(number=asked["generation"]).first()
    if generation is None:
        raise Absent(f"The project has no generation {asked['generation']}.")
    of = {name: asked[name] for name in ("stratum", "state") if name in asked}
    return BatchItem.objects.filter(generation=generation, **of).values("solution")


def checkpoint_of(project: Project, asked: dict[str, Any]) -> Checkpoint | None:
    """Whose scores are asked for. Raises Absent for a checkpoint that is not there."""
    if "checkpoint" not in asked:
        return None
    checkpoint = project.checkpoints.filter(number=asked["checkpoint"]).first()
    if checkpoint is None:
        raise Absent(f"The project has no checkpoint {asked['checkpoint']}.")
    return checkpoint


def _with_score(rows: QuerySet[Solution], checkpoint: Checkpoint) -> QuerySet[Solution]:
    """With what the checkpoint scored them, by solutions_by_score; without those that it didn't."""
    rows = rows.alias(scored=FilteredRelation("scores", condition=Q(scores__checkpoint=checkpoint)))
    # By names of their own: filtered on as relations, each condition would join the scores once more.
    known = rows.filter(scored__log_score__isnull=False)
    return known.annotate(log_score=F("scored__log_score"), scored_solution=F("scored__solution"))


def _between(asked: dict[str, Any]) -> Q:
    """A score is told as a probability and kept as its logarithm."""
    between = Q(log_score__isnull=False)
    if asked.get("score_min", 0) > 0:
        between &= Q(log_score__gte=math.log(asked["score_min"]))
    if "score_max" in asked:
        between &= Q(log_score__lte=math.log(max(asked["score_max"], sys.float_info.min)))
    return between


def _sift(asked: dict[str, Any]) -> Q:
    sift = _text(asked.get("q", ""))
    if asked.get("grade", UNGRADED) != UNGRADED:
        sift &= Q(grade=asked["grade"])
    if asked.get("gold") is False:
        sift &= ~Q(Exists(Gold.objects.filter(solution=OuterRef("pk"))))
    if asked.get("labels") is False:
        sift &= ~Q(Exists(_labels()))
    for name, column in (("graded_by", "graded_by"), ("model", "meta__generator")):
        if name in asked:
            sift &= Q(**{column: asked[name]})
    for name, holds in (("steps_min", GreaterThanOrEqual), ("steps_max", LessThanOrEqual)):
        if name in asked:
            sift &= Q(holds(JsonLength("steps"), asked[name]))
    return sift


class InSteps(Func):
    """Whether a step holds the word: each by itself, not the JSON that they are kept in."""

    output_field = BooleanField()
    template = "EXISTS (SELECT 1 FROM JSON_EACH({}) AS step WHERE step.value LIKE %s ESCAPE '\\')"
    on_postgresql = "EXISTS (SELECT 1 FROM JSONB_ARRAY_ELEMENTS_TEXT({}) AS step WHERE UPPER(step) LIKE UPPER(%s))"

    def __init__(self, word: str) -> None:
        super().__init__(F("steps"))
        self.word = word

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        template = self.on_postgresql if connection.vendor == "postgresql" else self.template
        steps, _ = compiler.compile(self.get_source_expressions()[0])
        return template.format(steps), [f"%{connection.ops.prep_for_like_query(self.word)}%"]


def _text(text: str) -> Q:
    """Solutions with every word in a step, an answer or their key."""
    found = Q()
    for word in text.split()[: browse.MOST_WORDS]:
        found &= Q(InSteps(word)) | Q(answer__icontains=word) | Q(key__icontains=word)
    return found


def _shown(ids: Sequence[int]) -> Any:
    rows = Solution.objects.filter(pk__in=ids).annotate(
        problem_text=Substr("problem__text", 1, SHOWN), step_count=JsonLength("steps"), model=F("meta__generator")
    )
    return rows.values(*COLUMNS, "problem_text", "step_count", "model")


def _told(rows: list[Row], checkpoint: Checkpoint | None) -> list[FoundSolution]:
    """With how the checkpoint scored each, how many labels it has, and whether it is gold."""
    ids = [row["pk"] for row in rows]
    current = Label.objects.current().filter(solution__in=ids).values("solution")
    labels = dict(current.annotate(n=Count("pk")).values_list("solution", "n"))
    gold = dict(Gold.objects.filter(solution__in=ids).values_list("solution", "purpose"))
    known = Score.objects.filter(checkpoint=checkpoint, solution__in=ids) if checkpoint else Score.objects.none()
    scores = dict(known.values_list("solution", "log_score"))
    return [
        _tell(row, log_score=scores.get(row["pk"]), labels=labels.get(row["pk"], 0), gold=gold.get(row["pk"]))
        for row in rows
    ]


def _tell(row: Row, *, log_score: float | None, labels: int, gold: str | None) -> FoundSolution:
    return from_row(
        FoundSolution,
        row,
        id=row["pk"],
        ground_truth_answer=row["problem__ground_truth_answer"],
        model=row["model"] if isinstance(row["model"], str) else None,
        score=None if log_score is None else math.exp(log_score),
        labels=labels,
        gold=gold,
    )
