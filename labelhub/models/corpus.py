"""Problems, the solutions to them, and candidate texts for single steps."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5


class Problem(models.Model):
    """A problem, one per normalised text in a project; its split holds for everything about it."""

    class Split(models.TextChoices):
        TRAIN = "train", "May be selected, labelled and trained on."
        GATE = "gate", "Held out; decides promotions."
        TEST = "test", "Held out; reported, decides nothing."

    # Indexed by those that begin with it.
    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="problems", db_index=False)
    text = models.TextField()
    digest = models.CharField(max_length=64, help_text="Of the normalised text.")
    ground_truth_answer = models.TextField(null=True, blank=True)  # noqa: DJ001  absent is not the empty answer
    ground_truth_solution = models.TextField(null=True, blank=True)  # noqa: DJ001  never sent to a labeler
    split = models.CharField(max_length=5, choices=Split)
    meta = models.JSONField(default=dict, blank=True, help_text="Fields of the import that the product doesn't use.")
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey("labelhub.Assignment", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "digest"], name="a_project_holds_a_problem_once"),
            models.CheckConstraint(condition=Q(split__in=["train", "gate", "test"]), name="a_split_is_known"),
        ]
        indexes = [
            models.Index(fields=["project", "split"], name="problems_of_a_split"),
            # Looked through page by page, and so that a few retired ones are found among a million.
            models.Index(fields=["project", "id"], name="problems_in_order"),
            models.Index(fields=["project", "id"], condition=Q(retired_at__isnull=False), name="retired_problems"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class ProblemKey(models.Model):
    """An id by which some file names a problem; the same text may come under several."""

    project = models.ForeignKey("labelhub.Project", models.CASCADE, related_name="problem_keys")
    key = models.CharField(max_length=200)
    problem = models.ForeignKey(Problem, models.CASCADE, related_name="keys")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="a_key_names_one_problem")]

    def __str__(self) -> str:
        return self.key


class Solution(models.Model):
    """One model-written attempt: steps that end in an answer."""

    class Grade(models.TextChoices):
        RIGHT = "right", "Reaches the ground-truth answer."
        WRONG = "wrong", "Reaches another answer."
        UNKNOWN = "unknown", "Can't be told; never selected."

    class GradedBy(models.TextChoices):
        GRADER = "grader", "Compared by the grader."
        SOURCE = "source", "The file's own verdict, where there was no answer to compare."
        PERSON = "person", "A person decided."

    problem = models.ForeignKey(Problem, models.CASCADE, related_name="solutions")
    key = models.CharField(max_length=200, help_text="Its id in the file it came from, or its digest.")
    steps = models.JSONField(help_text="Array of step texts: a pool is millions of solutions, so steps are not rows.")
    answer = models.TextField(null=True, blank=True)  # noqa: DJ001  none was extracted; not the empty answer
    digest = models.CharField(
        max_length=64, help_text="Of the normalised steps: equal within a problem means duplicate."
    )
    source_verdict = models.BooleanField(null=True, blank=True)
    grade = models.CharField(max_length=7, choices=Grade, null=True, blank=True)  # noqa: DJ001  null: not graded yet
    graded_by = models.CharField(max_length=7, choices=GradedBy, null=True, blank=True)  # noqa: DJ001
    meta = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["problem", "key"], name="a_problem_holds_a_solution_once"),
            models.CheckConstraint(
                condition=Q(grade__isnull=True, graded_by__isnull=True)
                | Q(grade__isnull=False, graded_by__isnull=False),
                name="a_grade_says_who_gave_it",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__in=["right", "wrong", "unknown"]), name="a_grade_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["problem", "digest"], name="duplicates_of_a_solution"),
            models.Index(fields=["id"], condition=Q(grade__isnull=True), name="solutions_to_grade"),
        ]

    def __str__(self) -> str:
        return self.key


class Alternative(models.Model):
    """Another candidate text for one step, rated where the solution's own step was bad (or everywhere in phase 1)."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="alternatives")
    step = models.PositiveIntegerField(help_text="Index of the step it could stand for, from 0.")
    text = models.TextField()
    source = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            # By a hash of the text: an entry of PostgreSQL's index ends at 2.7 kB.
            models.UniqueConstraint("solution", "step", MD5("text"), name="an_alternative_is_offered_once")
        ]

    def __str__(self) -> str:
        return self.text[:60]
