"""Asking a server again that can't be reached or is too busy: the one loop, whatever client sends the request."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

LONGEST_WAIT = 300.0  # seconds; a server that asks for more is asked again sooner

T = TypeVar("T")


class TryAgain(Exception):
    """No answer came of this attempt, the next may bring one; `after` is how many seconds the server asks to wait."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class NoAnswer(Exception):
    """No attempt brought an answer; the message is why the last one didn't."""

    def __init__(self, why: str, attempts: int) -> None:
        super().__init__(why)
        self.attempts = attempts


def retrying(ask: Callable[[], T], *, waits: Iterable[float], wait: Callable[[float, TryAgain], object]) -> T:
    """What `ask` returns, asked once and again after each of `waits` while it raises TryAgain. Raises NoAnswer.

    `wait` gets the seconds: what the server said, or one of `waits` made up to half shorter by chance, so that clients
    that failed together don't come back together.
    """
    attempts, left = 0, iter(waits)
    while True:
        attempts += 1
        try:
            return ask()
        except TryAgain as trouble:
            seconds = next(left, None)
            if seconds is None:
                raise NoAnswer(str(trouble), attempts) from trouble
            wait(seconds * random.uniform(0.5, 1.0) if trouble.after is None else trouble.after, trouble)


def may_recover(status: int) -> bool:
    """Whether the same request may be answered otherwise later: too many requests, or the server's own trouble."""
    return status == 429 or status >= 500


def retry_after(told: str) -> float | None:
    """The seconds of a Retry-After header, a number or a date (RFC 9110, 10.2.3); None where it has neither."""
    told = told.strip()
    if told.isdecimal():
        return min(float(told[:9]), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    seconds = (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT)
