"""What reviewers decide: one row for each ruling, never changed, so that a solution's history can be read."""

from django.db import models
from django.db.models import Q


class Ruling(models.Model):
    """A reviewer's decision on a solution. Whatever was queued about the solution before it counts as settled."""

    class Kind(models.TextChoices):
        KEEP = "keep", "This label stands; the others over the solution train nothing."
        MERGE = "merge", "A label of the reviewer's own making stands."
        GRADE = "grade", "The grade was wrong."
        GROUND_TRUTH = "ground_truth", "The problem's ground-truth answer was wrong."
        RETIRE = "retire", "Nobody can work on the problem."
        RESTORE = "restore", "The problem is sound after all."
        GOLD = "gold", "The solution was set apart as gold."
        ANSWER = "answer", "A labeler's question was answered."
        LEAVE = "leave", "Looked at, and left as it is."

    ADJUDICATES = (Kind.KEEP, Kind.MERGE)  # say which label trains

    solution = models.ForeignKey("labelhub.Solution", models.CASCADE, related_name="rulings", db_index=False)
    kind = models.CharField(max_length=12, choices=Kind)
    label = models.ForeignKey(
        "labelhub.Label",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rulings",
        help_text="It is about this one.",
    )
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict, help_text="What was before and what is now.")
    decided_by = models.ForeignKey("labelhub.User", models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["keep", "merge", "answer"]) | Q(label__isnull=False),
                name="a_ruling_about_a_label_names_it",
            ),
        ]
        # The queue asks of each solution whether it was ruled on since; training asks which label stands.
        indexes = [models.Index(fields=["solution", "decided_at"], name="rulings_on_a_solution")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.solution_id}"
