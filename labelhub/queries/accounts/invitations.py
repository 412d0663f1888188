"""Links by which people join a project, and whether they still open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils import timezone

from labelhub.models import Invitation, Membership, Project, User
from labelhub.queries.accounts.people import ProjectName
from labelhub.queries.rows import from_row

STATES = [
    ("open", "Whoever has the link may join."),
    ("used", "As many people as it was for have joined."),
    ("expired", "Its time is over."),
    ("revoked", "An operator took it back."),
]


@dataclass(frozen=True)
class InvitationRow:
    id: int
    role: Annotated[str, Membership.Role]
    note: Annotated[str, "For the operators: whom it is meant for."]
    uses: Annotated[int, "How many people may come by it."]
    used: int
    state: Annotated[str, STATES]
    created_by: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Invited:
    """What the link says to whoever holds it."""

    project: ProjectName
    role: Annotated[str, Membership.Role]
    invited_by: str
    expires_at: datetime


def of_project(project: Project) -> QuerySet[Invitation]:
    """The project's invitations, newest first, each with its `state`."""
    return with_state(Invitation.objects.filter(project=project)).select_related("created_by").order_by("-pk")


def tell(invitation: Invitation) -> InvitationRow:
    """One of `of_project`."""
    by = invitation.created_by
    return from_row(InvitationRow, invitation, created_by=by.username if by else None)


def invited(invitation: Invitation) -> Invited:
    """Of an open one, which somebody vouches for."""
    assert invitation.created_by is not None
    project = from_row(ProjectName, invitation.project)
    return from_row(Invited, invitation, project=project, invited_by=invitation.created_by.username)


def with_state(invitations: QuerySet[Invitation]) -> QuerySet[Invitation]:
    """The same with a `state` of STATES."""
    state = Case(
        When(revoked_at__isnull=False, then=Value("revoked")),
        When(used__gte=F("uses"), then=Value("used")),
        When(expires_at__lte=timezone.now(), then=Value("expired")),
        default=Value("open"),
        output_field=CharField(),
    )
    return invitations.annotate(state=state)


def still_vouched_for(invitation: Invitation) -> bool:
    """Whether who made it could make it today: nobody comes in by the word of an operator who is none any more."""
    if invitation.created_by is None:
        return False
    operates = Q(memberships__project=invitation.project_id, memberships__role=Membership.Role.OPERATOR)
    may = Q(is_superuser=True) | operates & Q(memberships__suspended_at=None)
    return User.objects.filter(may, pk=invitation.created_by.pk, is_active=True).exists()
