"""Decoder of greendiff's update frames, versions 1 and 2, written from docs/wire-format.md alone."""

from .decoder import Assignment, Frame, Limits, decode
from .errors import KINDS, FrameError
from .header import Header
from .table import TensorEntry

__all__ = ["KINDS", "Assignment", "Frame", "FrameError", "Header", "Limits", "TensorEntry", "decode"]
