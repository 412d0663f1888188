"""Token classification: a checkpoint of ours, or a model taught by TRL's PRMTrainer."""

from itertools import accumulate
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from selector.prm import reward_model
from selector.prm.aggregate import p_correct
from selector.prm.encode import Encoded, Encoder, Row
from selector.prm.styles.style import Style, fitting, text_ids, tokenizer_of
from selector.types import CLASS_INDEX

SEPARATOR = "\n"  # PRMConfig.step_separator, which TRL doesn't store with the model


def tokens_style(checkpoint: str, window: int) -> Style:
    """A head of classes on every token, read at the end of each step.

    A directory that holds checkpoint.json is ours: encoded as it was trained, three classes, P(correct) by its config.
    Any other is read as TRL taught it. Raises BadCheckpoint, also for what lies beside its base, and for several heads:
    the softmax of a server goes over all of their classes together.
    """
    ours = (Path(checkpoint) / reward_model.CARD).is_file()
    return _ours(checkpoint, window) if ours else _trl(tokenizer_of(checkpoint), window)


def _ours(checkpoint: str, window: int) -> Style:
    config = reward_model.config_of(reward_model.read_card(Path(checkpoint)))
    if config.way in ("frozen", "lora"):
        raise reward_model.BadCheckpoint(f"{checkpoint} lies beside its base; this style reads a whole model.")
    if config.heads > 1:
        raise reward_model.BadCheckpoint(f"{checkpoint} has {config.heads} heads, and this style reads one.")
    return Style(
        encode=Encoder(tokenizer_of(checkpoint), config.context, min(config.window, window)).encode,
        outputs=len(CLASS_INDEX),
        p_correct=lambda probs: p_correct(probs, config.neutral),
        aggregate=config.aggregate,
        kind=config.kind,
    )


def _trl(tokenizer: PreTrainedTokenizerBase, window: int) -> Style:
    """TRL's PRMTrainer (docs/source/prm_trainer.md, `tokenize_row` in 1.13, the last version that has it).

    Text: the token that begins a text where the tokenizer has one, the problem, then each step and a newline, all
    tokenised apart. Positions: each step's newline, where its label stood in training. Formula: softmax over two
    classes, of which the second is a correct step (`labels` are `int(bool)`).
    """
    start = [] if tokenizer.bos_token_id is None else [tokenizer.bos_token_id]
    (separator,) = text_ids(tokenizer, [SEPARATOR])

    def encode(row: Row) -> Encoded:
        problem, steps = row
        prompt, *ids = text_ids(tokenizer, [problem, *steps])
        pieces = [[*start, *prompt], *([*step, *separator] for step in ids)]
        _, *ends = accumulate(map(len, pieces))
        return Encoded(tuple(token for piece in pieces for token in piece), tuple(end - 1 for end in ends))

    return Style(
        encode=lambda rows: fitting(map(encode, rows), window),
        outputs=2,
        p_correct=lambda probs: probs[1],
        aggregate="product",
    )
