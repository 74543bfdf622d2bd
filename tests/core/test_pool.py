"""Pooling: the same numbers as plain loops, the first of equal values wins, exact gradients."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.buffers import Buffers
from core.functional.pool import (
    average_pool_backward,
    average_pool_forward,
    average_share,
    extreme_pool,
    extreme_pool_backward,
    extreme_pool_forward,
)
from core.functional.sliding import sliding
from core.layers import Pass, Pool
from core.network import Network
from core.spec import NetworkSpec, PoolSpec, ShapeError
from tests.core import naive_images
from tests.core.gradcheck import assert_close, numeric_gradient

LEARN = Pass(training=True, remember=True)
MODES = ("max", "min", "average")


@st.composite
def pools(draw):
    """A description and the shape of its input, the batch last."""
    kernel_size = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    high, wide = (st.integers(0, min(size - 1, 2)) for size in kernel_size)
    spec = PoolSpec(
        draw(st.sampled_from(MODES)),
        kernel_size,
        draw(st.tuples(st.integers(1, 5), st.integers(1, 5))),
        draw(st.tuples(high, high, wide, wide)),
        draw(st.booleans()),
        draw(st.booleans()),
    )
    shape = (draw(st.integers(1, 2)), draw(st.integers(1, 8)), draw(st.integers(1, 8)))
    try:
        spec.output_shape(shape)
    except ShapeError:
        assume(False)
    return spec, (*shape, draw(st.integers(1, 3)))


@settings(max_examples=300, deadline=None)
@given(pools(), st.integers(0, 1000))
def test_equal_to_plain_loops(case, seed):
    spec, shape = case
    rng = np.random.default_rng(seed)
    x = rng.integers(-2, 3, shape).astype(float)  # few values, so that many are equal
    layer = Pool(spec, shape[:3])
    dy = rng.integers(-9, 10, (*spec.output_shape(shape[:3]), shape[3])).astype(float)
    y, dx = naive_images.pool(
        x, lambda made: dy.reshape(made), spec.mode, spec.count_include_pad,
        kernel_size=spec.kernel_size, stride=spec.stride, padding=spec.padding,
        ceil_mode=spec.ceil_mode,
    )  # fmt: skip
    np.testing.assert_allclose(layer.forward(x), y, rtol=1e-14)
    np.testing.assert_allclose(layer.forward(x, LEARN), y, rtol=1e-14)
    np.testing.assert_allclose(layer.backward(dy), dx, rtol=1e-14, atol=1e-14)


CASES = {
    "side by side": PoolSpec("max", 2),
    "overlapping": PoolSpec("max", 3, 2),
    "padded": PoolSpec("max", 3, 2, 1),
    "uneven sides": PoolSpec("max", (2, 3), (1, 2), (1, 0, 0, 2)),
    "rounded up": PoolSpec("max", (2, 3), ceil_mode=True),
    "gaps": PoolSpec("max", 2, 3),
    "the whole picture": PoolSpec("max"),
}


@pytest.mark.parametrize("mode", [*MODES, "average with padding"])
@pytest.mark.parametrize("case", CASES)
def test_gradients(case, mode):
    plain = CASES[case]
    spec = PoolSpec(mode.split()[0], plain.kernel_size, plain.stride, plain.padding,
                    plain.ceil_mode, count_include_pad=" " in mode)  # fmt: skip
    rng = np.random.default_rng(4)
    # Every value apart from all others by far more than the step of the differences.
    x = rng.permutation(2 * 7 * 8 * 3).reshape(2, 7, 8, 3) / 100
    layer = Pool(spec, x.shape[:3])
    dy = rng.normal(size=layer.forward(x, LEARN).shape)
    numeric = numeric_gradient(lambda: (layer.forward(x) * dy).sum(), x)
    layer.forward(x, LEARN)
    assert_close(layer.backward(dy), numeric)


def test_of_equal_values_the_first_in_reading_order_gets_the_gradient():
    x = np.array([[5, 1, 1, 7], [5, 5, 7, 7.0]]).reshape(1, 2, 4, 1)
    for sign, mode in ((1, "max"), (-1, "min")):
        layer = Pool(PoolSpec(mode, 2), (1, 2, 4))
        y = layer.forward(sign * x, LEARN)
        np.testing.assert_array_equal(y.ravel(), [sign * 5, sign * 7])
        np.testing.assert_array_equal(
            layer.backward(np.array([3.0, 4]).reshape(y.shape))[0, :, :, 0],
            [[3, 0, 0, 4], [0, 0, 0, 0]],
        )


def test_the_minimum_is_minus_the_maximum_of_minus_x():
    x = np.random.default_rng(0).normal(size=(2, 3, 7, 7))

    def run(mode, inputs):
        return Network(NetworkSpec((3, 7, 7), (PoolSpec(mode, 3, 2, 1),))).forward(inputs)

    np.testing.assert_array_equal(run("min", x), -run("max", -x))


def test_padding_never_wins_and_does_not_thin_the_average():
    x = -np.ones((1, 1, 2, 2))
    for mode, count, corner in (
        ("max", False, -1), ("min", False, -1), ("average", False, -1), ("average", True, -1 / 4),
    ):  # fmt: skip
        spec = NetworkSpec((1, 2, 2), (PoolSpec(mode, 2, 2, 1, count_include_pad=count),))
        np.testing.assert_array_equal(Network(spec).forward(x), np.full((1, 1, 2, 2), corner))


def test_what_lies_beyond_the_padding_never_counts():
    spec = NetworkSpec(
        (1, 3, 3), (PoolSpec("average", 2, 2, ceil_mode=True, count_include_pad=True),)
    )
    averages = Network(spec).forward(np.arange(9.0).reshape(1, 1, 3, 3))[0, 0]
    np.testing.assert_array_equal(averages, [[2, 3.5], [6.5, 8]])


def test_memory_that_held_another_batch_does_not_show():
    rng, new = np.random.default_rng(6), Buffers()
    grid = sliding((5, 5), (3, 3), (3, 3), (2, 2), (1, 1, 1, 1))
    share = average_share(grid)
    for n in (4, 2, 4):
        x, dy = rng.normal(size=(2, 5, 5, n)), rng.normal(size=(2, 3, 3, n))
        y, cache = extreme_pool_forward(x, grid, "max", new)
        expected, fresh_cache = extreme_pool_forward(x, grid, "max")
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_array_equal(
            extreme_pool_backward(dy, cache, new), extreme_pool_backward(dy, fresh_cache)
        )
        y, cache = average_pool_forward(x, grid, share, new)
        np.testing.assert_array_equal(y, average_pool_forward(x, grid, share)[0])
        np.testing.assert_array_equal(
            average_pool_backward(dy, cache, new), average_pool_backward(dy, cache)
        )


@pytest.mark.parametrize("mode", MODES)
def test_a_large_batch_is_worked_on_in_pieces(mode):
    """More elements than are chosen at once: the same as sample by sample."""
    x = np.random.default_rng(8).normal(size=(5, 30, 30, 100)).astype(np.float32)
    layer = Pool(PoolSpec(mode, 2), (5, 30, 30))
    whole = layer.forward(x, LEARN).copy()
    dx = layer.backward(whole).copy()
    for n in (0, 57, 99):
        y = layer.forward(x[..., n : n + 1], LEARN)
        np.testing.assert_array_equal(y, whole[..., n : n + 1])
        np.testing.assert_array_equal(layer.backward(y), dx[..., n : n + 1])


@pytest.mark.parametrize("bad", [
    np.zeros((5, 5, 3)), np.zeros((2, 4, 5, 3)), np.zeros((2, 5, 5, 0)), np.zeros((0, 5, 5, 1)),
])  # fmt: skip
def test_bad_pictures_are_explained(bad):
    grid = sliding((5, 5), (2, 2), (2, 2), (2, 2))
    for run in (
        lambda: extreme_pool_forward(bad, grid, "max"),
        lambda: extreme_pool(bad, grid, "max"),
        lambda: average_pool_forward(bad, grid, average_share(grid)),
    ):
        with pytest.raises(ValueError, match=r"pictures must be \(C, 5, 5, N\)"):
            run()


def test_an_average_of_padding_alone_is_refused():
    with pytest.raises(ValueError, match="sees only padding"):
        average_share(sliding((3, 3), (2, 2), (3, 3), (2, 2), (2, 1, 2, 1)))
