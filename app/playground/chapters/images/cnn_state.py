"""What the learner chose of a convolutional network that learns, and the specifications of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import param

from app.playground.chapters.images.shelf_state import PATH
from app.playground.state import ChapterState, Integers, Words, address
from core.ablation import Unit, require_units
from core.architectures import ARCHITECTURES
from core.functional.activations import ACTIVATIONS
from core.optimizers import OPTIMIZERS
from core.spec import (
    ActivationSpec,
    BranchesSpec,
    DataSpec,
    LayerSpec,
    NetworkSpec,
    PoolSpec,
    TrainSpec,
)

RUNNABLE = [key for key, each in ARCHITECTURES.items() if each.is_small or each.is_large]
AS_IT_IS = "published"
LOOKS = ("test", "training", "drawn")
OFF = rf"({PATH})u(\d{{1,4}})"
# The learning of deep networks is costly: what is right for small ones would take minutes here.
HEAVY = {"samples": 300, "batch": 8, "rate": 0.01}
# Those that a training server learns use all digits. With three times the rate, or momentum, both
# networks read 8 of 10 test digits after an epoch, and waver; so they read 9 of 10 and more.
LARGE = {"optimizer": "adam", "batch": 32, "rate": 0.0003}


class LearnState(ChapterState):
    net = param.Selector(default="lenet_8x8", objects=RUNNABLE, label="Network")
    activation = param.Selector(default=AS_IT_IS, objects=[AS_IT_IS, *ACTIVATIONS],
                                label="Activation", doc="In place of all that the network has")  # fmt: skip
    pool = param.Selector(default=AS_IT_IS, objects=[AS_IT_IS, "max", "average", "min"],
                          label="Pools", doc="In place of all but those over the whole picture")  # fmt: skip
    samples = param.Integer(default=1797, bounds=(50, 1797), step=10, label="Digits",
                            doc="How many of the 1797 digits are used")  # fmt: skip
    test = param.Number(default=0.3, bounds=(0.05, 0.9), step=0.05, label="Test share",
                        doc="The share of digits that is kept from training")  # fmt: skip
    noise = param.Number(default=0.0, bounds=(0, 0.5), step=0.05, label="Noise",
                         doc="How far pixels stray from their value")  # fmt: skip
    optimizer = param.Selector(default="momentum", objects=list(OPTIMIZERS), label="Optimizer")
    rate = param.Number(default=0.05, bounds=(1e-5, 10), step=0.01, label="Learning rate")
    batch = param.Integer(default=16, bounds=(1, 128), label="Batch size")
    l2 = param.Number(default=0.0, bounds=(0, 1), step=0.001, label="L2",
                      doc="Penalty on the squares of weights; keeps all small")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed",
                         doc="The same seed gives the same digits and the same start")  # fmt: skip
    look = param.Selector(default="test", objects=list(LOOKS), label="Picture from",
                          doc="Whose picture goes through the network")  # fmt: skip
    sample = param.Integer(default=1, bounds=(1, 100_000), label="Number",
                           doc="Which picture of them")  # fmt: skip
    ink = Words([], count=(0, 1), pattern=r"[A-Za-z0-9_-]{2,172}", label="Drawing",
                hint="the 32 × 32 bits of a drawing in base64")  # fmt: skip
    about = param.Integer(default=-1, bounds=(-1, 61), label="Class asked about",
                          doc="Of which class saliency and occlusion are; −1: of its answer")  # fmt: skip
    layer = Words(["0"], count=(1, 1), pattern=PATH, hint="the path of a layer, such as 3 or 4.0.1",
                  label="Layer")  # fmt: skip
    channel = param.Integer(default=1, bounds=(1, 4096), label="Map",
                            doc="Which map or unit of the layer is looked at")  # fmt: skip
    source = param.Integer(default=1, bounds=(1, 4096), label="Input map",
                           doc="Which of the maps that go into it is shown")  # fmt: skip
    at = Integers([4, 4], count=(2, 2), limits=(1, 64), label="Row and column")
    off = Words([], count=(0, 40), pattern=OFF, label="Switched off",
                hint="units joined by ~, such as 0u3 (unit 3 of layer 0)")  # fmt: skip

    ADDRESS = {  # noqa: RUF012
        "net": "net", "activation": "act", "pool": "pool", "samples": "samples", "test": "test",
        "noise": "noise", "optimizer": "optimizer", "rate": "rate", "batch": "batch", "l2": "l2",
        "seed": "seed", "look": "look", "sample": "sample", "ink": "ink", "about": "about", "layer": "layer", "channel": "map",
        "source": "from", "at": "at", "off": "off",
    }  # fmt: skip

    @property
    def size(self) -> int:
        """The side of the network's pictures in pixels."""
        return int(built(self.net).input_shape[1])

    @property
    def is_large(self) -> bool:
        """Whether its network is too large to be trained in a page."""
        return ARCHITECTURES[self.net].is_large

    @property
    def path(self) -> str:
        return str(self.layer[0])

    def network_spec(self, num_classes: int = 10, channels: int = 1) -> NetworkSpec:
        spec = built(self.net, num_classes, channels)
        return replace(spec, layers=self._changed(spec.layers))

    def _changed(self, layers: tuple[LayerSpec, ...]) -> tuple[LayerSpec, ...]:
        return tuple(self._one(layer) for layer in layers)

    def _one(self, layer: LayerSpec) -> LayerSpec:
        if isinstance(layer, BranchesSpec):
            return replace(layer, branches=tuple(map(self._changed, layer.branches)))
        if isinstance(layer, ActivationSpec) and self.activation != AS_IT_IS:
            return ActivationSpec(self.activation)
        if isinstance(layer, PoolSpec) and self.pool != AS_IT_IS and layer.kernel_size is not None:
            return replace(layer, mode=self.pool)
        return layer

    def data_spec(self) -> DataSpec:
        return DataSpec("digits", self.samples, float(self.noise), 10, float(self.test),
                        seed=self.seed, image_size=self.size)  # fmt: skip

    def train_spec(self) -> TrainSpec:
        return TrainSpec("cross_entropy", self.optimizer, float(self.rate), self.batch,
                         l2=float(self.l2), seed=self.seed, dtype="float32")  # fmt: skip

    def require_places(self) -> None:
        """Raise ValueError where the network has no such layer, or no such unit to switch off."""
        network = self.network_spec()
        kinds = {path: layer.kind for path, layer, _ in network.walk()}
        if kinds.get(self.path, "flatten") == "flatten":
            raise ValueError(f"there is no layer {self.path!r} with units of its own")
        require_units(network, self.units_off())

    def units_off(self) -> list[Unit]:
        """The units that are switched off, counted from 0."""
        return [(match[1], int(match[2]) - 1) for match in
                (re.fullmatch(OFF, text) for text in self.off) if match]  # fmt: skip


def built(key: str, num_classes: int = 10, channels: int = 1) -> NetworkSpec:
    """An architecture for pictures of so many channels: 1 where they are grey, 3 in colour."""
    spec = ARCHITECTURES[key].build(num_classes=num_classes)
    return replace(spec, input_shape=(channels, *spec.input_shape[1:]))


def usual(key: str) -> dict[str, Any]:
    """With which settings a network learns in bearable time, as far as they are not the defaults."""
    if ARCHITECTURES[key].is_large:
        return LARGE
    return HEAVY if key.endswith("_32x32") else {}


def training_address(key: str) -> str:
    """The address that opens the training of an architecture of the shelf."""
    state = LearnState(net=key, **usual(key))
    return address("c8", state)
