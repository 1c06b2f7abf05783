"""Decoder of greendiff's update frames, versions 1 to 3, written from docs/wire-format.md alone."""

from .carried import CarriedTensor
from .decoder import Assignment, Frame, Limits, decode
from .errors import KINDS, FrameError
from .header import Header
from .table import TensorEntry

__all__ = ["KINDS", "Assignment", "CarriedTensor", "Frame", "FrameError", "Header", "Limits", "TensorEntry", "decode"]
