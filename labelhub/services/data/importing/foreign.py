"""Files that are no JSON Lines at all, refused in one sentence before any of their lines is read."""

from pathlib import Path

from labelhub.errors import Invalid
from selector.formats.foreign import HEAD, fault

__all__ = ["HEAD", "refuse", "refuse_file"]


def refuse(head: bytes) -> None:
    """Raise Invalid, naming the field `file`, where the first bytes tell that this is another kind of file."""
    if sentence := fault(head):
        raise Invalid(sentence, fields={"file": [sentence]})


def refuse_file(path: Path) -> None:
    """`refuse` by the file's first bytes."""
    with path.open("rb") as file:
        refuse(file.read(HEAD))
