"""The command line of scripts/study-energy."""

import argparse
import collections
import csv
import json
import statistics
import subprocess
import tempfile

from .. import markdown
from ..paths import GREENDIFF
from .curves import curves_study
from .power_forms import FORMS, fit_error

LOADS = [0.1, 0.2, 0.5, 0.8, 0.95]
SECONDS = 15.0
SCHEMES = {"FedAvg": 32.0, "8 bits": 8.0, "on demand": 2.85}


def plans(program, devices, model):
    """What `greendiff plan` says of the devices by an energy model."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(devices, file)
        file.flush()
        command = [program, "plan", "--devices", file.name, "--format", "json", "--energy-model", model]
        return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def read_clusters(path):
    """The rows (hertz, watts) of every cluster with four or more; rows without a positive power are named, and left out."""
    clusters = collections.defaultdict(list)
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            hertz, watts = float(line["frequency_hz"]), float(line["power_above_idle_w"])
            name = f"{line['soc']}/{line['cpu']}"
            if watts > 0:
                clusters[name].append((hertz, watts))
            else:
                print(f"{name} at {hertz / 1e6:.0f} MHz has {watts} W and is left out\n")
    return {name: sorted(rows) for name, rows in clusters.items() if len(rows) >= 4}


def spent(rows, cycles, hertz):
    """Joules at the lowest row that is as fast as `hertz`: what a governor does with a frequency that it is given."""
    row = next((row for row in rows if row[0] >= hertz * (1 - 1e-9)), rows[-1])
    return row[1] * cycles / row[0]


def device(rows, load):
    top = rows[-1][0]
    return {
        "operating_points": [list(row) for row in rows], "frequency_min_hz": rows[0][0], "frequency_max_hz": top,
        "samples_per_iteration": 1, "cycles_per_sample": load * SECONDS * top, "payload_bits": 1, "time_budget_s": SECONDS}


def clusters_study(arguments):
    clusters = read_clusters(arguments.csv)
    print(f"{len(clusters)} clusters. Mean relative error of each form's best fit:\n")
    print(markdown.table(["power over frequency", "error"], [
        [form, f"{statistics.mean(fit_error(table, powers) for table in clusters.values()):.1%}"]
        for form, powers in FORMS.items()]), "\n")
    rows = []
    for load in LOADS:
        devices = [device(table, load) for table in clusters.values()]
        found = {model: plans(arguments.program, devices, model) for model in ("table", "paper")}
        saved, promised, wasted, understated, lowest = [], [], [], [], []
        for table, best, law in zip(clusters.values(), found["table"], found["paper"]):
            cycles = load * SECONDS * table[-1][0]
            fastest = spent(table, cycles, table[-1][0])
            saved.append(fastest / best["energy_compute_j"])
            promised.append(fastest / law["energy_compute_j"])
            real = spent(table, cycles, law["frequency_hz"])
            understated.append(real / law["energy_compute_j"])
            wasted.append(real / best["energy_compute_j"])
            lowest.append(spent(table, cycles, load * table[-1][0]) / best["energy_compute_j"])
        median = statistics.median
        rows.append([
            f"{load:.0%}", f"{median(saved):.2f}", f"{median(promised):.2f}", f"{median(understated):.2f}",
            f"{median(wasted):.3f}", f"{max(wasted):.2f}", f"{max(lowest):.2f}"])
    print("Medians over the clusters unless said:\n")
    print(markdown.table([
        "load", "slower saves, table", "the law promises", "law's plan costs over what it says", "over the best plan",
        "at most", "lowest row in time, at most"], rows))


# FLOP a cycle of docs/devices.md, all cores of the cluster.
DEVICES = {
    "pixel-6-big": 25.21, "pixel-6-little": 15.24, "pixel-4a-big": 12.6, "pixel-2-xl-big": 15.24, "rk3399-big": 7.62}
# Training FLOP an image, parameters, images a round.
WORKLOADS = {"small (demo)": (0.69e9, 1_806_275, 4 * 16), "35.7 M": (13.1e9, 35_746_307, 4 * 16)}


def described(profile, workload, bits, bandwidth):
    flops, parameters, images = WORKLOADS[workload]
    return {
        "id": f"{profile} {bits}", "profile": profile, "bandwidth_hz": bandwidth, "distance_m": 50,
        "samples_per_iteration": images, "cycles_per_sample": flops / DEVICES[profile], "payload_bits": parameters * bits,
        "circuit_power_w": 0.6, "amplifier_efficiency": 0.3}


def devices_study(arguments):
    for workload in WORKLOADS:
        rows = []
        for profile in DEVICES:
            devices = [described(profile, workload, bits, arguments.bandwidth) for bits in SCHEMES.values()]
            # The same for all schemes: a multiple of what FedAvg needs at full speed and power.
            hopeless = plans(arguments.program, [devices[0] | {"time_budget_s": 1e-6}], "paper")[0]
            seconds = arguments.slack * hopeless["time_budget_smallest_s"]
            for model in ("paper", "table"):
                found = plans(arguments.program, [one | {"time_budget_s": seconds} for one in devices], model)
                cells = []
                for plan in found:
                    even = plan.get("energy_even_split_j")
                    # The law's even split is strict: no half of the time may be longer than its slowest setting takes.
                    cells += [f"{even:.3g}" if even else "-", f"{plan['energy_total_j']:.3g}"]
                first, last = found[0], found[-1]
                rows.append(
                    [profile if model == "paper" else "", "law" if model == "paper" else "table", f"{seconds:.3g}", *cells,
                     f"{first['energy_total_j'] / last['energy_total_j']:.2f}",
                     f"{first['energy_compute_j'] / last['energy_compute_j']:.2f}"])
        header = ["device", "by", "T, s"]
        for scheme in SCHEMES:
            header += [scheme, "split"]
        print(f"{workload}, {arguments.bandwidth / 1e6:g} MHz, joules a round:\n")
        print(markdown.table([*header, "bits save", "training"], rows), "\n")


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-energy", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=GREENDIFF, help="our program")
    commands = parser.add_subparsers(dest="command", required=True)
    clusters = commands.add_parser("clusters")
    clusters.add_argument("csv")
    devices = commands.add_parser("devices")
    devices.add_argument("--bandwidth", type=float, default=1e6, metavar="HZ", help="of each device's channel (1e6)")
    devices.add_argument("--slack", type=float, default=2.2, metavar="X", help="time budget over FedAvg's shortest round (2.2)")
    commands.add_parser("curves")
    arguments = parser.parse_args()
    {"clusters": clusters_study, "devices": devices_study, "curves": curves_study}[arguments.command](arguments)
    return 0
