"""What is compared: the ways of computing, and the flags that choose them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    name: str
    #: By way, first the one that is drawn below the others.
    flags: dict
    steps: int

    @property
    def ways(self):
        return list(self.flags)

    def stem(self, preset):
        """Of the files that `draw` writes."""
        return f"{self.name}-losses" + ("" if preset == "small" else f"-{preset}")


def by_flag(flag, *values):
    return {value: [flag, value] for value in values}


COMPARISONS = {
    "kernels": Comparison("convolution", by_flag("--convolution", "winograd4", "winograd2", "direct"), steps=1000),
    "precisions": Comparison("precision", by_flag("--precision", "float32", "bfloat16"), steps=2000),
}
