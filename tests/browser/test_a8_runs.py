"""A8's kept runs as a learner uses them: kept, sorted, pinned, opened again."""

from playwright.sync_api import expect

from tests.browser.helpers import counter, go, press


def table(page):
    return page.get_by_role("grid", name="Kept runs")


def epochs(page, count):
    for epoch in range(1, count + 1):
        press(page, "Epoch")
        expect(counter(page, "epoch")).to_have_text(str(epoch))


def test_runs_are_kept_sorted_and_opened_again(shared):
    page = shared.page
    go(page, "?chapter=a8&seed=11")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("11")
    epochs(page, 2)
    loss = counter(page, "training loss").text_content()
    press(page, "Reset")
    expect(table(page).locator("tbody tr")).to_have_count(1)
    expect(table(page)).to_contain_text(f"{float(loss):.4g}")
    expect(counter(page, "epoch")).to_have_text("0")
    epochs(page, 1)
    page.get_by_label("Activation", exact=True).select_option("relu")
    expect(table(page).locator("tbody tr")).to_have_count(2)
    expect(table(page).locator("tbody tr").nth(1).locator("td").nth(0)).to_have_text("A")
    table(page).get_by_role("button", name="epochs: sort").click()
    table(page).get_by_role("button", name="epochs: sort").click()
    expect(table(page).locator("tbody tr").first.locator("td").nth(1)).to_have_text("1")
    press(page, "Pin its curve")
    expect(table(page)).to_contain_text("pinned")
    press(page, "Open run 1")
    expect(counter(page, "training loss")).to_have_text(loss)
    expect(counter(page, "epoch")).to_have_text("2")
    expect(page.get_by_label("Activation", exact=True)).to_have_value("tanh")


def test_a_neuron_is_pinned_by_keyboard_and_its_picture_follows_training(shared):
    page = shared.page
    go(page, "?chapter=a8&seed=12")
    expect(page.get_by_label("Seed", exact=True)).to_have_value("12")
    page.get_by_label("Shown large", exact=True).select_option("1.2")
    pin = page.get_by_role("button", name="Pin h₂⁽¹⁾", exact=True)
    pin.focus()
    page.keyboard.press("Enter")
    strip = page.get_by_role("list", name="Pinned neurons").get_by_role("button")
    expect(strip).to_have_count(1)
    expect(strip).to_contain_text("h₂⁽¹⁾")
    draw = "button => button.querySelector('canvas').toDataURL()"
    before = strip.evaluate(draw)
    epochs(page, 1)
    assert strip.evaluate(draw) != before
    page.get_by_role("button", name="Unpin h₂⁽¹⁾", exact=True).press("Enter")
    expect(strip).to_have_count(0)
