"""Every figure of an evaluation as one flat row: what `python -m selector evaluate` prints, and a report is made of."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from selector.evaluation import best_of_n as choosing
from selector.evaluation import calibration as calibrating
from selector.evaluation import compare
from selector.evaluation import first_error as finding
from selector.evaluation.best_of_n import Attempt, Chances
from selector.evaluation.bootstrap import Interval, Key
from selector.evaluation.first_error import Source, Threshold
from selector.evaluation.judged import Collected, Judged, Row, Said
from selector.labels.steps import UNKNOWN
from selector.types import BAD

NOWHERE = -1  # the prediction for a solution without scores: it agrees with no first mistake, and not with none
MAJORITY, ORACLE, PASS_RATE = "majority_vote", "oracle", "pass_rate"
QUINTILES, LEAST_PER_QUINTILE = 5, 5
MANY = 1000  # from so many attempts a problem on, the numbers of attempts are the published ones
Found = dict[str, dict[str, Chances]]  # by choice and then by model, and for an exact one with "exact " before


@dataclass(frozen=True, slots=True)
class Settings:
    """What the figures are taken at; `ns` None means powers of two up to the number of attempts."""

    ns: list[int] | None
    trials: int
    seed: int
    champion: str | None
    margin: float


@dataclass(frozen=True, slots=True)
class Members:
    """Some of the problems, and the fields that say which: a named set, or a quintile by pass rate."""

    problems: set[Key]
    fields: dict[str, Any]


def best_of_n(found: Collected, settings: Settings, progress: Callable[[str], None]) -> Iterator[Row]:
    """By model, group of problems and N: best-of-N and weighted votes beside majority voting and the oracle."""
    sets = _sets(found.solutions.values())
    if not sets:
        return
    ns = settings.ns or _default_ns(min(max(map(len, problems.values())) for problems in sets.values()))
    by_model = {model: _chances(found, model, sets, ns, settings, progress) for model in found.scorers}
    shared = next(iter(by_model.values()))
    for members in _groups(sets, shared.pop(PASS_RATE).by_problem(1)):
        for model, chances in by_model.items():
            yield from _points(model, shared | chances, members, settings.seed)
    at_most = {model: chances["exact best_of_n"].by_problem(ns[-1]) for model, chances in by_model.items()}
    at_most[MAJORITY] = shared[MAJORITY].by_problem(ns[-1])
    if settings.champion:
        for model in at_most:
            if model != settings.champion:
                compared = compare.compare_paired(at_most[settings.champion], at_most[model], seed=settings.seed)
                yield _comparison("best_of_n", model, compared, settings) | {"n": ns[-1]}


def _sets(solutions: Iterable[Judged]) -> dict[str, dict[str, list[Judged]]]:
    """By set and problem; a problem belongs to the set of its first row."""
    sets: dict[str, dict[str, list[Judged]]] = {}
    home: dict[str, str] = {}
    for one in solutions:
        belongs = sets.setdefault(home.setdefault(one.problem_id, one.set), {})
        belongs.setdefault(one.problem_id, []).append(one)
    return dict(sorted(sets.items()))


def _default_ns(size: int) -> list[int]:
    powers = [2**power for power in range(size.bit_length())]
    return sorted({n for n in (choosing.PUBLISHED_NS if size >= MANY else powers) if n < size} | {size})


def _chances(
    found: Collected,
    model: str,
    sets: Mapping[str, Mapping[str, Sequence[Judged]]],
    ns: list[int],
    settings: Settings,
    progress: Callable[[str], None],
) -> dict[str, Chances]:
    """Each set is padded to its own largest number. Voting and the oracle are the same for all models: done once."""
    scored = {id(one): said for one, said in found.scored_by(model)}
    is_first, is_log = model == next(iter(found.scorers)), _is_log(scored.values())
    wanted = ["best_of_n", *(["weighted_vote"] if is_log else []), *([MAJORITY, ORACLE] if is_first else [])]
    parts: dict[str, list[Chances]] = {}
    for problems in sets.values():
        attempts = (_attempt(one, scored[id(one)]) for group in problems.values() for one in group)
        tables = choosing.tabulate(attempts, settings.seed)
        for choice in wanted:
            if len(tables) * settings.trials * ns[-1] > 10**7:
                progress(f"{model}: {settings.trials} trials of {choice} over {len(tables)} problems.")
            drawn = choosing.sampled(tables, ns, choice, trials=settings.trials, seed=settings.seed)
            parts.setdefault(choice, []).append(drawn)
            if choice in choosing.EXACT:
                parts.setdefault(f"exact {choice}", []).append(choosing.exact(tables, ns, choice))
        if is_first:
            parts.setdefault(PASS_RATE, []).append(choosing.exact(tables, [1], ORACLE))
    return {choice: choosing.joined(several) for choice, several in parts.items()}


def _is_log(said: Iterable[Said]) -> bool:
    return all(one.is_log for one in said)


def _attempt(one: Judged, said: Said) -> Attempt:
    return Attempt(one.problem_id, one.solution_id, said.score, one.answer, one.is_correct is True)


def _groups(sets: Mapping[str, Mapping[str, Any]], rates: Mapping[Key, float]) -> Iterator[Members]:
    """All problems, then each set where there are several, then each fifth by pass rate where there are enough."""
    yield Members(set(rates), {"of": "all"})
    if len(sets) > 1:
        for name, problems in sets.items():
            yield Members(set(problems), {"of": "set", "set": name})
    if len(rates) >= QUINTILES * LEAST_PER_QUINTILE:
        for place, part in enumerate(choosing.quintiles(rates, QUINTILES), 1):
            span = [min(rates[one] for one in part), max(rates[one] for one in part)]
            yield Members(set(part), {"of": "quintile", "quintile": place, "pass_rate": span})


def _points(model: str, chances: dict[str, Chances], members: Members, seed: int) -> Iterator[Row]:
    curves = {choice: one.of(members.problems).points(seed=seed) for choice, one in chances.items()}
    names = [choice for choice in choosing.CHOICES if choice in curves]
    for place, point in enumerate(curves["best_of_n"]):
        here = {choice: points[place] for choice, points in curves.items()}
        exact = {name: here[f"exact {name}"]["mean"] for name in choosing.EXACT}
        # Where it is known exactly, the interval is around that: its width is the problems' alone.
        bounds = {name: here.get(f"exact {name}", here[name]) for name in names}
        yield {
            "metric": "best_of_n",
            "model": model,
            **members.fields,
            "n": point["n"],
            **{name: {"mean": here[name]["mean"], "sd": here[name]["sd"]} for name in names},
            "exact": exact,
            "intervals": {name: [one["low"], one["high"]] for name, one in bounds.items()},
            "problems": point["problems"],
            "trials": point["trials"],
        }


def _comparison(measure: str, model: str, compared: compare.Comparison, settings: Settings) -> Row:
    needed = compared.problems_to_detect(settings.margin) if settings.margin else None
    return {
        "metric": "comparison",
        "measure": measure,
        "model": model,
        "champion": settings.champion,
        **compared.to_dict(),
        "margin": settings.margin,
        "verdict": compare.verdict(compared, settings.margin).value,
        "sentence": compare.verdict_sentence(compared, settings.margin),
        "problems_to_detect_margin": needed,
    }


def tuned(others: Collected, models: Iterable[str]) -> dict[str, Threshold]:
    """Each model's threshold with the best F1 on other problems; a lone model may be called otherwise there.

    Raises ValueError where they have no scores of a model, or not both kinds of solutions.
    """
    thresholds, models = {}, list(models)
    for model in models:
        name = model if model in others.scorers or len(models) > 1 else next(iter(others.scorers))
        said = [(said.step_probs, one.mistake) for one, said in others.scored_by(name)]
        scored = [(probs, mistake) for probs, mistake in said if probs is not None and mistake is not UNKNOWN]
        threshold = finding.tuned_threshold([probs for probs, _ in scored], [mistake for _, mistake in scored])
        if threshold is None:
            raise ValueError(f"No threshold for {model}: tuning needs its step scores of solutions of both kinds.")
        thresholds[model] = Threshold(threshold, Source.OTHERS)
    return thresholds


def first_error(found: Collected, thresholds: Mapping[str, Threshold], settings: Settings) -> Iterator[Row]:
    """By model, and by set where there are several: F1 and both accuracies, each with its interval, and step AUC.

    Solutions whose first mistake is unknown are left out; `n_unknown` counts those that were rated.
    """
    known = [(one, mistake) for one in found.solutions.values() if (mistake := one.mistake) is not UNKNOWN]
    unknown = Counter(one.set for one in left_out(found))
    guesses = {model: _guesses((one for one, _ in known), model, at.value) for model, at in thresholds.items()}
    heard = {model: guess for model, guess in guesses.items() if set(guess) != {NOWHERE}} or guesses
    for model, guess in heard.items():
        yield from _first_error_rows(model, known, unknown, guess, thresholds[model], settings.seed)
    if settings.champion in heard:
        for model, guess in heard.items():
            if model != settings.champion:
                problems, actual = [one.problem_id for one, _ in known], [mistake for _, mistake in known]
                champion = heard[settings.champion]
                compared = compare.compare_first_error(problems, actual, champion, guess, seed=settings.seed)
                if compared:
                    yield _comparison("first_error", model, compared, settings)


def left_out(found: Collected) -> list[Judged]:
    """The rated solutions that no first-error measure counts: their first mistake is unknown."""
    return [one for one in found.solutions.values() if one.labels is not None and one.mistake is UNKNOWN]


def _guesses(known: Iterable[Judged], model: str, threshold: float) -> list[int | None]:
    said = [one.said[model].step_probs if model in one.said else None for one in known]
    return [NOWHERE if probs is None else finding.predicted_first_error(probs, threshold) for probs in said]


def _first_error_rows(
    model: str,
    known: Sequence[tuple[Judged, int | None]],
    unknown: Counter[str],
    guess: Sequence[int | None],
    threshold: Threshold,
    seed: int,
) -> Iterator[Row]:
    sets = sorted({one.set for one, _ in known})
    groups = [("all", "", list(range(len(known))))]
    if len(sets) > 1:
        groups += [("set", name, [at for at, (one, _) in enumerate(known) if one.set == name]) for name in sets]
    rows = []
    for of, name, places in groups:
        predicted, actual = [guess[at] for at in places], [known[at][1] for at in places]
        problems = [known[at][0].problem_id for at in places]
        intervals = finding.first_error_intervals(problems, predicted, actual, seed=seed)
        rows.append(
            {"metric": "first_error", "model": model, "of": of, **({"set": name} if of == "set" else {})}
            | finding.first_error(predicted, actual)
            | {"n_unknown": unknown[name] if of == "set" else unknown.total()}
            | {"intervals": {key: _bounds(one) for key, one in intervals.items()}, "problems": len(set(problems))}
            | {"threshold": threshold.value, "tuned": threshold.is_tuned, "threshold_from": threshold.source.value}
            | _step_auc([known[at][0] for at in places], model)
        )
    of_sets = [row["f1"] for row in rows[1:]]
    if of_sets and None not in of_sets:
        rows[0]["f1_mean_of_sets"] = sum(of_sets) / len(of_sets)  # as ProcessBench averages its four
    yield from rows


def _step_auc(solutions: Sequence[Judged], model: str) -> Row:
    """Step AUC of the same solutions, which no threshold moves, beside that of a step's place alone."""
    said = [(one, one.said.get(model) or Said(None, None)) for one in solutions]
    rows = _rated_steps(said)
    _, correct, probs, places = zip(*rows, strict=True) if rows else ((), (), (), ())
    return {
        "auc": calibrating.auc(correct, probs) if rows else None,
        "position_only_auc": calibrating.auc(correct, places) if rows else None,
        "steps": len(rows),
    }


def _bounds(one: Interval | None) -> list[float] | None:
    return [one.low, one.high] if one else None


def calibration(found: Collected, seed: int) -> Iterator[Row]:
    """By model: of rated steps, of whole solutions by their grade, and how often the last step is the weakest."""
    for model in found.scorers:
        scored = found.scored_by(model)
        yield {
            "metric": "calibration",
            "model": model,
            **_of_steps(scored, seed),
            "solutions": _of_solutions(scored, seed),
            "minimum_at_last": _weakest(scored, seed),
        }


def _rated_steps(scored: Sequence[tuple[Judged, Said]]) -> list[tuple[Key, bool, float, float]]:
    """Of each rated step: problem, whether it is correct, P(correct), and the baseline that knows its place alone.

    The baseline is fitted to these very solutions.
    """
    rates = calibrating.position_rates(one.labels or () for one, _ in scored)
    return [
        (one.problem_id, rating != BAD, p, baseline)
        for one, said in scored
        for rating, p, baseline in zip(
            one.labels or (), said.step_probs or (), calibrating.position_only(rates, one.steps), strict=False
        )
        if rating is not None
    ]


def _of_steps(scored: Sequence[tuple[Judged, Said]], seed: int) -> Row:
    """Calibration of rated steps, and AUC beside the position-only baseline."""
    steps = _rated_steps(scored)
    problems, correct, probs, baseline = zip(*steps, strict=True) if steps else ((), (), (), ())
    gain = compare.auc_gain(problems, correct, probs, baseline, seed=seed) if steps else None
    return {
        **calibrating.reliability(problems, probs, correct, seed=seed),
        "auc": calibrating.auc(correct, probs) if steps else None,
        "position_only_auc": calibrating.auc(correct, baseline) if steps else None,
        "auc_gain": gain.to_dict() if gain else None,
    }


def _of_solutions(scored: Sequence[tuple[Judged, Said]], seed: int) -> Row | None:
    """The score as a probability beside the grade of the answer; None where scores are no probabilities."""
    if not _is_log(said for _, said in scored):
        return None
    known = [
        (one.problem_id, math.exp(said.score), one.is_correct)
        for one, said in scored
        if said.score is not None and said.score <= 0 and one.is_correct is not None
    ]
    problems, probs, correct = zip(*known, strict=True) if known else ((), (), ())
    return calibrating.reliability(problems, probs, correct, seed=seed)


def _weakest(scored: Sequence[tuple[Judged, Said]], seed: int) -> Row | None:
    known = [(one.problem_id, said.step_probs) for one, said in scored if said.step_probs is not None]
    share = calibrating.minimum_at_last([problem for problem, _ in known], [probs for _, probs in known], seed=seed)
    if share is None:
        return None
    several = sum(len(probs) > 1 for _, probs in known)
    return {"share": share.value, "low": share.low, "high": share.high, "n": several, "problems": share.problems}
