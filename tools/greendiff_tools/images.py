"""The command line of scripts/check-images."""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

from greendiff_tools.fixtures.images import write_random
from greendiff_tools.paths import ROOT


def main(description):
    parser = argparse.ArgumentParser(
        prog="check-images", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="files to make")
    parser.add_argument("--seed", type=int, default=0, help="of everything random")
    parser.add_argument("--folder", type=Path, help="where to keep the files; an existing folder")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.folder or Path(scratch)
        write_random(folder, arguments.count, arguments.seed)
        test = ["swift", "test", "-c", "release", "--disable-xctest", "--filter", "PillowImageTests"]
        return subprocess.run(test, cwd=ROOT, env=os.environ | {"GREENDIFFUSION_IMAGES": str(folder)}, check=False).returncode
