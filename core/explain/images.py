"""Opening layers over pictures: convolutions into their products, pools into who won.

The gradient by a weight is a sum over all units of all samples; it opens into one part a sample,
`dweight_of_sample`, and each part into the sample's units.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from core.explain.dense import passed_back, summed_gradient
from core.explain.explainers import Explain, Explainers, Index
from core.explain.factors import bracket, doutput, output, parameter, source
from core.explain.parts import of_sample, opened_sample, summed
from core.explain.record import Explanation, Factor, Ref, Term
from core.explain.trace import Trace
from core.functional.pool import EXTREMES
from core.functional.sliding import Axis
from core.layers import Conv2d, Pool
from core.spec import FIRST

PADDING = Factor("padding", 0.0)
UNREAD = "no unit reads this pixel, so that nothing depends on it"


def _is_within(axis: Axis, pixel: int) -> bool:
    return 0 <= pixel < axis.size


# Both: how many units there are along an axis


def explain_units(which: str, trace: Trace, path: str, index: Index) -> Explanation:
    """The size of the output along one axis, from that of the picture; `which`: rows, columns."""
    layer = trace.network.layer(path)
    assert isinstance(layer, Conv2d | Pool)
    axis = getattr(layer.grid, which)
    given = {"n": axis.size, "p before": axis.before, "p after": axis.after, "d": axis.dilation,
             "k": axis.kernel_size, "s": axis.stride}  # fmt: skip
    room = axis.size + axis.before + axis.after - axis.extent
    low, high = "⌊⌋" if room // axis.stride + 1 == axis.units else "⌈⌉"
    pads = f"{axis.before} + {axis.after}"
    left = f"{axis.left_over} of {room + axis.extent} {which} are left over at the end."
    return Explanation(
        Ref(f"{FIRST}{path}.{which}", index), which, f"The {which} of the output", "function",
        float(axis.units), f"{low}(n + p − d · (k − 1) − 1) / s{high} + 1, p = p before + p after",
        f"{low}({axis.size} + {pads} − {axis.dilation} · ({axis.kernel_size} − 1) − 1) / "
        f"{axis.stride}{high} + 1 = {low}{room} / {axis.stride}{high} + 1",
        arguments=tuple(Factor(symbol, float(value)) for symbol, value in given.items()),
        note=left if axis.left_over else "Nothing is left over at the end.",
    )  # fmt: skip


UNITS: dict[str, Explain] = {which: partial(explain_units, which) for which in ("rows", "columns")}

# Convolution


def _conv(trace: Trace, path: str) -> Conv2d:
    layer = trace.network.layer(path)
    assert isinstance(layer, Conv2d)
    return layer


def _first_channel(layer: Conv2d, out_channel: int) -> int:
    """The first input channel of the group that an output channel belongs to."""
    out_channels, in_channels = layer.params["weight"].shape[:2]
    return out_channel // (out_channels // layer.groups) * in_channels


def conv_output(trace: Trace, path: str, index: Index) -> Explanation:
    """The products of the kernel with the pixels that it stands on, and the bias."""
    n, o, u, v = index
    layer = _conv(trace, path)
    first, (rows, columns) = _first_channel(layer, o), (layer.grid.rows, layer.grid.columns)
    terms = []
    for c, i, j in np.ndindex(layer.params["weight"].shape[1:]):
        y, x = rows.pixel(u, i), columns.pixel(v, j)
        inside = _is_within(rows, y) and _is_within(columns, x)
        pixel = source(trace, path, (n, first + c, y, x)) if inside else PADDING
        terms.append(Term((parameter(trace, path, "weight", (o, c, i, j)), pixel)))
    if "bias" in layer.params:
        terms.append(Term((parameter(trace, path, "bias", (o,)),)))
    return summed(trace, path, index, terms)


def conv_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """By every unit that reads the pixel: the weight at its tap times the gradient there."""
    n, channel, y, x = index
    layer = _conv(trace, path)
    out_channels, in_channels = layer.params["weight"].shape[:2]
    group, c = divmod(channel, in_channels)
    per_group = out_channels // layer.groups
    terms = [
        Term((parameter(trace, path, "weight", (o, c, i, j)), doutput(trace, path, (n, o, u, v))))
        for o in range(group * per_group, (group + 1) * per_group)
        for u, i in layer.grid.rows.readers(y)
        for v, j in layer.grid.columns.readers(x)
    ]
    made = passed_back(trace, path, index, terms)
    return made if terms else replace(made, formula=UNREAD)


def conv_gradient(trace: Trace, path: str, key: str, index: Index) -> Explanation:
    """A sum over the samples, each part of which opens; of one sample alone its places at once."""
    if len(trace.inputs) == 1 and (places := _terms_of_sample(trace, path, key, (0, *index))):
        return summed_gradient(trace, path, key, index, places)
    terms = [Term((_of_sample(trace, path, key, (n, *index)),)) for n in range(len(trace.inputs))]
    return summed_gradient(trace, path, key, index, terms)


def _of_sample(trace: Trace, path: str, key: str, index: Index) -> Factor:
    """What one sample gives to the gradient by a parameter; index (n, ...)."""
    n, o, *rest = index
    given = trace.doutput(path)[n, o]
    if key == "weight":
        c, i, j = rest
        layer = _conv(trace, path)
        units, pixels = zip(layer.grid.rows.reaches[i], layer.grid.columns.reaches[j], strict=True)
        read = trace.layer_input(path)[n, _first_channel(layer, o) + c]
        given = given[units] * read[pixels]
    return of_sample(trace, path, key, index, float(given.sum()))


def _terms_of_sample(trace: Trace, path: str, key: str, index: Index) -> list[Term]:
    """The gradient at every unit of the channel, times the pixel that it reads with the weight;
    units that read padding give nothing."""
    n, o, *rest = index
    layer = _conv(trace, path)
    units = list(np.ndindex(layer.grid.units))
    if key == "bias":
        return [Term((doutput(trace, path, (n, o, u, v)),)) for u, v in units]
    c, i, j = rest
    channel, rows, columns = _first_channel(layer, o) + c, layer.grid.rows, layer.grid.columns
    places = [(u, v, rows.pixel(u, i), columns.pixel(v, j)) for u, v in units]
    return [
        Term((doutput(trace, path, (n, o, u, v)), source(trace, path, (n, channel, y, x))))
        for u, v, y, x in places if _is_within(rows, y) and _is_within(columns, x)
    ]  # fmt: skip


def explain_of_sample(key: str, trace: Trace, path: str, index: Index) -> Explanation:
    """One sample's part in the gradient by a parameter."""
    made = _of_sample(trace, path, key, index)
    return opened_sample(made, _terms_of_sample(trace, path, key, index))


def conv_uses(trace: Trace, path: str, index: Index) -> tuple[Factor, ...]:
    """The outputs of every kernel that reads the pixel, in reading order."""
    n, channel, y, x = index
    layer = _conv(trace, path)
    out_channels, in_channels = layer.params["weight"].shape[:2]
    per_group = out_channels // layer.groups
    first = channel // in_channels * per_group
    return _read_by(trace, path, n, range(first, first + per_group), (y, x))


def _read_by(
    trace: Trace, path: str, n: int, channels: range, pixel: tuple[int, int]
) -> tuple[Factor, ...]:
    layer = trace.network.layer(path)
    assert isinstance(layer, Conv2d | Pool)
    rows = sorted(u for u, _ in layer.grid.rows.readers(pixel[0]))
    columns = sorted(v for v, _ in layer.grid.columns.readers(pixel[1]))
    return tuple(output(trace, path, (n, o, u, v)) for o in channels for u in rows for v in columns)


# Pooling


def _pool(trace: Trace, path: str) -> Pool:
    layer = trace.network.layer(path)
    assert isinstance(layer, Pool)
    return layer


def _seen(layer: Pool, u: int, v: int) -> list[tuple[int, int]]:
    """The pixels (y, x) that a unit sees, in reading order."""
    rows, columns = layer.grid.rows, layer.grid.columns
    return [
        (y, x)
        for y in (rows.pixel(u, i) for i in range(rows.kernel_size)) if _is_within(rows, y)
        for x in (columns.pixel(v, j) for j in range(columns.kernel_size)) if _is_within(columns, x)
    ]  # fmt: skip


def _winner(trace: Trace, path: str, index: Index) -> tuple[int, int]:
    """The pixel (y, x) whose value a unit passes on: of equal ones the first."""
    layer, (n, c, u, v) = _pool(trace, path), index
    values = trace.layer_input(path)[n, c]
    _, beats = EXTREMES[layer.mode]
    best, *others = _seen(layer, u, v)
    for pixel in others:
        best = pixel if beats(values[pixel], values[best]) else best
    return best


def pool_output(trace: Trace, path: str, index: Index) -> Explanation:
    """Equal shares of all pixels that a unit sees, or the one that won."""
    layer, (n, c, u, v) = _pool(trace, path), index
    pixels = {pixel: source(trace, path, (n, c, *pixel)) for pixel in _seen(layer, u, v)}
    if layer.mode == "average":
        share = _share(layer, u, v)
        return summed(trace, path, index, [Term((share, pixel)) for pixel in pixels.values()])
    made, winner = output(trace, path, index), pixels[_winner(trace, path, index)]
    assert made.ref is not None
    values = ", ".join(bracket(pixel.value) for pixel in pixels.values())
    most = {"max": "largest", "min": "smallest"}[layer.mode]
    ties = sum(pixel.value == winner.value for pixel in pixels.values()) > 1
    won = f"the {most} of {len(pixels)} pixels{', the first of equal ones' if ties else ''}"
    return Explanation(made.ref, made.symbol, trace.names.title(path, index[1:]), "function",
                       made.value, f"{made.symbol} = {winner.symbol}, {won}",
                       f"{layer.mode}({values})", arguments=tuple(pixels.values()),
                       note=f"{winner.symbol} won.")  # fmt: skip


def _share(layer: Pool, u: int, v: int) -> Factor:
    value = float(layer.share[u, v])
    return Factor(f"1/{round(1 / value)}", value)


def pool_dinput(trace: Trace, path: str, index: Index) -> Explanation:
    """By every unit that sees the pixel: its share, or all or nothing by whether it won there."""
    layer, (n, c, y, x) = _pool(trace, path), index
    terms = []
    for u, _ in layer.grid.rows.readers(y):
        for v, _ in layer.grid.columns.readers(x):
            average = layer.mode == "average"
            part = _share(layer, u, v) if average else _won(trace, path, (n, c, u, v, y, x))
            terms.append(Term((doutput(trace, path, (n, c, u, v)), part)))
    made = passed_back(trace, path, index, terms)
    return made if terms else replace(made, formula=UNREAD)


def _won(trace: Trace, path: str, index: Index) -> Factor:
    """1 where a pixel won in a unit, else 0; index (n, c, unit's row and column, pixel's)."""
    won = _winner(trace, path, index[:4]) == index[4:]
    return Factor("won" if won else "did not win", float(won), Ref(f"{FIRST}{path}.won", index))


def explain_won(trace: Trace, path: str, index: Index) -> Explanation:
    made, unit = _won(trace, path, index), output(trace, path, index[:4])
    pixel = source(trace, path, (*index[:2], *index[4:]))
    assert made.ref is not None
    return Explanation(made.ref, made.symbol, f"Whether {pixel.symbol} won", "function",
                       made.value, f"1 if {pixel.symbol} is what {unit.symbol} passes on, else 0",
                       f"{pixel.symbol} = {bracket(pixel.value)}, {unit.symbol} = "
                       f"{bracket(unit.value)}", arguments=(pixel, unit))  # fmt: skip


def pool_uses(trace: Trace, path: str, index: Index) -> tuple[Factor, ...]:
    n, channel, y, x = index
    return _read_by(trace, path, n, range(channel, channel + 1), (y, x))


CONV2D = Explainers(
    conv_output, conv_dinput, conv_gradient,
    UNITS | {f"d{key}_of_sample": partial(explain_of_sample, key) for key in ("weight", "bias")},
    conv_uses,
)  # fmt: skip
POOL = Explainers(pool_output, pool_dinput, inner=UNITS | {"won": explain_won}, uses=pool_uses)
