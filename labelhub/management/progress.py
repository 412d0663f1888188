"""How far a command is, on standard error: a line that rewrites itself at a terminal, elsewhere one now and then."""

import sys
import time

TERMINAL_SECONDS, LOG_SECONDS = 0.1, 5.0


class Progress:
    """A `beat` for services that tell how far they are; a context manager that leaves the line behind it clean."""

    def __init__(self) -> None:
        self._out = sys.stderr
        self._rewrites = self._out.isatty()
        self._told = time.monotonic()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._rewrites:
            self._out.write("\r\x1b[K")

    def __call__(self, done: int, total: int, message: str = "") -> None:
        now = time.monotonic()
        if now - self._told < (TERMINAL_SECONDS if self._rewrites else LOG_SECONDS):
            return
        self._told = now
        line = f"{message or 'Working'}: {done:,} of {total:,}"
        self._out.write(f"\r\x1b[K{line}" if self._rewrites else f"{line}\n")
        self._out.flush()
