"""The account behind a request, with its pseudonym, as the request's first statement brings both along."""

from typing import Any
from uuid import UUID

from labelhub.models import Labeler, User
from labelhub.queries.labeling import queue
from labelhub.queries.statement import Row, Statement, begin_request, known

ACCOUNT = """account.id, account.username, account.password, account.is_active, account.is_staff,
    account.is_superuser, account.simulated, labeler.id AS labeler_id"""


def first_row(
    account: Statement, handing_in: Statement, assignment: int | None, **values: Any
) -> tuple[Row | None, Row | None]:
    """The row of a request's first statement; where it hands in a pass on `assignment`, the columns of GIVEN too."""
    if assignment is None:
        return begin_request(account, **values), None
    row = begin_request(handing_in, assignment=assignment, **values)
    if row is None:
        return None, None
    account_row, given = row[: -queue.GIVEN_COLUMNS], row[-queue.GIVEN_COLUMNS :]
    return account_row, given if given[0] else None


def account(
    pk: int, username: str, password: str, active: Any, staff: Any, superuser: Any, simulated: Any, labeler: Any
) -> User:
    """The user of the columns ACCOUNT; what else there is of it is fetched when it is asked for."""
    user = known(
        User, id=pk, username=username, password=password, is_active=bool(active), is_staff=bool(staff),
        is_superuser=bool(superuser), simulated=bool(simulated),
    )  # fmt: skip
    if labeler:
        labeler = labeler if isinstance(labeler, UUID) else UUID(labeler)  # SQLite keeps text
        user._state.fields_cache["labeler"] = known(Labeler, id=labeler, user_id=pk)
    return user
