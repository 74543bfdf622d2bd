"""What this engine does not compute, each said in a sentence that names what to do instead."""

from __future__ import annotations

from core.spec import LayerSpec, NetworkSpec, RecurrentSpec, TrainSpec


def obstacle(network: NetworkSpec, train: TrainSpec) -> str:
    """As the end of a sentence; empty when there is none."""
    found = [_of_layer(path, layer) for path, layer, _ in network.walk()]
    if train.dtype != "float32":
        found.append(f"it asks for {train.dtype}, and graphics cards compute in single precision: "
                     "choose float32")  # fmt: skip
    if len(network.output_shape) == 3:
        found.append("its outputs are pictures, and the losses here take features: end it with a "
                     "flatten layer")  # fmt: skip
    return next(filter(None, found), "")


def _of_layer(path: str, layer: LayerSpec) -> str:
    if not isinstance(layer, RecurrentSpec):
        return ""
    if layer.look_ahead is not None:
        return (
            f"layer {path} looks ahead {layer.look_ahead} steps, and here a pass from the end "
            "starts at the end alone: leave look_ahead out, or use the numpy engine"
        )
    if layer.transition_layers:
        return (
            f"layer {path} has {layer.transition_layers} layers between one state and the next, "
            "and here there is none: stack recurrent layers, or use the numpy engine"
        )
    return ""
