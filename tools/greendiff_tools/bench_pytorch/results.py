"""The result file: a JSON document that is written after every case, and taken up again by --resume."""

import datetime
import hashlib
import json
import os
import platform
import subprocess


class ResultError(Exception):
    """A result file that cannot be used."""


class Results:
    """What was measured: `comparisons` of cases, `memory` of whole steps, and how much the machine was disturbed."""

    def __init__(self, path, document):
        self.path, self.document = path, document

    @classmethod
    def start(cls, path, bench, resume, precision):
        """An empty document, or the one at `path` if it is of the same `bench` binary and precision."""
        if path and os.path.exists(path):
            if not resume:
                raise ResultError(f"{path} exists; go on with it by --resume, or name another file")
            results = cls.load(path)
            if results.document["bench_sha256"] != _digest(bench):
                raise ResultError(
                    f"{path} is of another build of bench: start anew with another --json file, a table is of one build")
            if results.document.get("precision", "float32") != precision:
                raise ResultError(f"{path} was measured with --precision {results.document['precision']}: give the same")
            return results
        return cls(path, {
            "machine": {"cpu": cpu_name(), "processors": os.cpu_count(), "kernel": platform.release()},
            "started": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "commit": _commit(), "bench_sha256": _digest(bench), "precision": precision, "pytorch": None, "seconds": 0.0,
            "idle_wait_seconds": 0.0, "discarded_samples": 0, "comparisons": [], "memory": [],
        })

    @classmethod
    def load(cls, path):
        try:
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
            document["bench_sha256"], document["comparisons"], document["memory"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ResultError(f"{path} is no result file of bench-pytorch: {error!r}") from error
        return cls(path, document)

    @property
    def comparisons(self):
        return self.document["comparisons"]

    @property
    def memory(self):
        return self.document["memory"]

    @property
    def is_float32(self):
        """Whether both sides computed in float32; else layers are of whatever precision was faster, in each case another."""
        return self.document.get("precision", "float32") == "float32"

    def done(self):
        return {(record["case"], record["threads"]) for record in self.comparisons}

    def find(self, case, threads):
        return next((r for r in self.comparisons if (r["case"], r["threads"]) == (case, threads)), None)

    def write(self):
        """Replaces the file as a whole, so that a run that is cut leaves the last complete state."""
        if not self.path:
            return
        partial = self.path + ".partial"
        try:
            with open(partial, "w", encoding="utf-8") as file:
                json.dump(self.document, file, indent=1)
                file.write("\n")
            os.replace(partial, self.path)
        except OSError as error:
            raise ResultError(f"cannot write {self.path}: {error.strerror}") from error


def _digest(path):
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        raise ResultError(f"{path}: {error.strerror}; run swift build -c release --product bench") from error


def cpu_name():
    """The processor, as the system names it."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit():
    root = os.path.dirname(os.path.abspath(__file__))
    try:
        return subprocess.run(
            ["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
