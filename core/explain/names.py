"""How the numbers of a network are called: x₁, h₁, o₁, w₁, as in a first lecture."""

from __future__ import annotations

from core.explain.record import SUPERSCRIPTS, subscript
from core.spec import LinearSpec, NetworkSpec

FEW_PARAMETERS = 12  # up to here weights are numbered through, w₁ to w₆, as on a blackboard


class Names:
    """Symbols and plain-English titles for the tensors of one network."""

    def __init__(self, spec: NetworkSpec, inputs: tuple[str, ...] | None = None) -> None:
        self.spec = spec
        self.inputs = inputs or tuple(f"x{subscript(i + 1)}" for i in range(spec.input_size))
        self.linear = [k for k, s in enumerate(spec.layers) if isinstance(s, LinearSpec)]
        self.starts = self._starts()

    def _starts(self) -> dict[int, tuple[int, int]]:
        """The number of weights and biases before each linear layer."""
        starts, weights, biases = {}, 0, 0
        for k in self.linear:
            starts[k] = (weights, biases)
            weights += self.spec.sizes[k] * self.spec.sizes[k + 1]
            biases += self.spec.sizes[k + 1]
        return starts

    def depth(self, layer: int) -> int:
        """Which linear layer, counted from 1, a layer is or follows."""
        return sum(k <= layer for k in self.linear)

    def _level(self, layer: int) -> str:
        """The superscript of a layer, where there is more than one hidden layer."""
        hidden = len(self.linear) - 1
        return f"⁽{str(self.depth(layer)).translate(SUPERSCRIPTS)}⁾" if hidden > 1 else ""

    def is_sum(self, layer: int) -> bool:
        """Whether a layer's output is a weighted sum that an activation still follows."""
        following = self.spec.layers[layer + 1 : layer + 2]
        return layer in self.linear and bool(following) and not isinstance(following[0], LinearSpec)

    def output(self, layer: int, unit: int) -> str:
        """z for a weighted sum, o for an output of the network, h for one of a hidden layer."""
        if layer < 0:
            return self.inputs[unit]
        if self.is_sum(layer):
            return f"z({self.output(layer + 1, unit)})"
        is_last = self.depth(layer) == len(self.linear)
        letter = "o" if is_last else "h"
        return f"{letter}{subscript(unit + 1)}{'' if is_last else self._level(layer)}"

    def output_title(self, layer: int, unit: int) -> str:
        if self.is_sum(layer):
            return f"Weighted sum of neuron {self.output(layer + 1, unit)}, before its activation"
        return f"Output of neuron {self.output(layer, unit)}"

    def weight(self, layer: int, unit: int, source: int) -> str:
        if self.spec.num_parameters <= FEW_PARAMETERS:
            first = self.starts[layer][0]
            return f"w{subscript(first + unit * self.spec.sizes[layer] + source + 1)}"
        between = "," if max(unit, source) >= 9 else ""
        return f"w{subscript(f'{unit + 1}{between}{source + 1}')}{self._level(layer)}"

    def bias(self, layer: int, unit: int) -> str:
        if self.spec.num_parameters <= FEW_PARAMETERS:
            return f"b{subscript(self.starts[layer][1] + unit + 1)}"
        return f"b{subscript(unit + 1)}{self._level(layer)}"

    def parameter(self, tensor: str, index: tuple[int, ...]) -> str:
        """The symbol of an element of `layers.K.weight` or `layers.K.bias`."""
        layer = int(tensor.split(".")[1])
        if tensor.endswith("weight"):
            return self.weight(layer, *index)
        return self.bias(layer, *index)

    def parameter_title(self, tensor: str, index: tuple[int, ...]) -> str:
        layer = int(tensor.split(".")[1])
        target = self.output(layer + self.is_sum(layer), index[0])
        if tensor.endswith("weight"):
            source = self.output(layer - 1, index[1])
            return f"Weight from {source} to {target}"
        return f"Bias of {target}"
