"""A Llama's forward pass over a pack, written out: its relatives that differ in biases and norms of heads read so, too.

It says what transformers' own pass says, in fewer and larger operations: each passes over all tokens of the pack at
once, many in place, since a small model's time goes to memory rather than to products. The last layer is asked at the
ends of steps alone.
"""

from typing import Any

import torch
from torch.nn import functional as F
from transformers import PreTrainedModel

from selector.prm.packing.attention import View, aligned, attended, of_some, views
from selector.prm.packing.packs import Pack

Part = Any  # of a model of transformers: what it consists of has names, but no types
Turn = tuple[torch.Tensor, torch.Tensor]  # by what to multiply a head and its exchanged halves, before they are added

KINDS = ("llama", "mistral", "qwen2", "qwen3")


def knows(model: PreTrainedModel) -> bool:
    """Whether the model is of a kind that is written out here; with adapters beside its weights it is not."""
    config = model.config
    window = getattr(config, "sliding_window", None)
    if any(isinstance(module, torch.nn.ModuleDict) for module in model.modules()):  # what adapters lie in
        return False
    return config.model_type in KINDS and config.hidden_act == "silu" and window is None and hasattr(model, "score")


@torch.inference_mode()
def end_logits(model: Part, pack: Pack) -> torch.Tensor:
    """What the model puts out at each end of the pack's sequences, (ends, outputs), in their order."""
    body = model.model
    asked, places = torch.unique(pack.ends, return_inverse=True)
    asked = aligned(asked, int(asked[-1])).to(model.device)
    ids, positions = (aligned(one).to(model.device) for one in (pack.ids, pack.positions))
    hidden = body.embed_tokens(ids)
    turn = rotation(*body.rotary_emb(hidden, positions[None]))
    seen = views(pack, hidden)
    *layers, last = body.layers
    for layer in layers:
        hidden = passed(layer, hidden, turn, seen)
    hidden = passed(last, hidden, turn, of_some(seen, asked), asked)
    logits: torch.Tensor = model.score(rms_norm(hidden, body.norm))
    return logits[places]


def passed(
    layer: Part, hidden: torch.Tensor, turn: Turn, views: list[View], asked: torch.Tensor | None = None
) -> torch.Tensor:
    """What a layer makes of its input (tokens, width), which it overwrites; of the `asked` alone, if these are told."""
    attention, perceptron = layer.self_attn, layer.mlp
    inside = rms_norm(hidden, layer.input_layernorm)
    key = apply_rotary(by_head(attention, "k", inside), turn)
    value = by_head(attention, "v", inside)
    if asked is not None:
        hidden, inside, turn = hidden[asked], inside[asked], (turn[0][asked], turn[1][asked])
    query = apply_rotary(by_head(attention, "q", inside), turn)
    add(hidden, attention.o_proj, attended(query, key, value, views, attention.scaling).flatten(1))
    inside = rms_norm(hidden, layer.post_attention_layernorm)
    gate = swiglu(perceptron.gate_proj(inside), perceptron.up_proj(inside))
    return add(hidden, perceptron.down_proj, gate)


def rms_norm(rows: torch.Tensor, norm: Part) -> torch.Tensor:
    """Each row at a root mean square of one, times the norm's weights."""
    mean: torch.Tensor = torch.linalg.vector_norm(rows, dim=-1, keepdim=True).float().square_().div_(rows.shape[-1])
    scale = mean.add_(norm.variance_epsilon).rsqrt_().to(rows.dtype)
    return (rows * scale).mul_(norm.weight)


def by_head(attention: Part, name: str, inside: torch.Tensor) -> torch.Tensor:
    """Queries, keys or values, (tokens, heads, width)."""
    rows: torch.Tensor = getattr(attention, f"{name}_proj")(inside).unflatten(-1, (-1, attention.head_dim))
    norm = getattr(attention, f"{name}_norm", None)
    return rms_norm(rows, norm) if norm else rows


def rotation(cos: torch.Tensor, sin: torch.Tensor) -> Turn:
    """The model's own, (1, tokens, width), for heads one beside the other."""
    first, second = sin.chunk(2, dim=-1)
    return cos[0, :, None], torch.cat((-first, second), dim=-1)[0, :, None]


def apply_rotary(rows: torch.Tensor, turn: Turn) -> torch.Tensor:
    """Rotate the heads by position; may overwrite `rows`."""
    cos, sin = turn
    return rows.roll(rows.shape[-1] // 2, dims=-1).mul_(sin).addcmul_(rows, cos)


def swiglu(gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """silu(gate) * up, in place of the gate."""
    return F.silu(gate, inplace=True).mul_(up)


def add(hidden: torch.Tensor, linear: Part, inside: torch.Tensor) -> torch.Tensor:
    """Add to `hidden`, in place, what the linear layer puts out: the product's own sum costs no pass of its own."""
    hidden.addmm_(inside, linear.weight.mT)
    return hidden if linear.bias is None else hidden.add_(linear.bias)
