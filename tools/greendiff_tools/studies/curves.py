"""What published curves of others say of the law: Syntiant's two voltages, CodeCarbon's power over load."""

import statistics

from .. import markdown
from .power_forms import FORMS, fit_error

# Syntiant's NDP120, MLPerf Tiny v1.0: medians of results/syntiant_9120_{0v9_30mhz,1v1_98mhz}/{ic,kws,vww}/energy/results.txt,
# microjoules an inference and inferences a second; clocks and voltages of systems/*.json. The measured power has the 1.8 V rail,
# the converter to the core's voltage and the clock generator in it (README.md beside them).
# https://github.com/mlcommons/tiny_results_v1.0/tree/c7761cf84076d601c4a0ed2ecc51e77d40696ed2/closed/syntiant
SYNTIANT_VOLTS = (0.9, 1.1)
SYNTIANT_MEGAHERTZ = (30.7, 98.7)
SYNTIANT = {
    "image classification": ((101.833, 62.267), (139.367, 195.027)),
    "keyword spotting": ((31.537, 227.204), (43.802, 664.507)),
    "visual wake words": ((71.711, 78.088), (97.164, 241.080)),
}

# CodeCarbon's own measurements: load in percent and watts of the packages (cpu_load and rapl_power of the files all_cores), with
# the thermal design power that it takes.
# https://github.com/mlco2/codecarbon/tree/b05965e43b690cdc53787c7577adbe6e2caf4ed9/codecarbon/data/hardware/cpu_load_profiling
CODECARBON = {
    "EPYC 8024P": (90, [
        (10, 18.6), (20, 29.5), (30, 38.7), (40.3, 41.8), (50, 43.2), (64.6, 47.6), (70.2, 48.7), (80, 49.3), (89.4, 50.7),
        (100, 46.1)]),
    "2 Xeon E5-2620 v3": (170, [
        (10, 16.4), (20, 31.0), (30, 38.4), (40.5, 45.3), (50.2, 62.2), (60, 61.9), (69.9, 76.9), (80.8, 111.9), (89.7, 115.8),
        (99.6, 117.0)]),
    "Xeon E3-1240 v2": (69, [
        (12.5, 5.5), (21.8, 6.9), (32.5, 8.2), (41.2, 9.6), (51.3, 14.4), (60.8, 24.1), (71.3, 30.0), (80.2, 44.6), (88.9, 47.2),
        (100, 48.4)]),
    "Threadripper 1950X": (180, [
        (13.9, 43.3), (23.2, 62.5), (36.4, 79.2), (44.8, 106.3), (53.1, 128.1), (66, 144.1), (72.1, 172.4), (83.1, 170.3),
        (91.7, 169.2), (99.7, 166.9)]),
}

# Megahertz and milliwatts of the lowest, a middle and the highest row of two measured tables (kdrag0n/freqbench, MIT licence).
TABLES = {
    "pixel-6-big": [(500, 53.11), (1826, 382.38), (2850, 1516.85)],
    "pixel-6-little": [(300, 56.12), (1098, 127.85), (1803, 236.88)],
}


def codecarbon_share(load):
    """Power over the thermal design power at a load from 0 to 1, where CodeCarbon finds no meter: that of the tracking mode
    `machine` in `CPU._get_power_from_cpu_load` of codecarbon/external/hardware.py."""
    return 0.1 + 0.9 * load ** 3


def syntiant():
    """Each model's energy at both points, against the squares of voltage and clock."""
    low, high = SYNTIANT_MEGAHERTZ
    volts = (SYNTIANT_VOLTS[1] / SYNTIANT_VOLTS[0]) ** 2
    clock = (high / low) ** 2
    rows = []
    for model, ((joules, rate), (top_joules, top_rate)) in SYNTIANT.items():
        power, top_power = joules * rate / 1e3, top_joules * top_rate / 1e3
        # The two points of a + tau f^3.
        tau = (top_power - power) / (high ** 3 - low ** 3)
        constant = power - tau * low ** 3
        rows.append([
            model, f"{joules:.1f} µJ", f"{top_joules:.1f} µJ", f"{top_joules / joules:.2f}x", f"{volts:.2f}x", f"{clock:.1f}x",
            f"{top_joules / clock:.1f} µJ", f"{constant / power:.0%}"])
    return markdown.table(
        ["model", "0.9 V, 30.7 MHz", "1.1 V, 98.7 MHz", "measured", "V²", "f²", "tau f³ at 30.7 MHz", "a of a + tau f³"], rows)


def loads():
    """CodeCarbon's curve and the forms against its own measurements."""
    rows = []
    for machine, (design, points) in CODECARBON.items():
        shares = [(load / 100, watts) for load, watts in points]
        curve = statistics.mean(abs(design * codecarbon_share(load) / watts - 1) for load, watts in shares)
        half = statistics.mean(abs(design / 2 / watts - 1) for _, watts in shares)
        middle = min(shares, key=lambda point: abs(point[0] - 0.5))
        rows.append([
            f"{machine} ({design} W)", ", ".join(f"{watts:.0f}" for _, watts in (shares[0], middle, shares[-1])),
            ", ".join(f"{design * codecarbon_share(load):.0f}" for load, _ in (shares[0], middle, shares[-1])),
            f"{curve:.0%}", f"{half:.0%}", *(f"{fit_error(shares, powers):.0%}" for powers in FORMS.values())])
    return markdown.table(
        ["machine (TDP)", "W at 10, 50, 100 %", "curve", "off by", "TDP/2", *FORMS], rows)


def tables():
    """Energy of a cycle over that at the highest frequency: measured, and by each reading of CodeCarbon's curve."""
    rows = []
    for device, points in TABLES.items():
        top, top_power = points[-1]
        for megahertz, power in points[:-1]:
            share = megahertz / top
            rows.append([
                device, f"{megahertz} of {top} MHz", f"{power / top_power / share:.2f}", f"{share ** 2:.2f}",
                f"{codecarbon_share(share) / share:.2f}", f"{1 / share:.2f}"])
    return markdown.table(["table", "row", "measured", "tau f³", "the curve over frequency", "CodeCarbon as it reads load"], rows)


def curves_study(_):
    print("NDP120, energy of an inference:\n")
    print(syntiant(), "\n")
    print("CodeCarbon's machines, mean relative errors:\n")
    print(loads(), "\n")
    print("Energy of a cycle over that at the highest frequency:\n")
    print(tables())
