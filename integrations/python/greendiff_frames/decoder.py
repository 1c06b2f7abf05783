"""Decode an update frame, whole or not at all, in the specification's order of checks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import xxhash

from . import carried, lattice, levels, rans, streams, table
from . import header as headers
from .bits import unused_bits_are_zero
from .carried import CarriedTensor
from .errors import require
from .header import CHECKSUM_LENGTH, HEADER_LENGTH, LEVELS, MAGIC, RAW, Header
from .table import TensorEntry

_LIMIT = np.float32(2.0**127)


@dataclass(frozen=True)
class Limits:
    """What a receiver lets a frame ask for. A receiver that knows the model sets them from it."""

    frame_bytes: int = 1 << 32
    tensors: int = 65536
    parameters: int = 1 << 30
    carried_bytes: int = 1 << 32
    """of tensors that are not coded and metadata; 0 refuses a frame that carries anything"""


@dataclass(frozen=True)
class Assignment:
    """What a server asked the device for."""

    run_id: int
    round: int
    device: int
    base_model: int
    payload_kind: int


@dataclass(frozen=True)
class Frame:
    header: Header
    entries: list[TensorEntry]
    tensors: dict[str, np.ndarray]
    """float32, in the table's order"""
    carried: list[CarriedTensor] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)


def decode(
    frame: bytes,
    limits: Limits = Limits(),
    layout: Sequence[tuple[str, tuple[int, ...]]] | None = None,
    assignment: Assignment | None = None,
) -> Frame:
    """The frame's header, tensor table and values.

    `layout`: names and shapes that the tensors must have, in their order. `assignment`: what a server demands of the header.
    With either, a frame that carries other tensors or metadata is refused.
    Raises `FrameError`.
    """
    view = memoryview(frame).cast("B")
    header = _check_envelope(view, limits)
    alone = limits.carried_bytes == 0 or layout is not None or assignment is not None
    require(not (alone and header.carries), "carriedNotAccepted", "the frame carries more than its parameters")
    entries, complete = table.read_table(view, header, limits.tensors)
    headers.check_ids(header)
    table.check_ids(header, entries)
    headers.check_reserved(header)
    table.check_reserved(header, entries)
    _check_limits(header, entries, limits)
    headers.check_fields(header)
    table.check_fields(header, entries, complete)
    coded = {
        i: streams.locate(view, entry.data_offset + 4, entry.data_offset + entry.data_length, entry.count, entry.bits)
        for i, entry in enumerate(entries)
        if entry.is_range_coded
    }
    _check_unused_bits(view, header, entries, coded)
    if layout is not None:
        actual = [(entry.name, entry.shape) for entry in entries]
        require(actual == [(name, tuple(shape)) for name, shape in layout], "layoutMismatch", "not the model's names and shapes")
    others, metadata = [], {}
    if header.carries:
        others, metadata = carried.read_section(view, entries, limits.tensors, limits.carried_bytes)
    arrays = _values(view, header, entries, coded)
    if assignment is not None:
        _check_assignment(header, assignment)
    tensors = {entry.name: array.reshape(entry.shape) for entry, array in zip(entries, arrays)}
    return Frame(header, entries, tensors, others, metadata)


def _check_envelope(view: memoryview, limits: Limits) -> Header:
    """From the magic to the checksum."""
    length = len(view)
    require(length >= len(MAGIC), "truncated", f"{length} bytes")
    require(view[: len(MAGIC)] == MAGIC, "notAFrame", "another magic")
    require(length >= HEADER_LENGTH + CHECKSUM_LENGTH, "truncated", f"{length} bytes")
    header = headers.read_header(view)
    require(header.version in (*headers.CODECS, headers.CARRYING_VERSION), "unsupportedVersion", f"version {header.version}")
    require(length <= limits.frame_bytes, "limitExceeded", f"{length} bytes, {limits.frame_bytes} allowed")
    require(length >= header.frame_length, "truncated", f"{length} bytes of {header.frame_length}")
    require(length <= header.frame_length, "trailingBytes", f"{length} bytes, {header.frame_length} declared")
    checksum = int.from_bytes(view[-CHECKSUM_LENGTH:], "little")
    require(xxhash.xxh3_64_intdigest(view[:-CHECKSUM_LENGTH]) == checksum, "checksumMismatch", "damaged on the way")
    return header


def _check_limits(header: Header, entries: list[TensorEntry], limits: Limits) -> None:
    require(header.tensor_count <= limits.tensors, "limitExceeded", f"{header.tensor_count} tensors")
    require(header.parameter_count <= limits.parameters, "limitExceeded", f"{header.parameter_count} parameters")
    for i, entry in enumerate(entries):
        require(len(entry.shape) <= table.MAXIMUM_RANK, "limitExceeded", f"rank {len(entry.shape)} of tensor {i}")
        require(entry.count <= limits.parameters, "limitExceeded", f"{entry.count} elements of tensor {i}")
        # An extent of 0 makes any others harmless, but numpy has no shape whose other extents pass its address space.
        expressible = math.prod(extent or 1 for extent in entry.shape) < 1 << 61
        require(expressible, "limitExceeded", f"the shape of tensor {i} is {entry.shape}")


def _data(view: memoryview, entry: TensorEntry) -> np.ndarray:
    return np.frombuffer(view, np.uint8, entry.data_length, entry.data_offset) if entry.data_length else np.empty(0, np.uint8)


def _check_unused_bits(view: memoryview, header: Header, entries: list[TensorEntry], coded: dict) -> None:
    """Behind the last code and the last low bits: where they lie is known only once the lengths are right."""
    for i, entry in enumerate(entries):
        if header.codec == RAW:
            continue
        codes = coded[i].low_bits if i in coded else _data(view, entry)
        require(unused_bits_are_zero(codes, entry.count, entry.bits), "reservedNotZero", f"bits behind the codes of tensor {i}")


def _values(view: memoryview, header: Header, entries: list[TensorEntry], coded: dict) -> list[np.ndarray]:
    """float32 (elements) of each tensor: the scales of all are checked before the codes of any."""
    data = [_data(view, entry) for entry in entries]
    if header.codec == RAW:
        return [_raw(part, entry) for part, entry in zip(data, entries)]
    if header.codec == LEVELS:
        scales = [levels.scales(part, entry) for part, entry in zip(data, entries)]
        return [levels.values(part, entry, *pair) for part, entry, pair in zip(data, entries, scales)]
    steps = [_step(part, entry) for part, entry in zip(data, entries)]
    codes = {i: lattice.packed_codes(data[i][4:], entry) for i, entry in enumerate(entries) if not entry.is_range_coded}
    symbols = rans.decode_symbols(view, coded)
    arrays = []
    for i, entry in enumerate(entries):
        whole = codes.pop(i) if i in codes else lattice.range_coded_codes(symbols.pop(i), coded[i], entry)
        arrays.append(lattice.values(whole, steps[i], header, entry, i))
    return arrays


def _raw(data: np.ndarray, entry: TensorEntry) -> np.ndarray:
    numbers = data.view("<f4").astype(np.float32)
    allowed = bool((np.abs(numbers) < _LIMIT).all())
    require(allowed, "valueOutOfRange", f"a value of {entry.name!r} is not finite and below 2^127")
    return numbers


def _step(data: np.ndarray, entry: TensorEntry) -> np.float32:
    step = data[:4].view("<f4")[0].astype(np.float32)
    require(bool(0 < step < _LIMIT), "invalidScale", f"the step of {entry.name!r} is {step}")
    return step


def _check_assignment(header: Header, assignment: Assignment) -> None:
    require(header.base_model != 0, "unbound", "the frame belongs to no run")
    for name in ("run_id", "round", "device", "base_model", "payload_kind"):
        actual, demanded = getattr(header, name), getattr(assignment, name)
        require(actual == demanded, "bindingMismatch", f"{name} {actual}, not {demanded}")
