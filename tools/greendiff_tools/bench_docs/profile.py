"""What `bench profile --json` wrote: the operations of one training step."""

import json
from dataclasses import dataclass, replace

NAMES = {
    "conv2d.forward": "forward", "conv2d.backwardData": "data gradient", "conv2d.backwardWeight": "weight gradient",
    "linear.forward": "linear forward", "linear.backwardData": "linear data gradient",
    "linear.backwardWeight": "linear weight gradient", "groupNorm.forward": "GroupNorm + SiLU forward",
    "groupNorm.backward": "GroupNorm + SiLU backward", "attention.forward": "attention forward",
    "attention.backward": "attention backward", "adamW": "clip, AdamW, average", "gradientNorm": "gradient norm",
    "add.forward": "add", "channelBias.forward": "time embedding added", "channelBias.backward": "time embedding gradient",
    "concatenate.forward": "concatenate", "concatenate.backward": "split", "meanSquaredError": "loss", "ema": "moving average",
    "upsample.forward": "upsample", "upsample.backward": "upsample backward", "silu.forward": "SiLU",
    "silu.backward": "SiLU backward",
}
MEASURED = ("calls", "milliseconds", "nominal_gflop", "executed_gflop", "gigabytes")


class ProfileError(Exception):
    """A file that is no profile."""


@dataclass(frozen=True)
class Row:
    """Operations of a kind together, of one step."""

    name: str
    calls: float
    milliseconds: float
    nominal_gflop: float
    executed_gflop: float
    gigabytes: float
    bf16_gflop: float = 0.0

    @property
    def effective_rate(self):
        """Textbook GFLOP/s."""
        return self.nominal_gflop / self.milliseconds * 1e3

    @property
    def executed_rate(self):
        return self.executed_gflop / self.milliseconds * 1e3

    def share(self, ceilings):
        """The time that the arithmetic would take at its limits, over the time that it takes."""
        fma = ceilings["fma_gflops"]
        halves = max(fma, ceilings.get("bf16_gflops") or 0)
        return ((self.executed_gflop - self.bf16_gflop) / fma + self.bf16_gflop / halves) / self.milliseconds * 1e3

    @property
    def byte_rate(self):
        """GB/s of what must be read or written once."""
        return self.gigabytes / self.milliseconds * 1e3

    @property
    def intensity(self):
        """Executed operations a byte."""
        return self.executed_gflop / self.gigabytes


class Profile:
    def __init__(self, path):
        try:
            with open(path, encoding="utf-8") as file:
                self.document = json.load(file)
            self.step_milliseconds = self.document["step_milliseconds"]
            self.ceilings = self.document["ceilings"]
            self.rows = self._rows()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ProfileError(f"{path} is no file of bench profile --json: {error!r}") from error

    def _rows(self):
        rows = {}
        for operation in self.document["operations"]:
            name = display_name(operation["kind"])
            row = Row(name, *(operation[key] for key in MEASURED), operation.get("bf16_gflop", 0.0))
            rows[name] = added(rows[name], row) if name in rows else row
        return sorted(rows.values(), key=lambda row: -row.milliseconds)

    @property
    def other_milliseconds(self):
        return self.step_milliseconds - sum(row.milliseconds for row in self.rows)

    @property
    def is_float32(self):
        return self.document.get("precision", "float32") == "float32"

    @property
    def title(self):
        document = self.document
        precision = "" if self.is_float32 else f"{document['precision']}, "
        return f"{document['preset']}, {precision}batch {document['batch']}, {document['threads']} threads"


def added(first, second):
    return replace(
        first, calls=first.calls + second.calls, milliseconds=first.milliseconds + second.milliseconds,
        nominal_gflop=first.nominal_gflop + second.nominal_gflop, executed_gflop=first.executed_gflop + second.executed_gflop,
        gigabytes=first.gigabytes + second.gigabytes, bf16_gflop=first.bf16_gflop + second.bf16_gflop)


def display_name(kind):
    """`conv2d.forward 3x3 stride 2` as `3x3 stride 2 forward`."""
    operation, _, shape = kind.partition(" ")
    return " ".join(part for part in (shape, NAMES.get(operation, operation)) if part)
