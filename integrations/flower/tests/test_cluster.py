"""A run on Flower's own processes: SuperLink, a SuperNode for each device, the app."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "integrations/python")]

from greendiff_tools.flower import security  # noqa: E402
from greendiff_tools.flower.cluster import APP, Cluster  # noqa: E402

import greendiff  # noqa: E402

PROGRAM = greendiff.library_path().with_name("greendiff")
SETTINGS = """
preset: tiny
devices: 3
images: 48
rounds: 3
local-iterations: 2
batch-size: 3
evaluate-every: 2
sample-every: 0
threads: 1
"""
# Steps that take long enough to be interrupted.
LONG = SETTINGS.replace("local-iterations: 2", "local-iterations: 400").replace("rounds: 3", "rounds: 1")
# What the nodes' app is for device 1, round by round: damaged, far too long, that of another round, and at last as it should be.
HOSTILE = """

import os
from pathlib import Path

from greendiff import Answer

honest_answer = answer


def answer(given):
    # A process for each round: what was sent is kept in a folder.
    if os.environ["DEVICE"] != "1":
        return honest_answer(given)
    sent = Path(os.environ["SENT"])
    sent.mkdir(exist_ok=True)
    number = len(list(sent.iterdir())) + 1
    (sent / str(number)).write_bytes(given.frame)
    damaged = bytearray(given.frame)
    damaged[len(damaged) // 2] ^= 1
    frames = {1: bytes(damaged), 2: given.frame + bytes(20_000_000), 3: (sent / "1").read_bytes()}
    return honest_answer(Answer(given.text, frames.get(number, given.frame)))
"""


def lines(path):
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]


def without_clock(records):
    return [{name: value for name, value in record.items() if name != "wall_s"} for record in records]


class ClusterTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)
        self.out = self.folder / "far"

    def settings(self, text):
        path = self.folder / "run.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    def wait_for_training(self, cluster):
        end = time.monotonic() + 120
        while "Receiving: train" not in (cluster.folder / "node-1.log").read_text():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.2)

    def finish(self, process):
        log, _ = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 0, log)
        return log

    def test_the_model_is_that_of_one_process_and_strangers_stay_out(self):
        settings = self.settings(SETTINGS)
        with Cluster(self.folder / "cluster", range(3), is_secure=True) as cluster:
            security.make_authority(cluster.folder, "other")
            strangers = [cluster.start_node(7, is_registered=False), cluster.start_node(8, authority="other")]
            log = self.finish(cluster.begin(settings, self.out, output=subprocess.PIPE, min_nodes=3))
            self.assertEqual([stranger.wait(30) for stranger in strangers], [1, 1])
        for device, words in ((7, "Failed to activate SuperNode"), (8, "CERTIFICATE_VERIFY_FAILED")):
            self.assertRegex((self.folder / f"cluster/node-{device}.log").read_text(), words)
        subprocess.run(
            [PROGRAM, "train", "--config", settings, "--out", self.folder / "near"], check=True, capture_output=True)
        for name in ("model/diffusion_pytorch_model.safetensors", "model/config.json"):
            self.assertEqual((self.folder / "near" / name).read_bytes(), (self.out / name).read_bytes(), log)
        for name in ("rounds.jsonl", "devices.jsonl"):
            self.assertEqual(
                without_clock(lines(self.folder / "near" / name)), without_clock(lines(self.out / name)))

    def test_devices_with_images_of_their_own_train_as_folders_of_one_process_do(self):
        for device, image in ((device, image) for device in range(3) for image in range(8)):
            path = self.folder / f"images/device-{device}/{image}.ppm"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"P6 16 16 255\n" + bytes((31 * device + 17 * image + place) % 256 for place in range(768)))
        text = SETTINGS.replace("images: 48\n", "") + "error-feedback: 3\ndemand: 0.3\n"
        with Cluster(self.folder / "cluster", []) as cluster:
            for device in range(3):
                data, state = self.folder / f"images/device-{device}", self.folder / f"state-{device}"
                cluster.start_node(device, f'data="folder:{data}"', f'state="{state}"')
            log = self.finish(cluster.begin(self.settings(text + "partition: own\n"), self.out, output=subprocess.PIPE))
        near = self.settings(text + f"partition: folders\ndata: folder:{self.folder}/images\n")
        subprocess.run([PROGRAM, "train", "--config", near, "--out", self.folder / "near"], check=True, capture_output=True)
        name = "model/diffusion_pytorch_model.safetensors"
        self.assertEqual((self.folder / "near" / name).read_bytes(), (self.out / name).read_bytes(), log)

    def test_a_node_that_is_killed_in_a_round_is_recorded_as_lost(self):
        with Cluster(self.folder / "cluster", range(3)) as cluster:
            process = cluster.begin(self.settings(LONG), self.out, output=subprocess.PIPE, deadline_s=120)
            self.wait_for_training(cluster)
            cluster.kill_node(1)
            log = self.finish(process)
        records = {record["device"]: record for record in lines(self.out / "devices.jsonl")}
        self.assertEqual({device: record["status"] == "ok" for device, record in records.items()}, {0: True, 1: False, 2: True}, log)
        self.assertIn(records[1]["status"], ("dropped", "late"))
        self.assertTrue((self.out / "model/config.json").exists())

    def test_a_superlink_that_is_killed_and_comes_back_completes_the_run(self):
        with Cluster(self.folder / "cluster", range(3), is_secure=True) as cluster:
            process = cluster.begin(self.settings(LONG), self.out, output=subprocess.PIPE)
            self.wait_for_training(cluster)
            cluster.kill_link()
            process.communicate(timeout=60)  # which only shows the log
            cluster.start_link()
            end = time.monotonic() + 180
            while not (self.out / "model").is_dir() and time.monotonic() < end:
                time.sleep(0.5)
        self.assertEqual([record["status"] for record in lines(self.out / "devices.jsonl")], ["ok"] * 3)

    def test_bad_frames_are_refused_by_name_and_the_average_is_untouched(self):
        app = self.folder / "app"
        shutil.copytree(APP, app, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        client = app / "greendiff_flower/client_app.py"
        client.write_text(client.read_text() + HOSTILE)
        text = SETTINGS.replace("rounds: 3", "rounds: 4")
        with Cluster(self.folder / "cluster", range(3)) as cluster:
            log = self.finish(cluster.begin(self.settings(text), self.out, output=subprocess.PIPE, app=app))
        records = [record for record in lines(self.out / "devices.jsonl") if record["device"] == 1]
        self.assertEqual([record["status"] for record in records], ["rejected"] * 3 + ["ok"], log)
        self.assertIn("device 1: refused", log)
        devices = [greendiff.Device(text, number) for number in range(3)]
        with greendiff.Run(self.folder / "near", text) as run:
            while run.rounds_left:
                opened = run.begin()
                for number, assignment in opened.assignments.items():
                    if number != 1 or run.rounds_left == 1:
                        run.take(number, devices[number].answer(assignment, opened.weights))
                run.end()
            run.finish()
        name = "model/diffusion_pytorch_model.safetensors"
        self.assertEqual((self.folder / "near" / name).read_bytes(), (self.out / name).read_bytes(), log)


if __name__ == "__main__":
    unittest.main()
