"""The plot of distance against energy."""

from statistics import mean

import matplotlib
from matplotlib.figure import Figure

from .runs import SCHEMES

COLORS = dict(zip(SCHEMES, ("#555555", "#b03a2e", "#dc7633", "#f0b27a", "#7d6608", "#1a5276", "#5dade2")))


def draw(panels, path):
    """One panel for each (title, {scheme: numbers over the seeds}); bars reach to the smallest and largest seed."""
    matplotlib.rcParams.update({"svg.hashsalt": "quality", "font.size": 9})
    figure = Figure(figsize=(5.6 * len(panels), 4.2))
    axes = figure.subplots(1, len(panels), squeeze=False, sharey=True)
    for axis, (title, schemes) in zip(axes[0], panels):
        for scheme, numbers in schemes.items():
            (x, y), bars = (mean(numbers[name]) for name in ("energy", "frechet")), []
            for name, middle in (("energy", x), ("frechet", y)):
                bars.append([[middle - min(numbers[name])], [max(numbers[name]) - middle]])
            axis.errorbar(
                x, y, xerr=bars[0], yerr=bars[1], fmt="o", color=COLORS[scheme], label=SCHEMES[scheme][0], capsize=2)
        axis.set_xlim(left=0)
        axis.set_title(title)
        axis.set_xlabel("modelled energy of all rounds, J")
        axis.grid(True, which="major", alpha=0.3)
    axes[0][0].set_ylabel("Frechet distance to held-out images")
    axes[0][-1].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
