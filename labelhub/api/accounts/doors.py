"""The way in: whoever proved who they are is signed in, or asked for the code first. Every door ends here."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.http import HttpRequest

from labelhub.api.accounts import address
from labelhub.api.http.refusals import BadCredentials, LockedOut, SecondFactorNeeded, SignInAnew
from labelhub.errors import Invalid, Refusal, WrongCode, WrongPasskey
from labelhub.models import User
from labelhub.queries.accounts import two_factor as queries
from labelhub.services.accounts import passkeys, people, sessions, two_factor

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING = "second_factor_of"
PATIENCE = 600  # seconds between the password and the code


@dataclass(frozen=True)
class Doors:
    oidc: Annotated[str | None, "The issuer's name on the page; null where there is none."]
    tokens_may_last: Annotated[bool, "This site lets a token be made that never expires."]


def by_password(request: HttpRequest, *, username: str, password: str) -> User:
    """Whose name and password these are. Raises BadCredentials, and LockedOut: wrong ones are counted."""
    _unless_locked_out(request, username)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise _failed(request, username, BadCredentials())
    return user


def enter(request: HttpRequest, user: User, *, by: str = "password") -> None:
    """Sign the user in, in a new session. Raises SecondFactorNeeded, and waits for the code, where there is one."""
    if queries.enrolled(user):
        request.session.cycle_key()
        request.session[PENDING] = {"user": user.pk, "at": time.time()}
        raise SecondFactorNeeded
    _sign_in(request, user, by)


def enter_with(request: HttpRequest, proof: Mapping[str, Any]) -> User:
    """Sign in who waits for the code. Raises SignInAnew where nobody does, and as `spend`."""
    user = waiting(request)
    if user is None:
        raise SignInAnew
    spend(request, user, proof)
    _sign_in(request, user, "passkey" if "passkey" in proof else "code")
    return user


def waiting(request: HttpRequest) -> User | None:
    """Whose password was right, not long ago, and whose code is missing."""
    pending = request.session.get(PENDING, {"user": None, "at": 0})
    if pending["at"] < time.time() - PATIENCE:
        return None
    return User.objects.filter(pk=pending["user"], is_active=True).first()


def _sign_in(request: HttpRequest, user: User, by: str) -> None:
    request.session.pop(PENDING, None)  # also somebody else's, begun before in this browser
    login(request, user, backend=BACKEND)
    agent = request.headers.get("User-Agent", "")
    sessions.begin(request.session, user=user, address=address.of(request), agent=agent, by=by)


def prove(request: HttpRequest, user: User, proof: Mapping[str, Any]) -> None:
    """Make sure that it is the user, not only their browser: by the second factor, or where there is none the password.

    Who has neither signs in elsewhere, and nothing here could be asked for. Raises as `spend` and `by_password`.
    """
    if queries.enrolled(user):
        spend(request, user, proof)
    elif user.has_usable_password():
        by_password(request, username=user.username, password=given(proof, "password"))


def spend(request: HttpRequest, user: User, proof: Mapping[str, Any]) -> None:
    """Spend the user's code, or a passkey's answer. Wrong ones are counted with the wrong passwords.

    Raises WrongCode, WrongPasskey and LockedOut; Invalid for neither.
    """
    _unless_locked_out(request, user.username)
    try:
        if "passkey" in proof:
            passkeys.verify(user=user, answer=proof["passkey"])
        else:
            two_factor.verify(user=user, code=given(proof, "code"))
    except (WrongCode, WrongPasskey) as refusal:
        user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=request)
        raise _failed(request, user.username, refusal) from None


def given(proof: Mapping[str, Any], name: str) -> str:
    """What the proof says of itself. Raises Invalid where it doesn't: to say nothing is no wrong guess."""
    if name not in proof:
        raise Invalid(f"Give your {name} too.", fields={name: ["This is needed."]})
    said: str = proof[name]
    return said


def change_password(request: HttpRequest, user: User, *, current: str, new: str) -> None:
    """Another password, for who knows the one there is; all sessions but this one end. Raises as `by_password`."""
    by_password(request, username=user.username, password=current)
    with transaction.atomic():  # or whoever knew the old password might stay signed in
        people.change_password(user=user, password=new)
        update_session_auth_hash(request, user)  # this session goes on, under a new key
        key = request.session.session_key
        sessions.end_all(user=user, but=key, by=user, reason="The password was changed.")


def _unless_locked_out(request: HttpRequest, username: str) -> None:
    credentials: Any = {"username": username}
    if not AxesProxyHandler.is_allowed(request, credentials):
        request.axes_locked_out = True  # type: ignore[attr-defined]  # axes' own mark: its middleware says how long
        raise LockedOut


def _failed(request: HttpRequest, username: str, refusal: Refusal) -> Refusal:
    """The refusal, written down; LockedOut where it was one too many."""
    locked = getattr(request, "axes_locked_out", False)
    verb = "lock out" if locked else VERBS[type(refusal)]
    sessions.note_failure(username=username, verb=verb, address=address.of(request))
    return LockedOut() if locked else refusal


VERBS: dict[type[Refusal], str] = {
    BadCredentials: "fail to sign in",
    WrongCode: "fail a code",
    WrongPasskey: "fail a passkey",
}
