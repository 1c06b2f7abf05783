"""What can be checked of documents and commits without reading them."""

import argparse
import os
import re
import subprocess
import sys

from greendiff_tools.markdown import LIMIT
from greendiff_tools.paths import ROOT

SUBJECT_LIMIT = 72


def prose(text):
    """Numbered lines outside code blocks."""
    is_fenced = False
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            is_fenced = not is_fenced
        elif not is_fenced and not line.startswith("    "):
            yield number, line


def long_lines(text):
    """Numbers of lines that a reader must scroll sideways for; an address alone cannot be broken."""
    return [number for number, line in prose(text) if len(line) > LIMIT and not re.fullmatch(r"(\[.+\]: )?https?://\S+", line)]


def dead_links(text, folder):
    """Links to files that are not there."""
    links = [link for _, line in prose(text) for link in re.findall(r"\]\(([^)#: ]+)(?:#[^)]*)?\)", line)]
    return [link for link in links if not os.path.exists(os.path.join(folder, link))]


def main(description):
    argparse.ArgumentParser(
        prog="lint-documents", description=description, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()

    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    faults = []
    for path in git("ls-files", "*.md").split():
        text = (ROOT / path).read_text()
        faults += [f"{path}:{number}: longer than {LIMIT} columns" for number in long_lines(text)]
        if ".docc/" not in path:
            faults += [f"{path}: no file {link}" for link in dead_links(text, (ROOT / path).parent)]
    subject = git("log", "-1", "--no-merges", "--format=%s").strip()
    if len(subject) > SUBJECT_LIMIT:
        faults.append(f"the last commit's subject has {len(subject)} characters, the limit is {SUBJECT_LIMIT}: {subject}")
    print(*faults, sep="\n", file=sys.stderr, end="\n" if faults else "")
    return 1 if faults else 0
