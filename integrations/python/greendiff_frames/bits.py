"""Codes side by side: element i has bits i*b ... i*b + b - 1, bit j is bit j mod 8 of byte j div 8."""

import numpy as np


def packed_length(count: int, bits: int) -> int:
    return (count * bits + 7) // 8


def unused_bits_are_zero(data: np.ndarray, count: int, bits: int) -> bool:
    used = count * bits % 8
    return used == 0 or int(data[-1]) >> used == 0


def unpack(data: np.ndarray, count: int, bits: int) -> np.ndarray:
    """`count` unsigned codes of `bits` bits (1 ... 25) from the bytes `data`, as int32.

    Eight codes fill `bits` whole bytes, so code j of every such group starts at the same bit and is cut out of all groups at once.
    """
    groups = (count + 7) // 8
    padded = np.zeros(groups * bits, np.uint8)
    padded[: len(data)] = data
    columns = padded.reshape(groups, bits)
    codes = np.empty((groups, 8), np.uint32)
    mask = np.uint32((1 << bits) - 1)
    for j in range(8):
        first, shift = divmod(j * bits, 8)
        last = (j * bits + bits - 1) // 8
        code = columns[:, first].astype(np.uint32)
        for byte in range(first + 1, last + 1):
            code |= columns[:, byte].astype(np.uint32) << np.uint32(8 * (byte - first))
        codes[:, j] = (code >> np.uint32(shift)) & mask
    return codes.reshape(-1)[:count].view(np.int32)


def unpack_signed(data: np.ndarray, count: int, bits: int) -> np.ndarray:
    """The same, two's complement."""
    codes = unpack(data, count, bits)
    sign = np.int32(1 << (bits - 1))
    codes ^= sign
    codes -= sign
    return codes
