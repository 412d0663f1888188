"""Low-rank adapters (LoRA; Hu et al., arXiv 2106.09685) by peft: a large base learns by few weights of its own.

The base's weights stay as they are; beside each of its linear layers two narrow ones learn, and the head learns as
always. A checkpoint holds these alone, as peft stores them, beside the base that it shares with others.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors.torch import load_file
from transformers import PreTrainedModel

from selector.prm.bases import head_name

if TYPE_CHECKING:
    from peft import PeftModel

ALPHA = 2  # times the rank: adapters then speak as strongly at any rank, and one learning rate suits them all
WEIGHTS = "adapter_model.safetensors"  # as peft names the file


def adapt(model: PreTrainedModel, rank: int) -> "PeftModel":
    """Put adapters of this rank into the model, in place: they learn, and its own weights no more but for the head's.

    Raises ValueError where peft is not installed.
    """
    if not find_spec("peft"):
        raise ValueError("lora needs peft, which is not installed: pip install -r requirements-large.txt")
    from peft import LoraConfig, get_peft_model

    head = head_name(model)
    getattr(model, head).float()  # also where the base is in bfloat16: few weights, and all the training there is
    how = LoraConfig(
        r=rank, lora_alpha=ALPHA * rank, target_modules="all-linear", exclude_modules=[head], modules_to_save=[head]
    )
    return get_peft_model(model, how)


def save(adapted: "PeftModel", place: Path) -> None:
    """The adapters and the head to a directory."""
    adapted.save_pretrained(str(place))
    (place / "README.md").unlink(missing_ok=True)  # peft's page with nothing filled in


def add(model: PreTrainedModel, rank: int, place: Path) -> None:
    """Add the adapters in a directory to the base that they were trained on, in place, and take over their head.

    Only safetensors are read. Raises ValueError where they are not what this base and rank ask for, or without peft.
    """
    adapted = adapt(model, rank)
    from peft import get_peft_model_state_dict, set_peft_model_state_dict

    stored = load_file(place / WEIGHTS)
    asked = {name: weight.shape for name, weight in get_peft_model_state_dict(adapted).items()}
    if asked != {name: weight.shape for name, weight in stored.items()}:
        raise ValueError(f"{place / WEIGHTS} holds other adapters than those of rank {rank} for its base.")
    set_peft_model_state_dict(adapted, stored)
    adapted.merge_and_unload()
