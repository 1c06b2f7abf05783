"""The study's tables and pictures, of what is there."""

import json
import shutil
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

from ...markdown import paragraph, replaced, table
from ..evaluated import light_and_contrast
from .evaluation import REFERENCES, beside, results_path
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
        "light": light_and_contrast(held_out["sample_pixels"])[0],
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
        numbers["seed"].append(run.seed)
        for name, value in result(run, options).items():
            numbers[name].append(value)
    return {partition: schemes for partition, schemes in found.items() if schemes}


QUALITY = {"frechet": ("Frechet", 1), "kid": ("KID", 3), "precision": ("precision", 2), "recall": ("recall", 2),
           "loss": ("held-out loss", 5)}
COST = {"energy": ("energy, J", 0), "compute": ("of it computing", 0), "upload": ("up, MB", 1), "download": ("down, MB", 0),
        "error": ("error of the mean", 5), "frechet_train": ("Frechet to training images", 1)}


def of_schemes(schemes, columns):
    rows = [
        [SCHEMES[scheme][0], *(spread(numbers[name], digits) for name, (_, digits) in columns.items())]
        for scheme, numbers in schemes.items()]
    return table(["scheme", *(title for title, _ in columns.values())], rows)


def each_run(schemes):
    """Single runs, where there are several seeds: energy beside FedAvg's of the same seed, for devices differ between seeds."""
    fedavg = schemes.get("fedavg", {}).get("energy", [])
    rows = [
        [SCHEMES[scheme][0], seed, f"{numbers['frechet'][place]:.1f}", f"{numbers['kid'][place]:.3f}",
         f"{numbers['light'][place]:.2f}", f"{numbers['energy'][place]:.0f}",
         f"{numbers['energy'][place] / fedavg[place]:.2f}" if place < len(fedavg) else ""]
        for scheme, numbers in schemes.items() for place, seed in enumerate(numbers["seed"])]
    return table(["scheme", "seed", "Frechet", "KID", "pixels' mean", "energy, J", "of FedAvg's"], rows)


def references(options):
    """Real training images and the model before training against held-out images."""
    rows = []
    for name, title in (("real", "real training images"), ("start", "the model before training")):
        path = results_path(beside(options.out, name), REFERENCES[0], options)
        if path.exists():
            numbers = load(path)
            rows.append([
                title, f"{numbers['frechet_distance']:.1f}", f"{numbers['kid_mean']:.3f}", f"{numbers['precision']:.2f}",
                f"{numbers['recall']:.2f}"])
    return table(["", "Frechet", "KID", "precision", "recall"], rows)


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
    from .figure import draw  # The tables alone need no matplotlib.
    folder = Path(options.images)
    plot = folder / f"{options.section}.svg"
    draw([(IMAGES[partition], schemes) for partition, schemes in found.items()], plot)
    lines = [f"![Frechet distance against energy]({link(options, plot)})"]
    partition, schemes = next(reversed(found.items()))
    lines.append(f"What they draw after round {rounds}, {IMAGES[partition]}, all from the same noise:")
    for scheme in schemes:
        sheets = [run.beside("png") for run in chosen(options) if (run.partition, run.scheme) == (partition, scheme)]
        target = folder / f"{options.section}-{scheme}.png"
        shutil.copy(next(sheet for sheet in sheets if sheet.exists()), target)
        lines.append(f"{SCHEMES[scheme][0]}:\n\n![{scheme}]({link(options, target)})")
    return lines


def link(options, path):
    document = Path(options.document).resolve().parent
    path = path.resolve()
    return path.relative_to(document) if path.is_relative_to(document) else path


def conditions(options, study, seeds):
    """What all numbers of the tables have in common."""
    split = load(Path(options.out) / "data/split.json")["images"]
    network = load(results_path(beside(options.out, "real"), REFERENCES[0], options))["features"]
    flags = f", {study['train_flags']}" if study["train_flags"] else ""
    means = f"Means of {seeds} seeds ± standard deviation" if seeds > 1 else "One seed"
    return paragraph(
        f"{study['rounds']} rounds of {study['local_iterations']} steps of {study['batch_size']} images on ten devices, "
        f"learning rate {study['learning_rate']:g}{flags}, from `{study['init']}`; {split['train']} images to train on, "
        f"{split['held-out']} held out. Distances: {options.count} images a side, {options.sampler}, {options.steps} steps, "
        f"{network['name']} ({network['resize']}). {means}; energy and bytes of all rounds, energy modelled.")


def write(options):
    root = Path(options.out)
    study = load(root / "study.json")
    found = collect(options, study["rounds"])
    if not found:
        raise RunError(f"{root} has no run that is trained and evaluated with these settings")
    seeds = max(len(numbers["seed"]) for part in found.values() for numbers in part.values())
    parts = [conditions(options, study, seeds)]
    for partition, schemes in found.items():
        parts += [f"Images on devices: {IMAGES[partition]}.", of_schemes(schemes, QUALITY), of_schemes(schemes, COST)]
        parts += [each_run(schemes)] if seeds > 1 else []
    parts += ["To compare with:", references(options), *pictures(options, found, study["rounds"])]
    judged = classifiers(root)
    if judged:
        parts += ["A classifier trained on drawn images, and the same on real ones:", judged]
    text = "\n\n".join(parts)
    document = Path(options.document)
    document.write_text(replaced(document.read_text(encoding="utf-8"), options.section, text), encoding="utf-8")
    print(text)
