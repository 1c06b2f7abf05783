"""Philox4x32-10 [Salmon11] and the 16 random bits that an element of a tensor takes from it."""

import numpy as np

_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
_ROUNDS = 10
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)

ELEMENTS_PER_BLOCK = 64
"""Elements 64g ... 64g + 63 share the eight counters 8g ... 8g + 7, each of which gives 8 of them."""


def philox(counter, key: tuple[int, int]) -> list[np.ndarray]:
    """Four words for each counter; the counter's words are arrays or integers below 2^32, the result's are uint64 arrays."""
    c0, c1, c2, c3 = (np.asarray(word, np.uint64) for word in counter)
    k0, k1 = key
    for _ in range(_ROUNDS):
        p0, p1 = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (
            (p1 >> _HALF) ^ c1 ^ np.uint64(k0), p1 & _LOW,
            (p0 >> _HALF) ^ c3 ^ np.uint64(k1), p0 & _LOW,
        )
        k0, k1 = (k0 + _KEY_STEPS[0]) & 0xFFFFFFFF, (k1 + _KEY_STEPS[1]) & 0xFFFFFFFF
    return [c0, c1, c2, c3]


def random_bits(first: int, count: int, tensor: int, device: int, round_: int, key: tuple[int, int]) -> np.ndarray:
    """The 16 random bits of elements first ... first + count - 1 of a tensor, as uint32; `first` is a multiple of 64."""
    assert first % ELEMENTS_PER_BLOCK == 0
    start = first // ELEMENTS_PER_BLOCK
    blocks = -(-count // ELEMENTS_PER_BLOCK)
    counters = np.arange(8 * start, 8 * (start + blocks), dtype=np.uint64)
    # Element 64g + 16w + 8h + q takes half h of word w of counter 8g + q.
    bits = np.empty((blocks, 4, 2, 8), np.uint32)
    for w, word in enumerate(philox((counters, tensor, device, round_), key)):
        word = word.astype(np.uint32).reshape(blocks, 8)
        bits[:, w, 0] = word & np.uint32(0xFFFF)
        bits[:, w, 1] = word >> np.uint32(16)
    return bits.reshape(-1)[:count]


def dither(first: int, count: int, tensor: int, device: int, round_: int, key: tuple[int, int]) -> np.ndarray:
    """u of each element, float32, in -1/2 ... 1/2."""
    u = random_bits(first, count, tensor, device, round_, key).astype(np.float32)
    u += np.float32(0.5)
    u *= np.float32(2.0**-16)
    u -= np.float32(0.5)
    return u
