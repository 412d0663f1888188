"""Serve: one item at a time to one labeler, on a lease that can be renewed, handed back, or run out."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from labelhub.errors import LeaseLost
from labelhub.models import Assignment, BatchItem, Labeler, Project
from labelhub.queries import queue
from labelhub.queries.queue import Pick, Reason

MOST_LEASES = 2  # the one on the page and the one prefetched behind it


@dataclass(frozen=True)
class Offer:
    """An assignment, or the reason why there is none."""

    assignment: Assignment | None = None
    reason: Reason | None = None


@transaction.atomic
def claim_next(*, project: Project, labeler: Labeler, holding: Collection[int] = ()) -> Offer:
    """Lease the labeler the first open item of the project, or say why there is none.

    A lease the labeler holds but the page doesn't know of (not in `holding`: ids of assignments) comes back first,
    renewed. Nobody holds more than two.
    """
    Labeler.objects.select_for_update().get(pk=labeler.pk)  # or two tabs would each take a second lease
    held = queue.held_by(project=project, labeler=labeler)
    if forgotten := next((pk for pk in held if pk not in holding), None):
        return Offer(_extend(_shown(forgotten)))
    if len(held) >= MOST_LEASES:
        return Offer(reason=Reason.HOLDING_TWO)
    picked = queue.pick(project=project, labeler=labeler)
    if picked is None and lapse_expired(project=project):
        picked = queue.pick(project=project, labeler=labeler)
    if picked is None:
        return Offer(reason=queue.why_empty(project=project, labeler=labeler))
    return Offer(_lease(picked, project, labeler))


def _shown(pk: int) -> Assignment:
    """The assignment with all that its labeler is shown."""
    return Assignment.objects.select_related("item__solution__problem", "item__generation__project").get(pk=pk)


def _lease(picked: Pick, project: Project, labeler: Labeler) -> Assignment:
    """A new lease, or the labeler's own earlier one taken up again under the same token."""
    now = timezone.now()
    terms = {"state": Assignment.State.LEASED, "leased_at": now, "expires_at": now + _duration(project)}
    if picked.earlier_assignment:
        Assignment.objects.filter(pk=picked.earlier_assignment).update(**terms)
        assignment = Assignment.objects.get(pk=picked.earlier_assignment)
    else:
        assignment = Assignment.objects.create(
            item=picked.item,
            labeler=labeler,
            lease_token=secrets.token_urlsafe(16),
            instructions_version=picked.instructions_version,
            **terms,
        )
    assignment.item = picked.item
    queue.settle([picked.item])
    return assignment


def renew(*, assignment: Assignment) -> Assignment:
    """Extend the lease from now; the token stays. Raises LeaseLost when it can't be had back."""
    with transaction.atomic():
        item = BatchItem.objects.select_for_update().get(pk=assignment.item_id)
        assignment.refresh_from_db(fields=["state"])
        taken_up = assignment.state == Assignment.State.LAPSED and item.state == BatchItem.State.OPEN
        if not taken_up and assignment.state != Assignment.State.LEASED:
            raise LeaseLost
        _extend(assignment)
        queue.settle([item])
    return assignment


@transaction.atomic
def release(*, assignment: Assignment) -> None:
    """Hand the item back untouched, to be served to anybody, this labeler included. Does nothing a second time."""
    item = BatchItem.objects.select_for_update().get(pk=assignment.item_id)
    leased = Assignment.objects.filter(pk=assignment.pk, state=Assignment.State.LEASED)
    if leased.update(state=Assignment.State.RELEASED):
        queue.settle([item])


@transaction.atomic
def lapse_expired(*, project: Project | None = None) -> int:
    """Open the items whose leases ran out, and return how many. A pass on one is still taken while nobody has it."""
    items = list(queue.expired_items(project=project).order_by("pk").select_for_update(skip_locked=True, of=("self",)))
    Assignment.objects.filter(item__in=items, state=Assignment.State.LEASED, expires_at__lt=timezone.now()).update(
        state=Assignment.State.LAPSED
    )
    queue.settle(items)
    return len(items)


@transaction.atomic
def withdraw_retired() -> int:
    """Withdraw the open items of retired problems, and return how many."""
    items = list(queue.retired_but_open().order_by("pk").select_for_update(skip_locked=True, of=("self",)))
    queue.settle(items)
    return len(items)


def _extend(assignment: Assignment) -> Assignment:
    project = assignment.item.generation.project
    assignment.state, assignment.expires_at = Assignment.State.LEASED, timezone.now() + _duration(project)
    assignment.save(update_fields=["state", "expires_at"])
    return assignment


def _duration(project: Project) -> timedelta:
    return timedelta(seconds=project.lease_seconds)
