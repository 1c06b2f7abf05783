"""The command line of scripts/study-quality."""

import argparse
import sys
from pathlib import Path

from ...markdown import DocumentError
from ...paths import GREENDIFF, ROOT
from ..evaluated import ProgramError
from . import evaluation, runs, split
from .runs import PARTITIONS, SCHEMES, RunError
from .split import SplitError


def prepare(options):
    found = split.prepare(options.data, Path(options.out) / "data", options.seed)
    print(f"{found['images']['train']} images to train on, {found['images']['held-out']} held out, in {options.out}/data")


def classify(options):
    from .classifier import classify
    classify(options)


def write_table(options):
    from .tables import write
    write(options)


def list_of(known):
    def parse(text):
        names = text.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: there are {', '.join(known)}")
        return names
    return parse


def add_runs(command):
    command.add_argument("--seeds", type=int, default=3, metavar="N", help="seeds 1 to N (default: 3)")
    command.add_argument("--schemes", type=list_of(SCHEMES), default=list(SCHEMES), metavar="NAME,...", help=", ".join(SCHEMES))
    command.add_argument(
        "--partitions", type=list_of(PARTITIONS), default=list(PARTITIONS), metavar="NAME,...", help=", ".join(PARTITIONS))


def add_drawing(command, steps=20):
    command.add_argument("--sampler", default="dpm++")
    command.add_argument("--steps", type=int, default=steps)


def add_evaluation(command):
    add_drawing(command)
    command.add_argument("--features", required=True, metavar="FILE", help="the feature network: see convert-features")
    command.add_argument("--count", type=int, default=2000, metavar="N", help="images of a side (default: 2000)")


def parse(description):
    parser = argparse.ArgumentParser(
        prog="study-quality", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name, action, help):
        command = commands.add_parser(name, help=help, description=help)
        command.add_argument("out", help="folder of the study")
        command.add_argument("--greendiff", default=GREENDIFF, help="the program")
        command.add_argument("--threads", type=int, default=1)
        command.set_defaults(action=action)
        return command

    command = add("prepare", prepare, "split GTSRB by tracks")
    command.add_argument("--data", required=True, metavar="DIR", help="GTSRB's training archive")
    command.add_argument("--seed", type=int, default=1)
    command = add("train", runs.train, "train all runs, or go on")
    add_runs(command)
    command.add_argument("--init", default="builtin:cifar10-small", help="model that all runs begin with")
    command.add_argument("--rounds", type=int, default=100)
    command.add_argument("--local-iterations", type=int, default=4)
    command.add_argument("--batch-size", type=int, default=32)
    command.add_argument("--learning-rate", type=float, default=5e-4)
    command.add_argument(
        "--train-flags", default="", metavar="FLAGS", help="more of them, e.g. --train-flags='--prediction v_prediction'")
    command = add("evaluate", evaluation.evaluate_all, "distances of all runs that are trained")
    add_runs(command)
    add_evaluation(command)
    command = add("classify", classify, "train a classifier on drawn signs, and on real ones")
    add_drawing(command)
    command.add_argument("--checkpoint", required=True, metavar="DIR", help="conditional model that draws")
    command.add_argument("--name", required=True, help="of its row in the table")
    command.add_argument("--per-class", type=int, default=100, metavar="N", help="images of a class (default: 100)")
    command.add_argument("--guidance", type=float, default=1.0, metavar="W")
    command.add_argument("--classifier-steps", type=int, default=1000, metavar="N", help="default: 1000")
    command.add_argument("--seed", type=int, default=1)
    command = add("table", write_table, "tables and pictures into the document")
    add_runs(command)
    add_evaluation(command)
    command.add_argument(
        "--section", default="study", metavar="NAME", help="of the document; images begin with it (default: study)")
    command.add_argument("--document", default=ROOT / "docs/study.md", metavar="FILE")
    command.add_argument("--images", default=ROOT / "docs/images", metavar="DIR")
    return parser.parse_args()


def main(description):
    options = parse(description)
    try:
        options.action(options)
    except (DocumentError, ProgramError, RunError, SplitError) as error:
        sys.exit(f"study-quality: {error}")
    except OSError as error:
        sys.exit(f"study-quality: {error.filename}: {error.strerror}")
    except KeyboardInterrupt:
        return 130
    return 0
