"""The command line of scripts/study-training."""

import argparse
import json
import subprocess
from pathlib import Path

from .. import markdown
from ..paths import GREENDIFF

RUN = """--data synthetic:night --init builtin:signs-small --devices 10 --select 5 --partition dirichlet:0.5 --rounds 20
--local-iterations 8 --batch-size 32 --learning-rate 2e-4 --sample-every 0 --evaluate-every 20 --keep-checkpoints 1""".split()
CHANGE = ["--payload", "change", "--grid", "lattice", "--bits", "2:8", "--demand", "0.02:0.09"]
WEIGHTS = ["--payload", "weights", "--grid", "paper", "--group-size", "256", "--bits", "6:8", "--demand", "1e-4:2e-3"]
CODECS = {
    "exact": ("float32 weights (FedAvg)", ["--scheme", "fedavg", "--payload", "weights"]),
    "weights": ("weights, paper's grid in groups of 256, demand 1e-4 to 2e-3", WEIGHTS),
    "change": ("change, lattice, demand 0.02 to 0.09", CHANGE),
    "feedback": ("the same with error feedback over 10 rounds", CHANGE + ["--error-feedback", "10"]),
    "downlink": ("change, lattice, and the broadcast in 8 bits", CHANGE + ["--downlink-bits", "8"]),
}


def folder(arguments, codec, seed):
    """Where the run of a codec and seed is."""
    return Path(arguments.out) / f"{codec}-{seed}"


def train(arguments):
    for seed in range(1, arguments.seeds + 1):
        for codec, (_, flags) in CODECS.items():
            out = folder(arguments, codec, seed)
            command = [arguments.greendiff, "train", "--threads", str(arguments.threads)]
            if (out / "checkpoints").is_dir():
                command += ["--resume", out]
            else:
                command += RUN + flags + ["--seed", str(seed), "--out", out]
            result = subprocess.run(command, capture_output=True, text=True)
            print(f"{codec} seed {seed}: {'done' if result.returncode == 0 else result.stderr.strip()}", flush=True)
            if result.returncode != 0:
                return 1
    return 0


def rounds(path):
    with open(path / "rounds.jsonl", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def mean(runs, field):
    """Of a field of all rounds, averaged over the runs."""
    return sum(sum(r[field] for r in run) / len(run) for run in runs) / len(runs)


def spread(values, digits):
    return f"{sum(values) / len(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(arguments):
    rows = []
    for codec, (name, _) in CODECS.items():
        folders = [folder(arguments, codec, seed) for seed in range(1, arguments.seeds + 1)]
        runs = [rounds(path) for path in folders if (path / "summary.json").exists()]
        if runs:
            losses = [run[-1]["loss_held_out"] for run in runs]
            rows.append([
                name, f"{mean(runs, 'upload_bytes') / 1e6:.2f}", f"{mean(runs, 'download_bytes') / 1e6:.2f}",
                f"{mean(runs, 'energy_total_j'):.1f}", spread(losses, 5)])
    columns = ["upload a round, MB", "download, MB", "modelled energy a round, J", "held-out loss, mean (range)"]
    print(markdown.table(["what is sent", *columns], rows))
    before = [rounds(folder(arguments, "exact", seed))[0]["loss_held_out"] for seed in range(1, arguments.seeds + 1)]
    print(f"\nHeld-out loss after round 1: {spread(before, 5)}.")
    return 0


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-training", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, action in (("train", train), ("table", table)):
        command = commands.add_parser(name)
        command.add_argument("out")
        command.add_argument("--seeds", type=int, default=3)
        command.set_defaults(action=action)
        if name == "train":
            command.add_argument("--greendiff", default=GREENDIFF)
            command.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    return arguments.action(arguments)
