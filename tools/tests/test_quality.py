"""The split by tracks, and the tables of the quality study."""

import argparse
import json
import tempfile
import unittest
from pathlib import Path

from greendiff_tools.studies.quality import runs, split, tables
from greendiff_tools.studies.quality.evaluation import results_path
from greendiff_tools.studies.quality.runs import Run, RunError

HEADER = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\r\n"
TRACKS = {0: 7, 1: 20, 2: 2}  # of the classes
FRAMES = 3


def archive(folder):
    """GTSRB's training archive in small."""
    for label, count in TRACKS.items():
        place = folder / "Final_Training/Images" / f"{label:05}"
        place.mkdir(parents=True)
        names = [f"{track:05}_{frame:05}.ppm" for track in range(count) for frame in range(FRAMES)]
        rows = "".join(f"{name};32;32;5;6;26;27;{label}\r\n" for name in names)
        (place / f"GT-{label:05}.csv").write_bytes((HEADER + rows).encode())
        for name in names:
            (place / name).write_text(f"{label} {name}")


def contents(folder):
    """{class: {(track, what the image holds)}} of one part, by its tables."""
    return {
        label: {(track, row["path"].read_text()) for track, rows in by_track.items() for row in rows}
        for label, by_track in split.tracks(folder).items()}


class SplitTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        archive(self.folder / "gtsrb")

    def prepare(self, name, seed=1):
        out = self.folder / name
        out.mkdir(exist_ok=True)
        return split.prepare(self.folder / "gtsrb", out, seed), contents(out / "train"), contents(out / "held-out")

    def test_a_fifth_of_the_tracks_of_every_class_is_held_out_whole(self):
        found, training, held_out = self.prepare("data")
        self.assertEqual(found["images"], {"train": FRAMES * 23, "held-out": FRAMES * 6})
        for label, expected in {0: 1, 1: 4, 2: 1}.items():
            tracks = [{track for track, _ in part[label]} for part in (training, held_out)]
            self.assertEqual(len(tracks[1]), expected)
            self.assertFalse(tracks[0] & tracks[1])
            images = training[label] | held_out[label]
            self.assertEqual(len(images), TRACKS[label] * FRAMES)
            self.assertTrue(all(text.startswith(f"{label} {track}_") for track, text in images))

    def test_the_seed_alone_decides(self):
        self.assertEqual(self.prepare("once")[1:], self.prepare("again")[1:])
        self.assertNotEqual(self.prepare("once")[1:], self.prepare("other", seed=2)[1:])

    def test_keeps_what_is_there_and_refuses_another_seed(self):
        first = self.prepare("data")
        self.assertEqual(first, self.prepare("data"))
        with self.assertRaises(split.SplitError):
            self.prepare("data", seed=2)

    def test_a_folder_without_tables_is_refused(self):
        with self.assertRaises(split.SplitError):
            split.tracks(self.folder / "elsewhere")


def options(out, **changes):
    settings = {
        "out": out, "greendiff": "greendiff", "threads": 1, "seeds": 2, "partitions": ["iid", "dirichlet"],
        "schemes": ["fedavg", "default"], "init": "builtin:signs-small", "rounds": 2, "local_iterations": 1, "batch_size": 4,
        "learning_rate": 1e-4, "train_flags": "--prediction sample"}
    return argparse.Namespace(**settings | changes)


class RunTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def test_every_scheme_has_every_seed_and_partition_once(self):
        names = [run.name for run in runs.chosen(options(self.folder))]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(len(names), 8)
        self.assertTrue(all(name.endswith("-1") for name in names[:4]))

    def test_a_run_that_began_is_resumed(self):
        run = Run(self.folder, "dirichlet", "default", 2)
        command = run.command(options(self.folder))
        self.assertEqual(command[command.index("--partition") + 1], "dirichlet:0.3")
        self.assertEqual(command[command.index("--prediction") + 1], "sample")
        self.assertEqual(command[command.index("--seed") + 1], "2")
        run.folder.mkdir(parents=True)
        (run.folder / "config.yaml").touch()
        self.assertEqual(run.command(options(self.folder))[-2:], ["--resume", run.folder])

    def test_only_a_whole_run_is_done(self):
        run = Run(self.folder, "iid", "fedavg", 1)
        self.assertFalse(run.is_done(2))
        (run.folder / "model").mkdir(parents=True)
        (run.folder / "summary.json").write_text('{"rounds_completed": 1}')
        self.assertFalse(run.is_done(2))
        (run.folder / "summary.json").write_text('{"rounds_completed": 2}')
        self.assertTrue(run.is_done(2))

    def test_a_line_that_is_being_written_is_no_record(self):
        run = Run(self.folder, "iid", "fedavg", 1)
        self.assertEqual(run.records(), [])
        run.folder.mkdir(parents=True)
        (run.folder / "rounds.jsonl").write_text('{"round": 1}\n{"rou')
        self.assertEqual(run.records(), [{"round": 1}])

    def test_refuses_other_settings_than_the_runs_began_with(self):
        runs.keep_settings(options(self.folder))
        runs.keep_settings(options(self.folder, seeds=3, threads=2))
        with self.assertRaisesRegex(RunError, "rounds 2, not 3"):
            runs.keep_settings(options(self.folder, rounds=3))


class TableTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.options = options(self.folder, features="lite0.safetensors", count=50, sampler="dpm++", steps=20)

    def fill(self, scheme, seed, distance):
        run = Run(self.folder, "iid", scheme, seed)
        (run.folder / "model").mkdir(parents=True)
        (run.folder / "summary.json").write_text('{"rounds_completed": 2}')
        line = {"upload_bytes": 3e6, "download_bytes": 5e6, "energy_total_j": 1.5, "energy_compute_j": 1.0, "loss_held_out": 0.5,
                "model_updated": True, "quantization_error_relative": 0.25}
        (run.folder / "rounds.jsonl").write_text(2 * (json.dumps(line) + "\n"))
        for reference, added in (("held-out", 0), ("train", 100)):
            results_path(run.beside, reference, self.options).write_text(json.dumps({
                "frechet_distance": distance + added, "kid_mean": 0.5, "precision": 0.25, "recall": 0.125,
                "sample_pixels": {"mean": [0.25, 0.5, 0.75], "deviation": [0.2] * 3}}))

    def test_means_and_deviations_over_the_seeds(self):
        self.fill("fedavg", 1, 10)
        self.fill("fedavg", 2, 12)
        self.fill("default", 1, 7)
        found = tables.collect(self.options, 2)
        self.assertEqual(list(found), ["iid"])
        rows = tables.of_schemes(found["iid"], tables.QUALITY).splitlines()
        self.assertEqual(rows[2:], [
            "| FedAvg, 32 bits | 11.0 ± 1.4 | 0.500 ± 0.000 | 0.25 ± 0.00 | 0.12 ± 0.00 | 0.50000 ± 0.00000 |",
            "| on demand, lattice (default) | 7.0 | 0.500 | 0.25 | 0.12 | 0.50000 |"])
        rows = tables.of_schemes(found["iid"], tables.COST).splitlines()
        self.assertEqual(rows[3], "| on demand, lattice (default) | 3 | 2 | 6.0 | 10 | 0.25000 | 107.0 |")
        self.assertEqual(tables.collect(self.options, 3), {})


if __name__ == "__main__":
    unittest.main()
