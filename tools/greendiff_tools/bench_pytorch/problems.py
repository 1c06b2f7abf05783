"""Problem strings, as `bench` writes them: `conv3x3s2/fwd/n8ci256co256hw16`, `unet/train/ddpm-cifar10/n8`.

A third part `bf16` says that activations are bfloat16: `unet/train/bf16/ddpm-cifar10/n8`."""

import re

CONVOLUTION = re.compile(r"conv(\d)x\1(?:s(\d)(p1)?)?(?:u(\d))?$")
SIZE = re.compile(r"([a-z]+)(\d+)")
CODEC = ("quantize", "unpack")
BFLOAT16 = "bf16"
# What PyTorch computes in: as it is; bfloat16 where autocast says so; or floats that oneDNN rounds as it multiplies.
PEER_PRECISIONS = ("float32", "autocast", "fp32_precision")


class Problem:
    """A problem string in its parts. Raises ValueError for one that is none."""

    def __init__(self, name):
        self.name = name
        parts = name.split("/")
        self.precision = "float32"
        if parts[2:3] == [BFLOAT16]:
            parts.pop(2)
            self.precision = "bfloat16"
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


def has_precision(name):
    """Whether a case may run in bfloat16."""
    return is_whole(name) or is_layer(name)


def in_bfloat16(name):
    """The problem string of the same work on activations of bfloat16."""
    parts = name.split("/")
    return "/".join([*parts[:2], BFLOAT16, *parts[2:]])


def peer_slots(name, reduced, known=PEER_PRECISIONS):
    """The ways in which PyTorch may run a case: `channels_last`, and where `reduced` also `channels_last autocast` and others.

    `known` are the precisions that the PyTorch at hand has."""
    precisions = known if reduced and has_precision(name) else PEER_PRECISIONS[:1]
    return [layout if precision == "float32" else f"{layout} {precision}" for precision in precisions for layout in layouts(name)]


def slot(way):
    """The slot of a record's `layout` and `precision`."""
    precision = way.get("precision", "float32")
    return way["layout"] if precision == "float32" else f"{way['layout']} {precision}"


def split_slot(slot):
    """(layout, precision) of a slot; what is compiled is in float32 and has no layout."""
    layout, _, precision = slot.partition(" ")
    return layout, precision or "float32"
