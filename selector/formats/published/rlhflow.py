"""RLHFlow's chat form, written only: the user says a step, the assistant answers + or -.

Steps are joined as in their own evaluator (RLHFlow/RLHF-Reward-Modeling, math-rm/prm_evaluate.py): a space between the
problem and the first step, and no white space around a step.
"""

from typing import Any

from selector.types import BAD, Example


def dump(example: Example) -> dict[str, Any]:
    """The problem stands before the first step; `example` is fully rated, as for `trl.dump`."""
    first, *others = (step.strip() for step in example.steps)
    said = [f"{example.problem} {first}", *others]
    turns = [
        {"role": role, "content": content}
        for step, rating in zip(said, example.ratings, strict=True)
        for role, content in (("user", step), ("assistant", "-" if rating == BAD else "+"))
    ]
    return {"conversations": turns}
