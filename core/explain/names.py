"""How the numbers of a network are called: x₁, h₁, o₁, w₁, as in a first lecture.

Networks of features alone are named so. In others, a layer's output is y⁽³⁾[1, 2, 5]: of the layer
with number 3, channel 1, row 2, column 5 (for a sequence: step and feature), each counted from 1.
Where one layer over pictures is all there is, its number is not written, nor a channel of which
there is only one: y[2, 5]. For networks with one recurrent layer see `cell_names`.
"""

from __future__ import annotations

from core.explain.cell_names import cell_names
from core.explain.gate_names import gate_parameter
from core.explain.paths import INPUT, split
from core.explain.record import SUPERSCRIPTS, subscript
from core.spec import LinearSpec, NetworkSpec

WITHIN = {"linear": "z", "activation": "a", "dropout": "d"}  # numbers within a neuron
WORDS = {"linear": "weighted sum", "activation": "activation", "dropout": "dropout",
         "switch": "switch"}  # fmt: skip
FEW_PARAMETERS = 12  # up to here weights are numbered through, w₁ to w₆, as on a blackboard
Index = tuple[int, ...]


class Names:
    """Symbols and plain-English titles for the tensors of one network."""

    def __init__(
        self,
        spec: NetworkSpec,
        inputs: tuple[str, ...] | None = None,
        outputs: tuple[str, ...] | None = None,
    ) -> None:
        self.spec, self.outputs = spec, outputs
        self.is_dense = all(len(shape) == 1 for shape in spec.shapes) and not spec.takes_tokens
        self.is_bench = len(spec.layers) == 1 and len(spec.input_shape) == 3
        self.cell = cell_names(spec)
        self.letter = inputs[0] if self.is_bench and inputs else "x"
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

    # Any network, by path

    def symbol(self, path: str, index: Index) -> str:
        """The output of the layer at a path, without the batch's index; `input` is the inputs."""
        if self.cell:
            return self.cell.symbol(path, index)
        if self.is_bench:
            channels = self.spec.shapes[path != INPUT][:1]
            return f"{self.letter if path == INPUT else 'y'}{_place(_several(index, channels))}"
        if path == INPUT and (len(index) > 1 or self.spec.takes_tokens):
            return f"x{_place(index)}"
        if path == INPUT or (self.is_dense and path.isdigit()):
            return self.output(-1 if path == INPUT else int(path), index[0])
        return f"y{_level(path)}{_place(index)}"

    def inner(self, path: str, letter: str, place: Index) -> str:
        """A value within a layer, such as the gate f⁽1⁾[3, 2] at step 3 of unit 2."""
        if self.cell and path == self.cell.cell:
            return self.cell.inner(letter, place)
        return f"{letter}{_level(path)}{_place(place)}"

    def title(self, path: str, index: Index) -> str:
        if self.is_dense and path.isdigit():
            return self.output_title(int(path), index[0])
        of = "" if self.is_bench or self.cell else f" of layer {path}"
        return f"Output {self.symbol(path, index)}{of}"

    def parameter(self, tensor: str, index: Index) -> str:
        """The symbol of an element of `layers.K.weight`, `layers.K.bias` and so on."""
        path, key = split(tensor)
        if self.is_dense and path.isdigit():
            return self.weight(int(path), *index) if key == "weight" else self.bias(
                int(path), *index)  # fmt: skip
        if gate := gate_parameter(self.spec, path, key, index):
            return gate[0] if self.cell else f"{gate[0]}{_level(path)}"
        if self.cell:
            return self.cell.parameter(path, key, index, self._parameter_shape(path, key))
        letter = key.replace("weight", "w").replace("bias", "b")
        if self.is_bench:
            shape = self.spec.layers[0].parameter_shapes(self.spec.input_shape)[key]
            return f"{letter}{_place(_several(index, shape[:2]))}"
        return f"{letter}{_level(path)}{_place(index)}"

    def _parameter_shape(self, path: str, key: str) -> Index:
        layer = int(path)
        return self.spec.layers[layer].parameter_shapes(self.spec.shapes[layer])[key]

    def parameter_title(self, tensor: str, index: Index) -> str:
        path, key = split(tensor)
        if gate := gate_parameter(self.spec, path, key, index):
            return gate[1]
        if self.cell:
            return self.cell.parameter_title(path, key, index)
        if not (self.is_dense and path.isdigit()):
            which = self.parameter(tensor, index) if self.is_bench else f"of layer {path}"
            return f"{key.replace('_', ' ').capitalize()} {which}"
        layer = int(path)
        target = self.output(self.end(layer), index[0])
        if key == "weight":
            return f"Weight from {self.output(layer - 1, index[1])} to {target}"
        return f"Bias of {target}"

    # Networks of features alone

    def depth(self, layer: int) -> int:
        """Which linear layer, counted from 1, a layer is or follows."""
        return sum(k <= layer for k in self.linear)

    def _level(self, layer: int) -> str:
        """The superscript of a layer, where there is more than one hidden layer."""
        hidden = len(self.linear) - 1
        return _level(str(self.depth(layer))) if hidden > 1 else ""

    def end(self, layer: int) -> int:
        """The layer that gives the output of the neurons that a layer is part of."""
        following = [k for k in self.linear if k > layer]
        return (following or [len(self.spec.layers)])[0] - 1

    def output(self, layer: int, unit: int) -> str:
        """z for a weighted sum, o for an output of the network, h for one of a hidden layer; a for
        an activation and d for dropout where something follows them within the neuron."""
        if layer < 0:
            return self.inputs[unit]
        if layer != self.end(layer):
            letter = WITHIN.get(self.spec.layers[layer].kind, "y")
            return f"{letter}({self.output(self.end(layer), unit)})"
        is_last = self.depth(layer) == len(self.linear)
        if is_last and self.outputs:
            return self.outputs[unit]
        letter = "o" if is_last else "h"
        return f"{letter}{subscript(unit + 1)}{'' if is_last else self._level(layer)}"

    def output_title(self, layer: int, unit: int) -> str:
        if layer != self.end(layer):
            pair = self.spec.layers[layer : layer + 2]
            what, following = (WORDS.get(each.kind, each.kind) for each in pair)
            neuron = self.output(self.end(layer), unit)
            return f"{what.capitalize()} of neuron {neuron}, before its {following}"
        if not self.linear:
            return f"The function's value {self.output(layer, unit)}"
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


def _level(path: str) -> str:
    return f"⁽{path.translate(SUPERSCRIPTS).replace('.', '·')}⁾"


def _several(index: Index, sizes: Index) -> Index:
    """An index without those of its first axes along which there is nothing else."""
    kept = [i for i, size in zip(index, sizes, strict=False) if size > 1]
    return (*kept, *index[len(sizes) :])


def _place(index: Index) -> str:
    return f"[{', '.join(str(i + 1) for i in index)}]" if index else ""
