"""A run on Flower's simulation engine."""

import subprocess
import unittest

from .support import SETTINGS, FederationTests

from greendiff_tools.flower.simulation import Simulation  # isort: skip


class SimulationTests(FederationTests):
    def test_the_model_is_that_of_one_process(self):
        # More devices than a process keeps; what they keep themselves moves from one process to another.
        text = SETTINGS.replace("devices: 3", "devices: 12").replace("images: 48", "images: 96")
        settings = self.settings(text + "error-feedback: 3\ndemand: 0.3\n")
        with Simulation(self.folder / "simulation", 12, processes=2) as simulation:
            log = self.finish(simulation.begin(settings, self.out, output=subprocess.PIPE))
        self.assert_same_as_in_one_process(settings, log)


if __name__ == "__main__":
    unittest.main()
