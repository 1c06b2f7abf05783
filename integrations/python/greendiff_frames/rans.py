"""Range asymmetric numeral systems, many chunks at a time: every chunk advances by 16 symbols, one a lane, in each step.

Within such a group a stream's words belong to its lanes in their order, so the running count of the lanes that need one says which.
"""

from dataclasses import dataclass

import numpy as np

from .errors import require
from .streams import CHUNK, LANES, STATES_LENGTH, TOTAL, RangeCoded

BATCH = 256
"""Chunks at a time: enough to amortise a step, and 16 MiB of symbols at most."""

_FINAL_STATE = 65536


@dataclass(frozen=True)
class _Chunk:
    tensor: int
    index: int
    count: int


def decode_symbols(frame: memoryview, tensors: dict[int, RangeCoded]) -> dict[int, np.ndarray]:
    """uint8 symbols of every tensor, in the order of its elements."""
    chunks = [
        _Chunk(tensor, index, min(CHUNK, coded.count - CHUNK * index))
        for tensor, coded in tensors.items()
        for index in range(len(coded.chunk_words))
    ]
    # Chunks of like length together: a batch takes as many steps as its longest.
    chunks.sort(key=lambda chunk: -chunk.count)
    symbols = {tensor: np.empty(coded.count, np.uint8) for tensor, coded in tensors.items()}
    for start in range(0, len(chunks), BATCH):
        batch = chunks[start : start + BATCH]
        for chunk, decoded in zip(batch, _Batch(frame, tensors, batch).decode()):
            escapes = int(tensors[chunk.tensor].chunk_escapes[chunk.index])
            zeros = chunk.count - np.count_nonzero(decoded)
            require(zeros == escapes, "damagedCodes", f"{zeros} escapes in a chunk of {escapes}")
            first = CHUNK * chunk.index
            symbols[chunk.tensor][first : first + chunk.count] = decoded
    return symbols


def _slots(frequencies: np.ndarray) -> np.ndarray:
    """For each x mod 4096: symbol s << 24 | (F(s) - 1) << 12 | x mod 4096 - C(s)."""
    frequencies = frequencies.astype(np.int64)
    below = np.cumsum(frequencies) - frequencies
    symbol = np.repeat(np.arange(256), frequencies)
    return symbol << 24 | (frequencies[symbol] - 1) << 12 | (np.arange(TOTAL) - below[symbol])


class _Batch:
    """State of up to `BATCH` chunks, sorted by falling length. Arrays are (chunks, lanes) or (chunks, 1)."""

    def __init__(self, frame: memoryview, tensors: dict[int, RangeCoded], chunks: list[_Chunk]):
        self.counts = np.array([chunk.count for chunk in chunks], np.int64)
        used = {tensor: place for place, tensor in enumerate(dict.fromkeys(chunk.tensor for chunk in chunks))}
        self.slots = np.concatenate([_slots(tensors[tensor].frequencies) for tensor in used])
        self.slots_at = np.array([[TOTAL * used[chunk.tensor]] for chunk in chunks], np.int64)
        states, words = [], []
        for chunk in chunks:
            offset = int(tensors[chunk.tensor].stream_offsets[chunk.index])
            length = int(tensors[chunk.tensor].chunk_words[chunk.index])
            # A symbol takes one word at most.
            require(length <= chunk.count, "damagedCodes", f"{length} words for {chunk.count} symbols")
            states.append(np.frombuffer(frame, "<u4", LANES, offset))
            words.append(np.frombuffer(frame, "<u2", length, offset + STATES_LENGTH) if length else np.empty(0, "<u2"))
        self.states = np.stack(states).astype(np.int64)
        lengths = np.array([[len(part)] for part in words], np.int64)
        ends = np.cumsum(lengths, axis=0)
        # The word before the next one, so that the first lane in need (count 1) gets the next. One word more: `take` needs some.
        self.words = np.concatenate([*words, np.zeros(1, "<u2")])
        self.before = ends - lengths - 1
        self.last = ends - 1

    def decode(self):
        """Symbols of each chunk in turn, once all streams have ended as they must."""
        groups = self.counts // LANES
        symbols = np.empty((int(groups[0]), len(groups), LANES), np.uint8)
        active = len(groups)
        for step in range(len(symbols)):
            while groups[active - 1] <= step:
                active -= 1
            symbols[step, :active] = self._step(active)
        in_tail = np.arange(LANES) < (self.counts % LANES)[:, None]
        tail = self._step(len(groups), in_tail).astype(np.uint8)
        ended = (self.before == self.last).all() and (self.states == _FINAL_STATE).all()
        require(bool(ended), "damagedCodes", "a stream does not end with all words used and all states 65536")
        for i, count in enumerate(groups):
            rest = int(self.counts[i]) % LANES
            yield np.concatenate([symbols[:count, i].reshape(-1), tail[i, :rest]])

    def _step(self, active: int, lanes: np.ndarray | None = None) -> np.ndarray:
        """One symbol for every lane (or those in `lanes`) of the first `active` chunks.

        A stream that has run out reads what lies behind its words; its position then passes the last word and it is refused at the end.
        """
        states = self.states[:active]
        slot = self.slots.take((states & (TOTAL - 1)) + self.slots_at[:active])
        advanced = ((slot >> 12 & (TOTAL - 1)) + 1) * (states >> 12) + (slot & (TOTAL - 1))
        needs_word = advanced < 65536
        if lanes is not None:
            needs_word &= lanes
        index = self.before[:active] + needs_word.cumsum(axis=1)
        self.before[:active] = index[:, -1:]
        np.copyto(advanced, advanced << 16 | self.words.take(index, mode="clip"), where=needs_word)
        if lanes is None:
            self.states[:active] = advanced
        else:
            np.copyto(states, advanced, where=lanes)
        return slot >> 24
