"""Dense networks whose hidden layers each have an activation and a dropout of their own."""

from __future__ import annotations

from dataclasses import dataclass

from core.spec.images import DropoutSpec
from core.spec.layers import ActivationSpec, LayerSpec, LinearSpec, SwitchSpec
from core.spec.network import NetworkSpec


@dataclass(frozen=True)
class Hidden:
    """A hidden layer: its neurons, their activation, the probability with which each is dropped
    while training, and those that are switched off."""

    size: int
    activation: str = "tanh"
    dropout: float = 0.0
    off: tuple[int, ...] = ()

    @property
    def layers(self) -> tuple[LayerSpec, ...]:
        """What does nothing is left out."""
        made: list[LayerSpec] = [LinearSpec(self.size)]
        if self.activation != "identity":
            made.append(ActivationSpec(self.activation))
        if self.dropout:
            made.append(DropoutSpec(self.dropout))
        if self.off:
            made.append(SwitchSpec(self.off))
        return tuple(made)


def dense(
    input_size: int,
    hidden: tuple[Hidden, ...] = (),
    output_size: int = 1,
    output_activation: str = "identity",
    initializer: str = "xavier_uniform",
) -> NetworkSpec:
    """A multi-layer perceptron, layer by layer."""
    chain = [*hidden, Hidden(output_size, output_activation)]
    layers = tuple(layer for each in chain for layer in each.layers)
    return NetworkSpec((input_size,), layers, initializer)
