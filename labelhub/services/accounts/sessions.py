"""Signed-in browsers: Django's database sessions, with whose each is, where it came from and when it was last seen.

The engine of `SESSION_ENGINE`, extended as Django's documentation shows. What a row says beside Django's own columns
is carried in the session's data from the sign-in on, so that every save writes the row whole.
"""

import json
from functools import lru_cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from labelhub.errors import Absent
from labelhub.models import BrowserSession, User
from labelhub.queries.accounts import sessions as queries
from labelhub.queries.statement import Row
from labelhub.services import audit

SIGNED_IN = "signed_in"


class SessionStore(db.SessionStore):
    """Sessions whose rows say whose they are, loaded together with the account that they sign in."""

    account: User | None = None
    stale = False
    assignment: int | None = None  # the one that this request hands in, named before the session is loaded
    given: Row | None = None
    proof = ""  # that the session is the same later on: `queries.proof`

    @classmethod
    def get_model_class(cls) -> type[BrowserSession]:
        return BrowserSession

    def load(self) -> dict[str, Any]:
        found = queries.by_key(self.session_key, assignment=self.assignment) if self.session_key else None
        if found is None:
            self._session_key = None
            return {}
        self.account, self.stale, self.given = found.account, found.stale, found.given
        if found.account and self.assignment is not None:
            self.proof = queries.proof(str(self.session_key), found.data, found.account.password)
        data: dict[str, Any] = json.loads(_decoded(found.data))
        return data

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        came = data.get(SIGNED_IN, {})
        row.user_id = data.get(SESSION_KEY)
        row.address, row.agent = came.get("address"), came.get("agent", "")
        row.signed_in_at = parse_datetime(came["at"]) if came else None
        row.last_seen_at = timezone.now()
        return row


@lru_cache(maxsize=1024)
def _decoded(data: str) -> str:
    """What a session's signed text says, as JSON: checking the signature is what costs, and it comes out the same.

    Not as a dict: allauth appends to a list in it, and the next request would find what an unsaved session had.
    """
    return json.dumps(SessionStore().decode(data))


def begin(session: Any, *, user: User, address: str, agent: str, by: str) -> None:
    """Write into a session that was just signed in, and into the record, where it came from and `by` what."""
    longest = BrowserSession._meta.get_field("agent").max_length
    session[SIGNED_IN] = {"address": address or None, "agent": agent[:longest], "at": timezone.now().isoformat()}
    device = {"browser": queries.browser(agent), "system": queries.system(agent)}
    _record(user, "sign in", by=by, address=address, **device)


def note_end(user: User) -> None:
    """Write down that the user signed out."""
    _record(user, "sign out")


def note_failure(*, username: str, verb: str, address: str) -> None:
    """Write down a sign-in that failed, for whom the name belongs to.

    For a name that nobody has as well, though not the name, which may be a password in the wrong field: a statement
    more or less would tell which names there are.
    """
    account = User.objects.filter(username=username).first()
    subject = f"user {account.username}" if account else "nobody here"
    audit.record(project=None, actor=None, account=account, verb=verb, subject=subject, address=address)


def _record(user: User, verb: str, **detail: Any) -> None:
    audit.record(project=None, actor=user, account=user, verb=verb, subject=f"user {user.username}", **detail)


def note_seen(session: Any) -> None:
    """Write down that the session was used just now: a statement a minute at most, none before that."""
    if not session.stale:
        return
    session.stale = False
    now = timezone.now()
    rows = BrowserSession.objects.filter(pk=session.session_key, last_seen_at__lt=now - queries.SEEN)
    rows.update(last_seen_at=now)


@transaction.atomic
def end(*, user: User, pk: str) -> None:
    """Sign that browser out. Raises Absent for what is no session of the user's."""
    found = next((row for row in BrowserSession.objects.filter(user=user) if queries.public_id(row) == pk), None)
    if found is None:
        raise Absent
    _record(user, "end session", browser=queries.browser(found.agent), system=queries.system(found.agent))
    found.delete()


@transaction.atomic
def end_all(*, user: User, but: str | None = None, by: User | None, reason: str) -> None:
    """Sign the user out everywhere, or everywhere but in the session of key `but`."""
    ended, _ = BrowserSession.objects.filter(user=user).exclude(pk=but or "").delete()
    if ended:
        audit.record(
            project=None, actor=by, account=user, verb="end sessions", subject=f"user {user.username}", reason=reason,
            ended=ended,
        )  # fmt: skip
