"""`python -m selector simulate`: problems made here, with solutions whose mistakes are known."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from selector import cli
from selector.cli import Row
from selector.formats import write_line


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--make-data", type=Path, required=True, metavar="DIR", help="write problems.jsonl and solutions.jsonl there"
    )
    parser.add_argument("--problems", type=int, default=100, metavar="N", help="how many problems (default: 100)")
    parser.add_argument("--samples", type=int, default=16, metavar="N", help="solutions of each problem (default: 16)")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes other problems (default: 0)")


def run(options: argparse.Namespace) -> None:
    from selector import simulate

    made = list(simulate.generate(options.problems, options.samples, options.seed))
    _write(options.make_data / "problems.jsonl", (problem for problem, _ in made))
    _write(options.make_data / "solutions.jsonl", (row for _, rows in made for row in rows))


def _write(path: Path, rows: Iterable[Row]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as lines:
            lines.writelines(map(write_line, rows))
    except OSError as error:
        raise cli.CommandError(f"{path} cannot be written: {error.strerror}.") from error
    cli.say(f"{path} written.")


COMMAND = cli.Command(
    name="simulate",
    does="Makes readable multi-step problems and model-like solutions, right and wrong, with true step labels.",
    needs="Nothing but a directory to write to; the same seed makes the same files.",
    example="python -m selector simulate --make-data data --problems 100 --samples 16 --seed 0",
    arguments=arguments,
    run=run,
)
