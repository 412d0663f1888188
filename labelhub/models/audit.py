"""Who did what, when and why: one row for each consequential act."""

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """A consequential act; written with it, in one transaction, and never changed."""

    project = models.ForeignKey("labelhub.Project", models.CASCADE, null=True, related_name="events")
    actor = models.ForeignKey(
        "labelhub.User", models.SET_NULL, null=True, related_name="+", help_text="Null: the loop itself."
    )
    account = models.ForeignKey(
        "labelhub.User",
        models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Whose signing in it is about, and who is shown it.",
    )
    verb = models.CharField(max_length=50)
    subject = models.CharField(max_length=100, help_text="Such as `generation 3` or `checkpoint 2`.")
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["project", "at"], name="events_of_a_project"),
            models.Index(fields=["account", "at"], condition=Q(account__isnull=False), name="events_of_an_account"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
