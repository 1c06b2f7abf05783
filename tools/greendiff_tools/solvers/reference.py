"""The same problems with scipy's solvers: no formula of the optimum, only energies and limits."""

import math

import numpy as np
from scipy.optimize import brentq, minimize, minimize_scalar


def single(device):
    """Least energy of one device on its own band by bounded scalar minimisation, or None where it is infeasible."""
    (c_low, c_high), (s_low, s_high) = device.compute_bounds(), device.sending_bounds(device.bandwidth)
    if c_low + s_low > device.time:
        return None

    def energy(seconds):
        """Of training for so long and sending for the rest, either no longer than its slowest setting takes."""
        training, sending = min(seconds, c_high), min(device.time - seconds, s_high)
        return device.compute_energy(training) + device.power(sending, device.bandwidth) * sending

    found = minimize_scalar(
        energy, bounds=(c_low, device.time - s_low), method="bounded", options={"xatol": 1e-12 * device.time})
    return min(float(found.fun), energy(c_low), energy(device.time - s_low))


def single_by_root(device):
    """The same where no bound is active, as the root of the derivative; None where a bound is."""
    (c_low, c_high), (s_low, s_high) = device.compute_bounds(), device.sending_bounds(device.bandwidth)
    low, high = max(c_low, device.time - s_high), min(c_high, device.time - s_low)
    if low >= high:
        return None

    def slope(seconds):
        sending = device.time - seconds
        x = math.log(2) * device.bits / (device.bandwidth * sending)
        return -2 * device.tau * device.work**3 / seconds**3 + device.bandwidth / device.gamma * (1 + (x - 1) * math.exp(x))

    if slope(low) * slope(high) > 0:
        return None
    seconds = brentq(slope, low, high, xtol=1e-14 * device.time, rtol=1e-14)
    sending = device.time - seconds
    return device.compute_energy(seconds) + device.power(sending, device.bandwidth) * sending


def shared(devices, band, starts=3, seed=0):
    """Least total energy of devices on one band by sequential quadratic programming in logarithms of times and bandwidths.

    Returns energy and bandwidths, or None where no start ends at a feasible point. Limits of frequency and power enter as
    they stand (a lowest power is not a convex limit in these variables): nothing of our reformulation is used.
    """
    count = len(devices)
    rng = np.random.default_rng(seed)
    bounds = [tuple(math.log(t) for t in d.compute_bounds()) for d in devices]
    bounds += [(math.log(1e-9 * d.time), math.log(d.time)) for d in devices]
    bounds += [(math.log(1e-6 * band), math.log(band))] * count

    def parts(z):
        return np.exp(z[:count]), np.exp(z[count : 2 * count]), np.exp(z[2 * count :])

    def powers(z):
        _, sending, width = parts(z)
        return np.array([d.power(t, b) for d, t, b in zip(devices, sending, width)])

    def energy(z):
        training, sending, _ = parts(z)
        return float(sum(d.compute_energy(t) for d, t in zip(devices, training)) + powers(z) @ sending)

    def limits(z):
        training, sending, width = parts(z)
        power = powers(z)
        return np.concatenate(
            [
                [1 - (t + s) / d.time for d, t, s in zip(devices, training, sending)],
                [1 - p / d.p_max for d, p in zip(devices, power)],
                [math.log(p / d.p_min) for d, p in zip(devices, power)],
                [1 - width.sum() / band],
            ]
        )

    best = None
    for start in range(starts):
        split = rng.uniform(0.3, 0.7, count) if start else np.full(count, 0.5)
        widths = rng.dirichlet(np.full(count, 4.0)) * band if start else np.full(count, band / count)
        times = np.array([d.time for d in devices])
        z = np.log(np.concatenate([split * times, (1 - split) * times, widths]))
        z = np.clip(z, [b[0] for b in bounds], [b[1] for b in bounds])
        scale = 1.0
        for _ in range(3):
            with np.errstate(all="ignore"):
                found = minimize(
                    lambda z, scale=scale: energy(z) / scale, z, method="SLSQP", bounds=bounds,
                    constraints={"type": "ineq", "fun": limits}, options={"maxiter": 1000, "ftol": 1e-14},
                )
            if not np.all(np.isfinite(found.x)):
                break
            z, scale = found.x, max(energy(found.x), 1e-12)
        if np.all(np.isfinite(z)) and limits(z).min() > -1e-9 and (best is None or energy(z) < best[0]):
            best = energy(z), parts(z)[2].tolist()
    return best
