"""The embedded default base: a small causal transformer made here, which first reads the corpus.

That is the paper's MathMix in small (appendix A): what is usual in the pool's own text helps to see what is odd.
"""

import random
from collections.abc import Iterable, Sequence

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn.functional import cross_entropy
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForTokenClassification,
    PreTrainedTokenizerFast,
)

from selector.prm.config import TrainConfig
from selector.prm.encode import PLACE_MARKS, Encoded, Encoder
from selector.prm.outputs import pad
from selector.prm.reward_model import class_names
from selector.prm.training.training_loop import Digits, Loss, Run, one_pass, training_loop

PAD = "<pad>"
VOCABULARY = 4096
WINDOW = 1024
PIECE = 128  # tokens of a text that pretraining reads at a time
READ_TOKENS = 512  # per update of pretraining, padding included
READING = "reading"  # the phase of a run in which the model reads the corpus
IGNORED = -100  # what transformers' loss leaves out


def make(texts: Sequence[str], heads: int = 1) -> tuple[LlamaForTokenClassification, PreTrainedTokenizerFast]:
    """The model with random weights, and a tokenizer of the texts."""
    tokenizer = train_tokenizer(texts)
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=128,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=256,
        max_position_embeddings=WINDOW,
        initializer_range=0.05,  # at the usual 0.02 so narrow a model learns far slower
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
        eos_token_id=None,
        id2label=class_names(heads),
    )
    return LlamaForTokenClassification(shape), tokenizer  # type: ignore[no-untyped-call]


def train_tokenizer(corpus: Iterable[str], vocabulary: int = VOCABULARY) -> PreTrainedTokenizerFast:
    """A byte-level BPE of the corpus: nothing is lost or unknown, newlines included; each digit is its own token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(" ?[0-9]"), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        special_tokens=[PAD, *PLACE_MARKS],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token=PAD, clean_up_tokenization_spaces=False
    )


def reading(texts: Sequence[str], encoder: Encoder, config: TrainConfig) -> list[list[Encoded]]:
    """The batches of pretraining: as many passes over the texts as give `pretrain_updates`."""
    chance = random.Random(config.seed)
    most = config.pretrain_updates * READ_TOKENS // 8  # no run reads more texts than this
    some = chance.sample(texts, min(len(texts), most))
    pieces = [
        Encoded(tuple(ids[at : at + PIECE]), ())
        for ids in encoder.tokens(some)
        for at in range(0, len(ids), PIECE)
        if any(token not in encoder.digits for token in ids[at + 1 : at + PIECE])  # else there is nothing to foretell
    ]
    batches: list[list[Encoded]] = []
    while pieces and len(batches) < config.pretrain_updates:
        batches += one_pass(pieces, READ_TOKENS, chance)
    return batches[: config.pretrain_updates]


def read(model: LlamaForTokenClassification, batches: Sequence[list[Encoded]], run: Run) -> None:
    """Learns to foretell the next token of the texts, in place."""
    language = LlamaForCausalLM(model.config)
    language.model = model.model  # the same weights under another head
    language.to(model.device)  # type: ignore[arg-type]

    def loss_of(batch: Sequence[Encoded], drawn: Sequence[tuple[int, ...]]) -> Loss:
        ids, mask = pad(drawn, model)
        truth = torch.full_like(ids, IGNORED)
        for row, one in enumerate(batch):
            truth[row, : len(one.ids)] = torch.tensor(to_foretell(one.ids, run.digits))
        told = truth[:, 1:] != IGNORED  # the others' projection to the vocabulary would be a third of the work
        states = language.model(input_ids=ids, attention_mask=mask).last_hidden_state[:, :-1][told]
        return cross_entropy(language.lm_head(states), truth[:, 1:][told], reduction="sum"), told.sum()

    training_loop(language, batches, loss_of, phase=READING, run=run)


def to_foretell(ids: Sequence[int], digits: Digits) -> list[int]:
    """The tokens to be foretold: not the digits, which are part noise and never the point."""
    return [IGNORED if token in digits else token for token in ids]
