"""The command line of scripts/study-convolutions."""

import argparse
import concurrent.futures
import subprocess
from pathlib import Path

from ...paths import GREENDIFF
from .curves import KERNELS, read_curves, spreads, write_csv
from .figure import draw


def train(arguments, kernel, seed):
    folder = Path(arguments.out) / f"{kernel}-{seed}"
    command = [arguments.greendiff, "pretrain", "--threads", "1", "--sample-every", "0", "--checkpoint-every", "250"]
    if (folder / "checkpoints").is_dir():
        command += ["--resume", folder]
    else:
        command += ["--out", folder, "--data", f"cifar10:{arguments.data}", "--preset", "small", "--batch-size", "8"]
        command += ["--steps", str(arguments.steps), "--seed", str(seed), "--convolution", kernel]
    result = subprocess.run(command, capture_output=True, text=True)
    finished = "already" in result.stderr
    print(f"{kernel} seed {seed}: {'done' if result.returncode == 0 or finished else result.stderr.strip()}", flush=True)
    return result.returncode == 0 or finished


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-convolutions", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    trains = commands.add_parser("train")
    trains.add_argument("data")
    trains.add_argument("out")
    trains.add_argument("--greendiff", default=GREENDIFF)
    trains.add_argument("--steps", type=int, default=1000)
    trains.add_argument("--seeds", type=int, default=3)
    trains.add_argument("--jobs", type=int, default=1)
    draws = commands.add_parser("draw")
    draws.add_argument("out")
    draws.add_argument("images")
    arguments = parser.parse_args()
    if arguments.command == "draw":
        curves = read_curves(arguments.out)
        write_csv(curves, f"{arguments.images}/convolution-losses.csv")
        draw(curves, f"{arguments.images}/convolution-losses.svg")
        kernels, seeds = spreads(curves)
        print(f"mean losses of the kernels differ by at most {kernels:.4f}; seeds of one kernel by {seeds:.4f} (median)")
        return 0
    runs = [(kernel, seed) for seed in range(1, arguments.seeds + 1) for kernel in KERNELS]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(lambda run: train(arguments, *run), runs))
    return 0 if all(outcomes) else 1
