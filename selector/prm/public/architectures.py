"""The architectures that are known by name, and what a model of each keeps in its files.

Every one is read as a classifier of tokens: the head takes the place of the classifier's, whatever it is called in the
files, and of a language head the two rows that say + and - are enough. So one way of reading serves them all.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import nn
from transformers import (
    AutoModelForTokenClassification,
    PretrainedConfig,
    PreTrainedModel,
    Qwen2ForTokenClassification,
)

CAUSAL = ("LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM")
LANGUAGE_HEAD, EMBEDDINGS, CLASSIFIER = "lm_head.weight", "model.embed_tokens.weight", "score.weight"


class BadModel(Exception):
    """The model can't be loaded, or isn't one that is known; the message is a sentence that says what to do."""


class Qwen2ForProcessReward(Qwen2ForTokenClassification):  # type: ignore[no-untyped-call]
    """Qwen2 with Qwen2.5-Math-PRM's head: two linear layers, `score.0` and `score.2`, and a ReLU between them.

    Qwen2ForTokenClassification has one, and would drop these without a word and draw its own at random.
    """

    score: nn.Module  # type: ignore[assignment]

    def __init__(self, config: Any) -> None:
        super().__init__(config)  # type: ignore[no-untyped-call]
        width = config.hidden_size
        self.score = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, config.num_labels))


def classifier(config: PretrainedConfig) -> PreTrainedModel:
    """Transformers' own classifier of tokens for this kind of model."""
    made: PreTrainedModel = AutoModelForTokenClassification.from_config(config)  # type: ignore[no-untyped-call]
    return made


def qwen_prm(config: PretrainedConfig) -> PreTrainedModel:
    return Qwen2ForProcessReward(config)


@dataclass(frozen=True, slots=True)
class Architecture:
    """One family: the names that config.json may give it, and how its files become a classifier of tokens.

    `outputs` is the width of the head, None where the config tells it. `renamed` maps the head's names in the
    classifier to those in the files. `unread` are weights that the family's files may hold and that no score needs.
    """

    style: str
    names: tuple[str, ...]
    make: Callable[[PretrainedConfig], PreTrainedModel] = classifier
    outputs: int | None = None
    bias: bool = True
    renamed: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def knows(self, name: str) -> bool:
        return name in self.names or (self.style == "tokens" and name.endswith("ForTokenClassification"))

    def in_files(self, key: str, *, tied: bool) -> str:
        """What the files call a weight of the classifier; a language head that is tied is the embeddings."""
        source = self.renamed.get(key, key)
        return EMBEDDINGS if tied and source == LANGUAGE_HEAD else source

    def configured(self, config: PretrainedConfig) -> PretrainedConfig:
        """The config of the classifier, changed in place."""
        if self.outputs is not None:
            config.num_labels = self.outputs
            config.token_classification_bias = self.bias
        return config


ARCHITECTURES = (
    Architecture("tokens", ("...ForTokenClassification",)),
    Architecture("qwen", ("Qwen2ForProcessRewardModel",), qwen_prm, outputs=2, unread=(LANGUAGE_HEAD,)),
    Architecture("math_shepherd", CAUSAL, outputs=2, bias=False, renamed={CLASSIFIER: LANGUAGE_HEAD}),
    Architecture("rlhflow", CAUSAL, outputs=2, bias=False, renamed={CLASSIFIER: LANGUAGE_HEAD}),
    Architecture(
        "skywork",
        ("Qwen2ForPrmModel",),
        outputs=1,
        renamed={CLASSIFIER: "v_head.summary.weight", "score.bias": "v_head.summary.bias"},
        unread=(LANGUAGE_HEAD,),
    ),
)


def named(name: str, config: PretrainedConfig, style: str | None) -> Architecture:
    """The architecture of a model, by what its config.json calls itself, and by the style where two share a name.

    Raises BadModel with those that are known.
    """
    called = (config.architectures or ["nothing"])[0]
    fitting = [one for one in ARCHITECTURES if one.knows(called)]
    if style is not None:
        fitting = [one for one in fitting if one.style == style]
    if len(fitting) > 1:
        styles = " or ".join(one.style for one in fitting)
        raise BadModel(f"{name} is a {called}, which may be read in the style {styles}: say which (--style).")
    if not fitting:
        known = "; ".join(f"{one.style}: {', '.join(one.names)}" for one in ARCHITECTURES)
        asked = "" if style is None else f" in the style {style}"
        raise BadModel(f"{name} calls itself {called}, which isn't known{asked}. Those that are: {known}.")
    return fitting[0]
