"""C5 without a page: fields of units, frames in every map, what counts, layers that change."""

import numpy as np
import pytest

from app.playground.chapters.images.field_state import KINDS, MAX_LAYERS
from tests.app.helpers import tell


def text(app, block):
    return app.stage.blocks[block]["text"]


def column(app, name):
    labels = [column["label"] for column in app.chapter.table.columns]
    return [row["values"][labels.index(name)] for row in app.chapter.table.rows]


def naive_fields(kernels, strides, dilations):
    """By walking back from one unit, window by window."""
    sizes = []
    for last in range(1, len(kernels) + 1):
        size = 1
        for k, s, d in reversed(list(zip(kernels[:last], strides, dilations, strict=False))):
            size = (size - 1) * s + d * (k - 1) + 1
        sizes.append(size)
    return sizes


@pytest.mark.parametrize(("kernels", "strides", "dilations"), [
    ([3, 3], [1, 1], [1, 1]), ([3, 3, 3], [1, 1, 1], [1, 2, 4]),
    ([5, 2, 3, 3], [2, 2, 1, 1], [1, 1, 1, 2]), ([7, 3], [4, 2], [1, 1]),
])  # fmt: skip
def test_fields_are_those_of_walking_back(open_app, kernels, strides, dilations):
    parts = {"k": kernels, "s": strides, "d": dilations, "p": [0] * len(kernels),
             "kinds": [0] * len(kernels)}  # fmt: skip
    query = "&".join(f"{key}={'~'.join(map(str, values))}" for key, values in parts.items())
    app = open_app(f"?chapter=c5&side=64&{query}")
    assert app.bridge.notices == []
    assert column(app, "sees") == naive_fields(kernels, strides, dilations)
    assert column(app, "jump") == np.cumprod(strides).tolist()


def test_a_unit_is_chosen_in_a_map_and_framed_in_all_before(open_app):
    app = open_app("?chapter=c5")
    tell(app.chapter.maps, "choose", path="4", channel=0, row=2, column=7)
    frames = {layer["path"]: layer["frame"] for layer in app.chapter.maps.layers}
    assert frames["4"] == [2, 7, 2, 7]
    assert frames["3"] == [2, 7, 4, 9]
    assert frames["2"] == [2, 7, 6, 11]
    assert frames["1"] == [4, 14, 13, 23]
    assert frames["input"] == app.chapter.pixels.frame == [4, 14, 17, 27]
    assert frames["5"] is None
    assert "sees 14 × 14 pixels: rows 5 to 18, columns 15 to 28" in text(app, 0)
    assert app.arithmetic.trail[0]["substituted"] == "10 + 2 × 2"
    assert "at=3~8" in app.bridge.address


@pytest.mark.parametrize("pool", range(len(KINDS)))
@pytest.mark.parametrize("weights", ["equal", "random"])
def test_only_what_is_framed_moves_a_unit(open_app, pool, weights):
    app = open_app(f"?chapter=c5&kinds=0~0~{pool}~0~0~{pool}&weights={weights}&layer=6&at=2~3")
    top, left, bottom, right = app.chapter.pixels.frame
    outside = app.chapter.unit.gradient.copy()
    outside[top : bottom + 1, left : right + 1] = 0
    assert app.chapter.unit.gradient.any()
    assert not outside.any()


def test_what_counts_opens_and_is_less_than_the_field(open_app):
    app = open_app("?chapter=c5")
    effective, sees = column(app, "effective"), column(app, "sees")
    assert effective[-1] < sees[-1]
    tell(app.chapter.table, "open", row="5", column=3)
    assert app.chapter.unit.layer == 6
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(column(app, "effective")[5])
    assert ["5", 3] in app.chapter.table.highlight


def test_the_place_of_the_field_opens(open_app):
    app = open_app("?chapter=c5&p=1~1~0~1~1~0&layer=5&at=1~1")
    rows = app.chapter.where.values
    assert rows[0][0] < 1
    for index in (0, 1):
        tell(app.chapter.where, "open", row=0, column=index)
        assert app.arithmetic.trail[-1]["result"] == rows[0][index]
    assert app.chapter.pixels.frame[:2] == [0, 0]


def test_a_gradient_is_opened_down_to_its_paths(open_app):
    app = open_app("?chapter=c5&layer=2&at=10~10")
    tell(app.chapter.pixels, "open", index=1, row=11, column=11)
    assert app.arithmetic.trail[-1]["result"] == pytest.approx(9 / 81)
    tell(app.chapter.pixels, "point", index=0, row=0, column=0)
    assert app.chapter.pixels.texts[1] == "∂y/∂x 0"


def test_layers_are_added_changed_and_removed(open_app):
    app = open_app("?chapter=c5&layer=1")
    tell(app.controls, "press", name="remove")
    assert app.chapter.state.count == MAX_LAYERS - 1
    tell(app.controls, "press", name="add")
    assert column(app, "sees")[1] == 5
    tell(app.controls, "set", name="kernel", value=5)
    tell(app.controls, "set", name="stride", value=2)
    assert column(app, "jump")[0] == 2
    assert column(app, "sees")[0] == 5
    tell(app.transport, "undo")
    tell(app.transport, "reset")
    assert column(app, "sees") == [3, 5, 6, 10, 14, 16]


def test_what_does_not_fit_is_refused_in_words_and_nothing_changes(open_app):
    app = open_app("?chapter=c5&side=16&kinds=0~0&k=7~7&s=1~1&p=0~0&d=1~1&layer=1")
    before = app.chapter.table.rows
    tell(app.controls, "set", name="stride", value=2)
    assert "does not fit" in app.controls.errors["stride"]
    assert app.chapter.table.rows == before
    assert app.chapter.state.strides == [1, 1]
    tell(app.controls, "set", name="kind", value=1)
    tell(app.controls, "set", name="kernel", value=2)
    tell(app.controls, "set", name="padding", value=2)
    assert "less than the kernel_size" in app.controls.errors["padding"]


def test_lists_of_unlike_lengths_are_cut_to_the_shortest(open_app):
    app = open_app("?chapter=c5&k=3~3&layer=6&at=60~60")
    assert app.chapter.unit.layer == 2
    assert app.chapter.unit.place == (27, 27)
    tell(app.controls, "press", name="remove")
    assert app.chapter.state.kinds == [0]


def test_going_deeper_walks_through_the_layers(open_app):
    app = open_app("?chapter=c5&layer=1")
    sees = []
    for _ in range(MAX_LAYERS):
        sees.append(app.transport.counters[1]["value"])
        tell(app.transport, "step", id="next")
    assert sees == [f"{n} × {n}" for n in (3, 5, 6, 10, 14, 16)]
    tell(app.transport, "step", id="back")
    assert app.chapter.unit.layer == 5
