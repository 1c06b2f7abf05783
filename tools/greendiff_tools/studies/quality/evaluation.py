"""Distances of what the runs draw from real images, training images and held-out ones, and pictures of it."""

import json
import os
import subprocess
from pathlib import Path

from .runs import Log, RunError, chosen

REFERENCES = ("held-out", "train")
SHEET = 36


def results_path(where, reference, options):
    """The result for a run or model: network's file, count and sampler are in its name, so that others do not mix with it."""
    network = Path(options.features).stem
    return where(f"{reference}-{network}-{options.count}-{options.sampler}{options.steps}.json")


def beside(root, name):
    """Paths of results for a model that is no run of the study."""
    return lambda ending: Path(root) / "runs" / f"{name}.{ending}"


def evaluate(command, path):
    """Runs `greendiff evaluate`; its JSON comes to `path` whole or not at all."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise RunError(f"{' '.join(map(str, command))}: {result.stderr.strip().splitlines()[-1]}")
    partial = path.with_suffix(".partial")
    partial.write_text(result.stdout, encoding="utf-8")
    os.replace(partial, path)


def judge(model, where, options, log):
    """Against both references, drawing once: the second takes the features that the first has written."""
    data = Path(options.out) / "data"
    features = where("features.safetensors")
    common = ["--features", options.features, "--count", str(options.count), "--threads", str(options.threads), "--json"]
    drawing = ["--checkpoint", model, "--sampler", options.sampler, "--steps", str(options.steps)]
    first, second = (results_path(where, reference, options) for reference in REFERENCES)
    if not (first.exists() and second.exists()):
        log(f"{model}: draws {options.count} images")
        evaluate(
            [options.greendiff, "evaluate", "--reference", f"gtsrb:{data / REFERENCES[0]}", *drawing, *common,
             "--write-features", features], first)
        evaluate(
            [options.greendiff, "evaluate", "--reference", f"gtsrb:{data / REFERENCES[1]}", "--samples", features, *common],
            second)
        features.unlink()
    sheet = where("png")
    if not sheet.exists():
        subprocess.run(
            [options.greendiff, "sample", "--checkpoint", model, "--count", str(SHEET), "--sampler", options.sampler,
             "--steps", str(options.steps), "--threads", str(options.threads), "--out", sheet],
            check=True, capture_output=True)


def evaluate_all(options):
    """Every run that is trained, the model that all began with, and, to compare with, real training images."""
    log, root = Log(options.out), Path(options.out)
    study = json.loads((root / "study.json").read_text(encoding="utf-8"))
    real = results_path(beside(root, "real"), REFERENCES[0], options)
    if not real.exists():
        evaluate(
            [options.greendiff, "evaluate", "--reference", f"gtsrb:{root / 'data' / REFERENCES[0]}",
             "--samples", f"gtsrb:{root / 'data' / REFERENCES[1]}", "--features", options.features,
             "--count", str(options.count), "--threads", str(options.threads), "--json"], real)
    judge(study["init"], beside(root, "start"), options, log)
    for run in chosen(options):
        if run.is_done(study["rounds"]):
            judge(run.folder / "model", run.beside, options, log)
        else:
            log(f"{run.name} is not trained yet")
