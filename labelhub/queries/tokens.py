"""Whose a bearer token is."""

from uuid import UUID

from django.db import OperationalError, connection

from labelhub.models import ApiToken, Labeler, User
from labelhub.queries.statement import Row, Statement, known

TOKEN = Statement("""
SELECT token.id, account.id, account.username, account.is_staff, account.is_superuser, account.simulated, labeler.id
FROM labelhub_apitoken token
JOIN labelhub_user account ON account.id = token.user_id
LEFT JOIN labelhub_labeler labeler ON labeler.user_id = account.id
WHERE token.digest = %(digest)s AND account.is_active
""")


def by_digest(digest: str) -> ApiToken | None:
    """The token of this SHA-256 with its user and the user's pseudonym, in one query; None for closed accounts."""
    row = _looked_up(digest)
    if row is None:
        return None
    pk, user_id, username, staff, superuser, simulated, labeler = row
    user = known(
        User, id=user_id, username=username, is_active=True, is_staff=bool(staff), is_superuser=bool(superuser),
        simulated=bool(simulated),
    )  # fmt: skip
    if labeler:
        user.labeler = known(Labeler, id=UUID(str(labeler)), user_id=user_id)
    token = known(ApiToken, id=pk, user_id=user_id, digest=digest)
    token.user = user
    return token


def _looked_up(digest: str) -> Row | None:
    """The first statement of a script's request: it tells whether a kept connection lives as well as a SELECT 1."""
    connection.health_check_done = True  # type: ignore[attr-defined]  # unknown to django-stubs
    try:
        return TOKEN.first(digest=digest)
    except OperationalError:  # the server went away since the last request: connect anew, this once
        connection.close()
        return TOKEN.first(digest=digest)
