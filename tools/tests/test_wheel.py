import re
import tempfile
import tomllib
import unittest
from pathlib import Path

from greendiff_tools import wheel
from greendiff_tools.paths import ROOT


class WheelTests(unittest.TestCase):
    def test_the_package_has_the_programs_version(self):
        project = tomllib.loads((ROOT / "integrations/python/pyproject.toml").read_text())["project"]
        source = (ROOT / "Sources/GreenDiffusion/Version.swift").read_text()
        self.assertEqual(re.findall(r'"(.*)"', source), [project["version"]])

    def test_a_program_of_another_version_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "greendiff"
            program.write_text("#!/bin/sh\necho 99.0.0\n")
            program.chmod(0o755)
            with self.assertRaisesRegex(wheel.WheelError, "the program 99.0.0: make them equal"):
                wheel.check_version(program)

    def test_a_step_that_fails_says_so_with_its_last_words(self):
        with self.assertRaisesRegex(wheel.WheelError, "(?s)python failed: .*no such step"):
            wheel.run("python", "-c", "raise SystemExit('no such step')")


if __name__ == "__main__":
    unittest.main()
