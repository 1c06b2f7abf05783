"""What decides a ratio."""

import json
import os
import tempfile
import unittest

from greendiff_tools.bench_pytorch import comparison, idle, problems, results, tables
from greendiff_tools.bench_pytorch.cases import _scaled

QUIET = "cpu  100 0 50 900 0 0 0 0 0 0\nprocs_running 1\n"
LOUD = "cpu  100 0 50 900 0 0 0 0 0 0\nprocs_running 3\n"


class FakeWorker:
    """Answers with the given seconds a call of each slot."""

    def __init__(self, seconds):
        self.seconds, self.released = seconds, []

    def ask(self, request, slot, calls=1, **_):
        if request == "release":
            self.released.append(slot)
        return {"seconds": self.seconds[slot] * calls, "cpu_seconds": 0.0, "images": 2}


class ProblemTests(unittest.TestCase):
    def test_convolutions(self):
        problem = problems.Problem("conv3x3s2/dgrad/n8ci256co128hw16")
        self.assertEqual((problem.kernel, problem.stride, problem.asymmetric, problem.upsample), (3, 2, True, 1))
        self.assertEqual(problem.sizes, {"n": 8, "ci": 256, "co": 128, "hw": 16})
        self.assertFalse(problems.Problem("conv3x3s2p1/fwd/n1ci1co1hw8").asymmetric)
        self.assertEqual(problems.Problem("conv3x3u2/fwd/n1ci1co1hw8").upsample, 2)

    def test_codec(self):
        problem = problems.Problem("quantize/b6/n37M/g256")
        self.assertEqual((problem.action, problem.sizes), ("quantize", {"bits": 6, "n": 37000000, "group": 256}))
        self.assertFalse(problems.is_layer(problem.name) or problems.is_whole(problem.name))
        self.assertEqual(problems.layouts(problem.name), ["contiguous"])

    def test_precision(self):
        problem = problems.Problem("conv3x3/fwd/bf16/n1ci128co128hw32")
        self.assertEqual((problem.precision, problem.action, problem.sizes["ci"]), ("bfloat16", "fwd", 128))
        self.assertEqual(problems.in_bfloat16("unet/train/small/n8"), "unet/train/bf16/small/n8")
        self.assertEqual(problems.Problem("unet/train/bf16/small/n8").preset, "small")

    def test_ways_of_the_peer(self):
        self.assertEqual(problems.peer_slots("unet/fwd/small/n8", reduced=False), ["contiguous", "channels_last"])
        ways = problems.peer_slots("unet/fwd/small/n8", reduced=True)
        self.assertEqual(len(ways), 6)
        for way in ways:
            layout, precision = problems.split_slot(way)
            self.assertEqual(problems.slot({"layout": layout, "precision": precision}), way)
        self.assertEqual(problems.peer_slots("optimizer/small", reduced=True), ["contiguous"])
        older = problems.peer_slots("unet/fwd/small/n8", reduced=True, known=["float32", "autocast"])
        self.assertEqual(older, [way for way in ways if "fp32_precision" not in way])

    def test_refuses_others(self):
        for name in ("", "conv3x5/fwd/n1ci1co1hw8", "conv3x3/fwd/n1x", "certify/n37M/g256", "unet/fwd/n8", "energy/n1M"):
            with self.assertRaises(ValueError, msg=name):
                problems.Problem(name)

    def test_scales_rows_and_batches(self):
        self.assertEqual(_scaled("linear/fwd/n256ci256co256", 8), "linear/fwd/n2048ci256co256")
        self.assertEqual(_scaled("conv3x3/fwd/n1ci128co128hw32", 16), "conv3x3/fwd/n16ci128co128hw32")


class IdleTests(unittest.TestCase):
    def test_waits_until_nobody_else_runs_several_times(self):
        now, states = [0.0], iter([LOUD, QUIET, LOUD] + [QUIET] * 4)
        check = idle.IdleCheck(
            10, read=lambda: next(states), sleep=lambda s: now.__setitem__(0, now[0] + s), clock=lambda: now[0])
        check.wait()
        self.assertIsNone(next(states, None))

    def test_gives_up_and_says_how_to_go_on(self):
        now = [0.0]
        check = idle.IdleCheck(1, read=lambda: LOUD, sleep=lambda s: now.__setitem__(0, now[0] + 0.5), clock=lambda: now[0])
        with self.assertRaisesRegex(idle.BusyMachine, "2 runnable.*--resume"):
            check.wait()

    def test_a_sample_with_others_beside_it_is_disturbed(self):
        check = idle.IdleCheck(read=lambda: QUIET, sleep=lambda _: None)
        tick = 1 / idle.TICK
        before = "cpu  0 0 0 0 0 0 0 0 0 0\n"
        after = f"cpu  {int(1.2 / tick)} 0 0 0 0 0 0 0 0 0\n"
        self.assertTrue(check.undisturbed(before, after, wall_seconds=0.6, own_seconds=1.2))
        self.assertFalse(check.undisturbed(before, after, wall_seconds=0.6, own_seconds=1.0))
        self.assertEqual(check.discarded, 1)

    def test_a_slow_machine_is_waited_for_but_not_forever(self):
        now, speeds = [0.0], iter([(100, 40), (50, 40), (99, 19), (95, 38)])
        check = idle.IdleCheck(
            speed=lambda: next(speeds, (10, 10)), read=lambda: QUIET, sleep=lambda s: now.__setitem__(0, now[0] + s),
            clock=lambda: now[0])
        check.begin(patience=3)
        self.assertTrue(check.at_full_speed())
        now[0] += 1
        check.wait()
        self.assertIsNone(next(speeds, None))
        now[0] += 1
        start = now[0]
        check.wait()
        self.assertAlmostEqual(now[0] - start, 3, delta=0.3)
        now[0] += 1
        start = now[0]
        check.wait()
        self.assertAlmostEqual(now[0] - start, 0, delta=0.3)

    def test_time_that_other_guests_took_counts(self):
        self.assertEqual(idle.busy_seconds("cpu  1 2 3 100 200 4 5 6 0 0\n"), 21 / idle.TICK)


class ComparisonTests(unittest.TestCase):
    def sides(self, **seconds):
        worker = FakeWorker(seconds)
        return worker, [comparison.Side(worker, slot, "unet/fwd/small/n2", 2) for slot in seconds]

    def compare(self, sides, budget, most, layout_rounds=1):
        check = idle.IdleCheck(read=lambda: QUIET, sleep=lambda _: None)
        return comparison.compare(sides, check, budget, most, layout_rounds)

    def test_keeps_the_faster_layout_alone(self):
        worker, sides = self.sides(greendiff=1.0, contiguous=3.0, channels_last=2.0)
        remaining = self.compare(sides, budget=100, most=5)
        self.assertEqual([side.slot for side in remaining], ["greendiff", "channels_last"])
        self.assertEqual([len(side.samples) for side in sides], [5, 1, 5])
        self.assertEqual(worker.released, ["contiguous"])
        record = comparison.result("unet/fwd/small/n2", 2, remaining)
        self.assertEqual((record["ratio_median"], record["ratio_min"], record["pytorch"]["layout"]), (2, 2, "channels_last"))

    def test_the_warm_up_alone_can_tell_the_layout(self):
        _, sides = self.sides(greendiff=1.0, contiguous=2.0, channels_last=3.0)
        self.compare(sides, budget=100, most=4, layout_rounds=0)
        self.assertEqual([len(side.samples) for side in sides], [4, 4, 0])

    def test_each_side_goes_on_in_its_fastest_way(self):
        ours = {"greendiff": 1.0, "greendiff bfloat16": 0.5}
        seconds = {**ours, "channels_last": 3.0, "channels_last autocast": 2.0, "compiled": 9}
        worker = FakeWorker(seconds)
        sides = [comparison.Side(worker, slot, "unet/fwd/small/n2", 2) for slot in seconds]
        record = comparison.result("unet/fwd/small/n2", 2, self.compare(sides, budget=100, most=4, layout_rounds=0))
        self.assertEqual((record["ours"]["precision"], record["pytorch"]["precision"]), ("bfloat16", "autocast"))
        self.assertEqual((record["ratio_median"], record["compiled"]["median_ms"]), (4, 9000))
        self.assertEqual(worker.released, ["greendiff", "channels_last"])

    def test_takes_the_fewest_samples_of_slow_cases(self):
        _, sides = self.sides(greendiff=10.0, contiguous=30.0)
        self.compare(sides, budget=1, most=9)
        self.assertEqual(len(sides[0].samples), comparison.FEWEST_SAMPLES)

    def test_repeats_short_work_within_a_sample(self):
        _, sides = self.sides(greendiff=1e-4, contiguous=1e-3)
        self.compare(sides, budget=1, most=3)
        self.assertEqual(sides[0].calls, round(comparison.SAMPLE_SECONDS / 1e-4))
        self.assertAlmostEqual(sides[1].summary()["median_ms"], 1.0)


class ResultTests(unittest.TestCase):
    def test_resumes_only_the_same_build(self):
        with tempfile.TemporaryDirectory() as folder:
            path, bench = os.path.join(folder, "r.json"), os.path.join(folder, "bench")
            with open(bench, "w", encoding="ascii") as file:
                file.write("one")
            first = results.Results.start(path, bench, resume=False, precision="float32")
            first.comparisons.append({"case": "a", "threads": 2})
            first.write()
            self.assertEqual(results.Results.start(path, bench, resume=True, precision="float32").done(), {("a", 2)})
            with self.assertRaisesRegex(results.ResultError, "exists"):
                results.Results.start(path, bench, resume=False, precision="float32")
            with self.assertRaisesRegex(results.ResultError, "--precision float32"):
                results.Results.start(path, bench, resume=True, precision="bfloat16")
            with open(bench, "w", encoding="ascii") as file:
                file.write("two")
            with self.assertRaisesRegex(results.ResultError, "another build"):
                results.Results.start(path, bench, resume=True, precision="float32")

    def test_refuses_other_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "r.json")
            for content in ("", "[]", json.dumps({"comparisons": []})):
                with open(path, "w", encoding="ascii") as file:
                    file.write(content)
                with self.assertRaises(results.ResultError):
                    results.Results.load(path)


class TableTests(unittest.TestCase):
    @staticmethod
    def record(case, threads, ours, peer):
        side = {"min_ms": ours, "median_ms": ours, "samples": 3}
        return comparison.with_ratios({
            "case": case, "threads": threads, "images": 8, "ours": side,
            "pytorch": {"min_ms": peer, "median_ms": peer, "samples": 3, "layout": "contiguous"}})

    def test_scaling_and_means(self):
        records = [
            self.record("unet/train/small/n8", 1, 20, 60), self.record("unet/train/small/n8", 2, 10, 40),
            self.record("conv3x3/fwd/n8ci1co1hw8", 2, 1, 2), self.record("conv3x3/fwd/n8ci1co1hw4", 2, 1, 8)]
        self.assertEqual(tables.thread_scaling(records), [("unet/train/small/n8", 2.0, 1.5)])
        [(kind, batch, threads, mean, count)] = tables.layer_means(records)
        self.assertEqual((kind, batch, threads, count), ("conv3x3 fwd", 8, 2, 2))
        self.assertAlmostEqual(mean, 4.0)
