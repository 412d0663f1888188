"""RLHFlow's chat form, written only: the user says a step, the assistant answers + or -."""

from typing import Any

from selector.types import BAD, Example


def dump(example: Example) -> dict[str, Any]:
    """The problem stands before the first step; `example` is fully rated, as for `trl.dump`."""
    said = [f"{example.problem}\n\n{example.steps[0]}", *example.steps[1:]]
    turns = [
        {"role": role, "content": content}
        for step, rating in zip(said, example.ratings, strict=True)
        for role, content in (("user", step), ("assistant", "-" if rating == BAD else "+"))
    ]
    return {"conversations": turns}
