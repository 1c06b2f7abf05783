"""Plans, frames and means through the library."""

import json
import subprocess
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import pandas

import greendiff
import greendiff_frames

DEVICES = [{"id": "near", "distance_m": 45}, {"id": "far", "distance_m": 900, "time_budget_s": 10}]


class Lazy:
    """What a tensor of PyTorch looks like from outside: bfloat16 that only becomes an array as floats."""

    def __init__(self, values, dtype="torch.float32"):
        self.values, self.dtype = np.asarray(values, np.float32), dtype

    def detach(self):
        return self

    cpu = detach

    def float(self):
        return Lazy(self.values)

    def numpy(self):
        if self.dtype == "torch.bfloat16":
            raise TypeError("Got unsupported ScalarType BFloat16")
        return self.values


class PlanTests(unittest.TestCase):
    def test_plans_are_arrays_with_gaps_as_nan(self):
        plans = greendiff.plan(DEVICES)
        self.assertEqual(plans["feasible"].dtype, bool)
        self.assertEqual(plans["energy_total_j"].dtype, np.float64)
        self.assertEqual(np.isnan(plans["energy_total_j"]).tolist(), [False, True])
        self.assertIsNone(plans["reason"][0])
        self.assertIn("time budget of at least", plans["reason"][1])
        self.assertIsNone(plans.summary)

    def test_plans_are_the_programs(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "devices.json")
            path.write_text(json.dumps(DEVICES))
            words = [greendiff.program_path(), "plan", "--devices", path, "--format", "json"]
            printed = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
        self.assertEqual(greendiff.plan(DEVICES)["energy_total_j"][0], printed[0]["energy_total_j"])

    def test_a_shared_band_has_a_summary(self):
        plans = greendiff.plan([{"distance_m": np.float64(d)} for d in (40, 50)], total_bandwidth=1e8, time_budget="auto")
        self.assertLessEqual(plans["bandwidth_hz"].sum(), 1e8)
        self.assertTrue(plans.summary["feasible"])

    def test_a_data_frame_gives_a_data_frame(self):
        frame = pandas.DataFrame({"distance_m": [45, 50.0], "time_budget_s": [np.nan, 20]}, index=["a", "b"])
        frame["parameter_count"] = pandas.array([None, 1_000_000], "Int64")
        plans = greendiff.plan(frame)
        self.assertEqual(plans.index.tolist(), ["a", "b"])
        expected = greendiff.plan([{"distance_m": 45}, {"distance_m": 50, "time_budget_s": 20, "parameter_count": 1_000_000}])
        self.assertEqual(plans["energy_total_j"].tolist(), expected["energy_total_j"].tolist())

    def test_devices_that_cannot_be_used(self):
        devices = [{"distance_m": -1}, {"distance_m": 45}]
        with self.assertRaisesRegex(greendiff.BadFile, "distance_m -1.0 m is outside"):
            greendiff.plan(devices)
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            self.assertEqual(len(greendiff.plan(devices, skip_invalid=True)["theta"]), 1)
        self.assertIn("skipped 1 of 2", str(seen[-1].message))
        with self.assertRaisesRegex(greendiff.BadSetting, "tolerence"):
            greendiff.plan(devices, tolerence=1)


class CodecTests(unittest.TestCase):
    def state(self):
        random = np.random.default_rng(0)
        return {
            "strided": random.normal(size=(40, 60)).astype(np.float32).T[::2], "double": random.normal(size=700),
            "half": random.normal(size=33).astype(np.float16), "count": np.array(7), "mask": np.array([True, False, True]),
            "empty": np.zeros((0, 3), np.float32), "big-endian": np.arange(6, dtype=">i4").reshape(2, 3), "scalar": np.float32(0.5)}

    def test_a_state_dict_comes_back(self):
        state = self.state()
        frame = greendiff.quantize(state, grid="lattice", error_relative=1e-4)
        back = greendiff.dequantize(frame)
        self.assertEqual(list(back), list(state))
        values = np.concatenate([np.ravel(state[name]).astype(np.float64) for name in ("strided", "double", "half")])
        read = np.concatenate([np.ravel(back[name]) for name in ("strided", "double", "half")])
        self.assertLess(np.sum((values - read) ** 2) / np.sum(values**2), 2e-4)
        for name in state:
            self.assertEqual(back[name].shape, np.shape(state[name]), name)
        for name in ("count", "mask", "big-endian"):
            np.testing.assert_array_equal(back[name], state[name])
            self.assertEqual(back[name].dtype, np.asarray(state[name]).dtype.newbyteorder("="))
        other = greendiff_frames.decode(frame).tensors
        for name, array in other.items():
            np.testing.assert_array_equal(back[name], array)

    def test_frames_are_the_programs(self):
        values = {"weight": np.linspace(-1, 1, 5000, dtype=np.float32)}
        frame = greendiff.quantize(values, bits=np.int64(5), group_size=64, seed=3)
        with tempfile.TemporaryDirectory() as folder:
            source, target = Path(folder, "in.safetensors"), Path(folder, "out.gduf")
            source.write_bytes(greendiff._safetensors.dump(values))
            flags = ["--bits", "5", "--group-size", "64", "--seed", "3"]
            subprocess.run(
                [greendiff.program_path(), "quantize", source, target, *flags], check=True, capture_output=True)
            self.assertEqual(target.read_bytes(), frame)

    def test_tensors_of_pytorch_need_no_pytorch(self):
        values = np.arange(8, dtype=np.float32)
        plain = greendiff.quantize({"weight": values})
        self.assertEqual(greendiff.quantize({"weight": Lazy(values)}), plain)
        self.assertEqual(greendiff.quantize({"weight": Lazy(values, "torch.bfloat16")}), plain)

    def test_what_cannot_be_coded_is_named(self):
        for error, words, state, options in [
            (greendiff.BadFile, "tensor weight: element 1 is", {"weight": np.array([1, np.nan])}, {}),
            (greendiff.BadFile, "no tensor to quantize", {"count": np.array(7)}, {}),
            (greendiff.BadArgument, "tensor names is of", {"names": np.array(["a"])}, {}),
            (greendiff.BadArgument, "is no name", {3: np.ones(2)}, {}),
            (greendiff.BadSetting, "bits 9 is outside 2...8", {"weight": np.ones(2)}, {"bits": 9}),
            (greendiff.BadSetting, "option bitz", {"weight": np.ones(2)}, {"bitz": 9}),
        ]:
            with self.assertRaisesRegex(error, words):
                greendiff.quantize(state, **options)
            self.assertTrue(issubclass(error, greendiff.GreenDiffusionError))

    def test_damaged_frames_are_refused(self):
        frame = bytearray(greendiff.quantize({"weight": np.ones(50, np.float32)}))
        with self.assertRaisesRegex(greendiff.BadFile, "max-unpacked"):
            greendiff.dequantize(frame, max_unpacked=100)
        frame[len(frame) // 2] ^= 1
        for function in (greendiff.dequantize, greendiff.inspect, greendiff.Average().add):
            with self.assertRaisesRegex(greendiff.BadFile, "is not usable"):
                function(frame)
        with self.assertRaises(greendiff.BadFile):
            greendiff.inspect(b"")

    def test_a_mean_is_numpys_of_the_decoded_frames(self):
        random = np.random.default_rng(1)
        weights = [3, 0.25, 1000]
        frames = [greendiff.quantize({"weight": random.normal(size=(20, 30)), "steps": np.array(n)}) for n in range(3)]
        average = greendiff.Average(threads=2)
        for frame, weight in zip(frames, weights):
            average.add(frame, weight)
        mean = average.finish()
        decoded = np.array([greendiff.dequantize(frame)["weight"] for frame in frames], np.float64)
        np.testing.assert_allclose(mean["weight"], np.average(decoded, axis=0, weights=weights), rtol=1e-6, atol=1e-12)
        self.assertEqual(mean["steps"], 0)
        with self.assertRaisesRegex(greendiff.BadFile, r"bias \[2\] where the first frame has weight \[20, 30\]"):
            average.add(greendiff.quantize({"bias": np.ones(2)}))
        with self.assertRaisesRegex(greendiff.BadSetting, "has no frame"):
            greendiff.Average().finish()
