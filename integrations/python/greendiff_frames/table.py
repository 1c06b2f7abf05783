"""The tensor table: walk it, then check it, all before anything is made for a tensor."""

import math
import struct
from dataclasses import dataclass

from .bits import packed_length
from .errors import require
from .header import (
    CHECKSUM_LENGTH, DITHERED, GRID_LATTICE, GRID_PAPER, GRID_ZERO, HEADER_LENGTH, LATTICE, LEVELS, RAW, STOCHASTIC, Header,
)

PACKED, RANGE_CODED = 1, 2
MAXIMUM_RANK = 8
MAXIMUM_NAME_LENGTH = 1024

_PREFIX = struct.Struct("<HBBBBBBId")
_GRIDS = {LEVELS: (GRID_PAPER, GRID_ZERO), LATTICE: (GRID_LATTICE,)}


@dataclass(frozen=True)
class TensorEntry:
    """One entry. `data_length` is computed in version 1, where it is not written; `data_offset` counts from the frame's start."""

    name_bytes: bytes
    shape: tuple[int, ...]
    grid: int
    bits: int
    storage: int
    rounding: int
    reserved: int
    group_size: int
    expected_error: float
    data_length: int
    data_offset: int

    @property
    def name(self) -> str:
        return self.name_bytes.decode("utf-8")

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def is_range_coded(self) -> bool:
        """Whether a stream follows the step: a tensor without elements is its step alone."""
        return self.storage == RANGE_CODED and self.count > 0

    @property
    def groups(self) -> int:
        """How many scales a tensor of levels has: one for all of it, several for groups, none where there is nothing to scale."""
        return -(-self.count // self.group_size) if self.group_size else min(self.count, 1)

    @property
    def scales_length(self) -> int:
        return self.groups * (8 if self.grid == GRID_PAPER else 4)


def read_table(frame: memoryview, header: Header, most: int) -> tuple[list[TensorEntry], bool]:
    """Up to `most` entries, and whether they are all there and end where the table ends. Nothing in them is checked yet."""
    end = min(HEADER_LENGTH + header.table_length, len(frame) - CHECKSUM_LENGTH)
    at, data_at = HEADER_LENGTH, HEADER_LENGTH + header.table_length
    fixed = _PREFIX.size + (8 if header.base_version == 2 else 0)
    entries = []
    for _ in range(min(header.tensor_count, most)):
        if at + fixed > end:
            return entries, False
        name_length, rank, grid, bits, storage, rounding, reserved, group_size, error = _PREFIX.unpack_from(frame, at)
        data_length = struct.unpack_from("<Q", frame, at + _PREFIX.size)[0] if header.base_version == 2 else 0
        at += fixed
        if at + 8 * rank + name_length > end:
            return entries, False
        shape = struct.unpack_from(f"<{rank}Q", frame, at)
        at += 8 * rank
        name = bytes(frame[at : at + name_length])
        at += name_length
        entry = TensorEntry(name, shape, grid, bits, storage, rounding, reserved, group_size, error, data_length, data_at)
        if header.base_version == 1:
            entry = TensorEntry(**{**vars(entry), "data_length": expected_length(header, entry)})
        entries.append(entry)
        data_at += entry.data_length
    return entries, at == HEADER_LENGTH + header.table_length


def expected_length(header: Header, entry: TensorEntry) -> int:
    """Bytes of data that the entry asks for; of range-coded codes, the fewest that there can be."""
    if header.codec == RAW:
        return 4 * entry.count
    if header.codec == LEVELS:
        return entry.scales_length + packed_length(entry.count, entry.bits)
    if not entry.is_range_coded:
        return 4 + packed_length(entry.count, entry.bits)
    chunks = -(-entry.count // 65536)
    return 4 + 2 + 1 + 4 + chunks * (8 + 64) + packed_length(entry.count, entry.bits)


def check_ids(header: Header, entries: list[TensorEntry]) -> None:
    if header.codec == RAW:
        return  # no ids: a grid that is not 0 is a field out of range, as other bits than 32 are
    for i, entry in enumerate(entries):
        require(entry.grid in _GRIDS[header.codec], "unknownID", f"grid {entry.grid} of tensor {i} with codec {header.codec}")
        if header.codec == LATTICE:
            require(entry.storage in (PACKED, RANGE_CODED), "unknownID", f"storage {entry.storage} of tensor {i}")
            require(entry.rounding in (STOCHASTIC, DITHERED), "unknownID", f"rounding {entry.rounding} of tensor {i}")


def check_reserved(header: Header, entries: list[TensorEntry]) -> None:
    for i, entry in enumerate(entries):
        used = header.codec == LATTICE
        require(entry.reserved == 0 and (used or entry.storage == entry.rounding == 0), "reservedNotZero", f"entry of tensor {i}")


def check_fields(header: Header, entries: list[TensorEntry], complete: bool) -> None:
    require(complete, "invalidField", "the tensor table has not the length that its entries have")
    names = set()
    for i, entry in enumerate(entries):
        _check_entry(header, entry, i)
        require(entry.name_bytes not in names, "invalidField", f"tensor {i} has the name of another")
        names.add(entry.name_bytes)
    count = sum(entry.count for entry in entries)
    require(count == header.parameter_count, "invalidField", f"{count} elements, {header.parameter_count} declared")
    certificate = 0.0
    for entry in entries:
        certificate += entry.expected_error
    require(certificate == header.expected_error, "invalidField", "the tensors' errors do not add up to the certificate")
    data_end = HEADER_LENGTH + header.table_length + sum(entry.data_length for entry in entries)
    room = header.frame_length - CHECKSUM_LENGTH
    fits = data_end <= room if header.carries else data_end == room
    require(fits, "invalidField", "the data have not the length of the table")


def _check_entry(header: Header, entry: TensorEntry, index: int) -> None:
    require(all(extent < 1 << 63 for extent in entry.shape), "invalidField", f"the shape of tensor {index} is {entry.shape}")
    require(1 <= len(entry.name_bytes) <= MAXIMUM_NAME_LENGTH, "invalidField", f"name length of tensor {index}")
    try:
        entry.name
    except UnicodeDecodeError:
        require(False, "invalidField", f"the name of tensor {index} is not UTF-8")
    lowest, highest = _bits_range(header, entry)
    require(lowest <= entry.bits <= highest, "invalidField", f"{entry.bits} bits of tensor {index}, not {lowest} ... {highest}")
    require(header.codec != RAW or entry.grid == 0, "invalidField", f"grid {entry.grid} of tensor {index} of raw values")
    require(header.codec == LEVELS or entry.group_size == 0, "invalidField", f"group size of tensor {index}")
    error = entry.expected_error
    require(math.isfinite(error) and error >= 0, "invalidField", f"expected error {error} of tensor {index}")
    least = expected_length(header, entry)
    exact = header.codec != LATTICE or not entry.is_range_coded
    fits = entry.data_length == least if exact else entry.data_length >= least
    require(fits, "invalidField", f"tensor {index} has {entry.data_length} bytes of data, {least} needed")


def _bits_range(header: Header, entry: TensorEntry) -> tuple[int, int]:
    if header.codec == RAW:
        return 32, 32
    if header.codec == LEVELS:
        return (3 if entry.grid == GRID_PAPER else 2), 8
    return (1, 24) if entry.storage == PACKED else (0, 16)
