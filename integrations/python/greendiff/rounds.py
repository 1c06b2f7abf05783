"""A run's server side and its devices, which may be in different processes or on different machines."""

import json
import os
from ctypes import byref, c_int32, c_int64, c_void_p
from dataclasses import dataclass

from ._library import call, free, taken


@dataclass(frozen=True)
class Answer:
    """What a device sends at the end of its part in a round."""

    text: bytes
    """JSON: outcome, reason, and what training was like."""
    frame: bytes | None
    """The update frame; None where the device sends nothing."""


@dataclass(frozen=True)
class Round:
    """An open round: what goes to the devices."""

    assignments: dict[int, bytes]
    """By device: its plan and what it must know, as JSON."""
    weights: bytes
    """What all of them start from: float32 values, little-endian."""


class _Handle:
    """Released when it is no longer used."""

    _kind = None

    def __init__(self):
        self._handle = c_void_p()

    def close(self):
        """Releases it; a run's folder may then be opened again."""
        if self._handle:
            free(self._kind, self._handle)
            self._handle = c_void_p()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        if getattr(self, "_handle", None):
            self.close()


def _lines(settings):
    """A configuration file's lines, from those or from a dict of settings."""
    if isinstance(settings, dict):
        settings = "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
    return settings.encode()


class Run(_Handle):
    """The server's side of a federated run. Its folder is that of `greendiff train`.

    Begins a run in `folder` with `settings` (a dict, or the lines of a configuration file), or takes up the one that the
    folder holds after its last finished round; settings may then name what may change.

    >>> with Run("runs/signs", {"preset": "tiny", "devices": 3, "rounds": 2, "images": 48}) as run:
    ...     devices = [Device(run.settings, number) for number in range(3)]
    ...     while run.rounds_left:
    ...         round = run.begin()
    ...         for number, assignment in round.assignments.items():
    ...             run.take(number, devices[number].answer(assignment, round.weights))
    ...         record = run.end()
    ...     run.finish()
    """

    _kind = "run"

    def __init__(self, folder, settings=""):
        super().__init__()
        self.settings = settings
        text = _lines(settings)
        call("run_open", os.fsencode(folder), text, len(text), byref(self._handle))

    def _rounds(self):
        completed, total = c_int32(), c_int32()
        call("run_rounds", self._handle, byref(completed), byref(total))
        return completed.value, total.value

    @property
    def rounds_completed(self):
        """Rounds done since the beginning of the run."""
        return self._rounds()[0]

    @property
    def rounds_left(self):
        """Rounds that are still to be done."""
        completed, total = self._rounds()
        return total - completed

    def begin(self):
        """Opens the next round and plans it: a `Round`."""
        assignments, weights = c_void_p(), c_void_p()
        call("run_begin", self._handle, byref(assignments), byref(weights))
        messages = json.loads(taken(assignments))
        return Round({message["device"]["id"]: json.dumps(message).encode() for message in messages}, taken(weights))

    def take(self, device, answer):
        """Takes what `Device.answer` gave on device number `device`. Raises `Rejected`, with nothing changed."""
        frame = answer.frame
        call("run_take", self._handle, device, answer.text, len(answer.text), frame, len(frame or b""))

    def lose(self, device, reason, late=False):
        """Ends the part of a device that is lost, or comes too late."""
        call("run_close", self._handle, device, late, reason.encode())

    def end(self):
        """Averages, evaluates, saves; the round's line of rounds.jsonl as a dict."""
        record = c_void_p()
        call("run_end", self._handle, byref(record))
        return json.loads(taken(record))

    def finish(self):
        """Writes model/, summary and report."""
        call("run_finish", self._handle)


class Device(_Handle):
    """One device of a run, with its images; `settings` are the run's, `number` says which device it is.

    With `partition: own`, setting `data` names images that this device alone has; else those of the run, of which it takes its
    share. `folder` keeps, between rounds, what quantization left out; runs with `error-feedback` need it.
    """

    _kind = "device"

    def __init__(self, settings, number, folder=None):
        super().__init__()
        text = _lines(settings)
        call("device_open", text, len(text), number, os.fsencode(folder) if folder else None, byref(self._handle))

    @property
    def images(self):
        """How many images it trains on."""
        count = c_int64()
        call("device_images", self._handle, byref(count))
        return count.value

    def answer(self, assignment, weights):
        """Trains as the assignment asks, from the server's weights; quantizes and codes the update: an `Answer`."""
        text, frame = c_void_p(), c_void_p()
        call(
            "device_answer", self._handle, assignment, len(assignment), weights, len(weights), byref(text), byref(frame))
        return Answer(taken(text), taken(frame))
