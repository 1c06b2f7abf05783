"""How a script starts the module that does its work."""

import importlib
import sys
from pathlib import Path

# Where pip finds, besides PyPI, what a lock names: PyTorch's builds without CUDA.
INDEXES = dict.fromkeys(
    ["pytorch", "fixtures", "peers", "quality"], "--extra-index-url https://download.pytorch.org/whl/cpu ")


def run(module, description, extra=None):
    """Calls `main(description)` of `greendiff_tools.MODULE`; `extra` names the lock file of what it needs.

    Ends with status 2 and the way out where a package is missing."""
    try:
        status = importlib.import_module(f"greendiff_tools.{module}").main(description)
    except ModuleNotFoundError as error:
        script = Path(sys.argv[0]).name
        print(
            f"{script}: {error}; install it with: python3 -m venv .venv && .venv/bin/pip install --require-hashes "
            f"{INDEXES.get(extra, '')}-r tools/locks/{extra}.txt, and run: .venv/bin/python scripts/{script}", file=sys.stderr)
        sys.exit(2)
    sys.exit(status)
