"""Convolution: the same numbers as plain loops, whatever the geometry, and exact gradients."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.buffers import Buffers
from core.functional.conv import conv2d_backward, conv2d_forward
from core.functional.sliding import sliding
from core.layers.images import grid_of
from core.network import Network
from core.spec import Conv2dSpec, NetworkSpec, ShapeError
from tests.core import naive_images
from tests.core.gradcheck import assert_close, numeric_gradient

pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
paddings = st.one_of(
    st.sampled_from(["valid", "same", "full"]),
    st.tuples(*[st.integers(0, 3)] * 4),
)


@st.composite
def convolutions(draw):
    """A description and the shape of its input, the batch last."""
    groups = draw(st.integers(1, 3))
    spec = Conv2dSpec(
        groups * draw(st.integers(1, 2)),
        draw(st.tuples(st.integers(1, 4), st.integers(1, 4))),
        draw(pairs),
        draw(paddings),
        draw(pairs),
        groups,
        flip=draw(st.booleans()),
    )
    channels = groups * draw(st.integers(1, 2))
    shape = (channels, draw(st.integers(1, 8)), draw(st.integers(1, 8)))
    try:
        spec.output_shape(shape)
    except ShapeError:
        assume(False)
    return spec, (*shape, draw(st.integers(1, 3)))


def whole(rng, shape):
    """Whole numbers, with which sums and products are exact in any order."""
    return rng.integers(-9, 10, shape).astype(float)


@settings(max_examples=300, deadline=None)
@given(convolutions(), st.integers(0, 1000))
def test_equal_to_plain_loops(case, seed):
    spec, shape = case
    rng = np.random.default_rng(seed)
    x, bias = whole(rng, shape), whole(rng, spec.out_channels)
    weight = whole(rng, spec.parameter_shapes(shape[:3])["weight"])
    geometry = {name: getattr(spec, name)
                for name in ("stride", "padding", "dilation", "groups", "flip")}  # fmt: skip
    y, cache = conv2d_forward(x, weight, bias, grid_of(spec, shape[:3]), spec.groups)
    units = spec.output_shape(shape[:3])[1:]
    np.testing.assert_array_equal(y, naive_images.conv2d(x, weight, bias, units, **geometry))
    dy = whole(rng, y.shape)
    gradients = conv2d_backward(dy, cache)
    expected = naive_images.conv2d_gradients(dy, x, weight, **geometry)
    for ours, naive in zip(gradients, expected, strict=True):
        np.testing.assert_array_equal(ours, naive)


CASES = {
    "valid": ((3, 7, 6, 2), Conv2dSpec(4, 3)),
    "one number": ((2, 5, 6, 2), Conv2dSpec(3, 3, padding=1)),
    "two numbers": ((2, 5, 6, 2), Conv2dSpec(3, (2, 3), padding=(2, 0))),
    "four sides": ((2, 5, 6, 2), Conv2dSpec(3, 3, padding=(0, 2, 1, 3))),
    "same": ((2, 5, 6, 2), Conv2dSpec(3, (3, 4), padding="same")),
    "same, strided": ((2, 6, 7, 2), Conv2dSpec(3, 3, (2, 3), padding="same")),
    "full": ((2, 4, 5, 2), Conv2dSpec(3, 3, padding="full")),
    "rows left over": ((1, 8, 9, 2), Conv2dSpec(2, 3, stride=(3, 4))),
    "dilation": ((2, 9, 8, 2), Conv2dSpec(2, (3, 2), dilation=(2, 3), padding=1)),
    "groups": ((4, 5, 5, 2), Conv2dSpec(6, 3, groups=2)),
    "depth-wise": ((3, 5, 5, 2), Conv2dSpec(6, 3, padding=1, groups=3)),
    "1x1": ((4, 3, 3, 2), Conv2dSpec(2, 1)),
    "1x1, strided": ((4, 5, 5, 2), Conv2dSpec(2, 1, stride=2)),
    "flip": ((2, 5, 5, 2), Conv2dSpec(3, (3, 2), stride=(1, 2), padding=1, flip=True)),
    "only padding": ((1, 1, 1, 1), Conv2dSpec(1, 2, stride=3, padding=3)),
}


@pytest.mark.parametrize("tensor", ["x", "weight", "bias"])
@pytest.mark.parametrize("case", CASES)
def test_gradients(case, tensor):
    shape, spec = CASES[case]
    rng = np.random.default_rng(3)
    arrays = {"x": rng.normal(size=shape)}
    for name, size in spec.parameter_shapes(shape[:3]).items():
        arrays[name] = rng.normal(size=size)
    grid = grid_of(spec, shape[:3])
    y, cache = conv2d_forward(**arrays, grid=grid, groups=spec.groups)
    dy = rng.normal(size=y.shape)
    gradients = dict(zip(arrays, conv2d_backward(dy, cache), strict=True))

    def value():
        return (conv2d_forward(**arrays, grid=grid, groups=spec.groups)[0] * dy).sum()

    assert_close(gradients[tensor], numeric_gradient(value, arrays[tensor]))


IMAGE = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
KERNEL = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]


def convolve(image, kernel, **options):
    spec = Conv2dSpec(1, np.shape(kernel), bias=False, **options)
    network = Network(NetworkSpec((1, *np.shape(image)), (spec,)))
    network.view("layers.0.weight")[0, 0] = kernel
    return network.forward(np.array([[image]]))[0, 0]


def test_the_lectures_example():
    np.testing.assert_array_equal(convolve(IMAGE, KERNEL), [[4, 3, 4], [2, 4, 3], [2, 3, 4]])


def test_a_true_convolution_reads_the_kernel_from_its_end():
    image = np.zeros((3, 3))
    image[1, 1] = 1
    kernel = np.arange(1, 10).reshape(3, 3)
    # A single bright pixel draws the kernel, or its mirror image without the flip.
    np.testing.assert_array_equal(convolve(image, kernel, padding=1, flip=True), kernel)
    np.testing.assert_array_equal(convolve(image, kernel, padding=1), kernel[::-1, ::-1])


def test_same_with_an_even_kernel_puts_the_odd_zero_at_the_end():
    rows = convolve([[1, 2, 3]], [[1, 10]], padding="same")
    np.testing.assert_array_equal(rows, [[21, 32, 3]])


def test_padding_a_picture_of_5_to_6_gives_4():
    """A ring of zeros, 7 × 7, keeps 5 × 5; padding to 6 × 6 does so only for a 2 × 2 kernel."""
    assert convolve(IMAGE, KERNEL, padding=1).shape == (5, 5)
    assert convolve(IMAGE, KERNEL, padding=(0, 1, 0, 1)).shape == (4, 4)
    assert convolve(IMAGE, np.ones((2, 2)), padding=(0, 1, 0, 1)).shape == (5, 5)


def prepared(dtype=float):
    rng = np.random.default_rng(5)
    x, weight = rng.normal(size=(2, 5, 5, 3)), rng.normal(size=(4, 2, 3, 3))
    grid = grid_of(Conv2dSpec(4, 3, padding=1), (2, 5, 5))
    return x.astype(dtype), weight.astype(dtype), np.zeros(4, dtype), grid


def test_the_gradient_by_the_input_is_left_out_when_nobody_asks():
    x, weight, bias, grid = prepared()
    dy = np.ones((4, 5, 5, 3))
    with_dx = conv2d_backward(dy, conv2d_forward(x, weight, bias, grid)[1])
    without = conv2d_backward(dy, conv2d_forward(x, weight, bias, grid)[1], needs_dx=False)
    assert without[0] is None
    for ours, expected in zip(without[1:], with_dx[1:], strict=True):
        np.testing.assert_array_equal(ours, expected)


def test_gradients_go_into_the_arrays_that_are_given():
    x, weight, bias, grid = prepared()
    flat = np.full(weight.size + bias.size, np.nan)
    dweight, dbias = flat[: weight.size].reshape(weight.shape), flat[weight.size :]
    _, cache = conv2d_forward(x, weight, bias, grid)
    expected = conv2d_backward(np.ones((4, 5, 5, 3)), cache)
    _, cache = conv2d_forward(x, weight, bias, grid)
    conv2d_backward(np.ones((4, 5, 5, 3)), cache, dweight, dbias)
    np.testing.assert_array_equal(flat, np.concatenate([expected[1].ravel(), expected[2]]))


def test_memory_that_held_another_batch_does_not_show():
    x, weight, bias, grid = prepared()
    new = Buffers()
    for batch in (x, 9 + x[..., :2], x):
        y, cache = conv2d_forward(batch, weight, bias, grid, new=new)
        expected, fresh_cache = conv2d_forward(batch, weight, bias, grid)
        np.testing.assert_array_equal(y, expected)
        dx = conv2d_backward(np.ones_like(y), cache, new=new)[0]
        np.testing.assert_array_equal(dx, conv2d_backward(np.ones_like(y), fresh_cache)[0])


def test_single_precision_stays_single():
    x, weight, bias, grid = prepared(np.float32)
    y, cache = conv2d_forward(x, weight, bias, grid)
    assert [array.dtype for array in (y, *conv2d_backward(y, cache))] == [np.float32] * 4


BAD = {
    "a rank too few": ({"x": np.zeros((2, 5, 5))}, r"pictures must be \(C, 5, 5, N\)"),
    "another size": ({"x": np.zeros((2, 6, 5, 3))}, r"not \(2, 6, 5, 3\)"),
    "an empty batch": ({"x": np.zeros((2, 5, 5, 0))}, "at least 1"),
    "whole numbers": ({"x": np.zeros((2, 5, 5, 3), np.int64)}, "point numbers, not int64"),
    "too many channels": ({"x": np.zeros((3, 5, 5, 3))}, r"weight must be .* 3 / 1"),
    "another kernel": ({"weight": np.zeros((4, 2, 3, 2))}, r"not \(4, 2, 3, 2\)"),
    "groups that do not divide": ({"groups": 3}, "divisible by groups"),
    "a bias too short": ({"bias": np.zeros(3)}, r"bias must be \(4,\), not \(3,\)"),
    "two types": ({"weight": np.zeros((4, 2, 3, 3), np.float32)}, "float64 but weight is float32"),
}


@pytest.mark.parametrize(("changes", "words"), BAD.values(), ids=BAD)
def test_bad_input_is_explained(changes, words):
    x, weight, bias, grid = prepared()
    with pytest.raises(ValueError, match=words):
        conv2d_forward(**{"x": x, "weight": weight, "bias": bias, "grid": grid} | changes)


@pytest.mark.parametrize(("changes", "words"), [
    ({"kernel_size": (0, 3)}, "at least 1"),
    ({"stride": (1, -1)}, "at least 1"),
    ({"dilation": (0, 1)}, "at least 1"),
    ({"padding": (0, 0, -1, 0)}, "padding at least 0"),
    ({"kernel_size": (6, 3)}, "spans 6 pixels does not fit into 5"),
])  # fmt: skip
def test_a_bad_geometry_is_explained(changes, words):
    good = {"size": (5, 5), "kernel_size": (3, 3), "units": (3, 3)}
    with pytest.raises(ValueError, match=words):
        sliding(**good | changes)
