"""Error against bytes of every format, for a model's weights and for a change of them."""

import json
import subprocess
import tempfile

import numpy as np
from safetensors.numpy import load_file, save_file

from .formats import OTHERS, gaussian_bound
from .rotation import rotated

# Name: options of `greendiff quantize`, and the widths that it has.
OURS = {
    "paper (one scale a tensor)": (["--grid", "paper"], range(3, 9)),
    "paper, groups of 256": (["--grid", "paper", "--group-size", "256"], range(3, 9)),
    "zero (one scale a tensor)": (["--grid", "zero"], range(2, 9)),
    "zero, groups of 256": (["--grid", "zero", "--group-size", "256"], range(2, 9)),
    "lattice, stochastic": (["--grid", "lattice", "--rounding", "stochastic"], range(2, 9)),
    "lattice, dithered": (["--grid", "lattice"], range(2, 9)),
}
PAPER, LATTICE = "paper (one scale a tensor)", "lattice, dithered"


def coded(program, path, options):
    """(what `greendiff quantize` says of a frame, the tensors that come out of it)."""
    with tempfile.TemporaryDirectory() as folder:
        frame, restored = f"{folder}/frame", f"{folder}/restored.safetensors"
        command = [program, "quantize", path, frame, "--json", *options]
        summary = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        subprocess.run([program, "dequantize", frame, restored], check=True, capture_output=True)
        return summary, load_file(restored)


def quantize(program, path, options):
    """(expected squared error, bits a value, realised squared error) of one frame."""
    summary, after = coded(program, path, options)
    before = load_file(path)
    realised = sum(float(((after[k].astype(np.float64) - before[k]) ** 2).sum()) for k in before)
    return summary["error_expected"], summary["bits_per_parameter"], realised


def difference(weights, base, path):
    """Writes the change from `base` to `weights`, two safetensors files, to `path`."""
    after, before = load_file(weights), load_file(base)
    save_file({key: after[key] - before[key] for key in after}, path)


def measure(program, path):
    """{format: [(error, bits a value, realised error)]} of the tensors in a safetensors file, and their squared norm."""
    tensors = [t.reshape(-1) for t in load_file(path).values()]
    curves = {
        name: [quantize(program, path, [*options, "--bits", str(bits)]) for bits in widths]
        for name, (options, widths) in OURS.items()
    }
    for name, code in OTHERS.items():
        error, bits = code(tensors)
        curves[name] = [(error, bits, error)]
    errors = [point[0] for point in curves[LATTICE]]
    curves["normal bound"] = [(error, gaussian_bound(tensors, error), error) for error in errors]
    return curves, sum(float((t.astype(np.float64) ** 2).sum()) for t in tensors)


def against_rotation(program, path):
    """Rows (bits, error and bits a value of the rotation code, the lattice's bits a value at that error)."""
    tensors = [t.reshape(-1) for t in load_file(path).values()]
    rows = []
    for bits in (1, 2, 3, 4):
        error, rotation_bits = rotated(tensors, bits, np.random.default_rng(bits))
        _, lattice_bits, realised = quantize(program, path, ["--grid", "lattice", "--error-absolute", repr(error)])
        rows.append((bits, error, rotation_bits, lattice_bits, realised))
    return rows


def at_equal_error(program, path, curve, widths):
    """Rows (bits, the paper's error and bits a value, the lattice's bits a value at that error)."""
    rows = []
    for bits, (error, paper_bits, _) in zip(widths, curve):
        _, lattice_bits, realised = quantize(program, path, ["--grid", "lattice", "--error-absolute", repr(error)])
        rows.append((bits, error, paper_bits, lattice_bits, realised))
    return rows


def short(number):
    """1.39e-1 rather than 1.39e-01."""
    mantissa, exponent = f"{number:.2e}".split("e")
    return f"{mantissa}e{int(exponent)}"
