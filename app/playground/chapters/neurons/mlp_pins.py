"""Neurons whose pictures are pinned below the diagram, to be compared large while they learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.playground.chapters.neurons.mlp_pictures import Pictures
from app.playground.chapters.neurons.mlp_state import MAX_PINS
from app.playground.figures.diagram import Node
from app.playground.figures.regions import PALETTE, pixels
from app.playground.views import Actions, Gallery, Group
from app.playground.views.component import Message
from core.explain import format_number

ANSWER = "answer"  # in the place of a neuron: what the network says


class PinStrip:
    """`told` gets {type: "open", index} for a pinned picture, {type: "press", id} for a button."""

    def __init__(self, told: Callable[[Message], None]) -> None:
        self.actions = Actions(told, label="Pinned neurons")
        self.gallery = Gallery(told, label="Pinned neurons", palette=PALETTE, large=True)
        self.group = Group(self.actions, self.gallery)
        self.nodes: list[Node] = []

    def block(self) -> tuple[Any, dict[str, Any]]:
        return self.group, {"title": "Pinned neurons", "wide": True, "text": " "}

    def text(self) -> str:
        if not self.nodes:
            return "Select a neuron, in the diagram or the settings, and pin it to compare it."
        return "Each over the whole plane, in the colours of the picture above, as it is now."

    def show(self, pictures: Pictures, pins: list[str], name: Callable[[Node], str]) -> None:
        """The pinned neurons that this network has."""
        self.nodes = [node for node in pictures.diagram.flat if word(node) in pins]
        self.nodes.sort(key=lambda node: pins.index(word(node)))
        chosen = pictures.node
        self.gallery.items = [card(pictures, node, name(node)) for node in self.nodes]
        self.gallery.chosen = self.nodes.index(chosen) if chosen in self.nodes else -1
        self.actions.buttons = buttons(pins, chosen, name(chosen) if chosen else "")


def word(node: Node) -> str:
    """A neuron in the address: its column, 0 for the inputs, and its place in it."""
    return f"{node.column}.{node.unit + 1}"


def toggled(pins: list[str], node: Node) -> list[str]:
    """With a neuron, or without it where it is there."""
    own = word(node)
    return [pin for pin in pins if pin != own] if own in pins else [*pins, own]


def card(pictures: Pictures, node: Node, name: str) -> dict[str, Any]:
    shade, says = pictures.shade(node), pictures.says[node.layer][node.unit]
    low, high = (format_number(float(v), 3) for v in (says.min(), says.max()))
    return {"label": name, "text": f"{low} to {high}", "size": len(shade), "pixels": pixels(shade)}


def buttons(pins: list[str], chosen: Node | None, name: str) -> list[dict[str, str]]:
    is_pinned = chosen is not None and word(chosen) in pins
    full = len(pins) >= MAX_PINS and not is_pinned
    off = f"{MAX_PINS} are pinned already" if full else "" if chosen else "Select a neuron first"
    return [
        {"id": "pin", "label": f"{'Unpin' if is_pinned else 'Pin'} {name}".strip(), "off": off,
         "help": "To or from this strip"},
        {"id": "none", "label": "Unpin all", "off": "" if pins else "Nothing is pinned",
         "help": "Empty the strip"},
    ]  # fmt: skip


def neuron_field(pictures: Pictures, name: Callable[[Node], str]) -> dict[str, Any]:
    """The neuron that is shown large, to be chosen without a pointer."""
    options = [{"value": word(node), "label": name(node)} for node in pictures.diagram.flat]
    return {"name": "neuron", "label": "Shown large", "kind": "select", "group": "Picture",
            "value": word(pictures.node) if pictures.node else ANSWER,
            "help": "The network’s answer, or one neuron",
            "options": [{"value": ANSWER, "label": "The network’s answer"}, *options]}  # fmt: skip


def neuron_at(pictures: Pictures, text: str) -> Node | None:
    """The neuron of a word; None for the network's answer."""
    return next((node for node in pictures.diagram.flat if word(node) == text), None)
