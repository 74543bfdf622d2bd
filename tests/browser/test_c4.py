"""C4 as a learner uses it: the sizes, what is hatched, and a kernel that does not fit."""

from playwright.sync_api import expect

from tests.browser.helpers import cell, counter, expect_opened, go, press


def size(page):
    grid = page.get_by_role("grid", name="Output", exact=True)
    return grid.locator("tbody tr").count(), grid.locator("tbody tr").first.locator("td").count()


def test_which_padding_keeps_five_by_five(shared):
    page = shared.page
    go(page, "?chapter=c4")
    expect(page.get_by_text("3 × 3: 9 places, 8 moves.")).to_be_visible()
    notes = page.locator('.notes[data-chapter="c4"]')
    for link, expected in (("One row and one column more", (4, 4)), ("One ring of zeros", (5, 5)),
                           ("with a kernel of 2 × 2", (5, 5)), ("No padding", (3, 3))):  # fmt: skip
        notes.get_by_role("link", name=link).click()
        places = f"{expected[0]} × {expected[1]}: {expected[0] * expected[1]} places"
        expect(page.get_by_text(places)).to_be_visible()
        assert size(page) == expected


def test_the_size_opens_and_what_no_place_reads_is_hatched(shared):
    page = shared.page
    go(page, "?chapter=c4&picture=step&sv=2&sh=2")
    expect(cell(page, "Sizes", 0, 6)).to_have_text("1")
    cell(page, "Sizes", 0, 7).click()
    expect_opened(page, "⌊(6 + 0 + 0 − 1 · (3 − 1) − 1) / 2⌋ + 1 = ⌊3 / 2⌋ + 1")
    expect_opened(page, "1 of 6 rows are left over")
    last = cell(page, "Image", 5, 5)
    expect(last).to_have_attribute("data-mark", "dropped")
    assert "repeating-linear-gradient" in last.evaluate("e => getComputedStyle(e).backgroundImage")
    page.get_by_label("Bottom", exact=True).fill("1")
    page.keyboard.press("Enter")
    expect(cell(page, "Sizes", 0, 7)).to_have_text("3")


def test_what_does_not_fit_is_said_and_can_be_mended(shared):
    page = shared.page
    go(page, "?chapter=c4&kh=5&kw=5&dv=2&dh=2")
    words = "A kernel that spans 9 × 9 does not fit into 1 × 5 × 5, padded to 5 × 5"
    expect(page.get_by_text(words)).to_be_visible()
    press(page, "Next place")
    page.get_by_label("Zeros around").select_option("same")
    expect(page.get_by_text(words)).to_be_hidden()
    expect(page.get_by_text("5 × 5: 25 places, 24 moves.")).to_be_visible()
    press(page, "Next place")
    expect(counter(page, "place")).to_have_text("2 of 25")
