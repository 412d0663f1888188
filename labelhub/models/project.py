"""One labeling effort: its rules and its versioned instructions."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

CURRENCY = RegexValidator(r"^[A-Z]{3}\Z", "Three capital letters, such as EUR.")
SHARE = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))]


def share(default: str, sentence: str) -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(
        max_digits=5, decimal_places=4, default=Decimal(default), validators=SHARE, help_text=sentence
    )


class Project(models.Model):
    """Problems, people and rules of one labeling effort."""

    class Metric(models.TextChoices):
        BEST_OF_N = "best_of_n", "Accuracy of the answer the checkpoint would choose."
        FIRST_ERROR = "first_error", "F1 of finding the first mistake (ProcessBench)."

    class Way(models.TextChoices):
        EMBEDDED = "embedded", "The built-in small model, which needs no base."
        FROZEN = "frozen", "A head on what a base model makes of each step."
        LORA = "lora", "Low-rank adapters beside a base model."
        FULL = "full", "All weights of a base model."

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    phase = models.PositiveSmallIntegerField(
        default=2, help_text="2: whole solutions until the first mistake; 1: alternatives at every step."
    )
    metric = models.CharField(
        max_length=20,
        choices=Metric,
        default=Metric.BEST_OF_N,
        help_text="What a challenger must be shown not to lose to be promoted, however small the gate set.",
    )
    promotion_margin = share("0.05", "A challenger is promoted when it is shown to lose less than this.")
    auto_advance = models.BooleanField(
        default=False, help_text="Close a full batch and open the next generation without asking."
    )
    trains_elsewhere = models.BooleanField(
        default=False, help_text="A generation that closes waits for a checkpoint that is trained outside."
    )
    lease_seconds = models.PositiveIntegerField(
        default=1800,
        validators=[MinValueValidator(10)],
        help_text="How long an untouched assignment is kept for its labeler.",
    )
    labels_wanted = models.PositiveSmallIntegerField(
        default=1,
        validators=[MinValueValidator(1)],
        help_text="Labels wanted for each item, unless a generation says otherwise.",
    )
    overlap_share = share("0", "Share of a batch's items, drawn at random, that want one label more than the others.")
    gate_share = share("0.1", "Share of imported problems that decide promotions, by hash of their text.")
    test_share = share("0.1", "Share of imported problems that are only reported, by hash of their text.")
    control_share = share("0.1", "Uniform picks on top of a batch, as a share of the rule's picks.")
    audit_share = share("0.05", "Best-scored right answers on top of a batch, as a share of the rule's picks.")
    screening_size = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1)], help_text="Questions asked of a newcomer, where there is a set."
    )
    screening_bar = share("0.75", "Share of the screening's questions to agree with, inclusive.")
    screening_retakes = models.PositiveSmallIntegerField(
        default=1, help_text="How often who failed may try again, on other questions."
    )
    check_count = models.PositiveSmallIntegerField(
        default=15, help_text="Running checks that a generation takes, where there is a set; the paper took 10 to 20."
    )
    check_rate = share("0.05", "How often a labeler meets a running check that is left, as a share of assignments.")
    check_bar = share(
        "0.75", "Share of running checks to agree with: who is almost surely below it is paused until somebody looks."
    )
    # Kept beside what they tell of: every hand-in asks, and as subqueries they cost it a fifth of its first statement.
    screens = models.BooleanField(default=False, help_text="Whether the screening set is open.")
    checks = models.BooleanField(default=False, help_text="Whether the generation in labeling has running checks.")
    hourly_rate = models.DecimalField(
        max_digits=9,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text="What an hour of labeling costs; null: costs are undefined.",
    )
    currency = models.CharField(
        max_length=3, blank=True, validators=[CURRENCY], help_text="Of the hourly rate, by ISO 4217, such as EUR."
    )
    way = models.CharField(max_length=8, choices=Way, default=Way.EMBEDDED, help_text="How checkpoints are trained.")
    base_model = models.CharField(
        max_length=300, blank=True, help_text="Hub id or local directory to train from; empty for the embedded way."
    )
    training = models.JSONField(
        default=dict, blank=True, help_text="Settings of training that differ from the way's own, by name."
    )
    champion = models.ForeignKey("labelhub.Checkpoint", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(phase__in=[1, 2]), name="a_phase_is_1_or_2"),
            models.CheckConstraint(condition=Q(labels_wanted__gte=1), name="a_project_wants_at_least_one_label"),
            models.CheckConstraint(condition=Q(screening_size__gte=1), name="a_screening_asks_at_least_one_question"),
            models.CheckConstraint(
                condition=Q(gate_share__gte=0, test_share__gte=0) & Q(gate_share__lte=1 - F("test_share")),
                name="held_out_shares_fit_into_one",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class Instructions(models.Model):
    """One version of what labelers are told; a label remembers the version it was made under."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="instructions")
    version = models.PositiveIntegerField()
    text = models.TextField(help_text="Markdown.")
    created_by = models.ForeignKey("labelhub.User", models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "instructions"
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="a_version_of_instructions_is_written_once")
        ]

    def __str__(self) -> str:
        return f"{self.project.slug} v{self.version}"
