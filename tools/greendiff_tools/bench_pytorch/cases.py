"""What is compared: whole steps of the presets, and every distinct layer of the U-Net as `bench shapes` reports them."""

import json
import re
import subprocess
from dataclasses import dataclass

from .worker import WorkerError

MODEL = "ddpm-cifar10"
PRESETS = [MODEL, "small"]
SAMPLED_BATCH = 16
BATCH = re.compile(r"(?<=/n)\d+")


@dataclass(frozen=True)
class Case:
    name: str
    threads: int
    # How often a training step has it; 1 for a whole step.
    calls: int = 1

    @property
    def key(self):
        return self.name, self.threads


class Shapes:
    """The layers and configurations of all presets, asked from `bench`."""

    def __init__(self, bench):
        self.configurations, self.layers = {}, {}
        for preset in PRESETS:
            document = _shapes(bench, preset)
            self.configurations[preset] = json.loads(document["configuration"])
            self.layers[preset] = [(layer["case"], layer["calls"]) for layer in document["layers"]]

    def cases(self, batches, threads, layer_batches):
        """Whole steps for all `batches`, then the optimizer, then the layers of the large model for `layer_batches`."""
        cases = []
        for count in sorted(threads, reverse=True):
            for action in ("train", "fwd"):
                cases += [Case(f"unet/{action}/{preset}/n{batch}", count) for preset in PRESETS for batch in batches]
            # A sampling step is a forward pass and little else: one batch shows the rest.
            cases.append(Case(f"unet/ddim/{MODEL}/n{SAMPLED_BATCH}", count))
            cases.append(Case(f"optimizer/{MODEL}", count))
            cases += [Case(f"{kind}/b{bits}/n37M/g256", count) for kind in ("quantize", "unpack") for bits in (6, 8)]
        for count in sorted(threads, reverse=True):
            for batch in layer_batches:
                cases += [Case(_scaled(name, batch), count, calls) for name, calls in self.layers[MODEL]]
        return cases


def _scaled(name, batch):
    """The problem string for `batch` images of one for a single image."""
    return BATCH.sub(lambda match: str(int(match[0]) * batch), name)


def _shapes(bench, preset):
    try:
        result = subprocess.run([bench, "shapes", preset, "--batch", "1", "--json"], capture_output=True, text=True, check=True)
    except OSError as error:
        raise WorkerError(f"cannot start {bench}: {error.strerror}; run swift build -c release --product bench") from error
    except subprocess.CalledProcessError as error:
        raise WorkerError(f"{bench} shapes {preset}: {error.stderr.strip()}") from error
    return json.loads(result.stdout)
