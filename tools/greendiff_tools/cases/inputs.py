"""Small inputs of the cases, written into a folder: the same bytes each time, with Python's own library alone."""

import json
import random
import shutil
import struct
import zlib
from pathlib import Path

from greendiff_tools.paths import ROOT

IMAGES = ROOT / "Tests/DatasetsTests/Fixtures/images"
CHECKPOINTS = ROOT / "Tests/ModelTests/Fixtures"
# Adam7: first column and row, then the steps of each pass.
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
WEIGHTS = "diffusion_pytorch_model"


def png(rows, channels, depth=8, interlaced=False):
    """`rows` of pixels, each a tuple of samples."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def scanlines(rows):
        form = f">{channels}{'H' if depth == 16 else 'B'}"
        return b"".join(b"\0" + b"".join(struct.pack(form, *pixel) for pixel in row) for row in rows if row)

    passes = [[row[x::dx] for row in rows[y::dy]] for x, y, dx, dy in PASSES] if interlaced else [rows]
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), depth, {1: 0, 3: 2}[channels], 0, 0, interlaced)
    data = b"".join(scanlines(part) for part in passes)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def pixels(generator, size, channels, depth=8):
    return [[tuple(generator.randrange(1 << depth) for _ in range(channels)) for _ in range(size)] for _ in range(size)]


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header, ensure_ascii=False).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype, shape, start, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


class Folder:
    """A folder that is written to by names with slashes."""

    def __init__(self, path):
        self.path = Path(path)

    def write(self, name, contents):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())

    def copy(self, source, name):
        self.write(name, source.read_bytes())

    def copy_checkpoint(self, source, name, prefix="", configuration=None):
        """A checkpoint of the tests, its tensors' names behind `prefix`, its configuration changed."""
        shutil.copytree(CHECKPOINTS / source, self.path / name)
        weights = self.path / name / f"{WEIGHTS}.safetensors"
        if prefix:
            contents = weights.read_bytes()
            size, = struct.unpack("<Q", contents[:8])
            header = json.loads(contents[8:8 + size])
            renamed = {key if key == "__metadata__" else prefix + key: value for key, value in header.items()}
            weights.write_bytes(safetensors(renamed, contents[8 + size:]))
        if configuration:
            config = self.path / name / "config.json"
            config.write_text(json.dumps(json.loads(config.read_text()) | configuration))


def write_images(folder, generator):
    for name in "ab":
        for number in range(30):
            folder.write(f"data/{name}/{number:04d}.png", png(pixels(generator, 32, 3), 3))
    for color, channels in (("gray", 1), ("rgb", 3)):
        for number in range(2):
            rows = pixels(generator, 32, channels, depth=16)
            for kind in ("interlaced", "plain"):
                folder.write(f"{color}-{kind}/c/{number}.png", png(rows, channels, 16, kind == "interlaced"))
    for number in range(4):
        picture = png(pixels(generator, 32, 3), 3)
        for name in ("mixed/cat", "one-webp/cat", "class-named-png/version1.png", "pipe/c", "broken/c"):
            folder.write(f"{name}/{number}.png", picture)
        sample = f"Final_Training/Images/00000/0000{number}_00000.ppm"
        folder.write(f"gtsrb-bom/{sample}", b"P6\n32 32\n255\n" + generator.randbytes(3072))
    for number in range(20):
        folder.copy(IMAGES / "baseline-420.jpg", f"mixed/cat/{number + 10}.jpg")
        folder.copy(IMAGES / "progressive.jpg", f"mixed/dog/{number}.jpg")
    for number in range(9):
        folder.copy(IMAGES / "rgb-lossy.webp", f"one-webp/dog/{number}.webp")
    lines = "".join(f"0000{number}_00000.ppm;32;32;5;5;27;27;0\r\n" for number in range(4))
    annotations = "\ufeffFilename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\r\n" + lines
    folder.write("gtsrb-bom/Final_Training/Images/00000/GT-00000.csv", annotations)
    first = (folder.path / "data/a/0000.png").read_bytes()
    folder.write("text-mode/c/0.png", first.replace(b"\r\n", b"\n"))
    folder.write("comment-cr/c/0.ppm", b"P6\n#camera\r4 4\n255\n" + bytes(range(48)))
    folder.write("comment-cr/c/1.ppm", b"P6\n#camera\r4 4\n255\n" + bytes(range(48)))
    folder.write("broken/c/cut.png", first[:200])
    folder.write("broken/c/empty.jpg", b"")


def write_checkpoints(folder):
    folder.copy_checkpoint("checkpoints/averaged", "unet-ema")
    folder.copy_checkpoint("checkpoints/shards", "sharded")
    folder.copy_checkpoint("tiny", "prefixed-orig-mod", prefix="_orig_mod.")
    folder.copy_checkpoint("tiny", "prefixed-both", prefix="module._orig_mod.")
    folder.copy_checkpoint("tiny", "non-square", configuration={"sample_size": [16, 24]})
    folder.copy_checkpoint("tiny", "infinite", configuration={"norm_eps": float("nan")})
    folder.copy_checkpoint("tiny", "solver")
    scheduler = folder.path / "solver/scheduler_config.json"
    scheduler.write_text(json.dumps(json.loads(scheduler.read_text()) | {"lambda_min_clipped": float("-inf")}))
    for name, weights in (("binary", f"{WEIGHTS}.bin"), ("renamed", "model.safetensors")):
        folder.copy_checkpoint("tiny", name)
        (folder.path / name / f"{WEIGHTS}.safetensors").rename(folder.path / name / weights)
    folder.copy_checkpoint("tiny", "pointer")
    folder.write(
        f"pointer/{WEIGHTS}.safetensors",
        "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 195172\n")


def write_tensors(folder, generator):
    def values(count):
        return struct.pack(f"<{count}f", *(generator.gauss(0, 1) for _ in range(count)))

    pair = [("F32", [4], 0, 16), ("F32", [4], 16, 32)]
    for name, keys in (("normalisation", ("\u00e9", "e\u0301")), ("angstrom", ("\u212b", "\u00c5"))):
        folder.write(
            f"{name}.safetensors", safetensors({key: tensor(*entry) for key, entry in zip(keys, pair)}, values(8)))
    small = values(64)
    folder.write("small.safetensors", safetensors(
        {"__metadata__": {"format": "pt", "note": "x"}, "w": tensor("F32", [64], 0, 256)}, small))
    for name, dtype, size in (("position-ids", "I64", 64), ("mask", "BOOL", 8)):
        folder.write(f"{name}.safetensors", safetensors(
            {"w": tensor("F32", [64], 0, 256), "other": tensor(dtype, [8], 256, 256 + size)}, small + bytes(range(size))))
    for name, count in (("many", 70_000), ("long-header", 160_000)):
        entries = {f"t{index}": tensor("F32", [1], 4 * index, 4 * index + 4) for index in range(count)}
        folder.write(f"{name}.safetensors", safetensors(entries, bytes(4 * count)))
    for name, header in (
            ("type-twice", b'{"w":{"dtype":"F32","dtype":"F16","shape":[4],"data_offsets":[0,16]}}'),
            ("comma", b'{"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},}'),
            ("fraction", b'{"w":{"dtype":"F32","shape":[4.0],"data_offsets":[0,16]}}')):
        folder.write(f"{name}.safetensors", safetensors(header, small[:16]))


def write_texts(folder):
    folder.write("quoted.csv", '"id","distance_m","bandwidth_hz"\n"phone","45","5e7"\n')
    folder.write("signs.csv", "id,distance_m\na,+45\nb,.5\nc,5.\nd,045\n")
    folder.write("header-only.csv", "id,distance_m\n")
    folder.write("empty.json", "[]")
    folder.write("minus-zero.json", '[{"power_min_w":-0.0},{"frequency_min_hz":-0.0},{"distance_m":1e308},{"distance_m":5e-324}]')
    folder.write("escape.json", '[{"id":"\\u001b]0;title\\u0007","distance_m":-1}]')
    folder.write("long-cell.csv", 'id,distance_m\n"' + '""' * 4_000_000 + '",45\n')
    folder.write("long-name.json", '[{"' + "x" * 4_000_000 + '":1}]')
    # An anchor that is a key of a mapping that is a key, and so on: each level holds the one before twice.
    levels = ["? &a0 {k: v}\n: v\n"]
    levels += [f"? &a{n} {{? *a{n - 1} : 1, ? {{? *a{n - 1} : 2}} : 1}}\n: v\n" for n in range(1, 24)]
    folder.write("aliases.yaml", "".join(levels))
    folder.write("twice.yaml", "seed: 1\nrounds: 2\nseed: 3\n" + "# " + "x" * 1_000_000 + "\n")


def write_inputs(path):
    folder, generator = Folder(path), random.Random(7)
    write_images(folder, generator)
    write_checkpoints(folder)
    write_tensors(folder, generator)
    write_texts(folder)
