"""Distances of what the runs draw from real images, training images and held-out ones, and pictures of it."""

import json
from pathlib import Path

from ..evaluated import evaluated, output
from .runs import Log, chosen

REFERENCES = ("held-out", "train")
SHEET = 36


def results_path(where, reference, options):
    """The result for a run or model: network's file, count and sampler are in its name, so that others do not mix with it."""
    network = Path(options.features).stem
    return where(f"{reference}-{network}-{options.count}-{options.sampler}{options.steps}.json")


def beside(root, name):
    """Paths of results for a model that is no run of the study."""
    return lambda ending: Path(root) / "runs" / f"{name}.{ending}"


def judge(model, where, options, log):
    """Against both references, drawing once: the second takes the features that the first has written."""
    data = Path(options.out) / "data"
    features = where("features.safetensors")
    threads = ("--threads", options.threads)
    common = ("--features", options.features, "--count", options.count, *threads)
    drawing = ("--checkpoint", model, "--sampler", options.sampler, "--steps", options.steps)
    first, second = (results_path(where, reference, options) for reference in REFERENCES)
    if not (first.exists() and second.exists()):
        log(f"{model}: draws {options.count} images")
        first.unlink(missing_ok=True)
        for path, reference, samples in (
            (first, REFERENCES[0], (*drawing, "--write-features", features)), (second, REFERENCES[1], ("--samples", features))
        ):
            evaluated(path, options.greendiff, "--reference", f"gtsrb:{data / reference}", *samples, *common)
        features.unlink()
    sheet = where("png")
    if not sheet.exists():
        output(options.greendiff, "sample", "--count", SHEET, *drawing, *threads, "--out", sheet)


def evaluate_all(options):
    """Every run that is trained, the model that all began with, and, to compare with, real training images."""
    log, root = Log(options.out), Path(options.out)
    study = json.loads((root / "study.json").read_text(encoding="utf-8"))
    held_out, training = (f"gtsrb:{root / 'data' / reference}" for reference in REFERENCES)
    evaluated(
        results_path(beside(root, "real"), REFERENCES[0], options), options.greendiff, "--reference", held_out, "--samples",
        training, "--features", options.features, "--count", options.count, "--threads", options.threads)
    judge(study["init"], beside(root, "start"), options, log)
    for run in chosen(options):
        if run.is_done(study["rounds"]):
            judge(run.folder / "model", run.beside, options, log)
        else:
            log(f"{run.name} is not trained yet")
