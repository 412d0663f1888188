"""Gold labels and what is done with them: practice, screening, running checks. And what labelers ask and remark."""

from decimal import Decimal

from django.db import models
from django.db.models import Q


class Gold(models.Model):
    """A solution whose first mistake the team knows, for one purpose: the sets are disjoint.

    Its solution is in no pool, and no pass over it made for its purpose ever trains.
    """

    class Purpose(models.TextChoices):
        PRACTICE = "practice", "Shown with immediate feedback; counts for nothing."
        SCREENING = "screening", "Asked of every newcomer before the first batch."
        CHECK = "check", "Mixed into the generations, told from no other item."

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="golds", db_index=False)
    solution = models.OneToOneField("labelhub.Solution", models.CASCADE, related_name="gold")
    purpose = models.CharField(max_length=9, choices=Purpose)
    first_mistakes = models.JSONField(
        help_text="Indices of the steps that may acceptably be called the first mistake; empty: there is none."
    )
    explanation = models.TextField(blank=True, help_text="Why, in words for somebody who learns the job.")
    label = models.ForeignKey(
        "labelhub.Label", models.SET_NULL, null=True, blank=True, related_name="+", help_text="Made from this one."
    )
    created_by = models.ForeignKey("labelhub.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True, help_text="Asked of nobody any more.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["practice", "screening", "check"]), name="a_gold_label_has_a_purpose"
            ),
        ]
        indexes = [models.Index(fields=["project", "purpose"], name="gold_labels_of_a_set")]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.solution_id}"


class PracticePass(models.Model):
    """One pass over a practice solution: feedback was given, and nothing else came of it."""

    gold = models.ForeignKey(Gold, models.CASCADE, related_name="practice_passes", db_index=False)
    labeler = models.ForeignKey("labelhub.Labeler", models.CASCADE, related_name="practice_passes", db_index=False)
    ratings = models.JSONField()
    agreed = models.BooleanField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["labeler", "gold"], name="practice_of_a_labeler")]

    def __str__(self) -> str:
        return f"{self.gold_id} by {self.labeler_id}"


class Screening(models.Model):
    """One labeler's attempt at a project's screening set; its questions are items of generation -1."""

    class State(models.TextChoices):
        OPEN = "open", "Questions are left to answer."
        PASSED = "passed", "Agreed with enough gold labels."
        FAILED = "failed", "Agreed with too few."

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="screenings", db_index=False)
    labeler = models.ForeignKey("labelhub.Labeler", models.CASCADE, related_name="screenings")
    attempt = models.PositiveSmallIntegerField(help_text="From 1.")
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    questions = models.JSONField(help_text="Ids of the items in the order in which they are asked.")
    bar = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal("0.75"))
    agreed = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "labeler", "attempt"], name="a_labeler_makes_an_attempt_once"),
            models.UniqueConstraint(
                fields=["project", "labeler"], condition=Q(state="open"), name="a_labeler_is_screened_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="open", agreed__isnull=True)
                | Q(state__in=["passed", "failed"], agreed__isnull=False),
                name="a_decided_screening_says_how_many_agreed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.labeler_id}, attempt {self.attempt}: {self.state}"


class Admission(models.Model):
    """Leave to label where the project screens: by a screening that was passed, or by somebody, with a reason."""

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="admissions", db_index=False)
    labeler = models.ForeignKey("labelhub.Labeler", models.CASCADE, related_name="admissions", db_index=False)
    screening = models.OneToOneField(Screening, models.SET_NULL, null=True, blank=True, related_name="admission")
    admitted_by = models.ForeignKey("labelhub.User", models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True)
    admitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["labeler", "project"], name="a_labeler_is_admitted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.labeler_id} to {self.project_id}"


class Quarantine(models.Model):
    """The labels of somebody whom running checks paused, until a reviewer decides on them.

    Those made in the project behind label `after`, up to `until`. The newest decision says what becomes of them.
    """

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="quarantines")
    labeler = models.ForeignKey("labelhub.Labeler", models.CASCADE, related_name="quarantines")
    after = models.ForeignKey(
        "labelhub.Label",
        models.CASCADE,
        null=True,
        db_index=False,
        related_name="+",
        help_text="The last check that was passed, or else the end of the quarantine before; null: neither.",
    )
    until = models.OneToOneField(
        "labelhub.Label", models.CASCADE, related_name="paused", help_text="The check at which the pause came."
    )
    agreed = models.PositiveIntegerField(help_text="Of the checks since they began, or were last brought back.")
    asked = models.PositiveIntegerField()
    opened_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.labeler_id}: {self.agreed} of {self.asked}"


class QuarantineDecision(models.Model):
    """What a reviewer decided on a quarantine; never changed, a later one counts."""

    class Kind(models.TextChoices):
        RELEASE = "release", "The labels are good: they train and count again."
        DISCARD = "discard", "The labels are not: their items go back to the queue."
        BRING_BACK = "bring_back", "The labeler works again, and their record starts anew."

    OF_LABELS = (Kind.RELEASE, Kind.DISCARD)

    quarantine = models.ForeignKey(Quarantine, models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.TextField()
    decided_by = models.ForeignKey("labelhub.User", models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["release", "discard", "bring_back"]), name="a_decision_on_a_quarantine_is_known"
            ),
            models.UniqueConstraint(fields=["quarantine"], condition=Q(kind="bring_back"), name="a_pause_ends_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.quarantine_id}"


class Comment(models.Model):
    """What a labeler remarked with a pass, or asks the reviewers; it stays with that revision of the label."""

    label = models.OneToOneField("labelhub.Label", models.CASCADE, primary_key=True, related_name="comment")
    text = models.TextField()
    is_question = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["label"], condition=Q(is_question=True), name="questions_to_reviewers")]

    def __str__(self) -> str:
        return self.text[:60]
