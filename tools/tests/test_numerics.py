"""The curves of runs that compute in different ways."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from greendiff_tools.studies.numerics import command, curves


class CurveTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)

    def record(self, way, seed, losses):
        run = self.out / f"{way}-{seed}"
        run.mkdir()
        lines = [{"step": 50 * (i + 1), "loss": loss} for i, loss in enumerate(losses)]
        lines[-1]["loss_held_out"] = losses[-1] / 2
        run.joinpath("progress.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def record_all(self):
        for seed, offset in ((1, 0.0), (2, 0.1)):
            self.record("float32", seed, [0.9, 0.4 + offset, 0.3 + offset])
            self.record("bfloat16", seed, [0.9, 0.42 + offset, 0.3 + offset])

    def test_ways_and_seeds_are_told_apart(self):
        self.record_all()
        ways, seeds = curves.spreads(curves.read_curves(self.out, ["float32", "bfloat16"]))
        self.assertAlmostEqual(ways, 0.02)
        self.assertAlmostEqual(seeds, 0.1)
        losses = curves.held_out(self.out, ["float32", "bfloat16"])
        self.assertEqual({way: [round(loss, 6) for loss in found] for way, found in losses.items()},
                         {"float32": [0.15, 0.2], "bfloat16": [0.15, 0.2]})

    def test_draws_both_files(self):
        self.record_all()
        images = self.out / "images"
        images.mkdir()
        words = ["study-numerics", "draw", "precisions", str(self.out), str(images)]
        with mock.patch("sys.argv", words), contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertEqual(command.main(""), 0)
        self.assertIn("bfloat16: held-out loss 0.1750 (0.1500 to 0.2000)", printed.getvalue())
        self.assertEqual(images.joinpath("precision-losses.csv").read_text(encoding="utf-8").count("\n"), 13)
        picture = images.joinpath("precision-losses.svg").read_text(encoding="utf-8")
        self.assertIn("preset small on CIFAR-10, mean of 50 steps and 2 seeds", picture)

    def test_missing_and_unfinished_runs_are_named(self):
        self.record("float32", 1, [0.9, 0.4])
        with self.assertRaises(SystemExit) as missing:
            curves.read_curves(self.out, ["float32", "bfloat16"])
        self.assertIn("no runs of bfloat16", str(missing.exception))
        self.record("bfloat16", 1, [0.9])
        with self.assertRaises(SystemExit) as short:
            curves.read_curves(self.out, ["float32", "bfloat16"])
        self.assertIn("are not finished", str(short.exception))
