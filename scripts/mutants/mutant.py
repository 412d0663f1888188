"""One small fault in a source file, and the draw of a sample."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SHOWN = 60  # characters of the code before and after


@dataclass(frozen=True)
class Mutant:
    """The bytes `start` to `end` of `file` become `replacement`."""

    file: str  # relative to the root of the tree
    scope: str  # the functions and classes around it, dotted; empty at the top of the file
    line: int  # from 1, its first
    lines: tuple[int, int]  # first and last line of what is replaced
    statement: tuple[int, int]  # first and last line of the statement around it, or of the head of a compound one
    start: int
    end: int
    before: str
    after: str
    replacement: str

    def apply(self, tree: Path) -> None:
        source = (tree / self.file).read_bytes()
        (tree / self.file).write_bytes(source[: self.start] + self.replacement.encode() + source[self.end :])

    @property
    def shown(self) -> str:
        before, after = differing(self.before, self.after)
        return f"{self.file}:{self.line}: {before} -> {after}"


def draw(mutants: Iterable[Mutant], seed: int, count: int) -> list[Mutant]:
    """`count` mutants, the same for the same seed; editing one file hardly changes what is drawn from the others.

    Mutants are ranked by a hash of the seed and of what they are; equal ones in one scope are numbered.
    """
    seen: dict[str, int] = {}
    ranked: list[tuple[str, Mutant]] = []
    for mutant in mutants:
        name = f"{mutant.file}:{mutant.scope}:{mutant.before}->{mutant.after}"
        seen[name] = seen.get(name, 0) + 1
        ranked.append((hashlib.sha256(f"{seed}:{name}:{seen[name]}".encode()).hexdigest(), mutant))
    return [mutant for _, mutant in sorted(ranked, key=lambda pair: pair[0])[:count]]


def differing(before: str, after: str) -> tuple[str, str]:
    """Both on one line, and where they are long only the part around the difference."""
    before, after = " ".join(before.split()), " ".join(after.split())
    if max(len(before), len(after)) <= SHOWN:
        return before, after
    same = next((at for at, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), 0)
    start = max(0, same - SHOWN // 3)
    return tuple(  # type: ignore[return-value]
        ("..." if start else "") + text[start : start + SHOWN] + ("..." if len(text) > start + SHOWN else "")
        for text in (before, after)
    )
