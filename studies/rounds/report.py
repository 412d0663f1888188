"""What the rows of the study come to: the curves, whether any arm collapsed, and the page that tells it.

The criterion was written down before the reported seeds were run. An arm *collapses* in a round where best-of-N falls
more than 2 points below its own best earlier round and the fall's 95% interval lies wholly beyond those 2 points:
for the mean over seeds an interval paired by seed, for one run on its own an interval paired by test problem. The loop
is stable when the arm that the product uses never collapses in the mean.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from selector.evaluation.bootstrap import Key
from selector.evaluation.compare import compare_paired
from studies import page
from studies.plots import Axis, Panel, Point, Series, Tone, percent_axis, small_multiples
from studies.rounds.runs import ARMS, Row
from studies.tables import NOTHING

TOLERANCE = 0.02  # what best-of-N may fall without being called a collapse
# Student's t, 0.975, by degrees of freedom (Student, Biometrika 6, 1908); beyond the table its last value is too wide.
T = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}
NAMES = {"from_base": "base, all labels", "continued": "continued", "fresh": "base, newest"}
TONES: dict[str, Tone] = {"from_base": "first", "continued": "second", "fresh": "third"}
MARK = "<!-- What follows is written by `python -m selector rounds --report`; what stands above is kept. -->"
HOW_TO_READ = """\
In percent of test problems (F1: times 100), the mean over seeds with its 95% interval by Student's t. A fall is how
far a round's best-of-N lies below that of its best earlier round, in points. It counts as a collapse where its whole
interval lies above 2 points: paired by seed for the mean, paired by test problem for a single run. The best of several
earlier rounds is partly luck, which makes the falls look larger than they are."""
ENDS = """\
Over all rounds, the last one minus the first and the product's arm minus each, in points, paired by seed; and the
share of solutions without a mistake in which the model names none, in percent, after the first round and the last."""
MEASURES = {"best_of_n": "Best-of-{n}", "f1": "First-error F1"}
TOLD: dict[str, Callable[[Row], float]] = {
    "best_of_n": lambda row: float(row["best_of_n"]),
    "f1": lambda row: float(row["first_error"]["f1"]),
}


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """By arm, over the seeds that finished all its rounds: curves with intervals, falls, and the verdict."""
    by_arm = {arm: runs for arm in ARMS if (runs := _finished(rows, arm))}
    arms = {arm: _arm(runs) | {"behind": _behind(by_arm["from_base"], runs)} for arm, runs in by_arm.items()}
    return {
        "criterion": {"tolerance": TOLERANCE, "stable": not arms["from_base"]["collapsed_rounds"]} if arms else None,
        "arms": arms,
    }


def _finished(rows: Sequence[Row], arm: str) -> list[list[Row]]:
    """Each seed's rounds in order, of those that have as many as the longest."""
    mine = sorted((row for row in rows if row["arm"] == arm), key=lambda row: (row["seed"], row["round"]))
    runs = [list(group) for _, group in groupby(mine, key=lambda row: row["seed"])]
    longest = max(map(len, runs), default=0)
    return [run for run in runs if len(run) == longest]


def _arm(runs: Sequence[Sequence[Row]]) -> dict[str, Any]:
    curve = [{"round": at[0]["round"], **_point(at)} for at in zip(*runs, strict=True)]
    falls = [_fall(runs, at) for at in range(1, len(curve))]
    singly = [fall for run in runs for fall in _own_falls(run)]
    return {
        "seeds": [run[0]["seed"] for run in runs],
        "curve": curve,
        "largest_fall": max(falls, key=lambda fall: fall["fall"], default=None),
        "collapsed_rounds": [fall["round"] for fall in falls if (fall["low"] or 0) > TOLERANCE],
        "single_runs": {"rounds": len(singly), "collapsed": sum(low > TOLERANCE for _, low in singly)}
        | {"largest_fall": max((fall for fall, _ in singly), default=0.0)},
        "last": _point([run[-1] for run in runs]),
        "gain": {name: spread([measure(run[-1]) - measure(run[0]) for run in runs]) for name, measure in TOLD.items()},
        "passed": [fmean(row["first_error"]["correct"] for row in at) for at in zip(*runs, strict=True)],
    }


def _behind(ours: Sequence[Sequence[Row]], theirs: Sequence[Sequence[Row]]) -> dict[str, float] | None:
    """How far an arm's last best-of-N lies below the product's, paired by seed; None while a seed is missing."""
    last = [{run[0]["seed"]: run[-1] for run in runs} for runs in (ours, theirs)]
    if last[0].keys() != last[1].keys() or len(ours[0]) != len(theirs[0]):
        return None
    return spread([last[0][seed]["best_of_n"] - last[1][seed]["best_of_n"] for seed in last[0]])


def _point(rows: Sequence[Row]) -> dict[str, Any]:
    measured = {name: spread([measure(row) for row in rows]) for name, measure in TOLD.items()}
    return {"labels": fmean(row["labels"] for row in rows), **measured}


def spread(values: Sequence[float]) -> dict[str, float]:
    """The mean over seeds with its 95% interval by Student's t; of one seed there is none."""
    mean, count = fmean(values), len(values)
    half = T[min(count - 1, max(T))] * stdev(values) / math.sqrt(count) if count > 1 else math.nan
    return {"mean": mean} | ({} if math.isnan(half) else {"low": mean - half, "high": mean + half})


def _fall(runs: Sequence[Sequence[Row]], at: int) -> dict[str, Any]:
    """How far the mean lies below that of the best round before, paired by seed."""
    best = max(range(at), key=lambda earlier: fmean(run[earlier]["best_of_n"] for run in runs))
    found = spread([run[best]["best_of_n"] - run[at]["best_of_n"] for run in runs])
    bounds = {"low": found.get("low"), "high": found.get("high")}  # None of one seed, which proves no collapse
    return {"round": at, "best_before": best, "fall": found["mean"], **bounds}


def _own_falls(run: Sequence[Row]) -> Iterable[tuple[float, float]]:
    """Of one run, how far each round lies below its best one before, and the interval's lower end over problems."""
    for at in range(1, len(run)):
        best = max(run[:at], key=lambda row: row["best_of_n"])
        compared = compare_paired(_chances(run[at]), _chances(best), resamples=1000)
        yield compared.difference, compared.low


def _chances(row: Row) -> dict[Key, float]:
    return dict(enumerate(row["chances"]))


def plot(summed: Mapping[str, Any], n: int) -> str:
    """Both measures by round, each arm with its band over seeds."""
    rounds = max(len(arm["curve"]) for arm in summed["arms"].values())
    x = Axis("round", 1, rounds, [(at, str(at)) for at in range(1, rounds + 1)])
    panels = [
        Panel(title.format(n=n), [_series(arm, found["curve"], name) for arm, found in summed["arms"].items()])
        for name, title in MEASURES.items()
    ]
    return small_multiples("Ten rounds without a gate", panels, x, percent_axis("% of test problems, or F1"))


def _series(arm: str, curve: Sequence[Row], measure: str) -> Series:
    points = [
        Point(at["round"] + 1, at[measure]["mean"], at[measure].get("low"), at[measure].get("high")) for at in curve
    ]
    return Series(NAMES[arm], points, TONES[arm])


def table(summed: Mapping[str, Any]) -> str:
    """One line a round: best-of-N and F1 of each arm, in percent, with intervals over seeds."""
    arms = summed["arms"]
    heads = [f"{NAMES[arm]}: {what}" for arm in arms for what in ("best-of-N", "F1")]
    lines = [["round", "labels", *heads], ["--:"] * (2 + len(heads))]
    for at in zip(*(found["curve"] for found in arms.values()), strict=False):
        cells = [_cell(point[measure]) for point in at for measure in MEASURES]
        lines.append([str(at[0]["round"] + 1), f"{at[0]['labels']:.0f}", *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(found: Mapping[str, float]) -> str:
    mean = f"{100 * found['mean']:.1f}"
    return f"{mean} ({100 * found['low']:.1f} to {100 * found['high']:.1f})" if "low" in found else mean


def falls(summed: Mapping[str, Any]) -> str:
    """One line an arm: how far it ever fell, in the mean and in a single run, and in how many rounds it collapsed."""
    heads = [
        "arm",
        "seeds",
        "largest fall of the mean",
        "rounds collapsed, mean",
        "largest of one run",
        "runs' rounds collapsed",
    ]
    lines = [heads, ["--"] + ["--:"] * (len(heads) - 1)]
    for arm, found in summed["arms"].items():
        singly, largest = found["single_runs"], found["largest_fall"]
        told = f"{_spelled(largest, 'fall')}, round {largest['round'] + 1}" if largest else NOTHING
        collapsed = f"{len(found['collapsed_rounds'])} of {len(found['curve']) - 1}"
        counts = f"{singly['collapsed']} of {singly['rounds']}"
        lines.append([NAMES[arm], str(len(found["seeds"])), told, collapsed, _points(singly["largest_fall"]), counts])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def ends(summed: Mapping[str, Any]) -> str:
    """One line an arm: what all its rounds gained, how far it ends behind the product's, and whom it still passes."""
    heads = [
        "arm",
        "gain in best-of-N",
        "gain in F1",
        f"behind {NAMES['from_base']}",
        "solutions without a mistake passed",
    ]
    lines = [heads, ["--"] + ["--:"] * (len(heads) - 1)]
    for arm, found in summed["arms"].items():
        gains = [_spelled(found["gain"][measure], "mean") for measure in MEASURES]
        behind = _spelled(found["behind"], "mean") if found["behind"] and arm != "from_base" else NOTHING
        lines.append(
            [NAMES[arm], *gains, behind, f"{_points(found['passed'][0])}, then {_points(found['passed'][-1])}"]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _spelled(found: Mapping[str, Any], figure: str) -> str:
    """In points, with the interval where there is one."""
    known = found.get("low") is not None
    bounds = f" ({_points(found['low'])} to {_points(found['high'])})" if known else ""
    return f"{_points(found[figure])}{bounds}"


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


def write(folder: Path, summed: Mapping[str, Any], n: int, command: str) -> None:
    """`stability.md` and its plot in the folder; what stands above the mark in the page is kept."""
    made = f"Made by `{command}`."
    parts = [made, "![By round](stability.svg)", HOW_TO_READ, falls(summed), ENDS, ends(summed), table(summed)]
    page.write(folder / "stability.md", "# Stability", MARK, parts, {"stability.svg": plot(summed, n)})
