"""Each model against the champion, paired."""

import math
from collections.abc import Iterator, Sequence

from selector.evaluation.judged import Row
from studies import plots
from studies.plots import Axis
from studies.tables import MINUS, NOTHING, chosen, difference, picture, signed, table

AGAINST = """\
Each model minus {champion}, on the same problems, both drawn together. *Not worse*: the interval stays above minus
{margin} points (non-inferiority, a one-sided test at 2.5%; ICH E9, section 3.3.2). *Detectable* is the smallest true
difference that this set shows four times out of five (2.8 standard errors: power 0.8 at a two-sided 5%); the last
column is how many problems would detect the margin itself."""


def against(rows: Sequence[Row], files: dict[str, str]) -> Iterator[str]:
    for measure, name in (("best_of_n", "best-of-N"), ("first_error", "first-error F1")):
        compared = [row for row in chosen(rows, "comparison") if row["measure"] == measure]
        if compared:
            yield from _compared(compared, measure, name, files)


def _compared(compared: Sequence[Row], measure: str, name: str, files: dict[str, str]) -> Iterator[str]:
    champion, margin = compared[0]["champion"], compared[0]["margin"]
    file = f"{measure.replace('_', '-')}-against.svg"
    at = f", N = {compared[0]['n']}" if "n" in compared[0] else ""
    yield f"## Against {champion}: {name}{at} ({compared[0]['problems']} problems)"
    yield AGAINST.format(champion=champion, margin=f"{100 * margin:g}")
    low, high = min(one["low"] for one in compared), max(one["high"] for one in compared)
    ticks = [tick / 10 for tick in range(math.floor(10 * min(low, -margin)), math.ceil(10 * max(high, 0)) + 1)]
    axis = Axis("difference, points", ticks[0], ticks[-1], [(tick, signed(tick, 0)) for tick in ticks])
    files[file] = plots.interval_plot(
        f"{name[0].upper()}{name[1:]} minus that of {champion}",
        [plots.Row(one["model"], one["difference"], one["low"], one["high"], difference(one)) for one in compared],
        axis,
        [(0.0, ""), (-margin, f"margin {MINUS}{100 * margin:g}")],
    )
    yield picture(file, f"Each model's difference from {champion} with its interval")
    yield table(
        ["model", "difference, points", "verdict", "detectable, points", "problems to detect the margin"],
        [
            [
                one["model"],
                difference(one),
                one["verdict"].replace("_", " "),
                f"{100 * one['detectable']:.1f}",
                f"{one['problems_to_detect_margin']:,}" if one["problems_to_detect_margin"] else NOTHING,
            ]
            for one in compared
        ],
    )
