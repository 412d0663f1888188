"""What a hand-in knows of the assignment it leased, kept in this process for the hand-in that follows.

It spares that one the message that reads, and nothing more: the statement that writes the pass holds all of it against
the database, and a hand-in that finds nothing here reads as ever.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Literal

from labelhub.models import Assignment
from labelhub.queries.labeling.queue import Asked

MOST = 500  # assignments; a labeler at work has two
LONGEST = 20_000  # characters of a problem with its steps
SECONDS = 900


@dataclass(frozen=True)
class Credential:
    """What a person signed in by. `key`: the SHA-256 of the token, or of the session's key.

    `proof`: what the database compares to see that it still signs in that person; nothing in it opens anything.
    """

    kind: Literal["token", "session"]
    key: str
    proof: str


@dataclass(frozen=True)
class Kept:
    """A leased assignment with all that a pass on it is judged by, as `credential`'s last hand-in left it."""

    credential: Credential
    assignment: Assignment
    asked: Asked
    source: str


_kept: OrderedDict[tuple[str, str, int], tuple[float, Kept]] = OrderedDict()
_lock = Lock()


def keep(kept: Kept) -> None:
    """Keep it until it is taken, too old, or the oldest of too many."""
    with _lock:
        _kept[kept.credential.kind, kept.credential.key, kept.assignment.pk] = monotonic(), kept
        while _kept and (len(_kept) > MOST or next(iter(_kept.values()))[0] < monotonic() - SECONDS):
            _kept.popitem(last=False)


def take(kind: str, key: str, assignment_id: int) -> Kept | None:
    """What is kept of the assignment for who signs in by this, once: it serves one hand-in."""
    with _lock:
        _, kept = _kept.pop((kind, key, assignment_id), (0.0, None))
    return kept


def forget() -> None:
    """Keep nothing."""
    with _lock:
        _kept.clear()
