"""A1: one neuron."""

from __future__ import annotations

from app.playground.chapters.neurons.hand_net import LIMIT, HandNet, HandState
from app.playground.state import Numbers


class NeuronState(HandState):
    w = Numbers([0.0, 1.0], count=(2, 2), limits=(-LIMIT, LIMIT), label="Weights")
    b = Numbers([4.0], count=(1, 1), limits=(-LIMIT, LIMIT), label="Bias")

    ADDRESS = {"x": "x", "w": "w", "b": "b", "activation": "act"}  # noqa: RUF012


class Neuron(HandNet):
    id = "a1"
    number = "A1"
    part = "neurons"
    title = "One neuron"
    summary = "Inputs times weights, summed with a bias, through an activation"
    hidden = ()
    State = NeuronState
    lead = """
A neuron multiplies each **input** by a **weight**, adds the products and a **bias**, and passes the
sum through an **activation**. That is all it does. Change any number; select any result to see
where it came from.
"""
    notes = """
## Try this

- Set the bias to −3. The sum becomes 0, and the sigmoid of 0 is [exactly one half](?chapter=a1&b=-3.0).
- Make w₁ large while x₁ is 0. Nothing happens: [a weight only counts times its input](?chapter=a1&x=0.0~3.0&w=50.0~1.0).
- Let the sum grow to 40. The output is shown as 1, but the sigmoid only comes close to it:
  its range is open, so it never reaches 0 or 1. Open the output to see the digits that a computer keeps.

## What the sum means

The two weights and the bias draw a straight line through the plane of all inputs: where the sum is 0.
On one side the sigmoid is above one half, on the other below. A single neuron can separate two groups
of points only if such a line exists; then it is enough, and no hidden layer is needed.

> A neuron with a sigmoid is *logistic regression*, known long before neural networks. The new idea is
> to feed neurons with the outputs of others.
"""


CHAPTER = Neuron
