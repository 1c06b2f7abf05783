"""A process that does one side's work, kept alive and asked through its standard input and output."""

import json
import os
import subprocess
import sys

from ..paths import ROOT, TOOLS


class WorkerError(Exception):
    """A request that a worker could not answer."""


class Worker:
    """A running worker: a request is a line of JSON, and so is its answer.

    prepare(slot, case, threads)  allocates a case and names it
    run(slot, calls)              does its work so many times: wall and processor seconds
    release(slot)                 frees it
    memory                        bytes resident now and at most so far
    """

    def __init__(self, command, environment=None):
        self.name = os.path.basename(command[0])
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})},
                start_new_session=True)  # Ctrl-C is for us alone: a worker ends with its input.
        except OSError as error:
            raise WorkerError(f"cannot start {command[0]}: {error.strerror}") from error

    def ask(self, request, **fields):
        try:
            self.process.stdin.write(json.dumps({"request": request, **fields}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # A worker that ended said why in its last line.
        line = self.process.stdout.readline()
        if not line:
            raise WorkerError(f"{self.name} ended with status {self.process.wait()} at request {request} {fields or ''}")
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(f"{self.name}: {answer['error']}")
        return answer

    def close(self):
        """Ends the process: its requests have ended."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, error, *_):
        if error:
            self.process.kill()
        try:
            self.close()
        except BrokenPipeError:
            self.process.wait()


def our_worker(bench):
    return Worker([bench, "serve"])


def torch_worker(python, configurations):
    """A PyTorch worker that knows the presets' `configurations`."""
    worker = Worker([python, "-m", "greendiff_tools.bench_pytorch.torch_worker"], {"PYTHONPATH": str(TOOLS)})
    answer = worker.ask("configure", configurations=configurations)
    worker.version, worker.precisions = answer["version"], answer["precisions"]
    return worker


def default_python():
    """The interpreter that runs this, unless a virtual environment lies beside the sources."""
    local = str(ROOT / ".venv/bin/python")
    return local if os.access(local, os.X_OK) else sys.executable
