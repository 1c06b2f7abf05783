"""Markdown whose lines are no longer than the documents' limit."""

import textwrap

LIMIT = 120


def table(header, rows):
    """A Markdown table; nothing without rows."""
    if not rows:
        return ""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def paragraph(text):
    """`text` cut into lines."""
    return textwrap.fill(text, LIMIT, break_long_words=False, break_on_hyphens=False)
