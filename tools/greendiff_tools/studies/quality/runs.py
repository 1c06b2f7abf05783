"""The runs of the study: which there are, training them, resuming what was interrupted."""

import json
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

WEIGHTS = ["--payload", "weights", "--grid", "paper"]
SCHEMES = {
    "fedavg": ("FedAvg, 32 bits", ["--scheme", "fedavg", "--payload", "weights"]),
    "fixed-8": ("fixed, 8 bits", ["--scheme", "fixed", "--bits", "8", *WEIGHTS]),
    "fixed-7": ("fixed, 7 bits", ["--scheme", "fixed", "--bits", "7", *WEIGHTS]),
    "fixed-6": ("fixed, 6 bits", ["--scheme", "fixed", "--bits", "6", *WEIGHTS]),
    "demand-6-8": ("on demand, 6 to 8 bits", ["--bits", "6:8", "--demand", "1e-4:2e-3", *WEIGHTS]),
    "default": ("on demand, lattice (default)", []),
    "coarse": ("demand 0.3 to 0.5, feedback", ["--demand", "0.3:0.5", "--error-feedback", "10"]),
}
PARTITIONS = {"iid": "iid", "dirichlet": "dirichlet:0.3"}
SETTINGS = ("init", "rounds", "local_iterations", "batch_size", "learning_rate", "train_flags")
LOOK_SECONDS = 60


class RunError(Exception):
    """A run that failed, or settings that are not those of the runs that are there."""


@dataclass(frozen=True)
class Run:
    """One training of the study; its results are beside its folder."""

    root: Path
    partition: str
    scheme: str
    seed: int

    @property
    def name(self):
        return f"{self.partition}/{self.scheme}-{self.seed}"

    @property
    def folder(self):
        return self.root / "runs" / self.name

    def beside(self, ending):
        return self.folder.with_name(f"{self.folder.name}.{ending}")

    def records(self):
        """What `rounds.jsonl` has; a line that is being written is left out."""
        try:
            text = (self.folder / "rounds.jsonl").read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def is_done(self, rounds):
        try:
            summary = json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        return summary["rounds_completed"] >= rounds and (self.folder / "model").is_dir()

    def command(self, options):
        """What trains it, or goes on with it."""
        program = [options.greendiff, "train", "--threads", str(options.threads)]
        if (self.folder / "config.yaml").exists():
            return [*program, "--resume", self.folder]
        return [
            *program, "--data", f"gtsrb:{self.root / 'data' / 'train'}", "--init", options.init, "--devices", "10",
            "--partition", PARTITIONS[self.partition], "--rounds", str(options.rounds),
            "--local-iterations", str(options.local_iterations), "--batch-size", str(options.batch_size),
            "--learning-rate", str(options.learning_rate), "--evaluate-every", str(max(1, options.rounds // 10)),
            "--sample-every", "0", "--keep-checkpoints", "1", "--compare-schemes", "off", *options.train_flags.split(),
            *SCHEMES[self.scheme][1], "--seed", str(self.seed), "--out", self.folder]


def chosen(options):
    """The runs that the options name, seed by seed, so that all schemes have a first seed early."""
    return [
        Run(Path(options.out), partition, scheme, seed)
        for seed in range(1, options.seeds + 1) for partition in options.partitions for scheme in options.schemes]


class Log:
    """Lines with the time, on the screen and appended to the study's log."""

    def __init__(self, root):
        self.path = Path(root) / "study.log"

    def __call__(self, text):
        line = f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {text}"
        print(line, flush=True)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(line + "\n")


def duration(seconds):
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


def keep_settings(options):
    """Refuses settings other than those that the study's runs began with."""
    path = Path(options.out) / "study.json"
    settings = {name: getattr(options, name) for name in SETTINGS}
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        changed = [f"{name} {before[name]}, not {settings[name]}" for name in SETTINGS if before[name] != settings[name]]
        if changed:
            raise RunError(f"{path.parent} has runs with {'; '.join(changed)}: give the same, or use another folder")
    path.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def looks(process):
    """Once a minute while the process runs, and when it has ended."""
    while process.poll() is None:
        try:
            process.wait(LOOK_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        yield


def train(options):
    """Trains what is not trained yet, run after run."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    keep_settings(options)
    log, runs = Log(options.out), chosen(options)
    left = sum(options.rounds - min(options.rounds, len(run.records())) for run in runs if not run.is_done(options.rounds))
    start, before = time.monotonic(), left
    for number, run in enumerate(runs, 1):
        if run.is_done(options.rounds):
            continue
        run.folder.parent.mkdir(parents=True, exist_ok=True)
        seen = len(run.records())
        log(f"run {number} of {len(runs)}, {run.name}: {f'goes on after round {seen}' if seen else 'begins'}")
        with open(run.beside("log"), "a", encoding="utf-8") as output:
            process = subprocess.Popen(run.command(options), stdout=output, stderr=output, start_new_session=True)
            try:
                for _ in looks(process):
                    done = len(run.records())
                    if done > seen:
                        left, seen = left - (done - seen), done
                        pace = (time.monotonic() - start) / max(1, before - left)
                        log(f"{run.name}: round {done} of {options.rounds}, {duration(pace * left)} left for all runs")
            except KeyboardInterrupt:
                # The run finishes its round and saves it: we wait for that.
                process.send_signal(signal.SIGINT)
                process.wait()
                raise
        if process.returncode != 0 or not run.is_done(options.rounds):
            raise RunError(f"{run.name} ended with status {process.returncode}, see {run.beside('log')}")
    log(f"all {len(runs)} runs are trained")
