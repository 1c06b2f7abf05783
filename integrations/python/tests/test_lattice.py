"""Frames of version 2 made by hand: packed and range-coded codes, low bits, escapes, dither."""

import math
import struct
import unittest

import numpy as np

from greendiff_frames import FrameError, decode
from greendiff_frames.philox import philox

from .frame_builder import Tensor, encode, frame, packed, range_coded

STEP = 0.375
ONE_SYMBOL = {129: 4096}
FIVE_SYMBOLS = {0: 100, 127: 1000, 128: 2000, 129: 896, 255: 100}
ESCAPING = [0, 1, -1, 127, 0, 0, -128, 128, 8388607, -8388607, 300] * 7


def packed_tensor(codes, bits, step=STEP, **fields) -> Tensor:
    return Tensor(fields.pop("name", b"a"), (len(codes),), packed(step, codes, bits), bits=bits, **fields)


def coded_tensor(codes, k, frequencies, step=STEP, rounding=1, **damage) -> Tensor:
    data = range_coded(step, codes, k, frequencies, **damage)
    return Tensor(b"a", (len(codes),), data, bits=k, storage=2, rounding=rounding)


class LatticeTests(unittest.TestCase):
    def decodes(self, tensor: Tensor, codes) -> None:
        expected = np.array(codes, np.float32) * np.float32(STEP)
        self.assertEqual(decode(frame(tensor)).tensors["a"].tobytes(), expected.tobytes())

    def refused(self, kind: str, *tensors: Tensor, **fields) -> None:
        with self.assertRaises(FrameError) as caught:
            decode(frame(*tensors, **fields))
        self.assertEqual(caught.exception.kind, kind, caught.exception)


class Packed(LatticeTests):
    def test_every_width(self):
        for bits in range(1, 25):
            lowest, highest = max(-(1 << bits - 1), 1 - (1 << 23)), min((1 << bits - 1) - 1, (1 << 23) - 1)
            codes = [lowest, highest, 0, -1, lowest // 2, highest // 3, highest] * 3
            for count in (1, 7, 8, 9, len(codes)):
                with self.subTest(bits=bits, count=count):
                    self.decodes(packed_tensor(codes[:count], bits), codes[:count])

    def test_no_elements(self):
        self.decodes(packed_tensor([], 3), [])

    def test_refusals(self):
        self.refused("damagedCodes", packed_tensor([-(1 << 23)], 24))
        self.refused("invalidField", packed_tensor([0], 25))
        self.refused("reservedNotZero", Tensor(b"a", (3,), struct.pack("<f", STEP) + b"\xc0", bits=2))
        for step in (0.0, -1.0, math.nan, math.inf, 2.0**127):
            self.refused("invalidScale", packed_tensor([1], 2, step))
        self.refused("invalidScale", packed_tensor([3], 3, 2.0**125))
        self.refused("invalidScale", packed_tensor([1], 2, 0.0), packed_tensor([-(1 << 23)], 24, name=b"b"))

    def test_table(self):
        good = packed_tensor([1], 2)
        self.refused("unknownID", packed_tensor([1], 2, storage=3))
        self.refused("unknownID", packed_tensor([1], 2, rounding=3))
        self.refused("unknownID", good, table_rounding=0)
        self.refused("reservedNotZero", packed_tensor([1], 2, reserved=1))
        self.refused("reservedNotZero", good, key=(0, 1))
        self.refused("invalidField", packed_tensor([1], 2, group_size=1))
        self.refused("invalidField", packed_tensor([1], 2, data_length=6))
        self.refused("invalidField", packed_tensor([1], 2, data_length=1 << 63))
        self.refused("invalidField", good, good)
        self.refused("invalidField", packed_tensor([1], 2, expected_error=0.5), expected_error=0.25)
        self.refused("limitExceeded", Tensor(b"a", (1 << 62, 1 << 62, 0), packed(STEP, [], 1)))


class RangeCoded(LatticeTests):
    def test_one_symbol_takes_no_words(self):
        for count in (1, 15, 16, 100, 65536, 70000):
            with self.subTest(count=count):
                tensor = coded_tensor([1] * count, 0, ONE_SYMBOL)
                self.assertEqual(len(tensor.data), 4 + 4 + 4 + -(-count // 65536) * 72)
                self.decodes(tensor, [1] * count)

    def test_no_elements(self):
        """The step alone, in this storage too."""
        self.decodes(Tensor(b"a", (0,), struct.pack("<f", STEP), bits=5, storage=2), [])
        self.refused("invalidField", coded_tensor([], 5, ONE_SYMBOL))

    def test_chunks(self):
        for count in (65536, 2 * 65536 + 17):
            codes = np.random.default_rng(1).choice([0, 0, 1, -1, 127, 400], count).tolist()
            with self.subTest(count=count):
                self.decodes(coded_tensor(codes, 0, FIVE_SYMBOLS), codes)

    def test_escapes(self):
        self.decodes(coded_tensor(ESCAPING, 0, FIVE_SYMBOLS), ESCAPING)

    def test_low_bits(self):
        for k in range(1, 17):
            codes = [(high << k) + low for high in (0, 1, -1, 127) for low in (0, 1, (1 << k) - 1)] + [8388607, -8388607]
            with self.subTest(k=k):
                self.decodes(coded_tensor(codes, k, FIVE_SYMBOLS | {0: 90, 128: 2010}), codes)

    def test_several_tensors_share_a_batch(self):
        rng = np.random.default_rng(2)
        tensors, expected = [], {}
        tables = (40, FIVE_SYMBOLS), (17, ONE_SYMBOL), (5000, {126: 4000, 130: 96}), (33, {128: 4095, 129: 1})
        for i, (count, symbols) in enumerate(tables):
            codes = (rng.choice([s for s in symbols if s], count) - 128).tolist()
            tensor = coded_tensor(codes, 0, symbols)
            tensor.name = b"%d" % i
            tensors.append(tensor)
            expected[str(i)] = np.array(codes, np.float32) * np.float32(STEP)
        actual = decode(frame(*tensors)).tensors
        self.assertEqual({name: array.tobytes() for name, array in actual.items()}, {n: e.tobytes() for n, e in expected.items()})

    def test_damaged_streams(self):
        symbols = [code + 128 if abs(code) < 128 else 0 for code in ESCAPING]
        escapes = symbols.count(0)
        states, words = encode(symbols, FIVE_SYMBOLS)
        for states_, words_ in ((states, words + [0]), (states, words[:-1]), ([states[0] ^ 1] + states[1:], words), (states, [])):
            chunks = struct.pack("<II", len(words_), escapes)
            streams = struct.pack(f"<16I{len(words_)}H", *states_, *words_)
            self.refused("damagedCodes", coded_tensor(ESCAPING, 0, FIVE_SYMBOLS, chunks=chunks, streams=streams))
        idle = struct.pack("<16I", *[65536] * 15, 65537)
        self.refused("damagedCodes", coded_tensor([1] * 3, 0, ONE_SYMBOL, streams=idle))

    def test_damaged_escapes(self):
        count = sum(abs(code) > 127 for code in ESCAPING)
        for value in (0, 127, -127, 1 << 23, -(1 << 23), -(1 << 31)):
            self.refused("damagedCodes", coded_tensor(ESCAPING, 0, FIVE_SYMBOLS, escaped=struct.pack(f"<{count}i", *[value] * count)))
        self.refused("damagedCodes", coded_tensor([512] * 3, 2, FIVE_SYMBOLS, escaped=struct.pack("<3i", *[1 << 21] * 3)))
        more = dict(escapes=struct.pack("<I", count + 1), escaped=struct.pack(f"<{count + 1}i", *[200] * (count + 1)))
        self.refused("invalidField", coded_tensor(ESCAPING, 0, FIVE_SYMBOLS, **more))

    def test_damaged_parts(self):
        for numbers in (b"\x81\0\xff\x1f", b"\x81\1\x80\x20\1", b"\x81\x7f\x80\x20" + bytes(127), b"\x81\0\xff\xff"):
            self.refused("invalidField", coded_tensor([1] * 20, 0, ONE_SYMBOL, numbers=numbers))
        self.refused("invalidField", coded_tensor([1] * 20, 0, ONE_SYMBOL, chunks=struct.pack("<II", 0xFFFFFFFF, 0)))
        self.refused("invalidField", coded_tensor([1] * 20, 0, ONE_SYMBOL, escaped=b"\0"))
        self.refused("reservedNotZero", coded_tensor([8] * 3, 3, ONE_SYMBOL, low=b"\0\xfe"))
        whole = coded_tensor(ESCAPING, 0, FIVE_SYMBOLS).data
        for length in range(len(whole)):
            self.refused("invalidField", Tensor(b"a", (len(ESCAPING),), whole[:length], bits=0, storage=2))


class Dither(LatticeTests):
    def test_philox(self):
        """Known answers of Random123."""
        for counter, key, answer in (
            ((0,) * 4, (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
            ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
            (
                (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
                (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
            ),
        ):
            self.assertEqual(tuple(int(word) for word in philox(counter, key)), answer)

    def test_element_by_element(self):
        key, device, round_ = (0x12345678, 0xFEDCBA98), 0x80000001, 0xFFFFFFFE
        codes = [i % 15 - 7 for i in range(200)]
        tensors = [packed_tensor(codes, 4, name=b"first", rounding=1), packed_tensor(codes, 4, rounding=2)]
        actual = decode(frame(*tensors, table_rounding=2, key=key, device=device, round=round_)).tensors["a"]
        for i, code in enumerate(codes):
            word = int(philox((8 * (i // 64) + i % 8, 1, device, round_), key)[i // 16 % 4])
            r = word // 65536 if i // 8 % 2 else word % 65536
            u = np.float32(np.float32(np.float32(r) + np.float32(0.5)) * np.float32(2.0**-16)) - np.float32(0.5)
            self.assertEqual(actual[i], np.float32(np.float32(code) - u) * np.float32(STEP))


if __name__ == "__main__":
    unittest.main()
