"""A chain of layers whose parameters lie in one flat buffer, and their gradients in another.

A layer's arrays are views into the buffers, so an optimizer step is a few operations whatever the
depth, and a checkpoint is one array.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.functional.activations import ACTIVATIONS
from core.initializers import INITIALIZERS
from core.layers import ActivationLayer, Layer, Linear
from core.spec import LinearSpec, NetworkSpec

Array = NDArray[np.floating]


class Network:
    """The network that a specification describes. Tensors are named `layers.K.weight` and so on."""

    def __init__(self, spec: NetworkSpec, dtype: str = "float64") -> None:
        self.spec = spec
        self.dtype = np.dtype(dtype)
        self.layers = self._make_layers()
        self._slices: dict[str, tuple[slice, tuple[int, ...]]] = {}
        self.parameters = np.zeros(spec.num_parameters, self.dtype)
        self.gradients = np.zeros(spec.num_parameters, self.dtype)
        self._share_buffers()

    def _make_layers(self) -> list[Layer]:
        layers: list[Layer] = []
        for spec, (in_features, out_features) in zip(
            self.spec.layers, pairwise(self.spec.sizes), strict=True
        ):
            if isinstance(spec, LinearSpec):
                layers.append(Linear(in_features, out_features, spec.bias))
            else:
                layers.append(ActivationLayer(ACTIVATIONS[spec.name]))
        return layers

    def _share_buffers(self) -> None:
        """Replace the layers' own arrays by views into the flat buffers."""
        start = 0
        for index, layer in enumerate(self.layers):
            for key, array in layer.params.items():
                part = slice(start, start + array.size)
                self._slices[f"layers.{index}.{key}"] = (part, array.shape)
                layer.params[key] = self.parameters[part].reshape(array.shape)
                layer.grads[key] = self.gradients[part].reshape(array.shape)
                start = part.stop

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self._slices)

    def view(self, name: str, buffer: Array | None = None) -> Array:
        """The named tensor within the parameters, or within another buffer of their layout."""
        if name not in self._slices:
            raise ValueError(f"there is no {name!r}; there are {', '.join(self._slices)}")
        part, shape = self._slices[name]
        return (self.parameters if buffer is None else buffer)[part].reshape(shape)

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw all weights anew, in the order of the layers, and set all biases."""
        draw = INITIALIZERS[self.spec.initializer]
        for name, (_, shape) in self._slices.items():
            if name.endswith("weight"):
                self.view(name)[...] = draw(rng, (shape[0], math.prod(shape[1:])))
            else:
                self.view(name)[...] = self.spec.bias_value

    def forward(self, x: Array, training: bool = False) -> Array:
        """x (N, input_size) -> the last layer's output (N, out). `training` prepares `backward`."""
        y = self._checked(x)
        for layer in self.layers:
            y = layer.forward(y, training)
        return y

    def backward(self, dy: Array) -> Array:
        """dL/d output (N, out) -> dL/d input; the gradients of all parameters are replaced."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def activations(self, x: Array) -> list[Array]:
        """The outputs of every layer for x (N, input_size); nothing is remembered."""
        outputs = [self._checked(x)]
        for layer in self.layers:
            outputs.append(layer.forward(outputs[-1]))
        return outputs[1:]

    def _checked(self, x: Array) -> Array:
        x = np.asarray(x)
        if x.ndim != 2 or x.shape[1] != self.spec.input_size or not len(x):
            raise ValueError(
                f"the input must be (N, {self.spec.input_size}) with N at least 1, not {x.shape}"
            )
        if x.dtype.kind not in "fiu":
            raise ValueError(f"the input must be numbers, not {x.dtype}")
        return x.astype(self.dtype, copy=False)

    def state_dict(self) -> dict[str, Array]:
        """Copies of all tensors by name."""
        return {name: self.view(name).copy() for name in self._slices}

    def load_state_dict(self, tensors: dict[str, Array]) -> None:
        """Take over all tensors; raises ValueError, changing nothing, if one does not fit."""
        if set(tensors) != set(self._slices):
            raise ValueError(f"the tensors must be {', '.join(self._slices)}; these are "
                             f"{', '.join(tensors)}")  # fmt: skip
        for name, array in tensors.items():
            if array.shape != self._slices[name][1]:
                raise ValueError(f"{name} must be {self._slices[name][1]}, not {array.shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds values that are not finite")
        for name, array in tensors.items():
            self.view(name)[...] = array
