"""A device's physics, written out apart from the Swift sources: docs/equations.md, "Compute and radio"."""

import math
from dataclasses import dataclass

import numpy as np

DEFAULTS = {
    "local_iterations": 1,
    "samples_per_iteration": 512,
    "cycles_per_sample": 3.25e6,
    "energy_coefficient": 1e-26,
    "frequency_min_hz": 1e7,
    "frequency_max_hz": 1e9,
    "power_min_w": 1e-4,
    "power_max_w": 1.0,
    "bandwidth_hz": 5e7,
    "channel_gain": 1e-3,
    "distance_m": 45.0,
    "path_loss_exponent": 3.76,
    "noise_dbm_per_mhz": -95.0,
    "parameter_count": 37_000_000,
    "bits_per_parameter": 8,
    "time_budget_s": 15.0,
}


@dataclass
class Device:
    """Derived quantities of a device: cycles, bits, gain over noise density."""

    work: float
    tau: float
    f_min: float
    f_max: float
    p_min: float
    p_max: float
    gamma: float
    bits: float
    time: float
    bandwidth: float

    @staticmethod
    def of(fields):
        v = {**DEFAULTS, **fields}
        gain = v["channel_gain"] * v["distance_m"] ** -v["path_loss_exponent"]
        noise = 10 ** ((v["noise_dbm_per_mhz"] - 30) / 10) / 1e6
        return Device(
            work=v["local_iterations"] * v["samples_per_iteration"] * v["cycles_per_sample"],
            tau=v["energy_coefficient"],
            f_min=v["frequency_min_hz"],
            f_max=v["frequency_max_hz"],
            p_min=v["power_min_w"],
            p_max=v["power_max_w"],
            gamma=gain / noise,
            bits=v["parameter_count"] * v["bits_per_parameter"],
            time=v["time_budget_s"],
            bandwidth=v["bandwidth_hz"],
        )

    def compute_energy(self, seconds):
        return self.tau * self.work**3 / seconds**2

    def power(self, seconds, bandwidth):
        return bandwidth / self.gamma * np.expm1(math.log(2) * self.bits / (bandwidth * seconds))

    def rate(self, power, bandwidth):
        return bandwidth * math.log2(1 + self.gamma * power / bandwidth)

    def compute_bounds(self):
        """Shortest and longest training time."""
        return self.work / self.f_max, self.work / self.f_min

    def sending_bounds(self, bandwidth):
        """Shortest and longest sending time."""
        return self.bits / self.rate(self.p_max, bandwidth), self.bits / self.rate(self.p_min, bandwidth)


def random_fields(rng, identifier):
    """A device around the paper's."""
    return {
        "id": identifier,
        "cycles_per_sample": float(rng.uniform(1e6, 6e6)),
        "channel_gain": float(rng.uniform(3e-4, 3e-3)),
        "distance_m": float(rng.uniform(10, 80)),
        "bits_per_parameter": float(rng.uniform(6, 8)),
        "time_budget_s": float(rng.uniform(8, 20)),
    }
