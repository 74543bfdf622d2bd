"""A network as a NumPy program: one function a kind of layer, and one line a layer.

The program needs NumPy alone, keeps PyTorch's layout (N, C, H, W) and prefers the plain form of an
operation to the fast one, so that it can be read beside the equations.
"""

from __future__ import annotations

import json
import textwrap

import numpy as np
from numpy.typing import NDArray

from core.export.code import (
    WIDTH,
    batch_of,
    checked_title,
    commented,
    names_in,
    needed_parts,
    wrapped,
)
from core.export.numpy_parts import PARTS
from core.export.numpy_writers import WRITERS
from core.spec import (
    ANY,
    BranchesSpec,
    EmbeddingSpec,
    LayerSpec,
    NetworkSpec,
    OneHotSpec,
    Shape,
)
from core.spec.layers import chain_shapes

Array = NDArray[np.floating]
MAX_INLINE = 500  # numbers that are written into the program itself
EXAMPLE_STEPS = 5  # of the example input, where a sequence may have any length

HEAD = '''"""{title}: its forward pass in NumPy.

w["3"] holds the tensors of layer 3 by name, such as weight and bias; w["3.1.0"] those of the first
layer in branch 1 of layer 3. N is the number of samples.
"""

{imports}import numpy as np
'''
GROUPED = '''

def grouped(tensors):
    """From {"layers.3.weight": ...} to {"3": {"weight": ...}}."""
    w = {}
    for name, array in tensors.items():
        layer, key = name.removeprefix("layers.").rsplit(".", 1)
        w.setdefault(layer, {})[key] = array
    return w
'''
LOAD = '''

def load(path):
    """The tensors of a .safetensors or .npz file by name."""
    if path.endswith(".npz"):
        return dict(np.load(path))
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = file.read()
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, stop = entry["data_offsets"]
        dtype = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
        tensors[name] = np.frombuffer(body[start:stop], dtype).reshape(entry["shape"])
    return tensors
'''


def to_numpy(
    spec: NetworkSpec, tensors: dict[str, Array] | None = None, title: str = "A neural network"
) -> str:
    """The source of a program for the network.

    It reads its tensors from a file named on the command line, unless `tensors`, a network's
    state_dict, are given: up to 500 numbers are written into the program. Raises ValueError when
    they are more, and ShapeError where layers do not fit.
    """
    forward = _forward(spec)
    weights = LOAD if tensors is None else _inline(tensors)
    body = needed_parts(forward, PARTS) + weights + GROUPED + forward + _main(spec, tensors is None)
    return HEAD.format(title=checked_title(title), imports=_imports(body)) + body


def _imports(body: str) -> str:
    names = sorted({"json", "math", "sys"} & names_in(body))
    return "".join(f"import {name}\n" for name in names) + ("\n" if names else "")


def _forward(spec: NetworkSpec) -> str:
    lines, result = _chain(spec.layers, spec.input_shape, "", "x", "x")
    before, after = batch_of(spec.input_shape), batch_of(spec.output_shape)
    return "\n".join([
        "\n\ndef forward(x, w):",
        f'    """x {before} -> {after}."""',
        *lines,
        f"    return {result}\n",
    ])  # fmt: skip


def _chain(
    layers: tuple[LayerSpec, ...], shape: Shape, prefix: str, source: str, target: str
) -> tuple[list[str], str]:
    """The lines of a chain from the variable `source` to the variable it ends in."""
    lines = []
    for number, (layer, before) in enumerate(
        zip(layers, chain_shapes(layers, shape), strict=False)
    ):
        path = f"{prefix}{number}"
        if isinstance(layer, BranchesSpec):
            inner, value = _branches(layer, before, path, source)
            lines += inner
        else:
            tensors = f', **w["{path}"]' if layer.parameter_shapes(before) else ""
            value = WRITERS[type(layer)](layer, before, source, tensors)
        if value == source:
            kind = layer.kind.replace("_", " ")
            lines.append(f"    # layers.{path} ({kind}) does nothing here")
            continue
        line = wrapped(f"    {target} = {value}")
        lines.append(commented(line, batch_of(layer.output_shape(before))))
        source = target
    return lines, source


def _branches(
    spec: BranchesSpec, shape: Shape, path: str, source: str
) -> tuple[list[str], str]:
    """The lines of all chains, and what merges them."""
    lines, ends = [], []
    for number, chain in enumerate(spec.branches):
        target = f"x_{path}_{number}".replace(".", "_")
        inner, end = _chain(chain, shape, f"{path}.{number}.", source, target)
        what = f"    # layers.{path}, branch {number}" + ("" if chain else ": the input as it is")
        lines += [what, *inner]
        ends.append(end)
    if spec.merge == "add":
        return lines, " + ".join(ends)
    axis = 1 if len(shape) == 3 else -1
    return lines, f"np.concatenate([{', '.join(ends)}], axis={axis})"


def _inline(tensors: dict[str, Array]) -> str:
    total = sum(array.size for array in tensors.values())
    if total > MAX_INLINE:
        raise ValueError(
            f"tensors have {total} numbers; at most {MAX_INLINE} are written into a program, more "
            "belong into a file"
        )
    if not all(np.isfinite(array).all() for array in tensors.values()):
        raise ValueError("tensors hold values that are not finite; a program cannot use them")
    return "\n\nTENSORS = {\n" + "".join(map(_array, tensors.items())) + "}\n"


def _array(named: tuple[str, Array]) -> str:
    name, array = named
    rows = textwrap.fill(repr(array.tolist()), WIDTH, initial_indent=" " * 8,
                         subsequent_indent=" " * 8)  # fmt: skip
    return f"    {json.dumps(name)}: np.array(\n{rows},\n        dtype=np.{array.dtype},\n    ),\n"


def _main(spec: NetworkSpec, reads_a_file: bool) -> str:
    shape = (1, *(EXAMPLE_STEPS if size == ANY else size for size in spec.input_shape))
    draw = f"normal(size={shape})"
    first = spec.layers[0]
    if isinstance(first, EmbeddingSpec | OneHotSpec):
        count = first.num_embeddings if isinstance(first, EmbeddingSpec) else first.num_classes
        draw = f"integers({count}, size={shape})"
    tensors = "load(sys.argv[1])" if reads_a_file else "TENSORS"
    return "\n".join([
        '\n\nif __name__ == "__main__":',
        f"    x = np.random.default_rng(0).{draw}  # put your own input here",
        f"    print(forward(x, grouped({tensors})))\n",
    ])  # fmt: skip
