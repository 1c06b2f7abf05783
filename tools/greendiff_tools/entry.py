"""How a script starts the module that does its work."""

import importlib
import sys
from pathlib import Path


def run(module, description, extra=None):
    """Calls `main(description)` of `greendiff_tools.MODULE`; `extra` names what pyproject.toml has it need.

    Ends with status 2 and the way out where a package is missing."""
    try:
        main = importlib.import_module(f"greendiff_tools.{module}").main
    except ModuleNotFoundError as error:
        script = Path(sys.argv[0]).name
        print(
            f"{script}: {error}; install it with: python3 -m venv .venv && .venv/bin/pip install -e './tools[{extra}]', "
            f"and run: .venv/bin/python scripts/{script}", file=sys.stderr)
        sys.exit(2)
    sys.exit(main(description))
