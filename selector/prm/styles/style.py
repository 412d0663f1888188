"""What a reading style is, and what the five have in common: tokenizers, and ends of steps in them."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from selector.prm.aggregate import Aggregate, log_score
from selector.prm.config import Kind
from selector.prm.encode import Encoded, Row
from selector.types import Scored


class BadTokenizer(Exception):
    """There is no such tokenizer, or not one of this style's models; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a family of models reads a solution, and what its outputs mean.

    `encode` makes the token ids of each row, and keeps as `ends` the positions that are read, one for each step.
    `outputs` counts the model's numbers at a position: logits of classes, or the one value of a value head.
    `p_correct` is the formula, from their softmax (of a single value: its sigmoid) to P(step is correct).
    `vocabulary` are the tokens whose logits are the classes, where the model has a language head and no other.
    `answered` are the positions of a sequence for which a server answers, where the model is served.
    `aggregate` makes one score of the steps', as the model's authors do.
    """

    encode: Callable[[Sequence[Row]], list[list[Encoded] | None]]
    outputs: int
    p_correct: Callable[[Sequence[float]], float]
    aggregate: Aggregate
    vocabulary: tuple[int, ...] = ()
    answered: Callable[[Encoded], Sequence[int]] = lambda sequence: range(len(sequence.ids))
    kind: Kind = "prm"

    def scored(self, step_probs: Sequence[float] | None) -> Scored:
        """The word on a solution, from P(correct) of each step; None is a solution longer than the window."""
        if step_probs is None:
            return Scored(step_probs=None, log_score=None, too_long=True)
        if self.kind == "orm":  # what it would say on the way to the last token is no step's probability
            return Scored(step_probs=None, log_score=log_score(step_probs, "last"))
        return Scored(step_probs=tuple(step_probs), log_score=log_score(step_probs, self.aggregate))


def sigmoid(value: float) -> float:
    """1 / (1 + exp(-value)), for any finite value."""
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def fitting(sequences: Iterable[Encoded], window: int) -> list[list[Encoded] | None]:
    """Each sequence as the only one of its row; None where it is longer than the window."""
    return [[sequence] if len(sequence.ids) <= window else None for sequence in sequences]


def tokenizer_of(name: str) -> PreTrainedTokenizerBase:
    """The tokenizer in a local directory or of a hub id. Raises BadTokenizer."""
    try:
        found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            name, trust_remote_code=False, local_files_only=Path(name).is_dir()
        )
    except Exception as error:  # the tokenizers library raises nothing narrower for a file that it can't read
        raise BadTokenizer(f"{name} holds no tokenizer that can be loaded: {error}") from error
    return found


def text_ids(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> list[list[int]]:
    """The ids of each text, without any mark of start or end: a text that spells a special token is text."""
    how = {"add_special_tokens": False, "split_special_tokens": True, "return_attention_mask": False}
    return list(tokenizer(list(texts), **how)["input_ids"]) if texts else []


def token_id(tokenizer: PreTrainedTokenizerBase, token: str, family: str) -> int:
    """The id of a token that every model of the family has. Raises BadTokenizer."""
    if (found := tokenizer.get_vocab().get(token)) is None:
        raise BadTokenizer(f"{tokenizer.name_or_path} has no token {token}: it is none of {family}.")
    return found


def last_id(tokenizer: PreTrainedTokenizerBase, text: str) -> int:
    """The last id of a short text read by itself, as model cards look up their tags."""
    return int(tokenizer.encode(text, add_special_tokens=False)[-1])
