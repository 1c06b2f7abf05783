"""Federated training by the program, in a process of its own, and the records of runs."""

import json
import os
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ._library import BadArgument
from ._program import arguments, failure

_SECONDS_BETWEEN_LOOKS = 0.1
_INTERRUPTED = (128 + signal.SIGINT, -signal.SIGINT)


@dataclass(frozen=True)
class Training:
    """A run after `train`."""

    folder: Path
    """The run's folder, with `model/` (opens in diffusers), `report.html`, records and checkpoints."""
    records: list[dict]
    """The lines of rounds.jsonl: one dict a round, from the run's beginning."""
    summary: dict
    """summary.json: what the whole run came to."""
    is_complete: bool
    """False where `on_round` stopped it: `train(resume=run)` goes on."""

    def __fspath__(self):
        return str(self.folder)


def train(config=None, on_round=None, *, resume=None, **flags):
    """Trains or fine-tunes across devices, as `greendiff train` does, and waits for the end: a `Training`.

    `config`: a dict of settings, or the path of a YAML file. `flags` override it: those of `greendiff train --help` with
    underscores, such as `init`, `data`, `rounds`, `devices`, `out` (the run's folder; the first free of runs/run-001 ... where
    none is named). True is the flag alone, False is off, lists are joined by commas. `resume`: a run, or its folder, to go on
    with; `rounds` may ask for more.

    `on_round` is called with each line of rounds.jsonl as a dict while the run goes on: `round`, `loss`, `energy_total_j` (J),
    `upload_bytes`, `wall_s` (s), and what docs/run-directory.md lists. Where it returns False the run ends after the round in
    progress, saved. Ctrl-C does the same, and raises KeyboardInterrupt then; a second one ends it at once.

    Raises `BadSetting` for flags and values, `GreenDiffusionError` for a run that fails, with the program's one line.

    >>> import greendiff
    >>> settings = {"preset": "tiny", "devices": 2, "images": 32, "local_iterations": 1, "batch_size": 2}
    >>> run = greendiff.train(settings, lambda record: print("round", record["round"]), rounds=2, out="runs/tiny")
    round 1
    round 2
    >>> len(greendiff.train(resume=run, rounds=3).records)
    3
    """
    if isinstance(config, dict):
        flags = {**{name.replace("-", "_"): value for name, value in config.items()}, **flags}
    elif config is not None:
        flags["config"] = config
    if flags.pop("dry_run", False):
        raise BadArgument("dry_run prints a plan for people; run python -m greendiff train --dry-run")
    folder = Path(resume if resume is not None else flags.setdefault("out", _free_folder()))
    words = arguments("train", {"resume": resume, **flags}, off="off")
    rounds = folder / "rounds.jsonl"
    follower = _Follower(rounds, _lines(rounds), flags.get("from_round"), on_round)
    with tempfile.TemporaryFile("w+", errors="replace") as errors:
        # A group of its own: Ctrl-C reaches it through this process alone, once.
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, text=True, process_group=0)
        stopped = _wait(process, follower)
        errors.seek(0)
        if process.returncode and not (stopped and process.returncode in _INTERRUPTED):
            raise failure(process.returncode, errors.read())
    summary = folder / "summary.json"
    return Training(
        folder, [json.loads(line) for line in _lines(rounds)], json.loads(summary.read_text()) if summary.exists() else {},
        is_complete=process.returncode == 0)


def _free_folder():
    """The first of runs/run-001, runs/run-002, ... that is not there."""
    number = 1
    while os.path.exists(folder := f"runs/run-{number:03d}"):
        number += 1
    return folder


def _lines(path):
    """The whole lines of a file of records; none where it is not there."""
    return path.read_bytes().split(b"\n")[:-1] if path.exists() else []


class _Follower:
    """Hands over the lines that a run adds to its records."""

    def __init__(self, path, old, from_round, on_round):
        self.path, self.old, self.on_round = path, old, on_round
        self.done = len(old) if from_round is None else int(from_round)
        self.size = None

    def look(self, is_over=False):
        """Hands over new lines; False where somebody wants the run to end. A run that goes back first drops its old lines."""
        size = os.path.getsize(self.path) if os.path.exists(self.path) else 0
        if size == self.size and not is_over:
            return True
        self.size = size
        for line in _lines(self.path)[self.done:] if self.on_round else []:
            if not is_over and self.done < len(self.old) and line == self.old[self.done]:
                break
            self.done += 1
            if self.on_round(json.loads(line)) is False:
                self.on_round = None
                return False
        return True


def _wait(process, follower):
    """Follows the process to its end; whether it was asked to end before that."""
    stopped = False
    try:
        while process.poll() is None:
            if not follower.look():
                stopped = True
                process.send_signal(signal.SIGINT)
            try:
                process.wait(_SECONDS_BETWEEN_LOOKS)
            except subprocess.TimeoutExpired:
                continue
        follower.look(is_over=True)
        return stopped
    except BaseException:
        # The round in progress is finished and saved; a second Ctrl-C ends it at once.
        _end(process)
        raise


def _end(process):
    process.send_signal(signal.SIGINT)
    try:
        process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise


def records(run, devices=False):
    """The records of a run as a pandas DataFrame: a row a round, or a row a device and round with `devices`.

    `run`: a `Training`, or the folder of a run, which may be in training. Columns are the fields of rounds.jsonl or
    devices.jsonl (docs/run-directory.md), energies in J, times in s; NaN where a round has no such value.

    Raises `ImportError` where pandas is not installed, `FileNotFoundError` for a folder without a run.

    >>> import greendiff
    >>> run = greendiff.train({"preset": "tiny", "devices": 2, "images": 32}, rounds=1, local_iterations=1, batch_size=2)
    >>> table = greendiff.records(run, devices=True)
    >>> table["status"].tolist(), bool((table["energy_total_j"] > 0).all())
    (['ok', 'ok'], True)
    """
    try:
        import pandas
    except ImportError:
        raise ImportError("records gives a pandas DataFrame, and pandas is not installed; pip install pandas") from None
    path = Path(run) / ("devices.jsonl" if devices else "rounds.jsonl")
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; name the folder of a run")
    return pandas.DataFrame([json.loads(line) for line in _lines(path)])
