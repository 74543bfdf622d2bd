"""The views of a convolutional network that learns, filled from one pass of a picture."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from app.playground.chapters.confusion import Confusion, Part
from app.playground.chapters.images import cnn_colours, cnn_maps, cnn_readings
from app.playground.chapters.images.cnn_colours import IN_COLOUR, KERNELS_IN_COLOUR
from app.playground.chapters.images.cnn_grids import RefGrid, UnitGrids
from app.playground.chapters.images.cnn_large import LEFT_OUT
from app.playground.chapters.images.cnn_readings import PREDICTION
from app.playground.chapters.images.cnn_state import LearnState
from app.playground.slow_session import Scores
from app.playground.views import DrawingPad, Facts, FileSender, FilesInput, Gallery, Maps
from app.playground.views.component import Message
from core.ablation import Unit
from core.explain import Ref, Trace
from core.explain.paths import INPUT, previous
from core.layer_names import layer_names
from core.spec import FIRST, FlattenSpec, NetworkSpec

PICTURE = 76  # CSS pixels of the picture that goes in
FIRST_MAPS = 16  # of each layer, where all of a large network would be too many to look at


Block = tuple[Any, dict[str, Any]]


class LearnStage:
    """`told` gets messages about numbers; `chosen` those about layers; `changed` and `picked`, that
    another cell of the confusion matrix, or the sample with this number, was chosen."""

    def __init__(self, told: Callable[[Message, Ref], None], chosen: Callable[[Message], None],
                 changed: Callable[[], None], picked: Callable[[int], None]) -> None:  # fmt: skip
        palettes = cnn_maps.PALETTES
        self.picked = picked
        self.maps = Maps(chosen, label="Layers", palettes=palettes)
        self.kernels = Maps(chosen, label="Kernels", palettes=palettes)
        self.grids = UnitGrids(told)
        self.answer = RefGrid(told, "Its answer", compact=False, decimals=4,
                              column_labels=cnn_readings.ANSWER)  # fmt: skip
        self.confusion = Confusion(changed, compact=True)
        self.gallery = Gallery(self._picked, label="Pictures that are taken for another class",
                               palette=palettes["ink"], crisp=True)  # fmt: skip
        self.takes = Facts()
        self.shown: list[int] = []  # the numbers of the samples in the gallery

    def blocks(self, pad: DrawingPad, sight: Maps, files: FilesInput, sender: FileSender,
               is_large: bool) -> list[Block]:  # fmt: skip
        """The views with their titles; `kind` is what its sentence is found by."""
        blocks = [
            (self.takes, _block("takes", "What it takes", wide=True)),
            (self.maps, _block("maps", "Through every layer", span=4)),
            (pad, _block("pad", "Draw a digit", span=2)),
            (self.grids.into.grid, _block("into", "What goes in")),
            (self.grids.out.grid, _block("out", "What comes out")),
            (self.grids.weights.grid, _block("weights", "Weights")),
            (self.kernels, _block("kernels", "Kernels")),
            (sight, _block("sight", "Where it looks", wide=True)),
            (self.confusion.grid, _block("confusion", "Confusion matrix")),
            (self.answer.grid, _block("answer", "Its answer")),
            (self.gallery, _block("gallery", "Worst mistakes", wide=True)),
            (files, _block("files", "Pictures of your own", wide=True)),
            (sender, _block("served", "Larger data, for a training server", wide=True)),
        ]
        left_out = LEFT_OUT if is_large else {"takes"}
        return [block for block in blocks if block[1]["kind"] not in left_out]

    # The network

    def build(self, spec: NetworkSpec, is_ink: bool) -> None:
        """What stays while the network learns; is_ink as in `Pictures.take`."""
        self.is_ink = is_ink
        self.gallery.palette = cnn_maps.PALETTES[cnn_colours.greys(is_ink)]
        self.names = layer_names(spec.walk())
        walk = [path for path, layer, _ in spec.walk() if not isinstance(layer, FlattenSpec)]
        # As the numbers go: a block is complete only behind all that lies in its branches.
        self.paths = sorted(walk, key=lambda path: [*map(int, path.split(".")), math.inf])

    def show_maps(self, trace: Trace, state: LearnState, off: list[Unit], classes: list[str],
                  words: str) -> None:  # fmt: skip
        layers = self._picture(trace, state, words)
        for path in self.paths:
            values = trace.output(path)[0]
            crossed = [unit for where, unit in off if where == path]
            most = FIRST_MAPS if state.is_large else None
            layers.append(cnn_maps.layer(path, self.names[path], values, most, off=crossed)
                          | self._chosen(trace, state, path))  # fmt: skip
        layers[-1] |= cnn_maps.labelled(classes)
        probabilities = trace.loss.predict(trace.outputs[-1])[0]
        layers.append(cnn_maps.probability_layer(PREDICTION, probabilities, classes))
        self.maps.layers = layers

    def _picture(self, trace: Trace, state: LearnState, words: str) -> list[cnn_maps.Layer]:
        """The picture, and if it is in colour, its planes."""
        picture, chosen = np.asarray(trace.inputs[0]), self._chosen(trace, state, INPUT)
        whole = cnn_colours.whole(picture, "picture", words, PICTURE, self.is_ink)
        if len(picture) == 1:
            return [whole | chosen]
        return [whole, cnn_colours.planes(picture, **chosen)]

    def _chosen(self, trace: Trace, state: LearnState, path: str) -> dict[str, Any]:
        """The marks of the chosen map, and of the one that goes into it."""
        if path == previous(state.path) and self.grids.source is not None:
            many = cnn_maps.are_units(trace.output(path).shape[1:])
            return {} if many else {"lit": [self.grids.source]}
        if path != state.path:
            return {}
        shape = trace.output(path).shape[1:]
        frame = list(self.grids.frame) if self.grids.frame else None
        channel = min(state.channel, shape[0]) - 1
        if state.is_large and channel >= FIRST_MAPS and not cnn_maps.are_units(shape):
            return {}
        return cnn_maps.chosen_tile(shape, channel, frame)

    def show_unit(self, trace: Trace, state: LearnState) -> None:
        place = (state.at[0] - 1, state.at[1] - 1)
        shape = trace.output(state.path).shape[1:]
        channel = min(state.channel, shape[0]) - 1
        if len(shape) == 3:
            place = min(place[0], shape[1] - 1), min(place[1], shape[2] - 1)
        before = trace.output(previous(state.path)).shape[1]
        self.grids.show(trace, state.path, channel, min(state.source, before) - 1, place)

    def show_kernels(self, trace: Trace, state: LearnState) -> None:
        """The kernels of the chosen layer, or of the last before it that has any."""
        path = self.weighted(trace, state.path)
        weight = trace.network.view(f"{FIRST}{path}.weight")
        unit = min(state.channel, len(weight)) - 1 if path == state.path else 0
        source = min(state.source, weight.shape[1]) - 1 if path == state.path else 0
        layers = [cnn_maps.kernels(weight, self.names[path], unit, source)]
        if cnn_colours.are_colours(weight, path):
            layers.insert(0, cnn_colours.kernels(weight, self.names[path], unit))
        self.kernels.layers = layers

    def weighted(self, trace: Trace, path: str) -> str:
        """The layer at a path or the last before it whose weights have an input axis."""
        names = trace.network.parameter_names
        at = self.paths.index(path) if path in self.paths else 0
        for each in reversed(self.paths[: at + 1]):
            name = f"{FIRST}{each}.weight"
            if name in names and trace.network.view(name).ndim > 1:
                return each
        return self.paths[0]

    def show_answer(self, trace: Trace, classes: list[str]) -> None:
        values, refs = cnn_readings.answer(trace)
        self.answer.show(values, refs, float(np.abs(values[0]).max()), row_labels=classes)

    def pressed(self, message: Message, trace: Trace, state: LearnState) -> Ref:
        """The number that a press of a tile means."""
        path, pixel = message["path"], cnn_maps.pixel(message, (0, 0))
        if path in ("kernels", KERNELS_IN_COLOUR):
            return self._pressed_kernel(message, trace, state)
        if path == PREDICTION:
            return Ref(path, (0, int(message["channel"])))
        if path == IN_COLOUR:
            return Ref(INPUT, (0, self.grids.source or 0, *pixel))
        if path == INPUT:
            return Ref(path, (0, int(message["channel"]), *pixel))
        channel = cnn_maps.chosen_channel(trace.output(path).shape[1:], message)
        place = cnn_maps.pixel(message, (state.at[0] - 1, state.at[1] - 1))
        return cnn_maps.output_ref(trace, path, channel, place)

    def _pressed_kernel(self, message: Message, trace: Trace, state: LearnState) -> Ref:
        path, pixel = self.weighted(trace, state.path), cnn_maps.pixel(message, (0, 0))
        weight = trace.network.view(f"{FIRST}{path}.weight")
        if message["path"] == KERNELS_IN_COLOUR:
            unit, source = int(message["channel"]), min(state.source, weight.shape[1]) - 1
        else:
            unit, source = cnn_maps.chosen_kernel(weight, state.channel - 1, message)
        return cnn_maps.weight_ref(path, (unit, source, *pixel)[: weight.ndim])

    def light(self, lit: set[Ref]) -> None:
        self.grids.light(lit)
        self.answer.light(lit)

    # Scores

    def show_scores(self, scores: Scores | None, classes: list[str], sample: int) -> None:
        if scores is None:
            self.gallery.items, self.shown = [], []
            return
        found = scores.shown
        self.confusion.show([Part("test", found.true_classes, found.classes)], classes)
        numbers = self.confusion.members[1] if self.confusion.cell else cnn_readings.worst(found)
        self.shown = numbers[: cnn_readings.MISTAKES].tolist()
        self.gallery.param.update(
            items=cnn_readings.cards(found, numbers, classes),
            chosen=self.shown.index(sample) if sample in self.shown else -1,
        )

    def _picked(self, message: Message) -> None:
        self.picked(self.shown[int(message["index"])])

    def mistakes_text(self, scores: Scores | None) -> str:
        if scores is None:
            return "Nothing was scored yet."
        found, which = scores.shown, len(self.shown)
        if self.confusion.cell:
            count = len(self.confusion.members[1])
            return f"{count} {'picture' if count == 1 else 'pictures'} {self.confusion.words}."
        wrong = int((found.classes != found.true_classes).sum())
        which = min(which, wrong)
        return (f"{wrong} of {len(found.classes)} test pictures are taken for another; here are the "
                f"{which} with the largest loss.") if wrong else "None is wrong."  # fmt: skip


def _block(kind: str, title: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "title": title, "text": " ", **more}
