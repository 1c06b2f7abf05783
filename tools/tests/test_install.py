"""scripts/install with a tool chain that has built already: its programs are copies of echo."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

from greendiff_tools.paths import ROOT

SWIFT = """#!/bin/sh
echo "$*" >>"$BUILT/calls"
case "$*" in *--show-bin-path*) echo "$BUILT" ;; esac
"""


class InstallTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.built, self.prefix = self.folder / "built", self.folder / "a prefix"
        self.built.mkdir()
        for program in ("greendiff", "bench"):
            shutil.copy("/bin/echo", self.built / program)
        (self.built / "GreenDiffusion_GreenDiffusion.resources").mkdir()
        swift = self.folder / "bin/swift"
        swift.parent.mkdir()
        swift.write_text(SWIFT)
        swift.chmod(0o755)

    def install(self, *arguments):
        environment = os.environ | {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "BUILT": str(self.built)}
        return subprocess.run(
            [ROOT / "scripts/install", *arguments], cwd=self.folder, env=environment, capture_output=True, text=True)

    def files(self):
        return {str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*")}

    def test_a_prefix_is_where_the_caller_is_and_may_have_spaces(self):
        for _ in range(2):
            job = self.install("a prefix")
            self.assertEqual(job.returncode, 0, job.stderr)
            self.assertIn(f"--uninstall '{self.prefix}'", job.stdout)
            program = subprocess.run([self.prefix / "bin/greendiff", "runs"], capture_output=True, text=True)
            self.assertEqual(program.stdout, "runs\n")
            self.assertEqual(set(os.listdir(self.prefix / "lib")), {"greendiff"})
            self.assertLessEqual({
                "bin/bench", "lib/greendiff/NOTICE", "lib/greendiff/GreenDiffusion_GreenDiffusion.resources",
                "share/bash-completion/completions/greendiff", "share/zsh/site-functions/_greendiff",
                "share/fish/vendor_completions.d/greendiff.fish"}, self.files())

    def test_uninstall_leaves_what_is_not_ours(self):
        self.assertEqual(self.install("a prefix").returncode, 0)
        (self.prefix / "bin/other").write_text("kept")
        self.assertEqual(self.install("--uninstall", "a prefix").returncode, 0)
        self.assertEqual(self.files(), {"bin", "bin/other"})
        self.assertEqual(self.install("--uninstall", "a prefix").returncode, 1)

    def test_what_cannot_be_installed_is_said_before_the_build(self):
        (self.prefix / "bin").mkdir(parents=True)
        (self.prefix / "bin/bench").write_text("somebody else's")
        for prefix, word in (("a prefix", "another program"), ("/dev/null/prefix", "cannot be written")):
            job = self.install(prefix)
            self.assertEqual(job.returncode, 1)
            self.assertIn(word, job.stderr)
        self.assertFalse((self.built / "calls").exists())
        self.assertEqual(self.files(), {"bin", "bin/bench"})


if __name__ == "__main__":
    unittest.main()
