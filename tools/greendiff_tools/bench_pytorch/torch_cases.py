"""The peer's side of every case: a problem string becomes a function that does the work once in PyTorch.

Tensors hold standard normal numbers. A slot names the layout, `contiguous` or `channels_last`, and the precision (see
`problems.peer_slots`); a case for which the layout means nothing takes `contiguous` alone.

In float32 and `fp32_precision` all tensors are floats. With `autocast`, whole steps run under it; layers get tensors of
bfloat16, as what runs before them under autocast would leave them, and convert nothing.
"""

import contextlib

import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler, DDPMScheduler, UNet2DModel

from .problems import PEER_PRECISIONS, Problem, split_slot

LEARNING_RATE, MAXIMUM_NORM, EMA_DECAY = 2e-4, 1.0, 0.9999
GROUPS, EPSILON = 32, 1e-6


def make(name, slot, configurations):
    """The work of problem `name`, and the images that it handles (None where that has no meaning)."""
    layout, precision = split_slot(slot)
    with _floats_rounded(precision == "fp32_precision"):
        work, images = _make(name, layout, precision == "autocast", configurations)

    def run():
        with _floats_rounded(precision == "fp32_precision"):
            work()

    return run if precision == "fp32_precision" else work, images


def precisions():
    """Those of `PEER_PRECISIONS` that this PyTorch has: `fp32_precision` came with 2.9."""
    return [precision for precision in PEER_PRECISIONS if precision != "fp32_precision" or _backends()]


def _backends():
    mkldnn = torch.backends.mkldnn
    return [getattr(mkldnn, name) for name in ("conv", "matmul") if hasattr(mkldnn, name)]


@contextlib.contextmanager
def _floats_rounded(rounded):
    """Whether oneDNN rounds floats to bfloat16 before it multiplies them: a setting of the whole process."""
    backends = _backends()
    before = [backend.fp32_precision for backend in backends]
    for backend in backends:
        backend.fp32_precision = "bf16" if rounded else "none"
    try:
        yield
    finally:
        for backend, value in zip(backends, before):
            backend.fp32_precision = value


def _autocast(enabled):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=enabled)


def _make(name, layout, autocast, configurations):
    problem = Problem(name)
    if problem.kind == "unet":
        return _unet(problem, layout, autocast, configurations[problem.preset])
    if problem.kind == "optimizer":
        return _optimizer(configurations[problem.preset]), None
    if problem.kind in ("quantize", "unpack"):
        return _codec(problem), None
    family = {"groupnorm": _group_norm, "attention": _attention, "linear": _linear}.get(problem.kind, _convolution)
    return family(problem, layout, torch.bfloat16 if autocast else torch.float32), None


def _format(layout):
    return torch.channels_last if layout == "channels_last" else torch.contiguous_format


def _images(layout, kind, *shape):
    return torch.randn(*shape).to(dtype=kind, memory_format=_format(layout))


def _no_grad(work):
    @torch.no_grad()
    def run():
        work()

    return run


# The whole network


def _unet(problem, layout, autocast, configuration):
    count = problem.sizes["n"]
    model = UNet2DModel.from_config(configuration).to(memory_format=_format(layout))
    images = _images(layout, torch.float32, count, model.config.in_channels, *2 * [model.config.sample_size])
    timesteps = torch.tensor([37 * index % 1000 for index in range(count)])
    if problem.action == "train":
        return _train_step(model, images, autocast, layout == "compiled"), count
    model.eval()
    compiled = _compiled(model) if layout == "compiled" else model

    def predict(*inputs):
        with _autocast(autocast):
            return compiled(*inputs)

    if problem.action == "fwd":
        return _no_grad(lambda: predict(images, timesteps).sample), count
    scheduler = DDIMScheduler()
    scheduler.set_timesteps(50)
    timestep = scheduler.timesteps[10]
    return _no_grad(lambda: scheduler.step(predict(images, timestep).sample, timestep, images).prev_sample), count


def _compiled(model):
    """`model` compiled for this batch alone, by TorchInductor."""
    torch.compiler.reset()
    return torch.compile(model, dynamic=False)


def _train_step(model, images, autocast, compiled):
    """Noise, forward, loss, backward, clipping, AdamW, moving average."""
    model.train()
    scheduler = DDPMScheduler()
    predict = _compiled(model) if compiled else model
    update = _update(list(model.parameters()))

    def step():
        timesteps = torch.randint(0, scheduler.config.num_train_timesteps, (images.shape[0],))
        noise = torch.randn_like(images)
        noisy = scheduler.add_noise(images, noise, timesteps)
        with _autocast(autocast):
            loss = F.mse_loss(predict(noisy, timesteps).sample, noise)
        loss.backward()
        update()
        model.zero_grad(set_to_none=True)

    return step


def _update(parameters):
    """Clipping, AdamW and moving average as one function, in PyTorch's fused and for-each forms."""
    optimizer = torch.optim.AdamW(parameters, lr=LEARNING_RATE, weight_decay=0, fused=True)
    average = [parameter.detach().clone() for parameter in parameters]

    def update():
        torch.nn.utils.clip_grad_norm_(parameters, MAXIMUM_NORM, foreach=True)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, parameters, 1 - EMA_DECAY)

    return update


def _optimizer(configuration):
    parameters = list(UNet2DModel.from_config(configuration).parameters())
    for parameter in parameters:
        parameter.grad = torch.randn_like(parameter)
    return _update(parameters)


# The codec


def _codec(problem):
    """Stochastic rounding to the levels of each group and packing; or unpacking, dequantizing and adding to a sum."""
    bits, count, group = (problem.sizes[key] for key in ("bits", "n", "group"))
    values = torch.randn(count // group, group) * 0.02
    magnitudes = values.abs()
    offset = magnitudes.amin(1, keepdim=True)
    step = (magnitudes.amax(1, keepdim=True) - offset) / (2 ** (bits - 1) - 2)
    places = torch.arange(8) * bits
    sign_bit, mask = 1 << (bits - 1), (1 << bits) - 1

    def quantize():
        level = torch.floor((values.abs() - offset) / step + torch.rand_like(values)) + 1
        codes = torch.where(values < 0, -level, level).to(torch.int8)
        if bits == 8:
            return codes
        words = ((codes.view(-1, 8).to(torch.int64) & mask) << places).sum(1)
        return words.view(torch.uint8).view(-1, 8)[:, :bits].contiguous()

    packed = quantize()
    total = torch.zeros_like(values)

    def unpack():
        codes = packed
        if bits < 8:
            words = torch.zeros(packed.shape[0], 8, dtype=torch.uint8)
            words[:, :bits] = packed
            codes = (words.view(torch.int64) >> places) & mask
            codes = (codes ^ sign_bit) - sign_bit
        level = codes.view(values.shape).to(torch.float32)
        magnitude = offset + (level.abs() - 1) * step
        total.add_(torch.where(level < 0, -magnitude, magnitude), alpha=3)

    return _no_grad(quantize if problem.kind == "quantize" else unpack)


# Layers


def _convolution(problem, layout, kind):
    size, kernel, stride = problem.sizes, problem.kernel, problem.stride
    upsampled = size["hw"] * problem.upsample
    source = _images(layout, kind, size["n"], size["ci"], size["hw"], size["hw"])
    weight = _images(layout, kind, size["co"], size["ci"], kernel, kernel)
    bias = torch.randn(size["co"], dtype=kind)

    def prepared(x):
        """What diffusers does before the convolution: nearest upsampling, or one row and column of zeros."""
        if problem.upsample > 1:
            x = F.interpolate(x, scale_factor=float(problem.upsample), mode="nearest")
        return F.pad(x, (0, 1, 0, 1)) if problem.asymmetric else x

    padding = 0 if problem.asymmetric else kernel // 2
    if problem.action == "fwd":
        return _no_grad(lambda: F.conv2d(prepared(source), weight, bias, stride, padding))

    x = prepared(source).contiguous(memory_format=_format(layout))
    d_output = torch.randn_like(F.conv2d(x, weight, bias, stride, padding))

    def backward(mask):
        return torch.ops.aten.convolution_backward(
            d_output, x, weight, [size["co"]], [stride] * 2, [padding] * 2, [1, 1], False, [0, 0], 1, mask)

    if problem.action == "wgrad":
        return _no_grad(lambda: backward([False, True, True]))

    def data_gradient():
        d_x = backward([True, False, False])[0]
        if problem.asymmetric:
            d_x = F.pad(d_x, (0, -1, 0, -1))
        if problem.upsample > 1:
            shape = [size["n"], size["ci"], size["hw"], size["hw"]]
            d_x = torch.ops.aten.upsample_nearest2d_backward(d_x, [upsampled] * 2, shape, None, None)
        return d_x

    return _no_grad(data_gradient)


def _forward_or_backward(problem, forward, inputs):
    """`forward(*inputs)`, or the gradients of all inputs through autograd."""
    if problem.action == "fwd":
        return _no_grad(lambda: forward(*inputs))
    for tensor in inputs:
        tensor.requires_grad_()
    output = forward(*inputs)
    d_output = torch.randn_like(output)
    return lambda: torch.autograd.grad(output, inputs, d_output, retain_graph=True)


def _group_norm(problem, layout, kind):
    size = problem.sizes
    x = _images(layout, kind, size["n"], size["c"], size["hw"], size["hw"])
    inputs = [x, *(torch.randn(size["c"], dtype=kind) for _ in range(2))]
    return _forward_or_backward(
        problem, lambda x, scale, shift: F.silu(F.group_norm(x, GROUPS, scale, shift, EPSILON)), inputs)


def _attention(problem, _, kind):
    batch, tokens, heads, channels = (problem.sizes[key] for key in ("n", "t", "h", "c"))
    inputs = [torch.randn(batch, tokens, heads * channels, dtype=kind) for _ in range(3)]

    def attention(*projections):
        query, key, value = (x.view(batch, tokens, heads, channels).transpose(1, 2) for x in projections)
        attended = F.scaled_dot_product_attention(query, key, value)
        return attended.transpose(1, 2).reshape(batch, tokens, heads * channels)

    return _forward_or_backward(problem, attention, inputs)


def _linear(problem, _, kind):
    rows, inputs, outputs = (problem.sizes[key] for key in ("n", "ci", "co"))
    x, weight, bias, d_output = (
        torch.randn(*shape, dtype=kind) for shape in ((rows, inputs), (outputs, inputs), (outputs,), (rows, outputs)))
    # As autograd does it: two products and a sum.
    passes = {
        "fwd": lambda: F.linear(x, weight, bias),
        "dgrad": lambda: d_output.mm(weight),
        "wgrad": lambda: (d_output.t().mm(x), d_output.sum(0)),
    }
    return _no_grad(passes[problem.action])
