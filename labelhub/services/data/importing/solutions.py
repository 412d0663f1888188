"""The solutions that a chunk of lines holds, with the alternatives to their steps."""

from collections import Counter
from collections.abc import Iterable, Sequence

from labelhub.models import Alternative, Problem, Solution
from labelhub.services.data.importing.problems import LONGEST_KEY
from selector.formats import BadRow, SolutionRecord

# A solution before and after it has a row: its problem's digest, and its key.
Identity = tuple[str, str]
OtherText = tuple[int, str, str]  # index of the step, text, where it is from


class Solutions:
    """Solutions by their problem's digest and their own key, as they will be once the chunk is saved.

    The key is the file's id, else the digest of the steps: identical steps under another id are a solution of their
    own (majority voting counts them), and a record without an id is the oldest solution with the same steps.
    """

    def __init__(self, problems: Iterable[Problem], wanted: Iterable[tuple[str, SolutionRecord]]) -> None:
        digest_of = {each.pk: each.digest for each in problems}
        wanted = list(wanted)
        keys = {each.solution_id or digest for digest, each in wanted}
        digests = {digest for digest, each in wanted if each.solution_id is None}
        rows = Solution.objects.filter(problem__in=digest_of).only("pk", "problem_id", "key", "digest").order_by("-pk")
        found = [*rows.filter(key__in=keys), *(rows.filter(digest__in=digests) if digests else [])]
        self._by_key = {(digest_of[each.problem_id], each.key): each for each in found}
        self._by_digest = {(digest_of[each.problem_id], each.digest): each for each in found}
        self._new: list[Solution] = []

    def rows(self) -> dict[int, Identity]:
        """The solutions that are there already, by primary key."""
        return {each.pk: identity for identity, each in self._by_key.items() if each.pk}

    def find(self, problem_digest: str, digest: str, record: SolutionRecord) -> Solution | None:
        """The solution that the record is, None for a new one. Raises BadRow when its id is another's."""
        key = record.solution_id
        if key is None and (same := self._by_digest.get((problem_digest, digest))):
            return same
        if key is not None and len(key) > LONGEST_KEY:
            raise BadRow(f"solution_id is longer than {LONGEST_KEY} characters.")
        found = self._by_key.get((problem_digest, key or digest))
        if found is not None and found.digest != digest:
            raise BadRow(f"solution_id {found.key[:60]} already names a solution of this problem with other steps.")
        return found

    def place(self, problem: Problem, digest: str, record: SolutionRecord) -> tuple[Solution, bool]:
        """The solution that the record is, and whether that is new."""
        if found := self.find(problem.digest, digest, record):
            return found, False
        solution = Solution(
            problem=problem,
            key=record.solution_id or digest,
            steps=list(record.steps),
            answer=record.answer,
            digest=digest,
            source_verdict=record.is_correct,
            meta=_meta(record),
        )
        self._by_key[problem.digest, solution.key] = solution
        self._by_digest.setdefault((problem.digest, digest), solution)
        self._new.append(solution)
        return solution, True

    def save(self) -> Counter[str]:
        Solution.objects.bulk_create(self._new)
        return Counter(solutions=len(self._new))


class Alternatives:
    """Other texts for the steps of a chunk's solutions, each text once a step."""

    def __init__(self, solutions: Solutions, wanted: Sequence[OtherText]) -> None:
        self._known: set[tuple[Identity, int, str]] = set()
        if wanted:
            rows = solutions.rows()
            known = Alternative.objects.filter(solution__in=rows).values_list("solution_id", "step", "text")
            self._known = {(rows[pk], step, text) for pk, step, text in known}
        self._new: list[Alternative] = []

    def place(self, identity: Identity, solution: Solution, other: OtherText) -> bool:
        """Offer the text for its step; False when it is already."""
        step, text, source = other
        if (identity, step, text) in self._known:
            return False
        self._known.add((identity, step, text))
        self._new.append(Alternative(solution=solution, step=step, text=text, source=source))
        return True

    def save(self) -> Counter[str]:
        Alternative.objects.bulk_create(self._new)
        return Counter(alternatives=len(self._new))


def _meta(record: SolutionRecord) -> dict[str, object]:
    """What no column holds. Step labels are no part of it: they are a label, which labelers never see."""
    return {**record.extra, **({"generator": record.generator} if record.generator is not None else {})}
