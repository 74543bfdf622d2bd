"""How layers on sequences are called in a NumPy program."""

from __future__ import annotations

from core.spec import EmbeddingSpec, OneHotSpec, RecurrentSpec, Shape


def embedding(spec: EmbeddingSpec, shape: Shape, x: str, tensors: str) -> str:
    return f"embedding({x}{tensors})"


def one_hot(spec: OneHotSpec, shape: Shape, x: str, tensors: str) -> str:
    return f"one_hot({x}, num_classes={spec.num_classes})"


def step_of(spec: RecurrentSpec) -> str:
    """The name of the function that takes one step."""
    relu = "relu_" if spec.activation == "relu" else ""
    deep = "deep_" if spec.transition_layers else ""
    return f"{relu}{deep}{spec.cell}_step"


def recurrent(spec: RecurrentSpec, shape: Shape, x: str, tensors: str) -> str:
    """One pass, or two that are merged."""
    w = tensors.removeprefix(", **")
    if spec.direction != "both":
        return _pass(spec, x, w, spec.direction == "backward")
    ways = ((False, f"one_way({w}, reverse=False)"), (True, f"one_way({w}, reverse=True)"))
    both = [_pass(spec, x, own, reverse) for reverse, own in ways]
    if spec.merge == "sum":
        return f"(\n        {both[0]}\n        + {both[1]}\n    )"
    return f"np.concatenate([\n        {both[0]},\n        {both[1]},\n    ], axis=-1)"


def _pass(spec: RecurrentSpec, x: str, w: str, reverse: bool) -> str:
    """The states of a pass; or of its last step alone, which is the first one for a pass back."""
    name, more = ("backward_pass", "") if reverse else ("forward_pass", "")
    if reverse and spec.look_ahead is not None:
        name, more = "windowed_pass", f", look_ahead={spec.look_ahead}"
    last = "[:, 0]" if reverse else "[:, -1]"
    return f"{name}({x}, {step_of(spec)}, {w}{more})" + (last if spec.returns == "last" else "")
