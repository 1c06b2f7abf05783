"""Flower's simulation engine, all nodes of a run in a few processes; the command line of scripts/flower-simulate."""

import os
import shutil
import tempfile

from .cluster import Cluster
from .local import command_line, device_count, run_on


class Simulation(Cluster):
    """A SuperLink that has the nodes' app done by Ray, in `processes` processes, instead of sending it to SuperNodes."""

    def __init__(self, folder, device_count, processes):
        super().__init__(folder, ())
        self.device_count, self.processes = device_count, processes

    def __enter__(self):
        # A short path: Ray has sockets below it, whose names may have 107 characters.
        self.scratch = tempfile.mkdtemp(prefix="greendiff-")
        self.environment |= {
            "FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION": "1", "RAY_TMPDIR": self.scratch, "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "RAY_worker_niceness": "0"}
        return super().__enter__()

    def __exit__(self, *_):
        super().__exit__()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def link_words(self):
        return [
            "--insecure", "--simulation", "--isolation", "process", "--superexec-auth-secret-file", self.folder / "secret"]

    def start_apps(self):
        self.start_executor("superexec.log", self.port, "--insecure")

    def begin(self, settings, out, **config):
        federation = f"num-supernodes={self.device_count} init-args-num-cpus={self.processes} client-resources-num-cpus=1"
        return super().begin(settings, out, words=["--federation-config", federation], min_nodes=self.device_count, **config)


def main(description):
    parser = command_line("flower-simulate", description)
    parser.add_argument(
        "--cpus", type=int, default=os.cpu_count(), metavar="N",
        help="how many devices train at a time, each on one thread (default: %(default)s)")
    options = parser.parse_args()
    import ray  # noqa: F401  says which package is missing, before anything starts

    def cluster(folder):
        count = device_count(options.settings)
        print(f"flower-simulate: {count} virtual devices in {options.cpus} processes", flush=True)
        return Simulation(folder, count, options.cpus)

    return run_on(cluster, parser.prog, options)
