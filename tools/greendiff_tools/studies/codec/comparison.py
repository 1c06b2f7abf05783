"""Bits, error, bias and speed of our lattice and of other programs' codecs on the same tensors: see scripts/study-codec-peers."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load_file

from ...bench_pytorch.results import cpu_name
from ...markdown import paragraph, replaced, table
from ...paths import GREENDIFF, ROOT
from .peers import flat, peers
from .study import coded, difference, quantize, short

LATTICE_BITS = (2, 4, 6)
SEEDS = 8  # Codings whose errors are compared with each other.
REPEATS = 5  # Codings of a round, the shortest of which counts.
HEADER = ["codec", "setting", "bits a value", "error", "lattice", "stays", "shrinks", "encode, MB/s", "decode, MB/s"]


def bias(errors, values):
    """(share of the squared error that stays in the mean of many codings, by how much values shrink).

    The first is the mean product of two codings' errors over the squared error: 0 of an unbiased random code, 1 of one that
    draws nothing. The second is the error's regression on the values, over which the mean of many *vectors* errs, too."""
    squared = np.mean([float(error @ error) for error in errors])
    products = [float(a @ b) for a, b in combinations(errors, 2)]
    return np.mean(products) / squared, -np.mean([float(error @ values) for error in errors]) / float(values @ values)


class Lattice:
    """Our program's lattice at a width's step."""

    def __init__(self, program, path, tensors, rounding, bits):
        self.name, self.setting, self.rounding, self.bits = f"**lattice, {rounding}**", f"`--bits {bits}`", rounding, bits
        options = ["--grid", "lattice", "--rounding", "stochastic" if rounding == "stochastic" else "dither"]
        self.program, self.path, self.options = program, path, [*options, "--bits", str(bits), "--threads", "1"]
        self.tensors = tensors

    def codings(self, values):
        """Errors of codings with several seeds, and bits a value."""
        errors = []
        for seed in range(SEEDS):
            summary, after = coded(self.program, self.path, [*self.options, "--seed", str(seed)])
            errors.append(flat({name: after[name] for name in self.tensors}).astype(np.float64) - values)
        return errors, summary["bits_per_parameter"]


class Other:
    """Another program's codec; a second coding shows that it draws nothing at random."""

    def __init__(self, peer, tensors):
        self.name, self.setting, self.peer, self.tensors = peer.name, peer.setting, peer, tensors

    def codings(self, values):
        errors = []
        for _ in range(2):
            code = self.peer.encode(self.tensors)
            after = self.peer.decode(code)
            errors.append(flat({name: after[name] for name in self.tensors}).astype(np.float64) - values)
        return errors, 8 * self.peer.size(code) / values.size

    def seconds(self):
        """Shortest of one coding and decoding each, of as many as `profile-codec` takes or as fit in a second."""
        pairs, begin = [], time.perf_counter()
        while len(pairs) < REPEATS and (not pairs or time.perf_counter() - begin < 1):
            start = time.perf_counter()
            code = self.peer.encode(self.tensors)
            middle = time.perf_counter()
            self.peer.decode(code)
            pairs.append((middle - start, time.perf_counter() - middle))
        return [min(seconds) for seconds in zip(*pairs)]


def lattice_seconds(program, checkpoint):
    """{bits: (seconds to certify and encode, to verify and add up)} of the dithered lattice, by the program's own clock."""
    command = [program, "profile-codec", "--checkpoint", checkpoint, "--bits", f"{LATTICE_BITS[0]}:{LATTICE_BITS[-1]}",
               "--threads", "1", "--batch-size", "1", "--local-iterations", "1", "--json"]
    lines = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["lines"]
    return {
        line["bits"]: (line["certify_s"] + line["encode_s"], line["verify_s"] + line["add_s"])
        for line in lines if line["grid"] == "lattice"}


def speeds(program, checkpoint, others, rounds):
    """{codec: median seconds of (encode, decode)}, all codecs by turns in every round."""
    times = {}
    for _ in range(rounds):
        for bits, pair in lattice_seconds(program, checkpoint).items():
            times.setdefault(bits, []).append(pair)
        for other in others:
            times.setdefault(other, []).append(other.seconds())
    return {key: [statistics.median(times) for times in zip(*pairs)] for key, pairs in times.items()}


def rows(program, folder, path, rounds):
    """The table's rows for the tensors of a safetensors file; `folder` is a checkpoint with the same tensors."""
    tensors = load_file(path)
    values = flat(tensors).astype(np.float64)
    norm = float(values @ values)
    ours = [
        Lattice(program, path, tensors, rounding, bits) for rounding in ("dithered", "stochastic") for bits in LATTICE_BITS]
    others = [Other(peer, tensors) for peer in peers(tensors)]
    clock = speeds(program, folder, others, rounds)
    for codec in [*ours, *others]:
        errors, bits = codec.codings(values)
        error = float(np.mean([float(error @ error) for error in errors]))
        stays, shrinks = bias(errors, values)
        is_dithered = isinstance(codec, Lattice) and codec.rounding == "dithered"
        equal = "" if is_dithered else f"{quantize(program, path, ['--grid', 'lattice', '--error-absolute', repr(error)])[1]:.2f}"
        pair = clock.get(codec.bits if is_dithered else codec)
        rates = [f"{4e-6 * values.size / seconds:.0f}" for seconds in pair] if pair else ["", ""]
        yield [codec.name, codec.setting, f"{bits:.2f}", short(error / norm), equal, percent(stays), percent(shrinks), *rates]


def percent(share):
    text = f"{100 * share:.1f}".rstrip("0").rstrip(".")
    return f"{'0' if text == '-0' else text} %"


def checkpoint(like, weights, folder):
    """A folder with the settings of the checkpoint `like` and the tensors of the file `weights`, for `profile-codec`."""
    os.mkdir(folder)
    for name in ("config.json", "scheduler_config.json"):
        shutil.copy(like / name, folder)
    shutil.copy(weights, f"{folder}/diffusion_pytorch_model.safetensors")
    return folder


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-codec-peers", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True, metavar="FILE", help="a checkpoint's safetensors after a device's round")
    parser.add_argument("--base", required=True, metavar="FILE", help="the model before it")
    parser.add_argument("--program", default=GREENDIFF, help="our program")
    parser.add_argument("--rounds", type=int, default=5, help="of timing, by turns (default: 5)")
    parser.add_argument("--document", default=ROOT / "docs/codec.md", metavar="FILE", help="tables go between its marks")
    options = parser.parse_args()
    torch.set_num_threads(1)
    parts = [paragraph(f"One thread of {cpu_name()}, medians of {options.rounds} rounds.")]
    with tempfile.TemporaryDirectory() as scratch:
        change = f"{scratch}/change.safetensors"
        difference(options.weights, options.base, change)
        for title, path in (("Weights:", options.weights), ("The change of a device's round:", change)):
            folder = checkpoint(Path(options.weights).parent, path, f"{scratch}/{len(parts)}")
            parts += [title, table(HEADER, list(rows(options.program, folder, path, options.rounds)))]
    text = "\n\n".join(parts)
    document = Path(options.document)
    document.write_text(replaced(document.read_text(encoding="utf-8"), "peers", text), encoding="utf-8")
    print(text)
