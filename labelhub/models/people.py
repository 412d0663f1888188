"""Who uses the site, and the pseudonyms under which their labels leave it."""

from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q


class User(AbstractUser):
    """A person, or a script's account, that signs in."""

    simulated = models.BooleanField(
        default=False, help_text="Rates by a program: its labels say `simulated`, not `human`."
    )


class ApiToken(models.Model):
    """A bearer token for scripts, kept as the SHA-256 of its text; the text is shown once."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.name} of {self.user.username}"


class Labeler(models.Model):
    """The pseudonym that exports show; it may or may not belong to a user of this site."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="labeler")

    def __str__(self) -> str:
        return str(self.id)


class Membership(models.Model):
    """A person's role in one project; each role may do what the ones before it may."""

    class Role(models.TextChoices):
        LABELER = "labeler", "Rates steps."
        REVIEWER = "reviewer", "Settles contradictions and disagreements."
        OPERATOR = "operator", "Imports, launches, judges, exports, invites."

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="a_person_has_one_role_in_a_project"),
            models.CheckConstraint(condition=Q(role__in=["labeler", "reviewer", "operator"]), name="a_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user.username}: {self.role} of {self.project.slug}"
