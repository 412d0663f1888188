"""`python -m selector simulate`: the study of what to label on made problems; or those problems themselves."""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from selector.commands import cli
from selector.commands.cli import CommandError, Row
from selector.formats import write_line

MADE = (100, 16)  # problems and samples of --make-data


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--make-data", type=Path, metavar="DIR", help="no study: write problems.jsonl and solutions.jsonl there"
    )
    parser.add_argument(
        "--problems", type=cli.count, metavar="N", help="how many problems (default: 60; of --make-data 100)"
    )
    parser.add_argument(
        "--samples", type=cli.count, metavar="N", help="solutions of each problem (default: 200; of --make-data 16)"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="the study's first (default: 200; of --make-data 0)")
    parser.add_argument("--seeds", type=cli.count, metavar="N", help="pools of the study (default: 10; quick: 3)")
    parser.add_argument("--quick", action="store_true", help="a small study of half a minute, to see it work")
    parser.add_argument(
        "--out", type=Path, default=Path("study"), metavar="DIR", help="keeps each result as it comes (default: study)"
    )
    parser.add_argument("--report", type=Path, metavar="DIR", help="study.md and its plots go there (default: --out)")
    parser.add_argument("--real", type=Path, metavar="DIR", help="where bon32_gsm8k lies: the same on real solutions")
    parser.add_argument("--workers", type=cli.count, default=2, metavar="N", help="processes (default: 2)")


def run(options: argparse.Namespace) -> None:
    if options.make_data:
        _make_data(options)
    else:
        _study(options)


def _study(options: argparse.Namespace) -> None:
    with cli.importing_studies():
        from studies import page
        from studies.active_learning import findings, report, run
        from studies.active_learning.cells import CLEAN, FIRST_SEED, GRID, QUICK, REAL, WHOLE

    size, cells, seeds = (QUICK, (CLEAN, GRID[-1]), 3) if options.quick else (WHOLE, GRID, 10)
    size = replace(size, problems=options.problems or size.problems, samples=options.samples or size.samples)
    if options.real:
        from studies.active_learning.real import load

        load(options.real)  # what cannot be read is told at once, and not after the made problems
    first = FIRST_SEED if options.seed is None else options.seed
    chosen = range(first, first + (options.seeds or seeds))
    units = [(CLEAN, seed) for seed in chosen] + [(cell, seed) for seed in chosen for cell in cells if cell != CLEAN]
    results = run.run(units, size, options.out / "results.jsonl", options.workers, cli.say, run.made)
    real = []
    if options.real:
        path, compute = options.out / "real.jsonl", partial(run.real, options.real)
        real = run.run([(CLEAN, seed) for seed in chosen], REAL, path, options.workers, cli.say, compute)
    told = report.write(options.report or options.out, results, real, size, page.command())
    sys.stdout.write(f"{told}\n\n{json.dumps(findings.summary(results, CLEAN), allow_nan=False)}\n")


def _make_data(options: argparse.Namespace) -> None:
    from selector.labels import simulate

    problems, samples = options.problems or MADE[0], options.samples or MADE[1]
    made = list(simulate.generate(problems, samples, options.seed or 0))
    _write(options.make_data / "problems.jsonl", (problem for problem, _ in made))
    _write(options.make_data / "solutions.jsonl", (row for _, rows in made for row in rows))


def _write(path: Path, rows: Iterable[Row]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as lines:
            lines.writelines(map(write_line, rows))
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
    cli.say(f"{path} written.")


COMMAND = cli.Command(
    name="simulate",
    does="Measures what choosing what to label is worth (the paper's section 4.2, in small), on made problems.",
    needs="Nothing but time: about 20 minutes on two cores. --make-data writes such problems as text instead.",
    example="python -m selector simulate --quick --out study",
    arguments=arguments,
    run=run,
)
