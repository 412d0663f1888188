"""Who uses the site, and the pseudonyms under which their labels leave it."""

from datetime import date
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q


class User(AbstractUser):
    """A person, or a script's account, that signs in."""

    simulated = models.BooleanField(
        default=False, help_text="Rates by a program: its labels say `simulated`, not `human`."
    )


class BrowserSession(AbstractBaseSession):
    """Django's session row, and what its owner is told of it; nobody's before the sign-in.

    The way Django shows (Extending database-backed session engines): the list and the sessions can't fall apart.
    """

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    address = models.GenericIPAddressField(null=True, help_text="Where the sign-in came from, as far as known.")
    agent = models.CharField(max_length=300, blank=True, help_text="The browser, in its own words.")
    signed_in_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(help_text="To the minute, and not by what a labeler waits for.")

    def __str__(self) -> str:
        return f"of {self.user_id}"  # never the key: it is what the cookie holds


class ApiToken(models.Model):
    """A bearer token for scripts, kept as the SHA-256 of its text; the text is shown once."""

    class Scope(models.TextChoices):
        LABEL = "label", "What a labeler does: ask for work, hand it in, look at one's own."
        READ = "read", "Looks at all that its user may see, and changes nothing."
        OPERATE = "operate", "Does all that its user may do."

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.OPERATE)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Null: never.")
    last_used_at = models.DateTimeField(
        null=True, blank=True, help_text="To the hour: a write for each request would cost more than it tells."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["label", "read", "operate"]), name="a_tokens_scope_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.user.username}"

    @property
    def last_used_on(self) -> date | None:
        """The day of its last use, in UTC."""
        return self.last_used_at.date() if self.last_used_at else None


class Labeler(models.Model):
    """The pseudonym that exports show; it may or may not belong to a user of this site."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="labeler")
    # Here, in the row that every claim and hand-in locks: read beside it, in rows that a waiting transaction doesn't
    # read anew, a pause would be seen one lease late.
    paused_in = models.JSONField(default=list, help_text="Ids of the projects whose running checks paused them.")

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
    suspended_at = models.DateTimeField(null=True, blank=True, help_text="Shut out since then, until brought back.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="a_person_has_one_role_in_a_project"),
            models.CheckConstraint(condition=Q(role__in=["labeler", "reviewer", "operator"]), name="a_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user.username}: {self.role} of {self.project.slug}"


class Invitation(models.Model):
    """A link that makes whoever holds it a member; its secret is kept as a SHA-256 and shown once."""

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=10, choices=Membership.Role)
    note = models.CharField(max_length=200, blank=True, help_text="For the operators: whom it is meant for.")
    digest = models.CharField(max_length=64, unique=True)
    uses = models.PositiveSmallIntegerField(default=1, help_text="How many people may come by it.")
    used = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("uses")), name="an_invitation_is_not_used_up_twice"),
            models.CheckConstraint(
                condition=Q(role__in=["labeler", "reviewer", "operator"]), name="an_invitation_is_for_a_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.project.slug}"
