"""A case: what is run, and what must come of it.

A script of bash runs in an empty folder of its own; $in has the inputs, $T the settings of a run that takes a moment. Its
status must be `status`, and `output` (a regular expression over lines) must be in what it printed, errors included.
"""

from typing import NamedTuple


class Case(NamedTuple):
    name: str
    script: str
    status: int
    output: str
    # Longer is wrong: what hangs or takes time beyond its input does.
    seconds: float = 30


TINY = ("--preset tiny --devices 2 --rounds 1 --local-iterations 1 --batch-size 2 --sample-every 0 --evaluate-every 0 "
        "--compare-schemes off --threads 1")
LINE = r"greendiff: [^\n\x00-\x1f]{1,600}"


def one_line(*words):
    """A refusal in one line of at most 600 characters that has these words in their order, and nothing else."""
    return rf"\A(?=.*{'.*'.join(words)}){LINE}\Z"


# Several of these.
LINES = rf"\A({LINE}\n)*{LINE}\Z"
