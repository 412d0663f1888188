"""Answers made of rows."""

from dataclasses import fields
from functools import partial
from typing import Any, TypeVar

Told = TypeVar("Told")


def names_of(told: type[Any]) -> list[str]:
    """The dataclass's fields, as columns to ask for."""
    return [field.name for field in fields(told)]


def from_row(told: type[Told], row: Any, **others: Any) -> Told:
    """The dataclass with what the row, an object or a dict, has under its fields' names, and the others as given."""
    read = row.__getitem__ if isinstance(row, dict) else partial(getattr, row)
    return told(**{name: read(name) for name in names_of(told) if name not in others}, **others)
