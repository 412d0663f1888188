"""Files that are no JSON Lines at all, named by their first bytes."""

import re

HEAD = 4096  # bytes that tell

_BEGINNINGS = {
    b"\x1f\x8b": "The file is compressed with gzip: unpack it first.",
    b"PK\x03\x04": "The file is a zip archive (or a spreadsheet): unpack it, or save it as JSON Lines.",
    b"BZh": "The file is compressed with bzip2: unpack it first.",
    b"\xfd7zXZ\x00": "The file is compressed with xz: unpack it first.",
    b"\x28\xb5\x2f\xfd": "The file is compressed with zstd: unpack it first.",
    b"PAR1": "The file is Parquet: save it as JSON Lines, one object a line.",
    b"SQLite format 3\x00": "The file is a SQLite database: save its rows as JSON Lines, one object a line.",
}
_UTF_16 = "The file is written in UTF-16 or UTF-32: save it as UTF-8."
_WIDE = re.compile(rb"\xff\xfe|\xfe\xff|\x00\x00\xfe\xff|[\[{]\x00|\x00+[\[{]")
_OPENING = re.compile(rb"\[\s*\n|\[\s*\{|\{\s*\n\s*[\"}]")  # a list of rows, or an object that goes on in the next line
_DOCUMENT = (
    "The file is one JSON document. JSON Lines has one whole object on each line, with no brackets around them: "
    "jq -c '.[]' FILE makes it of a list."
)
_NAME = re.compile(r"[^\W\d][\w .-]*|")  # of a column; pandas leaves that of the index empty
_SEPARATORS = {"\t": "a table with tabs", ",": "CSV", ";": "CSV"}


def fault(head: bytes) -> str:
    """The sentence that says what kind of file it is and what to do; empty where it may be lines."""
    for beginning, sentence in _BEGINNINGS.items():
        if head.startswith(beginning):
            return sentence
    if _WIDE.match(head):
        return _UTF_16
    text = head.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        return "The file holds no line." if len(head) < HEAD else ""
    return _DOCUMENT if _OPENING.match(text) else _table(text)


def _table(text: bytes) -> str:
    """What kind of table it is, or nothing: where another line is JSON, the first one's fault is its own."""
    first, *others = text.decode(errors="replace").split("\n")
    if any(line.lstrip().startswith("{") for line in others):
        return ""
    for separator, kind in _SEPARATORS.items():
        names = [name.strip().strip('"') for name in first.split(separator)]
        if len(list(filter(None, names))) > 1 and all(map(_NAME.fullmatch, names)):
            return f"The file is {kind}: save its rows as JSON Lines, one object a line."
    return ""
