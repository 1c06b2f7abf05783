"""A wheel of integrations/python that has program and library in it, and the libraries that they load."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
from pathlib import Path

from greendiff_tools import components
from greendiff_tools.paths import ROOT

PACKAGE = ROOT / "integrations/python"
BUILT = ("greendiff", "libGreenDiffusionC.so")
# Debian's texts of licences name these, which lie apart.
COMMON = ("GPL-3", "LGPL-2.1")


class WheelError(Exception):
    """One line: what is wrong, and the way out."""


def license_texts(built):
    """Name and place of every licence: of Swift's packages and run time, of the system's libraries that `built` load."""
    for checkout in sorted((ROOT / ".build/checkouts").iterdir()):
        if checkout.name not in components.DOCUMENTATION:
            for text in [*checkout.glob("LICENSE*"), *checkout.glob("NOTICE*")]:
                yield f"{text.stem}.{checkout.name.lower()}", text
    yield "LICENSE.swift", Path(shutil.which("swift")).resolve().parents[1] / "share/swift/LICENSE.txt"
    for line in components.linked_libraries(built):
        package = line.split()[0]
        yield f"LICENSE.{package}", Path("/usr/share/doc") / package / "copyright"
    for name in COMMON:
        yield f"LICENSE.{name}", Path("/usr/share/common-licenses") / name


def check_version(program):
    """Raises WheelError where the program has another version than the package."""
    declared = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]["version"]
    found = components.output(program, "--version").strip()
    if declared != found:
        raise WheelError(f"integrations/python/pyproject.toml has version {declared}, the program {found}: make them equal")


def assemble(staged, project):
    """Makes the folder `project`: the Python packages, what scripts/lib/stage-build.sh left in `staged`, the licences."""
    shutil.copytree(PACKAGE, project, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "tests*", "build"))
    library = project / "greendiff/lib"
    shutil.copytree(staged, library)
    # setuptools takes LICENSE* and NOTICE* beside pyproject.toml.
    for name in ("LICENSE", "NOTICE"):
        shutil.move(library / name, project / name)
    for name, text in license_texts([library / name for name in BUILT]):
        shutil.copy(text, project / name)


def run(*command):
    """Runs a Python program of this environment; WheelError with its last words where it fails."""
    folder = Path(sys.executable).parent
    job = subprocess.run(
        [folder / command[0], *command[1:]], env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if job.returncode != 0:
        raise WheelError(f"{command[0]} failed: {job.stdout.strip()[-2000:]}")


def build(staged, out):
    """The wheel in the folder `out`. auditwheel adds the libraries, and names the oldest C library that goes with them."""
    check_version(staged / BUILT[0])
    with tempfile.TemporaryDirectory() as scratch:
        project, plain, whole = (Path(scratch) / name for name in ("project", "plain", "whole"))
        assemble(staged, project)
        platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
        run("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", plain,
            f"--config-settings=--build-option=--plat-name={platform}", project)
        run("auditwheel", "repair", "--strip", "--wheel-dir", whole, *plain.glob("*.whl"))
        [wheel] = whole.glob("*.whl")
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(wheel, out))


if __name__ == "__main__":
    try:
        wheel = build(*map(Path, sys.argv[1:]))
        print(f"build-wheel: {wheel}, {wheel.stat().st_size / 1e6:.1f} MB")
    except (WheelError, OSError) as error:
        sys.exit(f"build-wheel: {error}")
