"""The command line of scripts/bench-pytorch."""

import argparse
import contextlib
import re
import sys
import time

from ..paths import BENCH
from . import memory, problems
from .cases import Shapes
from .comparison import COMPILED, OURS, OURS_BFLOAT16, Side, compare, result
from .idle import BusyMachine, IdleCheck
from .results import ResultError, Results
from .tables import HEADER, comparison_line, memory_line, terminal_summary
from .worker import WorkerError, default_python, our_worker, torch_worker

PRECISIONS = ("float32", "bfloat16", "fastest")
# Seconds that the samples of one case may take beyond the fewest.
WHOLE_BUDGET, LAYER_BUDGET = 6.0, 0.3


def integers(text):
    values = [int(part) for part in text.split(",")]
    if any(value < 1 for value in values):
        raise argparse.ArgumentTypeError(f"{text} has a number below 1")
    return values


def parse(arguments, description):
    parser = argparse.ArgumentParser(
        prog="bench-pytorch", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write results here after every case")
    parser.add_argument("--resume", action="store_true", help="go on with the cases that FILE has not yet")
    parser.add_argument("--report", action="store_true", help="print the tables of FILE and measure nothing")
    parser.add_argument("--filter", metavar="REGEX", help="only cases whose problem string matches")
    parser.add_argument(
        "--precision", choices=PRECISIONS, default="float32",
        help="float32 on both sides; or our bfloat16, or our fastest, against PyTorch's fastest of float32, autocast to "
        "bfloat16 and fp32_precision 'bf16' (float32)")
    parser.add_argument("--batch", type=integers, default=[1, 4, 8, 16, 32], help="images a step (1,4,8,16,32)")
    parser.add_argument("--threads", type=integers, default=[1, 2], help="threads (1,2)")
    parser.add_argument("--samples", type=int, default=15, help="most samples a case and side (15)")
    parser.add_argument("--quick", action="store_true", help="batch 8 and 16, layers at batch 8, 2 threads, fewer samples")
    parser.add_argument("--compile", action="store_true", help="also torch.compile the whole steps (minutes a case)")
    parser.add_argument("--no-memory", action="store_true", help="leave out the peak memory in fresh processes")
    parser.add_argument("--python", default=default_python(), help="an interpreter with torch and diffusers (%(default)s)")
    parser.add_argument("--bench", default=str(BENCH), help="our program")
    parser.add_argument("--idle-limit", type=float, default=120, metavar="S", help="longest wait for an idle machine (120)")
    options = parser.parse_args(arguments)
    if (options.resume or options.report) and not options.json:
        parser.error("--resume and --report need --json FILE")
    options.layer_batches = options.batch
    if options.quick:
        options.batch, options.layer_batches, options.threads, options.samples = [8, 16], [8], [2], 7
    return options


class Run:
    """A comparison of all chosen cases."""

    def __init__(self, options):
        self.options = options
        self.results = Results.start(options.json, options.bench, options.resume, options.precision)
        self.shapes = Shapes(options.bench)
        self.idle = IdleCheck(options.idle_limit)
        self.verified = set()

    def chosen(self, name):
        return not self.options.filter or re.search(self.options.filter, name)

    def run(self):
        options, results, done = self.options, self.results, self.results.done()
        cases = self.shapes.cases(options.batch, options.threads, options.layer_batches)
        cases = [case for case in cases if self.chosen(case.name) and case.key not in done]
        print(f"{len(cases)} cases; ratios are PyTorch's time over ours\n{HEADER}", flush=True)
        with our_worker(options.bench) as ours, torch_worker(options.python, self.shapes.configurations) as peer:
            results.document["pytorch"] = peer.version
            self.idle.speed = lambda: self.speed(ours)
            for case in cases:
                with self.timed():
                    self.compare(case, ours, peer)
        if not options.no_memory:
            self.measure_memory()

    def speed(self, ours):
        answer = ours.ask("speed", threads=max(self.options.threads))
        return answer["flops_per_second"], answer["bytes_per_second"]

    @contextlib.contextmanager
    def timed(self):
        """Adds up what the work within cost and writes the results."""
        start, waited, discarded = time.monotonic(), self.idle.waited_seconds, self.idle.discarded
        yield
        document = self.results.document
        document["seconds"] += time.monotonic() - start
        document["idle_wait_seconds"] += self.idle.waited_seconds - waited
        document["discarded_samples"] += self.idle.discarded - discarded
        self.results.write()

    def compare(self, case, ours, peer):
        whole, layer = problems.is_whole(case.name), problems.is_layer(case.name)
        waited = self.idle.waited_seconds
        slots = problems.peer_slots(case.name, self.options.precision != "float32", peer.precisions)
        slots += [COMPILED] if self.options.compile and whole else []
        verify = self.needs_verification(case.name)
        sides = [Side(ours, slot, name, case.threads, verify=verify) for slot, name in self.our_ways(case.name)]
        sides += [Side(peer, slot, case.name, case.threads) for slot in slots]
        budget, layout_rounds, patience = (LAYER_BUDGET, 1, 0.2) if layer else (WHOLE_BUDGET, 0, 3.0)
        self.idle.begin(patience)
        remaining = compare(sides, self.idle, budget, self.options.samples, layout_rounds)
        record = result(case.name, case.threads, remaining)
        record["calls_per_step"] = case.calls
        record["idle_wait_seconds"] = self.idle.waited_seconds - waited
        for side in remaining:
            side.release()
        self.results.comparisons.append(record)
        print(comparison_line(record), flush=True)

    def our_ways(self, name):
        """(slot, problem string) of each of our precisions that takes part."""
        reduced = [(OURS_BFLOAT16, problems.in_bfloat16(name))] if problems.has_precision(name) else []
        return {"float32": [(OURS, name)], "bfloat16": reduced or [(OURS, name)], "fastest": [(OURS, name), *reduced]}[
            self.options.precision]

    def needs_verification(self, name):
        """Whether this is the first case of its kind and shape: batches and threads are verified by the tests."""
        shape = re.sub(r"(?<=/n)\d+", "", name)
        first = shape not in self.verified
        self.verified.add(shape)
        return first

    def measure_memory(self):
        options, results = self.options, self.results
        done = {record["case"] for record in results.memory}
        for case in memory.cases(options.batch):
            if case in done or not self.chosen(case):
                continue
            threads = max(options.threads)
            timing = results.find(case, threads)
            ours, slot = case, "channels_last"
            if timing:
                ours = problems.in_bfloat16(case) if timing["ours"].get("precision") == "bfloat16" else case
                slot = problems.slot(timing["pytorch"])
            with self.timed():
                results.memory.append(
                    memory.compare(case, ours, threads, slot, options.bench, options.python, self.shapes.configurations))
            print(memory_line(results.memory[-1]), flush=True)


def main(description):
    options = parse(sys.argv[1:], description)
    try:
        if options.report:
            results = Results.load(options.json)
        else:
            run = Run(options)
            results = run.results
            run.run()
        print(terminal_summary(results))
    except KeyboardInterrupt:
        sys.exit("bench-pytorch: stopped" + ("; go on with --resume" if options.json else ""))
    except (WorkerError, ResultError, BusyMachine) as error:
        sys.exit(f"bench-pytorch: {error}")
