"""From text to token ids: steps are tokenised separately, and where each ends is kept, never searched for in text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from selector.prm.config import Context

PLACES = 12  # steps from the twelfth on share a place mark: few solutions are longer, and rare marks stay untrained
PLACE_MARKS = tuple(f"<step{place}>" for place in range(1, PLACES + 1))

Row = tuple[str, Sequence[str]]  # the problem's text and the solution's steps


@dataclass(frozen=True, slots=True)
class Encoded:
    """One sequence for the model: token `ids`, and in `ends` the position of the last token of each step to judge.

    `classes` holds what is to be learnt at each end; nothing while scoring.
    """

    ids: tuple[int, ...]
    ends: tuple[int, ...]
    classes: tuple[int, ...] = ()


class Encoder:
    """Turns rows into sequences: one per solution, or, with context `step`, one per step.

    A solution with a sequence longer than `window` tokens is None: too long, and not cut.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, context: Context, window: int) -> None:
        self.tokenizer, self.context, self.window = tokenizer, context, window
        known = tokenizer.get_vocab()
        # A digit may take the place of those that are written like it: with a space before, or without.
        alike = [[known[before + digit] for digit in "0123456789" if before + digit in known] for before in ("", "Ġ")]
        self.digits = {digit: tuple(digits) for digits in alike for digit in digits}
        self._marks = [[known[mark]] if mark in known else [] for mark in PLACE_MARKS]
        starts = (tokenizer.bos_token_id, tokenizer.cls_token_id)
        self._start = [start for start in starts if start is not None][:1]
        self._gap = self.tokens(["\n"])[0]

    def encode(self, rows: Sequence[Row]) -> list[list[Encoded] | None]:
        """The sequences of each row, in the rows' order."""
        texts = dict.fromkeys(text for problem, steps in rows for text in (problem, *steps))
        ids = dict(
            zip(texts, self.tokens(list(texts)), strict=True)
        )  # a pool repeats its problems and steps: each once
        return [self._fitting(ids[problem], [ids[step] for step in steps]) for problem, steps in rows]

    def _fitting(self, problem: list[int], steps: list[list[int]]) -> list[Encoded] | None:
        if not steps:
            raise ValueError("A solution without steps cannot be judged.")
        sequences = self._alone(steps) if self.context == "step" else [self._together(problem, steps)]
        return sequences if all(len(sequence.ids) <= self.window for sequence in sequences) else None

    def _alone(self, steps: list[list[int]]) -> list[Encoded]:
        marks = (self._marks[min(place, PLACES - 1)] for place in range(len(steps)))
        # A tokenizer may know nothing of a step, such as a lone control sign: it is judged at the token before it.
        alone = ([*self._start, *mark, *(step or self._gap)] for mark, step in zip(marks, steps, strict=True))
        return [Encoded(tuple(ids), (len(ids) - 1,)) for ids in alone]

    def _together(self, problem: list[int], steps: list[list[int]]) -> Encoded:
        ids, ends = [*self._start, *problem], []
        for step in steps:
            ids += self._gap + step
            ends.append(len(ids) - 1)
        return Encoded(tuple(ids), tuple(ends))

    def tokens(self, texts: list[str]) -> list[list[int]]:
        """The ids of each text, without any mark of start or end."""
        # split_special_tokens: a text that spells "<pad>" or "</s>" is text, not a token with powers.
        how = {"add_special_tokens": False, "split_special_tokens": True, "return_attention_mask": False}
        return list(self.tokenizer(texts, **how)["input_ids"]) if texts else []


def by_tokens(sequences: Sequence[Encoded], budget: int) -> Iterator[list[Encoded]]:
    """Batches of at most `budget` tokens with their padding, or of a single longer sequence."""
    batch: list[Encoded] = []
    longest = 0
    for sequence in sequences:
        longest = max(longest, len(sequence.ids))
        if batch and longest * (len(batch) + 1) > budget:
            yield batch
            batch, longest = [], len(sequence.ids)
        batch.append(sequence)
    if batch:
        yield batch
