"""The study's tables and pictures, of what is there."""

import json
import shutil
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

from ...markdown import paragraph, replaced, table
from .evaluation import REFERENCES, results_path
from .figure import draw
from .runs import PARTITIONS, SCHEMES, RunError, chosen

IMAGES = {"iid": "tracks dealt at random", "dirichlet": "Dirichlet(0.3)"}


def spread(values, digits):
    """Mean and, of several values, their standard deviation."""
    text = f"{mean(values):.{digits}f}"
    return f"{text} ± {stdev(values):.{digits}f}" if len(values) > 1 else text


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def result(run, options):
    """The numbers of one run: costs from its records, distances from its evaluations."""
    records = run.records()
    held_out, training = (load(results_path(run.beside, reference, options)) for reference in REFERENCES)
    trained = [record for record in records if record.get("model_updated")]
    return {
        "frechet": held_out["frechet_distance"], "kid": held_out["kid_mean"], "precision": held_out["precision"],
        "recall": held_out["recall"], "frechet_train": training["frechet_distance"], "kid_train": training["kid_mean"],
        "loss": [record["loss_held_out"] for record in records if "loss_held_out" in record][-1],
        "upload": sum(record["upload_bytes"] for record in records) / 1e6,
        "download": sum(record["download_bytes"] for record in records) / 1e6,
        "energy": sum(record["energy_total_j"] for record in records),
        "compute": sum(record["energy_compute_j"] for record in records),
        "error": mean(record["quantization_error_relative"] for record in trained) if trained else 0.0,
    }


def collect(options, rounds):
    """{partition: {scheme: {number: values over the seeds}}} of the runs that are trained and evaluated."""
    found = {partition: {} for partition in PARTITIONS}
    for run in chosen(options):
        if not run.is_done(rounds) or not all(results_path(run.beside, part, options).exists() for part in REFERENCES):
            continue
        numbers = found[run.partition].setdefault(run.scheme, defaultdict(list))
        for name, value in result(run, options).items():
            numbers[name].append(value)
    return {partition: schemes for partition, schemes in found.items() if schemes}


QUALITY = {"frechet": ("Frechet", 1), "kid": ("KID", 3), "precision": ("precision", 2), "recall": ("recall", 2),
           "loss": ("held-out loss", 5)}
COST = {"energy": ("energy, J", 1), "compute": ("of it computing", 1), "upload": ("up, MB", 1), "download": ("down, MB", 0),
        "error": ("error of the mean", 5), "frechet_train": ("Frechet to training images", 1)}


def of_schemes(schemes, columns):
    rows = [
        [SCHEMES[scheme][0], *(spread(numbers[name], digits) for name, (_, digits) in columns.items())]
        for scheme, numbers in schemes.items()]
    return table(["scheme", *(title for title, _ in columns.values())], rows)


def reference_row(name, path):
    numbers = load(path)
    return [name, *(f"{numbers[key]:.{digits}f}" for key, digits in
                    (("frechet_distance", 1), ("kid_mean", 3), ("precision", 2), ("recall", 2)))]


def classifiers(root):
    rows = []
    for path in sorted((root / "classifiers").glob("*.json")):
        numbers = load(path)
        guidance = f", guidance {numbers['guidance']:g}" if numbers["guidance"] else ""
        rows.append([f"{numbers['source']}{guidance}", numbers["images"], numbers["steps"],
                     f"{100 * numbers['accuracy']:.1f} %", f"{100 * numbers['accuracy_balanced']:.1f} %"])
    return table(["trained on", "images", "steps", "right, of held-out images", "mean of the classes"], rows)


def pictures(options, found, rounds):
    """Copies a sheet of every scheme to the document's images and draws the plot; Markdown that shows them."""
    folder, lines = Path(options.images), []
    draw([(IMAGES[partition], schemes) for partition, schemes in found.items()], folder / "study.svg")
    lines.append(f"![Frechet distance against energy]({link(options, folder / 'study.svg')})")
    partition, schemes = next(reversed(found.items()))
    runs = {run.scheme: run for run in reversed(chosen(options)) if run.partition == partition and run.scheme in schemes}
    cells, sheets = [], []
    for scheme in schemes:
        if runs[scheme].beside("png").exists():
            target = folder / f"study-{scheme}.png"
            shutil.copy(runs[scheme].beside("png"), target)
            cells.append(SCHEMES[scheme][0])
            sheets.append(f"![{scheme}]({link(options, target)})")
    if cells:
        lines.append(f"What they draw after round {rounds}, {IMAGES[partition]}, seed 1, all from the same noise:")
        lines += [f"{name}:\n\n{sheet}" for name, sheet in zip(cells, sheets)]
    return lines


def link(options, path):
    document = Path(options.document).resolve().parent
    path = path.resolve()
    return path.relative_to(document) if path.is_relative_to(document) else path


def write(options):
    root = Path(options.out)
    study, split = load(root / "study.json"), load(root / "data/split.json")
    found = collect(options, study["rounds"])
    if not found:
        raise RunError(f"{root} has no run that is trained and evaluated with these settings")
    seeds = max(len(numbers["frechet"]) for schemes in found.values() for numbers in schemes.values())
    network = load(results_path(lambda ending: root / "runs" / f"real.{ending}", REFERENCES[0], options))["features"]
    parts = [paragraph(
        f"{study['rounds']} rounds of {study['local_iterations']} steps of {study['batch_size']} images on ten devices, learning "
        f"rate {study['learning_rate']:g}{', ' + study['train_flags'] if study['train_flags'] else ''}, from `{study['init']}`; "
        f"{split['images']['train']} images to train on, {split['images']['held-out']} held out. Distances: {options.count} "
        f"images a side, {options.sampler}, {options.steps} steps, {network['name']} ({network['resize']}). "
        f"{f'Means of {seeds} seeds ± standard deviation' if seeds > 1 else 'One seed'}; energy and bytes of all rounds, energy modelled.")]
    for partition, schemes in found.items():
        parts += [f"Images on devices: {IMAGES[partition]}.", of_schemes(schemes, QUALITY), of_schemes(schemes, COST)]
    rows = [
        reference_row(title, path) for title, path in (
            ("real training images", results_path(lambda ending: root / "runs" / f"real.{ending}", REFERENCES[0], options)),
            ("the model before training", results_path(lambda ending: root / "runs" / f"start.{ending}", REFERENCES[0], options)))
        if path.exists()]
    parts += ["To compare with:", table(["", "Frechet", "KID", "precision", "recall"], rows)]
    parts += pictures(options, found, study["rounds"])
    judged = classifiers(root)
    if judged:
        parts += ["A classifier trained on drawn images, and the same on real ones:", judged]
    text = "\n\n".join(parts)
    document = Path(options.document)
    document.write_text(replaced(document.read_text(encoding="utf-8"), "study", text), encoding="utf-8")
    print(text)
