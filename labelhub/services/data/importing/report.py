"""What became of a file's lines, told line by line where one was turned away."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any

MOST_REJECTIONS = 1000  # told by number and sentence; the rest are counted
MOST_REASONS = 50
MOST_FIELDS = 50
LINES_OF_A_REASON = 10
OTHER_REASONS = "Other reasons."
OTHER_FIELDS = "other fields"
NO_PROBLEM = "There is no problem … in this project or in the files given."
KINDS = ("problems", "solutions", "labels", "alternatives")

# What differs from line to line in sentences that say the same: ids, indices, places, counts.
PARTICULARS = re.compile(
    r"(?<=There is no problem ).+(?= in this project)|(?<=_id ).+(?= already names)|(?<=\[)\d+(?=\])"
    r"|(?<=byte )\d+|(?<=column )\d+|(?<=has )\d+|(?<= for )\d+(?= )|(?<= is )-?[\d.]+(?=,)|(?<= at )\d+(?=\.)"
)

# Things a person should know although no line was turned away for them; each counts lines.
STRICTER = "Lines that hold out a problem which was not held out as strictly"
COMPLETED = "Lines with a ground-truth answer or solution that the problem had lacked"
CONTRADICTED = "Lines with another ground-truth answer than the problem's first, which is kept"


class Fate(Enum):
    """What became of a line that wasn't rejected."""

    CREATED = "created"  # it brought a row: a problem, a solution, a label or an alternative
    MERGED = "merged"  # its problem was there, and took a split, an answer or another id from it
    SKIPPED = "skipped"  # all it says was there


def kind_of(reason: str) -> str:
    """What the sentence has in common with those of other lines."""
    return PARTICULARS.sub("…", reason).replace("….", "…")


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line that was turned away; lines count from 1. `raw` is the line itself, where it is still at hand."""

    line: int
    reason: str
    raw: bytes = field(default=b"", repr=False, compare=False)
    whole: bool = field(default=True, repr=False, compare=False)


@dataclass(frozen=True)
class RejectionRow:
    line: Annotated[int, "From 1."]
    reason: str


@dataclass(frozen=True)
class ReasonOfMany:
    reason: Annotated[str, "What the sentences have in common; … where they differ."]
    count: Annotated[int, "Lines."]
    lines: Annotated[list[int], "The first of them, from 1."]


@dataclass
class Reason:
    """What lines were turned away for, how many, and the first of them."""

    count: int = 0
    lines: list[int] = field(default_factory=list)

    def add(self, count: int, lines: list[int]) -> None:
        self.count += count
        self.lines = sorted(self.lines + lines)[:LINES_OF_A_REASON]


@dataclass
class Report:
    """Every line of a file was created, merged, skipped (see `Fate`) or rejected.

    `created` counts rows of the database by kind, `unread` lines by each field that nothing here reads; the others
    count lines.
    """

    created: Counter[str] = field(default_factory=Counter)
    created_lines: int = 0
    merged: int = 0
    skipped: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    reasons: dict[str, Reason] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    def take(self, fate: Fate, unread: Iterable[str] = ()) -> None:
        self.created_lines += fate is Fate.CREATED
        self.merged += fate is Fate.MERGED
        self.skipped += fate is Fate.SKIPPED
        self._name_unread(dict.fromkeys(unread, 1))

    def _name_unread(self, lines: dict[str, int]) -> None:
        for name, count in sorted(lines.items()):
            known = name in self.unread or len(self.unread) < MOST_FIELDS
            self.unread[name if known else OTHER_FIELDS] += count

    def reject(self, line: int, reason: str, raw: bytes = b"", *, whole: bool = True) -> None:
        self.rejected += 1
        self._count(kind_of(reason), 1, [line])
        if len(self.rejections) < MOST_REJECTIONS:
            self.rejections.append(Rejection(line, reason, raw, whole))

    def _count(self, reason: str, count: int, lines: list[int]) -> None:
        if reason not in self.reasons and len(self.reasons) >= MOST_REASONS:
            reason = OTHER_REASONS
        self.reasons.setdefault(reason, Reason()).add(count, lines)

    def add(self, other: "Report") -> None:
        """Take in the other's counts and sentences. The lines themselves stay behind: each may be megabytes long."""
        self.created += other.created
        self.notes += other.notes
        self._name_unread(other.unread)
        self.created_lines += other.created_lines
        self.merged += other.merged
        self.skipped += other.skipped
        self.rejected += other.rejected
        told = self.rejections + [Rejection(each.line, each.reason) for each in other.rejections]
        self.rejections = sorted(told, key=lambda each: each.line)[:MOST_REJECTIONS]
        for reason, each in other.reasons.items():
            self._count(reason, each.count, each.lines)

    @classmethod
    def of(cls, result: dict[str, Any]) -> "Report":
        """What `so_far` told, to go on from."""
        return cls(
            created=Counter(result["created"]),
            created_lines=result.get("created_lines", result["reading"].get("changed", 0)),  # begun by an older version
            merged=result.get("merged", 0),
            skipped=result["skipped"],
            rejected=result["rejected"],
            rejections=[Rejection(**each) for each in result["rejections"]],
            reasons={each["reason"]: Reason(each["count"], each["lines"]) for each in result.get("reasons", [])},
            notes=Counter(result["reading"]["notes"]),
            unread=Counter(result.get("unread")),
        )

    def so_far(self, *, by_id: bool, lines: int) -> dict[str, Any]:
        """The result of an import that isn't through: in this pass over the file, so many lines are dealt with."""
        reading = {"by_id": by_id, "lines": lines, "notes": dict(self.notes)}
        return self.as_dict() | {"reading": reading}

    @property
    def lines(self) -> int:
        return self.created_lines + self.merged + self.skipped + self.rejected

    def as_dict(self) -> dict[str, Any]:
        """The result of an import as HTTP clients get it."""
        often = sorted(self.reasons.items(), key=lambda each: (-each[1].count, each[0]))
        return {
            "lines": self.lines,
            "created": {kind: self.created[kind] for kind in KINDS},
            "created_lines": self.created_lines,
            "merged": self.merged,
            "skipped": self.skipped,
            "rejected": self.rejected,
            "rejections": [{"line": each.line, "reason": each.reason} for each in self.rejections],
            "more": self.rejected - len(self.rejections),
            "reasons": [{"reason": told, "count": each.count, "lines": each.lines} for told, each in often],
            "notes": [f"{sentence}: {count:,}." for sentence, count in self.notes.items()],
            "unread": dict(sorted(self.unread.items())),
        }
