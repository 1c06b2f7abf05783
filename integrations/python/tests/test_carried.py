"""Frames of version 3: golden ones, sections made by hand, and every way to damage one."""

import json
import struct
import unittest

from greendiff_frames import Assignment, FrameError, Limits, decode

from .frame_builder import Tensor, changed, frame, packed, seal
from .test_decoder import FIXTURES, golden, page_frame

I64, U8, F4 = 14, 21, 12


def entry(name=b"ids", type_id=U8, shape=(3,), place=0, name_length=None, rank=None) -> bytes:
    length = len(name) if name_length is None else name_length
    fields = struct.pack("<HBBI", length, len(shape) if rank is None else rank, type_id, place)
    return fields + struct.pack(f"<{len(shape)}Q", *shape) + name


def text(name: bytes, value: bytes) -> bytes:
    return struct.pack("<II", len(name), len(value)) + name + value


def section(entries=(), texts=(), data=b"", counts=None) -> bytes:
    return struct.pack("<II", *(counts or (len(entries), len(texts)))) + b"".join(entries) + b"".join(texts) + data


def carrying(added: bytes, **fields) -> bytes:
    """Two coded tensors and a section."""
    coded = [Tensor(name, (2,), packed(0.5, [1, -1], 2), bits=2) for name in (b"a", b"b")]
    whole = frame(*coded, **fields)[:-8] + added
    body = whole[:8] + b"\3\0" + whole[10:16] + struct.pack("<Q", len(whole) + 8) + whole[24:]
    return seal(body)


class Carried(unittest.TestCase):
    def refused(self, whole: bytes, kind: str, **receiver) -> None:
        with self.assertRaises(FrameError) as caught:
            decode(whole, **receiver)
        self.assertEqual(caught.exception.kind, kind, caught.exception)

    def test_golden_frames(self):
        expected = json.loads((FIXTURES / "golden-v3.json").read_text(encoding="utf-8"))
        tensors = [(t["name"], t["type"], tuple(t["shape"]), t["place"], bytes(t["data"])) for t in expected["tensors"]]
        for name, base in (("levels", "golden-v1-zero3"), ("lattice", "golden-v2-stochastic")):
            with self.subTest(name):
                found, alone = decode(golden(f"golden-v3-{name}.frame")), decode(golden(f"{base}.frame"))
                self.assertEqual([(t.name, t.dtype, t.shape, t.place, t.data) for t in found.carried], tensors)
                self.assertEqual(found.metadata, expected["metadata"])
                self.assertEqual(
                    {n: v.tobytes() for n, v in found.tensors.items()}, {n: v.tobytes() for n, v in alone.tensors.items()})
                added = found.header.frame_length - alone.header.frame_length
                self.assertEqual(
                    list(found.header.sizes_by_width.values()), [size + added for size in alone.header.sizes_by_width.values()])

    def test_the_pages_example(self):
        found = decode(page_frame("Example, version 3"))
        self.assertEqual([(t.name, t.dtype, t.shape, t.data) for t in found.carried], [("ids", "I16", (2,), b"\1\0\xff\xff")])
        self.assertEqual(found.metadata, {"format": "pt"})
        self.assertEqual(found.tensors["w"].tolist(), [0.5])

    def test_sections(self):
        found = decode(carrying(section([entry(place=2)], [text(b"", b""), text(b"k", b"v")], b"xyz")))
        self.assertEqual((found.carried[0].data, found.carried[0].place, found.metadata), (b"xyz", 2, {"": "", "k": "v"}))
        self.assertEqual(decode(carrying(section(texts=[text(b"k", b"v")]))).metadata, {"k": "v"})
        self.assertEqual(decode(carrying(section([entry(shape=(0, 1 << 62))]))).carried[0].data, b"")
        self.assertEqual(decode(carrying(section([entry(type_id=F4, shape=(2, 3))], data=b"123"))).carried[0].data, b"123")
        names = [entry("\u00e9".encode(), shape=()), entry("e\u0301".encode(), shape=())]
        self.assertEqual(len(decode(carrying(section(names, data=b"12"))).carried), 2)

    def test_refusals(self):
        one = section([entry()], data=b"xyz")
        for added, kind in (
            (b"", "invalidField"), (bytes(7), "invalidField"), (section(), "invalidField"), (one[:-1], "invalidField"),
            (one + b"\0", "invalidField"), (section([entry()], data=b"xyz", counts=(1 << 16, 0)), "limitExceeded"),
            (section([entry()], data=b"xyz", counts=(2, 0)), "invalidField"),
            (section([entry()], data=b"xyz", counts=(0, 1 << 31)), "invalidField"),
            (section([entry(type_id=0)], data=b"xyz"), "unknownID"), (section([entry(type_id=23)], data=b"xyz"), "unknownID"),
            (section([entry(shape=(1,) * 9)], data=b"x"), "limitExceeded"),
            (section([entry(shape=(1 << 63, 0))]), "invalidField"), (section([entry(shape=(1 << 60, 0))]), "invalidField"),
            (section([entry(type_id=F4, shape=(3,))], data=b"xy"), "invalidField"),
            (section([entry(type_id=I64)], data=b"xyz"), "invalidField"),
            (section([entry(name=b"")], data=b"xyz"), "invalidField"),
            (section([entry(name=b"\xff")], data=b"xyz"), "invalidField"),
            (section([entry(name=b"n" * 1025)], data=b"xyz"), "invalidField"),
            (section([entry(name=b"a")], data=b"xyz"), "invalidField"), (section([entry(), entry()], data=b"xyzxyz"), "invalidField"),
            (section([entry(place=3)], data=b"xyz"), "invalidField"),
            (section([entry(place=1), entry(b"b2")], data=b"xyzxyz"), "invalidField"),
            (section(texts=[text(b"k", b""), text(b"k", b"")]), "invalidField"),
            (section(texts=[text(b"l", b""), text(b"k", b"")]), "invalidField"),
            (section(texts=[text(b"k", b"\xed\xa0\x80")]), "invalidField"), (section(texts=[text(b"\xc0\x80", b"")]), "invalidField"),
            (section(texts=[struct.pack("<II", 1, 100_000_000) + b"k"]), "limitExceeded"),
        ):
            with self.subTest(added=added[:40]):
                self.refused(carrying(added), kind)

    def test_receiver(self):
        whole = golden("golden-v3-levels.frame")
        asked = Assignment(0x1122334455667788, 3, 7, 0x11121314151617180102030405060708, 2)
        layout = [("conv.weight", [3, 4]), ("conv.bias", [3]), ("scale", [])]
        self.assertEqual(len(decode(golden("golden-v1-zero3.frame"), layout=layout, assignment=asked).tensors), 3)
        self.refused(whole, "carriedNotAccepted", assignment=asked)
        self.refused(whole, "carriedNotAccepted", layout=layout)
        self.refused(whole, "carriedNotAccepted", limits=Limits(carried_bytes=0))
        added = len(whole) - len(golden("golden-v1-zero3.frame"))
        self.assertEqual(len(decode(whole, Limits(carried_bytes=added, tensors=9)).carried), 6)
        self.refused(whole, "limitExceeded", limits=Limits(carried_bytes=added - 1))
        self.refused(whole, "limitExceeded", limits=Limits(tensors=8))
        self.refused(changed(whole, 58, b"\4"), "unknownID")

    def test_every_flipped_bit_of_the_section(self):
        whole = golden("golden-v3-levels.frame")
        start = len(golden("golden-v1-zero3.frame")) - 8
        for bit in range(8 * start, 8 * (len(whole) - 8)):
            byte = bytes([whole[bit // 8] ^ 1 << bit % 8])
            damaged = bytearray(whole)
            damaged[bit // 8] = byte[0]
            self.refused(bytes(damaged), "checksumMismatch")
            try:
                decode(changed(whole, bit // 8, byte))
            except FrameError:
                pass


if __name__ == "__main__":
    unittest.main()
