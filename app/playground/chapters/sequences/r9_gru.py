"""R9: the GRU, in the same pictures as the LSTM and beside it."""

from __future__ import annotations

from typing import ClassVar

from app.playground.chapters.sequences.gate_state import (
    DECIMALS,
    MAX_UNITS,
    WEIGHT_LIMIT,
    GateState,
)
from app.playground.chapters.sequences.gated import GatedChapter
from app.playground.state import Numbers
from core.gates import INPUTS


class GRUState(GateState):
    CELLS: ClassVar[tuple[str, ...]] = ("gru", "lstm")

    gru = Numbers([], count=(0, 3 * MAX_UNITS * (INPUTS + MAX_UNITS + 1)), decimals=DECIMALS,
                  limits=(-WEIGHT_LIMIT, WEIGHT_LIMIT), label="Weights of the GRU")  # fmt: skip

    ADDRESS = {**GateState.ADDRESS, "gru": "gru"}  # noqa: RUF012


class GRUCell(GatedChapter):
    id = "r9"
    number = "R9"
    part = "sequences"
    title = "The GRU, beside the LSTM"
    summary = "Two gates and one state: the same sequence, the same task, side by side"
    State = GRUState
    CELLS = GRUState.CELLS
    lead = """
A **GRU** has no cell state of its own: its state h is the belt. The **update gate** z says how much of h stays, and *what is left*, 1 − z,
how much of the **candidate** n is taken. The **reset gate** r says how much of h the candidate may see. Below it, the LSTM on the same sequence.
"""
    notes = """
## Try this

- **Walk**. Then let unit 1 *Remember*, *Forget* and *Overwrite*, and compare the two cells. An LSTM can keep everything and
  add something, because f and i are two gates; a GRU gives up as much as it takes, because z and 1 − z are one.
- That shows with *Add up*: the LSTM's cell state grows with every pulse and goes [far above 1](?chapter=r9&x=1~1~1~1~1~1~0~0~0~0~0~0&start=0.0); a
  GRU's state is a mean of numbers between −1 and 1, and stays there.
- *Remember the marked* needs two gates of the LSTM, and one of the GRU.
- [Train both](?chapter=r9&how=learned) on the same task from the same seed, and look at the runs. Which is first changes with
  [the seed](?chapter=r9&how=learned&seed=3) and [the length](?chapter=r9&how=learned&steps=16); the GRU always has fewer numbers to learn.
- [The way back](?chapter=r9&back=1): along the belt of the GRU the gradient is multiplied by z, as along the LSTM's by f.

## Which GRU this is

> This is PyTorch's form: **n = tanh(W x + b + r · (W h + b_hn))**; r multiplies what the product *W h* gives. In Cho and others
> ([2014](https://arxiv.org/abs/1406.1078)) r multiplies h *before* the product. There, h = z · h + (1 − z) · n as here; other books and programs let z
> and 1 − z change places.

> Because r stands before W h, the bias inside it, **b_hn**, cannot be joined with the other one. So there are **3 (h·x + h·h + h) + h** numbers to
> learn: three matrices for x and for h, three biases, and h more. Without b_hn it would be 3 (h·x + h·h + h), three quarters of an LSTM's
> 4 (h·x + h·h + h). PyTorch itself stores a second bias for r and z as well, which only adds to the first.

> Neither cell is better in general. Jozefowicz, Zaremba and Sutskever (2015) found the GRU ahead on many tasks, and an LSTM whose
> forget bias starts at 1 as good.
"""


CHAPTER = GRUCell
