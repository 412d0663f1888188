"""The problems that a chunk of lines names: those that are there, those it adds, and what it tells about either."""

from collections import Counter
from collections.abc import Iterable

from labelhub.models import Problem, ProblemKey, Project, Solution
from labelhub.services.data.importing.report import COMPLETED, CONTRADICTED, STRICTER, Fate
from selector.formats import BadRow, ProblemRecord
from selector.grading.normalize import normalise

STRICTNESS = {Problem.Split.TRAIN: 0, Problem.Split.GATE: 1, Problem.Split.TEST: 2}
LONGEST_KEY = 200


class Problems:
    """Problems by digest, one per normalised text, as they will be once the chunk is saved."""

    def __init__(self, project: Project, split: str | None, *, digests: Iterable[str], keys: Iterable[str]) -> None:
        self._project, self._split = project, split
        named = ProblemKey.objects.filter(project=project, key__in=set(keys))
        self._keys = dict(named.values_list("key", "problem__digest"))
        wanted = {*digests, *self._keys.values()}
        self.by_digest = {each.digest: each for each in Problem.objects.filter(project=project, digest__in=wanted)}
        self.notes: Counter[str] = Counter()
        self._new: list[Problem] = []
        self._new_keys: dict[str, Problem] = {}
        self._changed: dict[str, Problem] = {}
        self._answered: list[Problem] = []

    def named(self, key: str) -> Problem:
        """The problem that goes by this id. Raises BadRow when there is none."""
        if key not in self._keys:
            raise BadRow(f"There is no problem {_short(key)} in this project or in the files given.")
        return self.by_digest[self._keys[key]]

    def check(self, record: ProblemRecord, digest: str) -> None:
        """Raise BadRow when the record's id can't name this problem."""
        key = record.problem_id
        if key is not None and len(key) > LONGEST_KEY:
            raise BadRow(f"problem_id is longer than {LONGEST_KEY} characters.")
        if key is not None and self._keys.get(key, digest) != digest:
            raise BadRow(f"problem_id {_short(key)} already names another problem.")

    def place(self, record: ProblemRecord, digest: str) -> tuple[Problem, Fate]:
        """The record's problem: created, or one that is there and takes a split, an answer or another id from it."""
        if (problem := self.by_digest.get(digest)) is None:
            problem, fate = self._make(record, digest), Fate.CREATED
            self._name(problem, record)
        else:
            news = self._hold_out(problem, record) | self._complete(problem, record) | self._name(problem, record)
            fate = Fate.MERGED if news else Fate.SKIPPED
        return problem, fate

    def _name(self, problem: Problem, record: ProblemRecord) -> bool:
        """Whether the problem goes by another id from now on."""
        if record.problem_id is None or record.problem_id in self._keys:
            return False
        self._keys[record.problem_id] = problem.digest
        self._new_keys[record.problem_id] = problem
        return True

    def _make(self, record: ProblemRecord, digest: str) -> Problem:
        problem = Problem(
            project=self._project,
            text=record.problem,
            digest=digest,
            ground_truth_answer=record.ground_truth_answer,
            ground_truth_solution=record.ground_truth_solution,
            split=record.split or self._split or split_by_hash(self._project, digest),
            meta=dict(record.extra),
        )
        self.by_digest[digest] = problem
        self._new.append(problem)
        return problem

    def _hold_out(self, problem: Problem, record: ProblemRecord) -> bool:
        """The stricter split wins, since a label once trained on can't be unlearnt; nothing is ever loosened.

        A row that says nothing of splits doesn't move a problem either: the hash places new problems alone.
        """
        wanted = record.split or self._split
        if wanted is None or STRICTNESS[Problem.Split(wanted)] <= STRICTNESS[Problem.Split(problem.split)]:
            return False
        problem.split = wanted
        self._note(problem, STRICTER)
        return True

    def _complete(self, problem: Problem, record: ProblemRecord) -> bool:
        """What the problem lacked is filled in; what it has stays."""
        answer, known = record.ground_truth_answer, problem.ground_truth_answer
        if answer is not None and known is not None and normalise(answer) != normalise(known):
            self.notes[CONTRADICTED] += 1
        lacked_answer = known is None and answer is not None
        lacked_solution = problem.ground_truth_solution is None and record.ground_truth_solution is not None
        if lacked_answer:
            problem.ground_truth_answer = answer
            self._answered.append(problem)
        if lacked_solution:
            problem.ground_truth_solution = record.ground_truth_solution
        if lacked_answer or lacked_solution:
            self._note(problem, COMPLETED)
        return lacked_answer or lacked_solution

    def _note(self, problem: Problem, sentence: str) -> None:
        self.notes[sentence] += 1
        if problem.pk:  # a new one is written whole
            self._changed[problem.digest] = problem

    def save(self) -> Counter[str]:
        """Write what is new and what changed; solutions of a problem that got its answer are to be graded again."""
        Problem.objects.bulk_update(self._changed.values(), ["split", "ground_truth_answer", "ground_truth_solution"])
        Problem.objects.bulk_create(self._new)
        ProblemKey.objects.bulk_create(
            ProblemKey(project=self._project, key=key, problem=problem) for key, problem in self._new_keys.items()
        )
        if self._answered:
            graded = Solution.objects.filter(problem__in=self._answered, grade__isnull=False)
            graded.exclude(graded_by=Solution.GradedBy.PERSON).update(grade=None, graded_by=None)
        return Counter(problems=len(self._new))


def split_by_hash(project: Project, digest: str) -> str:
    """A split by the project's shares that depends on the problem's text alone."""
    place = int(digest[:13], 16) / 16**13
    if place < project.test_share:
        return Problem.Split.TEST
    return Problem.Split.GATE if place < project.test_share + project.gate_share else Problem.Split.TRAIN


def _short(key: str) -> str:
    return key if len(key) <= 60 else f"{key[:57]}..."
