"""Nodes that send what they should not: refused by name, and the others' average is as if they had sent nothing."""

import shutil
import subprocess
import unittest

import greendiff

from .support import SETTINGS, FederationTests, lines

from greendiff_tools.flower.cluster import APP, Cluster  # isort: skip

# What the nodes' app is then. Each message has a process of its own: what was sent is kept in a folder.
HOSTILE = """

import os
import struct
from pathlib import Path

import xxhash

from greendiff import Answer

honest_answer = answer


def put(frame, offset, new):
    # With a checksum that says so.
    body = frame[:offset] + new + frame[offset + len(new) : -8]
    return body + struct.pack("<Q", xxhash.xxh3_64_intdigest(body))


def answer(given):
    sent = Path(os.environ["SENT"])
    sent.mkdir(exist_ok=True)
    number = len(list(sent.iterdir())) + 1
    frame = given.frame
    (sent / str(number)).write_bytes(frame)
    damaged = bytearray(frame)
    damaged[len(frame) // 2] ^= 1
    first = 216 + int.from_bytes(frame[12:16], "little")
    match (int(os.environ["DEVICE"]), number):
        case 1, 1:
            frame = bytes(damaged)
        case 1, 2:
            frame = put(frame, first, struct.pack("<f", float("nan")))
        case 2, 1:
            frame = frame + bytes(20_000_000)
        case 2, 2:
            frame = put(frame, 80, struct.pack("<d", 1e-9))
        case 3, 1:
            raise RuntimeError("no power")
        case 3, 2:
            frame = (sent / "1").read_bytes()
    return honest_answer(Answer(given.text, frame))
"""
# Of devices 1 to 3 in the rounds 1 and 2.
REASONS = {
    (1, 1): "checksum", (2, 1): "nan", (1, 2): "limit", (2, 2): "expected error is 1e-09", (1, 3): "no power", (2, 3): "round"}


class HostileTests(FederationTests):
    def test_bad_frames_are_refused_by_name_and_the_average_is_untouched(self):
        app = self.folder / "app"
        shutil.copytree(APP, app, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        client = app / "greendiff_flower/client_app.py"
        client.write_text(client.read_text() + HOSTILE)
        text = SETTINGS.replace("devices: 3", "devices: 4").replace("rounds: 2", "rounds: 3")
        with Cluster(self.folder / "cluster", range(4)) as cluster:
            log = self.finish(cluster.begin(self.settings(text), self.out, output=subprocess.PIPE, app=app))
        records = {(record["round"], record["device"]): record for record in lines(self.out / "devices.jsonl")}
        for place, record in records.items():
            words = REASONS.get(place)
            status = "dropped" if words == "no power" else "rejected" if words else "ok"
            self.assertEqual(record["status"], status, f"{place}\n{log}")
            self.assertIn(words or "", record.get("reason", ""))
        self.assertIn("device 1: refused", log)
        devices = [greendiff.Device(text, number) for number in range(4)]
        with greendiff.Run(self.near, text) as run:
            while run.rounds_left:
                opened = run.begin()
                for number, assignment in opened.assignments.items():
                    if number == 0 or run.rounds_left == 1:
                        run.take(number, devices[number].answer(assignment, opened.weights))
                run.end()
            run.finish()
        self.assert_same_model(log)


if __name__ == "__main__":
    unittest.main()
