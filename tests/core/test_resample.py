"""Pictures at other sizes: against loops over pixels, and what must stay as it was."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.data.augment import Augmentation, augment
from core.data.resample import METHODS, fit, pad, resize, warp

sides = st.integers(1, 9)
methods = st.sampled_from(sorted(METHODS))
pictures = st.tuples(sides, sides).flatmap(lambda s: arrays(float, s, elements=st.floats(0, 1)))


def sample(image, y, x):
    """One bilinear value, by hand: the four pixels around, those beyond the edge being the edge."""
    height, width = image.shape
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    top, left = int(y), int(x)
    low, right = min(top + 1, height - 1), min(left + 1, width - 1)
    above = image[top, left] + (x - left) * (image[top, right] - image[top, left])
    below = image[low, left] + (x - left) * (image[low, right] - image[low, left])
    return above + (y - top) * (below - above)


def covered(image, top, bottom, left, right):
    """The mean of a picture over a rectangle, pixel by pixel."""
    total = 0.0
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            tall = max(0, min(bottom, y + 1) - max(top, y))
            total += image[y, x] * tall * max(0, min(right, x + 1) - max(left, x))
    return total / ((bottom - top) * (right - left))


def naive(image, height, width, method):
    up, along = image.shape[0] / height, image.shape[1] / width
    new = np.empty((height, width))
    for i in range(height):
        for j in range(width):
            y, x = (i + 0.5) * up, (j + 0.5) * along
            if method == "nearest":
                new[i, j] = image[math.floor(y), math.floor(x)]
            elif method == "bilinear":
                new[i, j] = sample(image, y - 0.5, x - 0.5)
            else:
                new[i, j] = covered(image, i * up, (i + 1) * up, j * along, (j + 1) * along)
    return new


@settings(deadline=None)
@given(pictures, sides, sides, methods)
def test_resizing_equals_loops_over_pixels(image, height, width, method):
    expected = naive(image, height, width, method)
    np.testing.assert_allclose(resize(image, height, width, method), expected, atol=1e-12)


@settings(deadline=None)
@given(st.floats(0, 1), sides, sides, sides, sides, methods)
def test_a_constant_stays_what_it_is(value, height, width, new_height, new_width, method):
    image = np.full((2, height, width), value)
    again = resize(image, new_height, new_width, method)
    np.testing.assert_allclose(again, value, atol=1e-14)


@settings(deadline=None)
@given(pictures, st.integers(1, 5), methods)
def test_at_a_whole_multiple_of_the_size_the_mean_stays(image, times, method):
    larger = resize(image, image.shape[0] * times, image.shape[1] * times, method)
    assert larger.mean() == pytest.approx(image.mean(), abs=1e-13)


@settings(deadline=None)
@given(pictures, sides, sides)
def test_by_area_the_mean_stays_at_any_size(image, height, width):
    assert resize(image, height, width, "area").mean() == pytest.approx(image.mean(), abs=1e-13)


def test_the_same_size_changes_nothing_and_other_axes_stay():
    image = np.random.default_rng(0).random((2, 3, 5, 4))
    for method in METHODS:
        np.testing.assert_array_equal(resize(image, 5, 4, method), image)
        larger = resize(image, 7, 9, method)
        np.testing.assert_allclose(larger[1, 2], resize(image[1, 2], 7, 9, method), rtol=1e-14)


def test_a_drawing_becomes_a_picture_like_those_of_the_digits():
    """As those were made: what is drawn fills the square, and a pixel is the ink in its block."""
    drawing = np.zeros((40, 50))
    drawing[3:35, 10:26] = np.random.default_rng(1).random((32, 16)) < 0.5
    drawing[3, 10] = drawing[34, 25] = 1  # the corners of what is drawn
    square = np.zeros((32, 32))
    square[:, 8:24] = drawing[3:35, 10:26]
    blocks = square.reshape(8, 4, 8, 4).mean(axis=(1, 3))
    np.testing.assert_allclose(fit(drawing, 8), blocks, atol=1e-14)
    with_margin = fit(drawing, 16, margin=4)
    np.testing.assert_allclose(with_margin, pad(blocks, 4), atol=1e-14)
    np.testing.assert_array_equal(fit(np.zeros((9, 9)), 8), np.zeros((8, 8)))


def eye(n):
    return np.broadcast_to(np.eye(2), (n, 2, 2))


def test_warping_by_nothing_changes_nothing_and_whole_shifts_are_exact():
    images = np.random.default_rng(2).random((3, 2, 5, 6))
    np.testing.assert_allclose(warp(images, eye(3), np.zeros((3, 2))), images, atol=1e-14)
    shifted = warp(images, eye(3), np.array([[1.0, 0], [0, -2], [9, 0]]))
    expected = np.zeros_like(images)
    expected[0, :, :-1] = images[0, :, 1:]
    expected[1, :, :, 2:] = images[1, :, :, :-2]
    np.testing.assert_allclose(shifted, expected, atol=1e-14)


@settings(deadline=None)
@given(st.floats(-3, 3), st.floats(-3, 3), arrays(float, (2, 2), elements=st.floats(-2, 2)))
def test_warping_equals_a_loop_over_pixels(down, right, matrix):
    image = np.random.default_rng(3).random((4, 5))
    warped = warp(image[None, None], matrix[None], np.array([[down, right]]))[0, 0]
    around = pad(image, 40)
    for y in range(4):
        for x in range(5):
            old = matrix @ (y - 1.5, x - 2.0) + (down + 1.5, right + 2.0)
            assert warped[y, x] == pytest.approx(sample(around, *(old + 40)), abs=1e-10)


def test_augmenting_by_nothing_changes_nothing():
    images = np.random.default_rng(4).random((3, 1, 6, 6))
    still = augment(images, Augmentation(0, 0, 0, 0), np.random.default_rng(0))
    np.testing.assert_allclose(still, images, atol=1e-14)


def test_augmenting_draws_anew_for_each_picture_and_the_same_from_the_same_seed():
    images = np.repeat(np.random.default_rng(5).random((1, 3, 8, 8)), 4, axis=0)
    how = Augmentation(1, 10, 0.1, 0.02)
    first, again = (augment(images, how, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert len({picture.tobytes() for picture in first}) == 4
    assert first.min() >= 0
    assert first.max() <= 1


class Fixed:
    """Stands in for a generator: every uniform draw is the upper bound."""

    def uniform(self, low, high, size):
        return np.full(size, high, float)


def test_what_is_augmented_goes_where_it_is_said_to_go():
    dot = np.zeros((1, 1, 9, 9))
    dot[0, 0, 4, 7] = 1  # three to the right of the centre
    turned = augment(dot, Augmentation(0, 90, 0), Fixed())
    assert np.argwhere(turned[0, 0] > 0.99).tolist() == [[1, 4]]  # anti-clockwise: now above it
    shifted = augment(dot, Augmentation(1, 0, 0), Fixed())
    assert np.argwhere(shifted[0, 0] > 0.99).tolist() == [[5, 8]]
    bar = np.zeros((1, 1, 9, 9))
    bar[0, 0, 2:7, 2:7] = 1
    scaled = augment(bar, Augmentation(0, 0, 0.5), Fixed())
    assert scaled.sum() == pytest.approx(1.5**2 * bar.sum(), rel=0.05)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: resize(np.zeros(3), 2, 2), r"shape of the image is \(3,\)"),
        (lambda: resize(np.zeros((0, 3)), 2, 2), "each at least 1"),
        (lambda: resize(np.zeros((3, 3)), 0, 2), "height is 0"),
        (lambda: resize(np.zeros((3, 3)), 2, 10**9), "width is"),
        (lambda: resize(np.zeros((3, 3)), 2, 2, "cubic"), "nearest, bilinear, area"),
        (lambda: pad(np.zeros((3, 3)), -1), "margin is -1"),
        (lambda: fit(np.zeros((1, 3, 3)), 8), "height, width"),
        (lambda: fit(np.zeros((3, 3)), 8, 4), "margin is 4"),
        (lambda: warp(np.zeros((3, 3)), eye(1), np.zeros((1, 2))), "n, C, H, W"),
        (lambda: warp(np.zeros((2, 1, 3, 3)), eye(1), np.zeros((2, 2))), r"\(2, 2, 2\)"),
        (lambda: warp(np.zeros((2, 1, 3, 3)), eye(2), np.zeros((1, 2))), r"\(2, 2\)"),
        (lambda: Augmentation(shift=-1), "shift"),
        (lambda: Augmentation(rotation=math.nan), "rotation"),
        (lambda: Augmentation(scale=1), "scale"),
        (lambda: Augmentation(noise=2), "noise"),
    ],
)
def test_what_cannot_be_done_says_why(call, words):
    with pytest.raises(ValueError, match=words):
        call()
