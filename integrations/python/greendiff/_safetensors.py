"""State dicts as the bytes of safetensors files: arrays of numpy, or tensors of PyTorch, which is not imported for that."""

import json

import numpy as np

from ._library import BadArgument, BadFile

_NAMES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4",
    "U16": "<u2", "U8": "u1", "BOOL": "?", "C64": "<c8"}
_TYPES = {np.dtype(code).newbyteorder("="): name for name, code in _NAMES.items()}


def as_array(name, value):
    """A tensor or array as a numpy array, whose elements lie side by side; bfloat16 becomes float32, which changes no value."""
    try:
        if hasattr(value, "detach"):
            value = value.detach().cpu()
            value = (value.float() if str(value.dtype) == "torch.bfloat16" else value).numpy()
        array = np.asarray(value, order="C")
    except (TypeError, ValueError, RuntimeError) as error:
        raise BadArgument(f"tensor {name} is no array that numpy has: {error}; convert it first") from None
    return array.astype(np.float32) if array.dtype.name == "bfloat16" else array


def dump(tensors, metadata=None):
    """The safetensors file of a dict of tensors by name, in the dict's order.

    Raises `BadArgument` for a name that is no text, and for elements of a type that such files do not have.
    """
    header = {"__metadata__": metadata or {"format": "pt"}}
    parts, offset = [], 0
    for name, value in tensors.items():
        if not isinstance(name, str) or name == "__metadata__":
            raise BadArgument(f"{name!r} is no name of a tensor; use a text")
        array = as_array(name, value)
        kind = _TYPES.get(array.dtype.newbyteorder("="))
        if kind is None:
            raise BadArgument(f"tensor {name} is of {array.dtype}, which safetensors files do not have; use one of float32, float16, "
                              "float64, integers or bool")
        part = array.astype(_NAMES[kind], copy=False).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + len(part)]}
        offset += len(part)
        parts.append(part)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


def load(data):
    """The tensors of a safetensors file by name, in its order, as numpy arrays.

    What numpy has no type for comes as its bytes: bfloat16 as uint16, 8-bit floats as uint8, narrower ones as a flat uint8 array.
    """
    try:
        end = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:end])
        header.pop("__metadata__", None)
        entries = sorted(header.items(), key=lambda item: item[1]["data_offsets"])
        return {name: _array(entry, data, end) for name, entry in entries}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFile(f"the bytes are no safetensors file: {error}") from None


def _array(entry, data, start):
    first, last = entry["data_offsets"]
    kind, shape = entry["dtype"], entry["shape"]
    code = _NAMES.get(kind) or {"BF16": "<u2"}.get(kind, "u1")
    array = np.frombuffer(data, np.uint8, last - first, start + first).view(code).copy()
    return array.reshape(shape) if array.size == np.prod(shape, dtype=np.int64) else array
