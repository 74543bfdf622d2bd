"""How layers on sequences are made in a PyTorch program."""

from __future__ import annotations

from core.export.code import arguments, unless
from core.export.numpy_sequence_writers import step_of
from core.spec import EmbeddingSpec, LayerSpec, OneHotSpec, RecurrentSpec, Shape

STOCK = {"rnn": "nn.RNN", "lstm": "nn.LSTM", "gru": "nn.GRU"}


def embedding(spec: EmbeddingSpec, shape: Shape) -> str:
    return f"nn.Embedding({spec.num_embeddings}, {spec.embedding_dim})"


def one_hot(spec: OneHotSpec, shape: Shape) -> str:
    return f"OneHot({spec.num_classes})"


def is_stock(layer: LayerSpec) -> bool:
    """Whether PyTorch has this recurrent layer itself, its gradients included."""
    if not isinstance(layer, RecurrentSpec):
        return False
    return layer.look_ahead is None and layer.truncate is None and not layer.transition_layers


def recurrent(spec: RecurrentSpec, shape: Shape) -> str:
    """One of PyTorch's layers where there is one, else the steps written out."""
    if not is_stock(spec):
        return _written_out(spec, shape)
    layer = arguments(
        nonlinearity=unless(spec.activation, "tanh"),
        batch_first=True,
        bidirectional=True if spec.direction == "both" else None,
    )
    ways = arguments(
        reverse=True if spec.direction == "backward" else None,
        merge=unless(spec.merge, "concatenate") if spec.direction == "both" else None,
        returns=unless(spec.returns, "sequence"),
    )
    inner = f"{STOCK[spec.cell]}({shape[-1]}, {spec.hidden_size}{layer})"
    return f"Recurrence(\n    {inner},\n    {ways[2:]},\n)" if ways else f"Recurrence({inner})"


def _written_out(spec: RecurrentSpec, shape: Shape) -> str:
    """Every tensor under its own name, and the function that takes a step."""
    rows = "".join(
        f'        "{name}": {size},\n' for name, size in spec.parameter_shapes(shape).items()
    )
    ways = arguments(
        direction=unless(spec.direction, "forward"),
        merge=unless(spec.merge, "concatenate") if spec.direction == "both" else None,
        look_ahead=spec.look_ahead,
        returns=unless(spec.returns, "sequence"),
        truncate=spec.truncate,
    )
    more = f"    {ways[2:]},\n" if ways else ""
    return f"StepByStep(\n    {step_of(spec)},\n    {{\n{rows}    }},\n{more})"
