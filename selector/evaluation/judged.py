"""Scored solutions as an evaluation needs them: what is known of each, beside what one or several models said of it.

Texts are dropped as they are read, so that a million solutions fit in memory.
"""

import hashlib
import math
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from selector.formats import BadRow, SolutionRecord, detect, fields, labelhub
from selector.formats.published import processbench, scored_samples
from selector.formats.published.scored_samples import ScoredSample
from selector.grading.normalize import normalise
from selector.labels.steps import UNKNOWN, FirstMistake, first_mistake
from selector.prm.aggregate import Aggregate, NeutralAs, log_score

Row = dict[str, Any]
Brought = tuple[float, bool]  # a checkpoint's threshold, and whether it was tuned
IDENTITY = ("problem_id", "solution_id", "steps")
KNOWN = ("answer", "is_correct", "step_labels", "first_error")
STEP_SCORES = "prm_step_scores"  # {model: P(correct) per step}, for several models at once


@dataclass(slots=True)
class Said:
    """What one model says of one solution. `score` ranks; it is the logarithm of a probability where `is_log`."""

    step_probs: Sequence[float] | None
    score: float | None
    is_log: bool = True


@dataclass(slots=True)
class Judged:
    """One solution: `labels` are the ratings of a prefix of its steps, None where the source says nothing of them.

    `set` is the named set that the row belongs to, the empty string where there are none.
    """

    problem_id: str
    solution_id: str
    set: str
    answer: str | None
    is_correct: bool | None
    steps: int
    labels: tuple[int | None, ...] | None
    said: dict[str, Said] = field(default_factory=dict)

    @property
    def mistake(self) -> FirstMistake:
        return UNKNOWN if self.labels is None else first_mistake(self.labels, self.steps)


@dataclass
class Collected:
    """Solutions by their ids, from one or several files; each file is one model's scores, named after it.

    A score is taken as it was told, and computed from step probabilities where it was not (their product), or where
    an `aggregate` is asked for.
    """

    aggregate: Aggregate | None = None
    neutral_as: NeutralAs = "positive"
    keep_steps: bool = True
    reads: Collection[str] = KNOWN  # of what is known of a solution
    sidecar: dict[str, dict[str, Sequence[float]]] = field(default_factory=dict)
    solutions: dict[tuple[str, str], Judged] = field(default_factory=dict)
    scorers: dict[str, None] = field(default_factory=dict)
    thresholds: dict[str, set[Brought]] = field(default_factory=dict)  # those that a model's rows bring along
    _samples: Counter[str] = field(default_factory=Counter)

    def add_scores(self, row: Row) -> None:
        """A line of step scores by `solution_id`, which a solution read later brings in; raises BadRow."""
        name = fields.identifier(fields.required(row, "solution_id"), "solution_id")
        self.sidecar[name] = _of_models(fields.required(row, STEP_SCORES))

    def add(self, row: Row, model: str) -> None:
        """A scored solution, LabelHub's, ProcessBench's or OpenAI's by its fields; raises BadRow with a sentence."""
        judged, said = self._sample(row, model) if scored_samples.is_sample(row) else self._solution(row, model)
        judged = self.solutions.setdefault((judged.problem_id, judged.solution_id), judged)
        if again := judged.said.keys() & said.keys():
            raise BadRow(f"solution_id {judged.solution_id[:60]!a} comes twice with scores of {sorted(again)[0]}.")
        judged.said |= said
        self.scorers |= dict.fromkeys(said)

    def scored_by(self, model: str) -> list[tuple[Judged, Said]]:
        """All solutions beside what the model says of them; where it is silent, that there is no score."""
        return [(one, one.said.get(model) or Said(None, None)) for one in self.solutions.values()]

    def settle(self) -> None:
        """Scores told without a logarithm are taken for probabilities where all of a model's could be some."""
        for model in self.scorers:
            raw = [said for _, said in self.scored_by(model) if said.score is not None and not said.is_log]
            if all(0 <= (said.score or 0) <= 1 for said in raw):
                for said in raw:
                    said.score, said.is_log = _log(said.score or 0), True
            elif all((said.score or 0) <= 0 for said in raw):
                for said in raw:
                    said.is_log = True

    def _sample(self, row: Row, model: str) -> tuple[Judged, dict[str, Said]]:
        sample = scored_samples.parse(row, self.neutral_as, steps=self.keep_steps or self.aggregate is not None)
        problem = hashlib.sha256(sample.problem.encode()).hexdigest()[:16]
        self._samples[f"{model}/{problem}"] += 1
        solution = str(self._samples[f"{model}/{problem}"])  # they have no ids, and equal ones count twice
        judged = Judged(problem, solution, _set(row), _vote(sample.answer), sample.is_correct, 0, None)
        return judged, {name: self._of_sample(sample, name) for name in sample.scores}

    def _of_sample(self, sample: ScoredSample, name: str) -> Said:
        return self._said(sample.step_probs if name == "prm" else None, Said(None, _log(sample.scores[name])))

    def _solution(self, row: Row, model: str) -> tuple[Judged, dict[str, Said]]:
        solution = _record(row, self.reads)
        judged = Judged(
            problem_id=str(solution.problem_id or solution.problem),
            solution_id=str(solution.solution_id),
            set=_set(row),
            answer=_vote(solution.answer),
            is_correct=solution.is_correct,
            steps=len(solution.steps),
            labels=solution.step_labels,
        )
        several = self.sidecar.get(judged.solution_id, {}) | _of_models(row.get(STEP_SCORES) or {})
        found = {name: _steps(probs, judged.steps, name) for name, probs in several.items()}
        said = {name: self._said(probs, Said(None, None)) for name, probs in found.items()}
        if "step_probs" in row or "score" in row or "log_score" in row or not said:
            said[model] = self._own(row, judged.steps)
            if self.keep_steps and row.get("threshold") is not None:
                self.thresholds.setdefault(model, set()).add(_threshold(row))
        return judged, said

    def _own(self, row: Row, steps: int) -> Said:
        """What `score` wrote into the row: its `log_score`, or any `score` that ranks."""
        probs = None if row.get("step_probs") is None else _steps(row["step_probs"], steps, "step_probs")
        name = "log_score" if "log_score" in row else "score"
        value = row.get(name)
        score = -math.inf if value == "-inf" else None if value is None else fields.number(value, name)
        return self._said(probs, Said(None, score, is_log=name == "log_score"))

    def _said(self, probs: list[float] | None, told: Said) -> Said:
        if probs is not None and (self.aggregate or told.score is None):
            told = Said(None, log_score(probs, self.aggregate or "product"))
        kept = array("d", probs) if probs is not None and self.keep_steps else None
        return Said(kept, told.score, told.is_log)


def overlap(one: Iterable[tuple[str, str]], other: Iterable[tuple[str, str]]) -> set[str]:
    """The problems that two sets of (problem, solution) share."""
    return {problem for problem, _ in one} & {problem for problem, _ in other}


def _record(row: Row, reads: Collection[str]) -> SolutionRecord:
    """The solution, as far as it has to be read."""
    if detect(row) == "processbench":
        verdict = fields.required(row, "final_answer_correct") if "is_correct" in reads else None
        kept = {name: row[name] for name in ("id", "problem", "steps", "label") if name in row}
        return processbench.parse(kept | {"final_answer_correct": verdict}).solutions[0]
    return labelhub.parse_solution({name: row[name] for name in (*IDENTITY, *reads) if name in row})


def _of_models(value: Any) -> dict[str, Sequence[float]]:
    return {
        name: array(
            "d", [fields.number(p, f"{STEP_SCORES}.{name}") for p in fields.sequence(probs, f"{STEP_SCORES}.{name}")]
        )
        for name, probs in fields.mapping(value, STEP_SCORES).items()
        if probs is not None
    }


def _steps(value: Any, steps: int, name: str) -> list[float]:
    probs = list(value) if isinstance(value, array) else fields.sequence(value, name)
    probs = [fields.number(p, name) for p in probs]
    if len(probs) != steps or not all(0 <= p <= 1 for p in probs):
        raise BadRow(f"{name} is not one probability for each step.")
    return probs


def _threshold(row: Row) -> Brought:
    tuned = fields.optional_flag(row.get("threshold_tuned"), "threshold_tuned")
    return fields.number(row["threshold"], "threshold"), tuned is True


def _set(row: Row) -> str:
    return fields.optional_text(row.get("set"), "set", longest=200) or ""


def _vote(answer: str | None) -> str | None:
    return None if answer is None else normalise(answer)


def _log(score: float) -> float:
    return math.log(score) if score > 0 else -math.inf
