"""Markdown whose lines are no longer than the documents' limit, and its place in a document."""

import textwrap

LIMIT = 120
END = "<!-- end -->"


def table(header, rows):
    """A Markdown table; nothing without rows."""
    if not rows:
        return ""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def paragraph(text):
    """`text` cut into lines."""
    return textwrap.fill(text, LIMIT, break_long_words=False, break_on_hyphens=False)


class DocumentError(Exception):
    """A document without the marks between which tables belong."""


def replaced(document, mark, content):
    """`document` with `content` between `<!-- mark -->` and the next `<!-- end -->`."""
    start = document.find(f"<!-- {mark} -->")
    stop = document.find(END, start)
    if start < 0 or stop < 0:
        raise DocumentError(f"the document has no <!-- {mark} --> ... {END}")
    return f"{document[:start]}<!-- {mark} -->\n\n{content.strip()}\n\n{document[stop:]}"
