import pathlib
import tempfile
import unittest

from greendiff_tools import architecture


def package(**imports):
    return {
        "products": [{"name": "app", "targets": ["app"]}],
        "targets": [
            {"name": name, "type": "executable" if name == "app" else "regular",
             "dependencies": [{"byName": [other, None]} for other in others]}
            for name, others in imports.items()] + [{"name": "appTests", "type": "test", "dependencies": []}]}


class ArchitectureTests(unittest.TestCase):
    layers = package(app=["top", "base", "Yams"], top=["middle", "base"], middle=["base"], base=[])

    def test_implied_arrows_are_left_out(self):
        imports, kinds = architecture.graph(self.layers)
        self.assertEqual(architecture.reduced(imports), {"app": ["top"], "top": ["middle"], "middle": ["base"], "base": []})
        self.assertEqual(kinds["app"], ["executable", "product"])

    def test_arrows_go_down(self):
        arrows = architecture.reduced(architecture.graph(self.layers)[0])
        floor = architecture.floors(arrows)
        self.assertTrue(all(floor[name] > floor[other] for name in arrows for other in arrows[name]))

    def test_same_package_same_bytes(self):
        backwards = {**self.layers, "targets": self.layers["targets"][::-1]}
        self.assertEqual(architecture.svg(self.layers), architecture.svg(backwards))

    def test_imports_and_dependencies_agree(self):
        with tempfile.TemporaryDirectory() as name:
            root = pathlib.Path(name)
            sources = {
                "app": "import top\nimport base\n", "top": "@testable import middle\nimport Foundation\n",
                "middle": "// import base\nimport top\n", "base": ""}
            for target, text in sources.items():
                (root / "Sources" / target).mkdir(parents=True)
                (root / "Sources" / target / "File.swift").write_text(text)
            lines = architecture.undeclared(self.layers, root)
        self.assertEqual(lines, [
            "app declares Yams and does not import it", "top declares base and does not import it",
            "middle imports top without declaring it", "middle declares base and does not import it"])


if __name__ == "__main__":
    unittest.main()
