"""Whose a bearer token is, and how far it reaches."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from labelhub.models import ApiToken
from labelhub.queries.accounts.account import ACCOUNT, account, first_row
from labelhub.queries.labeling.queue import bringing
from labelhub.queries.statement import Row, Statement, known

SEEN = timedelta(hours=1)  # a use is written down when the one before is older than this
_TOKEN = f"""
SELECT token.id, token.scope, COALESCE(token.expires_at <= %(now)s, FALSE),
    COALESCE(token.last_used_at < %(seen)s, TRUE), {ACCOUNT}
FROM labelhub_apitoken token
JOIN labelhub_user account ON account.id = token.user_id
LEFT JOIN labelhub_labeler labeler ON labeler.user_id = account.id
WHERE token.digest = %(digest)s AND account.is_active
"""
TOKEN = Statement(_TOKEN)
# SQL for whether a token found earlier still lets its user label; one whose use is to be written down again does not.
STILL_VALID = """EXISTS (
    SELECT 1 FROM labelhub_apitoken token
    WHERE token.digest = %(credential)s AND token.user_id = %(user)s AND token.scope <> 'read'
        AND COALESCE(token.expires_at > %(submitted_at)s, TRUE) AND token.last_used_at >= %(used_since)s
)"""
TOKEN_HANDING_IN = bringing(_TOKEN)


@dataclass(frozen=True)
class Found:
    """A token with its user and the user's pseudonym. `stale`: record the use again.

    `given`: the columns of `queue.GIVEN` where the user's assignment was asked for.
    """

    token: ApiToken
    expired: bool
    stale: bool
    given: Row | None


def by_digest(digest: str, *, assignment: int | None = None) -> Found | None:
    """The token of this SHA-256, in one query; None for closed accounts. `assignment`: the one that is handed in."""
    now = timezone.now()
    row, given = first_row(TOKEN, TOKEN_HANDING_IN, assignment, digest=digest, now=now, seen=now - SEEN)
    if row is None:
        return None
    pk, scope, expired, stale, *columns = row
    user = account(*columns)
    token = known(ApiToken, id=pk, user_id=user.pk, digest=digest, scope=scope)
    token.user = user
    return Found(token, expired=bool(expired), stale=bool(stale), given=given)
