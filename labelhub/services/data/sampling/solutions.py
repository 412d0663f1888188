"""Solutions to the problems of a split, `n` to each."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from labelhub.models import Problem, Project, Solution
from labelhub.services.data.sampling import prompts, reading
from labelhub.services.data.sampling.recipe import Parameters, Wanted
from labelhub.services.data.sampling.state import Place
from selector.grading.normalize import solution_digest

CHUNK = 100  # problems looked up together
Sample = tuple[list[str], str]  # steps, and the answer


class Solutions:
    """A place is a problem's id and which of its n. A solution's key tells how it was drawn, and which it is.

    Equal steps to a problem are kept once, whoever wrote them; a solution that came in by a file counts too.
    """

    def __init__(self, project: Project, parameters: Parameters) -> None:
        self._project, self._parameters = project, parameters

    def total(self) -> int:
        return self._problems().count() * self._parameters.n

    def behind(self, reached: Place | None) -> Iterator[Wanted]:
        last = reached[0] - 1 if reached else 0  # the last problem may be half done
        while chunk := list(self._problems().filter(pk__gt=last).order_by("pk")[:CHUNK]):
            there = self._keys(chunk)
            for problem in chunk:
                for index in range(self._parameters.n):
                    if reached is None or (problem.pk, index) > reached:
                        yield self._wanted(problem, index, there)
            last = chunk[-1].pk

    def again(self, places: list[Place]) -> Iterator[Wanted]:
        problems = self._problems().in_bulk({pk for pk, _ in places})
        there = self._keys(problems.values())
        for place in places:
            problem = problems.get(place[0])
            yield self._wanted(problem, place[1], there) if problem else Wanted(place, None)

    def read(self, text: str) -> Sample:
        return reading.solution(text)

    def keep(self, read: dict[Place, Sample]) -> dict[Place, str]:
        # In turns with imports: what is absent now is absent until it is written.
        Project.objects.select_for_update(no_key=True).get(pk=self._project.pk)
        digests = {place: solution_digest(steps) for place, (steps, _) in read.items()}
        known = Solution.objects.filter(problem__in={pk for pk, _ in read})
        keys = set(known.filter(key__in=[self._key(place) for place in read]).values_list("problem_id", "key"))
        drawn = set(known.filter(digest__in=digests.values()).values_list("problem_id", "digest"))
        outcome: dict[Place, str] = {}
        for place, (steps, answer) in read.items():
            own = (place[0], digests[place])
            if (place[0], self._key(place)) in keys:
                outcome[place] = "there"
            elif own in drawn:
                outcome[place] = "duplicates"
            else:
                outcome[place] = "created"
                drawn.add(own)
                self._store(place, steps, answer, digests[place])
        return outcome

    def _store(self, place: Place, steps: list[str], answer: str, digest: str) -> None:
        asked = self._parameters
        Solution.objects.create(
            problem_id=place[0],
            key=self._key(place),
            steps=steps,
            answer=answer,
            digest=digest,
            meta={"generator": asked.model, "temperature": asked.temperature, "seed": asked.seed},
        )

    def _problems(self) -> QuerySet[Problem]:
        asked = Problem.objects.filter(project=self._project, split=self._parameters.split, retired_at__isnull=True)
        return asked.only("text", "digest")

    def _keys(self, problems: Iterable[Problem]) -> set[tuple[int, str]]:
        known = Solution.objects.filter(problem__in=problems, key__startswith=f"{self._parameters.name}-")
        return set(known.values_list("problem_id", "key"))

    def _key(self, place: Place) -> str:
        return f"{self._parameters.name}-{place[-1]}"

    def _wanted(self, problem: Problem, index: int, there: set[tuple[int, str]]) -> Wanted:
        place = (problem.pk, index)
        if (problem.pk, self._key(place)) in there:
            return Wanted(place, None)
        return Wanted(place, self._parameters.body(prompts.for_solution(problem.text), f"{problem.digest} {index}"))
