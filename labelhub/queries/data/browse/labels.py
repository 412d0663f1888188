"""Labels, looked through: the newest revision of each.

`/p/SLUG/labels` and `GET projects/{slug}/labels` take the same parameters, so that a number anywhere can link to the
labels behind it:

    generation=N   made over an item of generation N; with stratum=... of its items those of the stratum
    labeler=UUID   solution=ID   problem=ID   since=, until= (times with their zone; until is left out itself)
    comment=any|question
    source=human|simulated|imported|model|reviewed   finish=found_error|solution|bad_problem|give_up
    mistake=N (the first mistake is step N, counted from 1)   source_generation=N (the one an imported row names)
    revised=true|false   contradiction=true|false   asked_for=work|check|screening
    sort=-submitted_at|submitted_at (newest, oldest first)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from labelhub.errors import Absent, Invalid
from labelhub.models import Assignment, Comment, Label, Project, Solution
from labelhub.queries.data import browse
from labelhub.queries.data.browse import Found, Page, Row, Sort
from labelhub.queries.data.browse.problems import SHOWN
from labelhub.queries.loop.eligible import WHOLE
from labelhub.queries.quality.review import MISTAKE
from labelhub.queries.rows import from_row

SORTS = {
    "-submitted_at": Sort("labels -submitted_at", ("submitted_at", "pk"), (datetime, int)),
    "submitted_at": Sort("labels submitted_at", ("submitted_at", "pk"), (datetime, int), down=False),
}
ANY, QUESTION = "any", "question"
ASKED_FOR = {
    "work": Q(is_quality_control_question=False, is_initial_screening_question=False),
    "check": Q(is_quality_control_question=True),
    "screening": Q(is_initial_screening_question=True),
}
CONTRADICTION = Q(finish_reason=Label.FinishReason.SOLUTION, solution__grade=Solution.Grade.WRONG) & ASKED_FOR["work"]
COLUMNS = (
    "pk", "solution_id", "labeler_id", "source", "finish_reason", "reason", "revision", "total_time", "submitted_at",
    "source_generation", "is_quality_control_question", "is_initial_screening_question",
)  # fmt: skip


@dataclass(frozen=True)
class FoundLabel:
    id: int
    solution_id: int
    problem_id: int
    problem_text: Annotated[str, "Its beginning."]
    grade: Annotated[str | None, Solution.Grade]
    labeler: UUID
    username: str | None
    source: Annotated[str, Label.Source]
    generation: int | None
    stratum: str | None
    finish_reason: Annotated[str, Label.FinishReason]
    reason: str
    mistake: Annotated[int | None, "The step of the first mistake, from 1."]
    revision: int
    contradiction: bool
    asked_for: Annotated[str, list(ASKED_FOR)]
    comment: str | None
    total_time: int
    submitted_at: datetime


@dataclass(frozen=True)
class LabelsPage(Page):
    rows: list[FoundLabel]


def page(
    project: Project, *, sort: str = "-submitted_at", cursor: str | None = None, limit: int = 50, **asked: Any
) -> LabelsPage:
    """A page. Six queries at most."""
    got, rows = browse.page(found(project, **asked), sort=SORTS[sort], tell=_shown, cursor=cursor, limit=limit)
    return LabelsPage(**vars(got), rows=[_tell(row) for row in rows])


def found(project: Project, **asked: Any) -> Found:
    """What the filters say; each is named as in the address. Raises Absent for a generation that is not there."""
    rows, few = _narrowed(project, asked)
    return Found(rows, _sift(asked), few)


def _narrowed(project: Project, asked: dict[str, Any]) -> tuple[QuerySet[Label], bool]:
    """The rows, and whether they are few."""
    rows: QuerySet[Label] = Label.objects.current()
    if {"generation", "stratum"} & set(asked):
        rows = rows.filter(assignment__in=_assignments(project, asked))
    if "problem" in asked:
        rows = rows.filter(solution__problem=asked["problem"])
    if "comment" in asked:
        only = {"is_question": True} if asked["comment"] == QUESTION else {}
        rows = rows.filter(pk__in=Comment.objects.filter(**only).values("label"))
    for name, column in INDEXED.items():
        if name in asked:
            rows = rows.filter(**{column: asked[name]})
    few = not FEW.isdisjoint(asked)
    if not few and browse.is_small(project):
        return rows.filter(solution__problem__project=project), True
    # By a subquery and not joins: SQLite would read the project's problems first, and all their solutions.
    of_project = Solution.objects.filter(pk=OuterRef("solution"), problem__project=project)
    return rows.filter(Exists(of_project)), few


FEW = frozenset({"generation", "stratum", "problem", "solution", "comment"})
INDEXED = {
    "solution": "solution",
    "labeler": "labeler",
    "since": "submitted_at__gte",
    "until": "submitted_at__lt",
}
SIFTED = {"source": "source", "finish": "finish_reason", "source_generation": "source_generation"}


def _assignments(project: Project, asked: dict[str, Any]) -> Any:
    if "generation" not in asked:
        raise Invalid(fields={"generation": ["A stratum is one of a generation's: name it."]})
    generation = project.generations.filter(number=asked["generation"]).first()
    if generation is None:
        raise Absent(f"The project has no generation {asked['generation']}.")
    of = {"item__stratum": asked["stratum"]} if "stratum" in asked else {}
    return Assignment.objects.filter(item__generation=generation, **of).values("pk")


def _sift(asked: dict[str, Any]) -> Q:
    sift = Q(**{column: asked[name] for name, column in SIFTED.items() if name in asked})
    if "mistake" in asked:
        sift &= Q(finish_reason__in=WHOLE) & Q(Exact(MISTAKE, asked["mistake"]))
    if "asked_for" in asked:
        sift &= ASKED_FOR[asked["asked_for"]]
    for name, holds in (("revised", Q(revision__gt=1)), ("contradiction", CONTRADICTION)):
        if name in asked:
            sift &= holds if asked[name] else ~holds
    return sift


def _shown(ids: Sequence[int]) -> Any:
    rows = Label.objects.filter(pk__in=ids).annotate(
        problem_text=Substr("solution__problem__text", 1, SHOWN),
        problem_id=F("solution__problem_id"),
        grade=F("solution__grade"),
        username=F("labeler__user__username"),
        generation=F("assignment__item__generation__number"),
        stratum=F("assignment__item__stratum"),
        mistake=MISTAKE,
        remark=F("comment__text"),
    )
    joined = ("problem_text", "problem_id", "grade", "username", "generation", "stratum", "mistake", "remark")
    return rows.values(*COLUMNS, *joined)


def _tell(row: Row) -> FoundLabel:
    asked_for = "check" if row["is_quality_control_question"] else "work"
    contradicts = row["finish_reason"] == Label.FinishReason.SOLUTION and row["grade"] == Solution.Grade.WRONG
    return from_row(
        FoundLabel,
        row,
        id=row["pk"],
        labeler=row["labeler_id"],
        generation=row["source_generation"] if row["generation"] is None else row["generation"],
        mistake=row["mistake"] or None,
        comment=row["remark"],
        asked_for="screening" if row["is_initial_screening_question"] else asked_for,
        contradiction=contradicts and asked_for == "work" and not row["is_initial_screening_question"],
    )
