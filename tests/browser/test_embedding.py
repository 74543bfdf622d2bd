"""The app within other pages, and under `panel serve`."""

import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from playwright.sync_api import expect

from app.playground.chapters import MODULES
from tests.browser.conftest import LIVE_MS
from tests.browser.helpers import cell, counter, expect_opened, go, press

PARENT = """<!doctype html><title>A course</title><link rel="icon" href="data:,">
<script>
window.heard = [];
addEventListener("message", (event) => window.heard.push(event.data));
</script>
<iframe title="Glassnet" src="{address}" width="700" height="900"></iframe>
"""


def test_one_chapter_in_a_frame_of_another_origin(watched, site, tmp_path):
    address = f"{site}?chapter=a3&embed=1&theme=light"
    (tmp_path / "index.html").write_text(PARENT.format(address=address))
    # A plain server: the course page has no policy of ours. Another port is another origin.
    handler = partial(SimpleHTTPRequestHandler, directory=tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    view = watched()
    view.page.goto(f"http://127.0.0.1:{server.server_port}/index.html")
    frame = view.page.frame_locator("iframe")
    frame.locator("[data-live]").wait_for(state="attached", timeout=LIVE_MS)
    expect(cell(frame, "Results", 2, 4)).to_have_text("0.721633")
    expect(frame.get_by_role("navigation", name="Chapters")).to_be_hidden()
    heard = view.page.evaluate("window.heard")
    heights = [m["height"] for m in heard if m.get("type") == "glassnet.height"]
    assert heights
    assert heights[-1] > 400
    assert {"subject": "lti.frameResize", "height": heights[-1]} in heard
    server.shutdown()


def test_it_needs_no_cookie_storage_or_service_worker(watched, site):
    page = watched().open(site)
    kept = page.evaluate("""async () => [
        document.cookie, localStorage.length, sessionStorage.length,
        (await indexedDB.databases()).length, (await caches.keys()).length,
        (await navigator.serviceWorker.getRegistrations()).length,
    ]""")
    assert kept == ["", 0, 0, 0, 0, 0]


def test_the_same_under_panel_serve(watched, served):
    view = watched()
    page = view.open(served)
    expect(cell(page, "Results", 0, 3)).to_have_text("7.000000")
    cell(page, "Results", 0, 4).click()
    expect_opened(page, "0.9990889488055994")
    page.get_by_role("link", name="Neurons combined").click()
    expect(cell(page, "Results", 2, 4)).to_have_text("0.721633")
    page.get_by_role("link", name="A network that learns").click()
    expect(counter(page, "step")).to_have_text("0")
    press(page, "Play")
    learned = re.compile(r"^(9[5-9]|100)\.\d %$")
    expect(counter(page, "training right")).to_have_text(learned, timeout=30_000)
    press(page, "Pause")
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    press(page, "Reset")
    expect(counter(page, "step")).to_have_text("0")
    assert view.foreign(served.rsplit("/", 1)[0]) == []


def test_every_chapter_follows_every_other_under_panel_serve(watched, served):
    """Panel sends what differs between two chapters; the page must know all that it speaks of."""
    page = watched().open(served)
    for chapter in [*MODULES][::-1]:
        go(page, f"?chapter={chapter}")
