"""The training losses of the study's runs."""

import csv
import json
import os


def read_records(out, ways):
    """Per way and seed the lines of `progress.jsonl`."""
    records = {way: {} for way in ways}
    for name in sorted(os.listdir(out)):
        way, _, seed = name.rpartition("-")
        path = os.path.join(out, name, "progress.jsonl")
        if way not in ways or not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as lines:
            records[way][int(seed)] = [json.loads(line) for line in lines if line.strip()]
    missing = [way for way in ways if not records[way]]
    if missing:
        raise SystemExit(f"study-numerics: {out} has no runs of {', '.join(missing)}")
    return records


def read_curves(out, ways):
    """Per way and seed the points (step, mean loss of the steps since the point before)."""
    curves = {
        way: {seed: [(record["step"], record["loss"]) for record in records] for seed, records in seeds.items()}
        for way, seeds in read_records(out, ways).items()}
    lengths = {len(points) for seeds in curves.values() for points in seeds.values()}
    if len(lengths) != 1:
        raise SystemExit(f"study-numerics: runs in {out} are not finished; run train again")
    return curves


def held_out(out, ways):
    """Per way the last held-out losses of its seeds."""
    losses = {
        way: [[record["loss_held_out"] for record in records if "loss_held_out" in record] for records in seeds.values()]
        for way, seeds in read_records(out, ways).items()}
    return {way: [run[-1] for run in runs] for way, runs in losses.items() if all(runs)}


def write_csv(curves, path):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["way", "seed", "step", "loss"])
        for way, seeds in curves.items():
            for seed, points in sorted(seeds.items()):
                writer.writerows([way, seed, step, f"{loss:.6f}"] for step, loss in points)


def mean_curve(seeds):
    """The points of all seeds averaged."""
    runs = list(seeds.values())
    return [(runs[0][i][0], sum(run[i][1] for run in runs) / len(runs)) for i in range(len(runs[0]))]


def seed_band(curves):
    """(step, lowest, highest) over the seeds of all ways."""
    runs = [run for seeds in curves.values() for run in seeds.values()]
    return [(runs[0][i][0], min(run[i][1] for run in runs), max(run[i][1] for run in runs)) for i in range(len(runs[0]))]


def spreads(curves):
    """Over all points after the first: the largest distance between the ways' means, and that between seeds of one way.

    The latter is the median of the distances between the lowest and the highest seed."""
    means = [mean_curve(seeds) for seeds in curves.values()]
    points = range(1, len(means[0]))
    between_ways = max(max(m[i][1] for m in means) - min(m[i][1] for m in means) for i in points)
    between_seeds = sorted(
        max(run[i][1] for run in seeds.values()) - min(run[i][1] for run in seeds.values())
        for seeds in curves.values() for i in points)
    return between_ways, between_seeds[len(between_seeds) // 2]
