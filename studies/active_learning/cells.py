"""What the study varies, and how large it is.

World, model and targets were fixed on the seeds 1000 to 1004, the end of training on these and on 0 to 6 and 100 to
103: the reported seeds begin beyond them.
"""

from dataclasses import asdict, dataclass, field
from itertools import product
from typing import Any


@dataclass(frozen=True, slots=True)
class Cell:
    """Shares: of steps with a slip that nobody can learn, of mistakes overlooked, of right answers called wrong."""

    slips: float = 0.0
    noise: float = 0.0
    false_negatives: float = 0.0


CLEAN = Cell()
FIRST_SEED = 200  # of those reported
GRID = tuple(Cell(*shares) for shares in product((0.0, 0.03), (0.0, 0.1, 0.2), (0.0, 0.05)))

# Best-of-N accuracies by share of slips: above majority voting, and where slips happen within what can be reached.
TARGETS = {0.0: (0.9, 0.95, 0.98), 0.03: (0.8, 0.83)}


@dataclass(frozen=True, slots=True)
class Shape:
    """The made world: how much there is to learn, and how wrong its solutions are."""

    verbs: int = 60
    ways: int = 4  # in which a verb's right rule is written
    misconceptions: int = 2  # of a verb
    events: int = 5  # of a problem
    mistakes: float = 0.15  # misconceptions per step on average, over all verbs
    worst: float = 0.6  # the most that a verb's misconceptions are met, together
    heal: float = 0.02  # chance per step that a wrong solution goes back to the right state

    @property
    def rules(self) -> int:
        """Of a verb: its right ways first, then its misconceptions."""
        return self.ways + self.misconceptions


@dataclass(frozen=True, slots=True)
class Training:
    """One rule for every arm and every size of the training set: whole-batch AdamW until the loss stays where it is."""

    width: int = 32
    rate: float = 0.02
    decay: float = 0.01
    window: int = 50  # updates
    gain: float = 0.1  # nats over the whole set, or one rare label in a large one would not count: the end of training
    most: int = 3000  # updates


@dataclass(frozen=True, slots=True)
class Size:
    """Problems and solutions of each, in the pool and to test on; budgets are labelled solutions per problem.

    `most` is the largest budget of an arm; uniform goes on to the last one.
    """

    problems: int = 60
    samples: int = 200
    test_problems: int = 300
    test_samples: int = 100
    budgets: tuple[int, ...] = (1, 2, 4, 8, 16, 32)
    most: int = 16
    ns: tuple[int, ...] = (1, 2, 5, 10, 20, 50, 100)
    shape: Shape = field(default_factory=Shape)
    training: Training = field(default_factory=Training)

    @property
    def arm_budgets(self) -> int:
        """How many of the budgets an arm has."""
        return sum(budget <= self.most for budget in self.budgets)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it, where a tuple is a list."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}


WHOLE = Size()
QUICK = Size(problems=30, samples=60, test_problems=100, test_samples=50, budgets=(1, 2, 4, 8), shape=Shape(verbs=30))
REAL = Size(budgets=(1, 2, 4, 8), most=8, training=Training(width=8, gain=1.0))
REAL_PARTS = 3  # of the real problems: each is tested on by models that learnt from the others
