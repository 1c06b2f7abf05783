"""Tables and label places."""

import itertools
import unittest

from greendiff_tools.bench_docs import labels
from greendiff_tools.bench_docs.profile import display_name
from greendiff_tools.markdown import DocumentError, replaced


class DocumentTests(unittest.TestCase):
    def test_replaces_what_lies_between_the_marks(self):
        text = "a\n<!-- pytorch -->\nold\n<!-- end -->\nb\n<!-- profile -->\nkept\n<!-- end -->\n"
        once = replaced(text, "pytorch", "new")
        self.assertEqual(once, "a\n<!-- pytorch -->\n\nnew\n\n<!-- end -->\nb\n<!-- profile -->\nkept\n<!-- end -->\n")
        self.assertEqual(replaced(once, "pytorch", "new"), once)

    def test_refuses_a_document_without_marks(self):
        with self.assertRaises(DocumentError):
            replaced("a", "pytorch", "new")

    def test_names_kinds(self):
        self.assertEqual(display_name("conv2d.backwardData 3x3 stride 2"), "3x3 stride 2 data gradient")
        self.assertEqual(display_name("new.operation"), "new.operation")


class LabelTests(unittest.TestCase):
    def test_column_keeps_distance_and_frame(self):
        places = labels.column([10, 11, 12, 95, 96], 16, 20, 100)
        self.assertTrue(all(b - a >= 16 for a, b in itertools.pairwise(places)))
        self.assertTrue(places[0] >= 20 and places[-1] <= 100)

    def test_leader_lines_do_not_cross(self):
        points = [(0, 0), (10, 1), (5, 2)]
        slots = [(20, 0), (20, 10), (20, 20)]
        self.assertEqual(labels.uncrossed([(0, 10), (0, 0)], slots[:2]), [(20, 10), (20, 0)])
        self.assertEqual(sorted(labels.uncrossed(points, slots)), slots)

    def test_labels_beside_points_do_not_cover_each_other(self):
        frame, taken = labels.Box(0, 0, 600, 400), []
        for center in ((200, 200), (205, 205), (210, 195), (200, 210)):
            box, _ = labels.beside(center, 5, (80, 16), taken, frame)
            self.assertEqual(sum(box.overlap(other) for other in taken), 0)
            taken.append(box)
