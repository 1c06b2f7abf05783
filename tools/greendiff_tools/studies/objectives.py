"""The command line of scripts/study-objectives."""

import argparse
import json
import sys
from pathlib import Path

from .. import markdown
from .evaluated import ProgramError, add_program, evaluated, light_and_contrast, output


def learning(prediction, weighting="uniform", timesteps="uniform"):
    """The flags, all of them: what defaults are may change."""
    return ["--prediction", prediction, "--loss-weighting", weighting, "--timestep-sampling", timesteps]


MIN_SNR, SPEED = "min-snr:5", "speed:0.7:5"
EPSILON, V = "epsilon", "v_prediction"
# What is learned, by name; every step costs the same, so equal images are equal energy.
OBJECTIVES = {
    "eps": ("epsilon", learning(EPSILON)),
    "eps-minsnr": ("epsilon, Min-SNR 5", learning(EPSILON, MIN_SNR)),
    "eps-speed": ("epsilon, SpeeD", learning(EPSILON, timesteps=SPEED)),
    "v": ("v", learning(V)),
    "v-minsnr": ("v, Min-SNR 5", learning(V, MIN_SNR)),
    "v-minsnr-speed": ("v, Min-SNR 5, SpeeD", learning(V, MIN_SNR, SPEED)),
    "v-minsnr-cos": ("v, Min-SNR 5, cosine schedule", [*learning(V, MIN_SNR), "--noise-schedule", "squaredcos_cap_v2"]),
    "v-minsnr-zero": ("v, Min-SNR 5, zero terminal SNR", [*learning(V, MIN_SNR), "--zero-snr", "on"]),
    "v-minsnr-decay": ("v, Min-SNR 5, learning rate down to 0", [*learning(V, MIN_SNR), "--decay", "cosine"]),
    "v-lognormal": ("v, log-normal (EDM)", learning(V, timesteps="log-normal:-1.2:1.2")),
}
SAMPLERS = {
    "dpm++.20": ("DPM-Solver++, 20 steps", ["--sampler", "dpm++", "--steps", 20]),
    "ddim.50": ("DDIM, 50 steps", ["--sampler", "ddim", "--steps", 50]),
}


def records(folder):
    """The lines of a run's record; none where it is not there yet."""
    try:
        return [json.loads(line) for line in (folder / "progress.jsonl").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return []


def steps_done(folder):
    return max((record["step"] for record in records(folder)), default=0)


def held_out_loss(folder):
    """The last; none of a run that did not measure it."""
    losses = [record["loss_held_out"] for record in records(folder) if "loss_held_out" in record]
    return losses[-1] if losses else None


def result_path(arguments, objective, seed, sampler):
    return Path(arguments.out) / f"{objective}-{seed}.{sampler}.json"


def train(arguments):
    """Trains what is not trained and evaluates what is not evaluated, seed by seed."""
    Path(arguments.out).mkdir(parents=True, exist_ok=True)
    for seed in arguments.seeds:
        for objective in arguments.objectives:
            folder = Path(arguments.out) / f"{objective}-{seed}"
            threads = ("--threads", arguments.threads)
            if not folder.is_dir():
                output(
                    arguments.greendiff, "pretrain", "--data", arguments.data, "--preset", "small", "--steps", arguments.steps,
                    "--batch-size", 32, "--learning-rate", "5e-4", "--warm-up", 100, "--checkpoint-every", 240,
                    "--sample-every", 720, "--evaluate-every", 240, "--seed", seed, "--out", folder, *threads,
                    *OBJECTIVES[objective][1])
            elif steps_done(folder) < arguments.steps:
                output(arguments.greendiff, "pretrain", "--resume", folder, *threads)
            for sampler, (_, flags) in SAMPLERS.items():
                path = result_path(arguments, objective, seed, sampler)
                is_new = not path.exists()
                result = evaluated(
                    path, arguments.greendiff, "--reference", arguments.data, "--checkpoint", folder, "--features",
                    arguments.features, "--count", arguments.count, *flags, *threads)
                if is_new:
                    print(f"{objective} seed {seed}, {sampler}: KID {result['kid_mean']:.3f}", flush=True)


def spread(values, digits):
    mean = f"{sum(values) / len(values):.{digits}f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def table(arguments):
    for sampler, (title, _) in SAMPLERS.items():
        rows = []
        for objective, (name, _) in OBJECTIVES.items():
            paths = [(seed, result_path(arguments, objective, seed, sampler)) for seed in arguments.seeds]
            results = [json.loads(path.read_text(encoding="utf-8")) for _, path in paths if path.exists()]
            if not results:
                continue
            losses = [held_out_loss(Path(arguments.out) / f"{objective}-{seed}") for seed, path in paths if path.exists()]
            light, contrast = zip(*(light_and_contrast(r["sample_pixels"]) for r in results))
            rows.append([
                name, len(results), spread([r["kid_mean"] for r in results], 2),
                spread([r["frechet_distance"] for r in results], 0), spread([r["mind"] for r in results], 0),
                spread([r["precision"] for r in results], 2), spread([r["recall"] for r in results], 2),
                f"{sum(light) / len(light):.2f}, {sum(contrast) / len(contrast):.2f}",
                spread([loss for loss in losses if loss is not None] or [float("nan")], 4)])
        if rows:
            print(f"{title}:\n")
            print(markdown.table(
                ["learned", "seeds", "KID", "Frechet", "MIND", "precision", "recall", "pixels", "held-out loss"], rows), "\n")


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-objectives", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, action in (("train", train), ("table", table)):
        command = commands.add_parser(name)
        command.add_argument("out")
        command.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
        command.set_defaults(action=action)
        if name == "train":
            command.add_argument("--objectives", nargs="+", choices=list(OBJECTIVES), default=list(OBJECTIVES))
            command.add_argument("--data", required=True, help="such as gtsrb:DIR")
            command.add_argument("--steps", type=int, default=1440)
            add_program(command, count=500)
    arguments = parser.parse_args()
    try:
        arguments.action(arguments)
    except ProgramError as error:
        sys.exit(f"study-objectives: {error}")
