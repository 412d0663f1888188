"""The process that does the grader's mathematics, started and killed by `grade.Grader`; never imported.

It reads `[answer, ground truth]` as one JSON line and writes one verdict as one line. sympy may hang or fill the
memory on ten characters, so a worker forked from this process does the work: a hang, a crash or a full memory costs
a fork (milliseconds), and not the libraries' import (a second).
"""

import json
import logging
import os
import resource
import select
import signal
import sys
from collections.abc import Callable

from selector.types import Grade

MEMORY_LIMIT = 2 * 2**30  # address space; the libraries alone take a fifth of it
_RECURSION_LIMIT = 2_000  # the parser descends some ten frames for each bracket
_DEAF = 2.0  # seconds that a worker outlives its limit by, should nobody be left to kill it


def main() -> None:
    """Serve verdicts until standard input ends. The argument is how many seconds one verdict may take."""
    limit = float(sys.argv[1])
    logging.disable(logging.CRITICAL)  # math-verify warns that it has no time limit of its own: that is ours
    verdict = _load()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    replies = _own_output()
    worker = Worker(verdict, limit)
    os.write(replies, b"ready\n")
    for line in sys.stdin.buffer:
        if worker.gone():
            worker = Worker(verdict, limit)
        os.write(replies, worker.ask(line) + b"\n")
    worker.end()


class Worker:
    """A fork that gives verdicts, one after the other, until one takes too long."""

    def __init__(self, verdict: Callable[[bytes], bytes], limit: float) -> None:
        self._limit = limit
        asked, self._ask = os.pipe()
        self._answer, answered = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._ask)
            os.close(self._answer)
            _work(verdict, asked, answered, limit)
        os.close(asked)
        os.close(answered)

    def ask(self, line: bytes) -> bytes:
        """The verdict; unknown, and the end of this worker, where none came in time."""
        try:
            os.write(self._ask, line)
        except BrokenPipeError:
            self.end()
            return Grade.UNKNOWN.encode()
        ready, _, _ = select.select([self._answer], [], [], self._limit)
        reply = os.read(self._answer, 64) if ready else b""
        if not reply:
            self.end()
        return reply or Grade.UNKNOWN.encode()

    def gone(self) -> bool:
        """Whether it has ended, by us or by itself."""
        if self._pid and os.waitpid(self._pid, os.WNOHANG)[0]:
            self._forget()
        return self._pid == 0

    def end(self) -> None:
        """Kill it; nothing that it holds is worth keeping."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._forget()

    def _forget(self) -> None:
        os.close(self._ask)
        os.close(self._answer)
        self._pid = 0


def _work(verdict: Callable[[bytes], bytes], asked: int, answered: int, limit: float) -> None:
    """A worker's whole life; never returns."""
    sys.stdin.close()
    with os.fdopen(asked, "rb") as lines:
        for line in lines:
            # The default action of SIGALRM ends the process even inside C code, should the parents be gone by then.
            signal.setitimer(signal.ITIMER_REAL, limit + _DEAF)
            os.write(answered, verdict(line))
            signal.setitimer(signal.ITIMER_REAL, 0)
    os._exit(0)


def _own_output() -> int:
    """The pipe to the parent, out of reach of a library that prints."""
    replies = os.dup(1)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    return replies


def _load() -> Callable[[bytes], bytes]:
    from selector.grading.answers import compare
    from selector.grading.symbolic import mathematics

    def equal(answer: str, truth: str) -> Grade:
        try:
            return mathematics.equal(answer, truth)
        except Exception:  # whatever a parser throws at hostile text: this one comparison, not the process
            return Grade.UNKNOWN

    def verdict(line: bytes) -> bytes:
        try:
            answer, truth = json.loads(line)
            return compare(answer, truth, equal).encode()
        except (RecursionError, MemoryError):
            return Grade.UNKNOWN.encode()

    sys.setrecursionlimit(_RECURSION_LIMIT)
    mathematics.warm_up()
    return verdict


if __name__ == "__main__":
    main()
