"""What the learner chooses in C3: pictures, kernels, the place that is looked at, and a loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.state import ChapterState, Integers, Numbers
from core.data.small import KERNELS, PICTURES, TURNS, planes
from core.explain import Trace
from core.network import Network
from core.spec import Conv2dSpec, NetworkSpec

Array = NDArray[np.floating]
Place = tuple[int, int, int]  # of an output: kernel, row and column, from 0
LIMIT, DECIMALS = 99.0, 4  # so that the longest state still fits into an address
MAX_SIDE, MAX_KERNEL, MAX_CHANNELS = 8, 5, 3
OWN = "own"
MORE_KERNELS = ("cross", "sobel_x", "sobel_y")
CROSS = [float(w) for w in KERNELS["cross"].weights.ravel()]
LOSSES = {
    "sum": ("the sum of all outputs", "L is the sum of all outputs: its derivative by each is 1."),
    "one": ("the selected output", "L is the selected output: its derivative by that one is 1, and "
                                   "by all others 0."),
    "squares": ("half the sum of squares", "L is half the sum of all squared outputs: its "
                                           "derivative by each is that output itself."),
}  # fmt: skip


def fitted(values: list[float], shape: tuple[int, ...]) -> Array:
    """The values in a shape: too few are repeated, as for the channels of a kernel."""
    return np.resize(np.array(values or [0.0]), shape)


def resized(old: Array, shape: tuple[int, ...]) -> Array:
    """The same values at the same places of a smaller or larger array; the rest is 0."""
    made = np.zeros(shape)
    part = tuple(slice(0, min(a, b)) for a, b in zip(old.shape, shape, strict=True))
    made[part] = old[part]
    return made


def flat(values: Array) -> list[float]:
    return [float(value) for value in values.ravel()]


class ConvState(ChapterState):
    picture = param.Selector(default="diagonal", objects=[*PICTURES, OWN], label="Preset")
    image = Numbers([], count=(0, MAX_CHANNELS * MAX_SIDE**2), limits=(-LIMIT, LIMIT),
                    decimals=DECIMALS, label="Pixels")  # fmt: skip
    height = param.Integer(default=5, bounds=(1, MAX_SIDE), label="Height")
    width = param.Integer(default=5, bounds=(1, MAX_SIDE), label="Width")
    channels = param.Integer(default=1, bounds=(1, MAX_CHANNELS), label="Channels",
                             doc="Planes of the picture, such as red, green, blue")  # fmt: skip
    kernels = param.Integer(default=1, bounds=(1, MAX_CHANNELS), label="Kernels",
                            doc="Each gives an output of its own")  # fmt: skip
    kernel_height = param.Integer(default=3, bounds=(1, MAX_KERNEL), label="Rows")
    kernel_width = param.Integer(default=3, bounds=(1, MAX_KERNEL), label="Columns")
    weight = Numbers(CROSS, count=(1, MAX_CHANNELS**2 * MAX_KERNEL**2), limits=(-LIMIT, LIMIT),
                     decimals=DECIMALS, label="Weights")  # fmt: skip
    bias = Numbers([0.0], count=(1, MAX_CHANNELS), limits=(-LIMIT, LIMIT), decimals=DECIMALS,
                   label="Bias")  # fmt: skip
    flip = param.Boolean(default=False, label="Flip the kernel",
                         doc="True convolution instead of cross-correlation")  # fmt: skip
    shown = param.Integer(default=1, bounds=(1, MAX_CHANNELS), label="Kernel",
                          doc="Which kernel is shown")  # fmt: skip
    at = Integers([1, 1], count=(2, 2), limits=(1, MAX_SIDE), label="Place")
    gradients = param.Boolean(default=False, label="Gradients", doc="The way back: how the loss "
                              "changes with each pixel and weight")  # fmt: skip
    loss = param.Selector(default="sum", objects=list(LOSSES), label="Loss L",
                          doc="What the gradients are of")  # fmt: skip

    ADDRESS = {  # noqa: RUF012
        "picture": "picture", "image": "x", "height": "h", "width": "w", "channels": "channels",
        "kernels": "kernels", "kernel_height": "kh", "kernel_width": "kw", "weight": "k",
        "bias": "b", "flip": "flip", "shown": "kernel", "at": "at", "gradients": "back",
        "loss": "loss",
    }  # fmt: skip

    def pixels(self) -> Array:
        """(channels, H, W)."""
        if self.picture != OWN:
            return planes(PICTURES[self.picture].draw(), self.channels)
        return fitted(self.image, (self.channels, self.height, self.width))

    def weights(self) -> Array:
        """(kernels, channels, kh, kw)."""
        return fitted(self.weight, (self.kernels, self.channels, self.kernel_height,
                                    self.kernel_width))  # fmt: skip

    def biases(self) -> Array:
        """(kernels,)."""
        return fitted(self.bias, (self.kernels,))

    def spec(self) -> NetworkSpec:
        """Raises ShapeError where the kernel does not fit into the picture."""
        layer = Conv2dSpec(self.kernels, (self.kernel_height, self.kernel_width), flip=self.flip)
        layer.output_shape(self.pixels().shape)
        return NetworkSpec(self.pixels().shape, (layer,))

    def trace(self) -> Trace:
        """The convolution of the picture, and the way back of the loss."""
        network = Network(self.spec())
        network.view("layers.0.weight")[...] = self.weights()
        network.view("layers.0.bias")[...] = self.biases()
        inputs = self.pixels()[None]
        return Trace(network, inputs, origin="You can set it by hand.",
                     given=self._given(network.forward(inputs)),
                     origin_of_given=LOSSES[self.loss][1])  # fmt: skip

    def _given(self, output: Array) -> Array:
        """The derivative of the loss by every output."""
        if self.loss == "squares":
            return output
        if self.loss == "sum":
            return np.ones_like(output)
        one = np.zeros_like(output)
        one[0][self.place(output.shape[2:])] = 1
        return one

    def place(self, size: tuple[int, ...]) -> Place:
        """The output that is looked at, within an output of this height and width."""
        row, column = (min(a, b) - 1 for a, b in zip(self.at, size, strict=True))
        return min(self.shown, self.kernels) - 1, row, column

    # What follows from a change

    def with_picture(self, name: str) -> dict[str, Any]:
        height, width = PICTURES[name].draw().shape if name != OWN else (self.height, self.width)
        image = flat(self.pixels()) if name == OWN else []
        return {"picture": name, "image": image, "height": height, "width": width}

    def with_pixel(self, index: tuple[int, int, int], value: float) -> dict[str, Any]:
        pixels = self.pixels().copy()
        pixels[index] = value
        _, height, width = pixels.shape
        return {"picture": OWN, "image": flat(pixels), "height": height, "width": width}

    def with_weight(self, index: tuple[int, ...], value: float) -> dict[str, Any]:
        weights = self.weights().copy()
        weights[index] = value
        return {"weight": flat(weights)}

    def with_kernel(self, name: str) -> dict[str, Any]:
        """The shown kernel becomes one that has a name, in every channel."""
        rows = KERNELS[name].weights
        shape = (self.kernels, self.channels, *rows.shape)
        weights = resized(self.weights(), shape)
        weights[min(self.shown, self.kernels) - 1] = rows
        return {"weight": flat(weights), "kernel_height": shape[2], "kernel_width": shape[3]}

    def with_size(self, name: str, value: int) -> dict[str, Any]:
        """The picture with another height or width."""
        channels, *size = self.pixels().shape
        size[name == "width"] = value
        image = flat(resized(self.pixels(), (channels, *size)))
        return {"picture": OWN, "image": image, "height": size[0], "width": size[1]}

    def with_kernel_size(self, name: str, value: int) -> dict[str, Any]:
        size = [self.kernel_height, self.kernel_width]
        size[name == "kernel_width"] = value
        weights = resized(self.weights(), (self.kernels, self.channels, *size))
        return {name: value, "weight": flat(weights)}

    def with_channels(self, count: int) -> dict[str, Any]:
        """New planes are the first one, mirrored; new slices of kernels like the first slice."""
        weights = self.weights()
        slices = [weights[:, min(c, self.channels - 1)] for c in range(count)]
        values: dict[str, Any] = {"channels": count, "weight": flat(np.stack(slices, axis=1))}
        if self.picture == OWN:
            pixels = self.pixels()
            made = [pixels[c] if c < len(pixels) else TURNS[c](pixels[0]) for c in range(count)]
            values["image"] = flat(np.stack(made))
        return values

    def with_kernels(self, count: int) -> dict[str, Any]:
        weights = self.weights()
        made = resized(weights, (count, *weights.shape[1:]))
        for k in range(self.kernels, count):
            rows = KERNELS[MORE_KERNELS[k]].weights
            made[k] = resized(rows, weights.shape[2:])
        bias = flat(fitted(self.bias, (count,)))
        return {"kernels": count, "weight": flat(made), "bias": bias, "shown": min(count,
                self.shown if count <= self.kernels else count)}  # fmt: skip

    @property
    def kernel_name(self) -> str:
        """The preset that the shown kernel is, in every channel, or `own`."""
        shown = self.weights()[min(self.shown, self.kernels) - 1]
        for name, kernel in KERNELS.items():
            same = kernel.weights.shape == shown.shape[1:] and (shown == kernel.weights).all()
            if same:
                return name
        return OWN
