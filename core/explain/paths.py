"""Paths of layers: "3" for one of the chain, "3.1.0" for layer 0 of branch 1 of layer 3."""

from __future__ import annotations

from core.spec import FIRST, BranchesSpec, LayerSpec, NetworkSpec

INPUT = "input"


def parent(path: str) -> tuple[str, int]:
    """The branches that a layer lies in, and which of them: "3.1.0" gives "3" and 1."""
    outer, branch, _ = path.rsplit(".", 2)
    return outer, int(branch)


def previous(path: str) -> str:
    """The layer whose output goes into the one at `path`, or `input`."""
    head, _, last = path.rpartition(".")
    if int(last):
        return f"{head}.{int(last) - 1}" if head else str(int(last) - 1)
    return previous(parent(path)[0]) if head else INPUT


def following(spec: NetworkSpec, path: str) -> str | None:
    """The next layer of the same chain, or None at its end."""
    head, _, last = path.rpartition(".")
    chain = spec.layers
    if head:
        outer, branch = parent(path)
        branches = layer_spec(spec, outer)
        assert isinstance(branches, BranchesSpec)
        chain = branches.branches[branch]
    if int(last) + 1 == len(chain):
        return None
    return f"{head}.{int(last) + 1}" if head else str(int(last) + 1)


def layer_spec(spec: NetworkSpec, path: str) -> LayerSpec:
    """The description of the layer at a path; raises ValueError when there is none."""
    for here, layer, _ in spec.walk():
        if here == path:
            return layer
    raise ValueError(f"there is no layer {path!r} in this network")


def split(tensor: str) -> tuple[str, str]:
    """The path and the key in the name of a parameter: `layers.3.weight` gives "3" and `weight`."""
    path, key = tensor.removeprefix(FIRST).rsplit(".", 1)
    return path, key


def output_tensor(path: str) -> str:
    """The name of a layer's output, or of the network's input."""
    return INPUT if path == INPUT else f"{FIRST}{path}.output"


def branch_end(spec: NetworkSpec, path: str, branch: int) -> str:
    """The layer whose output a chain of branches ends with; before the branches if it is empty."""
    branches = layer_spec(spec, path)
    assert isinstance(branches, BranchesSpec)
    length = len(branches.branches[branch])
    return f"{path}.{branch}.{length - 1}" if length else previous(path)
