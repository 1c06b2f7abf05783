"""Codec 2: codes of levels between each group's smallest and largest magnitude."""

import numpy as np

from .bits import unpack_signed
from .errors import require
from .header import GRID_PAPER
from .table import TensorEntry

_LIMIT = np.float32(2.0**127)


def scales(data: np.ndarray, entry: TensorEntry) -> tuple[np.ndarray, np.ndarray]:
    """Offset and step of each group, float32."""
    numbers = data[: entry.scales_length].view("<f4")
    # A sign bit refuses -0 too.
    allowed = not np.signbit(numbers).any() and bool((numbers < _LIMIT).all())
    require(allowed, "invalidScale", f"a scale of {entry.name!r} is not in 0 ... 2^127")
    if entry.grid == GRID_PAPER:
        offsets, steps = numbers[0::2], numbers[1::2]
    else:
        offsets, steps = np.zeros(len(numbers), np.float32), numbers
    with np.errstate(over="ignore"):
        top = offsets + np.float32(_levels_above(entry)) * steps
    require(bool(np.isfinite(top).all()), "invalidScale", f"a top level of {entry.name!r} is not finite")
    return offsets, steps


def _levels_above(entry: TensorEntry) -> int:
    """The top level L - h."""
    return 2 ** (entry.bits - 1) - 1 - (entry.grid == GRID_PAPER)


def values(data: np.ndarray, entry: TensorEntry, offsets: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """float32 (elements): sign(c) * (offset + (|c| - h) * step), 0 where c is 0."""
    codes = unpack_signed(data[entry.scales_length :], entry.count, entry.bits)
    reserved = -(1 << (entry.bits - 1))
    require(not (codes == reserved).any(), "reservedCode", f"code {reserved} of {entry.name!r}")
    result = np.abs(codes).astype(np.float32)
    if entry.grid == GRID_PAPER:
        result -= np.float32(1)
    result *= _per_element(steps, entry)
    result += _per_element(offsets, entry)
    np.negative(result, out=result, where=codes < 0)
    result[codes == 0] = 0
    return result


def _per_element(numbers: np.ndarray, entry: TensorEntry) -> np.ndarray:
    if entry.group_size == 0 or entry.group_size >= entry.count:
        return numbers  # one group, so one number for all; a group size of 2^32 asks for no memory
    return np.repeat(numbers, entry.group_size)[: entry.count]
