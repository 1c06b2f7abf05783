"""Frames by hand, in plain loops over Python integers: slow, and nothing shared with the decoder."""

import math
import struct
from dataclasses import dataclass

import xxhash

CHUNK, LANES, TOTAL = 65536, 16, 4096


@dataclass
class Tensor:
    """An entry of the tensor table and its data. `data_length` is written as it is, where it is given."""

    name: bytes
    shape: tuple
    data: bytes
    grid: int = 3
    bits: int = 1
    storage: int = 1
    rounding: int = 1
    reserved: int = 0
    group_size: int = 0
    expected_error: float = 0.0
    data_length: int | None = None
    name_length: int | None = None

    def entry(self, version: int) -> bytes:
        length = len(self.name) if self.name_length is None else self.name_length
        fields = (length, len(self.shape), self.grid, self.bits, self.storage, self.rounding, self.reserved)
        entry = struct.pack("<HBBBBBBId", *fields, self.group_size, self.expected_error)
        if version == 2:
            entry += struct.pack("<Q", len(self.data) if self.data_length is None else self.data_length)
        return entry + struct.pack(f"<{len(self.shape)}Q", *self.shape) + self.name


DEFAULTS = dict(
    magic=b"\x89GDU\r\n\x1a\n", header_length=216, run_id=0, round=0, device=0, base_low=0, base_high=0, payload_kind=1,
    codec=3, table_grid=3, table_rounding=1, table_group_size=0, reserved=0, squared_norm=1.0, errors=(0.0,) * 7, sizes=(0,) * 7,
    key=(0, 0),
)


def frame(*tensors: Tensor, version: int = 2, **fields) -> bytes:
    """A frame of the tensors. `fields` replace the header's, whether that makes sense or not; the checksum is right."""
    table = b"".join(tensor.entry(version) for tensor in tensors)
    data = b"".join(tensor.data for tensor in tensors)
    f = DEFAULTS | dict(
        table_length=len(table), frame_length=216 + len(table) + len(data) + 8, tensor_count=len(tensors),
        parameter_count=sum(math.prod(tensor.shape) for tensor in tensors),
        expected_error=sum(tensor.expected_error for tensor in tensors),
    )
    assert not fields.keys() - f.keys(), fields
    f |= fields
    header = f["magic"] + struct.pack(
        "<HHIQQIIQQBBBBIIIQdd7d7QII", version, f["header_length"], f["table_length"], f["frame_length"], f["run_id"], f["round"],
        f["device"], f["base_low"], f["base_high"], f["payload_kind"], f["codec"], f["table_grid"], f["table_rounding"],
        f["table_group_size"], f["tensor_count"], f["reserved"], f["parameter_count"], f["expected_error"], f["squared_norm"],
        *f["errors"], *f["sizes"], *f["key"],
    )
    return seal(header + table + data)


def seal(body: bytes) -> bytes:
    return body + struct.pack("<Q", xxhash.xxh3_64_intdigest(body))


def changed(whole: bytes, offset: int, new: bytes) -> bytes:
    """The frame with other bytes at `offset`, and a checksum that says so."""
    return seal(whole[:offset] + new + whole[offset + len(new) : -8])


def pack(codes, bits: int) -> bytes:
    total = sum((code % (1 << bits)) << (i * bits) for i, code in enumerate(codes))
    return total.to_bytes((len(codes) * bits + 7) // 8, "little")


def packed(step: float, codes, bits: int) -> bytes:
    return struct.pack("<f", step) + pack(codes, bits)


def range_coded(step: float, codes, k: int, frequencies: dict, **damage) -> bytes:
    """Data of storage 2. `frequencies` of the symbols used, which must add up to 4096; `damage` replaces parts."""
    symbols = [(code >> k) + 128 if abs(code >> k) <= 127 else 0 for code in codes]
    escaped = [code >> k for code, symbol in zip(codes, symbols) if symbol == 0]
    first, last = min(frequencies), max(frequencies)
    numbers = bytes([first, last - first])
    for symbol in range(first, last + 1):
        f = frequencies.get(symbol, 0)
        numbers += bytes([f]) if f < 128 else bytes([128 + f % 128, f // 128])
    parts = [symbols[i : i + CHUNK] for i in range(0, len(symbols), CHUNK)]
    streams = [encode(part, frequencies) for part in parts]
    p = dict(
        numbers=numbers,
        escapes=struct.pack("<I", len(escaped)),
        chunks=b"".join(struct.pack("<II", len(words), part.count(0)) for (_, words), part in zip(streams, parts)),
        streams=b"".join(struct.pack(f"<16I{len(words)}H", *states, *words) for states, words in streams),
        low=pack([code % (1 << k) for code in codes], k) if k else b"",
        escaped=struct.pack(f"<{len(escaped)}i", *escaped),
    )
    assert not damage.keys() - p.keys()
    return struct.pack("<f", step) + b"".join((p | damage).values())


def encode(symbols, frequencies: dict) -> tuple[list, list]:
    """The states and words from which the specification's decoder makes `symbols`: its steps backwards, from the last."""
    below = {s: sum(frequencies[other] for other in frequencies if other < s) for s in frequencies}
    states, words = [65536] * LANES, []
    for j in reversed(range(len(symbols))):
        f, x = frequencies[symbols[j]], states[j % LANES]
        # A step leads back to a state of at least 2^32 if x is not made smaller; then the decoder needs a word to undo that.
        if x >= f << 20:
            words.append(x % 65536)
            x >>= 16
        states[j % LANES] = x // f * TOTAL + x % f + below[symbols[j]]
    return states, words[::-1]
