"""How the numbers of a network with one recurrent layer are called: x₃, h₃, y₃ with the step below.

What has several features or units has their number in brackets, h₃[2], each counted from 1; what
has one has none. Weights are w_ih from the input to the state, w_hh from a state to the next one,
and w_hy from the state to the output.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.explain.paths import INPUT
from core.explain.record import subscript
from core.spec import EmbeddingSpec, LinearSpec, NetworkSpec, OneHotSpec, RecurrentSpec

Index = tuple[int, ...]
LETTERS = {"weight_ih": "w_ih", "weight_hh": "w_hh", "bias": "b"}
SOURCES = {"weight_ih": "x[{}]", "weight_hh": "h[{}] one step before"}


@dataclass(frozen=True)
class CellNames:
    """`cell` is the path of the recurrent layer, `readout` that of a linear one after it."""

    spec: NetworkSpec
    cell: str
    readout: str

    @property
    def layer(self) -> RecurrentSpec:
        found = self.spec.layers[int(self.cell)]
        assert isinstance(found, RecurrentSpec)
        return found

    def symbol(self, path: str, index: Index) -> str:
        """An input, what an embedding made of it, a state, or an output of the network."""
        letters = {INPUT: "x", self.cell: "h", self.readout: "y"}
        size = 1 if path == INPUT and self.spec.takes_tokens else self._size(path)
        return _numbered(letters.get(path, "e"), *self._split(path, index), size)

    def _size(self, path: str) -> int:
        return self.spec.shapes[0 if path == INPUT else int(path) + 1][-1]

    def _split(self, path: str, index: Index) -> tuple[int | None, Index]:
        """The step that an index of an output has, and what is left of it."""
        is_end = path != INPUT and len(self.spec.shapes[int(path) + 1]) == 1
        if not is_end:
            return index[0], index[1:]
        length = self.spec.input_shape[0]
        return (length - 1 if path == self.cell and length > 0 else None), index

    def inner(self, letter: str, place: Index) -> str:
        """A value within the recurrent layer, such as f₃[2], or a(f₃[2]) for its sum."""
        bare = letter.rstrip(")")
        size = self.layer.hidden_size
        return f"{_numbered(bare, place[0], place[1:], size)}{letter[len(bare) :]}"

    def parameter(self, path: str, key: str, index: Index, shape: Index) -> str:
        letter = key.replace("weight", "w").replace("bias", "b")
        if path == self.readout:
            letter = {"weight": "w_hy", "bias": "b_y"}[key]
        elif path == self.cell:
            letter = LETTERS.get(key, letter)
        several = any(size > 1 for size in shape)
        return f"{letter}[{', '.join(str(i + 1) for i in index)}]" if several else letter

    def parameter_title(self, path: str, key: str, index: Index) -> str:
        """Such as: Weight from x[1] to h[2], the same at every step."""
        is_readout = path == self.readout
        target = f"{'y' if is_readout else 'h'}[{index[0] + 1}]"
        source = "h[{}]" if is_readout else SOURCES.get(key, "")
        if not is_readout and path != self.cell:
            what = key.replace("_", " ").capitalize()
        elif source and key.startswith("weight"):
            what = f"Weight from {source.format(index[1] + 1)} to {target}"
        else:
            what = f"Bias of {target}"
        return f"{what}, the same at every step"


def _numbered(letter: str, step: int | None, rest: Index, size: int) -> str:
    below = "" if step is None else subscript(step + 1)
    return f"{letter}{below}" + (f"[{', '.join(str(i + 1) for i in rest)}]" if size > 1 else "")


def cell_names(spec: NetworkSpec) -> CellNames | None:
    """The names of a network that is one pass of one recurrent layer, with at most a layer for
    tokens before it and a linear one after it; None for another network."""
    layers = list(spec.layers)
    cell = int(isinstance(layers[0], EmbeddingSpec | OneHotSpec))
    if len(layers) <= cell or not isinstance(found := layers[cell], RecurrentSpec):
        return None
    after = layers[cell + 1 :]
    is_plain = found.direction == "forward" and not found.transition_layers
    if not is_plain or len(after) > 1 or not all(isinstance(s, LinearSpec) for s in after):
        return None
    return CellNames(spec, str(cell), str(cell + 1) if after else "")
