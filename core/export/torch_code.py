"""A network as a PyTorch program: an nn.Module whose tensors have the names they have here.

Layers that PyTorch has no equal of bring along a small class.
"""

from __future__ import annotations

import textwrap

from core.export.code import batch_of, checked_title, commented, names_in, needed_parts
from core.export.torch_parts import PARTS
from core.export.torch_sequence_writers import is_stock
from core.export.torch_training import training_loop
from core.export.torch_writers import WRITERS
from core.spec import BatchNorm2dSpec, BranchesSpec, LayerSpec, NetworkSpec, Shape, TrainSpec
from core.spec.layers import chain_shapes

HEAD = '"""{title} in PyTorch. N is the number of samples."""\n\n'
# What a program imports, by the name that it then uses.
IMPORTS = {
    "torch": "import torch\n",
    "load_file": "from safetensors.torch import load_file\n",
    "nn": "from torch import nn\n",
    "F": "from torch.nn import functional as F\n",
}
MODEL = '''

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
{layers}
        )

    def forward(self, x):
        """x {before} -> {after}."""
        return self.layers(x)
'''
LOAD = '''

def load_weights(model, path):
    """Take over the tensors of a .safetensors file, in their own precision."""
    tensors = load_file(path)
    model.to(next(iter(tensors.values())).dtype)
{counters}    model.load_state_dict({given})
    return model.eval()
'''
COUNTERS = '''\
    for name, buffer in model.named_buffers():
        if name.endswith("num_batches_tracked"):  # a count that only PyTorch keeps
            tensors[name] = buffer
'''


def to_pytorch(
    spec: NetworkSpec, train: TrainSpec | None = None, title: str = "A neural network"
) -> str:
    """The source of a PyTorch module for the network, a function that loads its weights, and with
    `train` one that trains it. Raises ShapeError where layers do not fit."""
    layers = "\n".join(_chain(spec.layers, spec.input_shape, 3))
    model = MODEL.format(
        layers=layers, before=batch_of(spec.input_shape), after=batch_of(spec.output_shape)
    )
    own = model + _load(spec) + (training_loop(spec, train) if train else "")
    body = needed_parts(own, PARTS) + own
    names = names_in(body)
    imports = "".join(line for name, line in IMPORTS.items() if name in names)
    return HEAD.format(title=checked_title(title)) + imports + body


def _load(spec: NetworkSpec) -> str:
    """The function that loads the weights, if there are any."""
    if not spec.num_parameters:
        return ""
    layers = [layer for _, layer, _ in spec.walk()]
    counts = any(isinstance(layer, BatchNorm2dSpec) for layer in layers)
    stock = any(is_stock(layer) for layer in layers)
    return LOAD.format(
        counters=COUNTERS if counts else "",
        given="renamed(tensors, model.state_dict())" if stock else "tensors",
    )


def _chain(layers: tuple[LayerSpec, ...], shape: Shape, depth: int) -> list[str]:
    """One line a layer, each with the shape that it gives."""
    lines = []
    for layer, before in zip(layers, chain_shapes(layers, shape), strict=False):
        after = batch_of(layer.output_shape(before))
        if isinstance(layer, BranchesSpec):
            lines += _branches(layer, before, depth)
        else:
            line = f"{WRITERS[type(layer)](layer, before)},"
            lines.append(textwrap.indent(line, "    " * depth))
        lines[-1] = commented(lines[-1], after)
    return lines


def _branches(spec: BranchesSpec, shape: Shape, depth: int) -> list[str]:
    indent = "    " * depth
    lines = [f"{indent}{'Add' if spec.merge == 'add' else 'Concatenate'}("]
    for chain in spec.branches:
        if chain:
            inner = _chain(chain, shape, depth + 2)
            lines += [f"{indent}    nn.Sequential(", *inner, f"{indent}    ),"]
        else:
            lines.append(f"{indent}    nn.Sequential(),  # the input as it is")
    if spec.merge == "concatenate" and len(shape) == 2:  # steps come before features
        lines.append(f"{indent}    dim=2,")
    return [*lines, f"{indent}),"]
