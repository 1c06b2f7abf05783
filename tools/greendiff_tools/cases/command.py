"""The command line of scripts/check-cases."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from greendiff_tools.cases import files, runs
from greendiff_tools.cases.case import TINY
from greendiff_tools.cases.inputs import write_inputs
from greendiff_tools.paths import GREENDIFF


def fault(case, folder, environment):
    """Runs a case in an empty folder; what is wrong, or None."""
    # bash in a session of its own: what it leaves running is ended with it.
    job = subprocess.Popen(
        ["bash", "-c", case.script], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="backslashreplace", start_new_session=True)
    try:
        output, _ = job.communicate(timeout=case.seconds)
    except subprocess.TimeoutExpired:
        os.killpg(job.pid, 9)
        output, _ = job.communicate()
        return f"not done in {case.seconds} s: {output[-400:]}"
    if job.returncode != case.status:
        return f"status {job.returncode}, not {case.status}: {output[-800:]}"
    if not re.search(case.output, output.rstrip("\n") if case.output.endswith(r"\Z") else output, re.MULTILINE):
        return f"no {case.output} in: {output[-800:]}"
    return None


def main(description):
    parser = argparse.ArgumentParser(
        prog="check-cases", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="", help="only cases whose names have this in them")
    parser.add_argument("--all", action="store_true", help="go on after a wrong one")
    parser.add_argument("--greendiff", type=Path, default=GREENDIFF)
    options = parser.parse_args()
    if not os.access(options.greendiff, os.X_OK):
        print(f"check-cases: {options.greendiff} is missing; run swift build -c release", file=sys.stderr)
        return 2
    chosen = [case for case in files.CASES + runs.CASES if options.name in case.name]
    wrong = 0
    with tempfile.TemporaryDirectory() as scratch:
        inputs = f"{scratch}/in"
        write_inputs(inputs)
        environment = os.environ | {
            "PATH": f"{options.greendiff.resolve().parent}:{os.environ['PATH']}", "in": inputs, "T": TINY,
            "SWIFT_BACKTRACE": "enable=no"}
        for number, case in enumerate(chosen):
            folder = f"{scratch}/{number}"
            os.mkdir(folder)
            begin = time.monotonic()
            problem = fault(case, folder, environment)
            print(f"{'WRONG' if problem else 'ok'}  {time.monotonic() - begin:5.1f} s  {case.name}", flush=True)
            if problem:
                print(f"       {problem.strip()}", flush=True)
                wrong += 1
                if not options.all:
                    break
    stopped = wrong and not options.all
    print("check-cases:", "stopped at the first wrong one" if stopped else f"{len(chosen) - wrong} of {len(chosen)} right")
    return 1 if wrong else 0
