"""A3: neurons combined into a network."""

from __future__ import annotations

from app.playground.chapters.neurons.hand_net import LIMIT, HandNet, HandState
from app.playground.state import Numbers


class NetworkState(HandState):
    w = Numbers([0.0, 1.0] * 3, count=(6, 6), limits=(-LIMIT, LIMIT), label="Weights")
    b = Numbers([0.0] * 3, count=(3, 3), limits=(-LIMIT, LIMIT), label="Biases")

    ADDRESS = {"x": "x", "w": "w", "b": "b", "activation": "act"}  # noqa: RUF012


class SmallNetwork(HandNet):
    id = "a3"
    number = "A3"
    part = "neurons"
    title = "Neurons combined"
    summary = "Two inputs, two hidden neurons, one output: nine numbers that make a network"
    hidden = (2,)
    State = NetworkState
    lead = """
Here the outputs of two neurons, **h₁** and **h₂**, are the inputs of a third, **o₁**. Six weights and
three biases, nine numbers, are the whole network. Computing its output from its inputs is called the
**forward pass**; walk through it below.
"""
    notes = """
## Try this

- Walk through the forward pass with *Next number*. Each number needs only those before it.
- Both hidden neurons start with the same weights, so they always say the same. Change one weight of
  h₂ and [they part](?chapter=a3&w=0.0~1.0~1.0~-1.0~0.0~1.0).
- Switch the activation to *identity*. However you set the nine numbers, the output is then a plain
  weighted sum of the inputs: [without activation, layers collapse into one](?chapter=a3&act=identity).
- Change the output's bias alone. It shifts the output for every input alike, before the last sigmoid.

## Reading the picture

An edge is a weight: thick means large, orange positive, violet negative. The number in a node is its
output; the bias stands below it. Select a node or an edge to open it.
"""


CHAPTER = SmallNetwork
