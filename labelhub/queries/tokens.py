"""Whose a bearer token is, and how far it reaches."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import Error, connection
from django.utils import timezone

from labelhub.models import ApiToken, Labeler, User
from labelhub.queries.statement import Row, Statement, known

SEEN = timedelta(hours=1)  # a use is written down when the one before is older than this
TOKEN = Statement("""
SELECT token.id, token.scope, COALESCE(token.expires_at <= %(now)s, FALSE),
    COALESCE(token.last_used_at < %(seen)s, TRUE), 
    account.id, account.username, account.is_staff, account.is_superuser, account.simulated, labeler.id
FROM labelhub_apitoken token
JOIN labelhub_user account ON account.id = token.user_id
LEFT JOIN labelhub_labeler labeler ON labeler.user_id = account.id
WHERE token.digest = %(digest)s AND account.is_active
""")


@dataclass(frozen=True)
class Found:
    """A token with its user and the user's pseudonym. `stale`: its last use is to be written down anew."""

    token: ApiToken
    expired: bool
    stale: bool


def by_digest(digest: str) -> Found | None:
    """The token of this SHA-256, in one query; None for closed accounts."""
    row = _looked_up(digest)
    if row is None:
        return None
    pk, scope, expired, stale, user_id, username, staff, superuser, simulated, labeler = row
    user = known(
        User, id=user_id, username=username, is_active=True, is_staff=bool(staff), is_superuser=bool(superuser),
        simulated=bool(simulated),
    )  # fmt: skip
    if labeler:
        user.labeler = known(Labeler, id=UUID(str(labeler)), user_id=user_id)
    token = known(ApiToken, id=pk, user_id=user_id, digest=digest, scope=scope)
    token.user = user
    return Found(token, expired=bool(expired), stale=bool(stale))


def _looked_up(digest: str) -> Row | None:
    """The first statement of a script's request: it tells whether a kept connection lives as well as a SELECT 1."""
    connection.health_check_done = True  # type: ignore[attr-defined]  # unknown to django-stubs
    now = timezone.now()
    values = {"digest": digest, "now": now, "seen": now - SEEN}
    try:
        return TOKEN.first(**values)
    except Error:  # the server went away since the last request: connect anew, this once
        connection.close()
        return TOKEN.first(**values)
