"""What the learner chooses about gradients through time: three cells on one sequence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import param

from app.playground.chapters.base import field
from app.playground.state import ChapterState
from core.explain import Trace
from core.network import Network
from core.spec import NetworkSpec, RecurrentSpec, TrainSpec
from core.spectrum import scale_to_radius

CELLS = ("rnn", "lstm", "gru")
MAX_STEPS = 100
NONE, BY_VALUE, BY_NORM = "none", "value", "norm"
CLIPS = {NONE: "not at all", BY_VALUE: "every number", BY_NORM: "the length"}
ORIGIN = "It was drawn at random; each recurrent matrix was then scaled to the spectral radius."
GIVEN = "It was given to every unit alike, so that the length of the last gradient is 1."


class NormState(ChapterState):
    radius = param.Number(default=0.8, bounds=(0.05, 3.0), step=0.05, label="Spectral radius",
                          doc="Each recurrent matrix is scaled to it")  # fmt: skip
    steps = param.Integer(default=30, bounds=(2, MAX_STEPS), label="Steps")
    hidden = param.Integer(default=8, bounds=(2, 32), label="Units")
    drive = param.Number(default=0.3, bounds=(0.0, 3.0), step=0.1, label="Size of inputs",
                         doc="Standard deviation of the random inputs")  # fmt: skip
    activation = param.Selector(default="tanh", objects=["tanh", "relu"], label="RNN's function")
    forget_bias = param.Number(default=1.0, bounds=(-5.0, 8.0), step=0.5,
                               label="Forget-gate bias")  # fmt: skip
    seed = param.Integer(default=0, bounds=(0, 999_999), label="Seed")
    clip = param.Selector(default=NONE, objects=list(CLIPS), label="Clip",
                          doc="Keep the gradient of all parameters within a bound")  # fmt: skip
    limit = param.Number(default=0.5, bounds=(0.001, 100.0), step=0.1, label="Limit")
    step = param.Integer(default=1, bounds=(1, MAX_STEPS), label="Step")

    ADDRESS = {name: name for name in (  # noqa: RUF012
        "radius", "steps", "hidden", "drive", "activation", "forget_bias", "seed", "clip", "limit",
        "step",
    )}  # fmt: skip

    def network(self, cell: str) -> Network:
        """A cell drawn from the seed, its recurrent matrices at the radius."""
        activation = self.activation if cell == "rnn" else "tanh"
        layer = RecurrentSpec(cell, self.hidden, returns="last", activation=activation,
                              forget_bias=float(self.forget_bias))  # fmt: skip
        network = Network(NetworkSpec((self.steps, 1), (layer,)))
        network.initialize(np.random.default_rng(self.seed))
        scale_to_radius(network, "0", float(self.radius))
        return network

    def trace(self, cell: str) -> Trace:
        """The cell on the sequence, and the way back from a gradient of length 1 at its end."""
        rng = np.random.default_rng(self.seed + 1)
        inputs = rng.normal(0, 1, (1, self.steps, 1)) * self.drive
        limit = float(self.limit)
        train = TrainSpec(clip_value=limit if self.clip == BY_VALUE else None,
                          clip_norm=limit if self.clip == BY_NORM else None)  # fmt: skip
        given = np.full((1, self.hidden), 1 / math.sqrt(self.hidden))
        return Trace(self.network(cell), inputs, given=given, train=train, origin=ORIGIN,
                     origin_of_given=GIVEN)  # fmt: skip

    def fields(self) -> list[dict[str, Any]]:
        curves = [{"value": name, "label": name} for name in ("tanh", "relu")]
        clips = [{"value": name, "label": label} for name, label in CLIPS.items()]
        off = "Nothing is clipped." if self.clip == NONE else ""
        return [
            field(self, "radius", "number", "Recurrent matrix"),
            field(self, "hidden", "integer", "Recurrent matrix"),
            field(self, "activation", "select", "Recurrent matrix", options=curves),
            field(self, "forget_bias", "number", "Recurrent matrix"),
            field(self, "steps", "integer", "Sequence"),
            field(self, "drive", "number", "Sequence"),
            field(self, "step", "integer", "Sequence", value=min(self.step, self.steps),
                  max=self.steps),
            field(self, "clip", "select", "Clipping", options=clips),
            field(self, "limit", "number", "Clipping", scale="log", disabled=off),
            field(self, "seed", "integer", "Random numbers"),
        ]  # fmt: skip
