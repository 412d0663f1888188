"""The process that runs math-verify, started and killed by `grade.Grader`; never imported by anything else.

It reads `[answer, ground truth]` as one JSON line and writes one verdict as one line. sympy may hang or fill the
memory on a few characters, so its parent kills it at a time limit, and it limits its own memory.
"""

import json
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

MEMORY_LIMIT = 2 * 2**30  # address space; the libraries alone take a fifth of it


def main() -> None:
    """Serve verdicts until standard input ends. The argument is how many seconds one verdict may take."""
    logging.disable(logging.CRITICAL)  # math-verify warns that it has no time limit of its own: that is the parent's
    verdict = _load()
    verdict("1/2", "2/4")  # the parser's first sentence takes half a second, which no answer should pay for
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    with _own_output() as replies:
        replies.write("ready\n")
        for line in sys.stdin:
            # The default action of SIGALRM ends the process even inside C code, should the parent be gone by then.
            signal.alarm(int(float(sys.argv[1])) + 2)
            reply = verdict(*json.loads(line))
            signal.alarm(0)
            replies.write(reply + "\n")


def _own_output() -> Any:
    """The pipe to the parent, out of reach of a library that prints."""
    replies = os.fdopen(os.dup(1), "w", buffering=1, encoding="ascii")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    return replies


def _load() -> Callable[[str, str], str]:
    from math_verify import LatexExtractionConfig, parse, verify

    latex = [LatexExtractionConfig()]

    def read(text: str) -> list[Any]:
        # Only the LaTeX reader: the other one takes the last number out of "7i - 2" and calls it equal to 2.
        return list(parse(f"${text}$", latex, parsing_timeout=None, raise_on_error=True))

    def verdict(answer: str, ground_truth: str) -> str:
        try:
            gold, given = read(ground_truth), read(answer)
            if verify(gold, given, timeout_seconds=None, raise_on_error=True):
                return "right"
            return "wrong" if _understood(gold) and given else "unknown"
        except Exception:  # whatever a parser throws at hostile text: this one verdict, not the process
            return "unknown"

    return verdict


def _understood(parsed: list[Any]) -> bool:
    """Whether it is more than the text itself, which is what the parser falls back to."""
    return any(not isinstance(each, str) for each in parsed)


if __name__ == "__main__":
    main()
