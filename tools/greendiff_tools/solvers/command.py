"""The command line of scripts/compare-solvers."""

import argparse
import json
import subprocess
import tempfile
import time

import numpy as np

from ..markdown import table
from ..paths import GREENDIFF
from . import reference
from .model import Device, random_fields


def parse(description):
    parser = argparse.ArgumentParser(
        prog="compare-solvers", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=100_000, metavar="N", help="random devices, each its band (100000)")
    parser.add_argument("--references", type=int, default=1000, metavar="N", help="how many of them scipy solves (1000)")
    parser.add_argument(
        "--shared", type=int, nargs="*", default=[2, 5, 10, 20], metavar="N", help="devices on one band (2 5 10 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--program", default=GREENDIFF, help="our program")
    parser.add_argument("--json", metavar="FILE", help="write the rows here as well")
    return parser.parse_args()


def run_ours(program, path, *arguments):
    """What `greendiff plan` says about the devices of a file, and the seconds that it took."""
    start = time.perf_counter()
    result = subprocess.run(
        [program, "plan", "--devices", path, "--format", "json", *arguments], capture_output=True, text=True, check=True)
    return json.loads(result.stdout), time.perf_counter() - start


def timed(function, items):
    start = time.perf_counter()
    results = [function(item) for item in items]
    return results, time.perf_counter() - start


def difference(pairs):
    """Largest relative difference of ours to the reference, and the mean with its sign (below 0: ours costs less)."""
    relative = [ours / theirs - 1 for ours, theirs in pairs if ours is not None and theirs is not None]
    return (max(map(abs, relative)), float(np.mean(relative))) if relative else (float("nan"), float("nan"))


def single_rows(options, rng, folder):
    fields = [random_fields(rng, k) for k in range(options.devices)]
    path = f"{folder}/devices.json"
    with open(path, "w") as file:
        json.dump(fields, file)
    plans, seconds = run_ours(options.program, path)
    rows = [("one device each", "greendiff plan", options.devices, options.devices / seconds, None, None)]
    devices = [Device.of(f) for f in fields[: options.references]]
    energies = [plan.get("energy_total_j") for plan in plans]
    for name, solver in (("minimize_scalar", reference.single), ("brentq", reference.single_by_root)):
        found, seconds = timed(solver, devices)
        if name == "minimize_scalar":
            agree = all((a is None) == (b is None) for a, b in zip(energies, found))
            assert agree, "the solvers disagree about feasibility"
        rate = len(devices) / seconds
        rows.append(("one device each", f"scipy {name}", len(devices), rate, *difference(zip(energies, found))))
    return rows


def shared_rows(options, rng, folder):
    rows = []
    for count in options.shared:
        fields = [random_fields(rng, k) for k in range(count)]
        band = 2e7 * count
        path = f"{folder}/shared-{count}.json"
        with open(path, "w") as file:
            json.dump(fields, file)
        plan, seconds = run_ours(options.program, path, "--total-bandwidth", repr(band))
        summary = plan["summary"]
        gap = f"gap {summary['duality_gap_relative']:.0e}" if summary["feasible"] else "infeasible"
        rows.append((f"{count} on one band", f"greendiff plan ({gap})", count, count / seconds, None, None))
        devices = [Device.of(f) for f in fields]
        start = time.perf_counter()
        found = reference.shared(devices, band, starts=1)
        rate = count / (time.perf_counter() - start)
        ours = summary.get("energy_total_j")
        rows.append((f"{count} on one band", "scipy SLSQP", count, rate, *difference([(ours, found and found[0])])))
    return rows


def main(description):
    options = parse(description)
    rng = np.random.default_rng(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        rows = single_rows(options, rng, folder) + shared_rows(options, rng, folder)
    cells = [
        [problem, solver, count, f"{rate:.3g}", *(["-", "-"] if largest is None else [f"{largest:.1e}", f"{mean:+.1e}"])]
        for problem, solver, count, rate, largest, mean in rows]
    print(table(["problem", "solver", "devices", "devices/s", "largest difference", "mean difference"], cells))
    if options.json:
        keys = ("problem", "solver", "devices", "devices_per_second", "difference_largest", "difference_mean")
        with open(options.json, "w") as file:
            json.dump([dict(zip(keys, row)) for row in rows], file, indent=1)
