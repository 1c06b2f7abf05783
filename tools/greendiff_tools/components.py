"""What the programs are made of, as a CycloneDX bill of materials."""

import argparse
import json
import os
import re
import subprocess
import sys

from greendiff_tools import locks
from greendiff_tools.paths import BENCH, GREENDIFF, ROOT

SWIFT = "Apache-2.0 WITH Swift-exception"
GCC = "GPL-3.0-or-later WITH GCC-exception-3.1"
# Of Swift packages by name, of Debian's packages by source package.
LICENSES = {
    "swift-argument-parser": SWIFT, "swift-log": "Apache-2.0", "yams": "MIT", "swift-docc-plugin": SWIFT,
    "swift-docc-symbolkit": SWIFT,
    "libjpeg-turbo": "IJG AND BSD-3-Clause", "libpng1.6": "libpng-2.0", "libwebp": "BSD-3-Clause", "zlib": "Zlib",
    "xxhash": "BSD-2-Clause", "openblas": "BSD-3-Clause", "glibc": "LGPL-2.1-or-later", "gcc": GCC,
    "llvm-toolchain": "Apache-2.0 WITH LLVM-exception",
}
# These make documentation and are part of no program.
DOCUMENTATION = {"swift-docc-plugin", "swift-docc-symbolkit"}


def component(name, version, purl, license=None, scope="required"):
    found = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "scope": scope}
    return found | ({"licenses": [{"expression": license}]} if license else {})


def swift_packages(tree):
    """Those that `swift package show-dependencies` names, without the project itself."""
    for package in tree["dependencies"]:
        name, address = package["identity"], package["url"].removeprefix("https://").removesuffix(".git")
        yield component(
            name, package["version"], f"pkg:swift/{address}@{package['version']}", LICENSES.get(name),
            "excluded" if name in DOCUMENTATION else "required")
        yield from swift_packages(package)


def debian_package(fields):
    """One of a line of `dpkg-query`: name, version, architecture, source package."""
    name, version, architecture, source = fields.split()
    purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}"
    return component(name, version, purl, LICENSES.get(source) or LICENSES.get(re.sub(r"-[0-9.]+$", "", source)))


def python_packages():
    """What the tools install: no program needs it."""
    found = {name for extra in locks.extras() for name in locks.entries(locks.lock_path(extra).read_text())}
    for requirement in sorted(found):
        name, _, version = requirement.partition("==")
        yield component(name, version, f"pkg:pypi/{name}@{version.replace('+', '%2B')}", scope="excluded")


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def linked_libraries(programs):
    """Lines of `dpkg-query` about the packages whose libraries the programs load; the Swift tool chain's are in none."""
    paths = {path for program in programs for path in re.findall(r"=> (/\S+)", output("ldd", program))}
    packages = set()
    for path in paths:
        # A library lies in /lib or /usr/lib, which are one folder, and its package knows one of the two, or what a link is to.
        for place in (path, "/usr" + path, path.removeprefix("/usr"), os.path.realpath(path)):
            answer = subprocess.run(["dpkg-query", "--search", place], capture_output=True, text=True)
            if answer.returncode == 0:
                packages.add(answer.stdout.splitlines()[0].rsplit(": ", 1)[0])
                break
    format = "${Package} ${Version} ${Architecture} ${source:Package}\n"
    return output("dpkg-query", "--show", f"--showformat={format}", "libxxhash-dev", *sorted(packages)).splitlines()


def bill(version, swift, components):
    """The document; the same for the same components."""
    program = component("greendiff", version, f"pkg:generic/greendiff@{version}", "Apache-2.0") | {"type": "application"}
    compiler = component("swift", swift, f"pkg:generic/swift@{swift}", SWIFT)
    del program["scope"]
    components = sorted([compiler, *components], key=lambda entry: entry["bom-ref"])
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": program},
        "components": components,
        "dependencies": [{
            "ref": program["bom-ref"],
            "dependsOn": [entry["bom-ref"] for entry in components if entry["scope"] == "required"],
        }],
    }


def main(description):
    argparse.ArgumentParser(
        prog="list-components", description=description, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    programs = [path for path in (GREENDIFF, BENCH) if path.exists()]
    if not programs:
        print(f"list-components: {GREENDIFF} is missing; run swift build -c release", file=sys.stderr)
        return 2
    tree = json.loads(output("swift", "package", "show-dependencies", "--format", "json"))
    swift = re.search(r"Swift version (\S+)", output("swift", "--version")).group(1)
    components = [*swift_packages(tree), *map(debian_package, linked_libraries(programs)), *python_packages()]
    print(json.dumps(bill(output(GREENDIFF, "--version").strip(), swift, components), indent=2))
    return 0
