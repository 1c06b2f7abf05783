"""The command line of scripts/check-parity."""

import argparse
import os
import subprocess
import sys
import tempfile

import torch
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel
from diffusers.utils.logging import disable_progress_bar, set_verbosity_error
from safetensors.torch import load_file, save_file

from .paths import GREENDIFF

FORWARD_LIMIT = 1e-4
GRADIENT_LIMIT = 1e-3

PRESETS = {
    "tiny": dict(
        sample_size=8, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, attention_head_dim=8,
        down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D")),
    "small": dict(
        sample_size=32, block_out_channels=(32, 64, 96), layers_per_block=1, norm_num_groups=8, attention_head_dim=None,
        down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D")),
    "ddpm-cifar10": dict(
        sample_size=32, block_out_channels=(128, 256, 256, 256), layers_per_block=2, attention_head_dim=None,
        down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"), downsample_padding=0,
        flip_sin_to_cos=False, freq_shift=1, norm_eps=1e-6),
}
CONDITIONAL = "tiny-conditional"
PRESETS[CONDITIONAL] = PRESETS["tiny"] | dict(num_class_embeds=11)


def run(greendiff, *arguments):
    result = subprocess.run([greendiff, *arguments], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"greendiff {' '.join(arguments)}: {result.stderr.strip()}")


def error(value, reference, all_norm=0.0):
    if value.shape != reference.shape or not torch.isfinite(value).all():
        return float("inf")
    value, reference = value.double(), reference.double()
    return float((value - reference).norm() / (reference.norm() + 1e-6 * all_norm))


def batch(model, count):
    size, channels = model.config.sample_size, model.config.in_channels
    images = torch.rand(count, channels, size, size) * 2 - 1
    return images, torch.randn_like(images), torch.linspace(3, 977, count).long()


def class_labels(model, count):
    """Labels that repeat, the last of them among them; none for an unconditional model."""
    labels = model.config.num_class_embeds
    return {"class_labels": labels - 1 - torch.arange(count) // 2} if labels else {}


def check_predict(greendiff, model, checkpoint, folder):
    sample, _, timestep = batch(model, 4)
    labels = class_labels(model, 4)
    save_file({"sample": sample, "timestep": timestep} | labels, f"{folder}/in.safetensors")
    run(greendiff, "predict", "--checkpoint", checkpoint, "--input", f"{folder}/in.safetensors",
        "--output", f"{folder}/out.safetensors")
    with torch.no_grad():
        reference = model(sample, timestep, **labels).sample
    return error(load_file(f"{folder}/out.safetensors")["noise"], reference)


def check_gradients(greendiff, model, checkpoint, folder):
    """The loss's relative error, and the largest gradient error with its parameter's name."""
    images, noise, timestep = batch(model, 4)
    labels = class_labels(model, 4)
    save_file({"sample": images, "noise": noise, "timestep": timestep} | labels, f"{folder}/in.safetensors")
    run(greendiff, "gradients", "--checkpoint", checkpoint, "--input", f"{folder}/in.safetensors",
        "--output", f"{folder}/out.safetensors")
    result = load_file(f"{folder}/out.safetensors")
    model.zero_grad()
    noisy = DDPMScheduler().add_noise(images, noise, timestep)
    loss = torch.nn.functional.mse_loss(model(noisy, timestep, **labels).sample, noise)
    loss.backward()
    references = {name: parameter.grad for name, parameter in model.named_parameters()}
    if set(result) != set(references) | {"loss"}:
        sys.exit(f"gradients of other tensors: {sorted(set(result) ^ set(references))[:5]}")
    all_norm = float(torch.cat([g.flatten().double() for g in references.values()]).norm())
    worst = max((error(result[name], g, all_norm), name) for name, g in references.items())
    return abs(float(result["loss"][0]) / loss.item() - 1), *worst


def check_written_checkpoint(greendiff, preset, folder):
    """A checkpoint of `greendiff pretrain`, opened by diffusers, must predict what greendiff predicts with it."""
    name, conditional = ("tiny", ["--conditional"]) if preset == CONDITIONAL else (preset, [])
    run(greendiff, "pretrain", "--data", "synthetic", "--preset", name, *conditional, "--steps", "1", "--batch-size", "2",
        "--seed", "1", "--sample-every", "0", "--out", f"{folder}/pretrained")
    checkpoint = f"{folder}/pretrained/model"
    pipeline = DDPMPipeline.from_pretrained(checkpoint)
    model = UNet2DModel.from_pretrained(checkpoint).eval()
    if any(not torch.equal(a, b) for a, b in zip(model.parameters(), pipeline.unet.parameters())):
        sys.exit(f"{checkpoint}: model and pipeline have different parameters")
    return check_predict(greendiff, model, checkpoint, folder)


def main(description):
    parser = argparse.ArgumentParser(
        prog="check-parity", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", action="append", choices=list(PRESETS))
    parser.add_argument("--greendiff", default=GREENDIFF)
    options = parser.parse_args()
    if not os.access(options.greendiff, os.X_OK):
        print(f"check-parity: {options.greendiff} is missing; run swift build -c release", file=sys.stderr)
        sys.exit(2)

    set_verbosity_error()
    disable_progress_bar()
    print("| preset | parameters | forward | loss | worst gradient | its parameter | diffusers reads ours |")
    print("|---|---|---|---|---|---|---|")
    passed = True
    for preset in options.preset or list(PRESETS):
        torch.manual_seed(7)
        model = UNet2DModel(**PRESETS[preset]).eval()
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = f"{folder}/reference"
            DDPMPipeline(model, DDPMScheduler()).save_pretrained(checkpoint)
            forward = check_predict(options.greendiff, model, checkpoint, folder)
            loss, gradient, name = check_gradients(options.greendiff, model, checkpoint, folder)
            written = check_written_checkpoint(options.greendiff, preset, folder)
        count = sum(parameter.numel() for parameter in model.parameters())
        print(f"| {preset} | {count:,} | {forward:.1e} | {loss:.1e} | {gradient:.1e} | {name} | {written:.1e} |", flush=True)
        passed &= max(forward, loss, written) <= FORWARD_LIMIT and gradient <= GRADIENT_LIMIT
    print(f"limits: forward, loss and reading ours {FORWARD_LIMIT:.0e}, gradients {GRADIENT_LIMIT:.0e}:",
          "passed" if passed else "FAILED")
    return 0 if passed else 1
