"""Low-rank adapters (LoRA; Hu et al., arXiv 2106.09685) by peft: a large base learns by few weights of its own.

The base's weights stay as they are; beside each of its linear layers two narrow ones learn, and the head learns as
always. When training ends the adapters are added to the base, so that a checkpoint is the same ordinary directory as
without them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from transformers import PreTrainedModel

ALPHA = 2  # times the rank: adapters then speak as strongly at any rank, and one learning rate suits them all


@contextmanager
def adapters(model: PreTrainedModel, rank: int) -> Iterator[None]:
    """While entered, adapters of this rank learn in the base's place; then they are added to it, all in place.

    Rank 0 changes nothing: all weights learn. Raises ValueError where peft is not installed.
    """
    if not rank:
        yield
        return
    if not find_spec("peft"):
        raise ValueError("lora needs peft, which is not installed: pip install -r requirements-large.txt")
    from peft import LoraConfig, get_peft_model

    head = [
        name
        for name, part in model.named_children()
        if name != model.base_model_prefix and next(part.parameters(), None) is not None
    ]
    how = LoraConfig(
        r=rank, lora_alpha=ALPHA * rank, target_modules="all-linear", exclude_modules=head, modules_to_save=head
    )
    adapted = get_peft_model(model, how)
    yield
    adapted.merge_and_unload()
