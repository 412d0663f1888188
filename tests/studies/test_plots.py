"""Charts: what they are told stands in them, and the same figures are the same picture."""

from itertools import pairwise
from xml.etree import ElementTree

from studies.plots import Axis, Panel, Point, Row, Series, interval_plot, percent_axis, small_multiples

N = Axis("attempts", 1, 4, [(1, "one"), (2, "two"), (4, "four")], log=True)
LINE = Series("best-of-N", [Point(1, 0.5, 0.4, 0.6), Point(4, 0.8, 0.7, 0.9)], "first")
DOTS = Series("few", [Point(2, 0.5, size=3)], "second", dots=True)


def words(svg: str) -> list[str]:
    """The texts of the drawing, in its order."""
    found = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(one.itertext()) for one in found]


def test_panels_hold_their_names_axes_and_labels() -> None:
    said = words(small_multiples("A <title>", [Panel("old", [LINE]), Panel("a $b$ c", [DOTS])], N, percent_axis("%")))
    for expected in ("A <title>", "old", "a $b$ c", "attempts", "%", "one", "four", "best-of-N", "few", "100"):
        assert expected in said, expected
    assert said.count("attempts") == 2


def test_an_interval_plot_writes_each_figure_out_and_names_its_rules() -> None:
    rows = [Row("new_model", 0.1, -0.1, 0.3, "+10.0 [-10.0, +30.0]"), Row("older", 0.0, -0.1, 0.1, "0")]
    said = words(interval_plot("Difference", rows, Axis("points", -0.4, 0.4, [(0, "zero")]), [(-0.02, "margin")]))
    for expected in ("Difference", "new_model", "older", "+10.0 [-10.0, +30.0]", "points", "zero", "margin"):
        assert expected in said, expected


def test_the_same_figures_are_the_same_picture() -> None:
    one, other = (small_multiples("T", [Panel("p", [LINE, DOTS])], N, percent_axis("%")) for _ in range(2))
    assert one == other


def test_labels_of_neighbours_do_not_lie_on_each_other() -> None:
    near = [Series(name, [Point(1, 0.5), Point(4, 0.5)], "first") for name in ("a", "b", "c")]
    svg = ElementTree.fromstring(small_multiples("T", [Panel("p", near)], N, percent_axis("%")))
    texts = svg.iter("{http://www.w3.org/2000/svg}text")
    levels = [float(one.attrib["y"]) for one in texts if "".join(one.itertext()) in "abc"]
    assert len(levels) == 3 and all(b - a > 9 for a, b in pairwise(levels)), levels


def test_a_percent_axis_reaches_the_twenties_around_its_range() -> None:
    axis = percent_axis("%", 0.33, 0.81)
    assert (axis.low, axis.high) == (0.2, 1.0)
    assert [label for _, label in axis.ticks] == ["20", "40", "60", "80", "100"]
