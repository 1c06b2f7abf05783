"""The package's targets and what they import, as a layered picture."""

import argparse
import html
import json
import re
import subprocess
import sys

from greendiff_tools.paths import ROOT

DOCUMENT = ROOT / "docs/images/architecture.svg"
BOX_HEIGHT, ROW, GAP, MARGIN = 34, 92, 26, 24
STYLE = """
  text { font: 14px system-ui, sans-serif; text-anchor: middle; fill: #1c2733 }
  rect { fill: #eef3f8; stroke: #6f8aa5 }
  .executable rect { fill: #dcebdc; stroke: #5b8a5b }
  .product rect { stroke-width: 2.5 }
  .system rect { fill: #efefef; stroke: #a8a8a8 }
  path { fill: none; stroke: #8a9bad; stroke-width: 1.4 }
  marker path { fill: #8a9bad; stroke: none }
"""


def graph(package):
    """Targets that are no tests, by name: what they import of ours, and their kind."""
    targets = {
        target["name"]: target for target in package["targets"]
        if target["type"] != "test" and not (target.get("path") or "").startswith("Tests/")}
    products = {name for product in package["products"] for name in product["targets"]}
    imports, kinds = {}, {}
    for name, target in targets.items():
        named = [next(iter(dependency.values()))[0] for dependency in target["dependencies"]]
        imports[name] = {other for other in named if other in targets}
        kinds[name] = [target["type"]] + ["product"] * (name in products)
    return imports, kinds


IMPORT = re.compile(
    r"^\s*(?:@testable |@preconcurrency |public |package |internal )*import (?:struct |class |enum |func )?(\w+)", re.MULTILINE)
INCLUDE = re.compile(r'^#include [<"](\w+)\.h[>"]', re.MULTILINE)


def undeclared(package, root):
    """Lines on what a target imports without declaring it, or declares without importing it; `root` holds the sources."""
    names = {target["name"] for target in package["targets"]}
    lines = []
    for target in package["targets"]:
        name = target["name"]
        folder = root / (target.get("path") or f"{'Tests' if target['type'] == 'test' else 'Sources'}/{name}")
        declared = {next(iter(dependency.values()))[0] for dependency in target["dependencies"]}
        imported = set()
        for file in folder.rglob("*"):
            if file.suffix == ".swift":
                imported |= set(IMPORT.findall(file.read_text()))
            elif file.suffix in (".c", ".h"):
                imported |= set(INCLUDE.findall(file.read_text())) | set(re.findall(r"@import (\w+)", file.read_text()))
        if target["type"] == "system" or not any(file.suffix == ".swift" for file in folder.rglob("*")):
            continue
        lines += [f"{name} imports {other} without declaring it" for other in sorted(imported & names - declared - {name})]
        lines += [f"{name} declares {other} and does not import it" for other in sorted(declared - imported)]
    return lines


def reachable(imports, start):
    found, stack = set(), list(imports[start])
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += imports[name]
    return found


def reduced(imports):
    """The imports that no longer way implies."""
    return {
        name: sorted(other for other in direct if not any(other in reachable(imports, via) for via in direct - {other}))
        for name, direct in imports.items()}


def floors(arrows):
    """Every target as low as what it imports allows, then as high as those that import it allow; nobody imports the top."""
    floor = {}

    def height(name):
        if name not in floor:
            floor[name] = 1 + max((height(other) for other in arrows[name]), default=-1)
        return floor[name]

    for name in arrows:
        height(name)
    top = max(floor.values())
    for name in sorted(arrows, key=lambda name: -floor[name]):
        floor[name] = min((floor[user] for user in arrows if name in arrows[user]), default=top + 1) - 1
    return floor


def links(arrows, floor):
    """Arrows as links between neighbouring floors: a long one goes through corners, which are `(from, to, floor)`."""
    rows = [[] for _ in range(max(floor.values()) + 1)]
    below = {}
    for name in sorted(arrows):
        rows[floor[name]].append(name)
        for other in arrows[name]:
            above = name
            for level in range(floor[name] - 1, floor[other], -1):
                corner = (name, other, level)
                rows[level].append(corner)
                below.setdefault(above, []).append(corner)
                above = corner
            below.setdefault(above, []).append(other)
    return rows, below


def width(node):
    return 26 + 8.3 * len(node) if isinstance(node, str) else 8


def places(rows, below):
    """The middle of every node: rows ordered by where their neighbours are, some times down and up."""
    above = {}
    for node, others in below.items():
        for other in others:
            above.setdefault(other, []).append(node)
    span = max(sum(width(node) + GAP for node in row) for row in rows)
    x = {}

    def place(row):
        free = (span - sum(map(width, row))) / (len(row) + 1)
        left = free
        for node in row:
            x[node] = left + width(node) / 2
            left += width(node) + free

    for row in rows:
        place(row)
    best = None
    for sweep in range(40):
        near = above if sweep % 2 else below
        for row in rows if not sweep % 2 else reversed(rows):
            wish = {node: sum(x[other] for other in near[node]) / len(near[node]) if node in near else x[node] for node in row}
            row.sort(key=lambda node: (wish[node], str(node)))
            place(row)
        length = sum(abs(x[node] - x[other]) for node, others in below.items() for other in others)
        if best is None or length < best[0]:
            best = (length, dict(x))
    return best[1], span, above


def curve(points):
    """Through all points, upright at each."""
    steps = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        bend = (y1 - y0) / 2
        steps.append(f"C{x0:.1f} {y0 + bend:.1f} {x1:.1f} {y1 - bend:.1f} {x1:.1f} {y1:.1f}")
    return " ".join(steps)


def svg(package):
    """The picture; the same package gives the same bytes."""
    imports, kinds = graph(package)
    arrows = reduced(imports)
    floor = floors(arrows)
    rows, below = links(arrows, floor)
    x, span, above = places(rows, below)
    y = {node: MARGIN + BOX_HEIGHT / 2 + ROW * (len(rows) - 1 - level) for level, row in enumerate(rows) for node in row}
    right, bottom = span + 2 * MARGIN, ROW * (len(rows) - 1) + BOX_HEIGHT + 2 * MARGIN

    def port(node, neighbours, other, side):
        """Where a line to `other` leaves a box: neighbours side by side, in their order."""
        order = sorted(neighbours[node], key=lambda near: (x[near], str(near)))
        step = min(18, (width(node) - 12) / len(order))
        return (MARGIN + x[node] + (order.index(other) - (len(order) - 1) / 2) * step, y[node] + side * BOX_HEIGHT / 2)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:.0f} {bottom:.0f}" width="{right:.0f}">',
        "<title>Modules: an arrow goes to what is imported; what a longer way implies is left out</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{right:.0f}" height="{bottom:.0f}" style="fill: white; stroke: none"/>',
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z"/></marker>']
    for name in sorted(arrows):
        for other in arrows[name]:
            corners = [(name, other, level) for level in range(floor[name] - 1, floor[other], -1)]
            way = [name, *corners, other]
            points = [port(name, below, way[1], 1)]
            for corner in corners:
                middle = MARGIN + x[corner]
                points += [(middle, y[corner] - BOX_HEIGHT / 2), (middle, y[corner] + BOX_HEIGHT / 2)]
            points.append(port(other, above, way[-2], -1))
            lines.append(f'<path marker-end="url(#tip)" d="{curve(points)}"/>')
    for name in sorted(arrows):
        left, top = MARGIN + x[name] - width(name) / 2, y[name] - BOX_HEIGHT / 2
        lines.append(
            f'<g class="{" ".join(kinds[name])}"><rect x="{left:.1f}" y="{top:.1f}" width="{width(name):.1f}" '
            f'height="{BOX_HEIGHT}" rx="6"/>'
            f'<text x="{MARGIN + x[name]:.1f}" y="{y[name] + 5:.1f}">{html.escape(name)}</text></g>')
    return "\n".join([*lines, "</svg>"]) + "\n"


def main(description):
    parser = argparse.ArgumentParser(
        prog="draw-architecture", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--check", action="store_true",
        help="change nothing; status 1 where the picture is out of date, or targets import other than they declare")
    options = parser.parse_args()
    dump = subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True, text=True)
    picture = svg(json.loads(dump.stdout))
    if options.check:
        lines = undeclared(json.loads(dump.stdout), ROOT)
        if lines:
            print("\n".join(f"Package.swift: {line}" for line in lines), file=sys.stderr)
            return 1
        if not DOCUMENT.exists() or DOCUMENT.read_text() != picture:
            print("docs/images/architecture.svg is out of date; run scripts/draw-architecture", file=sys.stderr)
            return 1
        return 0
    DOCUMENT.write_text(picture)
    return 0
