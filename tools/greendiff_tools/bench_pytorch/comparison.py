"""One case on so many threads: both sides sample by sample in turn."""

import statistics

from .problems import split_slot

OURS, OURS_BFLOAT16 = "greendiff", "greendiff bfloat16"
COMPILED = "compiled"
# A sample repeats the work until it has run so long: single calls of microseconds cannot be timed.
SAMPLE_SECONDS = 0.02
FEWEST_SAMPLES = 3
# Work that takes longer is warm after one call.
SLOW_SECONDS = 2.0
# A sample that was disturbed so often is kept.
DISTURBED_TRIES = 3


class Side:
    """What takes turns: a slot of a worker, and the samples it has given, in seconds a call."""

    def __init__(self, worker, slot, case, threads, verify=False):
        self.worker, self.slot = worker, slot
        fields = {"verify": True} if verify else {}
        self.work = worker.ask("prepare", slot=slot, case=case, threads=threads, **fields)
        self.calls, self.once, self.samples = 1, 0.0, []

    def warm_up(self):
        """Runs the work untimed, finds how many calls make a sample, and returns the seconds of such a sample."""
        self.once = self.worker.ask("run", slot=self.slot, calls=1)["seconds"]
        if self.once < SLOW_SECONDS:
            self.once = self.worker.ask("run", slot=self.slot, calls=1)["seconds"]
        if self.once < SAMPLE_SECONDS:
            calls = max(1, round(SAMPLE_SECONDS / 4 / max(self.once, 1e-6)))
            self.once = self.worker.ask("run", slot=self.slot, calls=calls)["seconds"] / calls
        self.calls = max(1, round(SAMPLE_SECONDS / max(self.once, 1e-6)))
        return self.once * self.calls

    def sample(self, idle):
        """Takes one sample on an idle machine; one that was disturbed is taken again."""
        for _ in range(DISTURBED_TRIES):
            idle.wait()
            before = idle.read()
            answer = self.worker.ask("run", slot=self.slot, calls=self.calls)
            if idle.undisturbed(before, idle.read(), answer["seconds"], answer["cpu_seconds"]):
                break
        self.samples.append(answer["seconds"] / self.calls)

    def release(self):
        self.worker.ask("release", slot=self.slot)

    def summary(self):
        return {
            "min_ms": min(self.samples) * 1e3, "median_ms": statistics.median(self.samples) * 1e3,
            "samples": len(self.samples), "calls_per_sample": self.calls,
        }


def sample_count(round_seconds, budget_seconds, most):
    """How many rounds of all sides fit into a budget; never fewer than a median needs."""
    return max(FEWEST_SAMPLES, min(most, int(budget_seconds / max(round_seconds, 1e-9))))


def compare(sides, idle, budget_seconds, most, layout_rounds):
    """Takes the samples of all `sides`, ours first, and returns the sides that were sampled to the end.

    After `layout_rounds`, or the warm-up where that is 0, PyTorch goes on in its fastest layout and precision alone, and we in
    our fastest precision."""
    costs = {side.slot: side.warm_up() for side in sides}
    remaining, done = list(sides), 0
    while True:
        if done == layout_rounds:
            remaining = drop_slower_ways(remaining)
        if done >= sample_count(sum(costs[side.slot] for side in remaining), budget_seconds, most):
            return remaining
        for side in remaining:
            side.sample(idle)
        done += 1


def group(slot):
    """Whose way of doing the work it is."""
    return "ours" if slot in (OURS, OURS_BFLOAT16) else COMPILED if slot == COMPILED else "pytorch"


def drop_slower_ways(sides):
    """Of ours and of PyTorch's ways the fastest, and what is compiled."""
    best = {}
    for side in sides:
        def seconds(way):
            return min([way.once, *way.samples])

        fastest = best.setdefault(group(side.slot), side)
        if seconds(side) < seconds(fastest):
            best[group(side.slot)] = side
    for side in sides:
        if side not in best.values():
            side.release()
    return [side for side in sides if side in best.values()]


def result(case, threads, sides):
    """The record of one comparison, from the sides that were sampled to the end."""
    by_group = {group(side.slot): side for side in sides}
    ours, peer = by_group["ours"], by_group["pytorch"]
    layout, precision = split_slot(peer.slot)
    record = {
        "case": case, "threads": threads, "images": ours.work.get("images"), "work": ours.work,
        "ours": {**ours.summary(), "precision": "bfloat16" if ours.slot == OURS_BFLOAT16 else "float32"},
        "pytorch": {**peer.summary(), "layout": layout, "precision": precision},
    }
    if COMPILED in by_group:
        record["compiled"] = by_group[COMPILED].summary()
    return with_ratios(record)


def with_ratios(record):
    """PyTorch's time over ours: how many times as fast ours is."""
    for name in ("min", "median"):
        record[f"ratio_{name}"] = record["pytorch"][f"{name}_ms"] / record["ours"][f"{name}_ms"]
    if "compiled" in record:
        record["ratio_compiled"] = record["compiled"]["median_ms"] / record["ours"]["median_ms"]
    return record
