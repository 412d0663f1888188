"""How each kind of served model reads a solution: what its tokens are, and which of its answers is a step's."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from selector.formats.published.math_shepherd import TAG
from selector.prm import reward_model
from selector.prm.aggregate import Aggregate, p_correct
from selector.prm.config import Kind
from selector.prm.encode import Encoded, Encoder, Row
from selector.types import CLASS_INDEX

SYSTEM = "Please reason step by step, and put your final answer within \\boxed{}."  # as Qwen's PRMs were trained


class BadTokenizer(Exception):
    """There is no such tokenizer, or not one of this style's models; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind of model reads a solution, and what its answer means.

    `rows` are the positions of a sequence that the server answers, `p_correct` takes the `classes` probabilities there.
    """

    encode: Callable[[Sequence[Row]], list[list[Encoded] | None]]
    rows: Callable[[Encoded], Sequence[int]]
    classes: int
    p_correct: Callable[[Sequence[float]], float]
    aggregate: Aggregate
    kind: Kind = "prm"


def tokens_style(checkpoint: str, window: int) -> Style:
    """A checkpoint of ours, encoded as it was trained: three classes at every token.

    Served by `vllm serve CHECKPOINT --runner pooling --dtype float32`, which pools ALL tokens. Raises BadCheckpoint,
    also for one of several heads: the server's softmax goes over all of their classes together.
    """
    config = reward_model.config_of(reward_model.read_card(Path(checkpoint)))
    if config.way == "frozen":
        raise reward_model.BadCheckpoint(f"{checkpoint} is a head beside its base; only a whole model is served.")
    if config.heads > 1:
        raise reward_model.BadCheckpoint(f"{checkpoint} has {config.heads} heads, and a served model is read with one.")
    encoder = Encoder(_tokenizer(checkpoint), config.context, min(config.window, window))
    return Style(
        encode=encoder.encode,
        rows=lambda sequence: range(len(sequence.ids)),
        classes=len(CLASS_INDEX),
        p_correct=lambda probs: p_correct(probs, config.neutral),
        aggregate=config.aggregate,
        kind=config.kind,
    )


def qwen_style(tokenizer: str, window: int) -> Style:
    """Qwen2.5-Math-PRM (model card; arXiv 2501.07301): a chat with <extra_0> after each step, classes bad and good.

    Served by `vllm serve Qwen/Qwen2.5-Math-PRM-7B --runner pooling`: STEP pooling answers at each <extra_0> alone.
    """
    known = _tokenizer(tokenizer)
    start, end, tag = (_special(known, name) for name in ("<|im_start|>", "<|im_end|>", "<extra_0>"))
    tokens = Encoder(known, "solution", window).tokens

    def encode(row: Row) -> Encoded:
        problem, (first, *others) = row
        # Special tokens part a text before it is tokenised: the pieces' ids are the ids of the whole chat.
        parts = [f"system\n{SYSTEM}", "\n", f"user\n{problem}", "\n", f"assistant\n{first}", *others, "\n"]
        system, gap, user, gap, *steps, last = tokens(parts)
        ids = [start, *system, end, *gap, start, *user, end, *gap, start]
        lengths = [len(ids), *(len(step) + 1 for step in steps)]
        ids += [token for step in steps for token in (*step, tag)] + [end, *last]
        return Encoded(tuple(ids), tuple(place - 1 for place in list(accumulate(lengths))[1:]))

    return Style(
        encode=lambda rows: _fitting(map(encode, rows), window),
        rows=lambda sequence: [place for place, token in enumerate(sequence.ids) if token == tag],
        classes=2,
        p_correct=lambda probs: probs[1],
        aggregate="product",
    )


def math_shepherd_style(tokenizer: str, window: int) -> Style:
    """Math-Shepherd (model card; arXiv 2312.08935): the tag after each step, where + and - are the next tokens.

    Served with those two rows of its language head as classes, at every token: `vllm serve MODEL --runner pooling
    --convert classify --hf-overrides '{"method": "no_post_processing", "classifier_from_token": ["\\u2581+",
    "\\u2581-"]}'`. STEP pooling with returned_token_ids is refused by its number of rows: vLLM's StepPool takes those
    ids as columns of the hidden states, since its reward models keep no language head, and such numbers mean nothing.
    """
    known = _tokenizer(tokenizer)
    if str(known.decode(known(TAG)["input_ids"][-1:])).strip() != TAG:
        raise BadTokenizer(f"{tokenizer} has no token for the tag {TAG}: it is none of a Math-Shepherd model.")

    def encode(row: Row) -> Encoded:
        problem, steps = row
        pieces = [f"{problem} ", *(f"Step {i}: {step} {TAG}\n" for i, step in enumerate(steps, start=1))]
        # As one text, for a piece alone would begin with a space; where each tag stands in it is known beforehand.
        read = known("".join(pieces)[:-1], split_special_tokens=True)
        return Encoded(
            tuple(read["input_ids"]),
            tuple(read.char_to_token(place - 2) for place in list(accumulate(map(len, pieces)))[1:]),
        )

    return Style(
        encode=lambda rows: _fitting(map(encode, rows), window),
        rows=lambda sequence: range(len(sequence.ids)),
        classes=2,
        p_correct=lambda probs: probs[0],
        aggregate="min",
    )


STYLES: dict[str, Callable[[str, int], Style]] = {
    "tokens": tokens_style,
    "qwen": qwen_style,
    "math_shepherd": math_shepherd_style,
}


def _fitting(sequences: Iterable[Encoded], window: int) -> list[list[Encoded] | None]:
    return [[sequence] if len(sequence.ids) <= window else None for sequence in sequences]


def _tokenizer(name: str) -> PreTrainedTokenizerBase:
    try:
        found: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            name, trust_remote_code=False, local_files_only=Path(name).is_dir()
        )
    except (OSError, ValueError) as error:
        raise BadTokenizer(f"{name} holds no tokenizer that can be loaded: {error}") from error
    return found


def _special(tokenizer: PreTrainedTokenizerBase, name: str) -> int:
    if (found := tokenizer.get_vocab().get(name)) is None:
        raise BadTokenizer(f"{tokenizer.name_or_path} has no token {name}: it is none of a Qwen PRM.")
    return found
