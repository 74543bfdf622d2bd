"""What a learner sees and does, in a word each."""

from playwright.sync_api import expect

LIVE_MS = 60_000  # generous: a loaded machine is slow, and a hang still fails


def go(page, query):
    """Navigate within the page, as a link of the rail does, and wait until Python has followed."""
    page.evaluate("query => window.glassnet.navigate(query)", query)
    expect(page.locator(".bench")).to_have_attribute("aria-busy", "false", timeout=LIVE_MS)


def cell(page, grid, row, column):
    """A cell of the number grid with this accessible name."""
    table = page.get_by_role("grid", name=grid, exact=True)
    return table.locator("tbody tr").nth(row).locator("td").nth(column)


def arithmetic(page):
    return page.get_by_label("Arithmetic of the opened number")


def expect_opened(page, text):
    expect(arithmetic(page)).to_contain_text(text)


def counter(page, label):
    """The value of a counter of the transport."""
    slot = page.get_by_label("Transport", exact=True).locator("dl div").filter(
        has=page.get_by_text(label, exact=True)
    )  # fmt: skip
    return slot.locator("dd")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()
