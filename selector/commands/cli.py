"""What the commands of `python -m selector` share: rows in with their line numbers, rows out, and how one fails."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from selector.formats import BadLine, BadRow, Line, foreign, read_jsonl, write_line
from selector.formats.fields import check_storable

Row = dict[str, Any]


class CommandError(Exception):
    """A command cannot go on; its message is the one sentence that the user reads."""


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: `run` imports what is heavy itself, so that the others start at once."""

    name: str
    does: str
    needs: str
    example: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], None]


@contextmanager
def importing_studies() -> Iterator[None]:
    """Studies are imported inside: they lie in a checkout, beside this package, and draw with matplotlib.

    Raises CommandError that says what is missing.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "studies":
            raise CommandError("Studies and reports run from a checkout of LabelHub, in its top folder.") from error
        if missing == "matplotlib":
            raise CommandError("Plots need matplotlib: pip install -r requirements-studies.txt") from error
        raise


def add_input(parser: argparse.ArgumentParser, name: str, holds: str) -> None:
    """A positional JSON Lines file, with the switch that says what a bad line does."""
    parser.add_argument(name.lower(), metavar=f"{name}.jsonl", help=f"JSON Lines, or - for standard input: {holds}")
    parser.add_argument("--strict", action="store_true", help="stop at the first bad line instead of skipping it")


def count(word: str) -> int:
    """An option's value that counts something, from 1; raises what argparse tells as its own."""
    if (number := int(word)) < 1:
        raise argparse.ArgumentTypeError(f"{word} is not at least 1")
    return number


def read_rows(path: str, check: Callable[[Row], object], *, strict: bool) -> Iterator[Row]:
    """The rows that `check` takes; a bad one (BadRow) is told by its number and skipped, or refused if strict.

    Raises CommandError at the end where every line was bad: nothing came of the file.
    """
    used = skipped = 0
    with _open(path) as stream:
        for line in read_jsonl(stream):
            reason = line.reason if isinstance(line, BadLine) else _fault(line.row, check)
            if isinstance(line, Line) and reason is None:
                used += 1
                yield line.row
            elif strict:
                raise CommandError(f"{path}, line {line.number}: {reason}")
            else:
                say(f"{path}, line {line.number} skipped: {reason}")
                skipped += 1
    if skipped:
        say(f"Lines skipped: {skipped}.")
    if skipped and not used:
        raise CommandError(f"Not a single line of {path} could be used. {_foreign(path)}".rstrip())


def _foreign(path: str) -> str:
    """What kind of file it is, where its first bytes tell; of standard input they are gone."""
    if path == "-":
        return ""
    with _open(path) as stream:
        return foreign.fault(stream.read(foreign.HEAD))


def write_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """One JSON object a line on standard output, in UTF-8 whatever the locale, each as soon as it is there."""
    for row in rows:
        sys.stdout.buffer.write(write_line(row).encode())
        sys.stdout.buffer.flush()


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """A whole file, indented for people to read."""
    try:
        path.write_text(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error


def say(sentence: str) -> None:
    """To the person at the terminal: standard error, since standard output is for rows."""
    sys.stderr.write(sentence + "\n")


def _fault(row: Row, check: Callable[[Row], object]) -> str | None:
    try:
        check_storable(row)
        check(row)
    except BadRow as error:
        return str(error)
    return None


def _open(path: str) -> AbstractContextManager[BinaryIO]:
    if path == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
