"""Federated training of diffusion models on CPUs and edge devices, at the least energy: the library of `greendiff`."""

from ._library import BadFile, BadSetting, GreendiffError, Rejected, RunFailed, library_path, version
from .rounds import Answer, Device, Round, Run

__all__ = [
    "Answer", "BadFile", "BadSetting", "Device", "GreendiffError", "Rejected", "Round", "Run", "RunFailed", "library_path",
    "version"]
