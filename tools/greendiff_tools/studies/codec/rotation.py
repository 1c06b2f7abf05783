"""Rotation codes (EDEN): a random rotation makes any values nearly normal, a fixed scalar code does the rest."""

import math

import numpy as np

FEWEST = 64  # Pieces of fewer values are sent as float16.


def lloyd_max(bits):
    """Centroids of the least squared error for a standard normal value in `2^bits` cells."""
    def pdf(x):
        return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)

    def cdf(x):
        return 0.5 * (1 + math.erf(x / math.sqrt(2)))

    centroids = np.linspace(-2.5, 2.5, 2**bits)
    for _ in range(2000):
        edges = [-np.inf, *((centroids[1:] + centroids[:-1]) / 2), np.inf]
        centroids = np.array([(pdf(a) - pdf(b)) / (cdf(b) - cdf(a)) for a, b in zip(edges, edges[1:])])
    return centroids


def hadamard(values):
    """The orthonormal Walsh-Hadamard transform; a power of two of values."""
    result, width = values.astype(np.float64), 1
    while width < result.size:
        pairs = result.reshape(-1, 2, width)
        result = np.stack([pairs[:, 0] + pairs[:, 1], pairs[:, 0] - pairs[:, 1]], axis=1).reshape(-1)
        width *= 2
    return result / math.sqrt(values.size)


def pieces(values):
    """A tensor cut into powers of two, from the largest on; what is left is fewer than FEWEST values."""
    start = 0
    while values.size - start >= FEWEST:
        length = 1 << ((values.size - start).bit_length() - 1)
        yield values[start : start + length], True
        start += length
    if start < values.size:
        yield values[start:], False


def rotated(tensors, bits, random):
    """Squared error and bits a value of the unbiased code.

    Each piece is rotated by random signs and a Hadamard transform; every value goes to the nearest centroid; one float32
    scale makes the piece unbiased."""
    centroids = lloyd_max(bits)
    edges = (centroids[1:] + centroids[:-1]) / 2
    error, sent = 0.0, 0
    for tensor in tensors:
        for piece, large in pieces(tensor):
            if not large:
                error += float(((piece.astype(np.float16).astype(np.float64) - piece) ** 2).sum())
                sent += 16 * piece.size
                continue
            sent += bits * piece.size + 32
            norm = float((piece.astype(np.float64) ** 2).sum())
            if norm == 0:
                continue
            normal = hadamard(piece * random.choice([-1.0, 1.0], piece.size))
            code = centroids[np.searchsorted(edges, normal / math.sqrt(norm / piece.size))]
            scale = norm / float(normal @ code)
            error += float(((scale * code - normal) ** 2).sum())
    return error, sent / sum(t.size for t in tensors)
