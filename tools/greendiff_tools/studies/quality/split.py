"""GTSRB in two parts that share no track: one to train on, one that no run sees."""

import csv
import hashlib
import json
import shutil
from collections import defaultdict
from pathlib import Path

SHARE = 0.2  # of the tracks of every class that are held out
COLUMNS = ["Filename", "Width", "Height", "Roi.X1", "Roi.Y1", "Roi.X2", "Roi.Y2", "ClassId"]


class SplitError(Exception):
    """A folder that cannot be split."""


def tracks(source):
    """{class: {track: rows}} of the official training tables in or below `source`; a row has the path of its image, too.

    Frames of one sign share the number before the underscore of `TRACK_FRAME.ppm`."""
    found = defaultdict(lambda: defaultdict(list))
    for table in sorted(Path(source).rglob("GT-[0-9]*.csv")):
        with open(table, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=";"):
                row["path"] = (table.parent / row["Filename"]).resolve()
                found[int(row["ClassId"])][row["Filename"].partition("_")[0]].append(row)
    if not found:
        raise SplitError(f"{source}: no tables 000NN/GT-000NN.csv here or below; name the folder of GTSRB's training archive")
    return found


def held_out(names, label, seed):
    """The tracks of a class that are held out: the first fifth, at least one, in the order of their hashes."""
    def rank(name):
        return hashlib.sha256(f"{seed}/{label}/{name}".encode()).hexdigest()

    return set(sorted(names, key=rank)[: max(1, round(SHARE * len(names)))])


def write(rows, folder):
    """A class's folder as the archive has it, with links to the images."""
    folder.mkdir(parents=True)
    with open(folder / f"GT-{folder.name}.csv", "w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS, extrasaction="ignore", delimiter=";")
        table.writeheader()
        table.writerows(rows)
    for row in rows:
        (folder / row["Filename"]).symlink_to(row["path"])


def prepare(source, out, seed):
    """Writes `out`/train and `out`/held-out, once, and what is in them to `out`/split.json, which is returned."""
    out = Path(out)
    done = out / "split.json"
    if done.exists():
        split = json.loads(done.read_text(encoding="utf-8"))
        if split["seed"] != seed or split["source"] != str(Path(source).resolve()):
            raise SplitError(f"{out} was made of {split['source']} with seed {split['seed']}; use another folder")
        return split
    counts = {"train": 0, "held-out": 0}
    for part in counts:
        shutil.rmtree(out / part, ignore_errors=True)
    for label, by_track in sorted(tracks(source).items()):
        chosen = held_out(by_track, label, seed)
        for part in counts:
            rows = [row for track in sorted(by_track) if (track in chosen) == (part == "held-out") for row in by_track[track]]
            write(rows, out / part / f"{label:05}")
            counts[part] += len(rows)
    split = {"source": str(Path(source).resolve()), "seed": seed, "images": counts}
    done.write_text(json.dumps(split, indent=1) + "\n", encoding="utf-8")
    return split
