"""The account behind a request, with its pseudonym, as the request's first statement brings both along."""

from typing import Any
from uuid import UUID

from labelhub.models import Labeler, User
from labelhub.queries.statement import known

ACCOUNT = """account.id, account.username, account.password, account.is_active, account.is_staff,
    account.is_superuser, account.simulated, labeler.id"""


def account(
    pk: int, username: str, password: str, active: Any, staff: Any, superuser: Any, simulated: Any, labeler: Any
) -> User:
    """The user of the columns ACCOUNT; what else there is of it is fetched when it is asked for."""
    user = known(
        User, id=pk, username=username, password=password, is_active=bool(active), is_staff=bool(staff),
        is_superuser=bool(superuser), simulated=bool(simulated),
    )  # fmt: skip
    if labeler:
        user.labeler = known(Labeler, id=UUID(str(labeler)), user_id=pk)
    return user
