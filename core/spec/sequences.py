"""Layers on sequences (T, features) and on tokens (T,), whole numbers that stand for characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.spec.checks import (
    require,
    require_choice,
    require_flag,
    require_number,
    require_whole,
)
from core.spec.layers import MAX_FEATURES, LayerSpec, Shape, ShapeError, written

MAX_HIDDEN = 4096
MAX_STEPS = 100_000
MAX_TRANSITION_LAYERS = 8
GATES = {"rnn": ("h",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "z", "n")}
DIRECTIONS = ("forward", "backward", "both")
REVERSE = "_reverse"  # what the names of a second pass's tensors end in


@dataclass(frozen=True)
class RecurrentSpec(LayerSpec):
    """A recurrent layer: rnn, lstm or gru.

    direction `both` has two passes with weights of their own, merged by `concatenate` or `sum`;
    look_ahead k lets the pass from the end start only k steps ahead of each step, at k + 1 times
    its work. transition_layers L puts L further layers between one state and the next (rnn alone),
    and transition_shortcut a direct path beside them. returns: the whole `sequence`, or the `last`
    state of each pass. activation: tanh or relu, for rnn. forget_bias is what an LSTM's forget
    gates start with, beside the network's bias_value. truncate k lets gradients pass back through
    at most k steps; states pass on all the same.
    """

    kind: ClassVar[str] = "recurrent"
    cell: str
    hidden_size: int
    direction: str = "forward"
    merge: str = "concatenate"
    look_ahead: int | None = None
    transition_layers: int = 0
    transition_shortcut: bool = False
    returns: str = "sequence"
    activation: str = "tanh"
    forget_bias: float = 1.0
    truncate: int | None = None

    def __post_init__(self) -> None:
        require_choice("cell", self.cell, GATES)
        require_whole("hidden_size", self.hidden_size, 1, MAX_HIDDEN)
        require_choice("direction", self.direction, DIRECTIONS)
        require_choice("merge", self.merge, ("concatenate", "sum"))
        require_choice("returns", self.returns, ("sequence", "last"))
        require_choice("activation", self.activation, ("tanh", "relu"))
        require_number("forget_bias", self.forget_bias, -100, 100)
        if self.truncate is not None:
            require_whole("truncate", self.truncate, 1, MAX_STEPS)
        self._require_window()
        self._require_transition()

    def _require_window(self) -> None:
        if self.look_ahead is None:
            return
        require_whole("look_ahead", self.look_ahead, 0, MAX_STEPS)
        require(self.direction != "forward", "look_ahead", self.look_ahead,
                "left out for a forward pass, which sees nothing ahead")  # fmt: skip

    def _require_transition(self) -> None:
        layers = self.transition_layers
        require_whole("transition_layers", layers, 0, MAX_TRANSITION_LAYERS)
        require_flag("transition_shortcut", self.transition_shortcut)
        if self.cell == "rnn":
            require(layers > 0 or not self.transition_shortcut, "transition_shortcut", True,
                    "false where there are no transition_layers to go around")  # fmt: skip
            return
        # A gated state is mostly carried on, not computed anew: there is no one function from
        # state to state to put layers into, and a deep one beside f would break the short path
        # that the gates are there for. Stacked layers, or a deep input and output, go with them.
        require(layers == 0, f"transition_layers of {self.cell}", layers,
                "0: a deep transition is defined for rnn; stack layers instead")  # fmt: skip
        require(self.activation == "tanh", f"activation of {self.cell}", self.activation,
                "tanh, which its equations have; only rnn has a choice")  # fmt: skip

    @property
    def num_directions(self) -> int:
        return 2 if self.direction == "both" else 1

    @property
    def out_features(self) -> int:
        merged = self.num_directions if self.merge == "concatenate" else 1
        return self.hidden_size * merged

    def output_shape(self, shape: Shape) -> Shape:
        if len(shape) != 2:
            raise ShapeError(
                f"a recurrent layer takes sequences, T × features, not {written(shape)}; for tokens"
                " put an embedding or a one-hot layer before it"
            )
        return (shape[0], self.out_features) if self.returns == "sequence" else (self.out_features,)

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        """Of one pass; then again with `_reverse` for a second."""
        hidden, rows = self.hidden_size, len(GATES[self.cell]) * self.hidden_size
        shapes: dict[str, tuple[int, ...]] = {
            "weight_ih": (rows, shape[-1]), "weight_hh": (rows, hidden), "bias": (rows,),
        }  # fmt: skip
        if self.cell == "gru":
            shapes["bias_hn"] = (hidden,)
        if self.transition_layers:
            shapes["weight_transition"] = (self.transition_layers, hidden, hidden)
            shapes["bias_transition"] = (self.transition_layers, hidden)
        if self.transition_shortcut:
            shapes["weight_shortcut"] = (hidden, hidden)
        second = {f"{name}{REVERSE}": size for name, size in shapes.items()}
        return shapes | second if self.direction == "both" else shapes

    def multiply_adds(self, shape: Shape) -> int:
        """Of one step; a window takes its look_ahead + 1 steps for it, on input sums that are
        there already."""
        hidden, rows = self.hidden_size, len(GATES[self.cell]) * self.hidden_size
        extra = self.transition_layers + self.transition_shortcut
        step = rows * hidden + extra * hidden * hidden
        passes = [1] if self.direction != "backward" else []
        if self.direction != "forward":
            passes.append(1 if self.look_ahead is None else self.look_ahead + 1)
        return len(passes) * rows * shape[-1] + sum(passes) * step


def _tokens_only(shape: Shape, layer: str) -> None:
    if len(shape) != 1:
        raise ShapeError(
            f"{layer} takes tokens, T whole numbers, not {written(shape)}; it can only be the first"
            " layer"
        )


@dataclass(frozen=True)
class EmbeddingSpec(LayerSpec):
    """Each token as a vector of its own, which is learnt."""

    kind: ClassVar[str] = "embedding"
    takes_tokens: ClassVar[bool] = True
    num_embeddings: int
    embedding_dim: int

    def __post_init__(self) -> None:
        require_whole("num_embeddings", self.num_embeddings, 1, MAX_FEATURES)
        require_whole("embedding_dim", self.embedding_dim, 1, MAX_FEATURES)

    def output_shape(self, shape: Shape) -> Shape:
        _tokens_only(shape, "an embedding")
        return (shape[0], self.embedding_dim)

    def parameter_shapes(self, shape: Shape) -> dict[str, tuple[int, ...]]:
        return {"weight": (self.num_embeddings, self.embedding_dim)}


@dataclass(frozen=True)
class OneHotSpec(LayerSpec):
    """Each token as a vector with one 1."""

    kind: ClassVar[str] = "one_hot"
    takes_tokens: ClassVar[bool] = True
    num_classes: int

    def __post_init__(self) -> None:
        require_whole("num_classes", self.num_classes, 1, MAX_FEATURES)

    def output_shape(self, shape: Shape) -> Shape:
        _tokens_only(shape, "a one-hot layer")
        return (shape[0], self.num_classes)
