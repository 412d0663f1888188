"""One name, one row: also where two people give the same name in the same instant."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from labelhub.errors import Conflict


@contextmanager
def unless_taken(rows: QuerySet[Any], refusal: Conflict) -> Iterator[None]:
    """Raise the refusal where one of `rows` is there, or is made by somebody else while the block inserts its own."""
    if rows.exists():
        raise refusal
    try:
        with transaction.atomic():  # a savepoint: PostgreSQL answers nothing more in a transaction that met an error
            yield
    except IntegrityError as error:
        if rows.exists():  # the insert waited for the other one's commit, so it is to be seen by now
            raise refusal from error
        raise
