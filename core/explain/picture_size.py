"""Opening how many numbers a picture is, and how many bytes these take."""

from __future__ import annotations

from core.explain.cost_record import given, summed
from core.explain.record import Explanation, Factor, Ref, Term

AXES = ("height", "width", "planes")
# Bytes for each number.
STORED = {"bytes": (1, "as bytes, from 0 to 255"), "floats": (4, "as a network's 32-bit numbers")}


def explain_size(at: Ref) -> Explanation:
    """`size.numbers`, `size.bytes`, `size.floats`, or one of `size.height`, `size.width` and
    `size.planes`, of a picture of the size (height, width, planes) that the index is."""
    what = at.tensor.removeprefix("size.")
    if what in AXES:
        return given(at, what, what.capitalize(), at.index[AXES.index(what)], _origin(what))
    if what == "numbers":
        sizes = tuple(Factor(axis, n, Ref(f"size.{axis}", at.index))
                      for axis, n in zip(AXES, at.index, strict=True))  # fmt: skip
        return summed(at, "numbers", "How many numbers the picture is", " × ".join(AXES),
                      [Term(sizes)], "One for each pixel and plane.")  # fmt: skip
    if what not in STORED:
        raise ValueError(f"{at.tensor} is no number of a picture's size")
    each, how = STORED[what]
    numbers = explain_size(Ref("size.numbers", at.index))
    terms = [Term((Factor("numbers", numbers.result, numbers.ref), Factor("bytes each", each)))]
    return summed(at, "bytes", f"What the numbers take {how}", "numbers × bytes each", terms,
                  "Before any compression, as a JPEG has it.")  # fmt: skip


def _origin(axis: str) -> str:
    return "Red, green and blue are three, grey is one." if axis == "planes" else "In pixels."
