"""Images by the program, in a process of its own: drawn with a model, and judged."""

import contextlib
import json
import tempfile
from pathlib import Path

import numpy as np

from . import _safetensors
from ._library import BadArgument
from ._program import run


def sample(checkpoint, count=36, noise=None, **flags):
    """Images that a model draws, before rounding: float32 `(N, C, H, W)` in about -1 to 1.

    `checkpoint`: a run, a folder of a checkpoint or run, or "builtin:NAME". `noise`: an array of float32 `(N, C, H, W)` that the
    images start from instead of the seed's. `flags`: those of `greendiff sample --help` with underscores: `sampler` ("ddim",
    "ddpm", "dpm++", "unipc"), `steps`, `spacing`, `seed`, `guidance`, `threads`, `images` (a folder for PNG files); classes as
    `**{"class": ["stop", 30]}`. Of each class `count` images are drawn, one class after another.

    Raises `BadSetting` for flags, `GreenDiffusionError` for a model that cannot be used.

    >>> import greendiff
    >>> images = greendiff.sample("builtin:signs-small", 2, sampler="dpm++", steps=2, seed=1)
    >>> images.shape, images.dtype
    ((2, 3, 32, 32), dtype('float32'))
    """
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch, "images.safetensors")
        if noise is not None:
            flags["noise"] = Path(scratch, "noise.safetensors")
            flags["noise"].write_bytes(_safetensors.dump({"noise": np.asarray(noise, np.float32)}))
            count = len(noise)
        run("sample", {"checkpoint": checkpoint, "count": count, "tensors": output, **flags})
        return _safetensors.load(output.read_bytes())["sample"]


def evaluate(reference, samples=None, checkpoint=None, **flags):
    """How far images are from others: the fields of `greendiff evaluate --json` as a dict.

    `reference`, and `samples` or a `checkpoint` that draws them. A side is a folder of images, a data set ("synthetic",
    "cifar10:DIR", "gtsrb:DIR", "folder:DIR"), a file .npz or .safetensors, or an array: images of uint8 `(N, H, W, 3)` or
    `(N, H, W)`, images as `sample` gives them (floats `(N, 3, H, W)`, -1 to 1), or features `(n, d)`, which need no network.

    `flags`: those of `greendiff evaluate --help` with underscores: `features` (the file of a network's weights), `count`, `seed`,
    `statistics`, `threads`, and how the checkpoint draws.

    Raises `BadSetting` for flags, `GreenDiffusionError` for sides that cannot be compared, `BadArgument` for an array that is
    neither images nor features.

    >>> import greendiff, numpy
    >>> random = numpy.random.default_rng(0)
    >>> real, drawn = random.normal(size=(400, 8)), random.normal(0.5, size=(400, 8))
    >>> report = greendiff.evaluate(real, drawn)
    >>> 2 < report["frechet_distance"] < 3, report["sample_count"]
    (True, 400)
    """
    with contextlib.ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = {
            "reference": _side(reference, scratch / "reference"), "samples": _side(samples, scratch / "samples"),
            "checkpoint": checkpoint}
        return json.loads(run("evaluate", {**sides, **flags, "json": True}))


def _side(value, path):
    """What the program reads: a text as it is, an array in a file."""
    if value is None or not hasattr(value, "shape"):
        return value
    array = _safetensors.as_array(path.name, value)
    is_float = array.dtype.kind == "f"
    if array.ndim == 2 and is_float:
        path = path.with_suffix(".safetensors")
        path.write_bytes(_safetensors.dump({"features": array.astype(np.float32)}))
        return path
    if array.ndim == 4 and is_float and array.shape[1] == 3:
        array = np.floor((array.transpose(0, 2, 3, 1).astype(np.float32) + 1) * np.float32(127.5) + np.float32(0.5))
        array = np.clip(np.nan_to_num(array), 0, 255).astype(np.uint8)
    if array.dtype != np.uint8 or array.ndim not in (3, 4):
        raise BadArgument(
            f"{path.name} of {array.dtype} {array.shape} are neither images, uint8 (N, H, W, 3) or floats (N, 3, H, W), nor features, "
            "floats (n, d)")
    path = path.with_suffix(".npz")
    np.savez(path, np.ascontiguousarray(array))
    return path
