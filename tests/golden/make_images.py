"""Writes images.npz: what PyTorch says of layers on pictures, and of LeNet-5's first ten steps.

Run where PyTorch is installed: python tests/golden/make_images.py. It is not needed to run the
tests.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

DTYPES = {"float64": torch.float64, "float32": torch.float32}
SHAPE = (2, 4, 8, 7)  # N, C, H, W
RATE, STEPS, LENET_BATCH = 0.1, 10, 8
EVERY = 5  # of LeNet's many parameters, one in so many is kept after the steps


class Flipped(nn.Conv2d):
    """A true convolution: the kernel is read from its end."""

    def forward(self, x):
        return F.conv2d(x, self.weight.flip(2, 3), self.bias, self.stride, self.padding)


class MinPool(nn.MaxPool2d):
    def forward(self, x):
        return -super().forward(-x)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(
            nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
            nn.Conv2d(4, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4),
        )  # fmt: skip

    def forward(self, x):
        return self.inner(x) + x


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.chains = nn.ModuleList([
            nn.Conv2d(4, 2, 1),
            nn.Sequential(nn.Conv2d(4, 2, 1), nn.ReLU(), nn.Conv2d(2, 3, 3, padding=1)),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(4, 1, 1)),
        ])  # fmt: skip

    def forward(self, x):
        return torch.cat([chain(x) for chain in self.chains], dim=1)


LAYERS = {
    "conv": lambda: nn.Conv2d(4, 6, 3),
    "conv_stride_padding": lambda: nn.Conv2d(4, 6, (3, 2), (2, 3), (1, 2)),
    "conv_four_sides": lambda: nn.Sequential(nn.ZeroPad2d((3, 0, 1, 2)), nn.Conv2d(4, 5, 3)),
    "conv_same": lambda: nn.Conv2d(4, 5, (3, 5), padding="same"),
    "conv_same_even": lambda: nn.Conv2d(4, 5, (2, 4), padding="same"),
    "conv_same_dilated": lambda: nn.Conv2d(4, 5, 2, padding="same", dilation=3),
    "conv_full": lambda: nn.Conv2d(4, 5, 3, padding=2),
    "conv_dilation": lambda: nn.Conv2d(4, 5, 3, padding=2, dilation=(2, 3), bias=False),
    "conv_groups": lambda: nn.Conv2d(4, 6, 3, groups=2),
    "conv_depthwise": lambda: nn.Conv2d(4, 8, 3, padding=1, groups=4),
    "conv_1x1": lambda: nn.Conv2d(4, 5, 1),
    "conv_1x1_stride": lambda: nn.Conv2d(4, 5, 1, 2),
    "conv_flip": lambda: Flipped(4, 5, 3, padding=1),
    "max": lambda: nn.MaxPool2d(2),
    "max_overlapping": lambda: nn.MaxPool2d(3, 2, 1),
    "max_ceil": lambda: nn.MaxPool2d(3, 2, ceil_mode=True),
    "max_global": lambda: nn.AdaptiveMaxPool2d(1),
    "min": lambda: MinPool(3, 2, 1),
    "average": lambda: nn.AvgPool2d(2),
    "average_excluded": lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    "average_included": lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=True),
    "average_ceil": lambda: nn.AvgPool2d((3, 2), (2, 3), (1, 0), True, False),
    "average_ceil_included": lambda: nn.AvgPool2d((3, 2), (2, 3), (1, 0), True, True),
    "average_global": lambda: nn.AdaptiveAvgPool2d(1),
    "batch_norm": lambda: nn.BatchNorm2d(4, momentum=0.2),
    "local_response_norm": lambda: nn.LocalResponseNorm(3, 0.5, 0.75, 2.0),
    "local_response_norm_even": lambda: nn.LocalResponseNorm(4, 0.9, 0.5, 1.0),
    "residual": Residual,
    "inception": Inception,
}


def flat(tensors):
    arrays = [t.detach().numpy().ravel() for t in tensors]
    return np.concatenate(arrays) if arrays else np.zeros(0)


def running(module):
    """Running means and variances in the order of the layers."""
    return flat(b for name, b in module.named_buffers() if "running" in name)


def one_layer(name, dtype):
    """A pass of training and its gradients; then, without training, the output and gradients."""
    torch.manual_seed(3)
    module = LAYERS[name]().double()
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    # Whole numbers, so that pools meet equal values.
    x = torch.randint(-3, 4, SHAPE, dtype=torch.float64)
    dy = torch.randn(module(x).shape, dtype=torch.float64)
    if isinstance(module, nn.BatchNorm2d | Residual):  # undo what that pass did to the averages
        for each in module.modules():
            if isinstance(each, nn.BatchNorm2d):
                each.reset_running_stats()
    module, dy = module.to(dtype), dy.to(dtype)
    out = {"x": x.to(dtype).numpy(), "dy": dy.numpy(), "parameters": flat(module.parameters())}
    for mode in ("train", "eval"):
        getattr(module, mode)()
        inputs = x.to(dtype).clone().requires_grad_()
        module.zero_grad()
        y = module(inputs)
        y.backward(dy)
        out |= {f"{mode}/y": y.detach().numpy(), f"{mode}/dx": inputs.grad.numpy(),
                f"{mode}/gradients": flat(p.grad for p in module.parameters()),
                f"{mode}/running": running(module)}  # fmt: skip
        if not running(module).size:  # nothing else happens without training
            break
    return out


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def lenet_steps(out):
    """The same start, exact in single precision, and the same pictures for both types."""
    torch.manual_seed(7)
    start = lenet()
    shape = (LENET_BATCH, 1, 28, 28)
    x = torch.randint(0, 17, shape) * (torch.rand(shape) < 0.3) / 16
    y = torch.arange(LENET_BATCH) % 10
    out |= {"lenet/x": x.numpy().astype(np.float32), "lenet/y": y.numpy(),
            "lenet/parameters": flat(start.parameters())}  # fmt: skip
    for dtype_name, dtype in DTYPES.items():
        model = lenet().to(dtype)
        model.load_state_dict(start.state_dict())
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        losses = []
        for step in range(STEPS):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x.to(dtype)), y)
            loss.backward()
            if step == 0:
                gradients = flat(p.grad for p in model.parameters())
            optimizer.step()
            losses.append(loss.item())
        key = f"lenet/{dtype_name}"
        out |= {f"{key}/losses": np.array(losses), f"{key}/gradients": gradients[::EVERY],
                f"{key}/parameters": flat(model.parameters())[::EVERY]}  # fmt: skip


if __name__ == "__main__":
    arrays = {}
    for layer in LAYERS:
        for dtype_name, dtype in DTYPES.items():
            for key, array in one_layer(layer, dtype).items():
                arrays[f"layer/{layer}/{dtype_name}/{key}"] = array
    lenet_steps(arrays)
    np.savez_compressed(Path(__file__).with_name("images.npz"), **arrays)
