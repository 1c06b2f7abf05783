"""Other programs' codecs for arrays and weights, each as it is called from Python: encode, decode, bytes."""

import importlib
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import zfpy
from pysz import sz, szConfig, szErrorBoundMode
from torchao.quantization import Int8Tensor, IntxUnpackedToInt8Tensor, PerRow

GROUP = 32  # torchao's int4 for processors has one scale for 32 values.


@dataclass(frozen=True)
class Peer:
    """A codec with one setting. `encode` makes something of {name: array} that `decode` turns back; `size` counts its bytes."""

    name: str
    setting: str
    encode: Callable[[dict], Any]
    decode: Callable[[Any], dict]
    size: Callable[[Any], float] = len


def nncodec():
    """NNCodec's coder alone, or None where it is not installed: its networks and data sets need torchvision, OpenCV and more."""
    framework = types.ModuleType("nncodec.framework")
    for name in ("tensorflow_model", "pytorch_model", "use_case_init"):
        setattr(framework, name, types.ModuleType(name))
    sys.modules["nncodec.framework"] = framework
    try:
        return importlib.import_module("nncodec.nnc")
    except ModuleNotFoundError:
        return None


def nnc(coder, step, uses_trellis):
    """ISO/IEC 15938-17: uniform steps of `2^(qp/4)`, DeepCABAC; with the trellis two quantizers by turns (dependent)."""
    qp = round(4 * np.log2(step))
    return Peer(
        f"NNCodec, trellis {'on' if uses_trellis else 'off'}", f"qp {qp}",
        lambda tensors: coder.compress(
            dict(tensors), bitstream_path=None, return_bitstream=True, qp=qp, use_dq=uses_trellis, row_skipping=True),
        coder.decompress)


def flat(tensors):
    return np.concatenate([tensor.reshape(-1) for tensor in tensors.values()])


def shaped(values, shapes):
    """{name: array} of one long array."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
    return {name: part.reshape(shape) for (name, shape), part in zip(shapes.items(), np.split(values, ends[:-1]))}


def sz3(bound, shapes):
    """SZ3 with its default predictor; no value errs by more than `bound`."""
    config = szConfig()
    config.errorBoundMode, config.absErrorBound = szErrorBoundMode.ABS, bound
    count = sum(int(np.prod(shape)) for shape in shapes.values())
    return Peer(
        "SZ3", f"bound {bound:.1e}", lambda tensors: sz.compress(flat(tensors), config)[0],
        lambda code: shaped(sz.decompress(code, np.float32, (count,))[0], shapes))


def zfp(shapes, **limit):
    (name, value), = limit.items()
    return Peer(
        "ZFP", f"{name} {value:.1e}" if name == "tolerance" else f"{name} {value}",
        lambda tensors: zfpy.compress_numpy(flat(tensors), **limit),
        lambda code: shaped(zfpy.decompress_numpy(code), shapes))


def torchao(bits):
    """Symmetric integers for all but vectors, which stay exact: int8 with a scale a row, int4 with one for 32 values."""
    def code(tensor):
        rows = torch.from_numpy(tensor).reshape(tensor.shape[0], -1)
        if bits == 8:
            return Int8Tensor.from_hp(rows, PerRow())
        block = GROUP if rows.shape[1] % GROUP == 0 else rows.shape[1]
        return IntxUnpackedToInt8Tensor.from_hp(rows, (1, block), torch.int4)

    def encode(tensors):
        return {name: (code(tensor) if tensor.ndim > 1 else tensor, tensor.shape) for name, tensor in tensors.items()}

    def decode(codes):
        return {
            name: value if isinstance(value, np.ndarray) else value.dequantize().numpy().reshape(shape)
            for name, (value, shape) in codes.items()}

    def size(codes):
        """As packed: `bits` a value, a float32 a scale; symmetric codes need no zero point."""
        return sum(
            value.nbytes if isinstance(value, np.ndarray) else bits * value.qdata.numel() / 8 + 4 * value.scale.numel()
            for value, _ in codes.values())

    setting = "a scale a row" if bits == 8 else f"groups of {GROUP}"
    return Peer(f"torchao int{bits}", setting, encode, decode, size)


def peers(tensors):
    """The codecs at settings that suit values of this size: steps of 4, 1, 1/4 and 1/16 of their root mean square."""
    rms = float(np.sqrt(np.mean(flat(tensors).astype(np.float64) ** 2)))
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    coder = nncodec()
    found = []
    if coder is None:
        print("NNCodec is not installed, its rows are left out: see tools/locks/nncodec.txt", file=sys.stderr)
    else:
        found += [nnc(coder, rms * step, trellis) for trellis in (True, False) for step in (4, 1, 1 / 4, 1 / 16)]
    found += [sz3(rms * step / 2, shapes) for step in (4, 1, 1 / 4, 1 / 16)]
    found += [zfp(shapes, tolerance=rms / 4), zfp(shapes, rate=4), zfp(shapes, rate=8)]
    return found + [torchao(4), torchao(8)]
