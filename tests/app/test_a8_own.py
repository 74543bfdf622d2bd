"""Data of the learner's own in the playground: painted points in the address, and tables."""

import numpy as np
import pytest

from app.playground.chapters.neurons.mlp_state import MAX_PAINTED, PAINTED
from app.playground.state import MAX_QUERY
from core.data.own import read_points, write_points
from tests.app.helpers import tell

PAINT = "?chapter=a8&data=painted"


def samples(app):
    return app.chapter.session.engine.trainer.samples


def painter(app):
    return app.chapter.own.painting.view


def table(app):
    return app.chapter.own.table.view


def fields(app):
    return {each["name"]: each for each in app.controls.fields}


def titles(app):
    return [block["title"] for block in app.stage.blocks]


# Painted points


def test_painting_begins_with_the_points_that_there_were(open_app):
    app = open_app("?chapter=a8&data=xor&samples=50")
    before = samples(app)
    tell(app.controls, "set", name="data", value="painted")
    np.testing.assert_allclose(samples(app).points, np.clip(before.points, -6, 6), atol=2e-3)
    np.testing.assert_array_equal(samples(app).targets, before.targets)
    assert "Paint" in titles(app)
    assert not {"classes", "samples", "noise"} & set(fields(app))


@pytest.mark.parametrize("data", ["plane", "curve", "circles&samples=1000"])
def test_of_other_data_painting_begins_with_two_points(open_app, data):
    app = open_app(f"?chapter=a8&data={data}")
    tell(app.controls, "set", name="data", value="painted")
    assert app.chapter.state.points == PAINTED
    assert write_points(*read_points(PAINTED)) == PAINTED


def test_points_are_painted_by_pointer_and_are_in_the_address(open_app):
    app = open_app(PAINT)
    tell(painter(app), "brush", index=2)
    app.chapter.pictures.plane.on_tap(1.5, -3.0)
    assert samples(app).num_classes == 3
    assert painter(app).said == "Class 3 at (1.50, −3.00)."
    again = open_app(app.bridge.address)
    np.testing.assert_array_equal(samples(again).points, samples(app).points)
    np.testing.assert_allclose(samples(app).points[-1], [1.5, -3], atol=2e-3)
    assert sorted(samples(app).targets) == [0, 1, 2]


def test_points_are_painted_and_erased_by_keyboard_at_the_cross(open_app):
    app = open_app(PAINT)
    crossed = app.chapter.pictures.plane.crossed
    tell(painter(app), "focus")
    tell(painter(app), "move", x=1.0, y=2.0)
    assert (crossed.data["x"].tolist(), crossed.data["y"].tolist()) == ([1], [2])
    tell(painter(app), "paint", x=1.0, y=2.0)
    assert len(samples(app).points) == 3
    tell(painter(app), "erase", x=1.2, y=2.1)
    assert len(samples(app).points) == 2
    tell(painter(app), "erase", x=5, y=5)
    assert painter(app).said == "There is no point near (5.00, 5.00)."
    tell(painter(app), "blur")
    assert len(crossed.data["x"]) == 0


def test_one_class_only_is_said_and_the_last_point_stays(open_app):
    app = open_app(PAINT)
    tell(painter(app), "erase", x=2, y=0)
    block = app.stage.blocks[titles(app).index("Paint")]
    assert "All are of class 1: paint another class" in block["text"]
    tell(painter(app), "erase", x=-2, y=0)
    assert painter(app).said == "One point must stay; paint another first."
    tell(app.transport, "step", id="epoch")
    assert np.isfinite(app.chapter.session.snapshot.train.loss)
    tell(painter(app), "clear")
    assert app.chapter.state.points == PAINTED


def test_as_many_points_as_a_link_carries_can_be_painted(open_app):
    rng = np.random.default_rng(0)
    points = write_points(rng.uniform(-6, 6, (MAX_PAINTED, 2)), rng.integers(0, 5, MAX_PAINTED))
    app = open_app(f"{PAINT}&points={points}")
    assert app.chapter.state.points == points
    assert len(app.bridge.address) < MAX_QUERY
    tell(painter(app), "paint", x=0, y=0)
    assert "a link can carry no more" in painter(app).said
    assert len(samples(app).points) == MAX_PAINTED


def test_painting_is_undone(open_app):
    app = open_app(PAINT)
    tell(app.bridge, "gesture")
    tell(painter(app), "paint", x=0, y=0)
    assert app.transport.undo == "painted points"
    tell(app.transport, "undo")
    assert app.chapter.state.points == PAINTED
    assert len(samples(app).points) == 2


@pytest.mark.parametrize("points", ["AAAA", "AAAAF", "%20", "AAAAA" * (MAX_PAINTED + 1)])
def test_points_that_an_address_says_wrongly_are_replaced(open_app, points):
    app = open_app(f"{PAINT}&points={points}")
    assert "painted points, of five letters or digits each" in app.bridge.notices[0]["text"]
    assert app.chapter.state.points == PAINTED


def test_a_tap_elsewhere_than_on_painted_points_does_nothing(open_app):
    app = open_app("?chapter=a8")
    app.chapter.pictures.plane.on_tap(1, 1)
    assert len(samples(app).points) == 400


# Tables


def test_a_table_begins_with_an_example_and_says_its_numbers(open_app):
    app = open_app("?chapter=a8&data=table")
    assert samples(app).num_classes == 2
    assert table(app).roles == ["x₁", "x₂", "target"]
    assert len(table(app).rows) == 5
    assert table(app).caption == "The first 5 of 20 rows, as understood"
    said = " ".join(table(app).notes)
    scale = app.chapter.own.table.own.scales[0]
    assert f"x₁ = 2 · (warmth − {scale.mean:.4g}) / {scale.deviation:.4g}" in said
    assert "Classes: 1 is “no”, 2 is “yes”." in said
    assert "A link cannot carry a table" in said


def test_a_pasted_table_is_learnt_and_its_columns_can_be_chosen(open_app):
    app = open_app("?chapter=a8&data=table&test=0.3")
    rows = [f"{k},{k % 7},{k * k},{'abc'[k % 3]}" for k in range(30)]
    tell(table(app), "read", text="one,two,square,kind\n" + "\n".join(rows), name="")
    assert table(app).error == ""
    assert samples(app).num_classes == 3
    assert len(samples(app).train_indices) == 21
    tell(app.controls, "set", name="table_x2", value=2)
    assert table(app).roles == ["x₁", "", "x₂", "target"]
    tell(app.controls, "set", name="table_target", value=1)
    assert samples(app).is_regression
    assert fields(app)["table_kind"]["value"] == "number"
    assert "RMSE" in " ".join(each["label"] for each in app.transport.counters)
    tell(app.transport, "step", id="epoch")
    assert app.chapter.session.snapshot.step > 0
    assert app.bridge.notices == []


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "The table is empty"), ("1,2\n3,4", "The first line has 2 columns"),
     ("a,b,c\n1,2,x\n3,?,y", "Line 3, column b: the cell “?” is not a number"),
     ("a,b,c\n1,2,x\n3,4,x", "one class only")],
)  # fmt: skip
def test_what_cannot_be_learnt_is_said_and_loses_nothing(open_app, text, words):
    app = open_app("?chapter=a8&data=table")
    tell(app.transport, "step", id="epoch")
    before = app.chapter.session.snapshot
    tell(table(app), "read", text=text, name="")
    assert words in table(app).error
    assert "still learns from the table before" in table(app).error
    assert app.chapter.session.snapshot is before


def test_faulty_rows_can_be_left_out_and_other_columns_chosen(open_app):
    app = open_app("?chapter=a8&data=table")
    tell(table(app), "read", text="a,b,c,d\n1,2,7,x\n3,?,8,y\n5,6,9,y\n7,8,8,x", name="f.csv")
    assert "line 3, column b" in table(app).error.lower()
    assert table(app).names == ["a", "b", "c", "d"]
    tell(app.controls, "set", name="table_leave_out", value=True)
    assert table(app).error == ""
    assert len(samples(app).points) == 3
    assert "1 row was left out: line 3, column b" in table(app).notes[0]
    tell(app.controls, "set", name="table_leave_out", value=False)
    assert "line 3" in table(app).error.lower()
    assert len(samples(app).points) == 3
    tell(app.controls, "set", name="table_x2", value=2)
    assert table(app).error == ""
    assert len(samples(app).points) == 4
    tell(app.controls, "set", name="table_x2", value=0)
    assert "three different columns" in table(app).error


def test_of_a_very_long_table_some_rows_are_drawn(open_app):
    app = open_app("?chapter=a8&data=table&test=0")
    rng = np.random.default_rng(0)
    rows = [f"{x:.4f},{y:.4f},{int(x > 0)}" for x, y in rng.normal(size=(100_000, 2))]
    tell(table(app), "read", text="\n".join(rows), name="long.csv")
    assert table(app).error == ""
    assert len(samples(app).points) == 2000
    assert table(app).notes[0] == "2,000 of 100,000 rows were drawn at random, by the seed."
    assert app.chapter.session.snapshot.test is None


def test_another_table_cannot_be_undone_but_all_after_it_can(open_app):
    app = open_app("?chapter=a8&data=table")
    tell(table(app), "read", text="1,2,x\n3,4,y\n5,5,x", name="")
    assert app.transport.undo == ""
    tell(app.bridge, "gesture")
    tell(app.controls, "set", name="rate", value=0.5)
    assert "0.03 → 0.5" in app.transport.undo
    tell(app.transport, "undo")
    assert app.chapter.state.rate == 0.03
    assert len(samples(app).points) == 3


def test_the_way_back_to_a_data_set_with_a_name_is_open(open_app):
    app = open_app("?chapter=a8&data=table")
    tell(app.controls, "set", name="data", value="moons")
    assert len(samples(app).points) == 400
    assert "Your table" not in titles(app)
    assert "table_x1" not in fields(app)
