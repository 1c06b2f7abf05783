"""What the Python tools need, to the last file: versions and hashes, from the versions that pyproject.toml names."""

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from greendiff_tools.paths import TOOLS

LOCKS = TOOLS / "locks"
PYTHON = "3.11"
# PyTorch's builds without CUDA for Linux are on its own index, which does not tell a resolver of PyPI's packages its hashes.
TORCH_CPU_HASHES = LOCKS / "torch-cpu.sha256"


def extras():
    """What pyproject.toml lists for each group of scripts."""
    with open(TOOLS / "pyproject.toml", "rb") as file:
        return tomllib.load(file)["project"]["optional-dependencies"]


def lock_path(extra):
    return LOCKS / f"{extra}.txt"


def entries(lock):
    """The hashes of each requirement of a lock file, by `NAME==VERSION`, for all Pythons together."""
    found, name = {}, None
    for line in lock.splitlines():
        words = line.split()
        if "==" in line and not line.startswith((" ", "#")):
            name = words[0]
            found.setdefault(name, [])
        found.get(name, []).extend(word.removeprefix("--hash=") for word in words if word.startswith("--hash="))
    return found


def torch_cpu_hashes():
    """SHA-256 of PyTorch's builds without CUDA, as `sha256sum` lists them."""
    lines = [line.split() for line in TORCH_CPU_HASHES.read_text().splitlines() if not line.startswith("#")]
    return [checksum for checksum, _ in lines]


def with_torch_cpu(lock):
    """The lock with, on Linux, the builds of torch that have no CUDA."""
    entry = re.search(r"^torch==(\S+)(?: \\\n +--hash=\S+)+", lock, re.MULTILINE)
    if not entry:
        return lock
    plain = entry.group().replace(" \\\n", " ; sys_platform != 'linux' \\\n", 1)
    hashes = [f"    --hash=sha256:{checksum}" for checksum in torch_cpu_hashes()]
    cpu = " \\\n".join([f"torch=={entry.group(1)}+cpu ; sys_platform == 'linux'", *hashes])
    return lock.replace(entry.group(), f"{plain}\n{cpu}")


def resolve(extra):
    """The lock of a group: every package that it brings along, for all platforms, from wheels alone."""
    lock = subprocess.run(
        [Path(sys.executable).parent / "uv", "pip", "compile", "--quiet", "--universal", "--python-version", PYTHON,
         "--generate-hashes", "--only-binary", ":all:", "--emit-build-options", "--no-annotate",
         "--custom-compile-command", f"scripts/lock-tools {extra}", "--extra", extra, "pyproject.toml"],
        check=True, capture_output=True, text=True, cwd=TOOLS).stdout
    return with_torch_cpu(lock)


def main(description):
    parser = argparse.ArgumentParser(
        prog="lock-tools", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extra", nargs="*", metavar="EXTRA")
    chosen = parser.parse_args().extra or list(extras())
    for extra in chosen:
        if extra not in extras():
            parser.error(f"there is no group {extra} in tools/pyproject.toml, it has {', '.join(extras())}")
        try:
            lock_path(extra).write_text(resolve(extra))
        except subprocess.CalledProcessError as error:
            print(f"lock-tools: {extra} cannot be resolved: {error.stderr.strip()}", file=sys.stderr)
            return 1
        print(f"lock-tools: {lock_path(extra).relative_to(TOOLS.parent)}", flush=True)
    return 0
