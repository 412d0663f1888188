import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selector.formats import BadLine, Line, read_jsonl, write_line
from selector.formats.jsonl import MAX_LINE_BYTES

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
GOOD = b'{"a": 1}\n'


def read(content: bytes) -> list[Line | BadLine]:
    return list(read_jsonl(io.BytesIO(content)))


@given(st.lists(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values)))
def test_rows_come_back_as_they_were_written(rows: list[dict[str, object]]) -> None:
    content = "".join(map(write_line, rows)).encode("utf-8", "surrogatepass")
    if b"\xed" not in content:  # UTF-8 has no halves of surrogate pairs, which only a JSON escape can smuggle in
        assert read(content) == [Line(number, row) for number, row in enumerate(rows, start=1)]


@pytest.mark.parametrize(
    "bad, reason",
    [
        (b'{"a": 1', "Expecting ',' delimiter at column"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'{"a": "\xff"}', "not valid UTF-8 (byte 8)"),
        (b'{"a": "\xed\xa0\x80"}', "not valid UTF-8"),
        (b'{"a": "\0"}', "a NUL character"),
        (b'[{"a": 1}, {"a": 2}]', "a list of them: jq -c '.[]' FILE puts each on a line of its own"),
        (b'{"a": NaN}', "it holds NaN. JSON's word for no value is null."),
        (b'{"a": -Infinity}', "it holds -Infinity. JSON's word"),
        (b'{"a": ' + b"9" * 5000 + b"}", "a number that cannot be read"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deeply"),
        (b'{"a": "' + b"x" * MAX_LINE_BYTES + b'"}', "longer than 16 MB"),
        (b'{"a": "' + b"x" * 3 * MAX_LINE_BYTES + b'"}', "longer than 16 MB"),
    ],
    ids=lambda value: str(value[:20]),
)
def test_a_bad_line_is_told_by_number_and_stops_nothing(bad: bytes, reason: str) -> None:
    first, second, third = read(GOOD + bad + b"\n" + GOOD)
    assert first == Line(1, {"a": 1})
    assert third == Line(3, {"a": 1})
    assert isinstance(second, BadLine)
    assert second.number == 2
    assert reason in second.reason


def test_a_bad_last_line_without_an_end_is_told_too() -> None:
    assert [type(line) for line in read(GOOD + b'{"a"')] == [Line, BadLine]
    assert [type(line) for line in read(GOOD + b'{"a": "' + b"x" * MAX_LINE_BYTES)] == [Line, BadLine]


def test_blank_lines_count_but_say_nothing() -> None:
    assert read(b"\n  \r\n" + GOOD + b"\n") == [Line(3, {"a": 1})]


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert read(b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2}\r\n') == [Line(1, {"a": 1}), Line(2, {"a": 2})]


def test_the_longest_line_allowed_is_read() -> None:
    text = "x" * (MAX_LINE_BYTES - len('{"a": ""}'))
    assert read(json.dumps({"a": text}).encode() + b"\n" + GOOD) == [Line(1, {"a": text}), Line(2, {"a": 1})]


def test_a_row_is_written_on_one_line_in_its_own_order() -> None:
    assert write_line({"b": "two\nlines", "a": "é"}) == '{"b": "two\\nlines", "a": "é"}\n'


def test_what_json_does_not_know_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_line({"a": float("nan")})
