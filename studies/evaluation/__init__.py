"""An evaluation's rows as a page of tables and plots. It holds figures only, no text of any problem or solution."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from selector.evaluation.judged import Row
from studies import page
from studies.evaluation import against, choosing, steps

NAME = "evaluation.md"
MARK = "<!-- What follows is written by `python -m selector evaluate --report`; what stands above is kept. -->"
HOW_TO_READ = """\
Figures are in percent of problems (or of what the column says), each with its 95% interval in brackets: a percentile
bootstrap that draws whole problems anew, 2,000 times, so it tells how far another set of such problems might differ.
Where all problems agree there is nothing to draw; the interval is then the exact binomial one (Clopper and Pearson)."""
Section = Callable[[Sequence[Row], dict[str, str]], Iterator[str]]  # adds its plots to the files, by name
SECTIONS: tuple[Section, ...] = (
    choosing.best_of_n,
    choosing.difficulty,
    choosing.sets,
    steps.first_error,
    against.against,
    steps.of_steps,
    steps.of_solutions,
    steps.weakest,
)


def write(folder: Path, rows: Sequence[Row], command: str) -> None:
    """`evaluation.md` and its SVG files, over what is there, but for words of one's own above the mark.

    Raises CommandError where they cannot be written.
    """
    files: dict[str, str] = {}
    sections = [text for section in SECTIONS for text in section(rows, files)]
    parts = [f"Made by `{command}`, tables and plots alike.", HOW_TO_READ, *sections]
    page.write(folder / NAME, "# Evaluation", MARK, parts, files)
