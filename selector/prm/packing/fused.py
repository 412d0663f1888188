"""What a Llama does between its products, compiled for the processor at hand: bfloat16 on the CPU.

torch passes over memory once for each operation; here a row is read once, reckoned in float32, and rounded once.
numpy has no bfloat16, so the kernels see its bits: they are the upper half of a float32's.
"""

from typing import Any

import numpy as np
import torch
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

LOG2_E = np.float32(1.4426950408889634)
ONE, LOW, HALF, HALF_LESS_ONE = np.float32(1), np.uint32(1), np.uint32(16), np.uint32(0x7FFF)
BIAS, FRACTION = np.int32(127), np.int32(23)  # of a float32's exponent; the bits below it
# Of 2 ** x for x in [0, 1), from the fifth power down, least relative error: 2e-7.
POWERS = tuple(np.float32(c) for c in (0.0018775767, 0.0089893397, 0.055826318, 0.24015361, 0.69315308, 0.99999994))

# Sums in any order and multiply-adds, as torch does; nothing is taken for granted of NaN, which must come out again.
kernel = njit(nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
inline = njit(inline="always")


def fits(rows: torch.Tensor) -> bool:
    return rows.dtype == torch.bfloat16 and rows.device.type == "cpu"


def normed(rows: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
    """Each row, (..., width), at a root mean square of one, times the weights, (width,)."""
    made = torch.empty_like(rows, memory_format=torch.contiguous_format)
    _norm(bits(rows.flatten(0, -2)), bits(weight), np.float32(epsilon), bits(made.flatten(0, -2)))
    return made


def turned(rows: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """The heads, (tokens, heads, width), turned in place: times cos, plus their exchanged halves times sin."""
    _turn(bits(rows), bits(cos[:, 0]), bits(sin[:, 0]))
    return rows


def gated(gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    """silu(gate) * up, in place of the gate, (tokens, width) both."""
    _gate(bits(gate), bits(up))
    return gate


def bits(numbers: torch.Tensor) -> Any:
    """The same memory, as numpy sees it."""
    return numbers.detach().view(torch.uint16).numpy()


def _as_float(_: Any, bits: Any) -> Any:
    return types.float32(types.uint32), lambda _, build, __, given: build.bitcast(given[0], ir.FloatType())


def _as_bits(_: Any, number: Any) -> Any:
    return types.uint32(types.float32), lambda _, build, __, given: build.bitcast(given[0], ir.IntType(32))


as_float: Any = intrinsic(_as_float)  # an uint32's bits as a float32
as_bits: Any = intrinsic(_as_bits)  # and back


@inline
def wide(bits: Any) -> Any:
    """A bfloat16 as the float32 that it is."""
    return as_float(np.uint32(np.uint32(bits) << HALF))


@inline
def rounded(number: Any) -> Any:
    """The bfloat16 nearest to a float32, the even one of two as near."""
    whole = as_bits(number)
    return np.uint16((whole + HALF_LESS_ONE + ((whole >> HALF) & LOW)) >> HALF)


@inline
def power_of_two(exponent: Any) -> Any:
    """2 ** exponent, for exponents between -126 and 127."""
    whole = np.floor(exponent)
    rest = exponent - whole
    found = POWERS[0]
    for factor in POWERS[1:]:
        found = found * rest + factor
    return found * as_float(np.uint32((np.int32(whole) + BIAS) << FRACTION))


@kernel
def _norm(rows: Any, weight: Any, epsilon: Any, made: Any) -> None:
    tokens, width = rows.shape
    for token in range(tokens):
        row, out = rows[token], made[token]
        squares = np.float32(0)
        for at in range(width):
            squares += wide(row[at]) * wide(row[at])
        scale = ONE / np.sqrt(squares / np.float32(width) + epsilon)
        for at in range(width):
            out[at] = rounded(wide(row[at]) * scale * wide(weight[at]))


@kernel
def _turn(rows: Any, cos: Any, sin: Any) -> None:
    tokens, heads, width = rows.shape
    half = width // 2
    for token in range(tokens):
        by, across = cos[token], sin[token]
        for head in range(heads):
            row = rows[token, head]
            for at in range(half):
                one, other = wide(row[at]), wide(row[at + half])
                row[at] = rounded(one * wide(by[at]) + other * wide(across[at]))
                row[at + half] = rounded(other * wide(by[at + half]) + one * wide(across[at + half]))


@kernel
def _gate(gate: Any, up: Any) -> None:
    tokens, width = gate.shape
    for token in range(tokens):
        row, other = gate[token], up[token]
        for at in range(width):
            number = wide(row[at])
            # Beyond these a sigmoid is nought or one in bfloat16 whatever the exponent.
            exponent = min(max(-LOG2_E * number, np.float32(-120)), np.float32(120))
            row[at] = rounded(number * wide(other[at]) / (ONE + power_of_two(exponent)))
