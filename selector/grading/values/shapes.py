"""What an answer is made of: a tuple, an interval, a set, a list, a union or a matrix, and its parts as text."""

import re
from dataclasses import dataclass

from selector.grading.values.quantities import number

_OPENERS, _CLOSERS = "([{", ")]}"
_SEPARATOR = re.compile(r"[,;]| (?:and|or)(?= )")
_LISTED = re.compile(r", |;| and | or ")
_GROUPED = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,]*\d)")
_MATRIX = re.compile(
    r"\\begin\{(?:[pb]?matrix|array)\}(?:\{[lcr| ]*\})?(?P<body>(?:(?!\\end\{).)*)\\end\{(?:[pb]?matrix|array)\}",
    re.DOTALL,
)
_ROW_END = re.compile(r"\\\\(?:\[[^\]]*\])?")
_LESS = re.compile(r"\\leq?(?![A-Za-z])|<=|<")
_GREATER = re.compile(r"\\geq?(?![A-Za-z])|>=|>")
_NAME = re.compile(r"[A-Za-z](?:_\{?\w+\}?)?|\\[a-z]+")
_BUILDER = re.compile(r"(?P<name>[A-Za-z])(?: ?\\in ?\\mathbb\{R\})? ?(?:\||:|\\mid) ?(?P<rule>.+)")
_INFINITE = re.compile(r"[+-]?\\infty")


@dataclass(frozen=True, slots=True)
class Shape:
    """`kind` is `()`, `[]`, `(]`, `[)`, `set`, `list`, `union` or `matrix`; a matrix keeps the length of its rows."""

    kind: str
    parts: tuple[str, ...]
    columns: int = 0


def shape(text: str) -> Shape | None:
    """The shape of a tidy text; None for a single value, a number with thousands separators among them."""
    if number(text) is not None:
        return None
    if matrix := _MATRIX.fullmatch(text):
        return _matrix(_ROW_END.split(matrix["body"]), "&")
    if text.startswith("[[") and text.endswith("]]") and (rows := inside(text)) is not None:
        return _matrix([inside(row.strip()) or "" for row in split(rows, re.compile(","))], ",")
    if found := _intervals(text):
        return found
    if len(pieces := split(text, re.compile(r"\\cup(?![A-Za-z])"))) > 1:
        return Shape("union", tuple(pieces))
    return _bracketed(text) or _listed(text)


def inside(text: str) -> str | None:
    """What the outermost brackets hold, of whatever kind; None where no one pair is around it all."""
    for opener, closer in (("\\{", "\\}"), ("\\langle", "\\rangle"), *((o, c) for o in _OPENERS for c in _CLOSERS)):
        if text.startswith(opener) and text.endswith(closer) and len(text) > len(opener):
            held = text[len(opener) : -len(closer)]
            return held.strip() if _balanced(held) else None
    return None


def split(text: str, separator: re.Pattern[str]) -> list[str]:
    """The pieces between the separators that stand in no brackets."""
    pieces, depth, start = [], 0, 0
    cuts = {match.start(): match.end() for match in separator.finditer(text)}
    for place, character in enumerate(text):
        depth += (character in _OPENERS) - (character in _CLOSERS)
        if depth <= 0 and place in cuts and place >= start:
            pieces.append(text[start:place].strip())
            start = cuts[place]
    return [*pieces, text[start:].strip()]


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character in _OPENERS) - (character in _CLOSERS)
        if depth < 0:
            return False
    return depth == 0


def _matrix(rows: list[str], separator: str) -> Shape | None:
    cells = [split(row, re.compile(separator)) for row in rows if row.strip()]
    if not cells or len({len(row) for row in cells}) > 1:
        return None
    return Shape("matrix", tuple(cell for row in cells for cell in row), len(cells[0]))


def _bracketed(text: str) -> Shape | None:
    held = inside(text)
    if held is None:
        return None
    if text.startswith("\\{"):
        return _builder(held) or Shape("set", tuple(_pieces(held)) if held else ())
    pieces = _pieces(held)
    if len(pieces) < 2:
        return None
    kind = "()" if text.startswith("\\langle") else text[0] + text[-1]
    return Shape(kind, tuple(pieces)) if kind in ("()", "[]", "[)", "(]") else None


def _listed(text: str) -> Shape | None:
    # Outside brackets `1,000` is one number, so a list of them is told by it.
    pieces = _pieces(_GROUPED.sub(lambda match: match[0].replace(",", ""), text))
    return Shape("list", tuple(pieces)) if len(pieces) > 1 and all(pieces) else None


def _pieces(text: str) -> list[str]:
    if _LISTED.search(text):  # `1,000, 2,000` are two numbers, `100,200` in a tuple are two as well
        text = _GROUPED.sub(lambda match: match[0].replace(",", ""), text)
    pieces = [piece for piece in split(text, _SEPARATOR) if piece] if "," in text else split(text, _SEPARATOR)
    return [each for piece in pieces for each in _both_signs(piece)]


def _both_signs(text: str) -> list[str]:
    """`1 \\pm 2` as the two values it stands for."""
    if text.count("\\pm") != 1 or "\\mp" in text:
        return [text]
    before, after = text.split("\\pm")
    return [f"{before}+{after}".strip().removeprefix("+").strip(), f"{before}-{after}".strip()]


def _builder(held: str) -> Shape | None:
    """`\\{x | x > 5\\}` as the interval it is."""
    match = _BUILDER.fullmatch(held)
    return _intervals(match["rule"]) if match else None


def _intervals(text: str) -> Shape | None:
    """An inequality between numbers and one name as an interval, several joined by `or` as a union."""
    pieces = split(text, re.compile(r" (?:or|\\lor)(?= )"))
    found = [_interval(piece) for piece in pieces]
    names = {name for each in found if each for name in each[1]}
    if not all(found) or len(names) > 1:
        return None
    shapes = [each[0] for each in found if each]
    if len(shapes) == 1:
        return shapes[0]
    return Shape("union", tuple(f"{each.kind[0]}{each.parts[0]},{each.parts[1]}{each.kind[1]}" for each in shapes))


def _interval(text: str) -> tuple[Shape, tuple[str, ...]] | None:
    """(the interval, its name) of `x < 5`, `5 > x`, `1 \\le x < 2`."""
    less, greater = _LESS.findall(text), _GREATER.findall(text)
    if bool(less) == bool(greater) or len(less + greater) > 2:
        return None
    sides = (_LESS if less else _GREATER).split(text)
    signs = less or greater
    if greater:
        sides, signs = sides[::-1], signs[::-1]
    sides = [side.strip() for side in sides]
    names = [place for place, side in enumerate(sides) if _NAME.fullmatch(side) and not _INFINITE.fullmatch(side)]
    if len(names) != 1 or (len(sides) == 3 and names != [1]) or not all(side and _balanced(side) for side in sides):
        return None
    lower = ("(" if signs[0] in ("<", ">") else "[") + sides[0] if names[0] else "(-\\infty"
    upper = sides[-1] + (")" if signs[-1] in ("<", ">") else "]") if names[0] != len(sides) - 1 else "\\infty)"
    return Shape(lower[0] + upper[-1], (lower[1:], upper[:-1])), (sides[names[0]],)
