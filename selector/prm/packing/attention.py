"""Attention over a pack (see `packs`), on (tokens, heads, width) each of queries, keys and values."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from selector.prm.packing.packs import Pack

ALIGNED = 64  # lengths are padded to multiples of it: the CPU is slower at odd ones, and plans each new one for long


@dataclass(frozen=True, slots=True)
class View:
    """What neighbours among those that ask look at, as the model's own numbers."""

    asking: slice
    seen: torch.Tensor  # (keys,)
    bias: torch.Tensor  # (asking, keys): to be added to a likeness, 0 or minus infinity


def views(pack: Pack, like: torch.Tensor, window: int | None = None) -> list[View]:
    """A pack's stretches, where `like` is and in its kind of number, for a model that looks `window` tokens back."""
    made = []
    for stretch in pack.stretches:
        hidden = stretch.hidden
        if window is not None:
            hidden = hidden | (pack.positions[stretch.asking, None] - pack.positions[stretch.seen] >= window)
        seen = aligned(stretch.seen)
        bias = like.new_full((len(hidden), len(seen)), -torch.inf)
        bias[:, : hidden.shape[1]].masked_fill_(~hidden.to(like.device), 0)
        made.append(View(stretch.asking, seen.to(like.device), bias))
    return made


def of_some(views: Sequence[View], asked: torch.Tensor) -> list[View]:
    """The views of these tokens alone, places in the pack in their order."""
    borders = torch.searchsorted(asked, torch.tensor([view.asking.start for view in views], device=asked.device))
    starts = [*borders.tolist(), len(asked)]
    return [
        View(slice(start, end), view.seen, view.bias[asked[start:end] - view.asking.start])
        for view, start, end in zip(views, starts, starts[1:], strict=False)
        if start < end
    ]


def aligned(numbers: torch.Tensor, more: int = 0) -> torch.Tensor:
    """Ids or places with some more at the end, at whose answers nothing looks."""
    return F.pad(numbers, (0, -len(numbers) % ALIGNED), value=more)


def attended(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, views: Sequence[View], scaling: float | None = None
) -> torch.Tensor:
    """What each query hears, nought where no view asks for it; several heads of queries may share one of keys."""
    heard = torch.zeros_like(query)
    for view in views:
        asked, keys, values = (
            rows.transpose(0, 1)[None]
            for rows in (query[view.asking], key.index_select(0, view.seen), value.index_select(0, view.seen))
        )
        told = F.scaled_dot_product_attention(asked, keys, values, view.bias, scale=scaling, enable_gqa=True)
        heard[view.asking] = told[0].transpose(0, 1)
    return heard
