"""What the learner chose to compare: sizes, a picture, how far it moves, one unit."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import param
from numpy.typing import NDArray

from app.playground.state import ChapterState
from core.comparison import Comparison, misfit, moved
from core.data.digits import load_digits
from core.explain import Trace
from core.network import Network
from core.spec import Conv2dSpec, FlattenSpec, LinearSpec, NetworkSpec

SIDE, MARGIN, KERNEL = 18, 5, 5  # of the picture that moves; it may move by as much as its margin
REACH = MARGIN - 1
MAP = SIDE - KERNEL + 1
MAX_SIDE = 64


class SharingState(ChapterState):
    side = param.Integer(default=28, bounds=(4, MAX_SIDE), label="Side",
                         doc="Rows and columns of the picture")  # fmt: skip
    in_channels = param.Integer(default=1, bounds=(1, 16), label="In channels",
                                doc="1 for grey, 3 for colour")  # fmt: skip
    kernel_size = param.Integer(default=5, bounds=(1, 11), label="Kernel",
                                doc="The side of the square window")  # fmt: skip
    out_channels = param.Integer(default=6, bounds=(1, 16), label="Out channels",
                                 doc="How many feature maps are made")  # fmt: skip
    digit = param.Integer(default=3, bounds=(0, 9), label="Digit", doc="What is on the picture")
    dy = param.Integer(default=0, bounds=(-REACH, REACH), label="Down")
    dx = param.Integer(default=3, bounds=(-REACH, REACH), label="Right")
    row = param.Integer(default=6, bounds=(0, MAP - 1), label="Row",
                        doc="Of the unit that is looked at, before the move")  # fmt: skip
    column = param.Integer(default=6, bounds=(0, MAP - 1), label="Column",
                           doc="Of the unit that is looked at, before the move")  # fmt: skip
    seed = param.Integer(default=1, bounds=(0, 999_999), label="Seed",
                         doc="The weights of both layers are drawn from it")  # fmt: skip

    ADDRESS = {"side": "side", "in_channels": "in", "kernel_size": "k",  # noqa: RUF012
               "out_channels": "out", "digit": "digit", "dy": "dy", "dx": "dx", "row": "row",
               "column": "col", "seed": "seed"}  # fmt: skip

    def comparison(self) -> Comparison:
        """Raises ValueError where the sizes cannot be."""
        return Comparison(self.side, self.in_channels, self.kernel_size, self.out_channels)


class Moving:
    """One picture before and after it moves, through a convolution and through a dense layer of as
    many outputs, both with weights drawn from one seed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.networks = {
            "conv": Network(NetworkSpec((1, SIDE, SIDE), (Conv2dSpec(1, KERNEL, bias=False),))),
            "dense": Network(NetworkSpec((1, SIDE, SIDE),
                                         (FlattenSpec(), LinearSpec(MAP * MAP, bias=False)))),
        }  # fmt: skip
        rng = np.random.default_rng(seed)
        for network in self.networks.values():
            size = network.parameters.size
            # Outputs of both are then of about the same size.
            spread = KERNEL if size == KERNEL * KERNEL else SIDE
            network.parameters[:] = rng.normal(0, 1 / spread, size)

    def show(self, digit: int, dy: int, dx: int) -> None:
        """Compute all four outputs."""
        picture = digits()[digit]
        self.by = (dy, dx)
        self.pictures = (picture, moved(picture, dy, dx))
        self.traces = {
            f"{way}{when}": Trace(network, self.pictures[when][None],
                                  origin="Drawn at random from the seed.")
            for way, network in self.networks.items() for when in (0, 1)
        }  # fmt: skip

    def map(self, key: str) -> NDArray[np.floating]:
        """The outputs as a map (rows, columns); `key` is conv0, conv1, dense0 or dense1."""
        return self.traces[key].outputs[-1].reshape(MAP, MAP)

    def misfit(self, way: str) -> tuple[float, float]:
        return misfit(self.map(f"{way}0")[None], self.map(f"{way}1")[None], *self.by)


class _Digits:
    """The first of each of the ten digits."""

    @cached_property
    def images(self) -> list[NDArray[np.floating]]:
        images, labels = load_digits(SIDE, MARGIN)
        return [images[int(np.argmax(labels == digit))].astype(float) for digit in range(10)]


_DIGITS = _Digits()


def digits() -> list[NDArray[np.floating]]:
    return _DIGITS.images
