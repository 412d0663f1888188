"""Where a person is signed in, in words a person knows again."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from labelhub.models import BrowserSession, User
from labelhub.queries.accounts.account import ACCOUNT, account, first_row
from labelhub.queries.labeling.queue import bringing
from labelhub.queries.rows import from_row
from labelhub.queries.statement import Row, Statement

# In this order: Edge calls itself Chrome too, Chrome calls itself Safari, and everybody is Mozilla.
BROWSERS = {
    r"Edg(e|A|iOS)?/": "Edge",
    r"OPR/|Opera": "Opera",
    r"SamsungBrowser/": "Samsung Internet",
    r"Firefox/|FxiOS/": "Firefox",
    r"Chrome/|CriOS/|Chromium/": "Chrome",
    r"Safari/": "Safari",
}
SYSTEMS = {
    r"Android": "Android",
    r"iPhone|iPad|iPod": "iOS",
    r"Windows": "Windows",
    r"Macintosh|Mac OS X": "macOS",
    r"CrOS": "ChromeOS",
    r"Linux": "Linux",
}


SEEN = timedelta(minutes=1)  # being seen is written down when the last time is older than this
_SESSION = f"""
SELECT session.session_data, session.last_seen_at < %(seen)s, {ACCOUNT}
FROM labelhub_browsersession session
LEFT JOIN labelhub_user account ON account.id = session.user_id
LEFT JOIN labelhub_labeler labeler ON labeler.user_id = account.id
WHERE session.session_key = %(key)s AND session.expire_date > %(now)s
"""
SESSION = Statement(_SESSION)
# SQL for whether a session found earlier still signs in `account`. By its digest: a statement that fails is logged, and
# whoever reads that must not find a key. Each person has few sessions.
STILL_VALID = """EXISTS (
    SELECT 1 FROM labelhub_browsersession session
    WHERE session.user_id = account.id AND session.expire_date > %(submitted_at)s
        AND {sha256 session.session_key || ' ' || session.session_data || ' ' || account.password} = %(credential)s
)"""
SESSION_HANDING_IN = bringing(_SESSION)


@dataclass(frozen=True)
class Found:
    """A session's data with the account that it signs in, if any. `stale`: record the use again.

    `given`: the columns of `queue.GIVEN` where the account's assignment was asked for.
    """

    data: str
    stale: bool
    account: User | None
    given: Row | None


@dataclass(frozen=True)
class BrowserSessionRow:
    id: Annotated[str, "To end it by."]
    browser: Annotated[str | None, "Null: none that is known."]
    system: Annotated[str | None, "What it runs on; null where it doesn't say."]
    address: Annotated[str | None, "Where the sign-in came from, as far as known."]
    signed_in_at: datetime | None
    last_seen_at: Annotated[datetime, "To the minute, and not by what a labeler waits for."]
    here: Annotated[bool, "The one that asks."]


def tell(row: BrowserSession, here: str | None) -> BrowserSessionRow:
    """`here` is the key of the session that asks."""
    known = {"browser": browser(row.agent), "system": system(row.agent)}
    return from_row(BrowserSessionRow, row, id=public_id(row), here=row.session_key == here, **known)


def by_key(key: str, *, assignment: int | None = None) -> Found | None:
    """The session of this key, in one query; None for one that has ended. `assignment`: the one that is handed in."""
    now = timezone.now()
    row, given = first_row(SESSION, SESSION_HANDING_IN, assignment, key=key, now=now, seen=now - SEEN)
    if row is None:
        return None
    data, stale, *columns = row
    return Found(data, bool(stale), account(*columns) if columns[0] else None, given)


def proof(key: str, data: str, password: str) -> str:
    """What STILL_VALID compares: the same as long as the session says the same and the password is the same."""
    return sha256(f"{key} {data} {password}".encode()).hexdigest()


def of_user(user: User) -> list[BrowserSession]:
    """The sessions that sign the user in, the last seen first; not those that an earlier password began."""
    rows = BrowserSession.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-last_seen_at")
    return [row for row in rows if _still_signs_in(row, user)]


def _still_signs_in(row: BrowserSession, user: User) -> bool:
    kept = SessionStore().decode(row.session_data).get(HASH_SESSION_KEY, "")
    return constant_time_compare(kept, user.get_session_auth_hash())


def public_id(row: BrowserSession) -> str:
    """A name for the session that is safe to tell: the key itself signs in whoever knows it."""
    return sha256(row.session_key.encode()).hexdigest()[:32]


def browser(agent: str) -> str | None:
    """The browser's name from its own words; None for a program, or one that isn't known."""
    return _first(BROWSERS, agent)


def system(agent: str) -> str | None:
    """What the browser runs on; None where it doesn't say."""
    return _first(SYSTEMS, agent)


def _first(names: dict[str, str], agent: str) -> str | None:
    return next((name for words, name in names.items() if re.search(words, agent)), None)
