"""A9: depth and width, over- and underfitting, in the same playground."""

from __future__ import annotations

import param

from app.playground.chapters.neurons.a8_playground import MLPPlayground
from app.playground.chapters.neurons.mlp_state import MAX_DEPTH, MAX_WIDTH, PlaygroundState
from app.playground.state import Integers


class DepthState(PlaygroundState):
    """The playground, starting with few and noisy samples and a network that can learn them by
    heart."""

    data = param.Selector(default="moons")
    samples = param.Integer(default=100)
    noise = param.Number(default=0.5)
    hidden = Integers([12, 12], count=(0, MAX_DEPTH), limits=(1, MAX_WIDTH), label="Hidden layers")
    optimizer = param.Selector(default="adam")
    rate = param.Number(default=0.01)


class DepthAndWidth(MLPPlayground):
    id = "a9"
    number = "A9"
    part = "neurons"
    title = "Too little, too much"
    summary = "Depth and width, and the gap between training and test"
    State = DepthState
    lead = """
Few samples, much noise, and a network with more numbers than samples. **Play**, and watch two losses: that of the
samples it learns from, and that of samples it has never seen. The distance between them is the **gap**.
"""
    notes = """
## Try this

- As it stands the network learns the noise by heart: the training loss falls towards zero, the test loss turns and
  rises. That is **overfitting**.
- [One neuron](?chapter=a9&hidden=1) cannot bend its line enough; both losses stay high, and there is hardly a gap. That is
  **underfitting**.
- Between the two: [a small layer](?chapter=a9&hidden=4), or [a penalty on large weights](?chapter=a9&l2=0.01), or simply
  [more samples](?chapter=a9&samples=1000).
- Stop in time: set *Stop at loss* to where the test loss was least, and press play again from the same start.
- [Six layers](?chapter=a9&hidden=8~8~8~8~8~8&activation=sigmoid&optimizer=sgd) of sigmoids do worse than two, already on
  the training samples.

## Deeper is not better by itself

There is no rule that says three layers, or five. Depth is found by trying, and judged on samples that were kept from training.

> A deeper plain network that does worse on the *training* samples is not overfitting, which would do better there. It is
> **degradation**: the deeper network is harder to train. Residual networks came as the answer
> ([He and others, 2015](https://arxiv.org/abs/1512.03385)).
"""


CHAPTER = DepthAndWidth
