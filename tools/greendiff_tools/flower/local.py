"""The command line of scripts/flower-local, and what it has in common with that of scripts/flower-simulate."""

import argparse
import re
import signal
import sys
import tempfile
from pathlib import Path

from .cluster import Cluster, ClusterError
from .security import SecurityError


def device_count(settings):
    """How many devices a configuration file names."""
    found = re.search(r"^devices: *(\d+) *$", Path(settings).read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise ClusterError(f"{settings} has no line `devices: N` with the number of devices")
    return int(found.group(1))


def command_line(name, description):
    """What both scripts take."""
    parser = argparse.ArgumentParser(prog=name, description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("settings", type=Path, help="configuration file, as for greendiff train --config")
    parser.add_argument("out", type=Path, help="folder of the run; a run that is there goes on")
    parser.add_argument("--deadline", type=float, default=600, metavar="SECONDS", help="for a round (default: 600)")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep the logs of all processes there")
    return parser


def end(*_):
    """Ends this process, and with it what it started."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def run_on(cluster, name, options):
    """The run that `options` name on what `cluster(folder)` makes; the exit status."""
    signal.signal(signal.SIGTERM, end)
    try:
        with tempfile.TemporaryDirectory() as scratch, cluster(options.logs or scratch) as started:
            process = started.begin(options.settings.resolve(), options.out.resolve(), deadline_s=options.deadline)
            status = process.wait()
        if status == 0 and not (options.out / "model").is_dir():
            status = 1
            print(f"{name}: the run did not end; see its log above", file=sys.stderr)
        return status
    except (ClusterError, SecurityError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{name}: {error.filename}: {error.strerror}" if error.filename else f"{name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def main(description):
    parser = command_line("flower-local", description)
    options = parser.parse_args()
    import flwr  # noqa: F401  says which package is missing, before anything starts

    def cluster(folder):
        devices = range(device_count(options.settings))
        print(f"flower-local: a SuperLink and {len(devices)} SuperNodes on 127.0.0.1, with TLS and keys", flush=True)
        return Cluster(folder, devices, is_secure=True)

    return run_on(cluster, parser.prog, options)
