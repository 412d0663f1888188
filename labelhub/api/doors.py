"""The way in: whoever proved who they are is signed in, or asked for the code first. Every door ends here."""

import time
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import login
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest

from labelhub.api.refusals import LockedOut, SecondFactorNeeded, SignInAnew
from labelhub.errors import WrongCode
from labelhub.models import User
from labelhub.queries import two_factor as queries
from labelhub.services import two_factor

BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING = "second_factor_of"
PATIENCE = 600  # seconds between the password and the code


def enter(request: HttpRequest, user: User) -> None:
    """Sign the user in, in a new session. Raises SecondFactorNeeded, and waits for the code, where there is one."""
    if queries.enrolled(user):
        request.session.cycle_key()
        request.session[PENDING] = {"user": user.pk, "at": time.time()}
        raise SecondFactorNeeded
    login(request, user, backend=BACKEND)


def enter_with(request: HttpRequest, code: str) -> User:
    """Sign in who waits for the code. Raises SignInAnew where nobody does, WrongCode and LockedOut."""
    waiting = request.session.get(PENDING, {"user": None, "at": 0})
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    if user is None or waiting["at"] < time.time() - PATIENCE:
        raise SignInAnew
    spend(request, user, code)
    del request.session[PENDING]
    login(request, user, backend=BACKEND)
    return user


def spend(request: HttpRequest, user: User, code: str) -> None:
    """Spend the user's code; wrong ones are counted with the wrong passwords. Raises WrongCode and LockedOut."""
    credentials: Any = {"username": user.username}
    if not AxesProxyHandler.is_allowed(request, credentials):
        raise LockedOut
    try:
        two_factor.verify(user=user, code=code)
    except WrongCode:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        if getattr(request, "axes_locked_out", False):
            raise LockedOut from None
        raise
