"""One built site, one Chromium, and pages that must not fail quietly."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from app.site.serve import make_server
from tests.browser.helpers import LIVE_MS

ROOT = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

# The tests of the server run beside these; what must be quick is timed by the tests that say so.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items):
    """These come last: while Playwright runs, asyncio takes a loop to be running, and no other test
    could start its own."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)


def start_server(folder):
    server = make_server(folder, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}/"


@pytest.fixture(scope="session")
def dist():
    folder = ROOT / "dist"
    assert (folder / "index.html").is_file(), "build the site first: python3 build.py site"
    return folder


@pytest.fixture(scope="session")
def site(dist):
    server, address = start_server(dist)
    yield address
    server.shutdown()


@pytest.fixture(scope="session")
def served():
    """The address of the same app under `panel serve`."""
    panel = str(Path(sys.executable).with_name("panel"))
    command = [panel, "serve", "app/playground/main.py", "--port", "0",
               "--address", "127.0.0.1", "--static-dirs", "glassnet=static"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "running at:" in line:
            break
    # Whatever it says later must not fill the pipe.
    threading.Thread(target=process.stderr.read, daemon=True).start()
    yield line.split("running at:")[1].strip()
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def launch():
    """Starts a Chromium with more flags than the usual ones."""
    path = os.environ.get("GLASSNET_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        yield lambda *flags: playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])


@pytest.fixture(scope="session")
def chromium(launch):
    browser = launch()
    yield browser
    browser.close()


class Watched:
    """A page and everything that went wrong in it."""

    def __init__(self, page):
        self.page = page
        self.errors = []
        self.requests = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def open(self, address):
        self.page.goto(address)
        self.page.wait_for_selector("[data-live]", state="attached", timeout=LIVE_MS)
        return self.page

    def foreign(self, address):
        own = (address, "blob:", "data:", address.replace("http", "ws", 1))
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture
def watched(chromium):
    """Opens pages; at the end, none may have logged an error."""
    made = []

    def make(**options):
        page = chromium.new_page(**{"viewport": {"width": 1366, "height": 768}, **options})
        made.append(Watched(page))
        return made[-1]

    yield make
    for each in made:
        each.page.close()
    assert [error for each in made for error in each.errors] == []


@pytest.fixture(scope="module")
def shared(chromium, site):
    """One live page that several tests of a module navigate within."""
    page = Watched(chromium.new_page(viewport={"width": 1366, "height": 768}))
    page.open(site)
    yield page
    page.page.close()
    assert page.errors == []
