"""How figures read in a table: percent with one place, the interval in brackets."""

from collections.abc import Sequence

from selector.evaluation.judged import Row

MINUS, NOTHING = "\N{MINUS SIGN}", "\N{EN DASH}"


def chosen(rows: Sequence[Row], metric: str, **fields: str) -> list[Row]:
    return [row for row in rows if row["metric"] == metric and all(row[key] == fields[key] for key in fields)]


def grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["model"], []).append(row)
    return found


def exact(point: Row) -> float:
    return float(point["exact"]["best_of_n"])


def span(point: Row, choice: str) -> tuple[float, float] | None:
    low, high = point["intervals"].get(choice, (None, None))
    return None if low is None else (low, high)


def share(point: Row, choice: str) -> str:
    if choice not in point:
        return NOTHING
    return figure(point["exact"].get(choice, point[choice]["mean"]), span(point, choice))


def figure(value: float | None, span: Sequence[float] | None) -> str:
    return percent(value) + (f" [{100 * span[0]:.1f}, {100 * span[1]:.1f}]" if span else "")


def trial(point: Row, choice: str) -> str:
    mean = point["exact"].get(choice, point[choice]["mean"])
    return f"{100 * mean:.1f} ± {100 * point[choice]['sd']:.1f}"


def percent(value: float | None) -> str:
    return NOTHING if value is None else f"{100 * value:.1f}"


def difference(one: Row) -> str:
    return f"{signed(one['difference'])} [{signed(one['low'])}, {signed(one['high'])}]"


def signed(difference: float, digits: int = 1) -> str:
    return f"{100 * difference:+.{digits}f}".replace("-", MINUS) if difference else "0"


def picture(file: str, says: str) -> str:
    return f"![{says}]({file})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown, figures to the right; a bar in a name would end its cell."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)
