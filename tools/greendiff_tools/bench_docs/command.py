"""The command line of scripts/bench-docs."""

import argparse
import sys

from ..bench_pytorch import tables
from ..bench_pytorch.results import ResultError, Results
from ..markdown import DocumentError, paragraph, replaced, table
from ..paths import ROOT
from .profile import Profile, ProfileError
from .roofline import picture


def profile_table(profile):
    """The step's time by kind of operation, and what is in no kernel."""
    fma, copy = profile.ceilings["fma_gflops"], profile.ceilings["memory_copy_gbs"]
    total = profile.step_milliseconds
    rows = [
        [row.name, f"{row.calls:.0f}", f"{row.milliseconds:.2f}", f"{100 * row.milliseconds / total:.1f} %",
         f"{row.effective_rate:.0f}" if row.nominal_gflop else "", f"{row.executed_rate:.0f}" if row.executed_gflop else "",
         f"{100 * row.share(profile.ceilings):.0f} %" if row.executed_gflop else "", f"{row.byte_rate:.1f}",
         f"{100 * row.byte_rate / copy:.0f} %"]
        for row in profile.rows if row.milliseconds >= 0.001 * total]
    rest = total - sum(row.milliseconds for row in profile.rows if row.milliseconds >= 0.001 * total)
    rows.append(["everything else, in kernels and beside them", "", f"{rest:.2f}", f"{100 * rest / total:.1f} %", *[""] * 5])
    header = ["operation", "calls", "ms", "share", "effective GFLOP/s", "executed", "of peak", "GB/s", "of memory copy"]
    machine = profile.document["machine"]
    halves = profile.ceilings.get("bf16_gflops")
    products = f", {halves:.0f} GFLOP/s of bfloat16 ({profile.document['bf16_unit']})" if halves else ""
    text = paragraph(
        f"{machine['cpu']}, commit {machine['commit']}: {profile.title}, {total:.0f} ms a step, "
        f"{total / profile.document['batch']:.1f} ms an image, {100 * profile.other_milliseconds / total:.1f} % outside "
        f"kernels. Ceilings beside it: {fma:.0f} GFLOP/s of fused multiply-adds{products}, copies at {copy:.0f} GB/s in "
        f"memory and {profile.ceilings['cache_copy_gbs']:.0f} GB/s in the caches.")
    return f"{text}\n\n{table(header, rows)}"


def main(description):
    parser = argparse.ArgumentParser(
        prog="bench-docs", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pytorch", metavar="FILE", help="what scripts/bench-pytorch --json wrote")
    parser.add_argument("--profile", metavar="FILE", help="what bench profile --json wrote")
    parser.add_argument("--document", metavar="FILE", default=ROOT / "docs/benchmarks.md")
    parser.add_argument("--svg", metavar="FILE", help="the roofline (default: docs/images/roofline[-bfloat16].svg)")
    options = parser.parse_args()
    if not (options.pytorch or options.profile):
        parser.error("nothing to write: name --pytorch FILE or --profile FILE")
    try:
        write(options)
    except (DocumentError, ProfileError, ResultError) as error:
        sys.exit(f"bench-docs: {error}")
    except OSError as error:
        sys.exit(f"bench-docs: {error.filename}: {error.strerror}")


def write(options):
    with open(options.document, encoding="utf-8") as file:
        document = file.read()
    if options.pytorch:
        results = Results.load(options.pytorch)
        document = replaced(document, "pytorch" if results.is_float32 else "pytorch-fastest", tables.markdown(results))
    if options.profile:
        profile = Profile(options.profile)
        suffix = "" if profile.is_float32 else f"-{profile.document['precision']}"
        document = replaced(document, f"profile{suffix}", profile_table(profile))
        with open(options.svg or ROOT / f"docs/images/roofline{suffix}.svg", "w", encoding="utf-8") as file:
            file.write(picture(profile))
    with open(options.document, "w", encoding="utf-8") as file:
        file.write(document)
