"""R7: the LSTM cell."""

from __future__ import annotations

from app.playground.chapters.sequences.gate_state import GateState
from app.playground.chapters.sequences.gated import GatedChapter


class LSTMCell(GatedChapter):
    id = "r7"
    number = "R7"
    part = "sequences"
    title = "The LSTM cell"
    summary = "A cell state on a conveyor belt, and three gates that say what stays, comes and shows"
    State = GateState
    CELLS = GateState.CELLS
    lead = """
The **cell state** c runs along the top like a conveyor belt. The **forget gate** f says how much of it stays, the **input gate** i
how much of the **candidate** g is added, the **output gate** o how much is shown as h. Set them by hand, or let them be learned.
"""
    notes = """
## Try this

- **Walk** through the steps, with unit 1 (*Add up*) and then unit 2 (*Overwrite*) on the same pulses. Then make the chosen
  unit *Remember* and *Forget*: the state before step 1 is there to be kept or lost.
- Move **f** from 0.99 to 0.9 in [one unit over twenty steps](?chapter=r7&steps=20&units=1), and look at Πf, the product of
  the later forget gates: it falls from 0.83 to 0.14.
- A gate set by hand has all its weights 0, and a bias that makes it this value at every step; open the gate and see. A gate
  can also *listen*: [remember the marked value](?chapter=r7&unit=3&units=3) opens its input gate and shuts its forget gate only
  where the mark x[2] is 1.
- [Let the gates be learned](?chapter=r7&how=learned) from just that task, with **Train**, and compare: when does i open, when
  does f shut? Change the sequence and see whether the answer still follows the mark.
- [Start with a forget-gate bias of −3](?chapter=r7&how=learned&steps=20&forget_bias=-3.0), and [of 1](?chapter=r7&how=learned&steps=20&forget_bias=1.0), and compare
  the runs.
- [The way back](?chapter=r7&back=1): ∂L/∂c of a step is that of the next one times f, plus what comes by h. Along the belt only the
  f are multiplied; no weights and no slope of tanh.

## Four things to get right

> **The forget gate came later.** The LSTM of 1997 (Hochreiter and Schmidhuber) had none: its cell state was added to, and never cleared.
> Gers, Schmidhuber and Cummins added it in 2000 (Neural Computation 12(10)). Since then a cell has *three* gates with a sigmoid, and *one*
> candidate with tanh; the candidate is no gate.

> **The cell state does not flow unchanged.** At every step it is multiplied by f, and then added to. A long memory needs an f near 1:
> 0.9 over fifty steps leaves 0.005. This is why the forget gates' biases start near 1 (Jozefowicz, Zaremba and Sutskever 2015).

> **Gates lie between 0 and 1, and reach neither.** A sigmoid is never 0 and never 1, so no gate is ever wholly shut or wholly open.

> An LSTM with h units and x inputs has **4 (h·x + h·h + h)** numbers to learn: four times the weights of the inputs, those of the states, and
> one bias. PyTorch keeps two biases for each, of which only the sum matters.
"""


CHAPTER = LSTMCell
