"""Tiny real models: bases of random weights, and examples that a model of any size can learn by heart."""

from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertForTokenClassification, LlamaConfig, LlamaForCausalLM

from selector.prm.config import TrainConfig
from selector.prm.training import embedded
from selector.types import Example

STEPS = {
    "The jar holds 8 beans. Mia doubles them, so 8 x 2 = 16.": 1,
    "The jar holds 16 beans. Tom takes half of them, so 16 - 2 = 14.": -1,
    "The jar holds 16 beans. Tom takes half of them, so 16 / 2 = 8.": 1,
    "The jar holds 8 beans. Mia doubles them, so 8 + 2 = 10.": -1,
    "Let us look at the jar again.": 0,
    "The jar holds 8 beans in the end.\n\n# Answer\n\n8": 1,
}
GOOD_1, BAD_2, GOOD_2, BAD_1, REMARK, LAST = STEPS
PROBLEM = "A jar holds 8 beans. Mia doubles them. Tom takes half of them. How many beans does the jar hold?"


def example(*steps: str) -> Example:
    """Rated by the table above, up to the first mistake."""
    ratings = [STEPS[step] for step in steps]
    end = ratings.index(-1) + 1 if -1 in ratings else len(ratings)
    return Example(PROBLEM, steps, tuple(ratings[:end]))


EIGHT = (
    example(GOOD_1, GOOD_2, LAST),
    example(GOOD_1, BAD_2, LAST),
    example(BAD_1, GOOD_2, LAST),
    example(REMARK, GOOD_1, GOOD_2, LAST),
    example(REMARK, BAD_1, GOOD_2, LAST),
    example(GOOD_1, REMARK, GOOD_2, LAST),
    example(GOOD_1, REMARK, BAD_2, LAST),
    example(BAD_1, BAD_2, LAST),
)
CORPUS = (PROBLEM, *STEPS)
ROWS = [(one.problem, one.steps) for one in EIGHT]


def quick(**knobs: object) -> TrainConfig:
    """The embedded default, cut short."""
    short: dict[str, Any] = {"epochs": 1, "min_updates": 60, "digit_noise": 0.0, "pretrain_updates": 0}
    return TrainConfig.for_base("", **short | knobs)


def causal_base(path: Path, window: int = 256) -> Path:
    """A two-layer causal language model, as a person may bring one."""
    torch.manual_seed(0)
    tokenizer = embedded.train_tokenizer(CORPUS)
    shape = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=window, bos_token_id=None, eos_token_id=None, pad_token_id=None,
    )  # fmt: skip
    LlamaForCausalLM(shape).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def bidirectional_base(path: Path) -> Path:
    """A two-layer encoder, which sees its padding unless it is told not to."""
    torch.manual_seed(0)
    tokenizer = embedded.train_tokenizer(CORPUS)
    shape = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=256,
    )  # fmt: skip
    BertForTokenClassification(shape).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path
