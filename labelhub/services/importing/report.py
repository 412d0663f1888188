"""What became of a file's lines, told line by line where one was turned away."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

MOST_REJECTIONS = 1000  # told by number and sentence; the rest are counted
KINDS = ("problems", "solutions", "labels", "alternatives")

# Things a person should know although no line was turned away for them; each counts lines.
STRICTER = "Lines that hold out a problem which was not held out as strictly"
COMPLETED = "Lines with a ground-truth answer or solution that the problem had lacked"
CONTRADICTED = "Lines with another ground-truth answer than the problem's first, which is kept"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A line that was turned away; lines count from 1."""

    line: int
    reason: str


@dataclass
class Report:
    """Every line of a file was rejected, or was skipped since all it says was there, or created or changed something.

    `created` counts rows of the database by kind, the others count lines.
    """

    created: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    rejected: int = 0
    rejections: list[Rejection] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    changed: int = 0

    def reject(self, line: int, reason: str) -> None:
        self.rejected += 1
        if len(self.rejections) < MOST_REJECTIONS:
            self.rejections.append(Rejection(line, reason))

    def add(self, other: "Report") -> None:
        self.created += other.created
        self.notes += other.notes
        self.skipped += other.skipped
        self.changed += other.changed
        self.rejected += other.rejected
        self.rejections = sorted(self.rejections + other.rejections, key=lambda each: each.line)[:MOST_REJECTIONS]

    @classmethod
    def of(cls, result: dict[str, Any]) -> "Report":
        """What `so_far` told, to go on from."""
        return cls(
            created=Counter(result["created"]),
            skipped=result["skipped"],
            rejected=result["rejected"],
            rejections=[Rejection(**each) for each in result["rejections"]],
            notes=Counter(result["reading"]["notes"]),
            changed=result["reading"]["changed"],
        )

    def so_far(self, *, by_id: bool, lines: int) -> dict[str, Any]:
        """The result of an import that isn't through: in this pass over the file, so many lines are dealt with."""
        reading = {"by_id": by_id, "lines": lines, "changed": self.changed, "notes": dict(self.notes)}
        return self.as_dict() | {"reading": reading}

    @property
    def lines(self) -> int:
        return self.changed + self.skipped + self.rejected

    def as_dict(self) -> dict[str, Any]:
        """The result of an import as HTTP clients get it."""
        return {
            "created": {kind: self.created[kind] for kind in KINDS},
            "skipped": self.skipped,
            "rejected": self.rejected,
            "rejections": [{"line": each.line, "reason": each.reason} for each in self.rejections],
            "more": self.rejected - len(self.rejections),
            "notes": [f"{sentence}: {count:,}." for sentence, count in self.notes.items()],
        }
