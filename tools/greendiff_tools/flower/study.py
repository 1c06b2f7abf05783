"""What a round on Flower's simulation engine takes, beside the same round in one process."""

import argparse
import json
import os
import subprocess
import time
from pathlib import Path

from ..paths import ROOT
from .cluster import Cluster
from .simulation import Simulation

SETTINGS = """
preset: tiny
images: {images}
devices: {devices}
select: {select}
rounds: {rounds}
local-iterations: 1
batch-size: 1
evaluate-every: 100
sample-every: 0
compare-schemes: off
keep-checkpoints: 1
threads: 1
"""
# One device, as the presets have it otherwise.
NODE = """
preset: {preset}
images: 400
devices: 1
rounds: 4
evaluate-every: 100
sample-every: 0
compare-schemes: off
threads: 1
"""
MEGABYTE = 1000**2


def program():
    """`greendiff` beside the library."""
    library = os.environ.get("GREENDIFF_LIBRARY")
    return Path(library).with_name("greendiff") if library else ROOT / ".build/release/greendiff"


def processes(words):
    """By id, of processes whose command line has all of these words: memory now and at its peak in MB, processor seconds."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if all(word in command for word in words):
                status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
                ticks = (folder / "stat").read_text().rpartition(")")[2].split()[11:13]
                found[int(folder.name)] = {
                    name: int(status[name].split()[0]) * 1024 / MEGABYTE for name in ("VmRSS", "VmHWM") if name in status
                } | {"cpu_s": sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")}
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def records(out):
    path = out / "rounds.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")] if path.exists() else []


def figures(rounds):
    names = ("wall_s", "devices_accepted", "upload_bytes", "download_bytes")
    return {name: [record[name] for record in rounds] for name in names}


def simulated(settings, out, devices, cpus):
    """The run on Flower; memory of the process with the server app, after each round, and of the devices' processes."""
    started = time.monotonic()
    server, peaks, actors = [], [0.0], [0.0]
    with Simulation(out.with_name(out.name + "-logs"), devices, cpus) as simulation:
        process = simulation.begin(settings, out, output=subprocess.DEVNULL, deadline_s=3600)
        first = None
        while process.poll() is None:
            for memory in processes(["flwr-simulation", f"127.0.0.1:{simulation.port}"]).values():
                done = len(records(out))
                if done and first is None:
                    first = time.monotonic() - started
                server[done:] = [round(memory.get("VmRSS", 0.0))]
                peaks.append(memory.get("VmHWM", 0.0))
            actors += [memory.get("VmHWM", 0.0) for memory in processes(["ray::ClientAppActor"]).values()]
            time.sleep(0.5)
    return figures(records(out)) | {
        "seconds": time.monotonic() - started, "seconds_to_first_round": first, "server_mb_after_rounds": server[1:],
        "server_peak_mb": round(max(peaks)), "actor_peak_mb": round(max(actors))}


def on_node(settings, out):
    """A run with one SuperNode: when it is there; processor time of each kind of process, and peaks of memory."""
    seen = {}
    with Cluster(out.with_name(out.name + "-logs"), ()) as cluster:
        started = time.monotonic()
        node = cluster.start_node(0)
        while "SuperNode ID" not in (cluster.folder / "node-0.log").read_text():
            time.sleep(0.05)
        seconds_to_start = time.monotonic() - started
        words = {
            "flower-superlink": [str(cluster.port)], "flwr-serverapp": [str(cluster.port)], "flwr-clientapp": [],
            "flower-supernode": [str(cluster.port)], "flower-superexec": [str(node.pid)]}
        process = cluster.begin(settings, out, output=subprocess.DEVNULL)
        while process.poll() is None:
            for name, others in words.items():
                seen.setdefault(name, {}).update(processes([name, *others]))
            time.sleep(0.1)
    kinds = {
        name: {
            "processes": len(of), "cpu_s": round(sum(one["cpu_s"] for one in of.values()), 2),
            "peak_mb": round(max(one.get("VmHWM", 0.0) for one in of.values()))}
        for name, of in seen.items() if of}
    return figures(records(out)) | {"seconds_to_start": seconds_to_start, "kinds": kinds}


def in_one_process(settings, out):
    started = time.monotonic()
    subprocess.run([program(), "train", "--config", settings, "--out", out], check=True, capture_output=True)
    return figures(records(out)) | {"seconds": time.monotonic() - started}


def main(description):
    parser = argparse.ArgumentParser(
        prog="study-flower", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--counts", default="10,100,1000", metavar="N,N...", help="virtual devices (default: %(default)s)")
    parser.add_argument("--select", type=int, default=50, metavar="K", help="also K of the most a round (default: %(default)s)")
    parser.add_argument("--node", metavar="PRESET", help="instead: one SuperNode that trains this preset on one thread")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--cpus", type=int, default=os.cpu_count(), metavar="N")
    options = parser.parse_args()
    import ray  # noqa: F401  says which package is missing, before anything starts
    options.out.mkdir(parents=True, exist_ok=True)
    path = options.out / "results.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    if options.node:
        name = f"node-{options.node}"
        settings = options.out / f"{name}.yaml"
        settings.write_text(NODE.format(preset=options.node).lstrip())
        results[name] = {
            "one_process": in_one_process(settings.resolve(), (options.out / f"{name}-near").resolve()),
            "flower": on_node(settings.resolve(), (options.out / name).resolve())}
        path.write_text(json.dumps(results, indent=1) + "\n")
        print(f"study-flower: {results[name]['flower']}", flush=True)
        return 0
    counts = [int(count) for count in options.counts.split(",")]
    cases = [(count, count) for count in counts] + [(max(counts), options.select)]
    for devices, select in sorted(cases, key=lambda case: case[1]):
        name = f"{devices}-{select}"
        if name in results:
            continue
        settings = options.out / f"{name}.yaml"
        settings.write_text(
            SETTINGS.format(images=4 * devices, devices=devices, select=select, rounds=options.rounds).lstrip())
        load = os.getloadavg()[0]
        results[name] = {
            "devices": devices, "select": select, "cpus": options.cpus, "load_before": load,
            "one_process": in_one_process(settings.resolve(), (options.out / f"{name}-near").resolve()),
            "simulation": simulated(settings.resolve(), (options.out / name).resolve(), devices, options.cpus)}
        path.write_text(json.dumps(results, indent=1) + "\n")
        took = {side: max(results[name][side]["wall_s"]) for side in ("one_process", "simulation")}
        print(f"study-flower: {select} of {devices} devices: {took} s a round at most", flush=True)
    return 0
