"""JSON Lines in and out: a bad line is told by its number and never stops the lines after it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

MAX_LINE_BYTES = 16 * 2**20  # a longer line is skipped without ever being held in memory
SHOWN_BYTES = 1000  # of such a line
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that holds a JSON object; lines count from 1."""

    number: int
    row: dict[str, Any]
    raw: bytes = field(default=b"", repr=False, compare=False)  # as it stands in the file, without its end


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that does not, with the sentence that says why; of one that is too long, `raw` is the beginning."""

    number: int
    reason: str
    raw: bytes = field(default=b"", repr=False, compare=False)
    whole: bool = field(default=True, repr=False, compare=False)


def read_jsonl(stream: BinaryIO) -> Iterator[Line | BadLine]:
    """Every line but the blank ones, in order. Strings may still hold what a format refuses (see `fields`)."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n"):
            _skip_rest_of_line(stream)
            reason = f"The line is longer than {MAX_LINE_BYTES // 2**20} MB."
            yield BadLine(number, reason, raw[:SHOWN_BYTES], whole=False)
        else:
            raw = (raw.removeprefix(BOM) if number == 1 else raw).rstrip(b"\r\n")
            if raw.strip():
                yield _parse(number, raw)


def write_line(row: Mapping[str, Any]) -> str:
    """One row as one line, newline included, keys in their order."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n"


def _skip_rest_of_line(stream: BinaryIO) -> None:
    while (rest := stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _parse(number: int, raw: bytes) -> Line | BadLine:
    try:
        row = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        return BadLine(number, f"The line is not valid UTF-8 (byte {error.start + 1}).", raw)
    except json.JSONDecodeError as error:
        cause = "a NUL character" if b"\0" in raw else f"{error.msg} at column {error.colno}"
        return BadLine(number, f"The line is not valid JSON: {cause}.", raw)
    except _Constant as error:
        return BadLine(number, f"The line is not valid JSON: it holds {error}. JSON's word for no value is null.", raw)
    except ValueError:  # an integer past Python's own limit of digits
        return BadLine(number, "The line is not valid JSON: it holds a number that cannot be read.", raw)
    except RecursionError:
        return BadLine(number, "The line is nested too deeply.", raw)
    return Line(number, row, raw) if isinstance(row, dict) else BadLine(number, _of_another_kind(row), raw)


def _of_another_kind(value: Any) -> str:
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return "The line is not a JSON object but a list of them: jq -c '.[]' FILE puts each on a line of its own."
    return "The line is not a JSON object."


class _Constant(ValueError):
    """NaN, Infinity or -Infinity: Python and pandas write them, and JSON has no such word."""


def _refuse_constant(name: str) -> None:
    raise _Constant(name)
