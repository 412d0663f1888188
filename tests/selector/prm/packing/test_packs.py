"""Packs: what sequences share is read once, and the model says of each what it says of it alone."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoConfig, AutoModelForTokenClassification, PreTrainedModel

from selector.prm.encode import Encoded
from selector.prm.packing import packs, reading
from selector.prm.packing.packs import Pack
from selector.prm.packing.reading import Reader

SMALL = {
    "vocab_size": 16, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
    "max_position_embeddings": 64, "num_labels": 3, "pad_token_id": 0, "bos_token_id": None, "eos_token_id": None,
}  # fmt: skip
WIDE = {"hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 4, "max_position_embeddings": 128}
FACTORS = {
    "rope_theta": 1e4,
    "long_factor": [1.0] * 4,
    "short_factor": [2.0] * 4,
    "original_max_position_embeddings": 8,
}
WRITTEN_OUT: dict[str, dict[str, Any]] = {
    "llama": {},
    "llama with grouped heads": {"num_key_value_heads": 2},
    "llama with wide heads": {"num_key_value_heads": 1, "head_dim": 24},
    "llama with biases": {"attention_bias": True, "mlp_bias": True},
    "llama with stretched positions": {"rope_parameters": {"rope_type": "yarn", "rope_theta": 100.0, "factor": 4.0}},
    "mistral that looks back at all": {"num_key_value_heads": 2, "sliding_window": None},
    "qwen2": {"num_key_value_heads": 2},
    "qwen3": {"num_key_value_heads": 2, "head_dim": 8},
}
BY_TRANSFORMERS: dict[str, dict[str, Any]] = {
    "llama with another activation": {"hidden_act": "gelu"},
    "mistral that looks 3 back": {"num_key_value_heads": 2, "sliding_window": 3},
    "gpt2": {"n_embd": 32, "n_head": 4, "n_layer": 2, "n_positions": 64},
    "gpt_neox": {},
}
READ = {name: (knobs, reading.written_out) for name, knobs in WRITTEN_OUT.items()} | {
    name: (knobs, reading.by_transformers) for name, knobs in BY_TRANSFORMERS.items()
}
NOT_READ: dict[str, dict[str, Any]] = {
    "bert": {},
    "gemma2": {"num_key_value_heads": 2, "head_dim": 8, "attn_logit_softcapping": 5.0},
    "llama whose positions turn by the longest": {
        "rope_parameters": {"rope_type": "longrope", "rope_theta": 1e4, **FACTORS}
    },
}


def made(name: str, knobs: dict[str, Any]) -> PreTrainedModel:
    torch.manual_seed(0)
    config = AutoConfig.for_model(name.split(" ")[0], **SMALL | knobs)
    with torch.no_grad():
        model: PreTrainedModel = AutoModelForTokenClassification.from_config(config).eval()
        for name, weight in model.named_parameters():
            weight.mul_(3)  # at its start a model looks at everything alike, and wrong masks would not show
            if name.endswith("bias"):
                weight.normal_()  # they start at nought, and one left out would not show
    return model


def alone(model: PreTrainedModel, drawn: list[Encoded]) -> torch.Tensor:
    with torch.inference_mode():
        return torch.cat([model(torch.tensor([one.ids])).logits[0, one.ends] for one in drawn])


def in_packs(model: PreTrainedModel, reader: Reader, packed: Iterable[Pack]) -> torch.Tensor:
    return torch.cat([logits for _, logits in reading.read(model, reader, packed)])


@st.composite
def sequences(draw: st.DrawFn) -> list[Encoded]:
    """Distinct and sorted, many with the same beginning, some longer than what attends together."""
    beginnings = st.sampled_from([(), (1,) * 40, (1, 2) * 80])
    rest = st.lists(st.integers(1, 3), min_size=1, max_size=12).map(tuple)
    ids = st.builds(lambda one, other: one + other, beginnings, rest)
    drawn = sorted(draw(st.sets(ids, min_size=1, max_size=8)))
    return [Encoded(one, tuple(sorted(draw(st.sets(st.integers(0, len(one) - 1), min_size=1))))) for one in drawn]


LLAMA, GROUPED = made("llama", {}), made("llama", WRITTEN_OUT["llama with grouped heads"])
WAYS = [
    (LLAMA, reading.written_out), (GROUPED, reading.written_out), (GROUPED, reading.by_transformers),
    (made("mistral", BY_TRANSFORMERS["mistral that looks 3 back"]), reading.by_transformers),
]  # fmt: skip


@given(st.sampled_from(WAYS), sequences(), st.integers(1, 400), st.sampled_from([7, packs.STRETCH]))
@settings(max_examples=60, deadline=None)
def test_a_model_says_in_a_pack_what_it_says_alone(way, drawn, budget, stretch):
    with mock.patch.object(packs, "STRETCH", stretch):
        model, reader = way
        found = list(reading.read(model, reader, packs.packs(drawn, budget)))
    assert [one for pack, _ in found for one in pack.sequences] == drawn
    assert torch.allclose(torch.cat([logits for _, logits in found]), alone(model, drawn), atol=2e-5)


def test_in_bfloat16_no_probability_moves_by_more_than_a_two_hundredth():
    torch.manual_seed(0)
    model = AutoModelForTokenClassification.from_config(AutoConfig.for_model("llama", **SMALL | WIDE)).eval()
    drawn = [Encoded(tuple(1 + (n * n + 3 * m) % 13 for n in range(90)), (20, 60, 89)) for m in range(6)]
    drawn.sort(key=lambda one: one.ids)
    exact = alone(model, drawn).softmax(-1)
    said = in_packs(model.to(torch.bfloat16), reading.written_out, packs.packs(drawn))
    assert (said.float().softmax(-1) - exact).abs().max() < 5e-3


@pytest.mark.parametrize("name", WRITTEN_OUT)
def test_in_bfloat16_a_pass_written_out_errs_little_more_than_the_models_own(name):
    """Norms and rotations are rounded to bfloat16 along the way, which costs up to twice the model's own error."""
    model = made(name, WRITTEN_OUT[name])
    drawn = [Encoded((*range(1, 13), *range(first, 15)), (4, 11, 14)) for first in (1, 5, 9)]
    exact = alone(model, drawn)
    model.bfloat16()
    packed = in_packs(model, reading.written_out, packs.packs(drawn))
    assert (packed - exact).norm() < 2.5 * (alone(model, drawn) - exact).norm()


def test_a_pack_read_in_small_pieces_says_the_same(monkeypatch):
    (pack,) = packs.packs([Encoded(tuple(1 + n % 7 for n in range(50)), (3, 49))])
    with reading.by_transformers(LLAMA) as said:
        whole = said(pack)
        monkeypatch.setattr(reading, "PIECE", 8)
        assert torch.allclose(said(pack), whole, atol=2e-5)


@pytest.mark.parametrize("reader", [reading.written_out, reading.by_transformers])
def test_the_last_perceptron_reads_step_ends_alone(reader):
    read = []
    (pack,) = packs.packs([Encoded((1, 2, 3) * 30, (1, 3)), Encoded((1, 2, 5), (2,))])
    hooks = [one.mlp.up_proj.register_forward_hook(lambda _, given, __: read.append(given[0].shape[-2]))
             for one in LLAMA.model.layers]  # fmt: skip
    with reader(LLAMA) as said:
        said(pack)
    for hook in hooks:
        hook.remove()
    assert read == [128, 64]  # of 91 tokens and 3 ends, at lengths that the processor likes


def test_an_end_that_several_sequences_share_is_answered_for_each():
    drawn = [Encoded((1, 2, 3, 4), (0, 1, 3)), Encoded((1, 2, 3, 5), (1, 0)), Encoded((2, 2), (1,))]
    assert torch.allclose(in_packs(LLAMA, reading.written_out, packs.packs(drawn)), alone(LLAMA, drawn), atol=2e-5)


MANY = sorted((Encoded((*range(1, 2 + n % 5), n % 11, n % 13), (0, 2)) for n in range(60)), key=lambda one: one.ids)
NINE = list(packs.packs(MANY, 17))


@pytest.fixture
def at_once() -> Iterator[Callable[[int], None]]:
    """Sets how many threads torch works with."""
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


def test_as_many_packs_are_read_at_once_as_torch_has_threads_and_the_answers_are_the_same(at_once):
    said = []
    for number in (1, 3):
        at_once(number)
        found = list(reading.read(LLAMA, when_all_are_here(number), NINE))
        assert [pack for pack, _ in found] == NINE
        said.append(torch.cat([logits for _, logits in found]))
    assert torch.equal(*said)


def when_all_are_here(number: int) -> Reader:
    """A reader that reads only while as many others do."""
    all_here = threading.Barrier(number, timeout=60)

    @contextmanager
    def reader(model: PreTrainedModel) -> Iterator[reading.Said]:
        with reading.written_out(model) as said:
            yield lambda pack: (all_here.wait(), said(pack))[1]

    return reader


def test_few_packs_are_held_at_a_time(at_once):
    at_once(2)
    asked: list[Pack] = []

    def asking() -> Iterator[Pack]:
        for pack in NINE:
            asked.append(pack)
            yield pack

    found = reading.read(LLAMA, reading.written_out, asking())
    next(found)
    assert len(asked) == 5
    found.close()


def test_reading_that_is_broken_off_leaves_the_model_and_torch_as_they_were(at_once):
    at_once(2)
    before, said = LLAMA.config._attn_implementation, alone(LLAMA, MANY[:1])
    found = reading.read(LLAMA, reading.by_transformers, NINE)
    next(found)
    found.close()
    assert LLAMA.config._attn_implementation == before
    assert torch.equal(alone(LLAMA, MANY[:1]), said)
    with ThreadPoolExecutor(1) as later:
        assert later.submit(torch.get_num_threads).result() == torch.get_num_threads() == 2


def test_who_lays_packs_out_meanwhile_reckons_alone_and_has_its_threads_back(at_once):
    """Helpers of its own would wait for a processor that a pack is being read on, and packs for them."""
    at_once(2)
    threads = []

    def laid_out() -> Iterator[Pack]:
        for pack in NINE:
            threads.append(torch.get_num_threads())
            yield pack

    assert len(list(reading.read(LLAMA, reading.written_out, laid_out()))) == len(NINE)
    assert set(threads) == {1}
    assert torch.get_num_threads() == 2


def test_short_ends_of_a_long_beginning_look_at_it_together():
    beginning = tuple(range(1, 500))
    (pack,) = packs.packs([Encoded((*beginning, last), (499,)) for last in range(100)])
    assert [len(one.hidden) for one in pack.stretches] == [250, 256, 93]
    assert max(len(one.seen) for one in pack.stretches) <= len(pack.ids)


@given(sequences(), st.integers(1, 400), st.integers(1, 40))
def test_every_token_asks_once_and_few_ask_together(drawn, budget, stretch):
    with mock.patch.object(packs, "STRETCH", stretch):
        laid = list(packs.packs(drawn, budget))
    for pack in laid:
        assert [at for one in pack.stretches for at in range(len(pack.ids))[one.asking]] == list(range(len(pack.ids)))
        assert all(one.hidden.shape == (len(range(len(pack.ids))[one.asking]), len(one.seen)) for one in pack.stretches)
        assert max(len(one.hidden) for one in pack.stretches) <= stretch


@given(sequences())
def test_a_token_looks_at_its_own_beginning_and_at_nothing_else(drawn):
    (pack,) = packs.packs(drawn, budget=10**6)
    ids, positions = pack.ids.tolist(), pack.positions.tolist()
    looked = set()
    for one in pack.stretches:
        for hidden in one.hidden:
            seen = one.seen[~hidden].tolist()
            assert [positions[place] for place in seen] == list(range(len(seen)))
            looked.add(tuple(ids[place] for place in seen))
    assert looked == {one.ids[:end] for one in drawn for end in range(1, len(one.ids) + 1)}


@given(sequences())
def test_what_is_shared_is_read_once(drawn):
    (pack,) = packs.packs(drawn, budget=10**6)
    beginnings = {one.ids[:end] for one in drawn for end in range(1, len(one.ids) + 1)}
    assert len(pack.ids) == len(beginnings)


@given(sequences(), st.integers(1, 40))
def test_no_pack_is_over_its_budget_but_for_a_single_long_sequence(drawn, budget):
    for pack in packs.packs(drawn, budget):
        assert len(pack.ids) <= budget or len(pack.sequences) == 1


@pytest.mark.parametrize("name", READ)
def test_causal_models_of_many_makes_read_packs_up_to_the_edge_of_their_window(name):
    knobs, reader = READ[name]
    model = made(name, knobs)
    assert reading.fitting(model) is reader
    long = [tuple(1 + (n * n + m) % 9 for n in range(64)) for m in (0, 1)]
    drawn = sorted([(*long[0][:12], 15), (*long[0][:63], 15), (3,), *long])
    ended = [Encoded(ids, (len(ids) // 2, len(ids) - 1)) for ids in drawn]
    assert torch.allclose(in_packs(model, reader, packs.packs(ended)), alone(model, ended), atol=2e-5)


@pytest.mark.parametrize("name", NOT_READ)
def test_a_model_that_attends_in_another_way_is_told(name):
    model = made(name, NOT_READ[name])
    before = model.config._attn_implementation
    assert reading.fitting(model) is None
    assert model.config._attn_implementation == before


def test_a_model_that_only_looks_like_a_llama_is_read_as_transformers_has_it():
    model = made("llama", {})
    model.model.layers[1].mlp.act_fn = torch.nn.Tanh()
    assert reading.fitting(model) is reading.by_transformers
