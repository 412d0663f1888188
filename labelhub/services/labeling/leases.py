"""Serve: one item at a time to one labeler, on a lease that can be renewed, handed back, or run out."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from labelhub.errors import Conflict, LeaseLost
from labelhub.models import Assignment, BatchItem, Instructions, Labeler, Project, User
from labelhub.queries.labeling import queue
from labelhub.queries.labeling.queue import Reason
from labelhub.queries.statement import together
from labelhub.services import audit
from labelhub.services.labeling.claiming import MOST_LEASES, Claim, Offered, settle, turn_of
from labelhub.services.quality import screening
from labelhub.services.quality.checks import asking as checking
from labelhub.services.quality.screening import Place


@dataclass(frozen=True)
class Offer:
    """An assignment, or the reason why there is none."""

    assignment: Assignment | None = None
    reason: Reason | None = None
    has_alternatives: bool = True  # False where it is known that no step has any
    place: Place | None = None  # of a screening question; a running check has none


@transaction.atomic
def claim_next(*, project: Project, labeler: Labeler, holding: Collection[int] = ()) -> Offer:
    """Lease the labeler the first open item of the project, or say why there is none.

    A lease the labeler holds but the page doesn't know of (not in `holding`: ids of assignments) comes back first,
    renewed. Nobody holds more than two.
    """
    asked = queue.lock_labeler(project=project, labeler=labeler)
    if asked.paused:
        return Offer(reason=Reason.PAUSED)
    return claim(turn_of(project, labeler, holding, asked))


def claim(turn: Claim) -> Offer:
    """`claim_next` within a transaction that holds the labeler's row lock."""
    [row] = together(*turn.calls())
    return offer(turn, Offered(*row))


def offer(turn: Claim, offered: Offered) -> Offer:
    """What the claim's answer means: its lease, or what else there is for this labeler."""
    if assignment := turn.leased(offered):
        return Offer(assignment, has_alternatives=bool(offered.has_alternatives))
    return _without_a_lease(turn)


@transaction.atomic(savepoint=False)
def _without_a_lease(turn: Claim) -> Offer:
    """A lease that the page forgot, a question, what ran out just now, or the reason why there is nothing."""
    queue.lock_labeler(project=turn.project, labeler=turn.labeler)  # for a claim that was a transaction by itself
    held = queue.held_by(project=turn.project, labeler=turn.labeler)
    if forgotten := [pk for pk in held if pk not in turn.holding]:
        return _found(_extend(_shown(forgotten[0])))
    if len(held) >= MOST_LEASES:
        return Offer(reason=Reason.HOLDING_TWO)
    if turn.asks:
        return _ask(turn)
    if lapse_expired(project=turn.project):
        return claim(turn)
    return Offer(reason=queue.why_empty(project=turn.project, labeler=turn.labeler))


def _ask(turn: Claim) -> Offer:
    """A question by a gold label; who has answered every check is at the queue again."""
    ask = screening.ask if turn.asks == "screening" else checking.ask
    found = ask(project=turn.project, labeler=turn.labeler)
    if isinstance(found, Reason):
        return Offer(reason=found)
    return _found(_shown(_lease(turn, found))) if found else claim(replace(turn, asks=""))


def _lease(turn: Claim, item: int) -> int:
    """Lease the labeler an assignment of their own; one they had before is taken up again. The labeler is locked."""
    terms = {"state": Assignment.State.LEASED, "leased_at": turn.at, "expires_at": turn.expires_at}
    newest = Instructions.objects.filter(project=turn.project).aggregate(newest=Max("version"))["newest"]
    new = {"lease_token": secrets.token_urlsafe(16), "instructions_version": newest}
    assignment, _ = Assignment.objects.update_or_create(
        item_id=item, labeler=turn.labeler, defaults=terms, create_defaults=terms | new
    )
    return assignment.pk


def _found(assignment: Assignment) -> Offer:
    return Offer(assignment, place=screening.place(assignment))


def _shown(pk: int) -> Assignment:
    """The assignment with all that its labeler is shown."""
    return Assignment.objects.select_related("item__solution__problem", "item__generation__project").get(pk=pk)


def renew(*, assignment: Assignment) -> Assignment:
    """Extend the lease from now; the token stays. Raises LeaseLost when it can't be had back."""
    with transaction.atomic():
        item = BatchItem.objects.select_for_update().get(pk=assignment.item_id)
        assignment.refresh_from_db(fields=["state"])
        taken_up = assignment.state == Assignment.State.LAPSED and item.state in (
            BatchItem.State.OPEN,
            BatchItem.State.STANDING,
        )
        if not taken_up and assignment.state != Assignment.State.LEASED:
            raise LeaseLost
        _extend(assignment)
        settle([item])
    return assignment


@transaction.atomic
def release(*, assignment: Assignment) -> None:
    """Hand the item back untouched, to be served to anybody, this labeler included. Does nothing a second time."""
    item = BatchItem.objects.select_for_update().get(pk=assignment.item_id)
    leased = Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.LEASED)
    if leased.update(state=Assignment.State.RELEASED):
        settle([item])


@transaction.atomic
def revoke(*, assignment: Assignment, by: User | None, reason: str) -> None:
    """Take a live lease from its labeler, who isn't served the item again; anybody else is.

    A pass on it that comes in later is kept as a draft. Raises Conflict when the lease isn't live any more.
    """
    item = BatchItem.objects.select_for_update().select_related("generation__project").get(pk=assignment.item_id)
    leased = Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.LEASED)
    if not leased.update(state=Assignment.State.REVOKED):
        raise Conflict("This lease is over: its labeler handed the item in or back, or it ran out.")
    settle([item])
    generation = item.generation
    audit.record(
        project=generation.project,
        actor=by,
        verb="revoke lease",
        subject=f"generation {generation.number}",
        reason=reason,
        assignment=assignment.pk,
        labeler=str(assignment.labeler_id),
    )


@transaction.atomic
def lapse_expired(*, project: Project | None = None) -> int:
    """Open the items whose leases ran out, and return how many. A pass on one is still taken while nobody has it."""
    items = list(queue.expired_items(project=project).order_by("pk").select_for_update(skip_locked=True, of=("self",)))
    Assignment.objects.filter(item__in=items, state=Assignment.State.LEASED, expires_at__lt=timezone.now()).update(
        state=Assignment.State.LAPSED
    )
    settle(items)
    return len(items)


@transaction.atomic
def withdraw_retired() -> int:
    """Withdraw the open items of retired problems, and return how many."""
    items = list(queue.retired_but_open().order_by("pk").select_for_update(skip_locked=True, of=("self",)))
    settle(items)
    return len(items)


def _extend(assignment: Assignment) -> Assignment:
    project = assignment.item.generation.project
    assignment.state, assignment.expires_at = Assignment.State.LEASED, timezone.now() + _duration(project)
    assignment.save(update_fields=["state", "expires_at"])
    return assignment


def _duration(project: Project) -> timedelta:
    return timedelta(seconds=project.lease_seconds)
