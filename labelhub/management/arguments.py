"""Numbers and files on a command line, refused there with a sentence."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.core.management.base import CommandError

from labelhub.errors import Invalid
from labelhub.services.data.importing import foreign

LARGEST = 2**31 - 1  # of an integer column


def whole(*, least: int = 0) -> Callable[[str], int]:
    """Reads a whole number that is `least` or more."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ArgumentTypeError(f"{text} is not a whole number") from None
        if not least <= number <= LARGEST:
            raise ArgumentTypeError(f"{text} is not between {least} and {LARGEST}")
        return number

    return read


def share(text: str) -> Decimal:
    """Reads a share between 0 and 1, to four decimal places as it is kept."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ArgumentTypeError(f"{text} is not a number") from None
    if not number.is_finite() or not 0 <= number <= 1:
        raise ArgumentTypeError(f"{text} is not between 0 and 1")
    if number != round(number, 4):
        raise ArgumentTypeError(f"{text} has more than four decimal places")
    return number


def refuse_foreign(path: Path) -> None:
    """Raise CommandError where the file's first bytes tell that it is no JSON Lines."""
    try:
        foreign.refuse_file(path)
    except Invalid as refusal:
        raise CommandError(f"{path}: {refusal}") from refusal
