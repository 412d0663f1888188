"""How the field's process reward models read a solution: one style for each family, each from its model card.

A style is found by its name, and made for a tokenizer (a local directory or a hub id) and a window in tokens. What is
needed to serve each with vLLM stands in docs/public-models.md.
"""

from collections.abc import Callable

from selector.prm.styles.math_shepherd import math_shepherd_style
from selector.prm.styles.qwen import qwen_style
from selector.prm.styles.rlhflow import rlhflow_style
from selector.prm.styles.skywork import skywork_style
from selector.prm.styles.style import BadTokenizer, Style
from selector.prm.styles.tokens import tokens_style

STYLES: dict[str, Callable[[str, int], Style]] = {
    "tokens": tokens_style,
    "qwen": qwen_style,
    "math_shepherd": math_shepherd_style,
    "rlhflow": rlhflow_style,
    "skywork": skywork_style,
}

__all__ = ["STYLES", "BadTokenizer", "Style"]
