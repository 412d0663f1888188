"""Assignments: items leased to labelers. Labels: what came of them, never changed afterwards."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q


class Assignment(models.Model):
    """One item leased to one labeler."""

    class State(models.TextChoices):
        LEASED = "leased", "The labeler has it."
        SUBMITTED = "submitted", "Its label counts for the item."
        GAVE_UP = "gave_up", "Given up; the item went back once, so this doesn't count."
        LAPSED = "lapsed", "The lease ran out; still accepted while nobody else has the item."
        RELEASED = "released", "Handed back untouched."
        REVOKED = "revoked", "Taken back by the project."

    COUNTED = (State.LEASED, State.SUBMITTED)

    # No index of its own where a constraint's or another begins with the column: every hand-in would write it too.
    item = models.ForeignKey("labelhub.BatchItem", models.CASCADE, related_name="assignments", db_index=False)
    # Nor here: with few labelers PostgreSQL takes it for the way to one assignment, and reads all the labeler ever had.
    labeler = models.ForeignKey("labelhub.Labeler", models.PROTECT, related_name="assignments", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.LEASED)
    lease_token = models.CharField(max_length=32)
    leased_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    instructions_version = models.IntegerField(null=True, blank=True)
    draft = models.JSONField(null=True, blank=True, help_text="A pass that came too late; it trains nothing.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "labeler"], name="a_labeler_holds_an_item_once"),
        ]
        indexes = [
            # Live leases: read by every claim (the labeler's own) and by the sweep (those that ran out).
            # `leased_at` tells a labeler's lease from the thousands they had: entries of those stay until a vacuum.
            models.Index(fields=["labeler", "leased_at"], condition=Q(state="leased"), name="leases_of_a_labeler"),
            models.Index(fields=["expires_at"], condition=Q(state="leased"), name="leases_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} to {self.labeler_id}"


class HasFlagged(models.Func):
    """Whether a pass, as it was submitted, flags a step: its labeler was unsure of it.

    Spelled without parameters: SQLite takes an index of a part of the rows for this very expression alone. And as an
    equality: PostgreSQL takes that for true of few rows, and `IS NOT NULL` for true of all.
    """

    output_field = models.BooleanField()
    template = "JSON_TYPE(%(expressions)s, '$.flagged[0]') = 'integer'"
    on_postgresql = "JSONB_TYPEOF(%(expressions)s #> '{flagged,0}') = 'number'"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.on_postgresql, **context)


class LabelQuerySet(models.QuerySet["Label"]):
    def current(self) -> "LabelQuerySet":
        """The newest revision of each label."""
        # By a subquery and not a join: there PostgreSQL expects a single row, and compares every one with every other.
        return self.filter(~Exists(self.model.objects.filter(supersedes=OuterRef("pk"))))


class Label(models.Model):
    """One labeler's finished pass over one solution. Immutable: a correction is a new revision.

    `steps` is PRM800K's own `label.steps`, so what a row says is kept whole: a list of
    `{completions: null | [{text, rating, flagged}], human_completion, chosen_completion}`.
    A trigger in the database refuses updates (migration `labels_are_immutable`).
    """

    class Source(models.TextChoices):
        HUMAN = "human", "Made by a person here."
        SIMULATED = "simulated", "Made here by a simulated labeler."
        IMPORTED = "imported", "Came in by a file."
        MODEL = "model", "Made by a model."
        REVIEWED = "reviewed", "Made by a reviewer out of others' labels."

    class FinishReason(models.TextChoices):
        FOUND_ERROR = "found_error", "Stopped at the first mistake."
        SOLUTION = "solution", "No mistake to the end."
        BAD_PROBLEM = "bad_problem", "The problem can't be worked on."
        GIVE_UP = "give_up", "The labeler couldn't decide."

    solution = models.ForeignKey("labelhub.Solution", models.PROTECT, related_name="labels", db_index=False)
    labeler = models.ForeignKey("labelhub.Labeler", models.PROTECT, related_name="labels", db_index=False)
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, blank=True, related_name="labels", db_index=False
    )
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="successor")
    revision = models.IntegerField(default=1)
    source = models.CharField(max_length=9, choices=Source)
    phase = models.SmallIntegerField(default=2)
    finish_reason = models.CharField(max_length=11, choices=FinishReason)
    reason = models.TextField(blank=True, help_text="Why it was given up, or what is bad about the problem.")
    steps = models.JSONField()
    body = models.JSONField(
        null=True, blank=True, help_text="The submitted body as it came: the same body again is the same label."
    )
    total_time = models.PositiveIntegerField(help_text="Active time in ms.")
    submitted_at = models.DateTimeField(db_index=True)
    source_generation = models.IntegerField(null=True, blank=True, help_text="The generation an imported row names.")
    is_quality_control_question = models.BooleanField(default=False)
    is_initial_screening_question = models.BooleanField(default=False)
    instructions_version = models.IntegerField(null=True, blank=True)
    question = models.JSONField(
        null=True, blank=True, help_text="An imported row's question as it came; null for labels made here."
    )
    import_digest = models.CharField(max_length=64, null=True, blank=True)  # noqa: DJ001  null: made here

    objects: ClassVar[Any] = LabelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "revision"], name="a_revision_of_a_label_is_made_once"),
            models.UniqueConstraint(fields=["solution", "import_digest"], name="an_imported_label_comes_in_once"),
            models.CheckConstraint(
                condition=Q(source="imported", import_digest__isnull=False)
                | Q(source__in=["human", "simulated"], assignment__isnull=False)
                | Q(source__in=["model", "reviewed"]),
                name="a_label_says_where_it_came_from",
            ),
            models.CheckConstraint(
                condition=Q(revision=1, supersedes__isnull=True) | Q(revision__gt=1, supersedes__isnull=False),
                name="a_later_revision_names_the_one_it_supersedes",
            ),
        ]
        indexes = [
            models.Index(fields=["labeler", "submitted_at"], name="labels_of_a_labeler"),
            # Few of all labels, and what reviewers are asked about: bad problems, contradictions, doubts.
            models.Index(fields=["solution"], condition=Q(finish_reason="bad_problem"), name="labels_of_bad_problems"),
            models.Index(fields=["solution"], condition=Q(finish_reason="solution"), name="labels_without_a_mistake"),
            models.Index(fields=["solution"], condition=Q(HasFlagged("body")), name="labels_with_flagged_steps"),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id} by {self.labeler_id}, revision {self.revision}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A label is immutable: a correction is a new revision.")
        super().save(*args, **kwargs)
