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
FEEDBACK = TRAIN + ["--error-feedback", "2", "--select", "1"]
KINDS = {
    "train": {"train": TRAIN, "train with error feedback": FEEDBACK},
    "pretrain": {"pretrain": PRETRAIN},
}
KINDS["both"] = KINDS["train"] | KINDS["pretrain"]
# Kills of one run: after these it is left alone, or a run whose rounds take longer than the kills leave would never end.
KILLS = 6
# Seconds that nothing takes; a run that does has hung.
PATIENCE = 300

# What differs between two runs of the same settings: what the clock said, and what is drawn or written from it.
CLOCK_FIELDS = ("wall_s", "images_per_second")  # Endings of names.
DERIVED = re.compile(r"emissions\.csv|report\.html|summary\.json|tensorboard/.*")


def run_folder(folder):
    """Everything in a run's folder that must be the same, by name."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        name = str(path.relative_to(folder))
        if not path.is_file():
            continue
        if name.endswith(".jsonl"):
            records = [json.loads(line) for line in path.read_text().splitlines()]
            found[name] = [{key: value for key, value in r.items() if not key.endswith(CLOCK_FIELDS)} for r in records]
        else:
            found[name] = b"" if DERIVED.fullmatch(name) else path.read_bytes()
    return found


def differences(expected, found):
    names = sorted(set(expected) | set(found))
    return [name for name in names if expected.get(name) != found.get(name)]


def start(greendiff, arguments):
    return subprocess.Popen(
        [greendiff, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def disturbed_run(greendiff, arguments, folder, seconds, generator):
    """Runs to the end through kills at random times below `seconds`; how many there were, and an error or None."""
    kills = 0
    command = arguments + ["--out", folder]
    while True:
        job = start(greendiff, command)
        patience = generator.uniform(0, seconds) if kills < KILLS else PATIENCE
        try:
            _, errors = job.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            job.kill()
            job.communicate()
            if patience == PATIENCE:
                return kills, f"not done in {PATIENCE} s: {' '.join(command)}"
            kills += 1
            # Killed before it wrote its settings: there is no run to go on with.
            begun = any(os.path.exists(f"{folder}/{name}") for name in ("config.yaml", "pretraining.json"))
            command = [arguments[0], "--resume", folder] if begun else arguments + ["--out", folder]
            continue
        return kills, None if job.returncode == 0 else f"status {job.returncode}: {errors.strip()}"


def undisturbed_run(greendiff, arguments, folder):
    """The seconds of a run that nobody disturbs, and its folder."""
    begin = time.monotonic()
    subprocess.run([greendiff, *arguments, "--out", folder], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    seconds = time.monotonic() - begin
    found = run_folder(folder)
    shutil.rmtree(folder)
    return seconds, found


def check(greendiff, kind, arguments, count, generator, folder):
    """Disturbs `count` runs; how many did not end as the one that nobody disturbed."""
    seconds, expected = undisturbed_run(greendiff, arguments, folder)
    kills = wrong = 0
    for number in range(1, count + 1):
        # The same folder each time: reports name it.
        done, error = disturbed_run(greendiff, arguments, folder, seconds, generator)
        kills += done
        changed = [] if error else differences(expected, run_folder(folder))
        if error or changed:
            wrong += 1
            print(f"\r{kind}, run {number}: {error or 'other than undisturbed: ' + ', '.join(changed)}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        if sys.stdout.isatty() or number == count or number % 10 == 0:
            end = "\r" if sys.stdout.isatty() and number < count else "\n"
            print(f"{kind}: {number} of {count} runs, {kills} kills, {wrong} not as undisturbed", end=end, flush=True)
    return wrong


def main(description):
    parser = argparse.ArgumentParser(
        prog="check-kills", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=20)
    parser.add_argument("--kind", choices=KINDS, default="both")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--greendiff", default=GREENDIFF)
    options = parser.parse_args()
    if not os.access(options.greendiff, os.X_OK):
        print(f"check-kills: {options.greendiff} is missing; run swift build -c release", file=sys.stderr)
        return 2
    # Kinds do not share the generator: a kind alone is killed where it is among all.
    with tempfile.TemporaryDirectory() as scratch:
        failures = sum(
            check(options.greendiff, kind, arguments, options.count, random.Random(f"{kind} {options.seed}"), f"{scratch}/run")
            for kind, arguments in KINDS[options.kind].items())
    print("check-kills:", "FAILED" if failures else "passed")
    return 1 if failures else 0
