"""The package with the library that this repository builds."""

import json
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import greendiff

PROGRAM = greendiff.program_path()
SETTINGS = {
    "preset": "tiny", "devices": 3, "images": 48, "rounds": 3, "local-iterations": 2, "batch-size": 3, "learning-rate": 0.002,
    "evaluate-every": 2, "sample-every": 0, "threads": 1, "group-size": 64}


def weights(folder):
    return (Path(folder) / "model/diffusion_pytorch_model.safetensors").read_bytes()


class RoundsTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def drive(self, run, answering, rounds=10):
        for _ in range(min(rounds, run.rounds_left)):
            opened = run.begin()
            for number, answer in answering(opened):
                run.take(number, answer)
            record = run.end()
        return record

    def test_a_run_by_python_is_the_programs(self):
        flags = [word for name, value in SETTINGS.items() for word in (f"--{name}", str(value))]
        subprocess.run([PROGRAM, "train", *flags, "--out", self.folder / "near"], check=True, capture_output=True)
        devices = [greendiff.Device(SETTINGS, number) for number in range(3)]

        def one_after_another(opened):
            return [(n, devices[n].answer(text, opened.weights)) for n, text in opened.assignments.items()]

        def all_at_once(opened):
            answers = {}
            threads = [
                threading.Thread(target=lambda n=n, text=text: answers.update({n: devices[n].answer(text, opened.weights)}))
                for n, text in opened.assignments.items()]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return answers.items()

        with greendiff.Run(self.folder / "far", SETTINGS) as run:
            self.drive(run, all_at_once, rounds=1)
        with greendiff.Run(self.folder / "far") as run:
            self.assertEqual(run.rounds_completed, 1)
            record = self.drive(run, one_after_another)
            run.finish()
        self.assertEqual(record["round"], 3)
        self.assertEqual(weights(self.folder / "near"), weights(self.folder / "far"))

    def test_lost_late_and_damaged_devices_leave_the_others_average(self):
        with greendiff.Run(self.folder / "run", SETTINGS) as run:
            opened = run.begin()
            self.assertEqual(len(opened.assignments), 3)
            answer = greendiff.Device(SETTINGS, 0).answer(opened.assignments[0], opened.weights)
            damaged = bytearray(answer.frame)
            damaged[len(damaged) // 2] ^= 1
            with self.assertRaisesRegex(greendiff.Rejected, "."):
                run.take(0, greendiff.Answer(answer.text, bytes(damaged)))
            run.take(0, answer)
            with self.assertRaisesRegex(greendiff.Rejected, "already counted"):
                run.take(0, answer)
            run.lose(1, "the node is gone")
            run.lose(2, "five minutes are over", late=True)
            self.assertEqual(run.end()["devices_accepted"], 1)
        records = [json.loads(line) for line in (self.folder / "run/devices.jsonl").read_text().splitlines()]
        self.assertEqual({record["device"]: record["status"] for record in records}, {0: "ok", 1: "dropped", 2: "late"})

    def test_errors_have_their_class_and_the_programs_words(self):
        with self.assertRaisesRegex(greendiff.BadSetting, "rondes"):
            greendiff.Run(self.folder / "run", {"rondes": 3})
        with self.assertRaisesRegex(greendiff.BadSetting, "none of the run's 3 devices"):
            greendiff.Device(SETTINGS, 3)
        with greendiff.Run(self.folder / "run", SETTINGS), self.assertRaises(greendiff.BadFile):
            greendiff.Run(self.folder / "run")
        self.assertRegex(greendiff.version(), r"^\d+\.\d+\.\d+$")
