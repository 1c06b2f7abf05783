"""The program of this package: the command `greendiff`, and `python -m greendiff`."""

import os
import signal
import sys

from ._program import NAME, program_path


def main():
    """Becomes the program: its arguments, its signals, its exit status."""
    try:
        program = program_path()
        # Python ignores it, and so would the program: `greendiff inspect ... | head` ends quietly.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(program, [NAME, *sys.argv[1:]])
    except (ImportError, OSError) as error:
        sys.exit(f"{NAME}: {error}")


if __name__ == "__main__":
    main()
