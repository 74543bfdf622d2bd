"""C9 as a learner uses it: choose, walk, sort, open, edit, and read why something cannot be."""

import re

from playwright.sync_api import expect

from core.analysis import analyse
from core.architectures import ARCHITECTURES
from tests.browser.helpers import arithmetic, counter, expect_opened, go, press


def table(page, name):
    return page.get_by_role("grid", name=name, exact=True)


def row(page, name, text):
    return table(page, name).get_by_role("row").filter(
        has=page.get_by_role("rowheader", name=text)
    )  # fmt: skip


def test_totals_are_those_of_cpython_and_open_down_to_the_picture(shared):
    page = shared.page
    go(page, "?chapter=c9&net=vgg16")
    expect(page.get_by_role("heading", level=1)).to_have_text("The shelf of architectures")
    for key, each in ARCHITECTURES.items():
        costs = analyse(each.build())
        cells = row(page, "Side by side", re.compile(f"^{re.escape(each.name)} ?{each.paper.year}"))
        expect(cells.get_by_role("gridcell").nth(1)).to_have_text(f"{costs.parameters:,}")
        expect(cells.get_by_role("gridcell").nth(4)).to_have_text(f"{costs.multiply_adds:,}")
        assert key in ARCHITECTURES
    row(page, "Side by side", "VGG-16").get_by_role("gridcell").nth(2).click()
    expect_opened(page, "in dense layers = 123,642,856")
    arithmetic(page).get_by_role("button", name="dense 1 102,764,544").click()
    expect_opened(page, "4,096 × 25,088 + 4,096")
    arithmetic(page).get_by_role("button", name="features of flatten 1 25,088").click()
    expect_opened(page, "512 × 7 × 7")
    arithmetic(page).get_by_role("button", name="height of pool 5 7").click()
    expect_opened(page, "⌊(14 + 0 − 2) / 2⌋ + 1")


def test_a_layer_is_chosen_in_the_drawing_and_edited(shared):
    page = shared.page
    go(page, "?chapter=c9&net=lenet5")
    page.get_by_role(
        "button", name=re.compile("^conv 2 5 × 5: 6 × 14 × 14 to 16 × 10 × 10")
    ).click()
    expect_opened(page, "16 × 6 × 5 × 5 + 16")
    expect(page).to_have_url(re.compile("layer=3"))
    page.get_by_label("Kernel", exact=True).fill("15")
    page.keyboard.press("Enter")
    expect(
        page.get_by_text("A kernel that spans 15 × 15 does not fit into 6 × 14 × 14")
    ).to_be_visible()
    expect(page.get_by_text("Values that fit for the kernel of conv 2: 1 to 5.")).to_be_visible()
    page.get_by_label("Kernel", exact=True).fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("All shapes fit.")).to_be_visible()
    expect(row(page, "Side by side", "LeNet-5, edited")).to_be_visible()
    expect(page).to_have_url(re.compile("edits=3k3"))
    press(page, "Undo all edits")
    expect(row(page, "Side by side", "LeNet-5, edited")).to_have_count(0)


def test_sorting_by_a_column(shared):
    page = shared.page
    go(page, "?chapter=c9&net=lenet5")
    head = table(page, "Side by side").get_by_role("button", name="multiply-adds: sort")
    head.click()
    first = table(page, "Side by side").locator("tbody tr").first
    expect(first).to_contain_text("VGG-19")
    expect(table(page, "Side by side").locator("th[aria-sort=descending]")).to_have_count(1)
    head.click()
    expect(first).to_contain_text("LeNet for 8 × 8")


def test_the_whole_chapter_by_keyboard(shared):
    page = shared.page
    go(page, "?chapter=c9&net=googlenet")
    page.keyboard.press(".")
    expect(counter(page, "layer")).to_have_text("2 of 142")
    page.get_by_role("button", name=re.compile("^conv 1 7 × 7")).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=re.compile("^pool 1 max"))).to_be_focused()
    expect_opened(page, "Channels of pool 1")
    page.keyboard.press("End")
    expect_opened(page, "Parameters of dense 1")
    table(page, "Layers").locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect_opened(page, "Channels of conv 1")


def test_a_walk_stops_where_the_learner_pauses(shared):
    page = shared.page
    go(page, "?chapter=c9&net=lenet5")
    press(page, "Walk through")
    expect(counter(page, "output")).to_have_text("6 × 14 × 14")
    press(page, "Pause")
    expect(page.get_by_role("button", name="Walk through")).to_be_visible()
    press(page, "Reset")
    expect(counter(page, "layer")).to_have_text("1 of 12")


def test_every_box_can_be_hit(shared):
    """At least 24 pixels high, and no box lies on another."""
    page = shared.page
    for key in ("resnet50", "googlenet"):
        go(page, f"?chapter=c9&net={key}")
        name = ARCHITECTURES[key].name
        board = page.get_by_role("group", name=f"{name}, layer by layer")
        boxes = board.get_by_role("button").evaluate_all(
            "all => all.map(e => { const b = e.getBoundingClientRect();"
            " return [b.left, b.top, b.right, b.bottom]; })"
        )
        assert all(b[2] - b[0] >= 24 and b[3] - b[1] >= 24 for b in boxes)
        for i, a in enumerate(boxes):
            for b in boxes[i + 1 :]:
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, (key, a, b)
