"""The prose of A8, and the sentences under its titles."""

from __future__ import annotations

LEAD = """
The points are samples; the coloured plane is what the network says everywhere. **Play** trains it. Each square
of the diagram is a neuron, painted with its own output: select one to see it large, or a weight to open it.
"""

NOTES = """
## Try this

- Two [Gaussian clouds](?chapter=a8&data=gaussians&hidden=) and no hidden layer at all: a straight line is enough.
- [Exclusive or](?chapter=a8&data=xor&hidden=) without a hidden layer never works; with
  [one of four neurons](?chapter=a8&data=xor&hidden=4) it does. Or keep the line, and
  [give the network the product x₁x₂](?chapter=a8&data=xor&hidden=&features=x1~x2~x1*x2).
- All weights [equal at the start](?chapter=a8&start=constant): the neurons of a layer stay alike for ever.
- A [learning rate of 1](?chapter=a8&data=plane&hidden=&rate=1.0) on this plane: every step overshoots further, until
  the numbers overflow. The message says where.
- [Switch neurons off](?chapter=a8&off=1.3~1.4) while it trains, by *One layer* in the settings: how many does it need?
- [Dropout](?chapter=a8&data=moons&noise=0.3&samples=60&hidden=12~12&dropouts=0.2~0.2&activations=relu~relu) leaves out
  other neurons in each step, so that none can rely on one.
- The [spiral](?chapter=a8&data=spiral&hidden=8~8~8&optimizer=adam&rate=0.01&loss=binary_cross_entropy) wants depth and a better optimizer.

## Reading the numbers

*Sample* walks through the samples of a batch one at a time without changing anything; the update comes
when the batch is complete, and is exactly that of *Batch*. *Reset* goes back to the very same start.
Open a weight to see its next value: the old one, minus the learning rate times a gradient that opens in turn.

## Going back, and comparing

The slider under the small curve goes **back through the run**: every picture and number is as it was then and can be opened, and
training goes on from there exactly as it did. A run that ends is kept under *Runs*, with its scores, as long as this page is open.
*Same start* takes the samples and first weights of a kept run, so that only what you change makes the difference; pin its
curve and play. Then [pin two neurons](?chapter=a8&pins=1.1~2.1) that are far apart, and watch them learn side by side.

> There is no rule that says how many layers are right. Data that a line can separate need no hidden
> layer; beyond that, depth and width are found by trying, and judged on the test samples.
"""


def network(num_parameters: int, off: list[str]) -> str:
    """Of the whole network, and of the neurons that are switched off, by their names."""
    rest = f"; off, and at rest: {', '.join(off)}" if off else ""
    return f"{num_parameters} numbers to learn{rest}. Select a neuron or a weight."


def answer(shown: str) -> str:
    return f"Showing {shown}. Circles are for training, diamonds for testing."


def layer(number: int, count: int) -> str:
    """Of the layer whose weights are shown."""
    return (f"Layer {number} of {count}. Select a weight in the diagram, or a layer in the settings, "
            "for another; type to change a number.")  # fmt: skip


def sample(number: int, batch_size: int, drops: bool) -> str:
    """Of the sample that is looked at; `drops` where neurons are left out by chance."""
    dropout = " Dropout is drawn for this batch; the pictures and scores are of all neurons."
    return (f"Sample {number} of {batch_size} in the next batch. Its loss and gradient open in turn."
            f"{dropout if drops else ''}")  # fmt: skip
