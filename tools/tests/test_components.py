import json
import re
import unittest

from greendiff_tools import components
from greendiff_tools.paths import ROOT

TREE = {"dependencies": [
    {"identity": "yams", "url": "https://github.com/jpsim/Yams", "version": "6.2.2", "dependencies": []},
    {"identity": "swift-docc-plugin", "url": "https://github.com/swiftlang/swift-docc-plugin.git", "version": "1.5.0",
     "dependencies": [
        {"identity": "unknown", "url": "https://example.org/unknown", "version": "2.0.0", "dependencies": []}]},
]}


class ComponentTests(unittest.TestCase):
    def test_swift_packages_come_with_what_they_bring_along(self):
        found = list(components.swift_packages(TREE))
        self.assertEqual([entry["purl"] for entry in found], [
            "pkg:swift/github.com/jpsim/Yams@6.2.2", "pkg:swift/github.com/swiftlang/swift-docc-plugin@1.5.0",
            "pkg:swift/example.org/unknown@2.0.0"])
        self.assertEqual([entry["scope"] for entry in found], ["required", "excluded", "required"])
        self.assertEqual(found[0]["licenses"], [{"expression": "MIT"}])
        self.assertNotIn("licenses", found[2])

    def test_a_package_of_debian_has_the_licence_of_its_source(self):
        found = components.debian_package("libomp5-14 1:14.0.6-12+b1 amd64 llvm-toolchain-14")
        self.assertEqual(found["purl"], "pkg:deb/debian/libomp5-14@1%3A14.0.6-12%2Bb1?arch=amd64")
        self.assertEqual(found["licenses"], [{"expression": "Apache-2.0 WITH LLVM-exception"}])

    def test_the_bill_names_every_component_once_whatever_their_order(self):
        parts = [*components.swift_packages(TREE), *components.python_packages()]
        bill = components.bill("0.1.0", "6.3.1", parts)
        self.assertEqual(json.dumps(bill), json.dumps(components.bill("0.1.0", "6.3.1", parts[::-1])))
        references = [entry["bom-ref"] for entry in bill["components"]]
        self.assertEqual(len(references), len(set(references)))
        self.assertIn("pkg:generic/swift@6.3.1", references)
        self.assertIn("pkg:pypi/torch@2.13.0%2Bcpu", references)
        self.assertEqual(bill["dependencies"][0]["dependsOn"], [
            entry["bom-ref"] for entry in bill["components"] if entry["scope"] == "required"])

    def test_the_package_takes_exact_versions_and_the_notice_names_them(self):
        package, notice = (ROOT / "Package.swift").read_text(), (ROOT / "NOTICE").read_text()
        declared = re.findall(r"\.package\(url: \"(.*?)\", (.*?)\)", package)
        self.assertTrue(declared)
        for address, requirement in declared:
            version = re.fullmatch(r"exact: \"([0-9.]+)\"", requirement)
            self.assertTrue(version, f"{address} is not pinned: {requirement}")
            self.assertIn(f"{address.rpartition('/')[2]} {version.group(1)}, {address}", notice)


if __name__ == "__main__":
    unittest.main()
