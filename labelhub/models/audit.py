"""Who did what, when and why: one row for each consequential act."""

from django.db import models


class Event(models.Model):
    """A consequential act; written with it, in one transaction, and never changed."""

    project = models.ForeignKey("labelhub.Project", models.CASCADE, null=True, related_name="events")
    actor = models.ForeignKey(
        "labelhub.User", models.SET_NULL, null=True, related_name="+", help_text="Null: the loop itself."
    )
    verb = models.CharField(max_length=50)
    subject = models.CharField(max_length=100, help_text="Such as `generation 3` or `checkpoint 2`.")
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["project", "at"], name="events_of_a_project")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
