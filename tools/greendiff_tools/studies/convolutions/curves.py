"""The training losses of the study's runs."""

import csv
import json
import os

KERNELS = ["winograd4", "winograd2", "direct"]


def read_curves(out):
    """Per kernel and seed the points (step, mean loss of the steps since the point before), as `progress.jsonl` has them."""
    curves = {}
    for name in sorted(os.listdir(out)):
        kernel, _, seed = name.rpartition("-")
        path = os.path.join(out, name, "progress.jsonl")
        if kernel not in KERNELS or not os.path.exists(path):
            continue
        with open(path) as lines:
            records = [json.loads(line) for line in lines if line.strip()]
        curves.setdefault(kernel, {})[int(seed)] = [(record["step"], record["loss"]) for record in records]
    if set(curves) != set(KERNELS):
        raise SystemExit(f"study-convolutions: {out} has no runs of {', '.join(sorted(set(KERNELS) - set(curves)))}")
    lengths = {len(points) for seeds in curves.values() for points in seeds.values()}
    if len(lengths) != 1:
        raise SystemExit(f"study-convolutions: runs in {out} are not finished; run train again")
    return curves


def write_csv(curves, path):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["kernel", "seed", "step", "loss"])
        for kernel in KERNELS:
            for seed, points in sorted(curves[kernel].items()):
                writer.writerows([kernel, seed, step, f"{loss:.6f}"] for step, loss in points)


def mean_curve(seeds):
    """The points of all seeds averaged."""
    runs = list(seeds.values())
    return [(runs[0][i][0], sum(run[i][1] for run in runs) / len(runs)) for i in range(len(runs[0]))]


def seed_band(curves):
    """(step, lowest, highest) over the seeds of all kernels."""
    runs = [run for seeds in curves.values() for run in seeds.values()]
    return [(runs[0][i][0], min(run[i][1] for run in runs), max(run[i][1] for run in runs)) for i in range(len(runs[0]))]


def spreads(curves):
    """Over all points after the first: the largest distance between the kernels' means, and that between seeds of one kernel.

    The latter is the median of the distances between the lowest and the highest seed."""
    means = [mean_curve(curves[kernel]) for kernel in KERNELS]
    points = range(1, len(means[0]))
    between_kernels = max(max(m[i][1] for m in means) - min(m[i][1] for m in means) for i in points)
    between_seeds = sorted(
        max(run[i][1] for run in seeds.values()) - min(run[i][1] for run in seeds.values())
        for seeds in curves.values() for i in points)
    return between_kernels, between_seeds[len(between_seeds) // 2]
