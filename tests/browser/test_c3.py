"""C3 as a learner uses it: slide by play, key and pointer, edit, trace, flip, go back."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from app.playground.chapters.images.conv_state import ConvState
from core.data.small import KERNELS
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press


def numbers(page, grid, rows, columns):
    texts = [[cell(page, grid, r, c).inner_text() for c in range(columns)] for r in range(rows)]
    return [[float(text.replace("−", "-")) for text in row] for row in texts]


def test_the_lecture_s_example_slides_by_play_key_and_pointer(shared):
    page = shared.page
    go(page, "?chapter=c3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Convolution")
    assert numbers(page, "Output", 3, 3) == [[4, 3, 4], [2, 4, 3], [2, 3, 4]]
    cell(page, "Output", 1, 1).hover()
    expect(counter(page, "output")).to_have_text("y[2, 2]")
    cell(page, "Output", 2, 2).click()
    expect_opened(page, "Output y[3, 3]")
    page.keyboard.press("ArrowLeft")
    expect(counter(page, "output")).to_have_text("y[3, 2]")
    expect(counter(page, "value")).to_have_text("3")
    page.keyboard.press("Space")
    expect_opened(page, "Output y[3, 2]")
    page.mouse.move(5, 5)
    press(page, "Next place")
    expect(counter(page, "place")).to_have_text("9 of 9")
    press(page, "Slide")
    expect(counter(page, "place")).to_have_text("9 of 9", timeout=20_000)
    expect(page.get_by_role("button", name="Slide", exact=True)).to_be_visible(timeout=20_000)


def test_every_product_is_written_out_and_opens(shared):
    page = shared.page
    go(page, "?chapter=c3")
    press(page, "Reset")
    written = "y[1, 1] = 1·1 + 0·1 + 1·1 + 0·0 + 1·1 + 0·1 + 1·0 + 0·0 + 1·1 + 0 = 4"
    expect(page.get_by_text(written)).to_be_visible()
    expect_opened(page, "w[1, 1] · x[1, 1]")
    arithmetic(page).get_by_role("button", name="x[2, 2] 1").click()
    expect_opened(page, "it goes into 4 outputs")
    arithmetic(page).get_by_role("button", name="y[2, 1] 2").click()
    expect_opened(page, "Output y[2, 1]")


def test_typing_into_picture_and_kernel_gives_cpython_s_numbers(shared):
    page = shared.page
    go(page, "?chapter=c3&picture=digit")
    page.get_by_label("Preset", exact=True).nth(1).select_option(label=KERNELS["emboss"].label)
    cell(page, "Image", 3, 3).click()
    page.keyboard.type("-4.5")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("picture=own"))
    state = ConvState(picture="digit", weight=KERNELS["emboss"].weights.ravel().tolist())
    state.apply(state.with_pixel((0, 3, 3), -4.5))
    expected = state.trace().output("0")[0, 0]
    expect(cell(page, "Output", 2, 2)).to_have_text(f"{expected[2, 2]:g}".replace("-", "−"))
    assert numbers(page, "Output", 6, 6) == expected.tolist()


def test_the_way_back_of_one_output_is_the_kernel(shared):
    page = shared.page
    go(page, "?chapter=c3&back=1&loss=one&k=1~2~3~4~5~6~7~8~9&at=2~2")
    expect(cell(page, "Gradient for the image", 1, 1)).to_have_text("1")
    back = np.array(numbers(page, "Gradient for the image", 5, 5))
    assert back[1:4, 1:4].ravel().tolist() == [*range(1, 10)]
    cell(page, "Gradient for the kernel", 0, 0).click()
    expect_opened(page, "over 9 places")
    page.get_by_label("Gradients").uncheck()


@pytest.mark.parametrize("query", ["?chapter=c3", "?chapter=c3&picture=digit&channels=3&kernels=3"])
def test_the_frame_follows_the_pointer_from_place_to_place(shared, query):
    page = shared.page
    go(page, query)
    name = "Output 1" if "kernels" in query else "Output"
    image = page.get_by_role("grid", name=re.compile("^Image")).locator("xpath=..")
    frame = image.locator(".window").first
    for place in range(6):
        before = frame.get_attribute("style")
        cell(page, name, place % 3, (place + 1) % 3).hover()
        expect(frame).not_to_have_attribute("style", before)
