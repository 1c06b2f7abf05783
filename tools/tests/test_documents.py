import tempfile
import unittest

from greendiff_tools import documents


class DocumentTests(unittest.TestCase):
    def test_long_lines_of_prose_and_tables_are_found(self):
        wide = "x" * 121
        text = "\n".join([wide, "    " + wide, "```", wide, "```", "| " + wide + " |", "https://example.org/" + wide])
        self.assertEqual(documents.long_lines(text), [1, 6])

    def test_links_must_lead_somewhere(self):
        with tempfile.TemporaryDirectory() as folder:
            open(f"{folder}/there.md", "w").close()
            text = "[a](there.md#part) [b](gone.md) [c](https://example.org) `[d](code.md)`\n\n    [e](block.md)"
            self.assertEqual(documents.dead_links(text, folder), ["gone.md", "code.md"])


if __name__ == "__main__":
    unittest.main()
