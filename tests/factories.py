"""The smallest valid objects, in sentences a person can read. Ask for what a test is about; the rest is filled in."""

from datetime import timedelta
from hashlib import sha256

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from labelhub import models
from selector.grading.normalize import problem_digest, solution_digest

PASSWORD = "correct horse battery"

STEPS = ["Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 7.", "He has 7 apples."]
WRONG_STEPS = ["Tom has 3 apples.", "He buys 4 more, so 3 + 4 = 8.", "He has 8 apples."]


class UserFactory(DjangoModelFactory):
    class Meta:
        model = models.User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    password = factory.django.Password(PASSWORD)


class LabelerFactory(DjangoModelFactory):
    """A pseudonym of somebody who signs in; `user=None` for one that only came in by a file."""

    class Meta:
        model = models.Labeler

    user = factory.SubFactory(UserFactory)


class ApiTokenFactory(DjangoModelFactory):
    """Its text is given as `text=`; only the digest is kept. It was used this hour: the next use writes nothing."""

    class Meta:
        model = models.ApiToken
        exclude = ["text"]

    text = factory.Sequence(lambda n: f"token-of-a-test-{n}")
    user = factory.SubFactory(UserFactory)
    name = "a script"
    digest = factory.LazyAttribute(lambda o: sha256(o.text.encode()).hexdigest())
    last_used_at = factory.LazyFunction(timezone.now)


class InvitationFactory(DjangoModelFactory):
    """An open link of one use; its secret is given as `secret=`, and `created_by` operates the project."""

    class Meta:
        model = models.Invitation
        exclude = ["secret"]

    project = factory.SubFactory("tests.factories.ProjectFactory")
    secret = factory.Sequence(lambda n: f"secret-of-a-test-{n}")
    digest = factory.LazyAttribute(lambda o: sha256(o.secret.encode()).hexdigest())
    role = models.Membership.Role.LABELER
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class ProjectFactory(DjangoModelFactory):
    class Meta:
        model = models.Project

    slug = factory.Sequence(lambda n: f"apples{n}")
    name = "Word problems about apples"


class InstructionsFactory(DjangoModelFactory):
    class Meta:
        model = models.Instructions

    project = factory.SubFactory(ProjectFactory)
    version = factory.Sequence(lambda n: n + 1)
    text = "Rate each step until the first mistake."


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = models.Membership

    project = factory.SubFactory(ProjectFactory)
    user = factory.SubFactory(UserFactory)
    role = models.Membership.Role.LABELER


class ProblemFactory(DjangoModelFactory):
    class Meta:
        model = models.Problem

    project = factory.SubFactory(ProjectFactory)
    text = factory.Sequence(lambda n: f"Tom has 3 apples and buys 4 more on day {n}. How many does he have?")
    digest = factory.LazyAttribute(lambda o: problem_digest(o.text))
    ground_truth_answer = "7"
    ground_truth_solution = "3 + 4 = 7."
    split = models.Problem.Split.TRAIN


class ProblemKeyFactory(DjangoModelFactory):
    class Meta:
        model = models.ProblemKey

    project = factory.SelfAttribute("problem.project")
    problem = factory.SubFactory(ProblemFactory)
    key = factory.Sequence(lambda n: f"problem-{n}")


class SolutionFactory(DjangoModelFactory):
    """A right solution; `wrong=True` makes one whose second step is mistaken."""

    class Meta:
        model = models.Solution

    class Params:
        wrong = factory.Trait(
            steps=factory.LazyAttributeSequence(lambda o, n: [*WRONG_STEPS[:-1], f"He has 8 apples (attempt {n})."]),
            answer="8",
            grade=models.Solution.Grade.WRONG,
        )

    problem = factory.SubFactory(ProblemFactory)
    key = factory.Sequence(lambda n: f"solution-{n}")
    # The last step differs from one solution to the next: equal texts within a problem are duplicates.
    steps = factory.LazyAttributeSequence(lambda o, n: [*STEPS[:-1], f"He has 7 apples (attempt {n})."])
    answer = "7"
    digest = factory.LazyAttribute(lambda o: solution_digest(o.steps))
    grade = models.Solution.Grade.RIGHT
    graded_by = factory.LazyAttribute(lambda o: models.Solution.GradedBy.GRADER if o.grade else None)


class AlternativeFactory(DjangoModelFactory):
    class Meta:
        model = models.Alternative

    solution = factory.SubFactory(SolutionFactory)
    step = 1
    text = factory.Sequence(lambda n: f"He buys 4 more, which makes 7 (alternative {n}).")
    source = "sampler"


class CheckpointFactory(DjangoModelFactory):
    """Trained and evaluated, but with nothing on disk."""

    class Meta:
        model = models.Checkpoint

    project = factory.SubFactory(ProjectFactory)
    number = factory.Sequence(lambda n: n + 1)
    state = models.Checkpoint.State.READY


class ScoreFactory(DjangoModelFactory):
    class Meta:
        model = models.Score

    checkpoint = factory.SubFactory(CheckpointFactory)
    solution = factory.SubFactory(SolutionFactory)
    step_probs = factory.LazyAttribute(lambda o: [0.9] * len(o.solution.steps))
    log_score = -0.3


class GenerationFactory(DjangoModelFactory):
    """Generation 0 as people meet it: uniform, its batch out for labeling."""

    class Meta:
        model = models.Generation

    project = factory.SubFactory(ProjectFactory)
    number = 0
    state = models.Generation.State.LABELING
    rule = models.Generation.Rule.UNIFORM
    scope = models.Generation.Scope.GLOBAL
    k = 10
    labeling_at = factory.LazyFunction(timezone.now)


class BatchItemFactory(DjangoModelFactory):
    class Meta:
        model = models.BatchItem

    generation = factory.SubFactory(GenerationFactory)
    solution = factory.SubFactory(SolutionFactory, problem__project=factory.SelfAttribute("...generation.project"))
    position = factory.Sequence(lambda n: n)
    rank = factory.Sequence(lambda n: n + 1)
    stratum = models.BatchItem.Stratum.UNIFORM
    labels_wanted = 1


class AssignmentFactory(DjangoModelFactory):
    """A live lease; the item's state follows."""

    class Meta:
        model = models.Assignment

    item = factory.SubFactory(BatchItemFactory, state=models.BatchItem.State.LEASED)
    labeler = factory.SubFactory(LabelerFactory)
    lease_token = factory.Sequence(lambda n: f"lease-{n}")
    leased_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda o: o.leased_at + timedelta(minutes=30))


class LabelFactory(DjangoModelFactory):
    """A finished pass by a person; `ratings` says what it found (its length decides where it stopped)."""

    class Meta:
        model = models.Label
        exclude = ["ratings"]

    ratings = [1, 1, 1]
    assignment = factory.SubFactory(
        AssignmentFactory, state=models.Assignment.State.SUBMITTED, item__state=models.BatchItem.State.DONE
    )
    solution = factory.SelfAttribute("assignment.item.solution")
    labeler = factory.SelfAttribute("assignment.labeler")
    source = models.Label.Source.HUMAN
    finish_reason = factory.LazyAttribute(lambda o: "found_error" if -1 in o.ratings else "solution")
    steps = factory.LazyAttribute(lambda o: label_steps(o.solution.steps, o.ratings))
    total_time = 12_000
    submitted_at = factory.LazyFunction(timezone.now)


class GoldFactory(DjangoModelFactory):
    """A practice solution without a mistake; its solution decides the project."""

    class Meta:
        model = models.Gold

    solution = factory.SubFactory(SolutionFactory)
    project = factory.SelfAttribute("solution.problem.project")
    purpose = models.Gold.Purpose.PRACTICE
    first_mistakes = []
    explanation = "Each step follows from the one before."


class QuarantineFactory(DjangoModelFactory):
    """Three checks missed, the last of them by the label `until`, which decides labeler and project."""

    class Meta:
        model = models.Quarantine

    until = factory.SubFactory(LabelFactory)
    labeler = factory.SelfAttribute("until.labeler")
    project = factory.SelfAttribute("until.solution.problem.project")
    agreed = 0
    asked = 3


class JobFactory(DjangoModelFactory):
    class Meta:
        model = models.Job

    project = factory.SubFactory(ProjectFactory)
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
