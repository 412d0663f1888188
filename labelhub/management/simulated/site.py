"""A labeler's connection to the site: kept alive, and patient with a network that loses answers."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

import orjson

from selector import retrying as retries
from selector.retrying import TryAgain, retry_after, retrying

TIMEOUT = 30.0
PATIENCE = 600.0  # seconds of trying again: a restart of the site or of its database takes less
PAUSE = 0.5  # between tries, unless the site says how long
TRY_AGAIN = (502, 503, 504)


class NoAnswer(Exception):
    """The site could not be reached within our patience."""


class Refused(Exception):
    """The site refused, with its code and sentence."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code = status, code


class Site:
    """One keep-alive connection that signs its calls with a bearer token.

    Every call made through it may be repeated safely: a lost answer to PUT is the same label again, and one to `next`
    comes back as the forgotten lease.
    """

    def __init__(self, url: str, token: str, patience: float = PATIENCE) -> None:
        parts = urlsplit(url)
        kind: Callable[..., HTTPConnection] = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname or "127.0.0.1", parts.port, timeout=TIMEOUT)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._base = parts.path.rstrip("/") + "/api/v1/"
        self._url, self._patience = url, patience
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """Don't wait any more: a call that fails from now on isn't tried again."""
        self._given_up.set()

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON. Raises Refused, or NoAnswer after trying for a while."""
        try:
            once = partial(self._once, method, path, body)
            return retrying(once, waits=self._pauses(time.monotonic() + self._patience), wait=self._wait)
        except (retries.NoAnswer, TryAgain) as error:
            raise NoAnswer(f"No answer from {self._url} ({error}). Is the site running there?") from error

    def _pauses(self, end: float) -> Iterator[float]:
        """Pauses until then, or until we give up."""
        while time.monotonic() < end and not self._given_up.is_set():
            yield PAUSE

    def close(self) -> None:
        self._connection.close()

    def _wait(self, seconds: float, trouble: TryAgain) -> None:
        if self._given_up.wait(seconds):
            raise trouble

    def _once(self, method: str, path: str, body: Any) -> Any:
        """The answer's JSON. Raises Refused, and TryAgain where there is no answer."""
        try:
            status, content, again = self._send(method, path, body)
        except (HTTPException, OSError) as error:
            self._connection.close()  # the next request opens it anew
            raise TryAgain(str(error)) from error
        if status in TRY_AGAIN:
            raise TryAgain(f"status {status}", retry_after(again))
        return _read(status, content)

    def _send(self, method: str, path: str, body: Any) -> tuple[int, bytes, str]:
        """The status, the body, and the Retry-After."""
        content = None if body is None else orjson.dumps(body)
        self._connection.request(method, self._base + path, content, self._headers)
        response = self._connection.getresponse()
        return response.status, response.read(), response.headers.get("Retry-After", "")


def _read(status: int, text: bytes) -> Any:
    if status < 300:
        return orjson.loads(text) if text else None
    try:
        told = orjson.loads(text)
        raise Refused(status, told["code"], told["detail"])
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise Refused(status, "unreadable", f"The site answered {status} without a reason.") from error
