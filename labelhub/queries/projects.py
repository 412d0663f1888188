"""Which projects a person may enter, and as what."""

from dataclasses import dataclass

from django.db.models import DateTimeField, F, OuterRef, Q, QuerySet, Subquery, Value

from labelhub.models import Instructions, Membership, Project, User

ROLES = [Membership.Role.LABELER, Membership.Role.REVIEWER, Membership.Role.OPERATOR]


@dataclass(frozen=True)
class Access:
    """A person's way into one project."""

    project: Project
    role: Membership.Role
    suspended: bool = False

    def reaches(self, role: Membership.Role) -> bool:
        """Whether the person may do what `role` may: each role may do what the ones before it may."""
        return ROLES.index(self.role) >= ROLES.index(role)


def visible_to(user: User) -> QuerySet[Project]:
    """The user's projects, with the user's `role` in each and `suspended_at`, where it is; a superuser operates all."""
    if user.is_superuser:
        operator = Value(str(Membership.Role.OPERATOR))
        return Project.objects.annotate(role=operator, suspended_at=Value(None, DateTimeField())).order_by("slug")
    mine = Project.objects.filter(memberships__user=user)
    return mine.annotate(role=F("memberships__role"), suspended_at=F("memberships__suspended_at")).order_by("slug")


def open_to(user: User) -> QuerySet[Project]:
    """Those of them that the user isn't suspended in."""
    return visible_to(user).filter(Q(suspended_at=None))


def access(*, user: User, slug: str) -> Access | None:
    """The project and the user's role in it, in one query; None where the user must not know of it."""
    project = visible_to(user).filter(slug=slug).first()
    if project is None:
        return None
    return Access(project, Membership.Role(project.role), project.suspended_at is not None)  # type: ignore[attr-defined]


def described(projects: QuerySet[Project]) -> QuerySet[Project]:
    """The same projects with their champion's number and newest instructions, still in one query."""
    newest = Instructions.objects.filter(project=OuterRef("pk")).order_by("-version")
    return projects.annotate(
        champion_number=F("champion__number"),
        instructions_version=Subquery(newest.values("version")[:1]),
        instructions_text=Subquery(newest.values("text")[:1]),
    )


def operates_any(user: User) -> bool:
    """Whether the user operates some project already, and so may open another."""
    operated = Membership.objects.filter(user=user, role=Membership.Role.OPERATOR, suspended_at=None)
    return user.is_superuser or operated.exists()
