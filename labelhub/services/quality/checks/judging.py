"""Judging: running checks pause a labeler who is almost surely below the bar, and a reviewer decides what follows.

A pause takes back what the labeler holds, and keeps aside the labels since the last check that was passed. Decisions
are rows: a later one counts, and none is changed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import transaction

from labelhub.errors import Conflict, Invalid, WrongState
from labelhub.models import (
    Assignment,
    BatchItem,
    Generation,
    Label,
    Labeler,
    Problem,
    Project,
    Quarantine,
    QuarantineDecision,
    User,
)
from labelhub.queries.quality import judging as queries
from labelhub.queries.quality.labelers import passes_by_labeler
from labelhub.queries.rows import from_row, names_of
from labelhub.services import audit
from labelhub.services.labeling import leases
from labelhub.services.labeling.claiming import settle
from selector.quality import judging as rules

Kind = QuarantineDecision.Kind
MOST = 100  # quarantines told at once
SAMPLE = 10  # labels of each, the newest


@dataclass(frozen=True)
class Record:
    agreed: int
    asked: Annotated[int, "Since they began, or were last brought back."]
    low: Annotated[float, "Of the middle 95% of the posterior of their agreement rate."]
    high: float
    below: Annotated[float, "The probability that the rate is below the project's `check_bar`."]


@dataclass(frozen=True)
class LabelerRow:
    labeler: UUID
    username: Annotated[str | None, "Null for a pseudonym that came in by a file."]
    simulated: bool | None
    labels: int
    last_at: datetime
    median_ms: int
    found_error: int
    solution: int
    bad_problem: int
    give_up: int
    checks: Record
    paused_at: datetime | None
    suspended: bool


@dataclass(frozen=True)
class QuarantinedLabel:
    id: int
    solution_id: int
    finish_reason: Annotated[str, Label.FinishReason]
    submitted_at: datetime


@dataclass(frozen=True)
class QuarantineDecisionRow:
    id: int
    kind: Annotated[str, Kind]
    reason: str
    decided_by: str | None
    decided_at: datetime


@dataclass(frozen=True)
class QuarantineRow:
    id: int
    labeler: UUID
    username: str | None
    opened_at: datetime
    checks: Annotated[Record, "As it stood when the pause came."]
    labels: int
    to_give_back: Annotated[int, "Labels whose items a discard would give back to the queue."]
    sample: Annotated[list[QuarantinedLabel], "The newest ten."]
    is_paused: Annotated[bool, "Until somebody brings the labeler back."]
    is_suspended: bool
    stands: Annotated[str | None, Kind, "What counts for the labels; null: held."]
    decisions: list[QuarantineDecisionRow]


def judge(*, project: Project, labeler: Labeler, label: Label) -> Quarantine | None:
    """Pause the labeler if the checks up to this label, just made over one, say so; None where they don't.

    The caller holds the labeler's row lock, so that two checks handed in at once are judged one after the other.
    """
    began, made = queries.answers_of(project, labeler)
    passed = [each.pk for each in made if queries.is_passed(each)]
    record = rules.Record(len(passed), len(made))
    if not record.is_below(float(project.check_bar)):
        return None
    return _pause(project, labeler, record, after=max(passed, default=began), until=label)


def _pause(project: Project, labeler: Labeler, record: rules.Record, *, after: int | None, until: Label) -> Quarantine:
    paused_in: list[int] = Labeler.objects.values_list("paused_in", flat=True).get(pk=labeler.pk)
    Labeler.objects.filter(pk=labeler.pk).update(paused_in=[*paused_in, project.pk])
    _hand_back(project, labeler)
    told: dict[str, Any] = {"agreed": record.agreed, "asked": record.asked}
    probability = round(record.below(float(project.check_bar)), 4)
    subject = f"labeler {labeler.pk}"
    audit.record(project=project, actor=None, verb="pause", subject=subject, probability_below=probability, **told)
    return Quarantine.objects.create(project=project, labeler=labeler, after_id=after, until=until, **told)


def _hand_back(project: Project, labeler: Labeler) -> None:
    """Release what the labeler holds. A check stands open whoever has it, so its item need not be locked for that."""
    held = Assignment.objects.filter(
        labeler=labeler, state=Assignment.State.LEASED, item__generation__project=project
    ).order_by("item")
    for assignment in held.exclude(item__state=BatchItem.State.STANDING):  # at most two
        leases.release(assignment=assignment)
    held.order_by().update(state=Assignment.State.RELEASED)


@transaction.atomic
def decide(*, quarantine: Quarantine, kind: str, reason: str, by: User, seen: int = 0) -> QuarantineDecision:
    """Release or discard the labels, or bring the labeler back; `seen` is the newest decision on the reviewer's page.

    Raises Invalid without a reason, Conflict when somebody else has decided since, WrongState where it is so already.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": ["Say in a few words why."]})
    # Before any item, as a hand-in takes them; it waits, so no pass lands between what is read here and what is done.
    list(
        Generation.objects.filter(project=quarantine.project_id, state__in=Generation.SERVED).select_for_update(
            no_key=True
        )
    )
    held = Quarantine.objects.select_for_update().get(pk=quarantine.pk)
    before = list(held.decisions.order_by("pk"))
    if before and before[-1].pk > seen:
        raise Conflict("Somebody else has decided on this quarantine in the meantime. Look at it again.")
    detail = DECIDE[Kind(kind)](held, before)
    subject = f"labeler {held.labeler_id}"
    verb = f"{kind.replace('_', ' ')} {'labeler' if kind == Kind.BRING_BACK else 'quarantine'}"
    audit.record(project=held.project, actor=by, verb=verb, subject=subject, reason=reason, **detail)
    return QuarantineDecision.objects.create(quarantine=held, kind=kind, reason=reason, decided_by=by)


def _bring_back(quarantine: Quarantine, before: Sequence[QuarantineDecision]) -> dict[str, Any]:
    """They work again; the checks up to the pause no longer count (`queries.judging.began_at`)."""
    if any(each.kind == Kind.BRING_BACK for each in before):
        raise WrongState("This labeler has been brought back already.")
    labeler = Labeler.objects.select_for_update(no_key=True).get(pk=quarantine.labeler_id)
    labeler.paused_in = [each for each in labeler.paused_in if each != quarantine.project_id]
    labeler.save(update_fields=["paused_in"])
    return {}


def _release(quarantine: Quarantine, before: Sequence[QuarantineDecision]) -> dict[str, Any]:
    """The labels count again; those that were discarded before take their items back where nobody has them."""
    if stands(before) == Kind.RELEASE:
        raise WrongState("These labels are released already.")
    taken = queries.out_again(quarantine, Assignment.State.REVOKED).filter(item__state=BatchItem.State.OPEN)
    items = _locked(taken)
    free = [item for item in items if item.state == BatchItem.State.OPEN]
    taken.filter(item__in=free).update(state=Assignment.State.SUBMITTED)
    settle(free)
    return {"labels": queries.labels_in(quarantine).count(), "taken_back": len(free)}


def _discard(quarantine: Quarantine, before: Sequence[QuarantineDecision]) -> dict[str, Any]:
    """The labels stay out of everything; what can still be labelled goes back to the queue."""
    if stands(before) == Kind.DISCARD:
        raise WrongState("These labels are discarded already.")
    made = queries.out_again(quarantine, Assignment.State.SUBMITTED)
    blamed = Problem.objects.filter(retired_by__in=list(made))
    problems = list(blamed.values_list("pk", flat=True))
    blamed.update(retired_at=None, retired_by=None)
    items = _locked(made)
    made.update(state=Assignment.State.REVOKED)
    withdrawn = BatchItem.objects.filter(
        solution__problem__in=problems, generation__state__in=Generation.SERVED, state=BatchItem.State.WITHDRAWN
    )
    settle([*items, *withdrawn.select_for_update(of=("self",))])
    return {"labels": queries.labels_in(quarantine).count(), "given_back": len(items)}


def _locked(assignments: Any) -> list[BatchItem]:
    """Their items, locked in one order."""
    items = BatchItem.objects.filter(pk__in=list(assignments.values_list("item", flat=True)))
    return list(items.order_by("pk").select_for_update(of=("self",)))


def stands(decisions: Sequence[QuarantineDecision]) -> Kind | None:
    """What counts for the labels: the newest decision on them."""
    of_labels = [each.kind for each in decisions if each.kind in QuarantineDecision.OF_LABELS]
    return Kind(of_labels[-1]) if of_labels else None


DECIDE: dict[Kind, Callable[[Quarantine, Sequence[QuarantineDecision]], dict[str, Any]]] = {
    Kind.RELEASE: _release,
    Kind.DISCARD: _discard,
    Kind.BRING_BACK: _bring_back,
}


def records(project: Project) -> dict[UUID, rules.Record]:
    """By labeler: the checks since they began, or were last brought back."""
    began = queries.began_at(project)
    counted = [each for each in queries.answers(project) if each.pk > began.get(each.labeler_id, 0)]
    asked = Counter(each.labeler_id for each in counted)
    agreed = Counter(each.labeler_id for each in counted if queries.is_passed(each))
    return {labeler: rules.Record(agreed[labeler], n) for labeler, n in asked.items()}


def labelers(project: Project) -> list[LabelerRow]:
    """Who labelled, each with their passes and checks and whether they work; the paused first."""
    made, shut_out = records(project), queries.suspended(project)
    paused = {each.labeler_id: each.opened_at for each in queries.quarantines(project) if not each.is_back}
    rows = [
        LabelerRow(
            **row,
            checks=checks_of(made.get(row["labeler"], rules.Record(0, 0)), float(project.check_bar)),
            paused_at=paused.get(row["labeler"]),
            suspended=row["labeler"] in shut_out,
        )
        for row in passes_by_labeler(project)
    ]
    return sorted(rows, key=lambda row: row.paused_at is None)


def checks_of(record: rules.Record, bar: float) -> Record:
    """A record in figures; without a check, nothing is known and the interval says so."""
    low, high = record.interval
    return Record(record.agreed, record.asked, low, high, below=record.below(bar))


def quarantines(project: Project) -> list[QuarantineRow]:
    """What waits for a decision first, then the newest; each with a sample of its labels."""
    shut_out = queries.suspended(project)
    told = [tell(project, each, suspended=each.labeler_id in shut_out) for each in queries.quarantines(project)[:MOST]]
    return sorted(told, key=lambda each: (each.stands is not None, not each.is_paused))


def tell(project: Project, quarantine: Any, *, suspended: bool) -> QuarantineRow:
    """One of `queries.quarantines`, with the labels in it and what was decided."""
    decisions = sorted(quarantine.decisions.all(), key=lambda each: each.pk)
    labels = queries.labels_in(quarantine)
    return from_row(
        QuarantineRow,
        quarantine,
        labeler=quarantine.labeler_id,
        checks=checks_of(rules.Record(quarantine.agreed, quarantine.asked), float(project.check_bar)),
        labels=labels.count(),
        to_give_back=queries.out_again(quarantine, Assignment.State.SUBMITTED).count(),
        sample=[QuarantinedLabel(**row) for row in labels.order_by("-pk").values(*names_of(QuarantinedLabel))[:SAMPLE]],
        is_paused=not quarantine.is_back,
        is_suspended=suspended,
        stands=stands(decisions),
        decisions=[_decided(decision) for decision in decisions],
    )


def _decided(decision: QuarantineDecision) -> QuarantineDecisionRow:
    by = decision.decided_by
    return from_row(QuarantineDecisionRow, decision, decided_by=by.username if by else None)
