"""C9: the architectures of the literature, layer by layer, to be compared and edited."""

from __future__ import annotations

from typing import Any

from app.playground.chapters.base import Instruments
from app.playground.chapters.images import c9_words
from app.playground.chapters.images import shelf_words as words
from app.playground.chapters.images.shelf_controls import fields
from app.playground.chapters.images.shelf_state import ShelfState, with_edit
from app.playground.chapters.images.shelf_tables import (
    LAYER_COLUMNS,
    TOTAL_COLUMNS,
    costs_of,
    layer_ref,
    layer_rows,
    total_ref,
    total_row,
    total_rows,
)
from app.playground.chapters.walk import WalkingChapter
from app.playground.figures.blueprint import Drawn, area, drawn, legend, parts
from app.playground.views import Blueprint, Facts, Findings, Table, Timeline
from app.playground.views.component import Message
from core.architectures import ARCHITECTURES, Architecture
from core.draft import REMOVE, Draft, Edit, settings
from core.explain import Explanation, Ref
from core.explain.costs import Costs, explain_cost
from core.spec import written

DRAFT = "draft"  # the key of the network that is drawn, with its edits


class Shelf(WalkingChapter):
    id = "c9"
    number = "C9"
    part = "images"
    title = "The shelf of architectures"
    summary = "LeNet-5 to ResNet-50, drawn from their descriptions, compared and edited"
    State = ShelfState
    state: ShelfState
    pause_s = 0.5
    buttons = (
        {"id": "next", "label": "Next layer", "help": "Choose the next layer (key .)"},
        {"id": "back", "label": "Back", "help": "Choose the layer before"},
    )
    lead = c9_words.LEAD
    notes = c9_words.NOTES

    def __init__(self, app: Instruments) -> None:
        super().__init__(app)
        self.timeline = Timeline(lambda m: self._choose_architecture(m["key"]), label="Years",
                                 years=words.years())  # fmt: skip
        self.blueprint = Blueprint(lambda m: self._choose(m["path"]))
        self.findings = Findings(empty="All shapes fit.")
        self.facts = Facts()
        self.layers = Table(self._layer_told, label="Layers", columns=LAYER_COLUMNS)
        self.totals = Table(self._total_told, label="Side by side", columns=TOTAL_COLUMNS,
                            name_label="architecture")  # fmt: skip
        self.opened_in = DRAFT  # in which network the opened number lies: DRAFT, or a key
        self._build()

    # Showing

    def enter(self) -> None:
        self.app.stage.put(
            (self.timeline, {"title": "Time line", "text": " ", "wide": True}),
            (self.blueprint, {"title": " ", "text": " ", "wide": True}),
            (self.findings, {"title": "What follows", "text": " "}),
            (self.facts, {"title": "About it", "text": " "}),
            (self.layers, {"title": "Layer by layer", "text": " ", "wide": True}),
            (self.totals, {"title": "Side by side", "text": " ", "wide": True}),
        )  # fmt: skip
        self.show_walk()
        if not self.trail:
            self._open_layer()
        self.redraw()

    def apply(self, values: dict[str, Any]) -> None:
        """Another architecture starts without edits; what cannot be at all changes nothing."""
        if values.get("architecture", self.state.architecture) != self.state.architecture:
            values = {"layer": ["0"], "edits": [], **values}
        before = {name: getattr(self.state, name) for name in self.state.ADDRESS}
        places = self.draft.places
        self.state.apply(values)
        try:
            self._build()
        except ValueError:
            self.state.apply(before)
            self._build()
            raise
        if self.app.is_open(self):
            if values.keys() & {"architecture", "layer"} or places != self.draft.places:
                self._open_layer()
            self.redraw()

    def _build(self) -> None:
        """The network as it was, and as it is with the edits."""
        original = costs_of(self.state.architecture)
        draft = Draft(original.analysis.spec, self.state.made_edits())
        if self.path not in original.names:
            raise ValueError(f"there is no layer {self.path!r} in this architecture")
        self.draft, self.names = draft, original.names
        self.drawn: Drawn = drawn(draft, self.names)
        names = {new: self.names[old] for old, new in draft.places.items()}
        self.costs = Costs(draft.analysis, names) if draft.analysis else None

    @property
    def path(self) -> str:
        """The chosen layer, by its path before the edits."""
        return str(self.state.layer[0])

    @property
    def architecture(self) -> Architecture:
        return ARCHITECTURES[self.state.architecture]

    def redraw(self) -> None:
        self.timeline.chosen = self.state.architecture
        self.blueprint.param.update(
            label=f"{self.architecture.name}, layer by layer", start=self._input(),
            legend=legend(self.draft), chosen=self.path,
        )  # fmt: skip
        self.blueprint.parts = parts(self.drawn)
        self.layers.rows, self.layers.chosen = layer_rows(self.drawn), self.path
        self.totals.rows, self.totals.chosen = self._total_rows(), self.state.architecture
        self.findings.items = words.findings(self.draft, self.names)
        self.facts.items = words.facts(self.architecture)
        self._show_controls()
        self._say()
        self._count()
        self.show_trail()
        self.light()

    def _total_rows(self) -> list[dict[str, Any]]:
        """The architecture with its edits stands above all others."""
        if not self.draft.edits or self.draft.failure or not self.costs:
            return total_rows()
        name = f"{self.architecture.name}, edited"
        row = total_row(self.costs, DRAFT, name, self.architecture.paper.year)
        return [{**row, "state": "edited"}, *total_rows()]

    def _input(self) -> str:
        shape = self.draft.original.input_shape
        return f"{shape[0]} × {area(shape)}"

    def _show_controls(self) -> None:
        spec = next(layer for path, layer, _ in self.draft.original.walk() if path == self.path)
        self.app.controls.fields = fields(self.state, spec, self.names[self.path])

    def _say(self) -> None:
        """The sentences under the titles."""
        it = self.architecture
        texts = {
            0: "Choose one. Those for 8 × 8 and 32 × 32 can be trained, most of them in a page.",
            1: f"{it.summary} {c9_words.SCALE}",
            2: words.followed(self.draft, costs_of(self.state.architecture).analysis),
            3: f"{it.paper.authors}, {it.paper.year}.",
            4: "Choose a layer by its name; open any number; sort by any column. “sees” is the "
               "receptive field: the rows of the picture that one unit sees.",
            5: words.shares(it.name, costs_of(self.state.architecture)),
        }  # fmt: skip
        blocks = [{**b, "text": texts[i]} for i, b in enumerate(self.app.stage.blocks)]
        blocks[1]["title"] = f"{it.name}{', edited' if self.draft.edits else ''}"
        self.app.stage.blocks = blocks

    def _count(self) -> None:
        order = list(self.draft.places)
        at = order.index(self.path) + 1 if self.path in order else "–"
        shapes = self.drawn.shapes.get(self.path)
        counters = [("layer", f"{at} of {len(order)}"),
                    ("input", written(shapes[0]) if shapes else "?"),
                    ("output", written(shapes[1]) if shapes else "?")]  # fmt: skip
        self.app.transport.counters = [{"label": a, "value": b} for a, b in counters]

    def light(self) -> None:
        refs = self.lit()
        layers: list[list[Any]] = []
        if self.opened_in == DRAFT:
            old = {new: old for old, new in self.draft.places.items()}
            layers = [[old[path], column] for path in old for column in range(len(LAYER_COLUMNS))
                      if layer_ref(path, column) in refs]  # fmt: skip
        self.layers.highlight = layers
        self.blueprint.lit = [path for path, _ in layers if path != self.path]
        row = self.opened_in if self.opened_in != DRAFT or self.draft.edits else (
            self.state.architecture)  # fmt: skip
        self.totals.highlight = [[row, c] for c in range(len(TOTAL_COLUMNS))
                                 if total_ref(c) in refs]  # fmt: skip

    # What the learner does

    def _choose_architecture(self, key: str) -> None:
        self.walk.stop()
        self.apply({"architecture": key})
        self.write_address()

    def _choose(self, path: str) -> None:
        self.apply({"layer": [path]})
        self.write_address()

    def _open_layer(self) -> None:
        """Open what the chosen layer is best known by: its parameters, or else its size."""
        self.opened_in, now = DRAFT, self.draft.places.get(self.path)
        try:
            cost = self.costs.layer(now) if self.costs and now else None
        except KeyError:  # it lies behind the one that does not fit
            cost = None
        column = 3 if cost and (cost.parameters or cost.kind == "branches") else 0
        self.trail = [layer_ref(now, column)] if now and cost else []

    def _layer_told(self, message: Message) -> None:
        if message["type"] == "choose":
            self._choose(message["row"])
            return
        now = self.draft.places[message["row"]]
        self._told(DRAFT, message, layer_ref(now, int(message["column"])))

    def _total_told(self, message: Message) -> None:
        key = message["row"]
        if message["type"] == "choose":
            if key != DRAFT:
                self._choose_architecture(key)
            return
        is_drawn = key == self.state.architecture and not self.draft.edits
        self._told(DRAFT if is_drawn else key, message, total_ref(int(message["column"])))

    def _told(self, which: str, message: Message, ref: Ref) -> None:
        """Pointing lights sources only in the network whose number is opened."""
        if message["type"] in ("point", "leave") and which != self.opened_in:
            return
        self.opened_in = which
        self.number_told(message, ref)

    def explanation(self, ref: Ref) -> Explanation:
        costs = self.costs if self.opened_in == DRAFT else costs_of(self.opened_in)
        assert costs is not None
        return explain_cost(costs, ref)

    def controlled(self, message: Message) -> None:
        name = message["name"]
        if name == "undo":
            self.apply({"edits": []})
        elif name == "architecture":
            self._choose_architecture(message["value"])
        elif name == REMOVE:
            self._edit(Edit(self.path, REMOVE, int(message["value"])), 0)
        else:
            spec = next(s for path, s, _ in self.draft.original.walk() if path == self.path)
            edit = Edit(self.path, name, int(message["value"]))
            self._edit(edit, settings(spec)[name])

    def _edit(self, edit: Edit, default: int) -> None:
        self.apply({"edits": with_edit(self.state.made_edits(), edit, default)})

    def rewind(self) -> None:
        if self.path == self._order()[-1]:
            self._choose(self._order()[0])

    def reset(self) -> None:
        """The architecture stays the one that was chosen."""
        self.apply({"layer": ["0"], "edits": []})

    def _order(self) -> list[str]:
        """The layers, also those that are removed, so that a walk passes by them."""
        return list(self.names)

    def advance(self, by: int = 1) -> bool:
        """Choose the next layer; tell whether there are more."""
        order = self._order()
        at = min(max(order.index(self.path) + by, 0), len(order) - 1)
        self._choose(order[at])
        return at < len(order) - 1


CHAPTER = Shelf
