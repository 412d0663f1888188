"""The study's page: tables in Markdown and the two plots, after the paper's figures 4a and 4b."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from studies import page, plots
from studies.active_learning import efficiency, findings
from studies.active_learning.cells import CLEAN, REAL, REAL_PARTS, TARGETS, Cell, Size
from studies.active_learning.efficiency import Spread
from studies.active_learning.findings import UNIFORM, of_cell
from studies.active_learning.run import Result
from studies.plots import Axis, Panel, Point, Series, Tone
from studies.tables import MINUS, NOTHING, picture, signed, table

NAME = "study.md"
MARK = "<!-- What follows is written by `python -m selector simulate --report`; what stands above is kept. -->"
CORNER = """\
{seeds} seeds, each with a pool of its own: {problems} problems of {samples} solutions, and {test} others of
{test_samples} to test on. Best-of-{test_samples} in percent, the mean over seeds with its 95% interval (seeds drawn
anew); one sample is right in {pass_rate}% of cases, the majority of {test_samples} in {majority}%."""
RATIOS = """\
Uniform's annotated steps (passes) over the arm's to reach best-of-{test_samples} of {targets}, the geometric mean over
the targets; the median over seeds, with its 95% interval from drawing whole seeds anew, each arm with its own seed's
uniform. *Slope* is the ratio of the slopes of the lines of best fit over the budgets that both have, the paper's own
measure. *Bounds* counts the seeds in which one of the two never reached a target and stands with its largest budget
(>: the true ratio is higher, <: lower)."""
GRID = """\
The product's method and ActPRM's against uniform where labels are worse than that. Targets:
{targets}.
*Lead* is the arm's best-of-N minus uniform's for as many annotated steps, in points, at 4 and at {most} labelled
solutions per problem; below zero it loses."""
FORMS = """\
The three forms of supervision on the same uniform solutions: each step up to the first mistake, whether the oracle
finds any mistake, whether the final answer is right. An outcome teaches the product of a solution's
steps; the plot calls it by its judge, oracle or answer."""
REAL_STUDY = """\
bon32_gsm8k: {problems} problems of {samples} samples. A step is wrong where qwen_prm's P(correct) is below 0.8, and
labels end at the first such step; the final answer's grade is the source's. Cross-validated by problem in {parts}
parts, {seeds} times with other parts; the intervals tell how these draws differ, not how other problems would, for
these are always the same. The step model reads hashed words and pairs of words and the step's place. One sample is
right in {pass_rate}% of cases, the majority of {samples} in {majority}%."""


def write(folder: Path, results: Sequence[Result], real: Sequence[Result], size: Size, command: str) -> str:
    """`study.md` and its plots, over what is there but for words above the mark; returns the clean corner's table.

    Raises CommandError where they cannot be written.
    """
    files: dict[str, str] = {}
    sections = [*clean(results, size, files), *forms(results, files), *grid(results, size), *on_real(real, files)]
    page.write(folder / NAME, "# The study", MARK, [f"Made by `{command}`.", *sections], files)
    return ratios(of_cell(results, CLEAN), TARGETS[CLEAN.slips])


def clean(results: Sequence[Result], size: Size, files: dict[str, str]) -> Iterator[str]:
    of, targets = of_cell(results, CLEAN), TARGETS[CLEAN.slips]
    yield "## The clean corner"
    yield CORNER.format(
        seeds=len(of),
        problems=size.problems,
        samples=size.samples,
        test=size.test_problems,
        test_samples=size.test_samples,
        pass_rate=_percent([one["pass_rate"] for one in of]),
        majority=_percent([one["majority"] for one in of]),
    )
    files["study/labels.svg"] = plots.small_multiples(
        f"Best-of-{size.test_samples} by annotated steps", _panels(of), _steps_axis(of), _accuracy_axis(of), columns=2
    )
    yield picture("study/labels.svg", "For each arm beside uniform, best-of-N by annotated steps")
    yield table(
        ["labelled solutions per problem", *map(str, size.budgets)],
        [[arm, *_padded([_share(spread) for spread in findings.accuracy(of, arm)], size)] for arm in of[0]["arms"]],
    )
    monotone = findings.is_monotone(findings.accuracy(of, UNIFORM))
    yield f"Uniform's curve {'is' if monotone else 'is not'} monotone within its interval."
    yield RATIOS.format(test_samples=size.test_samples, targets=_targets(targets))
    yield ratios(of, targets)


def ratios(results: Sequence[Result], targets: Sequence[float]) -> str:
    """Every arm's data efficiency as a table."""
    lines = []
    for arm in results[0]["arms"]:
        steps, passes = (findings.data_efficiency(results, arm, cost, targets) for cost in ("steps", "passes"))
        each = [findings.data_efficiency(results, arm, "steps", [target]) for target in targets]
        lines.append([arm, *map(_times, [steps, passes, *each, findings.slope_ratio(results, arm)]), _bounds(steps)])
    return table(["arm", "steps", "passes", *(f"steps at {100 * t:g}%" for t in targets), "slope", "bounds"], lines)


def forms(results: Sequence[Result], files: dict[str, str]) -> Iterator[str]:
    of = of_cell(results, CLEAN)
    names: tuple[Tone, ...] = ("first", "second", "third")
    series = [
        Series(
            form.rpartition(" ")[2],
            [_point(int(n), [one["forms"][form]["by_n"][n] for one in of]) for n in by["by_n"]],
            tone,
        )
        for (form, by), tone in zip(of[0]["forms"].items(), names, strict=True)
    ]
    ns = [int(n) for n in of[0]["forms"]["process"]["by_n"]]
    largest = of[0]["forms"]["process"]["points"][-1]["passes"]
    low = min(point.low or point.y for one in series for point in one.points)
    x = Axis("N attempts, log scale", ns[0], ns[-1], [(n, str(n)) for n in ns], log=True)
    yield "## Three forms of supervision"
    yield FORMS
    files["study/forms.svg"] = plots.small_multiples(
        "Best-of-N by form of supervision",
        [Panel(f"{largest:,} labelled solutions", series)],
        x,
        plots.percent_axis("problems solved, %", low),
    )
    yield picture("study/forms.svg", "For each form of supervision, best-of-N by N at the largest budget")
    passes = [str(point["passes"]) for point in of[0]["forms"]["process"]["points"]]
    yield table(
        ["labelled solutions", *passes],
        [
            [form, *(_share(efficiency.mean(each)) for each in zip(*_accuracies(of, form), strict=True))]
            for form in of[0]["forms"]
        ],
    )


def _accuracies(results: Sequence[Result], form: str) -> list[list[float]]:
    return [[point["accuracy"] for point in one["forms"][form]["points"]] for one in results]


def grid(results: Sequence[Result], size: Size) -> Iterator[str]:
    cells = list(dict.fromkeys(Cell(**one["cell"]) for one in results))
    arms = [arm for arm in of_cell(results, cells[-1])[0]["arms"] if arm != UNIFORM]
    told = "; ".join(f"{_targets(each)} with {100 * slips:g}% slips" for slips, each in TARGETS.items())
    yield "## Where it loses"
    last = size.arm_budgets - 1
    most = size.budgets[last]
    yield GRID.format(targets=told, most=most)
    lines = []
    for cell in cells:
        of = of_cell(results, cell)
        shares = [f"{100 * share:g}%" for share in (cell.slips, cell.noise, cell.false_negatives)]
        best = [_percent([one["majority"] for one in of]), _share(findings.accuracy(of, UNIFORM)[last])]
        for arm in arms:
            ratio = findings.data_efficiency(of, arm, "steps", TARGETS[cell.slips])
            leads = [findings.lead(of, arm, at) for at in (2, last)]
            lines.append([*shares, str(len(of)), arm, *best, _times(ratio), _bounds(ratio), *map(_points, leads)])
    head = ["slips", "overlooked", "right called wrong", "seeds", "arm", "majority", f"uniform at {most}"]
    yield table([*head, "steps", "bounds", "lead at 4", f"lead at {most}"], lines)


def on_real(results: Sequence[Result], files: dict[str, str]) -> Iterator[str]:
    if not results:
        return
    arms, samples = list(results[0]["arms"]), results[0]["samples"]
    yield "## On real solutions"
    yield REAL_STUDY.format(
        seeds=len(results),
        parts=REAL_PARTS,
        problems=results[0]["problems"],
        samples=samples,
        pass_rate=_percent([one["pass_rate"] for one in results]),
        majority=_percent([one["majority"] for one in results]),
    )
    files["study/real.svg"] = plots.small_multiples(
        f"Best-of-{samples} by annotated steps",
        _panels(results),
        _steps_axis(results),
        _accuracy_axis(results),
        columns=2,
    )
    yield picture("study/real.svg", "On real solutions, best-of-N by annotated steps for each arm beside uniform")
    budgets = REAL.budgets
    yield table(
        ["labelled solutions per problem", *map(str, budgets)],
        [[arm, *_padded([_share(spread) for spread in findings.accuracy(results, arm)], REAL)] for arm in arms],
    )
    yield "Minus uniform for as many annotated steps, in points, and the ratio of slopes:"
    places = range(1, REAL.arm_budgets)
    yield table(
        ["arm", *(f"at {budgets[at]}" for at in places), "slope"],
        [
            [
                arm,
                *(_points(findings.lead(results, arm, at)) for at in places),
                _times(findings.slope_ratio(results, arm)),
            ]
            for arm in arms[1:]
        ],
    )


def _panels(results: Sequence[Result]) -> list[Panel]:
    """Each rule beside uniform, with retraining and, where there is that, in one shot."""
    arms = results[0]["arms"]
    rules = list(dict.fromkeys(arm.rpartition(", ")[0] for arm in arms if arm != UNIFORM))
    modes: tuple[tuple[str, Tone], ...] = (("one shot", "second"), ("retrained", "first"))
    uniform = _series(results, UNIFORM, "uniform", "quiet")
    return [
        Panel(
            rule,
            [
                uniform,
                *(_series(results, f"{rule}, {mode}", mode, tone) for mode, tone in modes if f"{rule}, {mode}" in arms),
            ],
        )
        for rule in rules
    ]


def _series(results: Sequence[Result], arm: str, name: str, tone: Tone) -> Series:
    points = zip(*(one["arms"][arm] for one in results), strict=True)
    return Series(
        name,
        [_point(sum(each["steps"] for each in of) / len(of), [each["accuracy"] for each in of]) for of in points],
        tone,
    )


def _point(x: float, values: Sequence[float]) -> Point:
    spread = efficiency.mean(values)
    assert spread is not None  # there is at least one seed
    return Point(x, spread.value, spread.low, spread.high)


def _steps_axis(results: Sequence[Result]) -> Axis:
    steps = [point["steps"] for one in results for points in one["arms"].values() for point in points]
    ticks = [(float(100 * 4**power), f"{100 * 4**power:,}") for power in range(8)]
    low, high = min(steps), max(steps)
    return Axis("annotated steps, log scale", low, high, [tick for tick in ticks if low <= tick[0] <= high], log=True)


def _accuracy_axis(results: Sequence[Result]) -> Axis:
    lowest = min(point["accuracy"] for one in results for points in one["arms"].values() for point in points)
    return plots.percent_axis("problems solved, %", lowest)


def _padded(cells: list[str], size: Size) -> list[str]:
    return cells + [NOTHING] * (len(size.budgets) - len(cells))


def _targets(targets: Sequence[float]) -> str:
    return ", ".join(f"{100 * target:g}%" for target in targets)


def _percent(values: Sequence[float]) -> str:
    return f"{100 * sum(values) / len(values):.1f}"


def _spelled(spread: Spread | None, spell: Callable[[float], str]) -> str:
    return f"{spell(spread.value)} [{spell(spread.low)}, {spell(spread.high)}]" if spread else NOTHING


def _share(spread: Spread | None) -> str:
    return _spelled(spread, lambda value: f"{100 * value:.1f}")


def _times(spread: Spread | None) -> str:
    return _spelled(spread, lambda value: f"{value:.2f}".replace("-", MINUS))


def _points(spread: Spread | None) -> str:
    return _spelled(spread, signed)


def _bounds(spread: Spread | None) -> str:
    if spread is None:
        return NOTHING
    told = [f"{sign} {count}" for sign, count in ((">", spread.at_least), ("<", spread.at_most)) if count]
    return ", ".join(told) or "none"
