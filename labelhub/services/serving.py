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
from labelhub.queries.statement import Statement, known, together

MOST_LEASES = 2  # the one on the page and the one prefetched behind it


@dataclass(frozen=True)
class Offer:
    """An assignment, or the reason why there is none."""

    assignment: Assignment | None = None
    reason: Reason | None = None
    has_alternatives: bool = True  # False where it is known that no step has any


@transaction.atomic
def claim_next(*, project: Project, labeler: Labeler, holding: Collection[int] = ()) -> Offer:
    """Lease the labeler the first open item of the project, or say why there is none.

    A lease the labeler holds but the page doesn't know of (not in `holding`: ids of assignments) comes back first,
    renewed. Nobody holds more than two.
    """
    queue.lock_labeler(labeler)
    return claim(project=project, labeler=labeler, holding=holding)


def claim(*, project: Project, labeler: Labeler, holding: Collection[int]) -> Offer:
    """`claim_next` within a transaction that holds the labeler's row lock."""
    picked = queue.pick(project=project, labeler=labeler)
    held = picked.held if picked else queue.held_by(project=project, labeler=labeler)
    if any(pk not in holding for pk in held):  # the item picked is free again at the end of the transaction
        forgotten = next(pk for pk in queue.held_by(project=project, labeler=labeler) if pk not in holding)
        return Offer(_extend(_shown(forgotten)))
    if len(held) >= MOST_LEASES:
        return Offer(reason=Reason.HOLDING_TWO)
    if picked is None and lapse_expired(project=project):
        picked = queue.pick(project=project, labeler=labeler)
    if picked is None:
        return Offer(reason=queue.why_empty(project=project, labeler=labeler))
    return Offer(_lease(picked, project, labeler), has_alternatives=picked.has_alternatives)


def _shown(pk: int) -> Assignment:
    """The assignment with all that its labeler is shown."""
    return Assignment.objects.select_related("item__solution__problem", "item__generation__project").get(pk=pk)


# A lease of an item that the labeler had before and lost or handed back is the earlier one, taken up again.
LEASE = Statement("""
INSERT INTO labelhub_assignment (
    item_id, labeler_id, state, lease_token, leased_at, expires_at, instructions_version
) VALUES (
    %(item)s, %(labeler)s, 'leased', %(token)s, %(leased_at)s, %(expires_at)s, %(instructions_version)s
)
ON CONFLICT (item_id, labeler_id)
DO UPDATE SET state = 'leased', leased_at = excluded.leased_at, expires_at = excluded.expires_at
""")
LEASED = Statement("""
SELECT id, lease_token, instructions_version FROM labelhub_assignment
WHERE item_id = %(item)s AND labeler_id = %(labeler)s
""")


def _lease(picked: Pick, project: Project, labeler: Labeler) -> Assignment:
    now = timezone.now()
    terms = {"leased_at": now, "expires_at": now + _duration(project)}
    whose = {"item": picked.item.pk, "labeler": labeler.pk}
    new = {"token": secrets.token_urlsafe(16), "instructions_version": picked.instructions_version}
    [(pk, token, version)] = together((LEASE, whose | terms | new), (queue.SETTLE, whose), (LEASED, whose))
    assignment = known(
        Assignment, id=pk, item_id=picked.item.pk, labeler_id=labeler.pk, state=Assignment.State.LEASED,
        lease_token=token, instructions_version=version, **terms,
    )  # fmt: skip
    assignment.item = picked.item
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
