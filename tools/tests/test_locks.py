import re
import unittest

from greendiff_tools import locks

CPU = locks.torch_cpu_hashes()


class LockTests(unittest.TestCase):
    def test_every_version_of_pyproject_is_locked(self):
        for extra, requirements in locks.extras().items():
            entries = locks.entries(locks.lock_path(extra).read_text())
            for requirement in requirements:
                if requirement.startswith("greendiff-tools["):
                    continue
                self.assertRegex(requirement, r"^[a-z0-9-]+==[0-9.]+(post[0-9]+)?$")
                self.assertIn(requirement, entries, f"run scripts/lock-tools {extra}")

    def test_a_group_of_groups_has_the_versions_of_each(self):
        for extra, requirements in locks.extras().items():
            for name in requirements:
                for inner in re.findall(r"[a-z]+", name.partition("[")[2]):
                    whole, part = (locks.entries(locks.lock_path(group).read_text()) for group in (extra, inner))
                    self.assertLessEqual(set(part), set(whole), f"run scripts/lock-tools {inner} {extra}")

    def test_every_file_has_a_hash_and_none_is_built_from_source(self):
        for extra in locks.extras():
            lock = locks.lock_path(extra).read_text()
            self.assertIn("--only-binary :all:\n", lock)
            for name, hashes in locks.entries(lock).items():
                self.assertTrue(hashes, f"{extra}: {name} has no hash")
                for value in hashes:
                    self.assertRegex(value, r"^sha256:[0-9a-f]{64}$")

    def test_torch_on_linux_is_the_build_without_cuda(self):
        lock = "numpy==1 \\\n    --hash=sha256:aa\ntorch==2.13.0 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\ntqdm==4 \\\n"
        expected = ["torch==2.13.0 ; sys_platform != 'linux' \\", "    --hash=sha256:bb \\", "    --hash=sha256:cc",
                    "torch==2.13.0+cpu ; sys_platform == 'linux' \\", f"    --hash=sha256:{CPU[0]} \\"]
        self.assertEqual(locks.with_torch_cpu(lock).splitlines()[2:7], expected)
        self.assertTrue(locks.with_torch_cpu(lock).endswith(f"{CPU[-1]}\ntqdm==4 \\\n"))
        self.assertEqual(locks.with_torch_cpu("numpy==1 \\\n"), "numpy==1 \\\n")


if __name__ == "__main__":
    unittest.main()
