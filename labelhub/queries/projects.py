"""Which projects a person may enter, and as what."""

from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery, Value

from labelhub.models import Instructions, Membership, Project, User

ROLES = [Membership.Role.LABELER, Membership.Role.REVIEWER, Membership.Role.OPERATOR]


@dataclass(frozen=True)
class Access:
    """A person's way into one project."""

    project: Project
    role: Membership.Role

    def reaches(self, role: Membership.Role) -> bool:
        """Whether the person may do what `role` may: each role may do what the ones before it may."""
        return ROLES.index(self.role) >= ROLES.index(role)


def visible_to(user: User) -> QuerySet[Project]:
    """The user's projects, each with the user's `role` in it; a superuser operates all."""
    mine = Membership.objects.filter(project=OuterRef("pk"), user=user).values("role")
    role = Value(str(Membership.Role.OPERATOR)) if user.is_superuser else Subquery(mine)
    return Project.objects.annotate(role=role).filter(role__isnull=False).order_by("slug")


def access(*, user: User, slug: str) -> Access | None:
    """The project and the user's role in it, in one query; None where the user must not know of it."""
    project = visible_to(user).filter(slug=slug).first()
    return Access(project, Membership.Role(project.role)) if project else None  # type: ignore[attr-defined]


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
    return user.is_superuser or Membership.objects.filter(user=user, role=Membership.Role.OPERATOR).exists()
