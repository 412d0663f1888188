"""Steps and what they say: the first mistake, calibration, where a solution is weakest."""

from collections.abc import Iterator, Sequence

from selector.evaluation.calibration import BINS
from selector.evaluation.first_error import Source
from selector.evaluation.judged import Row
from studies import plots
from studies.plots import Panel, Point, Series
from studies.tables import chosen, figure, percent, picture, table

FIRST_ERROR = """\
A model names the first step whose P(correct) is below its threshold. F1 is ProcessBench's: the harmonic mean of the
share of erroneous solutions whose first mistake is named exactly, and of correct ones in which none is named. Step AUC
tells correct steps from wrong ones at no threshold; in brackets that of knowing a step's place alone."""
LEFT_OUT = """\
Left out: {unknown:,} rated {solutions} whose first mistake is unknown: a step before any -1 is not rated, or the
ratings end before the steps do."""
STEPS = """\
Of rated steps, in {bins} equally wide bins of predicted P(correct). ECE is the mean distance of what was predicted from
what came true, weighted by steps. The baseline knows nothing but a step's place, and is fitted to these very steps."""
SOLUTIONS = """\
A solution's score read as the probability that its answer is right, in {bins} equally wide bins. It claims more, that
every step is correct, so that a perfectly calibrated PRM may lie above the diagonal."""
WEAKEST = """\
The share of solutions whose last step alone has the lowest P(correct). A high share says that a model judges answers
rather than steps (arXiv 2501.07301)."""


def first_error(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    found = [row for row in chosen(rows, "first_error") if row["f1"] is not None]
    if not found:
        return
    yield f"## The first mistake ({found[0]['problems']} problems)"
    yield FIRST_ERROR
    of_all = [row for row in found if row["of"] == "all"]
    files["first-error.svg"] = plots.interval_plot(
        "First-error F1",
        [
            plots.Row(one["model"], one["f1"], low, high, figure(one["f1"], (low, high)))
            for one in of_all
            for low, high in [one["intervals"]["f1"]]
        ],
        plots.percent_axis("F1, %"),
    )
    yield picture("first-error.svg", "Each model's first-error F1 with its interval")
    if unknown := found[0]["n_unknown"]:
        yield LEFT_OUT.format(unknown=unknown, solutions="solution" if unknown == 1 else "solutions")
    yield table(
        ["model", "set", "F1", "step AUC", "erroneous", "correct", "threshold", "solutions", "problems"],
        [
            [
                one["model"],
                one.get("set", "*all*"),
                figure(one["f1"], one["intervals"]["f1"]),
                f"{percent(one['auc'])} ({percent(one['position_only_auc'])})",
                *(figure(one[key], one["intervals"][key]) for key in ("erroneous", "correct")),
                f"{one['threshold']:.3f} ({Source(one['threshold_from']).words})",
                f"{one['n_erroneous']} + {one['n_correct']}",
                str(one["problems"]),
            ]
            for one in found
        ],
    )


def of_steps(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    found = [row for row in chosen(rows, "calibration") if row["n"]]
    if not found:
        return
    yield f"## Calibration of steps ({found[0]['problems']} problems)"
    yield STEPS.format(bins=BINS)
    files["calibration-steps.svg"] = _reliability("Steps: predicted and true", found, "steps correct, %")
    yield picture("calibration-steps.svg", "For each model, the share of correct steps by predicted P(correct)")
    yield table(
        ["model", "ECE", "AUC", "position only", "steps", "problems"],
        [
            [
                one["model"],
                figure(one["ece"], (one["ece_low"], one["ece_high"])),
                percent(one["auc"]),
                percent(one["position_only_auc"]),
                f"{one['n']:,}",
                str(one["problems"]),
            ]
            for one in found
        ],
    )


def of_solutions(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    found = [row["solutions"] | {"model": row["model"]} for row in chosen(rows, "calibration") if row["solutions"]]
    found = [one for one in found if one["n"]]
    if not found:
        return
    yield f"## Calibration of solutions ({found[0]['problems']} problems)"
    yield SOLUTIONS.format(bins=BINS)
    files["calibration-solutions.svg"] = _reliability("Solutions: predicted and true", found, "answers right, %")
    yield picture("calibration-solutions.svg", "For each model, the share of right answers by predicted score")
    yield table(
        ["model", "ECE", "solutions", "problems"],
        [
            [
                one["model"],
                figure(one["ece"], (one["ece_low"], one["ece_high"])),
                f"{one['n']:,}",
                str(one["problems"]),
            ]
            for one in found
        ],
    )


def _reliability(title: str, found: Sequence[Row], truth: str) -> str:
    """Dots by bin, their area by how much is in them, beside the diagonal of perfect calibration."""
    panels = []
    for one in found:
        bins = [row for row in one["bins"] if row["n"]]
        most = max(row["n"] for row in bins)
        dots = [
            Point(row["predicted"], row["correct"], row["correct_low"], row["correct_high"], 3 * row["n"] / most)
            for row in bins
        ]
        diagonal = Series("", [Point(0, 0), Point(1, 1)], "quiet", dashed=True)
        panels.append(
            Panel(f"{one['model']}   ECE {percent(one['ece'])}", [diagonal, Series("", dots, "first", dots=True)])
        )
    return plots.small_multiples(title, panels, plots.percent_axis("predicted, %"), plots.percent_axis(truth))


def weakest(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    found = [
        row["minimum_at_last"] | {"model": row["model"]}
        for row in chosen(rows, "calibration")
        if row["minimum_at_last"]
    ]
    if not found:
        return
    yield f"## The weakest step is the last ({found[0]['problems']} problems)"
    yield WEAKEST
    files["minimum-at-last.svg"] = plots.interval_plot(
        "Solutions whose last step has the lowest P(correct)",
        [
            plots.Row(
                one["model"], one["share"], one["low"], one["high"], figure(one["share"], (one["low"], one["high"]))
            )
            for one in found
        ],
        plots.percent_axis("solutions, %", 0, max(one["high"] for one in found)),
    )
    yield picture("minimum-at-last.svg", "Each model's share with its interval")
    yield table(
        ["model", "share", "solutions", "problems"],
        [
            [one["model"], figure(one["share"], (one["low"], one["high"])), f"{one['n']:,}", str(one["problems"])]
            for one in found
        ],
    )
