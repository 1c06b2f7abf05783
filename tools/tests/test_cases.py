import os
import re
import tempfile
import unittest
from pathlib import Path

from greendiff_tools.cases import files, inputs, runs
from greendiff_tools.cases.case import LINES, Case, one_line
from greendiff_tools.cases.command import fault


def outcome(script, status=0, output="", seconds=30):
    with tempfile.TemporaryDirectory() as folder:
        return fault(Case("", script, status, output, seconds), folder, os.environ)


class CaseTests(unittest.TestCase):
    def test_status_output_and_time_are_compared(self):
        self.assertIsNone(outcome("echo right; exit 3", 3, "^right$"))
        self.assertIn("status 3, not 0", outcome("exit 3"))
        self.assertIn("no ^right$", outcome("echo wrong", 0, "^right$"))
        self.assertIn("not done", outcome("sleep 20", seconds=0.2))

    def test_what_is_printed_on_both_outputs_counts(self):
        self.assertIsNone(outcome("echo greendiff: no such file >&2; exit 1", 1, one_line("no such", "file")))

    def test_a_refusal_is_one_short_line_without_control_characters(self):
        right = "greendiff: a is 3; give 2"
        self.assertTrue(re.search(one_line("a", "3"), right))
        long = "greendiff: a 3" + "x" * 700
        for wrong in (right + "\nmore", "warning\n" + right, "greendiff: a is \x1b3", long, "greendiff: 3 a"):
            self.assertIsNone(re.search(one_line("a", "3"), wrong))
        self.assertTrue(re.search(LINES, right + "\n" + right))
        self.assertIsNone(re.search(LINES, right + "\nmore"))

    def test_every_input_of_a_case_is_written_and_the_same_each_time(self):
        def contents(folder):
            return {path.relative_to(folder): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}

        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            for folder in (first, second):
                inputs.write_inputs(folder)
            self.assertEqual(contents(first), contents(second))
            for case in files.CASES + runs.CASES:
                for name in re.findall(r"\$in/([\w.-]+)", case.script):
                    if "$" not in name:
                        self.assertTrue(os.path.exists(f"{first}/{name}") or f"{name}$kind" in case.script, name)
        names = [case.name for case in files.CASES + runs.CASES]
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    unittest.main()
