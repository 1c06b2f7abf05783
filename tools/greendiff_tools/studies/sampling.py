"""The command line of scripts/study-sampling."""

import argparse
import json
import re
import sys
from pathlib import Path

from .. import markdown
from .evaluated import ProgramError, add_program, evaluated, light_and_contrast

# Sampler and steps, the reference first.
CHAINS = [("ddpm", 1000)] + [
    (sampler, steps)
    for sampler, all_steps in (("ddim", (10, 20, 50, 100)), ("dpm++", (5, 10, 15, 20, 50)), ("unipc", (5, 10, 15, 20)))
    for steps in all_steps]


def result_path(arguments, model, sampler, steps):
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", model).strip("-")
    return Path(arguments.out) / f"{name}.{sampler}.{steps}.{arguments.count}.{arguments.seed}.json"


def measure(arguments):
    """Evaluates every chain that has no result yet, the shortest first."""
    Path(arguments.out).mkdir(parents=True, exist_ok=True)
    for model in arguments.models:
        for sampler, steps in sorted(CHAINS, key=lambda chain: chain[1]):
            path = result_path(arguments, model, sampler, steps)
            is_new = not path.exists()
            result = evaluated(
                path, arguments.greendiff, "--reference", arguments.reference, "--checkpoint", model, "--features",
                arguments.features, "--count", arguments.count, "--sampler", sampler, "--steps", steps, "--seed",
                arguments.seed, "--threads", arguments.threads)
            if is_new:
                print(f"{model}  {sampler} {steps}  KID {result['kid_mean']:.3f}", flush=True)


def table(arguments):
    for model in arguments.models:
        paths = [(chain, result_path(arguments, model, *chain)) for chain in CHAINS]
        found = [(chain, json.loads(path.read_text(encoding="utf-8"))) for chain, path in paths if path.exists()]
        if not found:
            continue
        reference = found[0][1]
        rows = []
        for (sampler, steps), result in found:
            light = light_and_contrast(result["sample_pixels"])
            rows.append([
                sampler, steps, f"{result['flops_per_image'] / 1e9:.1f}",
                f"{reference['flops_per_image'] / result['flops_per_image']:.0f}x", f"{result['frechet_distance']:.0f}",
                f"{result['kid_mean']:.3f} +- {result.get('kid_standard_error', float('nan')):.3f}", f"{result['mind']:.0f}",
                f"{result['precision']:.2f}, {result['recall']:.2f}", f"{light[0]:.2f}, {light[1]:.2f}"])
        real = light_and_contrast(reference["reference_pixels"])
        print(f"`{model}`, {reference['sample_count']} images a side (real pixels {real[0]:.2f}, {real[1]:.2f}):\n")
        print(markdown.table(
            ["sampler", "steps", "GFLOP an image", "fewer", "Frechet", "KID", "MIND", "precision, recall", "pixels"], rows), "\n")


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-sampling", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, action in (("measure", measure), ("table", table)):
        command = commands.add_parser(name)
        command.add_argument("out", help="folder of the results")
        command.add_argument("models", nargs="+", help="checkpoints, runs, frames or builtin:NAME")
        command.add_argument("--seed", type=int, default=0)
        command.set_defaults(action=action)
        if name == "measure":
            command.add_argument("--reference", required=True)
            add_program(command, count=1000)
        else:
            command.add_argument("--count", type=int, default=1000)
    arguments = parser.parse_args()
    try:
        arguments.action(arguments)
    except ProgramError as error:
        sys.exit(f"study-sampling: {error}")
