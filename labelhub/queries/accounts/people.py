"""People as they see themselves, and as an operator sees them."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

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


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The user's tokens, newest first; never their text."""
    return ApiToken.objects.filter(user=user).order_by("-pk")


def members_of(project: Project) -> QuerySet[Membership]:
    """Who belongs to the project, with account and pseudonym, and whether they have a second factor, by name."""
    members = Membership.objects.filter(project=project).annotate(enrolled=two_factor.is_enrolled("user"))
    return members.select_related("user__labeler").order_by("user__username")
