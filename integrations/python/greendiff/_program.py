"""The program `greendiff`, which runs as a process of its own: where it is, its flags, its errors."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ._library import BadSetting, GreenDiffusionError, first_file, library_path

NAME = "greendiff"
WRONG_USAGE = 64


def program_path():
    """Where the program is: what GREENDIFF_PROGRAM names, beside the library, on PATH, or where `swift build -c release` puts it.

    Raises `ImportError` with all these places where it is in none.

    >>> import greendiff
    >>> greendiff.program_path().name
    'greendiff'
    """
    named = os.environ.get("GREENDIFF_PROGRAM")
    here = Path(__file__).resolve().parent
    places = [Path(named)] if named else [
        library_path().with_name(NAME), *map(Path, filter(None, [shutil.which(NAME)])), here.parents[2] / ".build/release" / NAME]
    return first_file(places, "GREENDIFF_PROGRAM")


def arguments(command, options, off=None):
    """The words of a command line: `{"group_size": 64, "karras": True, "class": ["stop", 30]}` are its flags.

    None leaves a flag out. True is the flag alone; False leaves it out, or gives it the value `off`.
    """
    words = [str(program_path()), command]
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        if value is True:
            words.append(flag)
        elif value is False and off:
            words += [flag, off]
        elif value is not None and value is not False:
            words += [flag, _text(value)]
    return words


def _text(value):
    if isinstance(value, (list, tuple)):
        return ",".join(map(_text, value))
    return os.fsdecode(value) if isinstance(value, (bytes, os.PathLike)) else str(value)


def failure(status, errors):
    """The error of a program that ended with `status`, after `errors` on its standard error."""
    lines = [line.removeprefix(f"{NAME}: ") for line in errors.splitlines() if line.startswith(f"{NAME}: ")]
    text = lines[-1] if lines else f"{NAME} ended with status {status}: {errors[-500:].strip() or 'it said nothing'}"
    return (BadSetting if status == WRONG_USAGE else GreenDiffusionError)(" ".join(text.split()))


def run(command, options):
    """Runs a command to its end: what it prints. Raises what it refuses, in its one line."""
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        done = subprocess.run(
            arguments(command, options), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True)
        errors.seek(0)
        if done.returncode:
            raise failure(done.returncode, errors.read())
    return done.stdout
