"""The header of an update frame: 216 bytes at fixed offsets."""

import math
import struct
from dataclasses import dataclass

from .errors import require

MAGIC = b"\x89GDU\r\n\x1a\n"
HEADER_LENGTH = 216
CHECKSUM_LENGTH = 8
WIDTHS = range(2, 9)

WEIGHTS, CHANGE = 1, 2
RAW, LEVELS, LATTICE = 1, 2, 3
GRID_PAPER, GRID_ZERO, GRID_LATTICE = 1, 2, 3
STOCHASTIC, DITHERED = 1, 2
CODECS = {1: (RAW, LEVELS), 2: (RAW, LATTICE)}
TABLE_GRIDS = {1: (GRID_PAPER, GRID_ZERO), 2: (GRID_LATTICE,)}
# Version 1 or 2 with a carried section.
CARRYING_VERSION = 3

# Version, header length, table length ... tensor count, reserved, parameter count, two errors, D(2...8), sizes, dither key.
_LAYOUT = struct.Struct("<8x HHIQ QIIQQ BBBBI I4sQ dd 7d 7Q II")
assert _LAYOUT.size == HEADER_LENGTH


@dataclass(frozen=True)
class Header:
    """Fields by their names in the specification; `base_model` is the whole XXH3-128."""

    version: int
    header_length: int
    table_length: int
    frame_length: int
    run_id: int
    round: int
    device: int
    base_model: int
    payload_kind: int
    codec: int
    table_grid: int
    table_rounding: int
    table_group_size: int
    tensor_count: int
    reserved: bytes
    parameter_count: int
    expected_error: float
    squared_norm: float
    errors_by_width: dict[int, float]
    sizes_by_width: dict[int, int]
    dither_key: tuple[int, int]

    @property
    def carries(self) -> bool:
        """Whether a carried section follows the data."""
        return self.version == CARRYING_VERSION

    @property
    def base_version(self) -> int:
        """1 for levels, 2 for a lattice: what the frame is but for its carried section."""
        return self.version if not self.carries else 2 if self.table_grid == GRID_LATTICE else 1


def read_header(frame: memoryview) -> Header:
    """Split the bytes into fields; `check_*` say whether they are allowed, each at its place in the order of checks."""
    fields = _LAYOUT.unpack_from(frame, 0)
    version, header_length, table_length, frame_length, run_id, round_, device, base_low, base_high = fields[:9]
    return Header(
        version, header_length, table_length, frame_length, run_id, round_, device, base_low | base_high << 64,
        *fields[9:19],
        errors_by_width=dict(zip(WIDTHS, fields[19:26])),
        sizes_by_width=dict(zip(WIDTHS, fields[26:33])),
        dither_key=fields[33:35],
    )


def check_ids(header: Header) -> None:
    require(header.payload_kind in (WEIGHTS, CHANGE), "unknownID", f"payload kind {header.payload_kind}")
    require(header.codec in CODECS[header.base_version], "unknownID", f"codec {header.codec} in version {header.version}")
    require(header.table_grid in TABLE_GRIDS[header.base_version], "unknownID", f"table grid {header.table_grid}")
    if header.base_version == 2:
        require(header.table_rounding in (STOCHASTIC, DITHERED), "unknownID", f"table rounding {header.table_rounding}")


def check_reserved(header: Header) -> None:
    require(header.reserved == bytes(4), "reservedNotZero", "header bytes 68 ... 71")
    if header.base_version == 1:
        require(header.table_rounding == 0, "reservedNotZero", "header byte 59")
    if header.table_rounding != DITHERED:
        require(header.dither_key == (0, 0), "reservedNotZero", "dither key without dither")


def check_fields(header: Header) -> None:
    require(header.header_length == HEADER_LENGTH, "invalidField", f"header length {header.header_length}")
    room = header.frame_length - HEADER_LENGTH - CHECKSUM_LENGTH
    require(header.table_length <= room, "invalidField", f"tensor table of {header.table_length} bytes in {room}")
    require(header.tensor_count >= 1, "invalidField", "no tensors")
    require(header.base_version == 1 or header.table_group_size == 0, "invalidField", "table group size in version 2")
    require(all(size < 1 << 63 for size in header.sizes_by_width.values()), "invalidField", "a coded size of 2^63 or more")
    for value in (header.expected_error, header.squared_norm, *header.errors_by_width.values()):
        require(math.isfinite(value) and value >= 0, "invalidField", f"an expected error or norm of {value}")
