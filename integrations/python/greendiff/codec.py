"""Update frames of state dicts: quantized, read back, inspected, averaged."""

import json
from ctypes import byref, c_void_p

import numpy as np

from . import _safetensors
from ._library import call, free, taken


def options_json(options):
    """Options of a call of the library as JSON; numbers may be numpy's."""
    given = {name: value for name, value in options.items() if value is not None}
    return json.dumps(given, default=lambda value: value.item() if isinstance(value, np.generic) else str(value)).encode()


def quantize(state, **options):
    """The update frame of a state dict, as `greendiff quantize` makes it: `bytes`.

    `state`: tensors by name, arrays of numpy or tensors of PyTorch, contiguous or not. Those of float32, float16, bfloat16 and
    float64 are quantized; all others are carried as they are.

    Options: `bits` (2 to 8 a value; 8 where nothing is said), or instead of it `error_relative` (largest expected squared error
    over the squared norm of all values), `error_absolute`, or `bytes` (the most bytes of the frame); `grid` ("paper", "zero" or
    "lattice"), `rounding` ("dither" or "stochastic", on a lattice), `group_size` (values that share a scale, 0 for the whole
    tensor), `seed`, `threads`. Equal seeds give equal bytes.

    Raises `BadSetting` for options, `BadFile` for values that are not finite, `BadArgument` for what is no tensor.

    >>> import greendiff, numpy
    >>> weights = {"conv.weight": numpy.linspace(-1, 1, 4096, dtype="float32").reshape(64, 64)}
    >>> frame = greendiff.quantize(weights, bits=6, group_size=256)
    >>> len(frame) < weights["conv.weight"].nbytes / 4
    True
    """
    tensors, text = _safetensors.dump(state), options_json(options)
    frame = c_void_p()
    call("quantize", tensors, len(tensors), text, len(text), byref(frame), None)
    return taken(frame)


def dequantize(frame, **options):
    """The state dict of an update frame: numpy arrays by name, float32 where values were quantized.

    The frame is verified whole first. Options: `max_unpacked` (bytes that it may unpack to, 1 GiB where nothing is said),
    `threads`. Carried tensors of a type that numpy lacks come as their bytes (bfloat16 never does: it is quantized).

    Raises `BadFile` for a frame that is damaged or unpacks to more.

    >>> import greendiff, numpy
    >>> frame = greendiff.quantize({"bias": numpy.ones(3, "float32"), "steps": numpy.array(7)})
    >>> greendiff.dequantize(frame)
    {'bias': array([1., 1., 1.], dtype=float32), 'steps': array(7)}
    """
    text, tensors = options_json(options), c_void_p()
    frame = bytes(frame)
    call("dequantize", frame, len(frame), text, len(text), byref(tensors))
    return _safetensors.load(taken(tensors))


def inspect(frame, **options):
    """What an update frame, or the bytes of a safetensors file, hold, verified: the fields of `greendiff inspect --json`.

    Options: `max_unpacked` in bytes, `threads`. Raises `BadFile` that names what is damaged.

    >>> import greendiff, numpy
    >>> report = greendiff.inspect(greendiff.quantize({"bias": numpy.ones((3, 2), "float32")}, bits=4))
    >>> report["kind"], report["parameter_count"], report["tensors"][0]["shape"], report["tensors"][0]["bits"]
    ('frame', 6, [3, 2], 4)
    """
    text, report = options_json(options), c_void_p()
    frame = bytes(frame)
    call("inspect", frame, len(frame), text, len(text), byref(report))
    return json.loads(taken(report))


class Average:
    """The weighted mean of update frames that hold the same tensors, decoded one at a time.

    Options: `max_unpacked` in bytes (of one frame), `threads`. Memory: 8 bytes a value, however many frames.

    >>> import greendiff, numpy
    >>> average = greendiff.Average()
    >>> for value, images in [(1, 300), (4, 100)]:
    ...     average.add(greendiff.quantize({"bias": numpy.full(2, value, "float32")}), weight=images)
    >>> average.finish()
    {'bias': array([1.75, 1.75], dtype=float32)}
    """

    def __init__(self, **options):
        self._handle = c_void_p()
        text = options_json(options)
        call("average_open", text, len(text), byref(self._handle))

    def add(self, frame, weight=1.0):
        """Adds a frame, whole or not at all; `weight` is 1e-12 to 1e12, such as the images behind it.

        Raises `BadFile` for a frame that is damaged or has other tensors than the first, with their names; nothing has changed.
        """
        frame = bytes(frame)
        call("average_add", self._handle, frame, len(frame), float(weight))

    def finish(self):
        """The mean: numpy arrays by name. Tensors that frames carry as they are come from the first. More may be added then."""
        tensors = c_void_p()
        call("average_finish", self._handle, byref(tensors))
        return _safetensors.load(taken(tensors))

    def __del__(self):
        if getattr(self, "_handle", None):
            free("average", self._handle)
