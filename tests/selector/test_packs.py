"""Packs: what sequences share is read once, and the model says of each what it says of it alone."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoConfig, AutoModelForTokenClassification, PreTrainedModel

from selector import packs, reading
from selector.encode import Encoded
from selector.packs import Pack

SMALL = {
    "vocab_size": 16, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
    "max_position_embeddings": 64, "num_labels": 3, "pad_token_id": 0, "bos_token_id": None, "eos_token_id": None,
}  # fmt: skip
READ = {
    "llama": {},
    "llama with grouped heads": {"num_key_value_heads": 2},
    "qwen2": {"num_key_value_heads": 2},
    "mistral that looks 3 back": {"num_key_value_heads": 2, "sliding_window": 3},
    "gpt2": {"n_embd": 32, "n_head": 4, "n_layer": 2},
    "gpt_neox": {},
}
NOT_READ = {"bert": {}, "gemma2": {"num_key_value_heads": 2, "head_dim": 8, "attn_logit_softcapping": 5.0}}


def made(name: str, knobs: dict[str, Any]) -> PreTrainedModel:
    torch.manual_seed(0)
    config = AutoConfig.for_model(name.split(" ")[0], **SMALL | knobs)
    with torch.no_grad():
        model = AutoModelForTokenClassification.from_config(config).eval()
        for weight in model.parameters():
            weight.mul_(3)  # at its start a model looks at everything alike, and wrong masks would not show
    return model


@st.composite
def sequences(draw: st.DrawFn) -> list[Encoded]:
    """Distinct and sorted, many with the same beginning, some longer than what attends together."""
    beginnings = st.sampled_from([(), (1,) * 40, (1, 2) * 80])
    rest = st.lists(st.integers(1, 3), min_size=1, max_size=12).map(tuple)
    ids = st.builds(lambda one, other: one + other, beginnings, rest)
    drawn = sorted(draw(st.sets(ids, min_size=1, max_size=8)))
    return [Encoded(one, tuple(sorted(draw(st.sets(st.integers(0, len(one) - 1), min_size=1))))) for one in drawn]


DRAWN = [made(name, READ[name]) for name in ("llama", "llama with grouped heads", "mistral that looks 3 back")]


@given(st.sampled_from(DRAWN), sequences(), st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_a_model_says_in_a_pack_what_it_says_alone(model, drawn, budget):
    with torch.inference_mode():
        alone = torch.cat([model(torch.tensor([one.ids])).logits[0, one.ends] for one in drawn])
        found = list(reading.read(model, packs.packs(drawn, budget)))
    assert [one for pack, _ in found for one in pack.sequences] == drawn
    assert torch.allclose(torch.cat([logits for _, logits in found]), alone, atol=2e-5)


def test_a_pack_read_in_small_pieces_says_the_same(monkeypatch):
    model, sequence = DRAWN[0], Encoded(tuple(1 + n % 7 for n in range(50)), (3, 49))
    (pack,) = packs.packs([sequence])
    with torch.inference_mode(), reading.reading(model):
        whole = reading.end_logits(model, pack)
        monkeypatch.setattr(reading, "PIECE", 8)
        assert torch.allclose(reading.end_logits(model, pack), whole, atol=2e-5)


def test_the_last_perceptron_reads_step_ends_alone():
    model, read = DRAWN[0], []
    (pack,) = packs.packs([Encoded((1, 2, 3, 4), (1, 3)), Encoded((1, 2, 5), (2,))])
    hooks = [one.mlp.down_proj.register_forward_hook(lambda _, given, __: read.append(given[0].shape[1]))
             for one in model.model.layers]  # fmt: skip
    with torch.inference_mode(), reading.reading(model):
        reading.end_logits(model, pack)
    for hook in hooks:
        hook.remove()
    assert read == [5, 3]


MANY = sorted((Encoded((*range(1, 2 + n % 5), n % 11, n % 13), (0, 2)) for n in range(60)), key=lambda one: one.ids)
NINE = list(packs.packs(MANY, 17))


@pytest.fixture
def at_once() -> Iterator[Callable[[int], None]]:
    """Sets how many threads torch works with."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def after(first: Callable[[], object], forward: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **given: (first(), forward(**given))[1]


def test_as_many_packs_are_read_at_once_as_torch_has_threads_and_the_answers_are_the_same(at_once, monkeypatch):
    model, said = DRAWN[0], []
    for number in (1, 3):
        at_once(number)
        all_here = threading.Barrier(number, timeout=60)
        monkeypatch.setattr(model, "forward", after(all_here.wait, model.forward))
        found = list(reading.read(model, NINE))
        monkeypatch.undo()
        assert [pack for pack, _ in found] == NINE
        said.append(torch.cat([logits for _, logits in found]))
    assert torch.equal(*said)


def test_few_packs_are_held_at_a_time(at_once):
    at_once(2)
    asked: list[Pack] = []
    found = reading.read(DRAWN[0], (asked.append(pack) or pack for pack in NINE))
    next(found)
    assert len(asked) == 5
    found.close()


def test_reading_that_is_broken_off_leaves_the_model_and_torch_as_they_were(at_once):
    at_once(2)
    model = DRAWN[0]
    before, alone = model.config._attn_implementation, model(torch.tensor([MANY[0].ids])).logits
    found = reading.read(model, NINE)
    next(found)
    found.close()
    assert model.config._attn_implementation == before
    assert torch.equal(model(torch.tensor([MANY[0].ids])).logits, alone)
    with ThreadPoolExecutor(1) as later:
        assert later.submit(torch.get_num_threads).result() == torch.get_num_threads() == 2


def test_many_short_ends_of_long_beginnings_are_gathered_a_few_at_a_time():
    beginning = tuple(range(1, 500))
    (pack,) = packs.packs([Encoded((*beginning, last), (499,)) for last in range(100)])
    assert max(group.seen.numel() for group in pack.groups) <= packs.GROUP_TOKENS
    assert sum(len(group.seen) for group in pack.groups) == 100


@given(sequences())
def test_what_is_shared_is_read_once(drawn):
    (pack,) = packs.packs(drawn, budget=10**6)
    beginnings = {one.ids[:end] for one in drawn for end in range(1, len(one.ids) + 1)}
    assert pack.ids.shape[1] == len(beginnings)


@given(sequences(), st.integers(1, 40))
def test_no_pack_is_over_its_budget_but_for_a_single_long_sequence(drawn, budget):
    for pack in packs.packs(drawn, budget):
        assert pack.ids.shape[1] <= budget or len(pack.sequences) == 1


@pytest.mark.parametrize("name", READ)
def test_causal_models_of_many_makes_read_packs(name):
    model = made(name, READ[name])
    assert reading.fit(model)
    long = [Encoded(tuple(1 + (n * n + m) % 9 for n in range(20)), (5, 19)) for m in (0, 1)]
    drawn = sorted([*long, Encoded((*long[0].ids[:12], 15), (12,))], key=lambda one: one.ids)
    with torch.inference_mode():
        alone = torch.cat([model(torch.tensor([one.ids])).logits[0, one.ends] for one in drawn])
        together = torch.cat([logits for _, logits in reading.read(model, packs.packs(drawn))])
    assert torch.allclose(together, alone, atol=2e-5)


@pytest.mark.parametrize("name", NOT_READ)
def test_a_model_that_attends_in_another_way_is_told(name):
    model = made(name, NOT_READ[name])
    before = model.config._attn_implementation
    assert not reading.fit(model)
    assert model.config._attn_implementation == before
