"""Problem strings, as `bench` writes them: `conv3x3s2/fwd/n8ci256co256hw16`, `unet/train/ddpm-cifar10/n8`."""

import re

CONVOLUTION = re.compile(r"conv(\d)x\1(?:s(\d)(p1)?)?(?:u(\d))?$")
SIZE = re.compile(r"([a-z]+)(\d+)")
CODEC = ("quantize", "unpack")


class Problem:
    """A problem string in its parts. Raises ValueError for one that is none."""

    def __init__(self, name):
        self.name = name
        parts = name.split("/")
        self.kind = parts[0]
        self.preset = None
        if self.kind == "optimizer" and len(parts) == 2:
            self.action, self.preset, self.sizes = "update", parts[1], {}
            return
        if self.kind in CODEC and len(parts) == 4:
            self.action = self.kind
            self.sizes = {"bits": int(parts[1][1:]), "n": int(parts[2][1:].replace("M", "000000")), "group": int(parts[3][1:])}
            return
        if self.kind == "unet" and len(parts) == 4:
            self.action, self.preset = parts[1], parts[2]
        elif len(parts) == 3:
            self.action = parts[1]
        else:
            raise ValueError(f"{name} is no problem string")
        self.sizes = {key: int(value) for key, value in SIZE.findall(parts[-1])}
        if "".join(f"{key}{value}" for key, value in self.sizes.items()) != parts[-1]:
            raise ValueError(f"{name} is no problem string")
        self._parse_convolution()

    def _parse_convolution(self):
        match = CONVOLUTION.match(self.kind)
        if not match:
            if self.kind not in ("groupnorm", "attention", "linear") and not self.preset:
                raise ValueError(f"{self.name} is of no family that has a peer")
            return
        self.kernel, self.stride = int(match[1]), int(match[2] or 1)
        self.upsample = int(match[4] or 1)
        # diffusers' `downsample_padding: 0`: one row below, one column to the right, where `p1` is not said.
        self.asymmetric = self.stride > 1 and not match[3]


def is_whole(name):
    """Whether a case is a whole step, rather than a layer of one."""
    return name.startswith("unet/")


def is_layer(name):
    return not name.startswith(("unet/", "optimizer/", "quantize/", "unpack/"))


def layouts(name):
    """The memory layouts in which PyTorch may run a case."""
    kind = Problem(name).kind
    return ["contiguous"] if kind in ("attention", "linear", "optimizer", *CODEC) else ["contiguous", "channels_last"]
