"""Whether an answer agrees with the ground truth, whatever text a model put there.

Texts, plain numbers, units and shapes are compared here. Mathematics runs in one long-lived child process that is
killed at a time limit: sympy can hang on ten characters (trap: "sympy might hang"), and a hung verdict must cost one
solution its grade, never the worker.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

from selector.grading.answers import MAX_READ_CHARS, compare
from selector.grading.normalize import normalise
from selector.types import Grade

TIME_LIMIT = 5.0
MAX_ANSWER_CHARS = 20_000
MAX_KNOWN = 100_000
_START_LIMIT = 60.0  # sympy's import on a busy machine
_GRACE = 1.0  # seconds for the child to kill its worker and say so
_ROOT = Path(__file__).parents[2]


class GraderUnavailable(RuntimeError):
    """The child could not start at all, which is the installation's fault and no answer's."""


class Grader:
    """Grades answers; use it as a context manager, in one thread. The child starts with the first need of it.

    A subprocess and not multiprocessing, which a daemonic Celery worker may not use.
    """

    def __init__(self, time_limit: float = TIME_LIMIT) -> None:
        self._time_limit = time_limit
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child and what it forked; grading again starts another."""
        if self._child is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.communicate()
            self._child = None

    def grade(self, answer: str | None, ground_truth: str | None) -> Grade:
        """RIGHT or WRONG; UNKNOWN without an answer or a truth, for an overlong one, at the time limit or a crash."""
        if not answer or not ground_truth or max(len(answer), len(ground_truth)) > MAX_ANSWER_CHARS:
            return Grade.UNKNOWN
        if max(len(answer), len(ground_truth)) > MAX_READ_CHARS and normalise(answer) == normalise(ground_truth) != "":
            return Grade.RIGHT
        try:
            return compare(answer, ground_truth, _not_here)
        except _Mathematics:
            return self._ask(answer, ground_truth)

    def grade_pairs(self, pairs: Iterable[tuple[str | None, str | None]]) -> Iterator[Grade]:
        """A grade for each (answer, ground truth), in order; a pair that comes again is not asked again."""
        known: dict[tuple[str | None, str | None], Grade] = {}
        for pair in pairs:
            if pair not in known:
                if len(known) >= MAX_KNOWN:
                    known.clear()  # a stream has no end, and the memory has one
                known[pair] = self.grade(*pair)
            yield known[pair]

    def _ask(self, answer: str, ground_truth: str) -> Grade:
        child = self._running_child()
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps([answer, ground_truth]).encode() + b"\n")
            child.stdin.flush()
        except BrokenPipeError:
            self.close()
            return Grade.UNKNOWN
        reply = _read_line(child, self._time_limit + _GRACE)
        if reply not in set(Grade):
            self.close()
            return Grade.UNKNOWN
        return Grade(reply)

    def _running_child(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is None:
            return self._child
        self.close()
        command = [sys.executable, "-m", "selector.grading.symbolic.child", str(self._time_limit)]
        try:
            # A session of its own: Ctrl-C at the terminal is for the parent, which then ends the child.
            self._child = subprocess.Popen(
                command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
            )
        except OSError as error:
            raise GraderUnavailable(f"The grader's process did not start: {error.strerror}.") from error
        if _read_line(self._child, _START_LIMIT) != "ready":
            self.close()
            raise GraderUnavailable("The grader's process did not start; its own words are on standard error.")
        return self._child


class _Mathematics(Exception):
    """The rules of text and numbers do not decide."""


def _not_here(answer: str, truth: str) -> Grade:
    raise _Mathematics


def _read_line(child: subprocess.Popen[bytes], limit: float) -> str | None:
    """The child's next line; None when it ended or the limit (seconds) passed."""
    assert child.stdout is not None
    deadline, line = time.monotonic() + limit, b""
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        while not line.endswith(b"\n"):
            if not ready.select(max(0.0, deadline - time.monotonic())):
                return None
            if not (chunk := os.read(child.stdout.fileno(), 4096)):
                return None
            line += chunk
    return line.decode("ascii").strip()
