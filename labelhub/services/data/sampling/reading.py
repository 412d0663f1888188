"""From what a model wrote to steps and an answer, in the form of PRM800K's own solutions.

A step is a line. The answer stands behind a line `# Answer` and stays, as in the released rows, with the last step.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from selector.formats import BadRow, fields

ANSWER = re.compile(r"^[ \t]*#+[ \t]*\**answer\**[ \t]*:?[ \t]*\**[ \t]*", re.IGNORECASE | re.MULTILINE)
THOUGHT = "</think>"  # what stands before it, some servers leave in the text of models that think first
# A display that is open at the end of a line goes on in the next: half of one is no step that anybody could rate.
OPENS = re.compile(r"\\\[|\\begin\{")
CLOSES = re.compile(r"\\\]|\\end\{")


class Reason(StrEnum):
    """Why an answer of a model is not kept; `told` says it to people."""

    NO_ANSWER = "no_answer"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    REFUSED = "refused"
    UNREADABLE = "unreadable"
    UNAVAILABLE = "unavailable"


class Unusable(Exception):
    """A text that is no solution, or no step."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def solution(text: str) -> tuple[list[str], str]:
    """The steps and the answer. Raises Unusable."""
    text = _spoken(text)
    marks = list(ANSWER.finditer(text))
    answer = next(_lines(text[marks[-1].end() :]), "") if marks else ""
    if not answer:
        raise Unusable(Reason.NO_ANSWER, f"No answer stands behind a line `# Answer`; it ends with {text[-80:]!r}.")
    return _steps([*_lines(text[: marks[-1].start()])], answer), answer


def step(text: str) -> str:
    """The first step of the text, with the answer if it is the last one too. Raises Unusable."""
    text = _spoken(text)
    mark = ANSWER.search(text)
    lines = [*_lines(text[: mark.start()] if mark else text)]
    answer = next(_lines(text[mark.end() :]), "") if mark else ""
    if len(lines) > 1 or not answer:
        lines, answer = lines[:1], ""
    if not lines and not answer:
        raise Unusable(Reason.EMPTY, "A heading and nothing under it.")
    return _steps(lines, answer)[0]


def _spoken(text: str) -> str:
    try:
        fields.check_storable({"The text": text})
    except BadRow as error:
        raise Unusable(Reason.UNREADABLE, str(error)) from None
    spoken = text.rpartition(THOUGHT)[2].strip()
    if not spoken:
        raise Unusable(Reason.EMPTY, "Nothing but space.")
    return spoken


def _steps(lines: list[str], answer: str) -> list[str]:
    """The lines as steps, the answer at the end of the last one."""
    if answer:
        lines = [*lines[:-1], "\n\n".join([*lines[-1:], "# Answer", answer])]
    try:
        return list(fields.steps(lines, "The steps"))
    except BadRow as error:
        raise Unusable(Reason.TOO_LONG, str(error)) from None


def _lines(text: str) -> Iterator[str]:
    """The lines that say something, the lines of a display as one; a display that never ends is the rest."""
    begun: list[str] = []
    for line in text.splitlines():
        if not line.strip():
            continue
        begun.append(line.strip() if not begun else line.rstrip())
        if _is_closed("\n".join(begun)):
            yield "\n".join(begun)
            begun = []
    if begun:
        yield "\n".join(begun)


def _is_closed(text: str) -> bool:
    return len(OPENS.findall(text)) <= len(CLOSES.findall(text)) and text.count("$$") % 2 == 0
