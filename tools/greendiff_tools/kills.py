"""The command line of scripts/check-kills."""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .paths import GREENDIFF

TRAIN = ["train", "--preset", "tiny", "--devices", "2", "--images", "24", "--local-iterations", "2", "--batch-size", "2",
         "--rounds", "6", "--sample-every", "3", "--evaluate-every", "2", "--threads", "1", "--group-size", "64"]
PRETRAIN = ["pretrain", "--preset", "tiny", "--batch-size", "2", "--steps", "120", "--checkpoint-every", "15",
            "--sample-every", "60", "--evaluate-every", "60", "--threads", "1"]
KINDS = {
    "train": TRAIN,
    "train with error feedback": TRAIN + ["--error-feedback", "2", "--select", "1"],
    "pretrain": PRETRAIN,
}

# What differs between two runs of the same settings: what the clock said, and what is drawn or written from it.
CLOCK_FIELDS = ("wall_s", "images_per_second")
DERIVED = re.compile(r"report\.html|summary\.json|tensorboard/.*")


def run_folder(folder):
    """Everything in a run's folder that must be the same, by name."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file():
            continue
        if name.endswith(".jsonl"):
            records = [json.loads(line) for line in path.read_text().splitlines()]
            found[name] = [{key: value for key, value in r.items() if key not in CLOCK_FIELDS} for r in records]
        else:
            found[name] = b"" if DERIVED.fullmatch(name) else path.read_bytes()
    return found


def differences(expected, found):
    names = sorted(set(expected) | set(found))
    return [name for name in names if expected.get(name) != found.get(name)]


def start(greendiff, arguments):
    return subprocess.Popen([greendiff, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def disturbed_run(greendiff, arguments, folder, seconds, generator):
    """Runs to the end through kills at random times below `seconds`; how many there were, and an error or None."""
    kills = 0
    command = arguments + ["--out", folder]
    while True:
        job = start(greendiff, command)
        # The last attempts are left alone: a run whose rounds take longer than the kills leave would never end.
        patience = generator.uniform(0, seconds) if kills < 6 else None
        try:
            _, errors = job.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            job.kill()
            job.communicate()
            kills += 1
            # Killed before it wrote its settings: there is no run to go on with.
            begun = any(os.path.exists(f"{folder}/{name}") for name in ("config.yaml", "pretraining.json"))
            command = [arguments[0], "--resume", folder] if begun else arguments + ["--out", folder]
            continue
        return kills, None if job.returncode == 0 else f"status {job.returncode}: {errors.strip()}"


def main(description):
    parser = argparse.ArgumentParser(
        prog="check-kills", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--greendiff", default=GREENDIFF)
    options = parser.parse_args()
    if not os.access(options.greendiff, os.X_OK):
        print(f"check-kills: {options.greendiff} is missing; run swift build -c release", file=sys.stderr)
        return 2

    generator = random.Random(options.seed)
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        for kind, arguments in KINDS.items():
            folder = f"{scratch}/run"
            begin = time.monotonic()
            subprocess.run([options.greendiff, *arguments, "--out", folder], check=True, stdout=subprocess.DEVNULL)
            seconds = time.monotonic() - begin
            expected = run_folder(folder)
            shutil.rmtree(folder)
            kills = wrong = 0
            for number in range(options.count):
                # The same folder each time: reports name it.
                done, error = disturbed_run(options.greendiff, arguments, folder, seconds, generator)
                kills += done
                changed = [] if error else differences(expected, run_folder(folder))
                if error or changed:
                    wrong += 1
                    print(f"{kind}, run {number}: {error or 'other than undisturbed: ' + ', '.join(changed)}", flush=True)
                shutil.rmtree(folder, ignore_errors=True)
            failures += wrong
            print(f"{kind}: {options.count} runs, {kills} kills, {wrong} not as undisturbed", flush=True)
    print("check-kills:", "FAILED" if failures else "passed")
    return 1 if failures else 0
