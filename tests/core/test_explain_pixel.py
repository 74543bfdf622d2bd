"""The numbers of a pixel open, down to its bytes, and agree with the planes of whole pictures."""

import numpy as np
import pytest

from core.data.colour import rgb_to_cmyk, rgb_to_grey, rgb_to_hsv
from core.explain.picture_size import explain_size
from core.explain.pixel import SYMBOLS, explain_pixel, pixel_at
from core.explain.record import Ref

CORNERS = [[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)]


def picture():
    """Black, white, full colours, greys, equal maxima, and colours at random: (3, 8, 8)."""
    ties = [[90, 90, 10], [10, 90, 90], [90, 10, 90], [77, 77, 77]]
    drawn = np.random.default_rng(5).integers(0, 256, (52, 3))
    pixels = np.concatenate([CORNERS, ties, drawn])
    return pixels.T.reshape(3, 8, 8).astype(np.uint8)


def test_a_pixel_has_the_numbers_of_the_planes():
    image = picture()
    planes = np.concatenate([rgb_to_grey(image / 255) * 255, rgb_to_hsv(image / 255),
                             rgb_to_cmyk(image / 255)])  # fmt: skip
    planes[1] *= 360
    names = ("grey", "hue", "saturation", "value", "cyan", "magenta", "yellow", "black")
    for row, column in np.ndindex(8, 8):
        pixel = pixel_at(image, row, column)
        found = [pixel[name] for name in names]
        np.testing.assert_allclose(found, planes[:, row, column], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", SYMBOLS)
def test_every_number_opens_and_its_parts_open_in_turn(name):
    image = picture()
    for row, column in np.ndindex(8, 8):
        opened = explain_pixel(image, Ref(f"pixel.{name}", (row, column)))
        assert opened.result == pixel_at(image, row, column)[name]
        if opened.kind == "sum":
            total = sum(term.value for term in opened.terms)
            assert total == pytest.approx(opened.result, abs=1e-13)
        parts = [f for t in opened.terms for f in t.factors] + list(opened.arguments)
        for part in parts:
            if part.ref:
                assert explain_pixel(image, part.ref).result == part.value


def test_grey_is_written_out():
    image = np.array([200, 100, 50], np.uint8).reshape(3, 1, 1)
    opened = explain_pixel(image, Ref("pixel.grey", (0, 0)))
    assert opened.formula == "0.299 R + 0.587 G + 0.114 B"
    assert opened.substituted == "0.299 × 200 + 0.587 × 100 + 0.114 × 50"
    assert opened.result == pytest.approx(124.2)


def test_the_hue_of_orange():
    image = np.array([255, 128, 0], np.uint8).reshape(3, 1, 1)
    opened = explain_pixel(image, Ref("pixel.hue", (0, 0)))
    assert opened.result == pytest.approx(60 * 128 / 255)
    assert opened.formula == "60° · ((g − b) / d mod 6)"


def test_what_black_and_grey_have_not_is_said():
    image = np.zeros((3, 1, 1), np.uint8)
    for name in ("saturation", "cyan"):
        opened = explain_pixel(image, Ref(f"pixel.{name}", (0, 0)))
        assert opened.result == 0
        assert "0/0" in opened.note
    assert "no hue" in explain_pixel(image + 9, Ref("pixel.hue", (0, 0))).note


@pytest.mark.parametrize("at", [Ref("pixel.red", (8, 0)), Ref("pixel.alpha", (0, 0))])
def test_what_is_no_number_of_the_picture_is_refused(at):
    with pytest.raises(ValueError, match="no number of this picture"):
        explain_pixel(picture(), at)


def test_a_picture_of_8k_is_99532800_numbers():
    size = (4320, 7680, 3)
    opened = explain_size(Ref("size.numbers", size))
    assert opened.result == 99_532_800
    assert opened.substituted == "4,320 × 7,680 × 3"
    assert explain_size(Ref("size.floats", size)).result == 398_131_200
    for factor in opened.terms[0].factors:
        assert explain_size(factor.ref).result == factor.value
    with pytest.raises(ValueError, match="no number"):
        explain_size(Ref("size.weight", size))
