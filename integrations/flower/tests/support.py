"""What the tests of runs on Flower's processes have in common."""

import json
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "integrations/python")]

import greendiff  # noqa: E402

PROGRAM = greendiff.library_path().with_name("greendiff")
SETTINGS = """
preset: tiny
devices: 3
images: 48
rounds: 2
local-iterations: 2
batch-size: 3
evaluate-every: 2
sample-every: 0
threads: 1
"""
# Steps that take long enough to be interrupted.
LONG = SETTINGS.replace("local-iterations: 2", "local-iterations: 400")


def lines(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def without_clock(records):
    return [{name: value for name, value in record.items() if not name.endswith("wall_s")} for record in records]


class FederationTests(unittest.TestCase):
    """`out` is the folder of the run on Flower, `near` that of the same run in one process."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.out, self.near = self.folder / "far", self.folder / "near"

    def settings(self, text):
        path = self.folder / "run.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def wait_until(self, condition, seconds=120):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.2)

    def wait_for_training(self, cluster, devices):
        for device in devices:
            log = cluster.folder / f"node-{device}.log"
            self.wait_until(lambda log=log: "Receiving: train" in log.read_text())

    def finish(self, process):
        log, _ = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 0, log)
        return log

    def assert_same_model(self, log):
        for name in ("model/diffusion_pytorch_model.safetensors", "model/config.json"):
            self.assertEqual((self.near / name).read_bytes(), (self.out / name).read_bytes(), log)

    def train_in_one_process(self, settings):
        subprocess.run([PROGRAM, "train", "--config", settings, "--out", self.near], check=True, capture_output=True)

    def assert_same_as_in_one_process(self, settings, log):
        self.train_in_one_process(settings)
        self.assert_same_model(log)
        for name in ("rounds.jsonl", "devices.jsonl"):
            self.assertEqual(without_clock(lines(self.near / name)), without_clock(lines(self.out / name)))
