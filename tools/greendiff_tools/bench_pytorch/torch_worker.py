"""One PyTorch process: reads a request a line on standard input, answers each with one line of JSON. See `worker.Worker`."""

import gc
import json
import os
import sys
import time
import warnings

REQUIREMENTS = """\
python3 -m venv .venv
.venv/bin/pip install --require-hashes --extra-index-url https://download.pytorch.org/whl/cpu -r tools/locks/pytorch.txt
scripts/bench-pytorch --python .venv/bin/python"""


def memory():
    with open("/proc/self/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status if line.startswith(("VmHWM", "VmRSS")))
    return {"peak_bytes": _bytes(fields["VmHWM"]), "resident_bytes": _bytes(fields["VmRSS"])}


def _bytes(kilobytes):
    return int(kilobytes.split()[0]) * 1024


class Session:
    """The prepared cases of a worker by the name of their slot."""

    def __init__(self, torch, make, precisions):
        self.torch, self.make, self.precisions = torch, make, precisions
        self.slots = {}
        self.configurations = {}

    def answer(self, request):
        kind = request["request"]
        if kind == "configure":
            self.configurations = request["configurations"]
            return {"version": self.torch.__version__, "threads": self.torch.get_num_threads(), "precisions": self.precisions}
        if kind == "prepare":
            self.torch.manual_seed(1)
            self.torch.set_num_threads(request["threads"])
            work, images = self.make(request["case"], request["slot"], self.configurations)
            self.slots[request["slot"]] = work
            return {"images": images}
        if kind == "run":
            return self.run(self.slots[request["slot"]], request["calls"])
        if kind == "release":
            self.slots.pop(request["slot"], None)
            gc.collect()
            return {}
        if kind == "memory":
            return memory()
        raise ValueError(f"unknown request {kind}")

    @staticmethod
    def run(work, calls):
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(calls):
            work()
        return {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}


def main():
    # What the libraries print must not mix with the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.filterwarnings("ignore")
    os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
    try:
        import torch

        from .torch_cases import make, precisions
    except ImportError as error:
        print(json.dumps({"error": f"{error}; to install what is missing:\n{REQUIREMENTS}"}), file=answers, flush=True)
        sys.exit(2)
    session = Session(torch, make, precisions())
    for line in sys.stdin:
        try:
            answer = session.answer(json.loads(line))
        except Exception as error:  # Whatever PyTorch raises is the answer to this request; the next may work.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
