"""Say what an update frame holds, and write its tensors where numpy reads them."""

import argparse
import sys
import zipfile

import numpy as np

from . import Frame, FrameError, decode
from .header import DITHERED

_PAYLOADS = {1: "weights", 2: "change"}
_CODECS = {1: "raw float32", 2: "levels", 3: "lattice"}
_GRIDS = {0: "-", 1: "paper", 2: "zero", 3: "lattice"}
_STORAGES = {0: "-", 1: "packed", 2: "range coded"}
_ROUNDINGS = {0: "-", 1: "stochastic", 2: "dithered"}


def describe(frame: Frame) -> str:
    h = frame.header
    lines = [
        f"version        {h.version}",
        f"frame length   {h.frame_length} bytes",
        f"payload        {_PAYLOADS[h.payload_kind]}, {_CODECS[h.codec]}",
        f"parameters     {h.parameter_count} in {h.tensor_count} tensors",
        f"run id         {h.run_id:016x}, round {h.round}, device {h.device}",
        f"base model     {h.base_model:032x}",
        f"squared error  {h.expected_error:.6g} expected, of {h.squared_norm:.6g}",
        f"table grid     {_GRIDS[h.table_grid]}, rounding {_ROUNDINGS[h.table_rounding]}, group size {h.table_group_size}",
    ]
    if h.table_rounding == DITHERED:
        lines.append(f"dither key     {h.dither_key[0]:08x} {h.dither_key[1]:08x}")
    for width, error in h.errors_by_width.items():
        lines.append(f"D({width})           {error:.6g} in {h.sizes_by_width[width]} bytes")
    lines.append("tensors (name, shape, grid, bits, storage, rounding, group size, bytes, expected squared error)")
    for e in frame.entries:
        # repr: a name is the sender's, and may hold what a terminal obeys.
        coding = f"{_GRIDS[e.grid]} {e.bits} {_STORAGES[e.storage]} {_ROUNDINGS[e.rounding]} {e.group_size}"
        lines.append(f"  {e.name!r} {list(e.shape)} {coding} {e.data_length} {e.expected_error:.6g}")
    if h.carries:
        lines.append("carried as they are (name, shape, type, bytes)")
        lines += [f"  {t.name!r} {list(t.shape)} {t.dtype} {len(t.data)}" for t in frame.carried]
        lines += [f"  metadata {name!r}: {text!r}" for name, text in frame.metadata.items()]
    return "\n".join(lines)


def write_npz(path: str, tensors: dict[str, np.ndarray]) -> None:
    """As numpy.savez, which takes names as keywords and so has no room for all of them (`file`)."""
    for name in tensors:
        if "\0" in name:
            raise ValueError(f"an npz file ends a name at a zero byte: {name!r}")
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in tensors.items():
            with archive.open(name + ".npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m greendiff_frames", description=__doc__)
    parser.add_argument("frame", help="update frame to read")
    parser.add_argument("--npz", metavar="OUT.npz", help="write the tensors there, float32, by name")
    arguments = parser.parse_args()
    try:
        with open(arguments.frame, "rb") as file:
            frame = decode(file.read())
        print(describe(frame))
        if arguments.npz:
            write_npz(arguments.npz, frame.tensors)
    except (FrameError, OSError, ValueError) as error:
        print(f"{arguments.frame}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
