"""The command line of scripts/study-codec."""

import argparse
import tempfile

from ...markdown import paragraph, replaced, table
from ...paths import GREENDIFF, ROOT
from . import study
from .figure import draw
from .study import short


def parse(description):
    parser = argparse.ArgumentParser(
        prog="study-codec", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True, metavar="FILE", help="safetensors file of a model after a device's round")
    parser.add_argument("--base", required=True, metavar="FILE", help="the model before it")
    parser.add_argument("--program", default=GREENDIFF, help="our program")
    parser.add_argument("--figure", default=ROOT / "docs/images/codec.svg", metavar="FILE")
    parser.add_argument(
        "--document", default=ROOT / "docs/codec.md", metavar="FILE", help="tables go between its marks")
    return parser.parse_args()


def error_table(curves, norm):
    """A row a width, a column a format."""
    def cell(name, widths, bits):
        if bits not in widths:
            return ""
        error, bits_a_value, _ = curves[name][widths.index(bits)]
        return f"{short(error / norm)} at {bits_a_value:.2f}"

    rows = [[bits, *(cell(name, widths, bits) for name, (_, widths) in study.OURS.items())] for bits in range(2, 9)]
    others = "; ".join(f"{name} {short(curves[name][0][0] / norm)} at {curves[name][0][1]:.2f}" for name in study.OTHERS)
    columns = [name.replace(" (one scale a tensor)", "").replace(", groups of", " by") for name in study.OURS]
    return table(["bits", *columns], rows) + "\n\n" + paragraph(f"Others, nearest rounding (biased): {others}.")


def equal_table(rows, peer="paper's grid"):
    cells = [
        [f"{bits} bits", f"{error:.4g}", f"{paper:.2f}", f"{lattice:.2f}", f"**{100 * (1 - lattice / paper):.0f} %**",
         f"{realised:.4g}"]
        for bits, error, paper, lattice, realised in rows]
    return table([peer, "error (abs)", "bits a value", "lattice", "fewer bytes", "realised error"], cells)


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
        "Relative error at bits a value, weights, one scale a tensor or one for 256 values:", error_table(weights, weights_norm),
        "The same for the change:", error_table(changes, change_norm),
        "Weights sent on the lattice, at the paper's absolute error:", equal_table(equal),
        paragraph(
            "The change sent on the lattice instead of the weights on the paper's grid, at the same absolute error of the "
            "reconstructed model:"),
        equal_table(equal_change),
        paragraph(
            "Weights on the lattice, at the error of a rotation code (EDEN: random rotation, the best scalar code of normal "
            "values, unbiased):"),
        equal_table(rotation, "rotation"),
        "The same for the change:", equal_table(rotation_change, "rotation"),
    ])
    with open(options.document, encoding="utf-8") as file:
        document = file.read()
    with open(options.document, "w", encoding="utf-8") as file:
        file.write(replaced(document, "codec", text))
    print(text)
