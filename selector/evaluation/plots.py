"""Charts as SVG text: small multiples and interval plots, with axes, units, bands and direct labels.

Written out by hand: a report needs these two charts only, and a plotting library would be the heaviest thing that
evaluating asks for. The colours hold in the common colour-blindnesses (Okabe and Ito, 2008) and turn with the reader's
light or dark theme.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

Tone = Literal["first", "second", "third", "quiet"]
LEFT, RIGHT, TOP, BOTTOM = 46, 100, 58, 52  # of a panel, for its labels
PANEL = (330, 280)
LINE = 15  # least distance of two labels
STYLE = """
svg { --surface: #ffffff; --ink: #1f2933; --soft: #5b6672; --grid: #e3e7eb;
  --first: #0072b2; --second: #b84c00; --third: #00795a; --quiet: #6b7280; background: var(--surface); }
@media (prefers-color-scheme: dark) { svg { --surface: #14181d; --ink: #e8ecf0; --soft: #a5b0bb; --grid: #2b323a;
  --first: #56b4e9; --second: #f29c52; --third: #3ecfa0; --quiet: #9aa5b1; } }
text { font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
.title { font-size: 16px; font-weight: 600; } .name { font-size: 13px; font-weight: 600; }
.soft { fill: var(--soft); } .grid { stroke: var(--grid); } .end { text-anchor: end; } .middle { text-anchor: middle; }
.rule { stroke: var(--soft); stroke-dasharray: 2 3; }
path, line { fill: none; stroke-width: 2; stroke-linejoin: round; } .grid, .rule, .bar { stroke-width: 1.25; }
.dashed { stroke-dasharray: 6 4; } .band { stroke: none; opacity: .16; }
""" + "".join(
    f".{tone} {{ stroke: var(--{tone}); }} .{tone}-fill {{ fill: var(--{tone}); }}\n"
    for tone in ("first", "second", "third", "quiet")
)


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

    def place(self, value: float) -> float:
        """0 at the low end, 1 at the high end."""
        if self.log:
            value, low, high = math.log2(value), math.log2(self.low), math.log2(self.high)
        else:
            low, high = self.low, self.high
        return min(1.0, max(0.0, (value - low) / ((high - low) or 1)))


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
    columns = min(columns, len(panels))
    width, height = PANEL[0] * columns, 40 + PANEL[1] * math.ceil(len(panels) / columns)
    parts = [
        f'<g transform="translate({PANEL[0] * (at % columns)} {40 + PANEL[1] * (at // columns)})">'
        f"{''.join(_panel(panel, x, y))}</g>"
        for at, panel in enumerate(panels)
    ]
    return _svg(title, width, height, "".join(parts))


def interval_plot(title: str, rows: Sequence[Row], x: Axis, rules: Sequence[tuple[float, str]] = ()) -> str:
    """Each row's figure as a dot on its interval, written out at the right; `rules` are labelled upright lines."""
    left, right, top, line, width = 180, 190, 74, 30, 900
    bottom = top + line * len(rows)

    def across(value: float) -> float:
        return left + (width - left - right) * x.place(value)

    parts = [_line("grid", across(v), top - 8, across(v), bottom) for v, _ in x.ticks]
    parts += [_text(across(v), bottom + 18, label, "soft middle") for v, label in x.ticks]
    parts += [_text(left + (width - left - right) / 2, bottom + 38, x.title, "soft middle")]
    for value, label in rules:
        parts += [_line("rule", across(value), top - 8, across(value), bottom)]
        parts += [_text(across(value), top - 14, label, "soft middle")]
    for at, row in enumerate(rows):
        y = top + line * (at + 0.5)
        parts += [_text(left - 16, y + 4, row.name, "end"), _text(width - right + 16, y + 4, row.note, "soft")]
        parts += [_line("first", across(row.low), y, across(row.high), y)]
        parts += [f'<circle class="first-fill" cx="{across(row.value):.1f}" cy="{y:.1f}" r="5"/>']
    return _svg(title, width, bottom + 54, "".join(parts))


def _panel(panel: Panel, x: Axis, y: Axis) -> Iterator[str]:
    right = PANEL[0] - (RIGHT if any(series.name for series in panel.series) else 24)
    bottom = PANEL[1] - BOTTOM

    def across(value: float) -> float:
        return LEFT + (right - LEFT) * x.place(value)

    def up(value: float) -> float:
        return bottom - (bottom - TOP) * y.place(value)

    yield _text(LEFT, 20, panel.name, "name")
    yield _text(LEFT, 38, y.title, "soft")
    for value, label in y.ticks:
        yield _line("grid", LEFT, up(value), right, up(value)) + _text(LEFT - 8, up(value) + 4, label, "soft end")
    for value, label in x.ticks:
        yield _text(across(value), bottom + 18, label, "soft middle")
    yield _text((LEFT + right) / 2, bottom + 36, x.title, "soft middle")
    for series in panel.series:
        placed = [(across(p.x), up(p.y), p) for p in series.points]
        bounds = [
            (across(p.x), up(p.low), up(p.high)) for p in series.points if p.low is not None and p.high is not None
        ]
        yield _dots(series, placed, bounds) if series.dots else _drawn(series, placed, bounds)
    yield from _labels(panel.series, right, up)


def _drawn(series: Series, placed: list[tuple[float, float, Point]], bounds: list[tuple[float, float, float]]) -> str:
    path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y, _ in placed)
    edge = [f"{x:.1f} {high:.1f}" for x, _, high in bounds] + [f"{x:.1f} {low:.1f}" for x, low, _ in reversed(bounds)]
    band = f'<path class="band {series.tone}-fill" d="M{" L".join(edge)}Z"/>' if bounds else ""
    return f'{band}<path class="{series.tone}{" dashed" if series.dashed else ""}" d="{path}"/>'


def _dots(series: Series, placed: list[tuple[float, float, Point]], bounds: list[tuple[float, float, float]]) -> str:
    bars = "".join(_line(f"{series.tone} bar", x, low, x, high) for x, low, high in bounds)
    return bars + "".join(
        f'<circle class="{series.tone}-fill" cx="{x:.1f}" cy="{y:.1f}" r="{max(1.5, 4 * math.sqrt(point.size)):.1f}"/>'
        for x, y, point in placed
    )


def _labels(series: Sequence[Series], right: float, up: Callable[[float], float]) -> Iterator[str]:
    """Beside the last points, from the top down, pushed apart where they would lie on each other."""
    below = -math.inf
    for one in sorted((one for one in series if one.name and one.points), key=lambda one: -one.points[-1].y):
        below = max(up(one.points[-1].y), below + LINE)
        yield _text(right + 8, below + 4, one.name, f"{one.tone}-fill")


def _svg(title: str, width: float, height: float, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img"><title>{escape(title)}</title><style>{STYLE}</style>'
        f'<rect width="{width}" height="{height}" style="fill: var(--surface)"/>'
        f"{_text(16, 26, title, 'title')}{body}</svg>\n"
    )


def _line(classes: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{classes}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, words: str, classes: str = "") -> str:
    return f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'
