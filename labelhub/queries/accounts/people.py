"""People as they see themselves, and as an operator sees them."""

from typing import Any

from django.db.models import QuerySet

from labelhub.models import ApiToken, Membership, Project, User
from labelhub.queries.accounts import two_factor


def me(user: User) -> dict[str, Any]:
    """Who the user is and where the user belongs."""
    labeler = getattr(user, "labeler", None)
    memberships = Membership.objects.filter(user=user).select_related("project").order_by("project__slug")
    return {
        "username": user.username,
        "is_superuser": user.is_superuser,
        "simulated": user.simulated,
        "labeler": labeler.pk if labeler else None,
        "memberships": memberships,
        "enrolment_due": two_factor.due(user),
    }


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The user's tokens, newest first; never their text."""
    return ApiToken.objects.filter(user=user).order_by("-pk")


def members_of(project: Project) -> QuerySet[Membership]:
    """Who belongs to the project, with account and pseudonym, and whether they have a second factor, by name."""
    members = Membership.objects.filter(project=project).annotate(enrolled=two_factor.is_enrolled("user"))
    return members.select_related("user__labeler").order_by("user__username")
