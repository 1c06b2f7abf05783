"""The plot of error against bits a value."""

import matplotlib
from matplotlib.figure import Figure

STYLES = {
    "paper (one scale a tensor)": ("#b03a2e", "o-"), "paper, groups of 256": ("#e59866", "o-"),
    "zero (one scale a tensor)": ("#7d6608", "s--"), "zero, groups of 256": ("#d4ac0d", "s--"),
    "lattice, stochastic": ("#5dade2", "^-"), "lattice, dithered": ("#1a5276", "^-"), "normal bound": ("#555555", ":"),
    "int8, a scale a tensor": ("#117a65", "D"), "Q8_0": ("#45b39d", "D"), "Q6_K-like": ("#82e0aa", "D"),
    "float16": ("#76448a", "D"),
}


def draw(panels, path):
    """One panel for each (title, curves, squared norm)."""
    matplotlib.rcParams.update({"svg.hashsalt": "codec", "font.size": 9})
    figure = Figure(figsize=(5.6 * len(panels), 4.6))
    axes = figure.subplots(1, len(panels), squeeze=False)
    for axis, (title, curves, norm) in zip(axes[0], panels):
        for name, points in curves.items():
            color, style = STYLES[name]
            bits, errors = [p[1] for p in points], [max(p[0], 1e-300) / norm for p in points]
            axis.semilogy(bits, errors, style, color=color, label=name, markersize=4, linewidth=1.2)
        axis.set_xlim(1, 10.5)
        axis.set_ylim(5e-6, 2)
        axis.set_title(title)
        axis.set_xlabel("bits a value, everything counted")
        axis.grid(True, which="major", alpha=0.3)
    axes[0][0].set_ylabel("squared error / squared norm")
    axes[0][-1].legend(fontsize=7, loc="upper right")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
