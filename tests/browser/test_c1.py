"""C1 as a learner uses it: planes, a pixel opened, a drawing, and pictures good and bad."""

import io
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from core.data.colour import rgb_to_hsv
from core.data.images import draw
from tests.browser.helpers import arithmetic, cell, counter, expect_opened, go, press

GRID = "All numbers of the pixel"
HOUSE = np.rint(255 * draw("house", 32)).astype(int)


def board(page, name):
    return page.get_by_role("application", name=re.compile(f"^{name},"))


def point(page, name, row, column, side=32):
    """Put the mouse on a pixel of a picture."""
    board(page, name).evaluate("it => it.scrollIntoView({ block: 'center' })")
    box = board(page, name).bounding_box()
    x, y = ((i + 0.5) * box["width"] / side for i in (column, row))
    page.mouse.move(box["x"] + x, box["y"] + y)


def test_a_pixel_is_that_of_cpython_in_every_plane_and_opens(shared):
    page = shared.page
    go(page, "?chapter=c1")
    expect(page.get_by_role("heading", level=1)).to_have_text("A picture is numbers")
    point(page, "Picture", 6, 26)
    for column, value in enumerate(HOUSE[:, 6, 26]):
        expect(cell(page, GRID, 0, column)).to_have_text(str(value))
    point(page, "Green", 20, 9)
    expect(counter(page, "R, G, B")).to_have_text(", ".join(map(str, HOUSE[:, 20, 9])))
    page.mouse.down()
    page.mouse.up()
    expect_opened(page, "Green of the pixel in row 21, column 10")
    expect(page).to_have_url(re.compile(r"plane=2.*at=21(~|%7E)10"))
    arithmetic(page).get_by_role("button", name=re.compile("^grey")).click()
    expect_opened(page, "0.299 R + 0.587 G + 0.114 B")
    hue = 360 * rgb_to_hsv(HOUSE / 255)[0, 20, 9]
    expect(cell(page, GRID, 3, 0)).to_have_text(f"{hue:.2f}".rstrip("0"))


def test_a_picture_by_keyboard_alone(shared):
    page = shared.page
    go(page, "?chapter=c1&in=cmyk&at=12~16")
    board(page, "Magenta").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    expect_opened(page, "Magenta ink of the pixel in row 17, column 17")
    expect(counter(page, "row, column")).to_have_text("17, 17")
    page.keyboard.press(".")
    expect_opened(page, "Yellow ink of the pixel")


def test_a_number_is_typed(shared):
    page = shared.page
    go(page, "?chapter=c1&at=12~16")
    expect(counter(page, "row, column")).to_have_text("12, 16")
    cell(page, "Numbers around the pixel", 3, 4).click()
    expect_opened(page, "Red of the pixel in row 12, column 16")
    page.keyboard.type("255")
    page.keyboard.press("Enter")
    expect(cell(page, GRID, 0, 0)).to_have_text("255")
    expect(page).to_have_url(re.compile("typed=12.16.0.255"))
    press(page, "Reset")
    expect(cell(page, GRID, 0, 0)).to_have_text(str(HOUSE[0, 11, 15]))


def test_a_drawing_is_taken_apart_while_it_is_drawn(shared):
    page = shared.page
    go(page, "?chapter=c1&picture=drawing&at=17~17")
    expect(counter(page, "R, G, B")).to_have_text("255, 255, 255")
    pad = board(page, "Your drawing")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.515 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.515 * box["height"], steps=5)
    page.mouse.up()
    expect(counter(page, "R, G, B")).to_have_text("0, 0, 0")
    expect(page).to_have_url(re.compile("drawing=a"))
    pad.focus()
    page.keyboard.press("Control+z")
    expect(counter(page, "R, G, B")).to_have_text("255, 255, 255")
    page.get_by_role("radio", name="red").check()
    pad.focus()
    page.keyboard.press("Space")
    expect(counter(page, "R, G, B")).to_have_text("208, 32, 32")


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, extra=b""):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra


def encoded(kind, mode="RGB", size=(3, 2), color=(200, 100, 50)):
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind)
    return out.getvalue()


PIXELS = chunk(b"IDAT", zlib.compress(bytes(7 * 2)))
BAD = {
    "bomb.png": (png(20_000, 20_000), "20,000 × 20,000 pixels. That is 400 million"),
    "cut.jpg": (encoded("JPEG", size=(64, 64))[:-200], "is cut off"),
    "head.jpg": (encoded("JPEG")[:40], "is cut off"),
    "cut.png": (encoded("PNG")[:-6], "is cut off"),
    "moving.png": (png(2, 2, chunk(b"acTL", bytes(8)) + PIXELS + chunk(b"IEND")), "is animated"),
    "moving.gif": (encoded("GIF", "P", color=1), "is a GIF file"),
    "inks.jpg": (encoded("JPEG", "CMYK", color=(1, 2, 3, 4)), "four inks (CMYK)"),
    "wrong.png": (png(2, 2, chunk(b"IDAT", b"no pixels") + chunk(b"IEND")), "is damaged"),
    "notes.txt": (b"Dear diary, no picture today.", "is no picture"),
    "empty.png": (b"", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_and_loses_nothing(shared, name):
    page = shared.page
    content, problem = BAD[name]
    go(page, "?chapter=c1&picture=file")
    choose(page, name, content)
    alert = page.get_by_role("alert").filter(has_text=name)
    expect(alert).to_contain_text(problem)
    expect(alert).to_contain_text("The picture that was there stays.")
    expect(counter(page, "row, column")).to_have_text(re.compile(r"\d+, \d+"))


def choose(page, name, content):
    kind = "image/png" if name.endswith("png") else "image/jpeg"
    page.get_by_label("Picture file").set_input_files(
        {"name": name, "mimeType": kind, "buffer": content})  # fmt: skip


def test_a_png_is_shown_byte_for_byte(shared):
    page = shared.page
    go(page, "?chapter=c1&picture=file&at=2~3")
    choose(page, "three.png", encoded("PNG"))
    expect(page.get_by_text("“three.png”: 2 × 3 pixels, 18 numbers.")).to_be_visible()
    for column, value in enumerate((200, 100, 50)):
        expect(cell(page, GRID, 0, column)).to_have_text(str(value))
    expect(board(page, "Picture")).to_have_attribute("aria-label", re.compile("2 by 3 pixels"))


def test_a_large_jpeg_is_made_smaller_and_black_is_said(shared):
    page = shared.page
    go(page, "?chapter=c1&picture=file")
    choose(page, "night.jpg", encoded("JPEG", size=(640, 320), color=(0, 0, 0)))
    expect(page.get_by_text("made smaller to 32 × 64")).to_be_visible()
    expect(page.get_by_text("Black all over")).to_be_visible()


def test_a_picture_is_pasted(shared):
    page = shared.page
    go(page, "?chapter=c1&picture=file&at=1~1")
    expect(page.get_by_role("button", name="Choose a picture…")).to_be_visible()
    page.evaluate(
        """bytes => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "pasted.png", { type: "image/png" }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
        }""",
        list(encoded("PNG", color=(9, 8, 7))),
    )
    expect(page.get_by_text("“pasted.png”")).to_be_visible()
    expect(counter(page, "R, G, B")).to_have_text("9, 8, 7")


def test_the_same_under_panel_serve(watched, served):
    page = watched().open(f"{served}?chapter=c1&picture=file&at=1~1")
    choose(page, "bomb.png", BAD["bomb.png"][0])
    expect(page.get_by_role("alert").filter(has_text="bomb.png")).to_contain_text("400 million")
    choose(page, "three.png", encoded("PNG"))
    expect(counter(page, "R, G, B")).to_have_text("200, 100, 50")
