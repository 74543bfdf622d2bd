"""A8 as a learner uses it: the confusion matrix opens by pointer and by keyboard."""

from tests.browser.helpers import go

GRID = "table[aria-label='Classes taken for one another']"


def test_a_count_opens_into_its_samples(shared):
    page = shared.page
    go(page, "?chapter=a8&data=xor&hidden=")
    cell = page.locator(f"{GRID} tbody tr").first.locator("td").nth(1)
    count = cell.inner_text()
    cell.click()
    said = f"{count} training samples of class 1 taken for 2, ringed above"
    page.get_by_text(said).wait_for()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.get_by_text("training samples of class 1 taken for 1, ringed above").wait_for()
