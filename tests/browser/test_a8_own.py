"""A8 with data of one's own: painted by pointer and keyboard, pasted and uploaded as tables."""

import numpy as np
from playwright.sync_api import expect

from core.data.own import read_points, table_samples
from core.data.table import read_table, take
from core.seeds import generators
from core.spec import TrainSpec, mlp
from core.training import Trainer
from tests.browser.helpers import counter, go, press

ROWS = [f"{k * 0.5:g};{(k * 7) % 11};{'yes' if k % 3 else 'no'}" for k in range(24)]
TEXT = "size;age;kind\n" + "\n".join(ROWS)


def plane(page):
    return page.locator(".bk-Figure").nth(1)


def address_points(page):
    page.wait_for_function("location.search.includes('points=')")
    return read_points(page.evaluate("new URLSearchParams(location.search).get('points')"))


def test_points_are_painted_by_pointer_and_by_keyboard(shared):
    page = shared.page
    go(page, "?chapter=a8&data=painted&test=0")
    page.get_by_text("2 points, all in the link").wait_for()
    page.get_by_role("radio", name="class 2").check()
    box = plane(page).bounding_box()
    plane(page).click(position={"x": box["width"] / 2, "y": box["height"] / 3})
    page.get_by_text("3 points, all in the link").wait_for()
    pad = page.get_by_role("application", name="Place on the plane")
    pad.focus()
    for key in ("3", "ArrowRight", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("Class 3 at (0.25, 1.00).").wait_for()
    points, labels = address_points(page)
    np.testing.assert_allclose(points[-1], [0.25, 1], atol=2e-3)
    assert abs(points[2]).max() < 4
    assert labels.tolist() == [0, 1, 1, 2]
    page.keyboard.press("Delete")
    page.get_by_text("The point at (0.25, 1.00) is gone.").wait_for()
    page.get_by_text("3 points, all in the link").wait_for()


def test_a_pasted_table_trains_as_in_cpython(shared):
    page = shared.page
    go(page, "?chapter=a8&data=table&hidden=3")
    field = page.get_by_label("CSV text: a line for each sample")
    field.fill(TEXT.replace("\n0.5;", "\n?;"))
    press(page, "Use this table")
    expect(page.get_by_text("Line 3, column size: the cell “?” is not a number")).to_be_visible()
    field.fill(TEXT)
    press(page, "Use this table")
    expect(page.get_by_text("Classes: 1 is “no”, 2 is “yes”.")).to_be_visible()
    expect(page.get_by_role("region", name="The first 5 of 24 rows")).to_contain_text("target")
    press(page, "Epoch")
    own = table_samples(take(read_table(TEXT), 0, 1, 2, "classes"), ("x1", "x2"), 0.5,
                        generators(0, 1)[0])  # fmt: skip
    trainer = Trainer(mlp(2, (3,), 1, "tanh", "tanh"), own.samples, TrainSpec())
    trainer.step_epoch()
    expect(counter(page, "training loss")).to_have_text(f"{trainer.snapshot().train.loss:.5f}")
    expect(counter(page, "test loss")).to_have_text(f"{trainer.snapshot().test.loss:.5f}")


def test_a_file_is_read_and_its_target_can_be_a_number(shared):
    page = shared.page
    go(page, "?chapter=a8&data=table&hidden=2")
    rows = [f"{k},{k * k % 17},{k * 1.5}" for k in range(30)]
    file = {"name": "mine.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}
    page.get_by_label("or a file").set_input_files(file)
    page.get_by_role("region", name="The first 5 of 30 rows").wait_for()
    expect(page.get_by_label("The target is")).to_have_value("number")
    expect(counter(page, "training RMSE")).to_be_visible()
    page.get_by_label("Data set").select_option("circles")
    expect(page.get_by_text("CSV text: a line for each sample")).to_have_count(0)
