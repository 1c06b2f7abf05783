"""The published curves: what the study computes from them."""

import contextlib
import io
import sys
import unittest
from unittest import mock

from greendiff_tools.studies import curves, energy
from greendiff_tools.studies.power_forms import FORMS, fit_error


class CurvesTests(unittest.TestCase):
    def test_forms_meet_what_they_made(self):
        rows = [(hertz, 2 + 3 * hertz + hertz ** 3) for hertz in (0.5, 1, 2, 3)]
        self.assertLess(fit_error(rows, FORMS["a + b f + tau f³"]), 1e-12)
        self.assertGreater(fit_error(rows, FORMS["tau f³"]), 0.3)

    def test_codecarbon_between_a_tenth_and_all(self):
        self.assertAlmostEqual(curves.codecarbon_share(0), 0.1)
        self.assertAlmostEqual(curves.codecarbon_share(0.5), 0.2125)
        self.assertAlmostEqual(curves.codecarbon_share(1), 1)

    def test_published_points_rise_with_the_load(self):
        for _, points in curves.CODECARBON.values():
            loads = [load for load, _ in points]
            self.assertEqual(loads, sorted(loads))

    def test_the_command_prints_all_three_tables(self):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), mock.patch.object(sys, "argv", ["study-energy", "curves"]):
            self.assertEqual(energy.main(""), 0)
        text = output.getvalue()
        self.assertIn("| image classification | 101.8 µJ | 139.4 µJ | 1.37x | 1.49x | 10.3x | 13.5 µJ |", text)
        self.assertIn("| EPYC 8024P (90 W) | 19, 43, 46 | 9, 19, 90 |", text)
        self.assertIn("| pixel-6-little | 300 of 1803 MHz | 1.42 | 0.03 | 0.63 | 6.01 |", text)


if __name__ == "__main__":
    unittest.main()
