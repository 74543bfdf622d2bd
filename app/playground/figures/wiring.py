"""How the cells are drawn: where wires, operations and numbers lie.

x is in hundredths of the width, y in pixels. The cell state of an LSTM, and the state of a GRU, run
along the top like a conveyor belt: a gate says how much of it stays, and something is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BELT, MIDDLE, ABOVE, GATE, WORD, BUS = 36, 96, 148, 206, 237, 265  # heights
Point = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """`spots` are the places (x, y, kind) of the numbers, by key, in the order of the keyboard."""

    wires: tuple[tuple[str, tuple[Point, ...]], ...]
    signs: tuple[tuple[str, float, float], ...]
    spots: dict[str, tuple[float, float, str]]
    words: tuple[tuple[str, float], ...]  # below the gates
    height: int = 292

    def lines(self) -> list[dict[str, Any]]:
        return [{"kind": kind, "points": [[*point] for point in points]}
                for kind, points in self.wires]  # fmt: skip

    def circles(self) -> list[dict[str, Any]]:
        circles = [{"text": text, "x": x, "y": y} for text, x, y in self.signs]
        return circles + [{"text": text, "x": x, "y": WORD, "plain": True}
                          for text, x in self.words]  # fmt: skip


LSTM = Drawing(
    wires=(
        ("belt", ((0, BELT), (21, BELT))),
        ("belt", ((21, BELT), (49, BELT))),
        ("belt", ((49, BELT), (76, BELT))),
        ("belt", ((76, BELT), (100, BELT))),
        ("", ((0, BUS), (76, BUS))),
        ("", ((7, GATE), (7, BUS))),
        *(("", ((x, BUS), (x, GATE))) for x in (21, 38, 60, 76)),
        ("", ((21, GATE), (21, BELT))),
        ("", ((38, GATE), (38, ABOVE), (49, ABOVE))),
        ("", ((60, GATE), (60, ABOVE), (49, ABOVE))),
        ("", ((49, ABOVE), (49, BELT))),
        ("", ((76, BELT), (76, MIDDLE))),
        ("", ((76, MIDDLE), (76, ABOVE))),
        ("", ((76, GATE), (76, ABOVE))),
        ("", ((76, ABOVE), (100, ABOVE))),
    ),
    signs=(("×", 21, BELT), ("+", 49, BELT), ("×", 49, ABOVE), ("×", 76, ABOVE)),
    spots={
        "c_before": (7, BELT, ""), "f_times_c": (35, BELT, ""), "c": (63, BELT, ""),
        "i_times_g": (49, MIDDLE, ""), "tanh_c": (76, MIDDLE, ""), "h": (90, ABOVE, ""),
        "h_before": (7, GATE, ""), "f": (21, GATE, "gate"), "i": (38, GATE, "gate"),
        "g": (60, GATE, "gate"), "o": (76, GATE, "gate"), "x0": (7, BUS, ""), "x1": (29.5, BUS, ""),
    },
    words=(("forget", 21), ("input", 38), ("candidate", 60), ("output", 76)),
)  # fmt: skip

GRU = Drawing(
    wires=(
        ("belt", ((0, BELT), (24, BELT))),
        ("belt", ((24, BELT), (56, BELT))),
        ("belt", ((56, BELT), (100, BELT))),
        ("", ((0, BUS), (91, BUS))),
        ("", ((7, BELT), (7, BUS))),
        *(("", ((x, BUS), (x, GATE))) for x in (24, 56, 75, 91)),
        ("", ((24, GATE), (24, BELT))),
        ("", ((24, MIDDLE), (40, MIDDLE))),
        ("", ((40, MIDDLE), (56, MIDDLE))),
        ("", ((56, GATE), (56, MIDDLE))),
        ("", ((56, MIDDLE), (56, BELT))),
        ("", ((75, GATE), (75, ABOVE), (83, ABOVE))),
        ("", ((91, GATE), (91, ABOVE), (83, ABOVE))),
        ("", ((83, ABOVE), (83, MIDDLE + 8), (67, MIDDLE + 8), (67, GATE), (56, GATE))),
    ),
    signs=(("×", 24, BELT), ("+", 56, BELT), ("1−", 40, MIDDLE), ("×", 56, MIDDLE),
           ("×", 83, ABOVE)),
    spots={
        "h_before": (7, BELT, ""), "z_times_h": (40, BELT, ""), "new": (56, ABOVE, ""),
        "h": (75, BELT, ""), "r_times_m": (75, MIDDLE + 8, ""),
        "z": (24, GATE, "gate"), "n": (56, GATE, "gate"), "r": (75, GATE, "gate"),
        "m": (91, GATE, ""), "x0": (15.5, BUS, ""), "x1": (40, BUS, ""),
    },
    words=(("update", 24), ("candidate", 56), ("reset", 75), ("from h", 91)),
)  # fmt: skip

DRAWINGS = {"lstm": LSTM, "gru": GRU}
