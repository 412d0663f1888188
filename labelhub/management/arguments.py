"""Numbers on a command line, refused there with a sentence: further in, the database would answer with a trace."""

from argparse import ArgumentTypeError
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

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
