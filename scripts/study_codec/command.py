"""The command line of scripts/study-codec."""

import argparse
import os
import tempfile

from . import study
from .figure import draw

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BEGIN, END = "<!-- codec -->", "<!-- end -->"


def parse(description):
    parser = argparse.ArgumentParser(prog="study-codec", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True, metavar="FILE", help="safetensors file of a model after a device's round")
    parser.add_argument("--base", required=True, metavar="FILE", help="the model before it")
    parser.add_argument("--program", default=os.path.join(ROOT, ".build/release/greendiff"), help="our program")
    parser.add_argument("--figure", default=os.path.join(ROOT, "docs/images/codec.svg"), metavar="FILE")
    parser.add_argument("--document", default=os.path.join(ROOT, "docs/codec.md"), metavar="FILE", help="tables go between its marks")
    return parser.parse_args()


def error_table(curves, norm):
    lines = ["| format | " + " | ".join(f"{b} bits" for b in range(2, 9)) + " |", "|---" * 8 + "|"]
    for name, (_, widths) in study.OURS.items():
        cells = {bits: f"{point[0] / norm:.2e} at {point[1]:.2f}" for bits, point in zip(widths, curves[name])}
        lines.append(f"| {name} | " + " | ".join(cells.get(bits, "") for bits in range(2, 9)) + " |")
    others = "; ".join(f"{name} {curves[name][0][0] / norm:.2e} at {curves[name][0][1]:.2f}" for name in study.OTHERS)
    return "\n".join(lines) + f"\n\nOthers, nearest rounding (biased): {others}."


def equal_table(rows, peer="paper's grid"):
    lines = [f"| {peer} | error (abs) | bits a value | lattice | fewer bytes | realised error |", "|---" * 6 + "|"]
    for bits, error, paper, lattice, realised in rows:
        lines.append(f"| {bits} bits | {error:.4g} | {paper:.2f} | {lattice:.2f} | **{100 * (1 - lattice / paper):.0f} %** | {realised:.4g} |")
    return "\n".join(lines)


def main(description):
    options = parse(description)
    with tempfile.TemporaryDirectory() as folder:
        change = f"{folder}/change.safetensors"
        study.difference(options.weights, options.base, change)
        weights, weights_norm = study.measure(options.program, options.weights)
        changes, change_norm = study.measure(options.program, change)
        paper, widths = weights[study.PAPER], study.OURS[study.PAPER][1]
        equal = study.at_equal_error(options.program, options.weights, paper, widths)
        rotation = study.against_rotation(options.program, options.weights)
        rotation_change = study.against_rotation(options.program, change)
        equal_change = study.at_equal_error(options.program, change, paper, widths)
    draw([("weights", weights, weights_norm), ("change of a device's round", changes, change_norm)], options.figure)
    text = "\n\n".join([
        f"Squared norm of the weights {weights_norm:.4g}, of the change {change_norm:.4g}.",
        "Relative error at bits a value, weights:", error_table(weights, weights_norm),
        "The same for the change:", error_table(changes, change_norm),
        "Weights sent on the lattice, at the paper's absolute error:", equal_table(equal),
        "The change sent on the lattice instead of the weights on the paper's grid, at the same absolute error of the reconstructed model:",
        equal_table(equal_change),
        "Weights on the lattice, at the error of a rotation code (EDEN: random rotation, the best scalar code of normal values, unbiased):",
        equal_table(rotation, "rotation"),
        "The same for the change:", equal_table(rotation_change, "rotation"),
    ])
    with open(options.document, encoding="utf-8") as file:
        document = file.read()
    before, rest = document.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    with open(options.document, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")
    print(text)
