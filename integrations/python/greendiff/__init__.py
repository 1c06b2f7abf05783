"""Federated training of diffusion models on CPUs and edge devices, at the least energy: the library of `greendiff`."""

from ._library import (
    BadArgument,
    BadFile,
    BadSetting,
    GreenDiffusionError,
    Rejected,
    RunFailed,
    library_path,
    version,
)
from ._program import program_path
from .codec import Average, dequantize, inspect, quantize
from .images import evaluate, sample
from .planning import Plan, plan
from .rounds import Answer, Device, Round, Run
from .training import Training, records, train

__all__ = [
    "Answer", "Average", "BadArgument", "BadFile", "BadSetting", "Device", "GreenDiffusionError", "Plan", "Rejected", "Round",
    "Run", "RunFailed", "Training", "dequantize", "evaluate", "inspect", "library_path", "plan", "program_path", "quantize",
    "records", "sample", "train", "version"]


def __getattr__(name):
    if name == "__version__":
        return version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
