"""C9 without a page: all architectures drawn and opened; edits that fit, and that cannot be."""

import re

import pytest

from core.analysis import analyse
from core.architectures import ARCHITECTURES
from core.draft import Draft, Edit
from tests.app.helpers import follow_link, tell


def rows(table):
    return {row["key"]: row for row in table.rows}


def units(parts):
    """All paths in a drawing, in order."""
    for part in parts:
        for chain in part.get("branches", []):
            yield from units(chain)
        yield part["path"]
        yield from (strip["path"] for strip in part["strips"])


@pytest.mark.parametrize("key", ARCHITECTURES)
def test_every_layer_of_every_architecture_is_drawn_once_and_tabled(open_app, key):
    app = open_app(f"?chapter=c9&net={key}")
    walk = [path for path, _, _ in ARCHITECTURES[key].build().walk()]
    assert sorted(units(app.chapter.blueprint.parts)) == sorted(walk)
    assert [row["key"] for row in app.chapter.layers.rows] == walk
    row = rows(app.chapter.totals)[key]
    analysis = analyse(ARCHITECTURES[key].build())
    assert row["values"][1] == analysis.parameters
    assert row["values"][4:] == [
        analysis.multiply_adds, analysis.parameter_bytes, analysis.activation_bytes,
    ]  # fmt: skip


def test_every_number_of_a_table_opens_and_lights_itself(open_app):
    app = open_app("?chapter=c9&net=resnet8_32x32")
    chapter = app.chapter
    for table in (chapter.layers, chapter.totals):
        for row in table.rows:
            for column, value in enumerate(row["values"]):
                if value == "":
                    continue
                tell(table, "open", row=row["key"], column=column)
                assert app.arithmetic.trail[-1]["result"] == value
                assert [row["key"], column] in table.highlight


def test_pointing_lights_what_a_number_was_made_of_in_table_and_drawing(open_app):
    app = open_app("?chapter=c9&net=lenet5&layer=3")
    tell(app.chapter.layers, "point", row="3", column=3)
    assert sorted(app.chapter.layers.highlight) == [["2", 0], ["3", 0], ["3", 3]]
    assert app.chapter.blueprint.lit == ["2"]
    tell(app.chapter.layers, "leave", row="3", column=3)


def test_the_note_on_dense_layers_says_what_is_computed(open_app):
    app = open_app("?chapter=c9&net=vgg16")
    values = rows(app.chapter.totals)["vgg16"]["values"]
    total, dense = re.findall(r"(\d+\.\d) million", app.chapter.notes)
    assert (total, dense) == (f"{values[1] / 1e6:.1f}", f"{values[2] / 1e6:.1f}")
    assert "123,642,856 of 138,357,544" in app.stage.blocks[-1]["text"]


def test_an_edit_changes_what_follows_the_address_and_the_totals(open_app):
    app = open_app("?chapter=c9&net=vgg16&layer=30")
    tell(app.controls, "set", name="remove", value=True)
    assert "edits=30x" in app.bridge.address
    now = analyse(Draft(ARCHITECTURES["vgg16"].build(), (Edit("30", "remove"),)).analysis.spec)
    assert rows(app.chapter.totals)["draft"]["values"][1] == now.parameters
    assert rows(app.chapter.layers)["30"]["state"] == "removed"
    assert rows(app.chapter.layers)["32"]["values"][3] == 4096 * 14 * 14 * 512 + 4096
    tell(app.chapter.layers, "open", row="32", column=3)
    assert app.arithmetic.trail[-1]["result"] == 4096 * 14 * 14 * 512 + 4096
    tell(app.controls, "set", name="remove", value=False)
    assert "edits" not in app.bridge.address


def test_an_impossible_edit_is_explained_with_a_size_that_fits(open_app):
    app = open_app("?chapter=c9&net=lenet5")
    tell(app.controls, "set", name="stride", value=4)
    (finding,) = app.chapter.findings.items
    assert finding["title"] == "conv 2 cannot be"
    assert "the smallest it fits into is 6 × 5 × 5" in finding["seen"]
    assert finding["remedy"] == "Values that fit for the stride of conv 1: 1."
    states = [row["state"] for row in app.chapter.layers.rows]
    assert states == ["edited", "", "", "failed", *["unknown"] * 8]
    tell(app.controls, "press", name="undo")
    assert app.chapter.findings.items == []


def test_what_cannot_be_at_all_is_said_at_its_field_and_changes_nothing(open_app):
    app = open_app("?chapter=c9&net=lenet5&layer=2")
    tell(app.controls, "set", name="padding", value=2)
    assert "less than the kernel_size, 2 × 2" in app.controls.errors["padding"]
    assert app.chapter.state.edits == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("net=lenet5&edits=99x", "There is no layer '99' to edit"),
        ("net=lenet5&edits=1k3", "'kernel' is nothing that layer 1"),
        ("net=lenet5&layer=40", "There is no layer '40'"),
        ("net=lenet5&edits=__import__", "edits joined by ~"),
        ("net=lenet5&layer=0;1", "the path of a layer"),
    ],
)
def test_a_broken_address_is_named(open_app, query, words):
    app = open_app("?chapter=c9")
    follow_link(app, f"?chapter=c9&{query}")
    assert words in " ".join(notice["text"] for notice in app.bridge.notices)
    assert app.chapter.state.edits == []


def test_the_walk_and_the_reset(open_app):
    app = open_app("?chapter=c9&net=lenet5&edits=0k3")
    tell(app.transport, "step", id="next")
    assert app.chapter.path == "1"
    tell(app.transport, "step", id="back")
    tell(app.transport, "step", id="back")
    assert app.chapter.path == "0"
    tell(app.transport, "reset")
    assert app.chapter.state.edits == []
    tell(app.chapter.timeline, "choose", key="zfnet")
    assert "net=zfnet" in app.bridge.address
    tell(app.chapter.totals, "choose", row="lenet5")
    assert app.chapter.state.architecture == "lenet5"
    tell(app.chapter.blueprint, "choose", path="6")
    assert app.arithmetic.trail[-1]["title"] == "Parameters of conv 3"
