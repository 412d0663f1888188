"""Learning: whether each retraining made the model better on the pool, and whether more labels of this kind pay.

How often a generation's champion and its labelers name the same first mistake, over items that the champion never
learned from. On the control, weighted by the chance each item had to be drawn, that speaks of the whole pool; on what
the champion selected, of the very solutions it was wrong about.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from labelhub.models import BatchItem, Checkpoint, Generation, Label, Problem, Project, Score
from labelhub.queries.loop import checkpoints, eligible, rules
from labelhub.queries.loop.measuring import span, threshold
from selector.evaluation import stability as stabilising
from selector.evaluation.first_error import predicted_first_error
from selector.evaluation.weighted import hajek
from selector.labels.steps import UNKNOWN, FirstMistake, mistake_on_path

NO_CONTROL = "Nobody finished an item of this kind."
ALL_UNSURE = "Every label of this kind leaves a step unsure: the first mistakes are unknown."
NO_CHAMPION = "There was no champion when this generation was launched."
UNSCORED = "The champion of that time scored none of these solutions that it hadn't learned from."
NOT_IN_A_ROW = "Only checkpoints that closed a generation are compared with the one before."
FIRST = "No earlier generation made a checkpoint."
NO_STEPS = "No step of the gate problems was scored by both."
ONE_WAY = "Both call every step of the gate problems the same."


def by_strata(*, generation: Generation) -> dict[str, Any]:
    """What the generation's labels say, on the control and on what the rule picked."""
    champion = generation.champion
    return {
        "generation": generation.number,
        "champion": champion.number if champion else None,
        "control": _told(generation, [BatchItem.Stratum.CONTROL]),
        "selected": _told(generation, rules.strata_of_rules()),
    }


def _told(generation: Generation, strata: Sequence[str]) -> dict[str, Any]:
    """Share of solutions with a mistake, and of those whose first mistake the pinned champion had named.

    Both of the solutions whose first mistake is known; `unknown` counts the others.
    """
    labels = _labels(generation, strata)
    mistakes = {label: mistake for label in labels if (mistake := _mistake(label)) is not UNKNOWN}
    guesses = _guesses(generation.champion, list(mistakes))
    scored = [label for label in mistakes if label.solution_id in guesses]
    agreed = [mistakes[label] == guesses[label.solution_id] for label in scored]
    none_known = ALL_UNSURE if labels else NO_CONTROL
    why = NO_CHAMPION if generation.champion is None else UNSCORED
    return {
        "n": len(labels),
        "unknown": len(labels) - len(mistakes),
        "items": generation.items.filter(stratum__in=strata).count(),
        "mistakes": _share(list(mistakes), [mistake is not None for mistake in mistakes.values()], none_known),
        "agreement": _share(scored, agreed, why if mistakes else none_known),
    }


def _labels(generation: Generation, strata: Sequence[str]) -> list[Label]:
    """One label per item, by the same rule as for training."""
    made = Label.objects.current().filter(assignment__item__generation=generation, assignment__item__stratum__in=strata)
    trusted = eligible.trusted(made).select_related("solution", "assignment__item")
    return eligible.consensus(list(trusted.order_by("solution_id", "pk")))


def _mistake(label: Label) -> FirstMistake:
    return mistake_on_path(label.steps, len(label.solution.steps))


def _guesses(champion: Checkpoint | None, labels: Sequence[Label]) -> dict[int, int | None]:
    """Where the champion sees the first mistake, of the solutions it scored and never learned from.

    One trained by hand may know labels of items that were opened ahead of it.
    """
    if champion is None:
        return {}
    scores = Score.objects.filter(checkpoint=champion, solution__in=[label.solution_id for label in labels])
    scores = scores.exclude(solution__in=champion.labels.values("solution"))
    at = threshold(champion)
    return {
        solution: predicted_first_error(probs, at)
        for solution, probs in scores.values_list("solution_id", "step_probs")
        if probs
    }


def _share(labels: Sequence[Label], came_true: Sequence[bool], why: str) -> dict[str, Any]:
    """Hajek's estimate; an item that was no draw by chance has no weight of its own, and counts once."""
    found = hajek([label.solution.problem_id for label in labels], came_true, [_chance(label) for label in labels])
    if found is None:
        return {"undefined": why}
    low, high = span(found) or (None, None)
    return {"share": found.value, "low": low, "high": high, "n": len(labels), "problems": found.problems}


def _chance(label: Label) -> float:
    assert label.assignment is not None  # it came of one
    return label.assignment.item.inclusion_probability or 1.0


def stability(*, checkpoint: Checkpoint) -> dict[str, Any]:
    """Kappa with the checkpoint of the generation before, over the steps of all gate solutions that both scored."""
    own = Generation.objects.filter(checkpoint=checkpoint).first()
    if own is None or checkpoint.kind != Checkpoint.Kind.PRM:
        return {"undefined": NOT_IN_A_ROW}
    made = Generation.objects.filter(project=own.project, number__lt=own.number, checkpoint__state="ready")
    last = made.select_related("checkpoint").order_by("-number").first()
    if last is None or last.checkpoint is None:
        return {"undefined": FIRST}
    problems, before, now = _calls(last.checkpoint, checkpoint)
    found = stabilising.stability(problems, before, now)
    if found is None:
        return {"undefined": ONE_WAY if problems else NO_STEPS}
    return {"previous": last.checkpoint.number} | found.to_dict()


def _calls(before: Checkpoint, now: Checkpoint) -> tuple[list[int], list[bool], list[bool]]:
    """Of each step that both scored: its problem, and whether either calls it right."""
    earlier, newer = _gate_probs(before), _gate_probs(now)
    problems: list[int] = []
    calls: tuple[list[bool], list[bool]] = ([], [])
    for solution, (problem, probs) in newer.items():
        for old, new in zip(earlier.get(solution, (problem, ()))[1], probs, strict=False):
            problems.append(problem)
            calls[0].append(old >= threshold(before))
            calls[1].append(new >= threshold(now))
    return problems, *calls


def _gate_probs(checkpoint: Checkpoint) -> dict[int, tuple[int, Sequence[float]]]:
    """By gate solution: its problem, and the checkpoint's P(correct) of its steps."""
    scores = Score.objects.filter(checkpoint=checkpoint, solution__problem__split=Problem.Split.GATE)
    rows = scores.values_list("solution_id", "solution__problem_id", "step_probs")
    return {solution: (problem, probs) for solution, problem, probs in rows if probs}


def loop(*, project: Project) -> dict[str, Any]:
    """What was measured round by round, and what the criterion makes of it; reads what the evaluations wrote."""
    rounds = checkpoints.rounds(project)
    return {"rounds": rounds, "stopping": _stopping([each["stability"] for each in rounds])}


def _stopping(stabilities: list[dict[str, Any]]) -> dict[str, Any]:
    """What stabilising predictions say, in numbers and in words."""
    in_a_row = takewhile(lambda one: "undefined" not in one, reversed(stabilities))
    kappas = [one["kappa"] for one in in_a_row][::-1]
    found = stabilising.stopping(kappas)
    bound = stabilising.f_bound(found.mean) if found.mean is not None else None
    return {
        "kappas": len(kappas),
        "window": stabilising.WINDOW,
        "threshold": stabilising.STABLE,
        "mean": found.mean,
        "met": found.met,
        "f_bound": bound,
        "sentence": _sentence(found.mean, found.met, len(kappas), bound),
    }


def _sentence(mean: float | None, met: bool, pairs: int, bound: float | None) -> str:
    window, stable = stabilising.WINDOW, stabilising.STABLE
    if mean is None:
        return (
            f"Can't be told yet: the criterion averages Cohen's kappa over {window} pairs of successive checkpoints, "
            f"so it needs {window + 1} generations measured on the gate problems. Pairs so far: {pairs}."
        )
    if not met:
        return (
            f"Not yet: successive checkpoints still call steps differently. Cohen's kappa over the last {window} pairs "
            f"is {mean:.3f} on average; more labels of this kind stop paying above {stable}."
        )
    limit = f" Finding wrong steps, their F-measures differ by {100 * bound:.1f} points at most." if bound else ""
    return (
        f"More labels of this kind hardly pay any more: successive checkpoints call the steps of the gate problems "
        f"alike, Cohen's kappa over the last {window} pairs is {mean:.3f} on average (above {stable}).{limit} "
        "Label something else (another rule, harder problems, more of the audit), or stop."
    )
