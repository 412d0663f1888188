"""Charts as SVG text: small multiples and interval plots, with axes, units, bands and direct labels.

Drawn by matplotlib. The colours hold in the common colour-blindnesses (Okabe and Ito, 2008), and the same figures give
the same text, so that a report that is made again changes only where its figures do.
"""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Tone = Literal["first", "second", "third", "quiet"]
COLOURS: dict[Tone, str] = {"first": "#0072b2", "second": "#b84c00", "third": "#00795a", "quiet": "#6b7280"}
SOFT, GRID = "#5b6672", "#e3e7eb"
STYLE: dict[Any, Any] = {  # matplotlib spells its keys out as one type
    "svg.fonttype": "none",  # text stays text: to search, and for screen readers
    "svg.hashsalt": "labelhub",  # the same ids in every run
    "text.parse_math": False,  # a dollar in a name is a dollar
    "font.size": 9,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False, "axes.edgecolor": GRID,
    "axes.titlesize": 10, "axes.titleweight": "bold", "axes.titlelocation": "left", "axes.titlepad": 10,
    "axes.labelcolor": SOFT, "xtick.color": SOFT, "ytick.color": SOFT, "grid.color": GRID,
    "xtick.major.size": 0, "ytick.major.size": 0,
}  # fmt: skip
PANEL = (3.6, 3.0)  # inches
LABEL = 0.07  # least distance of two labels, of a panel's height


@dataclass(frozen=True, slots=True)
class Point:
    """A figure, with its interval where it has one; `size` scales a dot's area, 1 being the usual."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Series:
    """Points joined by a line with a band, or dots with bars. A series with a `name` is labelled at its last point."""

    name: str
    points: Sequence[Point]
    tone: Tone
    dots: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """Title with its unit, the range, and the ticks with their labels; `log` in powers of two."""

    title: str
    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    log: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    name: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an interval plot."""

    name: str
    value: float
    low: float
    high: float
    note: str


def percent_axis(title: str, low: float = 0.0, high: float = 1.0) -> Axis:
    """Shares in percent, from the 20 below `low` to the 20 above `high`."""
    first, last = math.floor(low * 5 + 1e-9), math.ceil(high * 5 - 1e-9)
    ticks = [(tick / 5, f"{20 * tick}") for tick in range(first, max(last, first + 1) + 1)]
    return Axis(title, ticks[0][0], ticks[-1][0], ticks)


def small_multiples(title: str, panels: Sequence[Panel], x: Axis, y: Axis, columns: int = 3) -> str:
    """One panel each on the same axes."""
    with matplotlib.rc_context(STYLE):
        columns = min(columns, len(panels))
        lines = math.ceil(len(panels) / columns)
        figure = Figure((PANEL[0] * columns, 0.4 + PANEL[1] * lines), layout="constrained")
        for at, panel in enumerate(panels, start=1):
            _panel(figure.add_subplot(lines, columns, at), panel, x, y)
        return _svg(figure, title)


def interval_plot(title: str, rows: Sequence[Row], x: Axis, rules: Sequence[tuple[float, str]] = ()) -> str:
    """Each row's figure as a dot on its interval, written out at the right; `rules` are labelled upright lines."""
    with matplotlib.rc_context(STYLE):
        figure = Figure((9, 1 + 0.3 * len(rows)), layout="constrained")
        axes = figure.subplots()
        _across(axes, x)
        axes.grid(axis="x")
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [row.name for row in rows])
        notes = axes.secondary_yaxis("right")
        notes.set_yticks(range(len(rows)), [row.note for row in rows])
        notes.spines["right"].set_visible(False)
        for value, label in rules:
            axes.axvline(value, color=SOFT, linestyle=":", linewidth=1)
            axes.annotate(label, (value, 1.01), xycoords=("data", "axes fraction"), color=SOFT, ha="center")
        for at, row in enumerate(rows):
            axes.plot([row.low, row.high], [at, at], color=COLOURS["first"])
            axes.plot([row.value], [at], "o", color=COLOURS["first"])
        return _svg(figure, title)


def _panel(axes: Axes, panel: Panel, x: Axis, y: Axis) -> None:
    axes.set_title(panel.name)
    _across(axes, x)
    axes.set_ylabel(y.title)
    axes.set_ylim(y.low, y.high)
    axes.set_yticks([value for value, _ in y.ticks], [label for _, label in y.ticks])
    axes.grid(axis="y")
    for series in panel.series:
        _dots(axes, series) if series.dots else _line(axes, series)
    _labels(axes, panel.series, y)


def _across(axes: Axes, x: Axis) -> None:
    if x.log:
        axes.set_xscale("log", base=2)
    axes.minorticks_off()
    axes.set_xlim(x.low, x.high)
    axes.set_xticks([value for value, _ in x.ticks], [label for _, label in x.ticks])
    axes.set_xlabel(x.title)


def _line(axes: Axes, series: Series) -> None:
    colour, points = COLOURS[series.tone], series.points
    style = "--" if series.dashed else "-"
    axes.plot([p.x for p in points], [p.y for p in points], style, color=colour)
    if known := _intervals(points):
        xs, lows, highs = zip(*known, strict=True)
        axes.fill_between(xs, lows, highs, color=colour, alpha=0.16, linewidth=0)


def _dots(axes: Axes, series: Series) -> None:
    colour, points = COLOURS[series.tone], series.points
    for x, low, high in _intervals(points):
        axes.vlines(x, low, high, color=colour, linewidth=1.25)
    sizes = [max(5.0, 25 * p.size) for p in points]
    axes.scatter([p.x for p in points], [p.y for p in points], s=sizes, color=colour, zorder=3, clip_on=False)


def _intervals(points: Sequence[Point]) -> list[tuple[float, float, float]]:
    return [(p.x, p.low, p.high) for p in points if p.low is not None and p.high is not None]


def _labels(axes: Axes, series: Sequence[Series], y: Axis) -> None:
    """Beside the last points, from the top down, pushed apart where they would lie on each other."""
    above = math.inf
    for one in sorted((one for one in series if one.name and one.points), key=lambda one: -one.points[-1].y):
        level = (one.points[-1].y - y.low) / ((y.high - y.low) or 1)
        above = min(level, above - LABEL)
        axes.annotate(one.name, (1.02, above), xycoords="axes fraction", color=COLOURS[one.tone], va="center")


def _svg(figure: Figure, title: str) -> str:
    figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", metadata={"Title": title, "Date": None})
    svg = drawn.getvalue()
    return "\n".join(line.rstrip() for line in svg[svg.index("<svg") :].splitlines()) + "\n"
