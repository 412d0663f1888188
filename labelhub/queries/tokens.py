"""Whose a bearer token is, and how far it reaches."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from labelhub.models import ApiToken
from labelhub.queries.accounts import ACCOUNT, account
from labelhub.queries.statement import Statement, begin_request, known

SEEN = timedelta(hours=1)  # a use is written down when the one before is older than this
TOKEN = Statement(f"""
SELECT token.id, token.scope, COALESCE(token.expires_at <= %(now)s, FALSE),
    COALESCE(token.last_used_at < %(seen)s, TRUE), {ACCOUNT}
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
    now = timezone.now()
    row = begin_request(TOKEN, digest=digest, now=now, seen=now - SEEN)
    if row is None:
        return None
    pk, scope, expired, stale, *columns = row
    user = account(*columns)
    token = known(ApiToken, id=pk, user_id=user.pk, digest=digest, scope=scope)
    token.user = user
    return Found(token, expired=bool(expired), stale=bool(stale))
