"""`python -m selector`, or `selector` where it is installed: the core on plain JSON Lines, without a database.

A command is its module and its line here.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from selector.commands import evaluate, grade, rounds, score, select, simulate, train
from selector.commands.cli import Command, CommandError, say

COMMANDS: tuple[Command, ...] = (
    grade.COMMAND,
    select.COMMAND,
    train.COMMAND,
    score.COMMAND,
    evaluate.COMMAND,
    simulate.COMMAND,
    rounds.COMMAND,
)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(words)
    try:
        options.run(options)
    except CommandError as error:
        say(f"{_program()} {options.command}: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader, such as `head`, has seen enough; Python would complain once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=_program(), description="Step-level labels: the core on JSON Lines.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(
            command.name,
            help=command.does,
            description=f"{command.does} {command.needs}",
            epilog=f"Example: {command.example}",
        )
        command.arguments(added)
        added.set_defaults(run=command.run)
    return parser


def _program() -> str:
    """How it was called."""
    return "selector" if Path(sys.argv[0]).name == "selector" else "python -m selector"


if __name__ == "__main__":
    sys.exit(main())
