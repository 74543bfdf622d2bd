"""For every pair of hands and eyes: keyboard alone, screen readers, narrow screens, both themes."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from app.playground.chapters import MODULES
from tests.browser.conftest import Watched
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go

CHAPTERS = tuple(MODULES)[::-1]  # a page opens with the first, so each is another than before


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(shared, chapter, theme):
    page = shared.page
    page.emulate_media(reduced_motion="reduce")  # a colour on its way to another has no contrast
    go(page, f"?chapter={chapter}&theme={theme}")
    page.get_by_label("Theme").select_option(theme)
    found = Axe().run(page).response["violations"]
    serious = [
        (v["id"], [n["html"] for n in v["nodes"]])
        for v in found if v["impact"] in ("serious", "critical")
    ]  # fmt: skip
    assert serious == []


@pytest.fixture(scope="module", params=[320, 768, 1366, 1920])
def wide(request, chromium, site):
    """One live page of each width, that chapters are gone through in."""
    view = Watched(chromium.new_page(viewport={"width": request.param, "height": 800}))
    yield view.open(site)
    view.page.close()
    assert view.errors == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_nothing_is_wider_than_the_screen(wide, chapter):
    go(wide, f"?chapter={chapter}")
    assert wide.evaluate("document.documentElement.scrollWidth") == wide.viewport_size["width"]


def tab_to(page, condition, limit=80):
    """Press Tab until the focused element, looked up through shadow roots, fits."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => { let e = document.activeElement;
            while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
            return `${e.tagName} ${e.getAttribute("role") ?? ""} ${e.textContent.trim()}`
                + ` ${e.getAttribute("aria-label") ?? ""} ${e.id}`; }"""
        )
        if re.search(condition, focused):
            return focused
    raise AssertionError(f"no element fits {condition!r} within {limit} tabs")


def test_one_neuron_by_keyboard_alone(watched, site):
    page = watched().open(site)
    tab_to(page, "gridcell 0.00")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("-3")
    page.keyboard.press("Enter")
    expect(cell(page, "Results", 0, 4)).to_have_text("0.500000")
    page.keyboard.press("Shift+ArrowUp")
    expect(cell(page, "Weights and biases, layer 1", 0, 2)).to_have_text("−2.90")
    page.keyboard.press("Space")
    expect_opened(page, "Bias of o₁")
    tab_to(page, "gridcell")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    expect_opened(page, "Output of neuron o₁")
    tab_to(page, r"BUTTON .*z\(o₁\)")
    page.keyboard.press("Enter")
    expect_opened(page, "Weighted sum of neuron o₁")
    page.keyboard.press("Backspace")
    expect_opened(page, "Output of neuron o₁")


def test_three_neurons_by_keyboard_alone(watched, site):
    page = watched().open(site)
    tab_to(page, "A .*Neurons combined")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Neurons combined")
    page.keyboard.press(".")
    expect_opened(page, "Weighted sum of neuron h₁")
    tab_to(page, "field-activation")
    page.keyboard.press("i")
    expect(cell(page, "Results", 2, 3)).to_have_text("3.000000")


def test_the_playground_by_keyboard_alone(watched, site):
    page = watched().open(f"{site}?chapter=a8")
    page.keyboard.press(".")
    expect(counter(page, "step")).to_have_text("1")
    page.keyboard.press("k")
    expect(counter(page, "epoch")).to_have_text(re.compile(r"^\d{2,}$"), timeout=30_000)
    page.keyboard.press("k")
    page.keyboard.press("r")
    expect(counter(page, "step")).to_have_text("0")
    tab_to(page, "Noise, slider")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("noise=0.06"))
    tab_to(page, "gridcell")
    page.keyboard.press("Space")
    expect_opened(page, "after the next step of gradient descent")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("play or pause")
    page.keyboard.press("Escape")


def test_on_a_phone_the_arithmetic_is_a_sheet(watched, site):
    page = watched(viewport={"width": 320, "height": 640}, has_touch=True).open(site)
    expect(arithmetic(page)).to_be_hidden()
    cell(page, "Results", 0, 4).tap()
    expect(arithmetic(page)).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).tap()
    expect(arithmetic(page)).to_be_hidden()


def test_themes_follow_the_system_the_address_and_the_menu(watched, site):
    page = watched(color_scheme="dark").open(site)
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_label("Theme").select_option("light")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert dark != light
    page = watched().open(f"{site}?theme=dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark


def test_nothing_jumps_while_python_starts(watched, site):
    view = watched()
    view.page.add_init_script("""
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const { value, hadRecentInput, sources } of list.getEntries())
            if (!hadRecentInput) window.shifts.push([value, ...sources.map(
              ({ node, previousRect: a, currentRect: b }) =>
                [node?.id || node?.className, JSON.stringify(a), JSON.stringify(b)])]);
        }).observe({ type: "layout-shift", buffered: true });
    """)
    page = view.open(f"{site}?chapter=a8")
    shifts = page.evaluate("window.shifts")
    assert sum(shift[0] for shift in shifts) < 0.1, shifts
