"""The tensors in a file that `torch.save` wrote, without PyTorch; nothing in the file is executed."""

import collections
import io
import itertools
import json
import pickle
import struct
import zipfile
from dataclasses import dataclass

# PyTorch's storage types: what safetensors calls their elements, and bytes of one.
ELEMENTS = {
    "DoubleStorage": ("F64", 8), "FloatStorage": ("F32", 4), "HalfStorage": ("F16", 2), "BFloat16Storage": ("BF16", 2),
    "LongStorage": ("I64", 8), "IntStorage": ("I32", 4), "ShortStorage": ("I16", 2), "CharStorage": ("I8", 1),
    "ByteStorage": ("U8", 1), "BoolStorage": ("BOOL", 1)}
MAGIC = 0x1950A86A20F9469CFC6C


class UnreadableFile(Exception):
    pass


@dataclass
class Tensor:
    """An array in row-major order: safetensors' name of its elements, extents, bytes."""
    type: str
    shape: list[int]
    data: bytes


@dataclass
class _View:
    type: str
    key: str
    offset: int
    shape: tuple
    strides: tuple


def _view(storage, offset, shape, strides, *_):
    return _View(*storage, offset, shape, strides)


class _Unpickler(pickle.Unpickler):
    """Knows what state dictionaries are made of, and refuses everything else."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if module == "torch._utils" and name in ("_rebuild_tensor", "_rebuild_tensor_v2"):
            return _view
        if module == "torch" and name in ELEMENTS:
            return name
        raise UnreadableFile(f"it holds {module}.{name}, which is no part of a dictionary of tensors")

    def persistent_load(self, saved):
        kind, storage, key = saved[:3]
        if kind != "storage":
            raise UnreadableFile(f"it refers to a {kind}")
        return storage, key


def _legacy(file):
    """The views and storages of a file as PyTorch wrote it before version 1.6: pickles, then the bytes of each storage."""
    if _Unpickler(file).load() != MAGIC:
        raise UnreadableFile("torch.save did not write it")
    _Unpickler(file).load(), _Unpickler(file).load()
    views = _Unpickler(file).load()
    types = {view.key: view.type for view in views.values() if isinstance(view, _View)}
    storages = {}
    for key in _Unpickler(file).load():
        count = struct.unpack("<q", file.read(8))[0]
        storages[key] = file.read(count * ELEMENTS[types[key]][1])
    return views, storages


def _archive(path):
    """The same of a zip archive, as PyTorch writes it since."""
    with zipfile.ZipFile(path) as archive:
        root = next(name for name in archive.namelist() if name.endswith("/data.pkl")).removesuffix("data.pkl")
        views = _Unpickler(io.BytesIO(archive.read(root + "data.pkl"))).load()
        keys = {view.key for view in views.values() if isinstance(view, _View)}
        return views, {key: archive.read(f"{root}data/{key}") for key in keys}


def _gathered(storage, view, size):
    """The elements of a view, `size` bytes each, in row-major order; strides are those of whatever the weights once were."""
    elements = memoryview(storage).cast({8: "Q", 4: "I", 2: "H", 1: "B"}[size])
    axes = [(extent, stride) for extent, stride in zip(view.shape, view.strides) if extent != 1]
    extent, stride = axes.pop() if axes else (1, 1)
    parts = []
    for index in itertools.product(*(range(extent) for extent, _ in axes)):
        start = view.offset + sum(place * step for place, (_, step) in zip(index, axes))
        part = elements[start:start + (extent - 1) * stride + 1:stride] if extent else elements[:0]
        if len(part) != extent:
            raise IndexError
        parts.append(part.tobytes())
    return b"".join(parts)


def tensors(path):
    """By name, the tensors of a dictionary in the file at `path`; `UnreadableFile` for anything else."""
    try:
        if zipfile.is_zipfile(path):
            views, storages = _archive(path)
        else:
            with open(path, "rb") as file:
                views, storages = _legacy(file)
    except (pickle.UnpicklingError, struct.error, KeyError, EOFError, StopIteration, AttributeError, zipfile.BadZipFile) as error:
        raise UnreadableFile(f"torch.save did not write it ({type(error).__name__})") from error
    result = {}
    for name, view in views.items():
        if not isinstance(view, _View):
            continue
        element, size = ELEMENTS[view.type]
        try:
            result[name] = Tensor(element, list(view.shape), _gathered(storages[view.key], view, size))
        except (IndexError, ValueError, TypeError) as error:
            raise UnreadableFile(f"its tensor {name} breaks off") from error
    return result


def write_safetensors(tensors, metadata, path):
    """Writes tensors, the widest elements first and then by name, as the safetensors package does."""
    width = {name: size for name, size in ELEMENTS.values()}
    header, place = {"__metadata__": metadata}, 0
    ordered = sorted(tensors.items(), key=lambda item: (-width[item[1].type], item[0]))
    for name, tensor in ordered:
        header[name] = {"dtype": tensor.type, "shape": tensor.shape, "data_offsets": [place, place + len(tensor.data)]}
        place += len(tensor.data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    part = path.with_name(path.name + ".part")
    with open(part, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, tensor in ordered:
            file.write(tensor.data)
    part.replace(path)
