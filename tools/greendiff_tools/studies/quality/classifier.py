"""ResNet-20 for signs, trained on drawn or on real images, tested on real ones.

Network, SGD and crops as He et al. have them for CIFAR-10 (2016, section 4.2); the rate goes up and down once ("1cycle", Smith
and Topin 2018), which learns in hundreds of steps what theirs learns in thousands."""

import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from ..evaluated import output
from .runs import Log, RunError
from .split import tracks

BATCH, RATE, MOMENTUM, DECAY, PADDING = 128, 0.1, 0.9, 1e-4, 4
SIZE = 32


class Block(nn.Module):
    """Two convolutions and a shortcut without parameters: where channels double, every other pixel, the new channels zero."""

    def __init__(self, channels_in, channels, stride):
        super().__init__()
        self.convolutions = nn.Sequential(
            nn.Conv2d(channels_in, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        self.added, self.stride = channels - channels_in, stride

    def forward(self, x):
        shortcut = nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.added))
        return torch.relu(self.convolutions(x) + shortcut)


def resnet20(classes):
    """Three stages of three blocks with 16, 32 and 64 channels: 0.27 million parameters."""
    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels = 16
    for width in (16, 32, 64):
        for _ in range(3):
            layers.append(Block(channels, width, 2 if width > channels else 1))
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes))


def pixels(paths):
    """(N, 3, 32, 32) bytes."""
    images = np.empty((len(paths), SIZE, SIZE, 3), np.uint8)
    for place, path in enumerate(paths):
        with Image.open(path) as image:
            images[place] = np.asarray(image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    return torch.from_numpy(images.transpose(0, 3, 1, 2).copy())


def real(folder, per_class=None, seed=0):
    """(images, labels) of a part of the split; at most `per_class` of a class, spread over its tracks."""
    paths, labels = [], []
    for label, by_track in sorted(tracks(folder).items()):
        found = [row["path"] for track in sorted(by_track) for row in by_track[track]]
        if per_class and len(found) > per_class:
            found = list(np.random.default_rng((seed, label)).choice(np.array(found, object), per_class, replace=False))
        paths, labels = paths + found, labels + [label] * len(found)
    return pixels(paths), torch.tensor(labels)


def drawn(options, folder, classes):
    """(images, labels) that a conditional model draws, `per_class` of every class; drawn once, and never mixed with others."""
    done = folder / "drawn.json"
    drawing = {name: str(getattr(options, name)) for name in ("checkpoint", "guidance", "sampler", "steps", "seed", "per_class")}
    before = json.loads(done.read_text(encoding="utf-8")) if done.exists() else drawing
    changed = [f"{name} {before[name]}, not {drawing[name]}" for name in drawing if before[name] != drawing[name]]
    if changed:
        raise RunError(f"{folder} has images with {'; '.join(changed)}: give another --name")
    if not done.exists():
        output(
            options.greendiff, "sample", "--checkpoint", options.checkpoint, "--class", "all", "--count", options.per_class,
            "--guidance", options.guidance, "--sampler", options.sampler, "--steps", options.steps, "--seed", options.seed,
            "--threads", options.threads, "--images", folder)
        done.write_text(json.dumps(drawing, indent=1) + "\n", encoding="utf-8")
    paths = sorted(folder.glob("*.png"))
    if len(paths) != classes * options.per_class:
        raise RunError(f"{folder} has {len(paths)} images, not {options.per_class} of each of {classes} classes: remove it")
    return pixels(paths), torch.arange(classes).repeat_interleave(options.per_class)


def batch(images, chosen, generator):
    """Normalised to -1...1, padded by 4 and cut at random; not mirrored, for signs have a direction."""
    padded = nn.functional.pad(images[chosen].float() / 127.5 - 1, (PADDING,) * 4)
    corners = torch.randint(0, 2 * PADDING + 1, (len(chosen), 2), generator=generator).tolist()
    return torch.stack([image[:, y : y + SIZE, x : x + SIZE] for image, (y, x) in zip(padded, corners)])


def train(images, labels, classes, steps, seed):
    """The network after `steps` of SGD, the rate highest after three tenths of them."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = resnet20(classes).to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), RATE, MOMENTUM, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.3, cycle_momentum=False)
    for _ in range(steps):
        chosen = torch.randint(0, len(labels), (BATCH,), generator=generator)
        loss = nn.functional.cross_entropy(network(batch(images, chosen, generator)), labels[chosen])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return network.eval()


@torch.no_grad()
def accuracy(network, images, labels):
    """(share of images that are told right, mean of the classes' shares)."""
    answers = torch.cat([network(part.float() / 127.5 - 1).argmax(1) for part in images.split(500)])
    right = (answers == labels).float()
    return float(right.mean()), float(torch.stack([right[labels == label].mean() for label in labels.unique()]).mean())


def classify(options):
    """Accuracy on held-out signs after training on drawn images, on as many real ones, and on all real ones."""
    log, root = Log(options.out), Path(options.out)
    torch.set_num_threads(options.threads)
    folder = root / "classifiers" / options.name
    folder.mkdir(parents=True, exist_ok=True)
    test = real(root / "data/held-out")
    classes = int(test[1].max()) + 1
    drawing = drawn(options, folder / "images", classes)
    sources = {
        f"drawn-{options.name}": lambda: drawing,
        "real-equal": lambda: real(root / "data/train", options.per_class, options.seed),
        "real-all": lambda: real(root / "data/train"),
    }
    for name, load in sources.items():
        path = root / "classifiers" / f"{name}-{options.per_class}-{options.classifier_steps}-{options.seed}.json"
        if path.exists():
            continue
        images, labels = load()
        log(f"classifier {name}: {len(labels)} images, {options.classifier_steps} steps of {BATCH}")
        network = train(images, labels, classes, options.classifier_steps, options.seed)
        share, balanced = accuracy(network, *test)
        log(f"classifier {name}: {100 * share:.1f} % of {len(test[1])} held-out images")
        path.write_text(json.dumps({
            "source": name, "images": len(labels), "per_class": options.per_class, "steps": options.classifier_steps,
            "seed": options.seed, "guidance": options.guidance if name.startswith("drawn") else None, "accuracy": share,
            "accuracy_balanced": balanced, "test_images": len(test[1])}, indent=1) + "\n", encoding="utf-8")
