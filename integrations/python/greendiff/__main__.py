"""The program of this package: the command `greendiff`, and `python -m greendiff`."""

import os
import signal
import sys

from ._library import library_path


def main():
    """Becomes the program that lies beside the library: its arguments, its signals, its exit status."""
    try:
        program = library_path().with_name("greendiff")
        # Python ignores it, and so would the program: `greendiff inspect ... | head` ends quietly.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(program, ["greendiff", *sys.argv[1:]])
    except (ImportError, OSError) as error:
        sys.exit(f"greendiff: {error}")


if __name__ == "__main__":
    main()
