"""The command line of scripts/study-numerics."""

import argparse
import concurrent.futures
import subprocess
from pathlib import Path

from ...paths import GREENDIFF
from .comparisons import COMPARISONS
from .curves import held_out, read_curves, spreads, write_csv
from .figure import draw


def train(arguments, way, seed):
    folder = Path(arguments.out) / f"{way}-{seed}"
    command = [arguments.greendiff, "pretrain", "--threads", arguments.threads]
    if (folder / "checkpoints").is_dir():
        command += ["--resume", folder]
    else:
        comparison = COMPARISONS[arguments.comparison]
        steps = arguments.steps or comparison.steps
        command += [
            "--out", folder, "--data", f"cifar10:{arguments.data}", "--preset", arguments.preset, "--batch-size", 8,
            "--steps", steps, "--seed", seed, "--sample-every", 0, "--checkpoint-every", 250,
            "--evaluate-every", max(1, steps // 8), *comparison.flags[way]]
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    finished = "already" in result.stderr
    print(f"{way} seed {seed}: {'done' if result.returncode == 0 or finished else result.stderr.strip()}", flush=True)
    return result.returncode == 0 or finished


def write(arguments):
    """The curves into files, and how far they differ to the screen."""
    comparison = COMPARISONS[arguments.comparison]
    curves = read_curves(arguments.out, comparison.ways)
    stem = f"{arguments.images}/{comparison.stem(arguments.preset)}"
    write_csv(curves, f"{stem}.csv")
    draw(curves, arguments.preset, f"{stem}.svg")
    between_ways, between_seeds = spreads(curves)
    print(f"mean losses of the ways differ by at most {between_ways:.4f}; seeds of one way by {between_seeds:.4f} (median)")
    for way, losses in held_out(arguments.out, comparison.ways).items():
        print(f"{way}: held-out loss {sum(losses) / len(losses):.4f} ({min(losses):.4f} to {max(losses):.4f})")


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-numerics", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("train", "draw"):
        command = commands.add_parser(name)
        command.add_argument("comparison", choices=COMPARISONS)
        if name == "train":
            command.add_argument("data")
        command.add_argument("out")
        if name == "draw":
            command.add_argument("images")
        command.add_argument("--preset", default="small")
        if name == "train":
            command.add_argument("--greendiff", default=GREENDIFF)
            command.add_argument("--steps", type=int)
            command.add_argument("--seeds", type=int, default=3)
            command.add_argument("--threads", type=int, default=1)
            command.add_argument("--jobs", type=int, default=1, help="runs at a time")
    arguments = parser.parse_args()
    if arguments.command == "draw":
        write(arguments)
        return 0
    runs = [(way, seed) for seed in range(1, arguments.seeds + 1) for way in COMPARISONS[arguments.comparison].ways]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(lambda run: train(arguments, *run), runs))
    return 0 if all(outcomes) else 1
