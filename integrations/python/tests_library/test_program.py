"""What runs the program as a process of its own: training, drawing, judging."""

import builtins
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

import greendiff
from greendiff._program import arguments

SETTINGS = {"preset": "tiny", "devices": 2, "images": 32, "local-iterations": 1, "batch_size": 2, "threads": 1, "sample_every": 0}


class ProgramTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def train(self, config=None, on_round=None, **flags):
        return greendiff.train(SETTINGS if config is None else config, on_round, out=self.folder / "run", **flags)

    def test_flags_are_written_as_the_program_reads_them(self):
        options = {"group_size": 64, "karras": True, "out": None, "class": ["stop", 30], "images": Path("a"), "json": False}
        self.assertEqual(
            arguments("sample", options)[1:], ["sample", "--group-size", "64", "--karras", "--class", "stop,30", "--images", "a"])
        self.assertEqual(arguments("train", {"compare_schemes": False}, off="off")[2:], ["--compare-schemes", "off"])

    def test_every_round_is_told_and_kept(self):
        told = []
        run = self.train(on_round=told.append, rounds=3, compare_schemes=False)
        self.assertTrue(run.is_complete)
        self.assertEqual(told, run.records)
        self.assertEqual([record["round"] for record in told], [1, 2, 3])
        self.assertEqual(run.summary["rounds_completed"], 3)
        table = greendiff.records(run)
        self.assertEqual(table["energy_total_j"].tolist(), [record["energy_total_j"] for record in told])
        self.assertEqual(len(greendiff.records(run.folder, devices=True)), 6)
        again = greendiff.train(self.folder / "run/config.yaml", out=self.folder / "again")
        self.assertEqual([record["loss"] for record in again.records], [record["loss"] for record in told])

    def test_false_stops_a_run_that_can_be_resumed_and_sent_back(self):
        run = self.train(on_round=lambda record: record["round"] < 2, rounds=100_000)
        self.assertFalse(run.is_complete)
        done = len(run.records)
        self.assertGreaterEqual(done, 2)
        told = []

        def follow(record):
            told.append(record["round"])
            return len(told) < 2

        longer = greendiff.train(resume=run, on_round=follow)
        self.assertEqual(told, [done + 1, done + 2])
        newest = len(longer.records)
        told.clear()
        greendiff.train(resume=run, from_round=newest - 1, on_round=follow)
        self.assertEqual(told, [newest, newest + 1])

    def test_ctrl_c_and_errors_of_a_callback_leave_a_run_that_is_saved(self):
        # Whoever runs these in the background has it ignored.
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))

        def interrupt(record):
            os.kill(os.getpid(), signal.SIGINT)

        with self.assertRaises(KeyboardInterrupt):
            self.train(on_round=interrupt, rounds=100_000)
        done = len(greendiff.records(self.folder / "run"))
        self.assertGreaterEqual(done, 1)

        def fail(record):
            raise LookupError(record["round"])

        with self.assertRaisesRegex(LookupError, str(done + 1)):
            greendiff.train(resume=self.folder / "run", on_round=fail)
        self.assertTrue((self.folder / "run/model/config.json").exists())

    def test_errors_are_the_programs_line(self):
        with self.assertRaisesRegex(greendiff.BadSetting, "^Unknown option '--rondes'.*--rounds"):
            self.train(rondes=3)
        with self.assertRaisesRegex(greendiff.GreenDiffusionError, "^nowhere.yaml does not exist"):
            self.train("nowhere.yaml")
        with self.assertRaisesRegex(greendiff.BadArgument, "dry-run"):
            self.train(dry_run=True)
        with self.assertRaisesRegex(greendiff.GreenDiffusionError, "nowhere"):
            greendiff.sample("nowhere")
        with self.assertRaisesRegex(FileNotFoundError, "name the folder of a run"):
            greendiff.records(self.folder)
        find = builtins.__import__
        with mock.patch("builtins.__import__", lambda name, *rest: find("no_" + name if name == "pandas" else name, *rest)):
            with self.assertRaisesRegex(ImportError, "pip install pandas"):
                greendiff.records(self.folder)

    def test_images_are_those_of_the_program(self):
        flags = {"sampler": "dpm++", "steps": 2, "seed": 3, "threads": 1}
        images = greendiff.sample("builtin:signs-small", 2, images=self.folder / "drawn", **flags)
        self.assertEqual((images.shape, images.dtype), ((2, 3, 32, 32), np.float32))
        self.assertEqual(len(list((self.folder / "drawn").glob("*.png"))), 2)
        np.testing.assert_array_equal(greendiff.sample("builtin:signs-small", 1, **flags), images[:1])
        noise = np.random.default_rng(0).normal(size=(2, 3, 32, 32))
        first = greendiff.sample("builtin:signs-small", noise=noise, **flags)
        self.assertEqual(first.shape, noise.shape)
        self.assertFalse(np.array_equal(first, images))

    def test_arrays_are_judged_as_files_are(self):
        random = np.random.default_rng(0)
        real, made = random.normal(size=(200, 6)), random.normal(1, size=(100, 6)).astype(np.float32)
        report = greendiff.evaluate(real, made, threads=1)
        shift = np.sum((real.mean(0) - made.mean(0)) ** 2)
        self.assertGreater(report["frechet_distance"], shift)
        self.assertLess(report["frechet_distance"], shift + 1)
        self.assertEqual((report["reference_count"], report["sample_count"]), (200, 100))
        with self.assertRaisesRegex(greendiff.GreenDiffusionError, "only a network makes features"):
            greendiff.evaluate(np.zeros((4, 32, 32, 3), np.uint8), np.zeros((4, 3, 32, 32), np.float32))
        with self.assertRaisesRegex(greendiff.BadArgument, "neither images"):
            greendiff.evaluate(np.zeros(4), made)

    def test_the_package_runs_the_program(self):
        root = Path(greendiff.__file__).parents[1]
        words = [sys.executable, "-m", "greendiff", "--version"]
        done = subprocess.run(words, capture_output=True, text=True, cwd=self.folder, env={**os.environ, "PYTHONPATH": str(root)})
        self.assertEqual(done.stdout.strip(), greendiff.__version__)
        with mock.patch.dict(os.environ, {"GREENDIFF_PROGRAM": "nowhere"}), self.assertRaisesRegex(ImportError, "GREENDIFF_PROGRAM"):
            greendiff.program_path()
