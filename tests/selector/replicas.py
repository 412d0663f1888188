"""Tiny replicas of published reward models: their files, made of random weights, and what their model cards compute.

The references are written as the cards have them, by none of the code under test: whole texts through the tokenizer,
logits of the whole vocabulary, positions looked up in the ids.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    LlamaForTokenClassification,
    MistralConfig,
    MistralForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen2Model,
)

from tests.selector.tiny import CORPUS

Reference = Callable[[str, list[str]], list[float]]

WINDOW = 1024
CHATML = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
LLAMA_CHAT = (  # as Llama 3.1's: it tells the date, and trims what is said
    "{{ bos_token }}<|start_header_id|>system<|end_header_id|>\n\nToday Date: {{ date_string or strftime_now('%d') }}"
    "\n\n<|eot_id|>{% for message in messages %}<|start_header_id|>{{ message.role }}<|end_header_id|>\n\n"
    "{{ message.content | trim }}<|eot_id|>{% endfor %}"
)


@dataclass(frozen=True)
class Replica:
    """A model's directory, its state dict by the names in its files, and what its card computes.

    `logits` are what the model's head, or the two rows of its language head, put out at each token.
    """

    path: Path
    tensors: dict[str, torch.Tensor]
    reference: Reference
    logits: Callable[[Sequence[int]], torch.Tensor]

    def resave(self, tensors: dict[str, torch.Tensor]) -> None:
        save(tensors, self.path)


def save(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """All weights in one file; those that share memory are written each by itself."""
    save_file({name: one.clone() for name, one in tensors.items()}, path / "model.safetensors", {"format": "pt"})


def characters(specials: list[str], **named: Any) -> PreTrainedTokenizerFast:
    """A token for each byte, so that a text's tokens are its characters."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={sign: place for place, sign in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, **named)
    tokenizer.add_special_tokens({"additional_special_tokens": specials})
    return tokenizer


def pieces() -> PreTrainedTokenizerFast:
    """A tokenizer of Mistral's kind: spaces are part of tokens, one token begins the text, and the tag is one."""
    inner = Tokenizer(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))
    inner.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    inner.pre_tokenizer = pre_tokenizers.Split("\u2581", "merged_with_next")
    inner.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.Fuse()])
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False)
    inner.train_from_iterator([*CORPUS, "\n", "Step 1: 2 3 4 \u043a\u0438 \u043a\u0438 + + - -"] * 3, trainer)
    inner.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    return PreTrainedTokenizerFast(tokenizer_object=inner, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


def shape(tokenizer: PreTrainedTokenizerFast, **others: Any) -> dict[str, Any]:
    return {
        "vocab_size": len(tokenizer), "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
        "num_key_value_heads": 1, "intermediate_size": 32, "initializer_range": 0.5,
        "max_position_embeddings": WINDOW, "bos_token_id": None, "eos_token_id": None, "pad_token_id": None, **others,
    }  # fmt: skip


def written(path: Path, config: Any, architecture: str, tensors: dict[str, torch.Tensor], tokenizer: Any) -> None:
    """As the repositories have it: one file of weights, and a config that names code which must not be run."""
    tokenizer.save_pretrained(path)
    (path / "modeling_theirs.py").write_text(f"from pathlib import Path\nPath({str(path / 'ran')!r}).touch()\n")
    told = config.to_dict() | {"architectures": [architecture], "auto_map": {"AutoModel": "modeling_theirs.Theirs"}}
    (path / "config.json").write_text(json.dumps(told))
    save(tensors, path)


def tokens(path: Path) -> Replica:
    """What TRL's PRMTrainer leaves."""
    tokenizer = characters([], bos_token="<s>")
    model = LlamaForTokenClassification(LlamaConfig(**shape(tokenizer, num_labels=2))).eval()
    with torch.no_grad():
        model.score.bias.normal_()
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)

    @torch.inference_mode()
    def reference(problem: str, steps: list[str]) -> list[float]:
        separator = tokenizer.encode("\n", add_special_tokens=False)
        ids, labelled = [tokenizer.bos_token_id, *tokenizer.encode(problem, add_special_tokens=False)], []
        for step in steps:
            ids += tokenizer.encode(step, add_special_tokens=False) + separator
            labelled.append(len(ids) - 1)
        return torch.softmax(model(torch.tensor([ids])).logits[0], dim=-1)[labelled, 1].tolist()

    def logits(ids: Sequence[int]) -> torch.Tensor:
        rows: torch.Tensor = model(torch.tensor([list(ids)])).logits[0]
        return rows

    return Replica(path, model.state_dict(), reference, logits)


def qwen(path: Path) -> Replica:
    """Qwen2.5-Math-PRM."""
    tokenizer = characters(["<|im_start|>", "<|im_end|>", "<extra_0>"])
    tokenizer.chat_template = CHATML
    config = Qwen2Config(**shape(tokenizer))
    body = Qwen2Model(config).eval()
    head = nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))
    tensors = {f"model.{name}": one for name, one in body.state_dict().items()}
    tensors |= {f"score.{name}": one for name, one in head.state_dict().items()}
    written(path, config, "Qwen2ForProcessRewardModel", tensors, tokenizer)

    @torch.inference_mode()
    def reference(problem: str, steps: list[str]) -> list[float]:
        messages = [
            {"role": "system", "content": "Please reason step by step, and put your final answer within \\boxed{}."},
            {"role": "user", "content": problem},
            {"role": "assistant", "content": "<extra_0>".join(steps) + "<extra_0>"},
        ]
        ids = torch.tensor([tokenizer.encode(tokenizer.apply_chat_template(messages, tokenize=False))])
        probs = torch.softmax(head(body(ids).last_hidden_state), dim=-1)
        return probs[0][ids[0] == tokenizer.encode("<extra_0>")[0]][:, 1].tolist()

    def logits(ids: Sequence[int]) -> torch.Tensor:
        rows: torch.Tensor = head(body(torch.tensor([list(ids)])).last_hidden_state)[0]
        return rows

    return Replica(path, tensors, reference, logits)


def math_shepherd(path: Path) -> Replica:
    """math-shepherd-mistral-7b-prm."""
    tokenizer = pieces()
    model = MistralForCausalLM(MistralConfig(**shape(tokenizer, sliding_window=64))).eval()
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    plus_minus = tokenizer.encode("+ -")[1:]
    tag = tokenizer.encode("\u043a\u0438")[-1]

    @torch.inference_mode()
    def reference(problem: str, steps: list[str]) -> list[float]:
        text = "\n".join(f"Step {n}: {step} \u043a\u0438" for n, step in enumerate(steps, start=1))
        ids = torch.tensor([tokenizer.encode(f"{problem} {text}")])
        scores = model(ids).logits[:, :, plus_minus].softmax(dim=-1)[:, :, 0]
        found: list[float] = scores[ids == tag].tolist()
        return found

    def logits(ids: Sequence[int]) -> torch.Tensor:
        rows: torch.Tensor = model(torch.tensor([list(ids)])).logits[0][:, plus_minus]
        return rows

    return Replica(path, model.state_dict(), reference, logits)


def rlhflow(path: Path) -> Replica:
    """Llama3.1-8B-PRM-Deepseek-Data."""
    names = ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
    tokenizer = characters(names, bos_token="<|begin_of_text|>")
    tokenizer.chat_template = LLAMA_CHAT
    model = LlamaForCausalLM(LlamaConfig(**shape(tokenizer))).eval()
    model.save_pretrained(path)
    tokenizer.save_pretrained(path)
    candidates = [tokenizer.encode("+")[-1], tokenizer.encode("-")[-1]]

    @torch.inference_mode()
    def reference(problem: str, steps: list[str]) -> list[float]:
        chat: list[dict[str, str]] = []
        scores: list[float] = []
        for number, step in enumerate(steps):
            said = f"{problem} {step.strip()}" if number == 0 else step.strip()
            chat += [{"role": "user", "content": said}, {"role": "assistant", "content": "+"}]
            text = tokenizer.apply_chat_template(chat, tokenize=False, date_string="26 Jul 2024")
            ids = torch.tensor([tokenizer.encode(text, add_special_tokens=False)])
            scores.append(model(ids).logits[:, -3, candidates].softmax(dim=-1)[0, 0].item())
        return scores

    def logits(ids: Sequence[int]) -> torch.Tensor:
        rows: torch.Tensor = model(torch.tensor([list(ids)])).logits[0][:, candidates]
        return rows

    return Replica(path, model.state_dict(), reference, logits)


def skywork(path: Path) -> Replica:
    """Skywork-o1-Open-PRM."""
    tokenizer = characters([], bos_token="<|endoftext|>")
    config = Qwen2Config(**shape(tokenizer, tie_word_embeddings=False))
    model = Qwen2ForCausalLM(config).eval()
    head = nn.Linear(16, 1)
    tensors = model.state_dict() | {f"v_head.summary.{name}": one for name, one in head.state_dict().items()}
    written(path, config, "Qwen2ForPrmModel", tensors, tokenizer)

    @torch.inference_mode()
    def reference(problem: str, steps: list[str]) -> list[float]:
        ids = tokenizer.encode(tokenizer.bos_token + problem + "\n")
        ends: list[int] = []
        newline = tokenizer.encode("\n")[-1]
        for step in steps:
            for line in step.split("\n"):
                ids += ([] if line == "" else tokenizer.encode(line)) + [newline]
            ends.append(len(ids) - 1)
        values = head(model.model(torch.tensor([ids])).last_hidden_state)[0, :, 0]
        return torch.sigmoid(values)[ends].tolist()

    def logits(ids: Sequence[int]) -> torch.Tensor:
        rows: torch.Tensor = head(model.model(torch.tensor([list(ids)])).last_hidden_state)[0]
        return rows

    return Replica(path, tensors, reference, logits)


REPLICAS = {
    "tokens": tokens,
    "qwen": qwen,
    "math_shepherd": math_shepherd,
    "rlhflow": rlhflow,
    "skywork": skywork,
}


def make(style: str, path: Path) -> Replica:
    """The replica of a style's model in `path`; the same weights each time."""
    torch.manual_seed(7)
    path.mkdir(parents=True, exist_ok=True)
    return REPLICAS[style](path)
