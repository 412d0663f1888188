"""Screenings: the set, its questions, and how a labeler stands."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from labelhub.models import (
    Admission,
    Assignment,
    BatchItem,
    Generation,
    Gold,
    Label,
    Labeler,
    Membership,
    Project,
    Screening,
)
from labelhub.queries.quality import gold as golds

STANDS = ("to_take", "open", "passed", "failed", "admitted")


@dataclass(frozen=True)
class ScreeningRow:
    """How a labeler stands with the screening."""

    state: Annotated[str, ["none", *STANDS], "none: nobody is screened; admitted: let in by somebody."]
    attempt: int | None
    answered: int | None
    agreed: Annotated[int | None, "Null until it is decided."]
    of: int | None
    may_retake: bool


@dataclass(frozen=True)
class ByStanding:
    to_take: int
    open: int
    passed: int
    failed: int
    admitted: Annotated[int, "Let in by somebody, with a reason."]


@dataclass(frozen=True)
class Standing:
    """A labeler, with their newest attempt."""

    id: int
    labeler: UUID
    username: str
    role: Annotated[str, Membership.Role]
    stands: Annotated[str, STANDS]
    attempts: int
    answered: int | None
    agreed: Annotated[int | None, "Null until it is decided."]
    of: int | None
    needed: int | None
    decided_at: datetime | None
    retakes_left: Annotated[int | None, "Of somebody who failed."]
    admitted_by: str | None
    admitted_at: datetime | None
    reason: Annotated[str, "Why somebody was let in."]


@dataclass(frozen=True)
class StandingsPage:
    results: list[Standing]
    next: Annotated[int | None, "Give it as `after` for the next page."]


def standing_set(project: Project) -> QuerySet[Generation]:
    """The screening set, if the project screens."""
    return Generation.objects.filter(project=project, number=Generation.SCREENING, state=Generation.State.STANDING)


def of_labeler(project: Project, labeler: Labeler) -> QuerySet[Screening]:
    """The labeler's attempts, oldest first."""
    return Screening.objects.filter(project=project, labeler=labeler).order_by("attempt")


def newest(project: Project, labeler: Labeler) -> Screening | None:
    return of_labeler(project, labeler).last()


def is_admitted(project: Project, labeler: Labeler) -> bool:
    return Admission.objects.filter(labeler=labeler, project=project).exists()


def unseen(project: Project, labeler: Labeler) -> list[Gold]:
    """Gold labels of the set that is open whose solution the labeler has never had in front of them."""
    had = Assignment.objects.filter(labeler=labeler, item__solution=OuterRef("solution"))
    stands = BatchItem.objects.filter(generation__in=standing_set(project), solution=OuterRef("solution"))
    found = golds.in_use(project, Gold.Purpose.SCREENING).filter(~Exists(had), Exists(stands))
    return list(found.select_related("solution__problem").order_by("pk"))


def items_of(project: Project, solutions: list[int]) -> dict[int, int]:
    """The set's items by their solutions."""
    found = BatchItem.objects.filter(generation__in=standing_set(project), solution__in=solutions)
    return dict(found.values_list("solution_id", "pk"))


def assigned(labeler: Labeler, items: list[int]) -> dict[int, str]:
    """The state of the labeler's assignment by item, where there is one."""
    return dict(Assignment.objects.filter(labeler=labeler, item__in=items).values_list("item_id", "state"))


def asking(assignment: Assignment) -> Screening | None:
    """The attempt that the assignment, a question of the set, was made for."""
    attempts = Screening.objects.filter(project=assignment.item.generation.project_id, labeler=assignment.labeler_id)
    return next((each for each in attempts.order_by("-attempt") if assignment.item_id in each.questions), None)


def labels(attempt: Screening) -> list[Label]:
    """What the labeler says to each question, with the gold label."""
    made = Label.objects.current().filter(
        labeler=attempt.labeler_id,
        assignment__item__in=attempt.questions,
        assignment__state=Assignment.State.SUBMITTED,
    )
    return list(made.select_related("solution__gold"))


def standing_of(project: Project, labeler: Labeler, *, may_retake: bool) -> ScreeningRow:
    """How the labeler stands with the screening; `state` is "none" where the project screens nobody."""
    attempt = newest(project, labeler)
    if attempt:
        state: str = attempt.state
    else:
        state = "to_take" if standing_set(project).exists() else "none"
    if state != Screening.State.PASSED and is_admitted(project, labeler):
        state = "admitted"
    states = assigned(labeler, attempt.questions).values() if attempt else ()
    return ScreeningRow(
        state=state,
        attempt=attempt.attempt if attempt else None,
        answered=sum(state == Assignment.State.SUBMITTED for state in states) if attempt else None,
        agreed=attempt.agreed if attempt else None,
        of=len(attempt.questions) if attempt else None,
        may_retake=may_retake,
    )


def questions(project: Project) -> int:
    """How many stand in the set, open or not."""
    return BatchItem.objects.filter(generation__project=project, generation__number=Generation.SCREENING).count()


def counts(project: Project) -> ByStanding:
    """Labelers by how they stand."""
    found = dict(_members(project).order_by().values_list("stands").annotate(Count("pk")))
    return ByStanding(**{stands: found.get(stands, 0) for stands in STANDS})


def page(project: Project, *, after: int, limit: int, stands: str | None = None) -> StandingsPage:
    """`limit` labelers behind the member with this id, with their newest attempt, and the id to go on from.

    Who labels by role, and whoever took the screening. Four queries, however many they are.
    """
    found = _members(project).filter(pk__gt=after, **({"stands": stands} if stands else {}))
    members = list(found.select_related("user__labeler").order_by("pk")[: limit + 1])
    more = members[limit - 1].pk if len(members) > limit else None
    labelers = [member.user.labeler.pk for member in members[:limit]]
    attempts = _attempts(project, labelers)
    admissions = Admission.objects.filter(project=project, labeler__in=labelers).select_related("admitted_by")
    admitted = {each.labeler_id: each for each in admissions}
    rows = [_stands(member, attempts, admitted, project.screening_retakes) for member in members[:limit]]
    return StandingsPage(rows, more)


def _members(project: Project) -> QuerySet[Any]:
    newest = Screening.objects.filter(project=project, labeler__user=OuterRef("user")).order_by("-attempt")
    admission = Admission.objects.filter(project=project, labeler__user=OuterRef("user"))
    members = Membership.objects.filter(project=project, user__labeler__isnull=False).annotate(
        newest=Subquery(newest.values("state")[:1]),
        by_hand=Exists(admission.filter(screening=None)),
        admitted=Exists(admission),
    )
    takes = Q(role=Membership.Role.LABELER) | Q(newest__isnull=False) | Q(admitted=True)
    stands = Case(
        When(by_hand=True, then=Value("admitted")),
        When(admitted=True, then=Value("passed")),
        When(newest__isnull=False, then=F("newest")),
        default=Value("to_take"),
    )
    return members.filter(takes).annotate(stands=stands)


def _attempts(project: Project, labelers: list[Any]) -> dict[Any, list[Any]]:
    """Of these labelers, newest first; each knows how many of its questions are answered."""
    answered = Assignment.objects.filter(
        labeler=OuterRef("labeler"),
        state=Assignment.State.SUBMITTED,
        item__generation__project=project,
        item__generation__number=Generation.SCREENING,
    )
    counted = answered.order_by().values("labeler").annotate(n=Count("pk")).values("n")
    found: dict[Any, list[Any]] = defaultdict(list)
    made = Screening.objects.filter(project=project, labeler__in=labelers).order_by("-attempt")
    for attempt in made.annotate(answered=Coalesce(Subquery(counted), 0)):
        found[attempt.labeler_id].append(attempt)
    return found


def _stands(member: Any, attempts: dict[Any, list[Any]], admitted: dict[Any, Admission], retakes: int) -> Standing:
    labeler = member.user.labeler.pk
    made, admission = attempts.get(labeler, []), admitted.get(labeler)
    newest = made[0] if made else None
    of = len(newest.questions) if newest else None
    earlier = sum(len(each.questions) for each in made[1:])  # an attempt is over once all of it is answered
    return Standing(
        id=member.pk,
        labeler=labeler,
        username=member.user.username,
        role=member.role,
        stands=member.stands,
        attempts=len(made),
        answered=newest.answered - earlier if newest else None,
        agreed=newest.agreed if newest else None,
        of=of,
        needed=ceil(newest.bar * of) if newest else None,
        decided_at=newest.decided_at if newest else None,
        retakes_left=max(0, retakes + 1 - len(made)) if member.stands == Screening.State.FAILED else None,
        admitted_by=admission.admitted_by.username if admission and admission.admitted_by else None,
        admitted_at=admission.admitted_at if admission else None,
        reason=admission.reason if admission else "",
    )
