"""The recurrent cells by name."""

from __future__ import annotations

from core.functional.gru import GRU
from core.functional.lstm import LSTM
from core.functional.recurrence import Cell
from core.functional.rnn import RNN


def find_cell(name: str, activation: str = "tanh") -> Cell:
    """rnn, lstm or gru; `activation` is rnn's: tanh or relu. Raises ValueError for others."""
    cells = {"rnn": RNN.get(activation), "lstm": LSTM, "gru": GRU}
    cell = cells.get(name)
    if cell is None:
        raise ValueError(f"there is no cell {name!r} with {activation!r}; there are rnn with tanh "
                         "or relu, lstm and gru")  # fmt: skip
    return cell
