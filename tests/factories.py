"""The smallest valid objects, in sentences a person can read. Ask for what a test is about; the rest is filled in."""

from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyAttributeSequence,
    LazyFunction,
    SelfAttribute,
    Sequence,
    SubFactory,
    Trait,
)
from factory.django import DjangoModelFactory, Password

from labelhub import models
from selector.grading.normalize import problem_digest, solution_digest

PASSWORD = "correct horse battery"

STEPS = ["Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 7.", "He has 7 apples."]
WRONG_STEPS = ["Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 8.", "He has 8 apples."]

Row = TypeVar("Row", bound=Model)


class Rows(DjangoModelFactory[Row]):
    """A factory whose call is known to return a row: a metaclass makes it, and mypy reads `__new__` alone."""

    def __new__(cls, **fields: Any) -> Row:  # type: ignore[misc]  # a row and not an instance of the class
        return cls.create(**fields)


class UserFactory(Rows[models.User]):
    class Meta:
        model = models.User
        skip_postgeneration_save = True

    username = Sequence(lambda n: f"person{n}")
    password = Password(PASSWORD)


class LabelerFactory(Rows[models.Labeler]):
    """A pseudonym of somebody who signs in; `user=None` for one that only came in by a file."""

    class Meta:
        model = models.Labeler

    user = SubFactory(UserFactory)


class ApiTokenFactory(Rows[models.ApiToken]):
    """Its text is given as `text=`; only the digest is kept. It was used this hour: the next use writes nothing."""

    class Meta:
        model = models.ApiToken
        exclude = ["text"]

    text = Sequence(lambda n: f"token-of-a-test-{n}")
    user = SubFactory(UserFactory)
    name = "a script"
    digest = LazyAttribute(lambda o: sha256(o.text.encode()).hexdigest())
    last_used_at = LazyFunction(timezone.now)


class InvitationFactory(Rows[models.Invitation]):
    """An open link of one use; its secret is given as `secret=`, and `created_by` operates the project."""

    class Meta:
        model = models.Invitation
        exclude = ["secret"]

    project = SubFactory("tests.factories.ProjectFactory")
    secret = Sequence(lambda n: f"secret-of-a-test-{n}")
    digest = LazyAttribute(lambda o: sha256(o.secret.encode()).hexdigest())
    role = models.Membership.Role.LABELER
    expires_at = LazyFunction(lambda: timezone.now() + timedelta(days=7))


class ProjectFactory(Rows[models.Project]):
    class Meta:
        model = models.Project

    slug = Sequence(lambda n: f"apples{n}")
    name = "Word problems about apples"


class InstructionsFactory(Rows[models.Instructions]):
    class Meta:
        model = models.Instructions

    project = SubFactory(ProjectFactory)
    version = Sequence(lambda n: n + 1)
    text = "Rate each step until the first mistake."


class MembershipFactory(Rows[models.Membership]):
    class Meta:
        model = models.Membership

    project = SubFactory(ProjectFactory)
    user = SubFactory(UserFactory)
    role = models.Membership.Role.LABELER


class ProblemFactory(Rows[models.Problem]):
    class Meta:
        model = models.Problem

    project = SubFactory(ProjectFactory)
    text = Sequence(lambda n: f"Tom has 3 apples and buys 4 more on day {n}. How many does he have?")
    digest = LazyAttribute(lambda o: problem_digest(o.text))
    ground_truth_answer = "7"
    ground_truth_solution = "3 + 4 = 7."
    split = models.Problem.Split.TRAIN


class ProblemKeyFactory(Rows[models.ProblemKey]):
    class Meta:
        model = models.ProblemKey

    project = SelfAttribute("problem.project")
    problem = SubFactory(ProblemFactory)
    key = Sequence(lambda n: f"problem-{n}")


class SolutionFactory(Rows[models.Solution]):
    """A right solution; `wrong=True` makes one whose second step is mistaken."""

    class Meta:
        model = models.Solution

    class Params:
        wrong = Trait(
            steps=LazyAttributeSequence(lambda o, n: [*WRONG_STEPS[:-1], f"He has 8 apples (attempt {n})."]),
            answer="8",
            grade=models.Solution.Grade.WRONG,
        )

    problem = SubFactory(ProblemFactory)
    key = Sequence(lambda n: f"solution-{n}")
    # The last step differs from one solution to the next: equal texts within a problem are duplicates.
    steps = LazyAttributeSequence(lambda o, n: [*STEPS[:-1], f"He has 7 apples (attempt {n})."])
    answer = "7"
    digest = LazyAttribute(lambda o: solution_digest(o.steps))
    grade = models.Solution.Grade.RIGHT
    graded_by = LazyAttribute(lambda o: models.Solution.GradedBy.GRADER if o.grade else None)


class AlternativeFactory(Rows[models.Alternative]):
    class Meta:
        model = models.Alternative

    solution = SubFactory(SolutionFactory)
    step = 1
    text = Sequence(lambda n: f"He buys 4 more, which makes 7 (alternative {n}).")
    source = "sampler"


class CheckpointFactory(Rows[models.Checkpoint]):
    """Trained and evaluated, but with nothing on disk."""

    class Meta:
        model = models.Checkpoint

    project = SubFactory(ProjectFactory)
    number = Sequence(lambda n: n + 1)
    state = models.Checkpoint.State.READY


class ScoreFactory(Rows[models.Score]):
    class Meta:
        model = models.Score

    checkpoint = SubFactory(CheckpointFactory)
    solution = SubFactory(SolutionFactory)
    step_probs = LazyAttribute(lambda o: [0.9] * len(o.solution.steps))
    log_score = -0.3


class GenerationFactory(Rows[models.Generation]):
    """Generation 0 as people meet it: uniform, its batch out for labeling."""

    class Meta:
        model = models.Generation

    project = SubFactory(ProjectFactory)
    number = 0
    state = models.Generation.State.LABELING
    rule = "uniform"
    scope = models.Generation.Scope.GLOBAL
    k = 10
    labeling_at = LazyFunction(timezone.now)


class BatchItemFactory(Rows[models.BatchItem]):
    class Meta:
        model = models.BatchItem

    generation = SubFactory(GenerationFactory)
    solution = SubFactory(SolutionFactory, problem__project=SelfAttribute("...generation.project"))
    position = Sequence(lambda n: n)
    rank = Sequence(lambda n: n + 1)
    stratum = "uniform"
    labels_wanted = 1


class AssignmentFactory(Rows[models.Assignment]):
    """A live lease; the item's state follows."""

    class Meta:
        model = models.Assignment

    item = SubFactory(BatchItemFactory, state=models.BatchItem.State.LEASED)
    labeler = SubFactory(LabelerFactory)
    lease_token = Sequence(lambda n: f"lease-{n}")
    leased_at = LazyFunction(timezone.now)
    expires_at = LazyAttribute(lambda o: o.leased_at + timedelta(minutes=30))


class LabelFactory(Rows[models.Label]):
    """A finished pass by a person; `ratings` says what it found (its length decides where it stopped)."""

    class Meta:
        model = models.Label
        exclude = ["ratings"]

    ratings = [1, 1, 1]
    assignment = SubFactory(
        AssignmentFactory, state=models.Assignment.State.SUBMITTED, item__state=models.BatchItem.State.DONE
    )
    solution = SelfAttribute("assignment.item.solution")
    labeler = SelfAttribute("assignment.labeler")
    source = models.Label.Source.HUMAN
    finish_reason = LazyAttribute(lambda o: "found_error" if -1 in o.ratings else "solution")
    steps = LazyAttribute(lambda o: label_steps(o.solution.steps, o.ratings))
    total_time = 12_000
    submitted_at = LazyFunction(timezone.now)


class GoldFactory(Rows[models.Gold]):
    """A practice solution without a mistake; its solution decides the project."""

    class Meta:
        model = models.Gold

    solution = SubFactory(SolutionFactory)
    project = SelfAttribute("solution.problem.project")
    purpose = models.Gold.Purpose.PRACTICE
    first_mistakes: list[int] = []
    explanation = "Each step follows from the one before."


class QuarantineFactory(Rows[models.Quarantine]):
    """Three checks missed, the last of them by the label `until`, which decides labeler and project."""

    class Meta:
        model = models.Quarantine

    until = SubFactory(LabelFactory)
    labeler = SelfAttribute("until.labeler")
    project = SelfAttribute("until.solution.problem.project")
    agreed = 0
    asked = 3


class JobFactory(Rows[models.Job]):
    class Meta:
        model = models.Job

    project = SubFactory(ProjectFactory)
    kind = models.Job.Kind.IMPORT


def label_steps(steps: list[str], ratings: list[int | None]) -> list[dict[str, object]]:
    """PRM800K's `label.steps` of a pass: one completion a rated step, none chosen where it was bad."""
    return [
        {
            "completions": [{"text": text, "rating": rating, "flagged": None}],
            "human_completion": None,
            "chosen_completion": None if rating == -1 else 0,
        }
        for text, rating in zip(steps, ratings, strict=False)
    ]
