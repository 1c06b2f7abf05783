"""What a frame of version 3 holds beside its coded tensors: tensors of other types, byte for byte, and texts by name."""

import struct
from dataclasses import dataclass

from .errors import require
from .header import CHECKSUM_LENGTH
from .table import MAXIMUM_NAME_LENGTH, MAXIMUM_RANK, TensorEntry

MAXIMUM_METADATA_LENGTH = 100_000_000

# Element types by their ids, from 1 on, and the bits of one element.
_TYPES = (
    ("F64", 64), ("F32", 32), ("F16", 16), ("BF16", 16), ("F8_E4M3", 8), ("F8_E5M2", 8), ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8),
    ("F8_E5M2FNUZ", 8), ("F6_E2M3", 6), ("F6_E3M2", 6), ("F4", 4), ("C64", 64), ("I64", 64), ("I32", 32), ("I16", 16), ("I8", 8),
    ("U64", 64), ("U32", 32), ("U16", 16), ("U8", 8), ("BOOL", 8),
)

_COUNTS = struct.Struct("<II")
_ENTRY = struct.Struct("<HBBI")
_FIELD = struct.Struct("<II")


@dataclass(frozen=True)
class CarriedTensor:
    """Its elements are `data`, little-endian; `place` is the number of coded tensors before it in the file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    place: int
    data: bytes


@dataclass(frozen=True)
class _Entry:
    name: bytes
    type_id: int
    shape: tuple[int, ...]
    place: int


class _Reader:
    """The section's bytes from its start on; reading beyond its end is an error of the frame."""

    def __init__(self, frame: memoryview, at: int):
        self.frame, self.at, self.end = frame, at, len(frame) - CHECKSUM_LENGTH

    def bytes(self, count: int) -> bytes:
        require(count <= self.end - self.at, "invalidField", f"the carried section ends {count - self.end + self.at} bytes early")
        self.at += count
        return bytes(self.frame[self.at - count : self.at])

    def fields(self, layout: struct.Struct) -> tuple:
        return layout.unpack(self.bytes(layout.size))


def read_section(
    frame: memoryview, coded: list[TensorEntry], most_tensors: int, most_bytes: int
) -> tuple[list[CarriedTensor], dict[str, str]]:
    """The section behind the data of the coded tensors, checked."""
    last = coded[-1]
    reader = _Reader(frame, last.data_offset + last.data_length)
    length = reader.end - reader.at
    require(length <= most_bytes, "limitExceeded", f"{length} bytes are carried, {most_bytes} allowed")
    tensor_count, field_count = reader.fields(_COUNTS)
    require(tensor_count + field_count > 0, "invalidField", "a carried section that holds nothing")
    require(len(coded) + tensor_count <= most_tensors, "limitExceeded", f"{tensor_count} tensors besides {len(coded)}")
    least = tensor_count * (_ENTRY.size + 1) + field_count * _FIELD.size
    require(least <= reader.end - reader.at, "invalidField", f"{tensor_count} tensors and {field_count} texts in {length} bytes")
    entries = [_entry(reader, i) for i in range(tensor_count)]
    _check_entries(entries, coded)
    metadata = _metadata(reader, field_count)
    lengths = [_length(entry, i) for i, entry in enumerate(entries)]
    tensors = [
        CarriedTensor(entry.name.decode(), _TYPES[entry.type_id - 1][0], entry.shape, entry.place, reader.bytes(count))
        for entry, count in zip(entries, lengths)
    ]
    require(reader.at == reader.end, "invalidField", f"{reader.end - reader.at} bytes behind the carried section")
    return tensors, metadata


def _entry(reader: _Reader, index: int) -> _Entry:
    name_length, rank, type_id, place = reader.fields(_ENTRY)
    require(rank <= MAXIMUM_RANK, "limitExceeded", f"rank {rank} of carried tensor {index}")
    require(1 <= type_id <= len(_TYPES), "unknownID", f"element type {type_id} of carried tensor {index}")
    shape = reader.fields(struct.Struct(f"<{rank}Q"))
    require(all(extent < 1 << 63 for extent in shape), "invalidField", f"the shape of carried tensor {index} is {shape}")
    require(1 <= name_length <= MAXIMUM_NAME_LENGTH, "invalidField", f"name length of carried tensor {index}")
    name = reader.bytes(name_length)
    _text(name, f"the name of carried tensor {index}")
    return _Entry(name, type_id, shape, place)


def _check_entries(entries: list[_Entry], coded: list[TensorEntry]) -> None:
    names = {entry.name_bytes for entry in coded}
    place = 0
    for i, entry in enumerate(entries):
        require(entry.name not in names, "invalidField", f"carried tensor {i} has the name of another")
        names.add(entry.name)
        require(place <= entry.place <= len(coded), "invalidField", f"place {entry.place} of carried tensor {i}")
        place = entry.place


def _length(entry: _Entry, index: int) -> int:
    bits = _TYPES[entry.type_id - 1][1]
    for extent in entry.shape:
        bits *= extent
        require(bits < 1 << 63, "invalidField", f"the shape of carried tensor {index} is {entry.shape}")
    require(bits % 8 == 0, "invalidField", f"carried tensor {index} has {bits} bits, no whole bytes")
    return bits // 8


def _metadata(reader: _Reader, count: int) -> dict[str, str]:
    metadata: dict[str, str] = {}
    last, total = None, 0
    for i in range(count):
        name_length, text_length = reader.fields(_FIELD)
        total += name_length + text_length
        require(total <= MAXIMUM_METADATA_LENGTH, "limitExceeded", f"{total} bytes of metadata")
        name, text = reader.bytes(name_length), reader.bytes(text_length)
        require(last is None or last < name, "invalidField", f"metadata field {i} does not come after the one before it")
        last = name
        metadata[_text(name, f"the name of metadata field {i}")] = _text(text, f"the text of metadata field {i}")
    return metadata


def _text(data: bytes, what: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        require(False, "invalidField", f"{what} is not UTF-8")
        raise
