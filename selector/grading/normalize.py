"""When two texts are the same text: the form that duplicates, splits and plain answer equality are judged in."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_MINUS = str.maketrans({"\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
# A preceding backslash makes `\\[2pt]` a line break of a matrix, not a display.
_LATEX_GAP = re.compile(r"(?<!\\)\\(?:[,;:> ]|q?quad(?![A-Za-z]))|~")
_LATEX_NOTHING = re.compile(r"(?<!\\)\\(?:!|(?:left|right)(?![A-Za-z]))")
_LATEX_FRACTION = re.compile(r"(?<!\\)\\[dt]frac(?![A-Za-z])")
_LATEX_DELIMITER = re.compile(r"(?<!\\)\\[()\[\]]|(?<!\\)\$\$")
# Whitespace for `str.split`, so no normalised text contains it.
_SEPARATOR = "\x1e"


def normalise(text: str) -> str:
    """One form for texts that read the same: spacing, trivial LaTeX spacing and delimiters, typographic quotes.

    Idempotent; case is kept. NFC and not NFKC, which would make `x²` the same as `x2`.
    """
    while (folded := _fold(text)) != text:  # taking `\\!` out of `\\le\\!ft(` leaves another command to take out
        text = folded
    return text


def _fold(text: str) -> str:
    if not text.isascii():  # each branch changes nothing where it is not taken; most steps take neither
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).translate(_MINUS)
    if "\\" in text or "~" in text or "$$" in text:
        text = _LATEX_NOTHING.sub("", _LATEX_FRACTION.sub(r"\\frac", text))
        text = _LATEX_DELIMITER.sub("$", _LATEX_GAP.sub(" ", text))
    return " ".join(text.split())


def digest(texts: Iterable[str]) -> str:
    """Hex SHA-256 of the normalised texts in order; where one text ends and the next begins makes a difference."""
    joined = _SEPARATOR.join(normalise(text) for text in texts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def problem_digest(text: str) -> str:
    """Equal for two problems that are the same text, whichever file they came in."""
    return digest([text])


def solution_digest(steps: Iterable[str]) -> str:
    """Equal for two solutions of a problem that a labeler would rate twice for nothing."""
    return digest(steps)
