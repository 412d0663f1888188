"""Checkpoints, generations and what they put up for labeling, and the jobs that carry long work."""

from decimal import Decimal

from django.db import models
from django.db.models import Q


class Checkpoint(models.Model):
    """A reward model that scores solutions: where it comes from, what it learned from, what was measured of it."""

    class Source(models.TextChoices):
        TRAINED = "trained", "Trained here, on the project's labels."
        PUBLIC = "public", "A published model, loaded from a directory or a model hub."
        SERVED = "served", "A model behind HTTP, asked by the workers."
        IMPORTED = "imported", "Scores that were computed elsewhere and came in by a file."

    ADDED = [choice for choice in Source.choices if choice[0] in ("public", "served")]  # by naming a model

    class State(models.TextChoices):
        TRAINING = "training", "Being trained."
        TRAINED = "trained", "There, not yet evaluated."
        READY = "ready", "Evaluated: may be promoted."
        FAILED = "failed", "Training or evaluation failed."

    class Kind(models.TextChoices):
        PRM = "prm", "Process reward model: scores every step."
        ORM = "orm", "Outcome reward model: scores the whole solution."

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="checkpoints")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=3, choices=Kind, default=Kind.PRM)
    source = models.CharField(max_length=8, choices=Source, default=Source.TRAINED)
    name = models.CharField(max_length=300, blank=True, help_text="Of a model that was not trained here.")
    scorer = models.JSONField(
        default=dict, help_text="How a model that was not trained here is read: its style, endpoint and tokenizer."
    )
    identity = models.JSONField(
        default=dict, help_text="What tells it from another model of its name; scoring stops when it changes."
    )
    state = models.CharField(max_length=8, choices=State, default=State.TRAINING)
    base_model = models.CharField(max_length=300, blank=True)
    config = models.JSONField(default=dict)
    path = models.CharField(max_length=500, blank=True, help_text="Directory under DATA_DIR.")
    labels = models.ManyToManyField("labelhub.Label", related_name="checkpoints", help_text="The revisions it saw.")
    labels_frozen_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict, help_text="Of its training.")
    measures = models.JSONField(default=dict, help_text="By split.")
    decision = models.JSONField(default=dict, help_text="Promoted or not, by whom, and the sentence why.")
    characters_per_second = models.FloatField(
        null=True, help_text="Of solutions that one worker scored by it, in its latest shard that took a moment."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    promoted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="a_checkpoint_has_a_number_of_its_own"),
        ]

    def __str__(self) -> str:
        return f"{self.project.slug} #{self.number}"


class Generation(models.Model):
    """One selection round: select, label, train."""

    class State(models.TextChoices):
        AHEAD = "ahead", "Its control and gate items are open; the rest is picked once it is launched."
        SCORING = "scoring", "The champion scores the pool."
        SELECTING = "selecting", "The batch is being picked."
        LABELING = "labeling", "People rate the batch."
        TRAINING = "training", "A challenger is trained on all eligible labels so far."
        EVALUATING = "evaluating", "Champion and challenger are compared on the gate problems."
        CLOSED = "closed", "Finished; its labels can't change any more."
        FAILED = "failed", "A stage failed; it can be retried."
        CANCELLED = "cancelled", "Cancelled; the labels it got are kept."
        STANDING = "standing", "The screening set: asked of every newcomer for as long as it is open."

    OF_A_ROUND = [choice for choice in State.choices if choice[0] != "standing"]
    ACTIVE = (State.SCORING, State.SELECTING, State.LABELING, State.TRAINING, State.EVALUATING, State.FAILED)
    LIVE = (State.AHEAD, *ACTIVE)  # not ended
    SERVED = (State.AHEAD, State.SCORING, State.SELECTING, State.LABELING)  # where there are items, people take them

    class Scope(models.TextChoices):
        PER_PROBLEM = "per_problem", "k per problem."
        GLOBAL = "global", "k in all."

    SCREENING = -1  # the number of the screening set

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="generations")
    number = models.IntegerField(help_text="From 0; -1 is the screening set.")
    state = models.CharField(max_length=10, choices=State, default=State.SCORING)
    failed_in = models.CharField(max_length=10, blank=True, help_text="The state it failed in: a retry returns there.")
    failure = models.TextField(blank=True, help_text="The sentence why it failed.")
    rule = models.CharField(max_length=20, help_text="A name of `RULES` in selector/selection/rules.py.")
    scope = models.CharField(max_length=11, choices=Scope)
    k = models.PositiveIntegerField()
    wrong_share = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal("0.8"))
    control_share = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal("0.1"))
    audit_share = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal("0.05"))
    gate_k = models.PositiveIntegerField(default=0)
    labels_wanted = models.PositiveSmallIntegerField(default=1)
    overlap_share = models.DecimalField(max_digits=5, decimal_places=4, default=Decimal(0))
    seed = models.BigIntegerField(default=0)
    champion = models.ForeignKey(
        Checkpoint, models.PROTECT, null=True, blank=True, related_name="selected_for", help_text="Pinned at launch."
    )
    checkpoint = models.OneToOneField(
        Checkpoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="generation",
        help_text="Trained when it closed.",
    )
    manifest = models.JSONField(default=dict)
    decision = models.JSONField(default=dict)
    launched_by = models.ForeignKey("labelhub.User", models.SET_NULL, null=True, blank=True, related_name="+")
    launched_at = models.DateTimeField(auto_now_add=True)
    labeling_at = models.DateTimeField(null=True, blank=True)
    training_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="a_generation_has_a_number_of_its_own"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(state__in=["scoring", "selecting", "labeling", "training", "evaluating", "failed"]),
                name="a_project_has_one_active_generation",
            ),
            models.UniqueConstraint(
                fields=["project"], condition=Q(state="ahead"), name="a_project_opens_one_generation_ahead"
            ),
            models.CheckConstraint(condition=Q(k__gte=1), name="a_generation_picks_at_least_one"),
            models.CheckConstraint(
                condition=Q(number__gte=0) | Q(number=-1, state__in=["standing", "closed"]),
                name="generation_minus_one_is_the_screening_set",
            ),
            models.CheckConstraint(
                condition=Q(wrong_share__gte=0, wrong_share__lte=1), name="a_wrong_share_is_between_0_and_1"
            ),
            models.CheckConstraint(
                condition=~Q(rule__in=["convincing", "uncertain"]) | Q(champion__isnull=False),
                name="convincing_and_uncertain_have_a_champion",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.slug} generation {self.number}"

    @property
    def has_overlap(self) -> bool:
        """Whether several people are to label any of its items."""
        return self.labels_wanted > 1 or self.overlap_share > 0


class Score(models.Model):
    """A solution's step probabilities by one checkpoint; scores of different checkpoints are never compared."""

    solution = models.ForeignKey("labelhub.Solution", models.CASCADE, related_name="scores")
    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, related_name="scores", db_index=False)
    step_probs = models.JSONField(null=True, help_text="P(correct) of each step; null where the solution is too long.")
    log_score = models.FloatField(null=True, help_text="Ranks; its exponential is the score. Null where too long.")
    uncertainty = models.FloatField(
        null=True, help_text="How unsure the checkpoint is of the steps up to the first mistake it sees (ActPRM)."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkpoint", "solution"], name="a_checkpoint_scores_a_solution_once")
        ]
        # Solutions looked through by score: a page reads its own stretch, whatever the checkpoint scored.
        indexes = [models.Index(fields=["checkpoint", "log_score", "solution"], name="solutions_by_score")]

    def __str__(self) -> str:
        return f"{self.solution_id} by {self.checkpoint_id}"


class BatchItem(models.Model):
    """A solution that a generation put up for labeling, and how it came to be picked."""

    class State(models.TextChoices):
        OPEN = "open", "Wants more labels than it has labels and live leases."
        LEASED = "leased", "Every label it still wants is being made."
        DONE = "done", "Has the labels it wanted."
        WITHDRAWN = "withdrawn", "Taken back: the problem was retired, or the generation ended."
        STANDING = "standing", "A gold label's: no part of the batch, and each labeler gets an assignment of their own."

    IN_BATCH = (State.OPEN, State.LEASED, State.DONE, State.WITHDRAWN)
    OF_A_BATCH = [choice for choice in State.choices if choice[0] != "standing"]

    class Stratum(models.TextChoices):
        """The strata that come from no rule; a rule names its own (selector/selection/rules.py)."""

        CONTROL = "control", "Uniform draw from the pool, on top."
        AUDIT = "audit", "Best-scored right answers, on top."
        GATE = "gate", "Of gate problems: labelled to evaluate, never to train."
        SCREENING = "screening", "A question of the screening set; never trains."
        CHECK = "check", "A running check by a gold label; never trains."

    BESIDE_A_RULE = (Stratum.CONTROL, Stratum.AUDIT, Stratum.GATE)  # in a batch

    # Indexed by the constraint below; one of its own would be written at each change of state.
    generation = models.ForeignKey(Generation, models.CASCADE, related_name="items", db_index=False)
    solution = models.ForeignKey("labelhub.Solution", models.PROTECT, related_name="items")
    position = models.IntegerField(help_text="Order of serving.")
    rank = models.IntegerField(help_text="Order of picking, from 1, within its scope and stratum.")
    stratum = models.CharField(max_length=20, help_text="Why it was picked: a rule's stratum, or one of `Stratum`.")
    inclusion_probability = models.FloatField(null=True)
    log_score = models.FloatField(null=True, help_text="By the pinned champion, at selection.")
    labels_wanted = models.SmallIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["generation", "solution"], name="a_batch_holds_a_solution_once"),
            models.CheckConstraint(condition=Q(labels_wanted__gte=1), name="an_item_wants_at_least_one_label"),
        ]
        indexes = [
            # The queue: a claim reads its first entries, so it must hold the open items alone.
            models.Index(fields=["generation", "position"], condition=Q(state="open"), name="open_items"),
            models.Index(fields=["generation"], condition=Q(state__in=["open", "leased"]), name="unfinished_items"),
        ]

    def __str__(self) -> str:
        return f"{self.generation_id}: {self.solution_id}"


class Jobs(models.Manager["Job"]):
    """Jobs without the shards that some of them are cut into: what lists, home and events tell of."""

    def get_queryset(self) -> models.QuerySet["Job"]:
        return super().get_queryset().filter(parent__isnull=True)


class Job(models.Model):
    """A piece of long work: where it stands, who beats for it, and which attempt counts.

    A job that scores is cut into shards, jobs of their own whose parent it is. They exist until it goes on to its end.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Waits for a worker."
        RUNNING = "running", "A worker is at it."
        DONE = "done", "Finished."
        FAILED = "failed", "Stopped with an error; it can be retried."

    class Kind(models.TextChoices):
        IMPORT = "import", "Reads a file."
        SAMPLE = "sample", "Asks a language model."
        GRADE = "grade", "Grades answers."
        SCORE = "score", "Scores solutions."
        SELECT = "select", "Picks the batch."
        TRAIN = "train", "Trains a checkpoint."
        EVALUATE = "evaluate", "Measures a checkpoint."
        EXPORT = "export", "Writes labels to a file."
        READ_SCORES = "scores", "Reads a checkpoint's scores from a file."
        SHARD = "shard", "Scores a part of what another job has scored."

    LIVE = (State.QUEUED, State.RUNNING)
    LISTED = [choice for choice in Kind.choices if choice[0] != "shard"]

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=10, choices=Kind)
    generation = models.ForeignKey(Generation, models.CASCADE, null=True, blank=True, related_name="jobs")
    checkpoint = models.ForeignKey(Checkpoint, models.CASCADE, null=True, blank=True, related_name="jobs")
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", help_text="The job whose shard it is."
    )
    state = models.CharField(max_length=7, choices=State, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=1, help_text="A finisher with an older number changes nothing.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, help_text="What it is doing, or the sentence why it failed.")
    params = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey("labelhub.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True, help_text="Null for a shard that waits to be sent.")
    finished_at = models.DateTimeField(null=True, blank=True)

    with_shards = models.Manager()
    objects = Jobs()

    class Meta:
        default_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="shard", parent__isnull=False) | (~Q(kind="shard") & Q(parent__isnull=True)),
                name="a_shard_and_nothing_else_has_a_parent",
            ),
            models.UniqueConstraint(
                fields=["generation", "kind"],
                condition=Q(generation__isnull=False),
                name="a_generation_runs_a_stage_once",
            ),
            models.UniqueConstraint(
                fields=["checkpoint", "kind"],
                condition=Q(
                    checkpoint__isnull=False,
                    generation__isnull=True,
                    parent__isnull=True,
                    state__in=["queued", "running"],
                ),
                name="a_checkpoint_is_worked_on_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["heartbeat_at"], condition=Q(state__in=["queued", "running"]), name="jobs_to_watch")
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"
