"""Writes mlp.npz: what PyTorch says of small networks, to compare the core with.

Run where PyTorch is installed: python tests/golden/make_mlp.py. It is not needed to run the tests.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

SIZES = (3, 4, 3)
ACTIVATIONS = {
    "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "relu": nn.ReLU, "elu": nn.ELU, "gelu": nn.GELU,
    "softplus": nn.Softplus, "leaky_relu": nn.LeakyReLU,
}  # fmt: skip
LOSSES = {
    "mse": nn.MSELoss(),
    "binary_cross_entropy": nn.BCEWithLogitsLoss(),
    "cross_entropy": nn.CrossEntropyLoss(),
}
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05),
}
DTYPES = {"float64": torch.float64, "float32": torch.float32}


def network(activation, dtype):
    torch.manual_seed(5)
    return nn.Sequential(
        nn.Linear(SIZES[0], SIZES[1]), ACTIVATIONS[activation](), nn.Linear(SIZES[1], SIZES[2])
    ).to(dtype)


def data(loss, dtype):
    torch.manual_seed(6)
    x = torch.randn(8, SIZES[0], dtype=torch.float64).to(dtype)
    if loss == "cross_entropy":
        return x, torch.randint(0, SIZES[2], (8,))
    return x, torch.randint(0, 2, (8, SIZES[2])).to(dtype)


def flat(tensors):
    return np.concatenate([t.detach().numpy().ravel() for t in tensors])


def passes(out):
    """Outputs, losses and gradients for every activation, loss and type."""
    for dtype_name, dtype in DTYPES.items():
        for activation in ACTIVATIONS:
            for loss_name, loss_function in LOSSES.items():
                model, (x, y) = network(activation, dtype), data(loss_name, dtype)
                x.requires_grad_()
                output = model(x)
                loss = loss_function(output, y)
                loss.backward()
                key = f"{activation}/{loss_name}/{dtype_name}"
                out |= {f"{key}/x": x.detach().numpy(), f"{key}/y": y.numpy(),
                        f"{key}/parameters": flat(model.parameters()),
                        f"{key}/output": output.detach().numpy(),
                        f"{key}/loss": loss.detach().numpy(),
                        f"{key}/gradients": flat(p.grad for p in model.parameters()),
                        f"{key}/dx": x.grad.numpy()}  # fmt: skip


def runs(out):
    """The losses of ten steps with every optimizer. Weight decay is on weights alone."""
    for dtype_name, dtype in DTYPES.items():
        for name, make in OPTIMIZERS.items():
            model, (x, y) = network("tanh", dtype), data("mse", dtype)
            weights = [p for p in model.parameters() if p.ndim == 2]
            biases = [p for p in model.parameters() if p.ndim == 1]
            optimizer = make([{"params": weights}, {"params": biases, "weight_decay": 0}])
            losses = []
            for _ in range(10):
                optimizer.zero_grad()
                loss = LOSSES["mse"](model(x), y)
                loss.backward()
                optimizer.step()
                losses.append(loss.item())
            out[f"run/{name}/{dtype_name}/losses"] = np.array(losses)
            out[f"run/{name}/{dtype_name}/parameters"] = flat(model.parameters())


if __name__ == "__main__":
    arrays = {}
    passes(arrays)
    runs(arrays)
    np.savez_compressed(Path(__file__).with_name("mlp.npz"), **arrays)
