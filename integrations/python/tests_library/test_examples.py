"""The examples of the documentation."""

import contextlib
import doctest
import importlib
import inspect
import tempfile
import unittest

import greendiff

MODULES = ["_library", "_program", "codec", "images", "planning", "rounds", "training"]


class ExampleTests(unittest.TestCase):
    def test_they_run(self):
        for name in MODULES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
                results = doctest.testmod(importlib.import_module(f"greendiff.{name}"))
                self.assertEqual(results.failed, 0)
                self.assertGreater(results.attempted, 0)

    def test_every_function_has_one(self):
        functions = {name: value for name, value in vars(greendiff).items() if name in greendiff.__all__ and inspect.isfunction(value)}
        without = {name for name, function in functions.items() if ">>> " not in (function.__doc__ or "")}
        self.assertEqual(without, set())
        self.assertIn("train", functions)
