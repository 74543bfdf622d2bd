"""Layers whose parameters lie in one flat buffer, and their gradients in another.

A layer's arrays are views into the buffers, so an optimizer step is a few operations whatever the
depth, and a checkpoint is one array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.initializers import INITIALIZERS
from core.layers import Layer, Pass, Record, make_chain
from core.layout import batch_first, features_first
from core.spec import ANY, FIRST, NetworkSpec, written

Array = NDArray[np.floating]


class Network:
    """The network that a specification describes. Tensors are named `layers.K.weight` and so on,
    within branches `layers.K.B.J.weight` for layer J of branch B."""

    def __init__(self, spec: NetworkSpec, dtype: str = "float64") -> None:
        spec.require_runnable()
        self.spec = spec
        self.dtype = np.dtype(dtype)
        self.chain = make_chain(spec.layers, spec.input_shape)
        self._slices: dict[str, tuple[slice, tuple[int, ...]]] = {}
        self.parameters = np.zeros(spec.num_parameters, self.dtype)
        self.gradients = np.zeros(spec.num_parameters, self.dtype)
        self._share_buffers()

    @property
    def layers(self) -> list[Layer]:
        """The layers of the chain; branches are one of them."""
        return self.chain.layers

    def layer(self, path: str) -> Layer:
        """The layer at a path such as "3" or "3.1.0"; raises ValueError when there is none."""
        for here, layer in self.chain.walk():
            if here == path:
                return layer
        raise ValueError(f"there is no layer {path!r} in this network")

    def _share_buffers(self) -> None:
        """Replace the layers' own arrays by views into the flat buffers."""
        start = 0
        for path, layer in self.chain.walk():
            for key, array in layer.params.items():
                part = slice(start, start + array.size)
                self._slices[f"{FIRST}{path}.{key}"] = (part, array.shape)
                layer.params[key] = self.parameters[part].reshape(array.shape)
                layer.grads[key] = self.gradients[part].reshape(array.shape)
                start = part.stop
            for key, array in layer.state.items():
                layer.state[key] = array.astype(self.dtype)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        return tuple(self._slices)

    def view(self, name: str, buffer: NDArray[Any] | None = None) -> NDArray[Any]:
        """The named tensor within the parameters, or within another buffer of their layout."""
        if name not in self._slices:
            raise ValueError(f"there is no {name!r}; there are {', '.join(self._slices)}")
        part, shape = self._slices[name]
        return (self.parameters if buffer is None else buffer)[part].reshape(shape)

    def initialize(self, rng: np.random.Generator) -> None:
        """Draw all weights anew, in the order of the layers, and set all else to its start."""
        draw = INITIALIZERS[self.spec.initializer]
        for _, layer in self.chain.walk():
            layer.initialize(draw, self.spec.bias_value, rng)

    def forward(
        self,
        x: NDArray[Any],
        training: bool = False,
        mask: NDArray[np.bool_] | None = None,
        remember: bool | None = None,
        record: Record | None = None,
        carry: bool = False,
        rng: np.random.Generator | None = None,
    ) -> Array:
        """x (N, ...) -> the last layer's output (N, ...), a copy.

        `remember` prepares `backward`, as training does unless it says otherwise. mask (N, T) tells
        which steps of a sequence exist. `record` gets what went through the layers. With `carry`
        sequences go on where those of the last such pass ended, until `forget`. Dropout draws from
        `rng` while training, and needs it then.
        """
        inside = None if mask is None else features_first(mask)
        remember = training if remember is None else remember
        run = Pass(training, remember, inside, carry, self.dtype, rng)
        y = self.chain.forward(features_first(self.checked(x)), run, record)
        return np.array(batch_first(y), order="C")

    def backward(self, dy: Array, needs_dx: bool = True, record: Record | None = None) -> Array:
        """dL/d output (N, ...) -> dL/d input, a copy, of which nothing is asked when `needs_dx` is
        false; the gradients of all parameters are replaced."""
        dx = self.chain.backward(features_first(dy), needs_dx, record)
        return np.array(batch_first(dx), order="C") if needs_dx else dx

    def forget(self) -> None:
        """Let recurrent layers start from zero again, also where states are carried on."""
        self.carry_on({})

    def carried(self) -> dict[str, Any]:
        """What layers carry on to the next batch, by path."""
        layers = self.chain.walk()
        return {path: layer.carried for path, layer in layers if layer.carried is not None}

    def carry_on(self, carried: dict[str, Any]) -> None:
        """Go on from what a network like this one carried."""
        for path, layer in self.chain.walk():
            layer.carried = carried.get(path)

    def activations(self, x: Array) -> list[Array]:
        """The outputs (N, ...) of every layer of the chain; nothing is remembered."""
        record = Record()
        self.forward(x, record=record)
        return [batch_first(record.outputs[str(k)]) for k in range(len(self.layers))]

    def checked(self, x: Any) -> NDArray[Any]:
        """The input as an array of the network's type; raises ValueError where it does not fit."""
        x = np.asarray(x)
        shape = self.spec.input_shape
        fits = x.ndim == len(shape) + 1 and all(
            n > 0 if size == ANY else n == size for n, size in zip(x.shape[1:], shape, strict=True)
        )
        if not fits or not len(x):
            raise ValueError(
                f"the input must be N × {written(shape)} with N at least 1, not {x.shape}"
            )
        wanted = "iu" if self.spec.takes_tokens else "fiu"
        if x.dtype.kind not in wanted:
            kind = "whole numbers" if self.spec.takes_tokens else "numbers"
            raise ValueError(f"the input must be {kind}, not {x.dtype}")
        return x if self.spec.takes_tokens else x.astype(self.dtype, copy=False)

    def state_dict(self) -> dict[str, Array]:
        """Copies of all tensors by name, those without gradients included."""
        return {name: array.copy() for name, array in self._tensors().items()}

    def _tensors(self) -> dict[str, Array]:
        return {name: self.view(name) for name in self._slices} | self.state()

    def state(self) -> dict[str, Array]:
        """What layers learn without gradients, by name: the arrays themselves."""
        return {
            f"{FIRST}{path}.{key}": array
            for path, layer in self.chain.walk()
            for key, array in layer.state.items()
        }

    def load_state(self, tensors: dict[str, Array]) -> None:
        """Take over what `state` of a network like this one gave."""
        own = self.state()
        for name, array in tensors.items():
            own[name][...] = array

    def load_state_dict(self, tensors: dict[str, Array]) -> None:
        """Take over all tensors; raises ValueError, changing nothing, if one does not fit."""
        own = self._tensors()
        if set(tensors) != set(own):
            raise ValueError(
                f"the tensors must be {', '.join(own)}; these are {', '.join(tensors)}"
            )
        for name, array in tensors.items():
            if array.shape != own[name].shape:
                raise ValueError(f"{name} must be {own[name].shape}, not {array.shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} holds values that are not finite")
        for name, array in tensors.items():
            own[name][...] = array
