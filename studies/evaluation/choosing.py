"""Which of N attempts: the curves, by difficulty, by named set."""

import math
from collections.abc import Iterator, Sequence

from selector.evaluation.judged import Row
from studies import plots
from studies.plots import Axis, Panel, Point, Series
from studies.tables import chosen, exact, figure, grouped, percent, picture, share, span, table, trial

BEST_OF_N = """\
N attempts of each problem are drawn without replacement from all of them (a problem with fewer is padded with missing
ones), those without an answer dropped, one chosen: the best-scored (*best-of-N*), the answer most of them give
(*majority*), or the answer with the largest sum of scores (*weighted vote*). The *oracle* finds a right attempt where
there is one. No choice is wrong, and all problems count. This is what openai/prm800k's eval.py does. Best-of-N and the
oracle are exact expectations over all subsets, equal scores sharing evenly; the votes are means of {trials} trials.
*Of trials* is best-of-N as published, the mean of {trials} trials, with equal scores ranked once, by a hash."""
DIFFICULTY = """\
The problems in fifths by the generator's pass rate over all attempts, the easiest first (paper, appendix G)."""
SETS = """\
Each set is padded to its own largest number of attempts; *all* counts every problem once, whichever set it is of."""
REFERENCES = {"majority_vote": "majority", "oracle": "oracle"}


def best_of_n(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    points = chosen(rows, "best_of_n", of="all")
    if not points:
        return
    full = [point for point in points if point["n"] == points[-1]["n"]]
    yield f"## Best of N ({full[0]['problems']} problems)"
    yield BEST_OF_N.format(trials=full[0]["trials"])
    panels = [Panel(model, _curves(of_model)) for model, of_model in grouped(points).items()]
    shares = [share for point in points for share in (exact(point), point["exact"]["oracle"])]
    y = plots.percent_axis("problems solved, %", min(shares), max(shares))
    files["best-of-n.svg"] = plots.small_multiples("Problems solved by N attempts", panels, _n_axis(points), y)
    yield picture("best-of-n.svg", "For each model, the share of problems solved by number of attempts")
    yield f"At N = {full[0]['n']}:"
    yield table(
        ["model", "best-of-N", "of trials", "weighted vote", "majority", "oracle", "problems"],
        [
            [one["model"], figure(exact(one), span(one, "best_of_n")), percent(one["best_of_n"]["mean"])]
            + [share(one, choice) for choice in ("weighted_vote", "majority_vote", "oracle")]
            + [str(one["problems"])]
            for one in full
        ],
    )
    yield "By N, ± the standard deviation of one trial (at the full N nothing is left to chance):"
    ns = sorted({point["n"] for point in points})
    yield table(
        ["model", *(f"N = {n}" for n in ns)],
        [[model, *(trial(one, "best_of_n") for one in of)] for model, of in grouped(points).items()]
        + [[f"*{name}*", *(trial(one, choice) for one in points[: len(ns)])] for choice, name in REFERENCES.items()],
    )


def _curves(points: Sequence[Row]) -> list[Series]:
    def line(name: str, choice: str) -> list[Point]:
        spans = [span(one, choice) or (None, None) for one in points]
        means = [one["exact"].get(choice, one[choice]["mean"]) for one in points]
        is_model = choice == "best_of_n"  # bands of all would hide each other
        return [
            Point(one["n"], mean, *(span if is_model else ()))
            for one, mean, span in zip(points, means, spans, strict=True)
        ]

    curves = [
        Series("oracle", line("oracle", "oracle"), "quiet", dashed=True),
        Series("majority", line("majority", "majority_vote"), "quiet"),
        Series("best-of-N", line("best-of-N", "best_of_n"), "first"),
    ]
    if "weighted_vote" in points[0]:
        curves.insert(2, Series("weighted vote", line("weighted vote", "weighted_vote"), "second", dashed=True))
    return curves


def _n_axis(points: Sequence[Row]) -> Axis:
    ns = sorted({point["n"] for point in points})
    apart = math.log2(ns[-1] / ns[0]) / 6
    ticks = [ns[-1]]
    for n in reversed(ns):
        if math.log2(ticks[-1] / n) >= apart > 0:
            ticks.append(n)
    return Axis("N attempts, log scale", ns[0], ns[-1], [(n, str(n)) for n in ticks], log=True)


def difficulty(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    points = chosen(rows, "best_of_n", of="quintile")
    if not points:
        return
    points = [point for point in points if point["n"] == points[-1]["n"]]
    by_model = grouped(points)
    parts = next(iter(by_model.values()))
    yield f"## By difficulty (N = {points[0]['n']})"
    yield DIFFICULTY
    panels = [Panel(model, _parts(of_model)) for model, of_model in by_model.items()]
    x = Axis(
        "fifth of problems, easiest first", 0.6, 5.4, [(part["quintile"], str(part["quintile"])) for part in parts]
    )
    y = plots.percent_axis("problems solved, %")
    files["difficulty.svg"] = plots.small_multiples("Problems solved by difficulty", panels, x, y)
    yield picture("difficulty.svg", "For each model, the share of problems solved in each fifth by pass rate")
    spans = [f"{100 * low:.0f} to {100 * high:.0f}" for low, high in (part["pass_rate"] for part in parts)]
    yield table(
        ["model", *(f"{part['quintile']} (pass rate {span}%)" for part, span in zip(parts, spans, strict=True))],
        [[model, *(share(one, "best_of_n") for one in of)] for model, of in by_model.items()]
        + [[f"*{name}*", *(share(one, choice) for one in parts)] for choice, name in REFERENCES.items()]
        + [["problems", *(str(one["problems"]) for one in parts)]],
    )


def _parts(points: Sequence[Row]) -> list[Series]:
    def line(choice: str, aside: float) -> list[Point]:
        return [
            Point(one["quintile"] + aside, one["exact"].get(choice, one[choice]["mean"]), *(span(one, choice) or ()))
            for one in points
        ]

    return [
        Series("majority", line("majority_vote", 0.1), "quiet", dots=True),
        Series("best-of-N", line("best_of_n", -0.1), "first", dots=True),
    ]


def sets(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    points = chosen(rows, "best_of_n", of="set")
    if not points:
        return
    most = points[-1]["n"]
    whole = [point for point in chosen(rows, "best_of_n", of="all") if point["n"] == most]
    points = [point for point in points if point["n"] == most]
    by_model = grouped(points)
    first = next(iter(by_model.values()))
    yield f"## By set (best of {most})"
    yield SETS
    lines = [
        [
            one["set"],
            *(share(of[at], "best_of_n") for of in by_model.values()),
            share(one, "majority_vote"),
            str(one["problems"]),
        ]
        for at, one in enumerate(first)
    ]
    total = [*(share(one, "best_of_n") for one in whole), share(whole[0], "majority_vote")]
    yield table(["set", *by_model, "majority", "problems"], [*lines, ["*all*", *total, str(whole[0]["problems"])]])
