"""The drawing pad: what the page sends is taken as pixels, or refused in words."""

import base64

import pytest

from app.playground.views import DrawingPad


def test_a_blank_pad_is_all_paper():
    assert DrawingPad(side=4).cells == bytes(16)


def test_a_drawing_goes_there_and_back():
    pad = DrawingPad(side=2)
    pad.show(bytes([0, 1, 1, 0]))
    assert pad.pixels == base64.b64encode(bytes([0, 1, 1, 0])).decode()
    assert pad.cells == bytes([0, 1, 1, 0])


@pytest.mark.parametrize(
    ("pixels", "problem"),
    [("####", "draw it again"), ("AAA=", "2 × 2 pixels"), ("AAECAw==", "in 2 colours")],
)
def test_what_is_no_drawing_of_the_pad_is_refused(pixels, problem):
    pad = DrawingPad(side=2, pixels=pixels)
    with pytest.raises(ValueError, match=problem):
        _ = pad.cells


def test_each_message_is_counted_once_handled_even_when_it_fails():
    def fail(message):
        raise ValueError(message["type"])

    pad = DrawingPad(fail)
    with pytest.raises(ValueError, match="draw"):
        pad._handle_msg({"type": "draw"})
    assert pad.handled == 1
    pad.receive = None
    pad._handle_msg({"type": "draw"})
    assert pad.handled == 2
