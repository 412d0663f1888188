"""A page of figures and its plots: what stands below the mark is written anew, words of one's own above it are kept."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from selector.commands.cli import CommandError


def write(page: Path, title: str, mark: str, parts: Sequence[str], files: Mapping[str, str]) -> None:
    """The parts below the mark, and the files (by name) beside the page, over what is there.

    Raises CommandError where they cannot be written.
    """
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join([_above(page, mark) or title, mark, *parts]) + "\n"
        for name, written in {page.name: text, **files}.items():
            place = page.parent / name
            place.parent.mkdir(exist_ok=True)
            place.write_text(written, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{page.parent} cannot be written: {error.strerror}.") from error


def _above(page: Path, mark: str) -> str:
    if page.exists() and mark in (text := page.read_text(encoding="utf-8")):
        return text.partition(mark)[0].rstrip()
    return ""


def command() -> str:
    """The command as it was given, but for where files lie."""
    return f"python -m selector {shlex.join(word.rpartition('/')[2] or word for word in sys.argv[1:])}"
