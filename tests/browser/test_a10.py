"""A10 as a learner uses it: read the table, load the library on demand, run, compare, open."""

import re

import pytest
from playwright.sync_api import expect
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC

from app.playground.laboratory.problem import make_problem
from tests.browser.helpers import counter, expect_opened, go, press

LOADING_MS = 120_000  # 18 MB unpacked and imported on a loaded machine
MEASURED = {"Naive Bayes": GaussianNB(), "SVM": SVC(),
            "Random forest": RandomForestClassifier(random_state=0)}  # fmt: skip


def row(page, table, name):
    found = page.get_by_role("table", name=table).locator("tbody tr")
    return found.filter(has=page.get_by_role("rowheader", name=name, exact=True)).locator("td")


def test_the_library_comes_on_demand_from_the_site_and_measures_what_cpython_does(watched, site):
    view = watched()
    page = view.open(f"{site}?chapter=a10&samples=100")
    expect(row(page, "The lecture's table", "Random forest").nth(7)).to_have_text("costly")
    assert not [url for url in view.requests if "scikit_learn" in url]
    press(page, "Run all")
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(counter(page, "done")).to_have_text("11 of 11", timeout=LOADING_MS)
    assert [url for url in view.requests if "scikit_learn" in url]
    assert view.foreign(site) == []
    p = make_problem("moons", 100, 0, 0.15, 0)
    for name, model in MEASURED.items():
        right = 100 * model.fit(p.train_x, p.train_y).score(p.test_x, p.test_y)
        expect(row(page, "What was measured", name).nth(1)).to_have_text(f"{right:.1f} %")
    word = row(page, "The lecture's table", "Random forest").nth(3)
    expect(word).to_contain_text("measured: agrees")
    word.get_by_role("button").click()
    expect_opened(page, "The lecture calls its memory “very large”")
    expect_opened(page, "agrees with the lecture")
    sizes = page.get_by_role("table", name="What was measured")
    heading = sizes.get_by_role("columnheader", name="Size")
    heading.get_by_role("button").click()
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    expect(sizes.locator("tbody th").first).to_have_text("Random forest")
    page.get_by_label("Data set").select_option("curve")
    expect(counter(page, "done")).to_have_text("7 of 7", timeout=LOADING_MS)
    expect(row(page, "What was measured", "SVM").nth(1)).to_have_text(re.compile(r"^0\.\d{3}$"))
    expect(page.get_by_text("not for regression")).to_have_count(4)


@pytest.mark.parametrize("file", ["scikit_learn", "scipy"])
def test_a_wheel_that_does_not_come_is_said_and_can_be_tried_again(chromium, site, file):
    page = chromium.new_page()
    page.route(f"**/{file}-*.whl", lambda route: route.abort())
    page.goto(f"{site}?chapter=a10&samples=50")
    page.wait_for_selector("[data-live]", state="attached", timeout=60_000)
    press(page, "Next algorithm")
    expect(page.get_by_text("scikit-learn could not be loaded")).to_be_visible(timeout=60_000)
    page.unroute_all()
    press(page, "Next algorithm")
    expect(counter(page, "done")).to_have_text("1 of 11", timeout=LOADING_MS)
    page.close()


def test_loading_can_be_stopped_and_taken_up_again(chromium, site):
    page = chromium.new_page()
    held = []
    page.route("**/scipy-*.whl", lambda route: held.append(route))
    page.goto(f"{site}?chapter=a10&samples=50")
    page.wait_for_selector("[data-live]", state="attached", timeout=60_000)
    press(page, "Run all")
    expect(page.get_by_text("Fetching scikit-learn from this site: 5.1")).to_be_visible()
    press(page, "Pause")
    expect(page.get_by_text("Loading was stopped")).to_be_visible()
    page.unroute_all()
    press(page, "Next algorithm")
    expect(counter(page, "done")).to_have_text("1 of 11", timeout=LOADING_MS)
    page.close()


def test_the_table_is_there_under_panel_serve_too(watched, served):
    page = watched().open(f"{served}?chapter=a10&samples=50&data=curve")
    press(page, "Run all")
    expect(counter(page, "done")).to_have_text("7 of 7", timeout=LOADING_MS)
    go(page, "?chapter=a1")
