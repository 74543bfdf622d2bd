"""C1 without a page: planes of pictures, pixels opened and typed, drawings, the learner's own."""

import base64
import json

import numpy as np
import pytest

from app.playground.chapters.images.picture_state import (
    PAD,
    SPACES,
    PictureState,
    drawn_picture,
    packed,
    planes_of,
    unpacked,
)
from core.data.colour import rgb_to_cmyk, rgb_to_hsv
from core.data.digits import load_digits
from core.data.images import DRAWINGS, scattered
from tests.app.helpers import tell


def shown(app):
    """The pictures on the stage as arrays (H, W, 3), by name."""
    view = app.chapter.grids.pixels
    return {
        each["name"]: np.frombuffer(base64.b64decode(each["rgb"]), np.uint8).reshape(
            view.rows, view.columns, 3)
        for each in json.loads(view.pictures_text)
    }  # fmt: skip


def text(app, name):
    return next(b["text"] for b in app.stage.blocks if b.get("name") == name)


def send(app, picture, **changed):
    height, width, _ = picture.shape
    message = {"name": "tree.png", "height": height, "width": width, "original": [height, width],
               "rgb": base64.b64encode(picture.tobytes()).decode()}  # fmt: skip
    tell(app.chapter.input, "picture", **message | changed)


@pytest.mark.parametrize("name", [*DRAWINGS, "digit", "drawing", "file"])
def test_the_planes_of_red_green_and_blue_make_the_picture(open_app, name):
    pictures = shown(open_app(f"?chapter=c1&picture={name}"))
    assert list(pictures) == ["Picture", "Red", "Green", "Blue"]
    parts = [pictures["Red"], pictures["Green"], pictures["Blue"]]
    np.testing.assert_array_equal(sum(part.astype(int) for part in parts), pictures["Picture"])


@pytest.mark.parametrize("space", SPACES)
def test_every_plane_opens_at_the_pixel_that_is_pressed(open_app, space):
    app = open_app(f"?chapter=c1&picture=wheel&in={space}")
    for index, name in enumerate(SPACES[space], 1):
        tell(app.chapter.grids.pixels, "open", index=index, row=8, column=20)
        assert app.arithmetic.trail[-1]["ref"] == {"tensor": f"pixel.{name}", "index": [8, 20]}
        assert app.chapter.state.at == [9, 21]
        opened = app.arithmetic.trail[-1]["result"]
        grid = app.chapter.grids.patch.grid
        row, column = grid.windows[0][:2]
        assert grid.values[row][column] == pytest.approx(opened)
    assert f"plane={len(SPACES[space])}" in app.bridge.address or len(SPACES[space]) == 1


def test_planes_are_those_of_the_core():
    picture = PictureState(picture="wheel").source(None)
    share = picture / 255
    for space, expected in (("hsv", rgb_to_hsv(share)), ("cmyk", rgb_to_cmyk(share))):
        np.testing.assert_array_equal(list(planes_of(picture, space).values()), expected)


def test_pointing_shows_a_pixel_and_leaving_goes_back(open_app):
    app = open_app("?chapter=c1")
    before = app.chapter.grids.pixel.values
    tell(app.chapter.grids.pixels, "point", index=0, row=0, column=0)
    assert app.chapter.grids.pixel.values[0][:3] == [140, 199, 242]
    assert app.transport.counters[0]["value"] == "1, 1"
    tell(app.chapter.grids.pixels, "leave", index=0, row=0, column=0)
    assert app.chapter.grids.pixel.values == before


def test_a_typed_number_changes_the_pixel_and_is_in_the_address(open_app):
    app = open_app("?chapter=c1&at=12~16")
    grid = app.chapter.grids.patch.grid
    row, column = grid.windows[0][:2]
    tell(grid, "edit", row=row, column=column, value=0.0)
    assert app.chapter.grids.rgb() == {"R": "0", "G": "61", "B": "51"}
    assert app.arithmetic.trail[-1]["result"] == 0
    assert "typed=12.16.0.0" in app.bridge.address
    again = open_app(app.bridge.address)
    np.testing.assert_array_equal(again.chapter.picture, app.chapter.picture)
    tell(grid, "edit", row=row, column=column, value=9.0)
    assert app.chapter.state.typed == ["12.16.0.9"]
    tell(app.transport, "reset")
    assert app.chapter.grids.rgb()["R"] == "184"


def test_what_is_typed_for_another_size_is_left_out(open_app):
    app = open_app("?chapter=c1&side=8&typed=20.20.0.255~0.1.0.255~1.1.2.999")
    assert app.chapter.picture[2, 0, 0] == 255


def test_shuffling_keeps_every_number(open_app):
    plain = open_app("?chapter=c1").chapter.picture
    app = open_app("?chapter=c1&shuffled=1")
    found = app.chapter.picture
    assert sorted(map(tuple, found.reshape(3, -1).T)) == sorted(map(tuple, plain.reshape(3, -1).T))
    assert (found != plain).any(axis=0).mean() > 0.5
    assert "random places" in text(app, "picture")
    assert not app.chapter.grids.patch.grid.editable


def test_pixels_are_scattered_alike_in_all_planes():
    image = np.arange(12).reshape(2, 2, 3)
    found = scattered(image, np.random.default_rng(1))
    np.testing.assert_array_equal(found[1] - found[0], np.full((2, 3), 6))


def test_a_digit_is_its_64_numbers(open_app):
    app = open_app("?chapter=c1&picture=digit&digit=5&hand=2&in=grey&at=1~1")
    images, labels = load_digits()
    image = images[np.flatnonzero(labels == 5)[1], 0]
    np.testing.assert_array_equal(app.chapter.picture[0], np.rint(255 * image))
    assert "8 × 8 pixels in 1 plane: 64 numbers" in text(app, "picture")


def test_a_drawing_is_in_the_address(open_app):
    app = open_app("?chapter=c1&picture=drawing")
    assert (app.chapter.picture == 255).all()
    cells = bytes([3] * 40 + [0] * (PAD**2 - 40))
    app.chapter.pad.show(cells)
    tell(app.chapter.pad, "draw")
    np.testing.assert_array_equal(app.chapter.picture, drawn_picture(cells))
    again = open_app(app.bridge.address)
    assert again.bridge.notices == []
    assert again.chapter.pad.cells == cells


def test_drawings_are_packed_without_loss():
    rng = np.random.default_rng(3)
    for colours in (1, 2, 12):
        cells = rng.integers(0, colours, PAD**2, np.uint8).tobytes()
        assert unpacked(packed(cells)) == cells
        assert len(packed(cells)) <= 2 * PAD**2
    assert PictureState(drawing=["a9999b9999"]).cells() == bytes(PAD**2)


def test_a_picture_of_ones_own_is_shown_and_outlives_python(open_app):
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    app = open_app("?chapter=c1&picture=file")
    assert "until you choose" in text(app, "picture")
    send(app, rgb, original=[500, 700])
    np.testing.assert_array_equal(shown(app)["Picture"], rgb)
    assert "500 × 700 pixels, 1,050,000 numbers, made smaller to 5 × 7" in app.chapter.input.note
    again = open_app(app.bridge.address, app.bridge.checkpoint)
    np.testing.assert_array_equal(shown(again)["Picture"], rgb)
    assert again.chapter.input.note == app.chapter.input.note


def test_drawings_and_pictures_of_ones_own_come_back_by_undo(open_app):
    app = open_app("?chapter=c1&picture=drawing")
    app.chapter.pad.show(bytes([3] * PAD**2))
    tell(app.bridge, "gesture")
    tell(app.chapter.pad, "draw")
    tell(app.transport, "undo")
    assert app.chapter.pad.cells == bytes(PAD**2)
    for value in (5, 9):
        tell(app.bridge, "gesture")
        send(app, np.full((2, 2, 3), value, np.uint8))
    tell(app.transport, "undo")
    assert (app.chapter.picture == 5).all()
    tell(app.transport, "undo")
    assert app.chapter.state.picture == "drawing"
    assert app.chapter.own.picture is None
    tell(app.transport, "redo")
    assert (app.chapter.picture == 5).all()


def test_a_picture_that_is_not_whole_is_refused_and_nothing_lost(open_app):
    app = open_app("?chapter=c1&picture=file")
    rgb = np.full((4, 4, 3), 7, np.uint8)
    send(app, rgb)
    for changed in ({"height": 5}, {"rgb": "####"}, {"height": 0}, {"height": 400}):
        send(app, rgb, **changed)
        assert "did not arrive whole" in app.bridge.notices[0]["text"]
        np.testing.assert_array_equal(shown(app)["Picture"], rgb)


def test_an_all_black_picture_is_said_to_be_one(open_app):
    app = open_app("?chapter=c1&picture=file&in=hsv&plane=1&at=1~1")
    send(app, np.zeros((2, 2, 3), np.uint8))
    assert "Black all over" in text(app, "picture")
    tell(app.chapter.grids.pixels, "open", index=1, row=0, column=0)
    assert "no hue" in app.arithmetic.trail[-1]["note"]


def test_an_8k_picture_is_99532800_numbers(open_app):
    app = open_app("?chapter=c1")
    row = next(row for row in app.chapter.sizes.table.rows if row["key"] == "8k")
    assert row["values"][3] == 99_532_800
    tell(app.chapter.sizes.table, "open", row="8k", column=3)
    assert app.arithmetic.trail[-1]["substituted"] == "4,320 × 7,680 × 3"
    lit = app.chapter.sizes.table.highlight
    assert ["8k", 3] in lit or ["own", 3] in lit
    tell(app.controls, "set", name="height", value=100)
    assert app.chapter.sizes.table.rows[-1]["values"][3] == 100 * 7680 * 3


def test_the_walk_goes_through_all_numbers_of_the_pixel(open_app):
    app = open_app("?chapter=c1")
    for _ in range(12):
        tell(app.transport, "step", id="next")
    assert app.arithmetic.trail[-1]["symbol"] == "Y"
    tell(app.transport, "step", id="back")
    assert app.arithmetic.trail[-1]["symbol"] == "M"
