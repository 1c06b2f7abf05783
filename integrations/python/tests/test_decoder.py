"""Golden frames, and every way to damage one."""

import json
import struct
import unittest
from pathlib import Path

import numpy as np

from greendiff_frames import Assignment, FrameError, Limits, decode

from .frame_builder import changed

FIXTURES = Path(__file__).parent / "../../../Tests/CodecTests/Fixtures"


def golden(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


PAGE = Path(__file__).parent / "../../../docs/wire-format.md"


def page_frame(heading: str) -> bytes:
    """The bytes of the dump under a heading of the specification: an offset, up to eight groups of two bytes, a note."""
    frame = b""
    for line in PAGE.read_text().split(f"\n## {heading}\n")[1].split("\n## ")[0].splitlines():
        if line.startswith(f"    {len(frame):03x}  "):
            frame += bytes.fromhex(line[9:48])
    return frame


class PageExamples(unittest.TestCase):
    def test_version_1(self):
        self.assertEqual(page_frame("Example, version 1"), golden("golden-v1-paper6.frame"))

    def test_version_2(self):
        tensors = decode(page_frame("Example, version 2")).tensors
        expected = np.array([[0.5562773, -0.25545788], [0.034438133, 1.50488]], np.float32)
        self.assertEqual(tensors["a"].tobytes(), expected.tobytes())
        self.assertEqual(tensors["b"].tolist(), [0.125] + [0] * 15 + [-0.125])


class GoldenFrames(unittest.TestCase):
    def check(self, path: Path) -> None:
        expected = json.loads(path.with_suffix(".json").read_text())
        frame = decode(path.read_bytes())
        self.assertEqual(set(frame.tensors), set(expected))
        for name, values in expected.items():
            actual = frame.tensors[name]
            self.assertEqual(actual.dtype, np.float32)
            self.assertEqual(actual.tobytes(), np.array(values, np.float32).tobytes(), f"{name} of {path.name}")

    def test_version_1(self):
        paths = sorted(FIXTURES.glob("golden-v1-*.frame"))
        self.assertEqual(len(paths), 3)
        for path in paths:
            with self.subTest(path.name):
                self.check(path)

    def test_version_2(self):
        paths = [path for path in sorted(FIXTURES.glob("golden-v2-*.frame")) if path.with_suffix(".json").exists()]
        if not paths:
            self.skipTest("no golden frames of version 2")
        for path in paths:
            with self.subTest(path.name):
                self.check(path)

    def test_header_of_the_example(self):
        frame = decode(golden("golden-v1-paper6.frame"))
        header = frame.header
        self.assertEqual((header.version, header.frame_length, header.table_length), (1, 370, 109))
        self.assertEqual((header.run_id, header.round, header.device), (0x1122334455667788, 3, 7))
        self.assertEqual(header.base_model, 0x11121314151617180102030405060708)
        self.assertEqual((header.payload_kind, header.codec, header.table_grid, header.table_group_size), (2, 2, 1, 0))
        self.assertAlmostEqual(header.expected_error, 0.0049305716)
        self.assertAlmostEqual(header.errors_by_width[7], 0.00023437)
        self.assertEqual(list(header.sizes_by_width.values()), [350, 365, 366, 368, 370, 372, 373])
        shapes = [(entry.name, entry.shape) for entry in frame.entries]
        self.assertEqual(shapes, [("conv.weight", (3, 4)), ("conv.bias", (3,)), ("scale", ())])


class Damage(unittest.TestCase):
    def refused(self, frame: bytes, kind: str, **receiver) -> None:
        with self.assertRaises(FrameError) as caught:
            decode(frame, **receiver)
        self.assertEqual(caught.exception.kind, kind, caught.exception)

    def test_every_truncation(self):
        for path in FIXTURES.glob("golden-v*.frame"):
            whole = path.read_bytes()
            for length in range(len(whole)):
                self.refused(whole[:length], "truncated")

    def test_every_flipped_bit(self):
        whole = golden("golden-v1-paper6.frame")
        for bit in range(8 * len(whole)):
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            with self.assertRaises(FrameError):
                decode(bytes(damaged))

    def test_every_flipped_bit_with_a_right_checksum(self):
        """Such a frame may be a good one; what it must not do is fail in another way."""
        # Of version 2 every third bit, up to the first words of its stream: each takes a decode.
        for name, length, step in (("golden-v1-zero3.frame", 353, 1), ("golden-v2-dithered.frame", 0x2A0, 3)):
            whole = golden(name)
            for bit in range(0, 8 * length, step):
                byte = bytes([whole[bit // 8] ^ 1 << bit % 8])
                try:
                    decode(changed(whole, bit // 8, byte))
                except FrameError:
                    pass

    def test_envelope(self):
        whole = golden("golden-v1-paper6.frame")
        self.refused(b"", "truncated")
        self.refused(b"PNG" + whole[3:], "notAFrame")
        self.refused(changed(whole, 8, b"\4"), "unsupportedVersion")
        self.refused(whole, "limitExceeded", limits=Limits(frame_bytes=369))
        self.refused(whole + b"\0", "trailingBytes")
        self.refused(whole[:-1] + b"\0", "checksumMismatch")

    def test_fields(self):
        whole = golden("golden-v1-paper6.frame")
        nan = struct.pack("<d", float("nan"))
        for offset, new, kind in (
            (10, b"\xd9", "invalidField"), (12, b"\x6c", "invalidField"), (12, b"\xff\xff", "invalidField"),
            (56, b"\3", "unknownID"), (57, b"\3", "unknownID"), (58, b"\3", "unknownID"), (59, b"\1", "reservedNotZero"),
            (64, b"\0", "invalidField"), (64, b"\4", "invalidField"), (67, b"\1", "limitExceeded"), (68, b"\1", "reservedNotZero"),
            (72, b"\x11", "invalidField"), (79, b"\1", "limitExceeded"), (80, bytes(8), "invalidField"), (88, nan, "invalidField"),
            (96, struct.pack("<d", -1), "invalidField"), (208, b"\1", "reservedNotZero"), (0xD8, bytes(2), "invalidField"),
            (0xDA, b"\x09", "limitExceeded"), (0xDB, b"\3", "unknownID"), (0xDC, b"\x09", "invalidField"), (0xDD, b"\1", "reservedNotZero"),
            (0xEC + 7, b"\1", "limitExceeded"), (0xEC, b"\4", "invalidField"), (0xFC, b"\xff", "invalidField"),
            (0x145, struct.pack("<f", -0.0), "invalidScale"), (0x149, struct.pack("<f", 2.0**126), "invalidScale"),
            (0x14D, b"\x20", "reservedCode"),
        ):
            with self.subTest(offset=hex(offset), kind=kind):
                self.refused(changed(whole, offset, new), kind)

    def test_earlier_checks_come_first(self):
        whole = changed(changed(changed(golden("golden-v1-paper6.frame"), 10, b"\0"), 68, b"\1"), 0xDB, b"\3")
        self.refused(whole, "unknownID")
        self.refused(changed(whole, 0xDB, b"\1"), "reservedNotZero")
        self.refused(changed(changed(whole, 0xDB, b"\1"), 68, b"\0"), "invalidField")

    def test_raw_values(self):
        whole = golden("golden-v1-float32.frame")
        data = len(whole) - 8 - 64
        for value in (float("nan"), float("inf"), -(2.0**127)):
            self.refused(changed(whole, data, struct.pack("<f", value)), "valueOutOfRange")

    def test_receiver(self):
        whole = golden("golden-v1-paper6.frame")
        layout = [("conv.weight", [3, 4]), ("conv.bias", [3]), ("scale", [])]
        asked = Assignment(0x1122334455667788, 3, 7, 0x11121314151617180102030405060708, 2)
        self.assertEqual(len(decode(whole, layout=layout, assignment=asked, limits=Limits(370, 3, 16)).tensors), 3)
        self.refused(whole, "layoutMismatch", layout=layout[:2])
        self.refused(whole, "layoutMismatch", layout=[("conv.weight", [4, 3]), *layout[1:]])
        self.refused(whole, "limitExceeded", limits=Limits(tensors=2))
        self.refused(whole, "limitExceeded", limits=Limits(parameters=15))
        self.refused(whole, "bindingMismatch", assignment=Assignment(asked.run_id, 4, 7, asked.base_model, 2))
        self.refused(changed(whole, 40, bytes(16)), "unbound", assignment=asked)


if __name__ == "__main__":
    unittest.main()
