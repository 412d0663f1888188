"""Invite: a link that an operator hands on, and the people who come by it. Nobody joins without one."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.db import transaction
from django.utils import timezone

from labelhub.errors import Absent, Conflict, InvitationOver
from labelhub.models import Invitation, Membership, Project, User
from labelhub.queries.accounts import invitations
from labelhub.services import audit
from labelhub.services.accounts import people

DAYS = 7  # how long a link opens, unless another time is asked for


@dataclass(frozen=True)
class IssuedInvitation:
    id: int
    expires_at: datetime
    secret: Annotated[str, "Shown this once; the link is /invited#secret."]


@transaction.atomic
def invite(
    *, project: Project, role: str, by: User, note: str = "", days: int = DAYS, uses: int = 1
) -> IssuedInvitation:
    """An invitation with its secret, which goes into the link: only the SHA-256 is kept. We send no e-mail."""
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        project=project,
        role=role,
        note=note,
        digest=people.digest_of(secret),
        uses=uses,
        created_by=by,
        expires_at=timezone.now() + timedelta(days=days),
    )
    detail: dict[str, Any] = {"role": role, "note": note, "uses": uses, "expires_at": invitation.expires_at.isoformat()}
    audit.record(project=project, actor=by, verb="invite", subject=f"invitation {invitation.pk}", **detail)
    return IssuedInvitation(invitation.pk, invitation.expires_at, secret)


@transaction.atomic
def revoke(*, project: Project, pk: int, by: User) -> None:
    """Close the link at once; who came by it stays. Does nothing a second time. Raises Absent."""
    invitation = Invitation.objects.select_for_update().filter(project=project, pk=pk).first()
    if invitation is None:
        raise Absent
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record(project=project, actor=by, verb="revoke", subject=f"invitation {pk}")


def look(secret: str) -> Invitation:
    """The open invitation of this secret. Raises InvitationOver for any other, also for one that never was."""
    return _open(secret, lock=False)


@transaction.atomic
def accept(*, secret: str, user: User) -> Membership:
    """Make the user a member. Raises InvitationOver, and Conflict for a member, on whom the link isn't spent."""
    invitation = _open(secret, lock=True)
    membership, added = Membership.objects.get_or_create(
        project=invitation.project, user=user, defaults={"role": invitation.role}
    )
    if not added:
        raise Conflict(f"You are already a {membership.role} of this project.")
    _spend(invitation, user)
    return membership


@transaction.atomic
def join(*, secret: str, username: str, password: str) -> User:
    """A new account with the name and password its owner chose, and its membership.

    Raises InvitationOver, Conflict for a name that is taken and Invalid for an unfit name or password; the link is
    spent on none of them.
    """
    invitation = _open(secret, lock=True)
    user = people.create_user(username=username, password=password).user
    Membership.objects.create(project=invitation.project, user=user, role=invitation.role)
    _spend(invitation, user)
    return user


def _open(secret: str, *, lock: bool) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects.all()
    found = rows.select_related("project", "created_by").filter(digest=people.digest_of(secret)).first()
    if found is None or not _is_open(found) or not invitations.still_vouched_for(found):
        raise InvitationOver
    return found


def _is_open(invitation: Invitation) -> bool:
    return (
        invitation.revoked_at is None and invitation.used < invitation.uses and invitation.expires_at > timezone.now()
    )


def _spend(invitation: Invitation, user: User) -> None:
    """One use less; the row is locked, so two newcomers never share one."""
    invitation.used += 1
    invitation.save(update_fields=["used"])
    subject = f"member {user.username}"
    audit.record(
        project=invitation.project, actor=user, verb="join", subject=subject, invitation=invitation.pk,
        role=invitation.role,
    )  # fmt: skip
