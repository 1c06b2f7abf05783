"""The studies of objectives and samplers, with a program that answers at once."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from greendiff_tools.studies import evaluated, objectives, sampling

# Notes how it is called; trains by writing a run's record, evaluates by printing a distance that depends on the steps drawn.
PROGRAM = """#!{python}
import json, pathlib, sys
words = sys.argv[1:]
with open("{calls}", "a") as file:
    file.write(" ".join(words) + "\\n")
def value(flag):
    return words[words.index(flag) + 1]
if words[0] == "pretrain":
    folder = pathlib.Path(value("--resume" if "--resume" in words else "--out"))
    folder.mkdir(parents=True, exist_ok=True)
    steps = 1440 if "--resume" in words else int(value("--steps")) - {short}
    folder.joinpath("progress.jsonl").write_text(json.dumps({{"step": steps, "loss_held_out": 0.5}}) + "\\n")
elif value("--checkpoint").endswith("broken"):
    sys.exit("greendiff: no such model\\ngreendiff: broken is no model")
else:
    steps = int(value("--steps"))
    pixels = {{"mean": [0.25, 0.5, 0.75], "deviation": [0.1, 0.2, 0.3]}}
    print(json.dumps({{
        "kid_mean": 1 + 1 / steps, "kid_standard_error": 0.01, "frechet_distance": 100, "mind": 7, "precision": 0.5,
        "recall": 0.25, "sample_count": 10, "flops_per_image": steps * 1e9, "sample_pixels": pixels,
        "reference_pixels": pixels}}))
"""


class StudyTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.write_program(short=0)

    def write_program(self, short):
        self.program, self.calls = self.folder / "greendiff", self.folder / "calls"
        self.program.write_text(PROGRAM.format(python=sys.executable, calls=self.calls, short=short))
        self.program.chmod(0o755)

    def run_study(self, study, *words):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), mock.patch.object(sys, "argv", ["study", *map(str, words)]):
            study.main("")
        return output.getvalue()

    def count(self, command):
        return sum(line.startswith(command) for line in self.calls.read_text().splitlines())

    def train_objectives(self):
        return self.run_study(
            objectives, "train", self.folder / "out", "--data", "gtsrb:d", "--features", "f", "--greendiff", self.program,
            "--seeds", 1, 2, "--objectives", "eps", "v-minsnr")

    def test_objectives_are_trained_and_evaluated_once(self):
        self.train_objectives()
        self.assertEqual(self.count("pretrain"), 4)
        self.assertEqual(self.count("evaluate"), 4 * len(objectives.SAMPLERS))
        self.assertEqual(self.train_objectives(), "")
        self.assertEqual(self.count("pretrain"), 4)
        self.assertEqual(self.count("evaluate"), 4 * len(objectives.SAMPLERS))
        table = self.run_study(objectives, "table", self.folder / "out")
        self.assertRegex(table, r"\| epsilon +\| 2 +\| 1\.05 \(1\.05 to 1\.05\)")
        self.assertIn("0.50, 0.20", table)
        self.assertNotIn("SpeeD", table)

    def test_a_run_that_was_interrupted_is_gone_on_with(self):
        self.write_program(short=200)
        self.train_objectives()
        self.train_objectives()
        self.assertEqual(self.count("pretrain --resume"), 4)

    def measure_samplers(self, model):
        return self.run_study(
            sampling, "measure", self.folder / "out", model, "--reference", "gtsrb:d", "--features", "f", "--greendiff",
            self.program)

    def test_samplers_are_measured_once_and_compared_with_all_steps(self):
        self.measure_samplers("runs/a")
        self.measure_samplers("runs/a")
        self.assertEqual(self.count("evaluate"), len(sampling.CHAINS))
        table = self.run_study(sampling, "table", self.folder / "out", "runs/a")
        self.assertRegex(table, r"\| dpm\+\+ +\| 20 +\| 20\.0 +\| 50x +\| 100 +\| 1\.050 \+- 0\.010")

    def test_what_the_program_refuses_ends_the_study_and_leaves_no_result(self):
        with self.assertRaisesRegex(SystemExit, r"^study-sampling: .*broken is no model$"):
            self.measure_samplers("broken")
        self.assertEqual(list((self.folder / "out").iterdir()), [])

    def test_a_result_is_there_whole_or_not_at_all(self):
        path = self.folder / "result.json"
        with self.assertRaises(evaluated.ProgramError):
            evaluated.evaluated(path, self.program, "--checkpoint", "broken")
        self.assertFalse(path.exists())
        path.write_text(json.dumps({"kid_mean": 3}))
        self.assertEqual(evaluated.evaluated(path, self.folder / "missing"), {"kid_mean": 3})
