"""C4 without a page: sizes, padding, what is dropped, and what cannot be."""

import pytest

from tests.app.helpers import tell


def grid(app, kind):
    return app.chapter.grids.plane(kind, 0).grid


def size(app):
    values = grid(app, "output").values
    return len(values), len(values[0])


@pytest.mark.parametrize(("query", "expected"), [
    ("", (3, 3)), ("pad=own&sides=0~1~0~1", (4, 4)), ("pad=own&sides=1~1~1~1", (5, 5)),
    ("pad=own&sides=0~1~0~1&kh=2&kw=2&k=1~0~0~1", (5, 5)), ("pad=same", (5, 5)),
    ("pad=full", (7, 7)), ("picture=step&sv=2&sh=2", (2, 2)), ("picture=square&sv=3", (2, 5)),
    ("picture=square&dv=2&dh=2", (3, 3)), ("picture=digit&sv=2&sh=3&pad=own&sides=1~0~2~0", (4, 3)),
])  # fmt: skip
def test_the_size_is_that_of_the_formula_and_opens(open_app, query, expected):
    app = open_app(f"?chapter=c4&{query}")
    assert app.bridge.notices == []
    assert size(app) == expected
    for axis, row in enumerate(app.chapter.sizes.values):
        n, before, after, k, d, s, left, places = row
        assert places == expected[axis] == (n + before + after - d * (k - 1) - 1) // s + 1
        assert left == (n + before + after - d * (k - 1) - 1) % s
        tell(app.chapter.sizes, "open", row=axis, column=7)
        assert app.arithmetic.trail[-1]["result"] == places
        assert app.chapter.sizes.highlight == [[axis, 7]]


def test_what_no_place_reads_is_hatched_and_padding_is_marked(open_app):
    app = open_app("?chapter=c4&picture=step&sv=2&sh=2")
    dropped = [at for at, mark in grid(app, "image").marks.items() if mark == "dropped"]
    assert len(dropped) == 11
    assert {"5,0", "0,5", "5,5"} <= set(dropped)
    tell(app.controls, "set", name="left", value=1)
    assert app.chapter.state.padding == "own"
    marks = grid(app, "image").marks
    assert marks["0,0"] == "padding"
    assert marks["5,0"] == "padding dropped"
    assert "0,6" not in marks


def test_nine_places_are_eight_moves(open_app):
    app = open_app("?chapter=c4")
    assert app.stage.blocks[1]["text"] == "3 × 3: 9 places, 8 moves."
    tell(app.controls, "set", name="stride_down", value=3)
    assert app.stage.blocks[1]["text"] == "1 × 3: 3 places, 2 moves."


def test_an_output_reads_zeros_from_the_padding(open_app):
    app = open_app("?chapter=c4&pad=same")
    tell(grid(app, "output"), "open", row=0, column=0)
    assert grid(app, "image").windows == [[0, 0, 2, 2]]
    symbols = [f["symbol"] for t in app.arithmetic.trail[-1]["terms"] for f in t["factors"]]
    assert symbols.count("padding") == 5
    trail = app.arithmetic.trail
    tell(grid(app, "image"), "edit", row=0, column=0, value=3.0)
    assert app.arithmetic.trail == trail
    tell(grid(app, "image"), "edit", row=1, column=1, value=3.0)
    assert app.chapter.state.pixels()[0, 0, 0] == 3


def test_an_impossible_setting_is_explained_and_loses_nothing(open_app):
    app = open_app("?chapter=c4&kh=5&kw=5&dv=2&dh=2")
    assert "A kernel that spans 9 × 9 does not fit into 1 × 5 × 5" in grid(app, "output").error
    assert app.chapter.sizes.values[0][-1] == "–"
    tell(app.transport, "step", id="next")
    tell(grid(app, "kernel"), "edit", row=0, column=0, value=4.0)
    tell(grid(app, "image"), "open", row=0, column=0)
    for side in ("top", "bottom", "left", "right"):
        tell(app.controls, "set", name=side, value=2)
    assert grid(app, "output").error == ""
    assert size(app) == (1, 1)
    assert grid(app, "kernel").values[0][0] == 4
    assert app.bridge.notices == []


def test_a_pixel_goes_where_stride_and_dilation_let_it(open_app):
    app = open_app("?chapter=c4&picture=square&sv=2&sh=2&dv=2&dh=2&k=1~2~3~4~5~6~7~8~9")
    tell(grid(app, "image"), "point", row=2, column=2)
    assert grid(app, "output").captions == {"0,0": "×5", "0,1": "×4", "1,0": "×2", "1,1": "×1"}
    tell(grid(app, "image"), "point", row=1, column=2)
    assert grid(app, "output").captions == {}
