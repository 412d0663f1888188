"""What a text states as its answer: the box, what is tagged or announced as the answer, the formula of a last sentence.

Most answers are an answer and nothing else, and come back as they are. Linear in the length, for a model may write
pages and no ends.
"""

import itertools
import re

from selector.grading.tidy import plain

_STOP = re.compile(r"(?:<\|\w{1,30}\|>(?:user|assistant|system)?|</s>)$")
_LONGEST_STOP, _LONGEST_SENTENCE = 50, 1_000
_TAGGED = re.compile(r"<answer>([^<>]*)</answer>", re.IGNORECASE)
# A formula in a line of prose doesn't run over three; its signs may be sums of money, or of a longer text cut off.
_BROKEN = re.compile(r"(?:(?<![$\\])\$|(?<!\\)\\\()[ \t]*\n[^$\n]*\n[ \t]*(?:\$|\\\))\s*$")
_BOXED = re.compile(r"\\f?box")
_BOX = re.compile(r"\\(?:boxed|fbox) ?\{|\{|\}")
_OPEN_BOX = re.compile(r"\\boxed\s*(?=[^\s{])([^$\n]*)")
_HOPE = re.compile(r"i hope (?:it|this) is correct", re.IGNORECASE)
_ANNOUNCED = re.compile(
    r"(?:(?:the )?final answer(?: is)?|(?:the )?(?:correct )?answer(?: is:?|:)|(?<!\S)####(?=\s)|(?<!\S)#+ answer$)"
    r"[:\s]*(?:\*\*[:\s]*)?",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(r"[.!?]\s+(?=[A-Z\[#])|\n\s*\n|\s(?=(?:Therefore|Thus|Hence|So),?\s)")
_CORRECTS = re.compile(
    r"\b(?:no|not|wait|actually|sorry|correct(?:ed|ion|ing)?|instead|mistake|wrong|rather|oops|hmm|check)\b",
    re.IGNORECASE,
)
_LIST_MARKS = re.compile(r"(?:[\s,;$&]|\\(?:quad|qquad|text|mbox|[(),;:\[\]])|[{}]|\band\b|\bor\b|\\(?:lor|land))*")
_ROUNDED = re.compile(r"[\s$]*\\approx[\s$]*")
_EQUAL = re.compile(r"[\s$]*(?:=|\\equiv|\\approx)[\s$]*")

_FORMULA = r"\$[^$]+\$"
_SEVERAL = rf"{_FORMULA}(?:(?:\s*,)?\s*(?:and|or|,)\s*{_FORMULA})*"
_NUMBER = r"-?(?:\\\$)?\d[\d,]*(?:\.\d+)?(?:/\d+)?(?:\\?%)?"
_SAYS = re.compile(
    r"(?P<head>.*(?:\b(?:is|are|be|equals?|that|gets?|obtain|have|find|gives?|yields?|(?:increas|decreas)\w+ by)|:))\s*"
    rf"(?P<answer>{_SEVERAL}|{_NUMBER})\s*\.?"
)
_THEREFORE = re.compile(
    rf"(?:(?:so|thus|hence|therefore|then|finally|we (?:find|get|have)(?: that)?)\b,?\s*)*(?P<answer>{_FORMULA})"
    r"(?:\s+(?:is|are|as)\s+(?:the|our)\s+(?:\w+\s+)?(?:solution|answer|result)s?(?:\s+set)?)?\s*\.?",
    re.IGNORECASE,
)
_THERE = re.compile(
    rf"(?:(?:so|thus|hence|therefore),?\s+)?there (?:is|are) (?P<answer>{_NUMBER}(?: [a-z]+)?)[^$]*", re.IGNORECASE
)
_COUNTED = re.compile(rf"{_NUMBER}(?: [a-z]{{3,}})?")
UNSURE = re.compile(
    r"\b(?:not|no|never|nor|neither|isn|aren|doesn|don|cannot|if|suppose|assum\w*|let|unless|except|but|or|false"
    r"|wrong|incorrect|guess|maybe|perhaps|least|most|than|about|approximately|between|either)\b"
    r"|\b(?:can|could|would|should|may|might) be\W*$",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"(?<![\\{A-Za-z])[A-Za-z]{2,}")
_FEW_WORDS = 5
_WORDS = re.compile(r"(?<![A-Za-z])[A-Za-z]{3,}")


def readings(text: str) -> tuple[str, ...]:
    """The texts that may be the answer, any of which suffices; one, but for boxes that nothing sets apart."""
    if not _WORDS.search(text) and "####" not in text:
        return (text,)
    broken = _BROKEN.search(text)
    text = _lines(text)
    announced, boxes = _announced(text), _boxes(text)
    if boxes and not (announced and re.search(r"\d", announced)):
        return boxes
    if tagged := _TAGGED.findall(text):
        return (tagged[-1],)
    if announced is not None:
        return (_said(announced) or _counted(announced) or announced,)
    return ("",) if broken else (_said(text) or text,)


def is_prose(text: str) -> bool:
    """Whether a value stands among so many words that its own can't be told from others."""
    return len(_SPOKEN.findall(text)) > _FEW_WORDS and bool(re.search(r"[\d\\$]", text))


def _lines(text: str) -> str:
    """Normalised line by line: where one ends is where an announced answer ends."""
    text = text.rstrip()
    while match := _STOP.search(text, max(0, len(text) - _LONGEST_STOP)):
        text = text[: match.start()].rstrip()
    return "\n".join(map(plain, text.splitlines()))


def _boxes(text: str) -> tuple[str, ...]:
    """What the boxes hold: the last, which corrects those before it, or all of them as a list."""
    if not _BOXED.search(text):
        return ()
    found = _closed_boxes(text)
    if not found:
        return (match[1].rstrip(" .)]\\"),) if (match := _OPEN_BOX.search(text)) else ()
    held = [text[start:end] for _, start, end in found]
    gaps = [text[end + 1 : start] for (_, _, end), (start, _, _) in itertools.pairwise(found)]
    listed = ", ".join(dict.fromkeys(held))
    if len(set(held)) == 1 or all(map(_LIST_MARKS.fullmatch, gaps)):
        return (listed,)
    if all(map(_ROUNDED.fullmatch, gaps)):
        return held[0], held[-1]
    if all(map(_EQUAL.fullmatch, gaps)):
        return (f"{held[0]} = {held[-1]}",)  # one statement: where its sides differ, neither is the answer
    return (held[-1],) if any(map(_CORRECTS.search, gaps)) else (held[-1], listed)


def _closed_boxes(text: str) -> list[tuple[int, int, int]]:
    """(start, start and end of what it holds) of each box without a box inside."""
    opened: list[tuple[int, int] | None] = []
    found: list[tuple[int, int, int]] = []
    for match in _BOX.finditer(text):
        if match[0] == "}":
            box = opened.pop() if opened else None
            if box and not (found and found[-1][0] > box[0]):
                found.append((*box, match.start()))
        else:
            opened.append((match.start(), match.end()) if len(match[0]) > 1 else None)
    return found


def _announced(text: str) -> str | None:
    """What follows the last `the final answer is`, to the end of its sentence; None where a box comes after it."""
    hope = list(_HOPE.finditer(text))
    text = text[: hope[-1].start()] if hope else text
    if not (announced := list(_ANNOUNCED.finditer(text))):
        return text if hope and not _BOXED.search(text) else None
    *_, sentence = _END.split(text[: announced[-1].start()])
    if UNSURE.search(sentence[-_LONGEST_SENTENCE:]) or _BOXED.search(text, announced[-1].start()):
        return None
    rest = text[announced[-1].end() :].replace('\\"', " ")
    end = next((match for match in _END.finditer(rest) if rest.count("$", 0, match.start()) % 2 == 0), None)
    return rest[: end.start() if end else None].strip() or None


def _said(text: str) -> str | None:
    """The formula or number that the last sentence comes to, where the sentence says nothing else."""
    *before, last = _END.split(text.strip())
    if len(last) > _LONGEST_SENTENCE:
        return None
    said = _THEREFORE.fullmatch(last) or _SAYS.fullmatch(last) or _THERE.fullmatch(last)
    if not said or (not before and not _WORDS.search(last.replace(said["answer"], ""))):
        return None
    return said["answer"] if _is_plain(last.replace(said["answer"], " ")) else None


def _counted(text: str) -> str | None:
    """The only number of a sentence that was announced as the answer, with what it counts."""
    found = list(_COUNTED.finditer(text))
    if len(found) != 1 or len(text) > _LONGEST_SENTENCE or not _WORDS.search(text[: found[0].start()]):
        return None
    return found[0][0] if _is_plain(text.replace(found[0][0], " ")) else None


def _is_plain(words: str) -> bool:
    """Whether what stands around a value takes nothing from it."""
    return not re.search(r"\d|\\", re.sub(_FORMULA, " ", words)) and not UNSURE.search(words)
