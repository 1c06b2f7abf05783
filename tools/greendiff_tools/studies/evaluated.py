"""What `greendiff evaluate` says, kept in files: what is there is not made twice."""

import json
import os
import subprocess
from pathlib import Path

from ..paths import GREENDIFF


class ProgramError(Exception):
    """The program refused something, or failed."""


def output(program, *words):
    """Standard output of the program; ends with its own last line where it fails."""
    command = [str(word) for word in (program, *words)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        last = (result.stderr.strip().splitlines() or [f"status {result.returncode}"])[-1]
        raise ProgramError(f"{' '.join(command)}: {last}")
    return result.stdout


def evaluated(path, program, *words):
    """The result in the file `path`, from `greendiff evaluate` where it is not there yet: then whole or not at all."""
    path = Path(path)
    if not path.exists():
        text = output(program, "evaluate", *words, "--json")
        partial = path.with_name(path.name + ".partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    return json.loads(path.read_text(encoding="utf-8"))


def light_and_contrast(pixels):
    """Mean and deviation of pixels, over the three colours."""
    return tuple(sum(pixels[key]) / 3 for key in ("mean", "deviation"))


def add_program(command, count):
    """The arguments of whatever evaluates: network, number of images, program, threads."""
    command.add_argument("--features", required=True, metavar="FILE", help="the feature network: see convert-features")
    command.add_argument("--count", type=int, default=count, metavar="N", help=f"images of a side (default: {count})")
    command.add_argument("--greendiff", default=GREENDIFF, help="the program")
    command.add_argument("--threads", type=int, default=1)
