"""Problems, looked through.

`/p/SLUG/problems` and `GET projects/{slug}/problems` take the same parameters, so that a number anywhere can link to
the problems behind it:

    split=train|gate|test   retired=true|false   labels=true|false   solutions=true|false   q=words
    key=ID (its id in a file it came from)
    sort=-id|id (newest, oldest first)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from labelhub.models import Label, Problem, ProblemKey, Project, Solution
from labelhub.queries.data import browse
from labelhub.queries.data.browse import Found, Page, Row, Sort
from labelhub.queries.rows import from_row

SHOWN = 400  # characters of a text in a list
SORTS = {
    "-id": Sort("problems -id", ("pk",), (int,)),
    "id": Sort("problems id", ("pk",), (int,), down=False),
}
COLUMNS = ("pk", "ground_truth_answer", "split", "retired_at")


@dataclass(frozen=True)
class FoundProblem:
    id: int
    text: Annotated[str, "Its beginning."]
    ground_truth_answer: str | None
    split: Annotated[str, Problem.Split]
    retired_at: datetime | None
    solutions: int
    right: int
    wrong: int
    labels: int


@dataclass(frozen=True)
class ProblemsPage(Page):
    rows: list[FoundProblem]


def page(
    project: Project, *, sort: str = "-id", cursor: str | None = None, limit: int = 50, **asked: Any
) -> ProblemsPage:
    """A page. Six queries at most."""
    got, rows = browse.page(found(project, **asked), sort=SORTS[sort], tell=_shown, cursor=cursor, limit=limit)
    return ProblemsPage(**vars(got), rows=_with_counts(rows))


def found(project: Project, **asked: Any) -> Found:
    """What the filters say; each is named as in the address."""
    rows = Problem.objects.filter(project=project)
    sift = Q()
    if split := asked.get("split"):
        rows = rows.filter(split=split)  # problems_of_a_split
    if "key" in asked:
        rows = rows.filter(pk__in=ProblemKey.objects.filter(project=project, key=asked["key"]).values("problem"))
    if asked.get("retired"):
        rows = rows.filter(retired_at__isnull=False)  # retired_problems
    elif asked.get("retired") is False:
        sift &= Q(retired_at__isnull=True)
    for name, rows_of in (("labels", _labels()), ("solutions", _solutions())):
        if (wanted := asked.get(name)) is not None:
            sift &= Q(Exists(rows_of)) if wanted else ~Q(Exists(rows_of))
    return Found(rows, sift & browse.words("text", asked.get("q", "")))


def _labels() -> Any:
    return Label.objects.filter(solution__problem=OuterRef("pk"))


def _solutions() -> QuerySet[Solution]:
    return Solution.objects.filter(problem=OuterRef("pk"))


def _shown(ids: Sequence[int]) -> Any:
    return Problem.objects.filter(pk__in=ids).annotate(shown=Substr("text", 1, SHOWN)).values(*COLUMNS, "shown")


def _with_counts(rows: list[Row]) -> list[FoundProblem]:
    """How many solutions and labels each has, and how the solutions are graded."""
    ids = [row["pk"] for row in rows]
    right, wrong = (Count("pk", filter=Q(grade=grade)) for grade in ("right", "wrong"))
    solutions = Solution.objects.filter(problem__in=ids).values("problem")
    of = {each["problem"]: each for each in solutions.annotate(n=Count("pk"), right=right, wrong=wrong)}
    # Problem by problem: for all at once PostgreSQL reads every label there is.
    labels = Label.objects.current().filter(solution__problem=OuterRef("pk")).values("solution__problem")
    counted = Problem.objects.filter(pk__in=ids).annotate(n=Subquery(labels.annotate(n=Count("pk")).values("n")))
    labelled = dict(counted.values_list("pk", "n"))
    none = {"n": 0, "right": 0, "wrong": 0}
    return [
        from_row(
            FoundProblem,
            row,
            id=row["pk"],
            text=row["shown"],
            solutions=of.get(row["pk"], none)["n"],
            right=of.get(row["pk"], none)["right"],
            wrong=of.get(row["pk"], none)["wrong"],
            labels=labelled.get(row["pk"]) or 0,
        )
        for row in rows
    ]
