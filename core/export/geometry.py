"""Windows with all their numbers put in, as programs write them."""

from __future__ import annotations

from core.spec import Shape, Window

Pair = tuple[int, int]
Sides = tuple[int, int, int, int]  # top, bottom, left, right
NO_SIDES = (0, 0, 0, 0)


def exact_sides(window: Window, units: tuple[int, ...], shape: Shape) -> Sides:
    """The padding (top, bottom, left, right) with which all units fit, also those that hang over
    the end because the size is rounded up."""
    top, bottom, left, right = window.sides(shape)
    ends = []
    for axis, (before, after) in enumerate(((top, bottom), (left, right))):
        reach = (units[axis] - 1) * window.stride[axis] + window.extent[axis]
        ends.append(max(after, reach - before - shape[1 + axis]))
    return top, ends[0], left, ends[1]


def beyond(sides: Sides, own: Sides) -> Sides:
    """What is left of the padding outside a layer's own."""
    top, bottom, left, right = (side - inner for side, inner in zip(sides, own, strict=True))
    return top, bottom, left, right


def symmetric(sides: Sides) -> Pair | None:
    """(vertical, horizontal) where both sides are alike, else None."""
    top, bottom, left, right = sides
    return (top, left) if (top, left) == (bottom, right) else None


def short(pair: Pair) -> int | Pair:
    """One number for two that are alike."""
    return pair[0] if pair[0] == pair[1] else pair
