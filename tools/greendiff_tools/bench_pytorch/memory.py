"""Peak memory of a whole step, each side in a fresh process."""

from .cases import MODEL
from .problems import split_slot
from .worker import our_worker, torch_worker

ACTIONS = ["train", "fwd"]
# The second step has all moments and buffers that later ones have.
STEPS = 2


def measure(make_worker, case, slot, threads):
    """The most memory that a fresh worker had, and how much of that came with the work rather than with the run time."""
    with make_worker() as worker:
        before = worker.ask("memory")["resident_bytes"]
        worker.ask("prepare", slot=slot, case=case, threads=threads)
        worker.ask("run", slot=slot, calls=STEPS)
        peak = worker.ask("memory")["peak_bytes"]
    return {"peak_bytes": peak, "runtime_bytes": before, "work_bytes": peak - before}


def compare(case, our_case, threads, slot, bench, python, configurations):
    """`our_case` is `case` in the precision that we run it in; `slot` says how PyTorch does."""
    ours = measure(lambda: our_worker(bench), our_case, "ours", threads)
    peer = measure(lambda: torch_worker(python, configurations), case, slot, threads)
    layout, precision = split_slot(slot)
    return {
        "case": case, "threads": threads, "ours": ours, "pytorch": {**peer, "layout": layout, "precision": precision},
        "ratio_peak": ours["peak_bytes"] / peer["peak_bytes"], "ratio_work": ours["work_bytes"] / peer["work_bytes"],
    }


def cases(batches):
    return [f"unet/{action}/{MODEL}/n{batch}" for action in ACTIONS for batch in batches]
