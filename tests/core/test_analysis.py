"""Costs and receptive fields of known cases; fields also against what really reaches a unit."""

import itertools

import numpy as np
import pytest

from core.analysis import analyse
from core.architectures import ARCHITECTURES, alexnet, lenet5, resnet, vgg
from core.receptive import Field, ReceptiveField, union
from core.spec import (
    ActivationSpec,
    BatchNorm2dSpec,
    BranchesSpec,
    Conv2dSpec,
    DropoutSpec,
    FlattenSpec,
    LinearSpec,
    NetworkSpec,
    PoolSpec,
    mlp,
)


def field(analysis, kind, number):
    """The field's size after the layer that is `number` of its kind, counted from 1."""
    found = [layer for layer in analysis.layers if layer.kind == kind][number - 1].field
    assert found.rows == found.columns
    return found.rows


def test_fields_of_vgg():
    """Sizes as in Araujo et al. 2019 (212) and as often tabled (196)."""
    analysis = analyse(vgg(16))
    assert [field(analysis, "conv2d", n).size for n in (1, 2, 3, 13)] == [3, 5, 10, 196]
    assert field(analysis, "pool", 5) == Field(212, 32, -90)
    assert analysis.layers[-1].field.rows.size == 404  # of the dense layers: all of the 7 × 7 map


def test_fields_of_alexnet():
    """195, stride 32, padding 64 in Araujo et al. 2019."""
    analysis = analyse(alexnet())
    sizes = [field(analysis, "conv2d", n).size for n in range(1, 6)]
    assert sizes == [11, 51, 99, 131, 163]
    assert [field(analysis, "pool", n).size for n in (1, 2, 3)] == [19, 67, 195]
    assert field(analysis, "pool", 3) == Field(195, 32, -64)


def test_fields_of_lenet():
    analysis = analyse(lenet5(32))
    assert [field(analysis, "conv2d", n) for n in (1, 2, 3)] == [
        Field(5, 1, 0), Field(14, 2, 0), Field(32, 4, 0),
    ]  # fmt: skip


def test_fields_through_branches_are_the_largest():
    analysis = analyse(resnet(18))
    assert analysis.layer("19").field.rows == Field(435, 32, -217)
    googlenet = analyse(ARCHITECTURES["googlenet"].build())
    inside = [layer.field.rows.size for layer in googlenet.within("10")]
    assert inside[0] == max(inside[1:]) == 27 + 4 * 8


def test_branches_that_are_not_centred_see_all_that_either_sees():
    fields = [Field(3, 2, 0), Field(5, 2, -6)]
    both = union(fields, 4)
    assert both == Field(9, 2, -6)
    for unit in range(4):
        ends = [one.pixels(unit) for one in fields]
        assert both.pixels(unit) == (min(a for a, _ in ends), max(b for _, b in ends))


def test_branches_of_different_strides_are_held_at_every_unit():
    fields = [Field(3, 1, 0), Field(2, 3, -1)]
    both = union(fields, 5)
    for unit, one in itertools.product(range(5), fields):
        first, stop = both.pixels(unit)
        assert first <= one.pixels(unit)[0]
        assert stop >= one.pixels(unit)[1]


def test_a_patch_ends_where_the_picture_does():
    seen = ReceptiveField(Field(5, 2, -2), Field(7, 4, -3))
    assert seen.patch(0, 0, 20, 20) == (slice(0, 3), slice(0, 4))
    assert seen.patch(3, 2, 20, 20) == (slice(4, 9), slice(5, 12))
    assert seen.patch(9, 4, 20, 20) == (slice(16, 20), slice(13, 20))
    assert seen.patch(30, 30, 20, 20) == (slice(20, 20), slice(20, 20))


def reach(specs, shape, u, v):
    """Which pixels reach unit (u, v): each layer is walked back window by window."""
    shapes = [shape]
    for spec in specs:
        shapes.append(spec.output_shape(shapes[-1]))
    units = {(u, v)}
    for spec, before in zip(reversed(specs), reversed(shapes[:-1]), strict=True):
        window = spec.window(before)
        top, _, left, _ = window.sides(before)
        (kh, kw), (sh, sw), (dh, dw) = window.kernel_size, window.stride, window.dilation
        units = {
            (y * sh - top + i * dh, x * sw - left + j * dw)
            for (y, x), i, j in itertools.product(units, range(kh), range(kw))
        }
    ys, xs = zip(*units, strict=True)
    return (min(ys), max(ys) + 1), (min(xs), max(xs) + 1)


def test_fields_are_what_reaches_a_unit():
    rng = np.random.default_rng(3)
    for _ in range(40):
        specs = []
        for _ in range(3):
            numbers = [tuple(int(n) for n in rng.integers(1, 4, 2)) for _ in range(3)]
            padding = tuple(int(n) for n in rng.integers(0, 3, 4))
            specs.append(Conv2dSpec(1, numbers[0], numbers[1], padding, numbers[2]))
        analysis = analyse(NetworkSpec((1, 60, 55), tuple(specs)))
        last = analysis.layers[-1]
        u, v = (int(rng.integers(size)) for size in last.output_shape[1:])
        seen = last.field.rows.pixels(u), last.field.columns.pixels(v)
        assert seen == reach(specs, (1, 60, 55), u, v)


def test_memory_counts_the_input_and_every_output_once():
    numbers = [784, 4704, 4704, 1176, 1600, 1600, 400, 120, 120, 84, 84, 10]
    assert analyse(lenet5()).activation_bytes == 4 * sum(numbers)
    assert analyse(lenet5(), "float64").activation_bytes == 8 * sum(numbers)
    assert analyse(lenet5()).layer("8").activation_bytes == 0  # flat features are the same memory


def test_branches_are_charged_for_merging_and_their_layers_for_the_rest():
    block = BranchesSpec(((Conv2dSpec(4, 3, padding=1, bias=False), BatchNorm2dSpec()), ()))
    analysis = analyse(NetworkSpec((4, 8, 8), (block, PoolSpec("average"), FlattenSpec())))
    assert [layer.path for layer in analysis.layers] == ["0", "0.0.0", "0.0.1", "1", "2"]
    branches, conv, norm = analysis.within("0")
    assert (branches.parameters, conv.parameters, norm.parameters) == (0, 144, 8)
    assert (branches.multiply_adds, conv.multiply_adds) == (0, 144 * 64)
    assert [layer.activation_bytes for layer in analysis.layers] == [1024, 1024, 1024, 16, 0]
    with pytest.raises(ValueError, match="there is no layer '7'; there are 0, 0"):
        analysis.layer("7")


def test_networks_without_pictures():
    analysis = analyse(mlp(2, (4, 2), 1))
    assert [layer.parameters for layer in analysis.layers] == [12, 0, 10, 0, 3]
    assert analysis.multiply_adds == 8 + 8 + 2
    assert analysis.activation_bytes == 4 * (2 + 4 + 4 + 2 + 2 + 1)
    assert analysis.depth == 3
    assert all(layer.field is None for layer in analysis.layers)
    steps = analyse(NetworkSpec((-1, 3), (LinearSpec(5), DropoutSpec(), ActivationSpec("relu"))))
    assert (steps.multiply_adds, steps.activation_bytes) == (15, 4 * (3 + 3 * 5))


def test_the_paths_are_those_of_the_walk():
    for architecture in ARCHITECTURES.values():
        spec = architecture.build()
        walked = [(path, layer, shape) for path, layer, shape in spec.walk()]
        analysed = [(cost.path, cost.spec, cost.input_shape) for cost in analyse(spec).layers]
        assert analysed == walked
