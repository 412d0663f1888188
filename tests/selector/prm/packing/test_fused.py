"""The compiled passes say what the same arithmetic says in float32, rounded once."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn import functional as F

from selector.prm.packing import fused

FINITE = st.floats(-(2.0**60), 2.0**60, width=32)  # far beyond what a model says; their squares overflow nowhere
ULP = 2.0**-7  # between neighbours in bfloat16, of the lower one's power of two
NAN = float("nan")


def numbers(*shape: int, elements: st.SearchStrategy[float] = FINITE) -> st.SearchStrategy[torch.Tensor]:
    return arrays(np.float32, shape, elements=elements).map(lambda found: torch.from_numpy(found).bfloat16())


def near(said: torch.Tensor, exact: torch.Tensor) -> bool:
    """The nearest bfloat16, or its neighbour where float32 itself has erred."""
    return torch.allclose(said.double(), exact, rtol=ULP, atol=1e-30)


@given(arrays(np.float32, 50, elements=st.floats(width=32, allow_nan=False, allow_subnormal=True)))
def test_numbers_are_rounded_as_torch_rounds_them(exact):
    said = torch.tensor([int(fused.rounded(one)) for one in exact], dtype=torch.uint16).view(torch.bfloat16)
    assert torch.equal(said, torch.from_numpy(exact).bfloat16())


@given(st.integers(0, 2**16 - 1))
def test_every_bfloat16_is_left_as_it_is(bits):
    """One that is no number too: a model that has diverged must not look sound."""
    number = fused.wide(np.uint16(bits))
    assert fused.wide(np.uint16(fused.rounded(number))) == pytest.approx(number, rel=0, abs=0, nan_ok=True)


@given(st.floats(-126, 127, width=32))
def test_the_power_of_two_is_right_to_a_float32s_last_bits(exponent):
    assert fused.power_of_two(np.float32(exponent)) == pytest.approx(2.0**exponent, rel=1e-6)


@given(numbers(3, 40, elements=st.floats(-1000, 1000, width=32)), numbers(40))
@settings(deadline=None)
def test_rows_are_normed(rows, weight):
    exact = rows.double() * (rows.double().square().mean(-1, keepdim=True) + 1e-6).rsqrt() * weight.double()
    assert near(fused.normed(rows, weight, 1e-6), exact)


@given(numbers(2, 3, 16), numbers(2, 1, 16), numbers(2, 1, 16))
@settings(deadline=None)
def test_heads_are_turned_in_place(rows, cos, sin):
    one, other = rows.double() * cos.double(), rows.roll(8, dims=-1).double() * sin.double()
    allowed = ULP * (one.abs() + other.abs()) + 1e-30  # they may all but cancel
    said = fused.turned(rows, cos, sin)
    assert said is rows
    assert ((said.double() - (one + other)).abs() <= allowed).all()


@given(numbers(2, 33, elements=st.floats(-(2.0**40), 2.0**40, width=32)), numbers(2, 33))
@settings(deadline=None)
def test_gates_are_applied_in_place(gate, up):
    exact = F.silu(gate.double()) * up.double()
    said = fused.gated(gate, up)
    assert said is gate
    # A sigmoid below 2 ** -120 counts as that, which even these numbers together lift to no more.
    assert torch.allclose(said.double(), exact, rtol=ULP, atol=2.0**-19)


def test_a_number_that_is_none_comes_out_again():
    rows = torch.ones(1, 1, 16).bfloat16()
    rows[0, 0, 3] = NAN
    ones = torch.ones(1, 1, 16).bfloat16()
    assert fused.normed(rows[0], ones[0, 0], 1e-6).isnan().all()
    assert fused.gated(rows[0].clone(), ones[0]).isnan().sum() == 1
    assert fused.gated(ones[0].clone(), rows[0]).isnan().sum() == 1
    assert fused.turned(rows.clone(), ones, ones).isnan().sum() == 2


def test_only_bfloat16_on_the_processor_is_compiled():
    assert fused.fits(torch.ones(1).bfloat16())
    assert not fused.fits(torch.ones(1))
    assert not fused.fits(torch.ones(1, device="meta").bfloat16())
