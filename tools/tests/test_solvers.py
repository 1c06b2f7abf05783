"""scipy's side of the comparison against figures of docs/equations.md. Skipped where scipy is absent."""

import importlib.util
import unittest

if importlib.util.find_spec("scipy") and importlib.util.find_spec("numpy"):
    from greendiff_tools.solvers.model import Device
    from greendiff_tools.solvers.reference import shared, single, single_by_root
else:
    Device = None


@unittest.skipUnless(Device, "needs numpy and scipy")
class ReferenceTests(unittest.TestCase):
    def test_the_papers_device(self):
        for bits, joules in ((6, 0.4525), (7, 0.4992), (8, 0.5476), (32, 2.349)):
            device = Device.of({"bits_per_parameter": bits})
            self.assertAlmostEqual(single(device), joules, delta=0.0006)
            self.assertAlmostEqual(single_by_root(device) / single(device), 1, delta=1e-9)
        self.assertIsNone(single(Device.of({"time_budget_s": 1})))

    def test_one_device_takes_the_whole_band(self):
        device = Device.of({})
        energy, bandwidths = shared([device], device.bandwidth)
        self.assertAlmostEqual(energy / single(device), 1, delta=1e-7)
        self.assertAlmostEqual(bandwidths[0] / device.bandwidth, 1, delta=1e-6)
