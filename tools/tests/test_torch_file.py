"""The reader of PyTorch's files against what PyTorch and safetensors wrote: transposed, sliced, scalar and half-precision.

Fixtures, with torch 2.13:  d = {"a": arange(6.).reshape(2, 3).t(), "b": arange(24.).reshape(2, 3, 2, 2)[1:], "n": tensor(7),
"h": tensor([1.5], dtype=float16), "one": ones(1, 1)};  torch.save(d, ...), once with _use_new_zipfile_serialization=False;
save_file of the same made contiguous;  code.legacy.pth is torch.save({"a": os.getcwd}, ...).
"""

import json
import struct
import tempfile
import unittest
from pathlib import Path

from greendiff_tools.torch_file import UnreadableFile, tensors, write_safetensors

FIXTURES = Path(__file__).parent / "fixtures"


def contents(path):
    """By name, element type, shape and bytes of the tensors of a safetensors file."""
    data = path.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    return {
        name: (entry["dtype"], entry["shape"], data[8 + length:][slice(*entry["data_offsets"])])
        for name, entry in header.items() if name != "__metadata__"}


class TorchFileTests(unittest.TestCase):
    def test_both_formats_hold_what_safetensors_has(self):
        expected = contents(FIXTURES / "weights.safetensors")
        self.assertEqual(set(expected), {"a", "b", "n", "h", "one"})
        for name in ("weights.zip.pth", "weights.legacy.pth"):
            found = tensors(FIXTURES / name)
            self.assertEqual({key: (t.type, t.shape, t.data) for key, t in found.items()}, expected, name)

    def test_what_is_written_is_read_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "out.safetensors"
            write_safetensors(tensors(FIXTURES / "weights.zip.pth"), {"format": "pt"}, path)
            self.assertEqual(contents(path), contents(FIXTURES / "weights.safetensors"))

    def test_code_is_refused_and_not_run(self):
        with self.assertRaisesRegex(UnreadableFile, "getcwd"):
            tensors(FIXTURES / "code.legacy.pth")

    def test_damaged_files_are_refused(self):
        whole = (FIXTURES / "weights.legacy.pth").read_bytes()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "cut.pth"
            for length in range(0, len(whole), 7):
                path.write_bytes(whole[:length])
                with self.assertRaises(UnreadableFile, msg=f"{length} bytes"):
                    tensors(path)


if __name__ == "__main__":
    unittest.main()
