"""Codec 3: codes of a lattice, packed or range coded, and their values."""

import numpy as np

from .bits import unpack, unpack_signed
from .errors import require
from .header import DITHERED, Header
from .philox import dither
from .streams import RangeCoded
from .table import TensorEntry

CODE_LIMIT = 1 << 23
_BLOCK = 1 << 18
"""Elements whose dither is made at a time; a multiple of 64."""


def packed_codes(data: np.ndarray, entry: TensorEntry) -> np.ndarray:
    codes = unpack_signed(data, entry.count, entry.bits)
    _check_codes(codes, entry)
    return codes


def range_coded_codes(symbols: np.ndarray, coded: RangeCoded, entry: TensorEntry) -> np.ndarray:
    """c = h * 2^k + l: h from the symbols and the escaped parts."""
    high = symbols.astype(np.int32)
    high -= 128
    at = np.flatnonzero(symbols == 0)
    magnitudes = np.abs(coded.escaped.astype(np.int64))
    escaped = bool(((magnitudes > 127) & (magnitudes < CODE_LIMIT)).all())
    require(escaped, "damagedCodes", f"an escaped part of {entry.name!r} that needs no escape or is too large")
    k = entry.bits
    low = unpack(coded.low_bits, entry.count, k) if k else np.zeros(1, np.int32)
    # Escaped codes may pass 32 bits, others stay within 2^7 * 2^16: the former are checked apart.
    codes = (coded.escaped.astype(np.int64) << k) + (low[at] if k else 0)
    _check_codes(codes, entry)
    high <<= k
    high |= low
    high[at] = codes
    return high


def _check_codes(codes: np.ndarray, entry: TensorEntry) -> None:
    within = codes.size == 0 or (int(codes.max()) < CODE_LIMIT and int(codes.min()) > -CODE_LIMIT)
    require(within, "damagedCodes", f"a code of {entry.name!r} is 2^23 or more")


def values(codes: np.ndarray, step: np.float32, header: Header, entry: TensorEntry, tensor: int) -> np.ndarray:
    """float32 (elements): c * step, or (c - u) * step with dither."""
    # Below 2^127 with any dither, as raw values and the scales of levels are.
    largest = max(int(codes.max()), -int(codes.min())) if codes.size else 0
    with np.errstate(over="ignore"):
        top = np.float32(largest + 1) * step
    require(top < 2.0**127, "invalidScale", f"with step {step}, {entry.name!r} has values of 2^127 or more")
    result = codes.astype(np.float32)
    if entry.rounding == DITHERED:
        for first in range(0, len(result), _BLOCK):
            block = result[first : first + _BLOCK]
            block -= dither(first, len(block), tensor, header.device, header.round, header.dither_key)
    result *= step
    return result
