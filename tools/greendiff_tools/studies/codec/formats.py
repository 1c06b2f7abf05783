"""Formats that other programs send or store weights in, and the bound of the theory: error and bits a value, in numpy."""

import numpy as np


def _nearest_blocks(values, block, levels, scale_type):
    """Squared error of rounding to the nearest of `levels` steps a side, one scale a block of `block` values."""
    padded = np.zeros(-(-values.size // block) * block, np.float32)
    padded[: values.size] = values
    blocks = padded.reshape(-1, block)
    scale = (np.abs(blocks).max(axis=1, keepdims=True) / levels).astype(scale_type).astype(np.float32)
    codes = np.round(blocks / np.where(scale > 0, scale, 1)).clip(-levels, levels)
    return float(((codes * scale - blocks).astype(np.float64) ** 2).sum())


def int8(tensors):
    """One float32 scale a tensor, nearest of 255 levels."""
    return sum(_nearest_blocks(t, max(t.size, 1), 127, np.float32) for t in tensors), 8 + 32 * len(tensors) / size(tensors)


def q8_0(tensors):
    """Blocks of 32 with a float16 scale: the layout of GGML's Q8_0."""
    return sum(_nearest_blocks(t, 32, 127, np.float16) for t in tensors), 8.5


def q6_k(tensors):
    """Like GGML's Q6_K: 6-bit codes in blocks of 16, 8-bit scales of the blocks, one float16 scale for 16 of them."""
    error = 0.0
    for values in tensors:
        padded = np.zeros(-(-values.size // 256) * 256, np.float32)
        padded[: values.size] = values
        blocks = padded.reshape(-1, 16, 16)
        wanted = np.abs(blocks).max(axis=2, keepdims=True) / 31
        outer = (wanted.max(axis=1, keepdims=True) / 127).astype(np.float16).astype(np.float32)
        scale = np.ceil(wanted / np.where(outer > 0, outer, 1)).clip(0, 127) * outer
        codes = np.round(blocks / np.where(scale > 0, scale, 1)).clip(-32, 31)
        error += float(((codes * scale - blocks).astype(np.float64) ** 2).sum())
    return error, 6.5625


def float16(tensors):
    return sum(float(((t.astype(np.float16).astype(np.float64) - t) ** 2).sum()) for t in tensors), 16.0


def size(tensors):
    return sum(t.size for t in tensors)


def gaussian_bound(tensors, error):
    """Bits a value that no code of normal values with each tensor's own variance goes below: reverse water-filling."""
    counts = np.array([t.size for t in tensors], float)
    variances = np.array([float((t.astype(np.float64) ** 2).mean()) for t in tensors])
    low, high = 0.0, variances.max()
    for _ in range(100):
        level = (low + high) / 2
        if (counts * np.minimum(level, variances)).sum() > error:
            high = level
        else:
            low = level
    active = variances > low
    return float((counts[active] * 0.5 * np.log2(variances[active] / low)).sum() / counts.sum())


OTHERS = {"int8, a scale a tensor": int8, "Q8_0": q8_0, "Q6_K-like": q6_k, "float16": float16}
