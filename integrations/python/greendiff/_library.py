"""libgreendiff through ctypes: its functions (greendiff.h), its errors, its bytes."""

import ctypes
import os
from ctypes import POINTER, byref, c_bool, c_char_p, c_double, c_int32, c_int64, c_size_t, c_void_p
from pathlib import Path

ABI_VERSION = 1
NAME = "libGreenDiffusionC.so"


class GreenDiffusionError(Exception):
    """What library or program refuse: one line with value, limit and way out."""


class BadArgument(GreenDiffusionError, ValueError):
    """NULL where something must be, or a value of no use in its place."""


class BadSetting(GreenDiffusionError):
    """A setting that is not one, has no such value, or does not go with another."""


class BadFile(GreenDiffusionError):
    """A file, folder or frame that is missing, damaged or cannot be written; images, devices or tensors that cannot be used."""


class Rejected(GreenDiffusionError):
    """A message or frame that is damaged, of another round, late, or not allowed. Nothing has changed."""


class RunFailed(GreenDiffusionError):
    """A run that cannot go on: training diverged, or no device could send anything."""


ERRORS = {1: BadArgument, 2: BadSetting, 3: BadFile, 4: Rejected, 5: RunFailed}


def library_path():
    """Where the library is: what GREENDIFF_LIBRARY names, in this package, or where `swift build -c release` puts it.

    Raises `ImportError` with all these places where it is in none.

    >>> import greendiff
    >>> greendiff.library_path().name
    'libGreenDiffusionC.so'
    """
    named = os.environ.get("GREENDIFF_LIBRARY")
    here = Path(__file__).resolve().parent
    places = [Path(named)] if named else [here / "lib" / NAME, here.parents[2] / ".build/release" / NAME]
    return first_file(places, "GREENDIFF_LIBRARY")


def first_file(places, variable):
    """The first of the places that is a file; `variable` of the environment could name another."""
    for place in places:
        if place.is_file():
            return place
    raise ImportError(
        f"{places[-1].name} is not in {' or '.join(str(place.parent) for place in places)}: install the wheel, or run "
        f"swift build -c release, or name the file in {variable}")


_bytes_in = (c_char_p, c_size_t)
_out = POINTER(c_void_p)
# Result, and arguments but for the place for an error, which the functions that return a status take last.
_FALLIBLE = {
    "run_open": (c_char_p, *_bytes_in, _out), "run_rounds": (c_void_p, POINTER(c_int32), POINTER(c_int32)),
    "run_begin": (c_void_p, _out, _out), "run_take": (c_void_p, c_int32, *_bytes_in, *_bytes_in),
    "run_close": (c_void_p, c_int32, c_bool, c_char_p), "run_end": (c_void_p, _out), "run_finish": (c_void_p,),
    "device_open": (*_bytes_in, c_int32, c_char_p, _out), "device_images": (c_void_p, POINTER(c_int64)),
    "device_answer": (c_void_p, *_bytes_in, *_bytes_in, _out, _out),
    "plan": (*_bytes_in, *_bytes_in, _out, _out), "quantize": (*_bytes_in, *_bytes_in, _out, _out),
    "dequantize": (*_bytes_in, *_bytes_in, _out), "inspect": (*_bytes_in, *_bytes_in, _out),
    "average_open": (*_bytes_in, _out), "average_add": (c_void_p, *_bytes_in, c_double), "average_finish": (c_void_p, _out),
}
_OTHERS = {
    "version": (c_char_p,), "abi_version": (c_int32,), "has_feature": (c_bool, c_char_p),
    "error_message": (c_char_p, c_void_p), "error_free": (None, c_void_p), "bytes_data": (c_void_p, c_void_p),
    "bytes_size": (c_size_t, c_void_p), "bytes_free": (None, c_void_p), "run_free": (None, c_void_p),
    "device_free": (None, c_void_p), "average_free": (None, c_void_p),
}


def _load():
    library = ctypes.CDLL(str(library_path()))
    signatures = _OTHERS | {name: (c_int32, *arguments, _out) for name, arguments in _FALLIBLE.items()}
    for name, (result, *arguments) in signatures.items():
        function = getattr(library, f"greendiff_{name}", None)
        if function is None:
            raise ImportError(f"{library_path()} has no greendiff_{name}, which this package needs; build or install a newer one")
        function.restype, function.argtypes = result, arguments
    found = library.greendiff_abi_version()
    if found != ABI_VERSION:
        raise ImportError(f"{library_path()} has version {found} of the interface, this package needs {ABI_VERSION}")
    return library


_library = None


def library():
    """The library, loaded at its first use."""
    global _library
    if _library is None:
        _library = _load()
    return _library


def version():
    """Of the library, e.g. 0.1.0; `greendiff.__version__` is the same.

    >>> import greendiff
    >>> greendiff.version() == greendiff.__version__
    True
    """
    return library().greendiff_version().decode()


def call(name, *arguments):
    """Calls greendiff_NAME; its error is raised. Other Python threads go on meanwhile."""
    error = c_void_p()
    status = getattr(library(), f"greendiff_{name}")(*arguments, byref(error))
    if status != 0:
        message = library().greendiff_error_message(error).decode()
        library().greendiff_error_free(error)
        raise ERRORS.get(status, GreenDiffusionError)(message)


def taken(handle):
    """A copy of the bytes behind a handle, which is released; None for NULL."""
    if not handle:
        return None
    try:
        return ctypes.string_at(library().greendiff_bytes_data(handle), library().greendiff_bytes_size(handle))
    finally:
        library().greendiff_bytes_free(handle)


def free(name, handle):
    getattr(library(), f"greendiff_{name}_free")(handle)
