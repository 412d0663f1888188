"""Rejected lines put aside: each with its number and the reason, to be looked at, mended and brought in again.

An attempt at an import writes a file of its own, beginning with what the attempts before it had put aside by the last
chunk that was committed; so a worker that is killed, or is overtaken without noticing, spoils nothing. The import reads
its file in two passes, so the lines stand in two runs, each in order; who fetches them gets one.
"""

import csv
import heapq
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from labelhub.errors import Absent
from labelhub.queries.audit import harmless
from labelhub.services.data.importing.report import Rejection

COLUMNS = ["line", "reason", "whole", "text"]
Row = dict[str, Any]


class Aside:
    """What one attempt at an import puts aside."""

    def __init__(self, *, job: int, attempt: int, so_far: dict[str, Any]) -> None:
        place = so_far.get("aside") or {"size": 0, "second": None}
        self.size: int = place["size"]
        self.second: int | None = place["second"]  # where the run of the second pass begins
        self._job, self._path = job, _directory() / f".{job}.{attempt}"
        if self.size:
            self._take_over()
        else:
            self._path.unlink(missing_ok=True)

    def _take_over(self) -> None:
        """The beginning that is committed, from the newest attempt that wrote as much."""
        earlier = sorted(_directory().glob(f".{self._job}.*"), key=lambda each: each.stat().st_mtime, reverse=True)
        for path in earlier:
            if path.stat().st_size >= self.size:
                if path != self._path:
                    shutil.copy(path, self._path)
                os.truncate(self._path, self.size)
                return
        self.size, self.second = 0, None  # somebody tidied up: what follows is still put aside

    def begin_second(self) -> None:
        if self.second is None:
            self.second = self.size

    def add(self, rejections: Sequence[Rejection]) -> dict[str, Any]:
        """Put the lines aside; answers the place up to which they count, once that is committed."""
        if rejections:
            _directory().mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(self._path, "ab", opener=_for_us_alone) as file:
                file.truncate(self.size)
                file.writelines(_packed(each) for each in rejections)
                file.flush()
                os.fsync(file.fileno())
                self.size = file.tell()
        return self.place

    @property
    def place(self) -> dict[str, Any]:
        return {"size": self.size, "second": self.second}

    def publish(self) -> None:
        """The import is through: its lines can be fetched. Files of other attempts go."""
        if self.size:
            self._path.replace(_path_of(self._job))
        for left in _directory().glob(f".{self._job}.*"):
            left.unlink(missing_ok=True)


def fetch(*, job: int, aside: dict[str, Any] | None) -> Iterator[Row]:
    """The lines that an import put aside, in their order. Raises Absent at once."""
    if not aside:
        raise Absent("This import has no list of rejected lines.")
    try:
        first, second = _path_of(job).open("rb"), _path_of(job).open("rb")
    except FileNotFoundError as error:
        raise Absent("The list of rejected lines is no longer kept: import the file again to have it anew.") from error
    middle = aside["size"] if aside["second"] is None else aside["second"]
    second.seek(middle)
    return heapq.merge(_run(first, middle), _run(second, aside["size"] - middle), key=lambda row: row["line"])


def _run(file: BinaryIO, size: int) -> Iterator[Row]:
    with file:
        while size > 0 and (line := file.readline()):
            size -= len(line)
            yield json.loads(line)


def as_jsonl(rows: Iterable[Row]) -> Iterator[bytes]:
    """One JSON object a line; bytes that are no UTF-8 are told as \\x escapes."""
    for row in rows:
        told = {**{name: row[name] for name in COLUMNS}, "text": _readable(row["text"])}
        yield json.dumps(told, ensure_ascii=False).encode() + b"\n"


def as_csv(rows: Iterable[Row]) -> Iterator[bytes]:
    """COLUMNS, with what a spreadsheet would take for a formula told apart by an apostrophe."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        told = (row["line"], row["reason"], "yes" if row["whole"] else "no", _readable(row["text"]))
        writer.writerow([harmless(str(each)) for each in told])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def as_lines(rows: Iterable[Row]) -> Iterator[bytes]:
    """The lines alone, byte for byte, to be mended and imported; without those of which only the beginning is kept."""
    for row in rows:
        if row["whole"]:
            yield row["text"].encode("utf-8", "surrogateescape") + b"\n"


FORMATS = {
    "jsonl": (as_jsonl, "application/x-ndjson"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "lines": (as_lines, "application/x-ndjson"),
}


def delete_outdated() -> None:
    """The lists that were kept as long as FILES_KEPT_DAYS says."""
    if not settings.FILES_KEPT_DAYS or not _directory().is_dir():
        return
    before = timezone.now().timestamp() - settings.FILES_KEPT_DAYS * 86_400
    for path in _directory().iterdir():
        with suppress(FileNotFoundError):  # published under its name, or deleted by another worker's sweep
            if path.stat().st_mtime < before:
                path.unlink()


def _packed(each: Rejection) -> bytes:
    """One line of ASCII; bytes that are no UTF-8 survive as lone surrogates."""
    text = each.raw.decode("utf-8", "surrogateescape")
    return json.dumps({"line": each.line, "reason": each.reason, "whole": each.whole, "text": text}).encode() + b"\n"


def _readable(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _directory() -> Path:
    return Path(settings.DATA_DIR) / "rejected"


def _path_of(job: int) -> Path:
    return _directory() / f"{job}.jsonl"


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
