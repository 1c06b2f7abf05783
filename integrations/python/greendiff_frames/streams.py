"""Where the parts of a tensor of range-coded codes lie: frequencies, chunks, streams, low bits, escaped parts."""

from dataclasses import dataclass

import numpy as np

from .bits import packed_length
from .errors import require

CHUNK = 65536
LANES = 16
TOTAL = 4096
STATES_LENGTH = 4 * LANES


@dataclass(frozen=True)
class RangeCoded:
    """Offsets count from the start of the frame."""

    count: int
    low_bit_count: int
    frequencies: np.ndarray
    """uint16 (256)"""
    chunk_words: np.ndarray
    """int64 (chunks): words of each stream"""
    chunk_escapes: np.ndarray
    """int64 (chunks)"""
    stream_offsets: np.ndarray
    """int64 (chunks)"""
    low_bits: np.ndarray
    """uint8: the bytes"""
    escaped: np.ndarray
    """int32, in the order of the elements"""


class _Cursor:
    """Reads within one tensor's data; running out of them is damage."""

    def __init__(self, frame: memoryview, start: int, end: int):
        self.frame, self.at, self.end = frame, start, end

    def take(self, count: int, kind: str) -> np.ndarray:
        item = np.dtype(kind)
        start, self.at = self.at, self.at + count * item.itemsize
        require(self.at <= self.end, "invalidField", "range-coded data shorter than their own lengths")
        return np.frombuffer(self.frame, item, count, start) if count else np.empty(0, item)


def locate(frame: memoryview, start: int, end: int, count: int, low_bit_count: int) -> RangeCoded:
    """Data from `start`, behind the step, to `end`. Views of the frame are made, and arrays of one number a chunk."""
    cursor = _Cursor(frame, start, end)
    frequencies = _frequencies(cursor)
    escapes = int(cursor.take(1, "<u4")[0])
    chunks = -(-count // CHUNK)
    heads = cursor.take(2 * chunks, "<u4").astype(np.int64).reshape(chunks, 2)
    words, chunk_escapes = heads[:, 0], heads[:, 1]
    lengths = STATES_LENGTH + 2 * words
    stream_offsets = cursor.at + np.cumsum(lengths) - lengths
    cursor.take(int(lengths.sum()), "u1")
    low_bits = cursor.take(packed_length(count, low_bit_count), "u1")
    escaped = cursor.take(escapes, "<i4")
    require(cursor.at == end, "invalidField", "range-coded data longer than their own lengths")
    require(int(chunk_escapes.sum()) == escapes, "invalidField", "the chunks' escapes do not add up")
    return RangeCoded(count, low_bit_count, frequencies, words, chunk_escapes, stream_offsets, low_bits, escaped)


def _frequencies(cursor: _Cursor) -> np.ndarray:
    first, less_one = (int(value) for value in cursor.take(2, "u1"))
    require(first + less_one <= 255, "invalidField", "frequencies of symbols above 255")
    frequencies = np.zeros(256, np.uint16)
    for symbol in range(first, first + less_one + 1):
        value = int(cursor.take(1, "u1")[0])
        if value >= 128:
            value += 128 * int(cursor.take(1, "u1")[0]) - 128
        frequencies[symbol] = value
    require(int(frequencies.sum()) == TOTAL, "invalidField", f"frequencies add up to {int(frequencies.sum())}")
    return frequencies
