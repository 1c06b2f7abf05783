"""The wheel of scripts/build-wheel, installed where there is no Swift: scripts/check-wheel runs this."""

import importlib.metadata
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import greendiff

COMMAND = Path(sys.executable).with_name("greendiff")
PROGRAM = greendiff.library_path().with_name("greendiff")
INSTALLED = Path(greendiff.__file__).parent.parent
# What every system of the wheel's name has: auditwheel leaves it out.
OF_THE_SYSTEM = r"(lib(c|m|z|stdc\+\+|gcc_s)|ld-linux-.*|linux-vdso)\.so[.\d]*"
# Prints the files that the library brings into a process.
MAPPED = """
import greendiff
def mapped(): return {line.split()[-1] for line in open("/proc/self/maps")}
before = mapped()
greendiff.version()
print(*(mapped() - before), sep="\\n")
"""
TRAINING = [
    "--data", "synthetic", "--preset", "tiny", "--devices", "2", "--images", "16", "--local-iterations", "1",
    "--batch-size", "2", "--threads", "2", "--compare-schemes", "off"]


def run(*arguments, **options):
    return subprocess.run([COMMAND, *map(str, arguments)], capture_output=True, text=True, **options)


def foreign(paths):
    """Libraries that are neither in the installed packages nor the system's."""
    paths = {path for path in paths if ".so" in path}
    return {path for path in paths if INSTALLED not in Path(path).resolve().parents
            and not re.fullmatch(OF_THE_SYSTEM, Path(path).name)}


class WheelTests(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def test_the_program_the_library_and_the_package_have_one_version(self):
        version = importlib.metadata.version("greendiff")
        self.assertEqual(run("--version").stdout, f"{version}\n")
        self.assertEqual(greendiff.version(), version)

    def test_program_and_library_load_nothing_from_elsewhere(self):
        listed = subprocess.run([PROGRAM], env={"LD_TRACE_LOADED_OBJECTS": "1"}, capture_output=True, text=True).stdout
        self.assertIn("libomp", listed)
        self.assertNotIn("not found", listed)
        self.assertEqual(foreign(re.findall(r"(\S+) \(0x", listed)), set())
        mapped = subprocess.run([sys.executable, "-c", MAPPED], capture_output=True, text=True).stdout.splitlines()
        self.assertIn(str(greendiff.library_path()), mapped)
        self.assertEqual(foreign(mapped), set())

    def test_train_and_sample(self):
        job = run("train", *TRAINING, "--rounds", 1, "--out", self.folder / "run")
        self.assertEqual(job.returncode, 0, job.stderr)
        for model in (self.folder / "run/model", "builtin:signs-small"):
            grid = self.folder / "grid.png"
            job = run("sample", "--checkpoint", model, "--count", 1, "--steps", 2, "--out", grid)
            self.assertEqual(job.returncode, 0, job.stderr)
            self.assertEqual(grid.read_bytes()[1:4], b"PNG")

    def test_the_library_finds_the_models_of_the_package(self):
        settings = {"init": "builtin:signs-small", "devices": 2, "images": 16, "rounds": 1, "local-iterations": 1}
        with greendiff.Run(self.folder / "run", settings) as run:
            self.assertGreater(len(run.begin().weights), 1_000_000)
        with self.assertRaisesRegex(greendiff.GreenDiffusionError, "known: cifar10-small, signs-small"):
            greendiff.Run(self.folder / "other", settings | {"init": "builtin:none"})

    def test_exit_status_and_the_end_by_a_closed_pipe_are_the_programs(self):
        self.assertEqual(run("trane").returncode, 64)
        self.assertEqual(run("inspect", self.folder / "nothing").returncode, 1)
        read, write = os.pipe()
        os.close(read)
        jobs = [subprocess.run([program, "--help"], stdout=write) for program in (COMMAND, PROGRAM)]
        os.close(write)
        self.assertEqual([job.returncode for job in jobs], [-signal.SIGPIPE] * 2)

    def test_an_interrupt_reaches_the_program(self):
        job = subprocess.Popen(
            [COMMAND, "train", *TRAINING, "--rounds", "100000", "--out", self.folder / "run"], stderr=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE)
        while not (self.folder / "run/rounds.jsonl").exists():
            self.assertIsNone(job.poll(), "the run has ended by itself")
        job.send_signal(signal.SIGINT)
        output, errors = job.communicate(timeout=120)
        self.assertNotIn("Traceback", errors)
        self.assertEqual(job.returncode, 130)


if __name__ == "__main__":
    unittest.main()
