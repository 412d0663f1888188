"""What may be None, and in a test isn't."""

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """The value; the test fails where it is None."""
    assert value is not None
    return value
