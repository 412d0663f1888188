"""People as they see themselves, and as an operator sees them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from labelhub.models import ApiToken, Membership, Project, User
from labelhub.queries.accounts import two_factor
from labelhub.queries.rows import from_row


@dataclass(frozen=True)
class ProjectName:
    slug: str
    name: str


@dataclass(frozen=True)
class MyMembership:
    project: ProjectName
    role: Annotated[str, Membership.Role]
    suspended: Annotated[bool, "Shut out until an operator ends it."]


@dataclass(frozen=True)
class Me:
    username: str
    is_superuser: bool
    simulated: Annotated[bool, "A program's account."]
    labeler: Annotated[UUID | None, "The pseudonym that exports show."]
    memberships: list[MyMembership]
    enrolment_due: Annotated[bool, "A second factor is required and not set up: nothing else works."]


@dataclass(frozen=True)
class Member:
    id: int
    username: str
    role: Annotated[str, Membership.Role]
    simulated: bool
    labeler: Annotated[UUID | None, "The pseudonym; null before there is one."]
    second_factor: Annotated[bool | None, "Whether there is one; null where this site asks none of its operators."]
    suspended_at: Annotated[datetime | None, "Shut out since then, until brought back."]


@dataclass(frozen=True)
class TokenRow:
    id: int
    name: str
    scope: Annotated[str, ApiToken.Scope]
    created_at: datetime
    expires_at: Annotated[datetime | None, "Null: never."]
    last_used_on: Annotated[date | None, "A day, in UTC."]


@dataclass(frozen=True)
class OwnSession:
    me: Annotated[Me | None, "Null: nobody is signed in."]


def me(user: User) -> Me:
    """Who the user is and where the user belongs."""
    labeler = getattr(user, "labeler", None)
    memberships = Membership.objects.filter(user=user).select_related("project").order_by("project__slug")
    return from_row(
        Me,
        user,
        labeler=labeler.pk if labeler else None,
        memberships=[_membership(each) for each in memberships],
        enrolment_due=two_factor.due(user),
    )


def _membership(membership: Membership) -> MyMembership:
    project = from_row(ProjectName, membership.project)
    return MyMembership(project, membership.role, suspended=membership.suspended_at is not None)


def tokens_of(user: User) -> list[TokenRow]:
    """The user's tokens, newest first; never their text."""
    return [from_row(TokenRow, token) for token in ApiToken.objects.filter(user=user).order_by("-pk")]


def members_of(project: Project) -> QuerySet[Membership]:
    """Who belongs to the project, with account and pseudonym, and whether they have a second factor, by name."""
    members = Membership.objects.filter(project=project).annotate(enrolled=two_factor.is_enrolled("user"))
    return members.select_related("user__labeler").order_by("user__username")


def member(membership: Membership) -> Member:
    """The membership as an operator sees it. Takes no query for a row of `members_of`."""
    user = membership.user
    labeler, enrolled = getattr(user, "labeler", None), None
    if settings.TWO_FACTOR_FOR_OPERATORS:
        known: bool | None = getattr(membership, "enrolled", None)
        enrolled = two_factor.enrolled(user) if known is None else known
    return from_row(
        Member,
        membership,
        username=user.username,
        simulated=user.simulated,
        labeler=labeler.pk if labeler else None,
        second_factor=enrolled,
    )
