"""`python -m selector rounds`: whether training stays stable over many rounds, measured without a gate."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from selector.commands import cli
from selector.commands.cli import CommandError, Row

ROWS = "rounds.jsonl"
SETTINGS = "settings.json"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="rows and checkpoints; goes on from there"
    )
    parser.add_argument("--seeds", type=cli.count, default=5, metavar="N", help="how many worlds (default: 5)")
    parser.add_argument("--first-seed", type=int, default=1, metavar="S", help="number of the first (default: 1)")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write the plot and the table there, too")
    for name, what in SIZES.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=cli.count, metavar="N", help=what)


SIZES = {
    "rounds": "rounds of each arm (default: 10)",
    "problems": "problems of the pool (default: 100)",
    "samples": "solutions of each (default: 32)",
    "test_problems": "test problems (default: 2000)",
    "test_samples": "solutions of each (default: 8)",
    "k": "labels of a round by the rule (default: 12)",
    "updates": "least updates of a training (default: 200)",
}


def run(options: argparse.Namespace) -> None:
    with cli.importing_studies():
        from studies.rounds import report, runs

    asked = {name: value for name in SIZES if (value := getattr(options, name)) is not None}
    settings = replace(runs.Settings(), **asked)
    try:
        rows = _begun(options.out, settings.to_dict())
        for arm in runs.ARMS:  # the product's first: cut short, the study has all of its seeds
            for seed in range(options.first_seed, options.first_seed + options.seeds):
                _one_arm(arm, seed, settings, options.out, rows)
        summed = report.summary(rows)
        if options.report:
            report.write(options.report, summed, settings.test_samples, _command(asked, options))
    except OSError as error:
        raise CommandError(f"{error.filename} cannot be used: {error.strerror}.") from error
    cli.write_rows([{**summed, "settings": settings.to_dict(), "seeds": options.seeds}])


def _command(asked: Row, options: argparse.Namespace) -> str:
    sizes = "".join(f" --{name.replace('_', '-')} {value}" for name, value in asked.items())
    which = f"--seeds {options.seeds} --first-seed {options.first_seed}"
    return f"python -m selector rounds {which}{sizes} --out DIR --report docs"


def _begun(out: Path, settings: Row) -> list[Row]:
    """The rows that are there already, made with the same settings. A last line that was cut off is made anew."""
    out.mkdir(parents=True, exist_ok=True)
    known = out / SETTINGS
    if known.exists() and json.loads(known.read_text()) != settings:
        raise CommandError(f"{out} holds a study with other settings: take another directory.")
    known.write_text(json.dumps(settings, indent=2) + "\n")
    path = out / ROWS
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    whole = [line for line in lines if line.endswith("\n")]
    path.write_text("".join(whole))
    return [json.loads(line) for line in whole]


def _one_arm(arm: Any, seed: int, settings: Any, out: Path, rows: list[Row]) -> None:
    """The rounds of one arm of a seed that are missing, each written as soon as it is there."""
    from studies.rounds import runs, world

    done = [row for row in rows if (row["seed"], row["arm"]) == (seed, arm)]
    if len(done) == settings.rounds:
        return
    cli.say(f"Seed {seed}, {arm}: from round {len(done)} on.")
    sizes = (settings.problems, settings.samples, settings.test_problems, settings.test_samples)
    one = runs.Run(seed, arm, settings, world.made(seed, *sizes), out / f"seed-{seed}")
    first = next((row for row in rows if (row["seed"], row["round"]) == (seed, 0)), None)
    with (out / ROWS).open("a") as lines:
        for row in runs.rounds(one, done, first, cli.say):
            rows.append(row)
            lines.write(json.dumps(row) + "\n")
            lines.flush()


COMMAND = cli.Command(
    name="rounds",
    does="Trains, selects and labels for ten rounds in three ways and tells whether any of them collapses.",
    needs="A directory to write to, and a quarter of an hour; killed, it goes on where it was.",
    example="python -m selector rounds --seeds 5 --out rounds --report docs",
    arguments=arguments,
    run=run,
)
