"""Alternatives for the step where a labeler found the first mistake, `n` for each such step."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, QuerySet

from labelhub.models import Alternative, Label, Project, Solution
from labelhub.queries.loop import eligible
from labelhub.services.data.sampling import prompts, reading
from labelhub.services.data.sampling.recipe import Parameters, Wanted
from labelhub.services.data.sampling.state import Place
from selector.grading.normalize import normalise
from selector.labels.steps import main_ratings
from selector.types import BAD

CHUNK = 100  # solutions looked up together
Step = tuple[int, int]  # a solution's id, and the index of the step


class Alternatives:
    """A place is a solution's id, the step's index and which of its n. A source tells how an alternative was drawn.

    A text is offered for a step once, and never the text that was found wrong. Where labelers differ on the first
    mistake, each of their steps gets its own.
    """

    def __init__(self, project: Project, parameters: Parameters) -> None:
        self._project, self._parameters = project, parameters

    def total(self) -> int:
        return sum(len(steps) for chunk in self._chunks(0) for steps in chunk.values()) * self._parameters.n

    def behind(self, reached: Place | None) -> Iterator[Wanted]:
        for chunk in self._chunks(reached[0] - 1 if reached else 0):
            there = self._counts(chunk)
            for solution, steps in chunk.items():
                for step in steps:
                    for index in range(self._parameters.n):
                        if reached is None or (solution.pk, step, index) > reached:
                            yield self._wanted(solution, step, index, there.get((solution.pk, step), 0))

    def again(self, places: list[Place]) -> Iterator[Wanted]:
        solutions = Solution.objects.select_related("problem").in_bulk({pk for pk, _, _ in places})
        for pk, step, index in places:
            solution = solutions.get(pk)
            yield self._wanted(solution, step, index) if solution else Wanted((pk, step, index), None)

    def read(self, text: str) -> str:
        return reading.step(text)

    def keep(self, read: dict[Place, str]) -> dict[Place, str]:
        ids = {pk for pk, _, _ in read}
        # Locked, so that two samplings don't offer one text twice.
        solutions = Solution.objects.select_for_update(no_key=True).order_by("pk").only("steps").in_bulk(ids)
        rows = Alternative.objects.filter(solution__in=ids).values_list("solution_id", "step", "text")
        offered = {(pk, step, normalise(text)) for pk, step, text in rows}
        outcome: dict[Place, str] = {}
        for place, text in read.items():
            pk, step, _ = place
            own = (pk, step, normalise(text))
            if own in offered or own[2] == normalise(solutions[pk].steps[step]):
                outcome[place] = "duplicates"
            else:
                outcome[place] = "created"
                offered.add(own)
                Alternative.objects.create(solution_id=pk, step=step, text=text, source=self._parameters.name)
        return outcome

    def _chunks(self, last: int) -> Iterator[dict[Solution, list[int]]]:
        """Solutions behind `last` by id, with the steps where their labels have the first mistake, in order."""
        labels = self._labels()
        while ids := self._next(labels, last):
            chunk = labels.filter(solution__in=ids).select_related("solution__problem").order_by("solution_id", "pk")
            by_solution = groupby(chunk, key=attrgetter("solution"))
            yield {solution: sorted({*_mistakes(solution, theirs)}) for solution, theirs in by_solution}
            last = ids[-1]

    def _next(self, labels: QuerySet[Label], last: int) -> list[int]:
        ids = labels.filter(solution__gt=last).order_by("solution_id").values_list("solution_id", flat=True)
        return list(ids.distinct()[:CHUNK])

    def _labels(self) -> QuerySet[Label]:
        current: QuerySet[Label] = Label.objects.current()
        return eligible.trusted(current).filter(
            finish_reason=Label.FinishReason.FOUND_ERROR,
            solution__problem__project=self._project,
            solution__problem__split=self._parameters.split,
            solution__problem__retired_at__isnull=True,
        )

    def _counts(self, solutions: dict[Solution, list[int]]) -> dict[Step, int]:
        drawn = Alternative.objects.filter(solution__in=solutions, source=self._parameters.name)
        counted = drawn.values_list("solution_id", "step").annotate(drawn=Count("pk"))
        return {(pk, step): count for pk, step, count in counted}

    def _wanted(self, solution: Solution, step: int, index: int, there: int = 0) -> Wanted:
        place = (solution.pk, step, index)
        if index < there:
            return Wanted(place, None)
        messages = prompts.for_step(solution.problem.text, solution.steps[:step])
        return Wanted(place, self._parameters.body(messages, f"{solution.digest} {step} {index}"))


def _mistakes(solution: Solution, labels: Iterator[Label]) -> Iterator[int]:
    """Where the labels end at a Bad step of the solution's own, be it the first mistake or one behind an unsure step.

    An imported pass may have gone another way, which nobody is shown.
    """
    for label in labels:
        ratings = main_ratings(label.steps)
        step = ratings.index(BAD) if BAD in ratings else len(solution.steps)
        if step < len(solution.steps):
            completions = label.steps[step]["completions"]
            if completions and completions[0]["text"] == solution.steps[step]:
                yield step
