"""Colours from one set of planes to another: known colours, the standard library, round trips."""

import colorsys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.data.colour import (
    cmyk_to_rgb,
    grey_to_rgb,
    hsv_to_rgb,
    rgb_to_cmyk,
    rgb_to_grey,
    rgb_to_hsv,
)

levels = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0]))
pictures = arrays(float, (3, 2, 2), elements=levels)


def plane(*values):
    """A picture of one pixel."""
    return np.array(values, float)[:, None, None]


KNOWN = [  # R, G, B; H, S, V; C, M, Y, K; grey
    ((0, 0, 0), (0, 0, 0), (0, 0, 0, 1), 0),
    ((1, 1, 1), (0, 0, 1), (0, 0, 0, 0), 1),
    ((1, 0, 0), (0, 1, 1), (0, 1, 1, 0), 0.299),
    ((0, 1, 0), (1 / 3, 1, 1), (1, 0, 1, 0), 0.587),
    ((0, 0, 1), (2 / 3, 1, 1), (1, 1, 0, 0), 0.114),
    ((1, 1, 0), (1 / 6, 1, 1), (0, 0, 1, 0), 0.886),
    ((1, 0, 1), (5 / 6, 1, 1), (0, 1, 0, 0), 0.413),
    ((0.5, 0.25, 0.25), (0, 0.5, 0.5), (0, 0.5, 0.5, 0.5), 0.32475),
]


@pytest.mark.parametrize(("rgb", "hsv", "cmyk", "grey"), KNOWN)
def test_known_colours(rgb, hsv, cmyk, grey):
    np.testing.assert_allclose(rgb_to_hsv(plane(*rgb)), plane(*hsv), atol=1e-15)
    np.testing.assert_allclose(hsv_to_rgb(plane(*hsv)), plane(*rgb), atol=1e-15)
    np.testing.assert_allclose(rgb_to_cmyk(plane(*rgb)), plane(*cmyk), atol=1e-15)
    np.testing.assert_allclose(cmyk_to_rgb(plane(*cmyk)), plane(*rgb), atol=1e-15)
    np.testing.assert_allclose(rgb_to_grey(plane(*rgb)), plane(grey), atol=1e-15)


@settings(deadline=None)
@given(pictures)
def test_colours_come_back_from_hsv_and_from_cmyk(image):
    np.testing.assert_allclose(hsv_to_rgb(rgb_to_hsv(image)), image, atol=1e-12)
    np.testing.assert_allclose(cmyk_to_rgb(rgb_to_cmyk(image)), image, atol=1e-12)


@settings(deadline=None)
@given(pictures)
def test_hsv_is_that_of_the_standard_library(image):
    ours = rgb_to_hsv(image)
    for y, x in np.ndindex(2, 2):
        theirs = colorsys.rgb_to_hsv(*image[:, y, x])
        distance = abs(ours[0, y, x] - theirs[0])
        assert min(distance, 1 - distance) < 1e-9  # hues lie on a circle
        np.testing.assert_allclose(ours[1:, y, x], theirs[1:], atol=1e-12)
        assert 0 <= ours[0, y, x] < 1


@settings(deadline=None)
@given(pictures)
def test_a_grey_stays_a_grey(image):
    grey = rgb_to_grey(image)
    np.testing.assert_allclose(rgb_to_grey(grey_to_rgb(grey)), grey, atol=1e-15)
    assert (rgb_to_hsv(grey_to_rgb(grey))[:2] == 0).all()


def test_batches_are_converted_picture_by_picture():
    images = np.random.default_rng(0).random((4, 3, 5, 6))
    for convert in (rgb_to_grey, rgb_to_hsv, rgb_to_cmyk):
        single = np.stack([convert(image) for image in images])
        np.testing.assert_array_equal(convert(images), single)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rgb_to_hsv(np.zeros((4, 2, 2))), r"RGB picture is \(4, 2, 2\)"),
        (lambda: rgb_to_grey(np.zeros((3, 2))), r"\(\.\.\., 3, H, W\)"),
        (lambda: cmyk_to_rgb(np.zeros((3, 2, 2))), "CMYK"),
        (lambda: grey_to_rgb(np.zeros((3, 2, 2))), "grey"),
        (lambda: rgb_to_grey(np.full((3, 2, 2), 255.0)), "divided by 255"),
        (lambda: hsv_to_rgb(np.full((3, 2, 2), np.nan)), "outside 0 to 1"),
        (lambda: rgb_to_cmyk(np.full((3, 2, 2), -0.1)), "outside 0 to 1"),
    ],
)
def test_what_is_no_such_picture_says_why(call, words):
    with pytest.raises(ValueError, match=words):
        call()
