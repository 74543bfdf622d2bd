"""A training server of its own process, and pages in a real Chromium that train on it."""

import re
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from .conftest import LIVE_MS, ROOT, start_server
from .helpers import counter, press

CODE = re.compile(r"(\d+-[0-9A-Z]{4}-[0-9A-Z]{4}) connects")
TOKEN = re.compile(r"(http://\S+#token=\S+)")
ENGINE = re.compile("in this page|training server")
QUICK = "?chapter=c8"


class Running:
    """One server. `code` and `address` are what its terminal shows."""

    def __init__(self, folder, *options, port=0):
        command = [sys.executable, "-m", "app.server", "--port", str(port), "--engine", "numpy",
                   "--data-folder", str(folder), *options]  # fmt: skip
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        said = ""
        for line in self.process.stdout:
            said += line
            if CODE.search(said) and TOKEN.search(said):
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        self.code, self.address = CODE.search(said)[1], TOKEN.search(said)[1]

    @property
    def port(self):
        return int(self.code.split("-")[0])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def end(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def public(launch):
    """A site that the browser takes to be of the internet, so that reaching this machine needs the
    learner's permission; and the browser."""
    server, address = start_server(ROOT / "dist")
    place = address.removeprefix("http://").rstrip("/")
    browser = launch(f"--ip-address-space-overrides={place}=public")
    yield browser, address
    browser.close()
    server.shutdown()


@pytest.fixture(scope="module")
def training(tmp_path_factory, public):
    running = Running(tmp_path_factory.mktemp("data"), "--allow-origin", public[1].rstrip("/"))
    yield running
    running.end()


@contextmanager
def opened(browser, address, granted=True):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    if granted:
        context.grant_permissions(["local-network-access"])
    page = context.new_page()
    page.goto(address)
    expect(page.locator("html[data-live]")).to_have_count(1, timeout=LIVE_MS)
    yield page
    context.close()


def open_menu(page):
    page.get_by_role("button", name=ENGINE).click()
    return page.get_by_role("dialog", name="Where it trains")


def connect(page, code):
    menu = open_menu(page)
    type_code(menu, code)
    return menu


def type_code(menu, code):
    menu.get_by_label("Pairing code").fill(code)
    menu.get_by_role("button", name="Connect", exact=True).click()


def steps(page):
    return int(counter(page, "step").inner_text().replace(",", ""))


def trained(page, least):
    """Until so many steps have been seen."""
    counter(page, "step").evaluate(
        """(shown, least) => new Promise((done) => {
          const look = () => Number(shown.textContent.replaceAll(",", "")) >= least && done();
          const all = { childList: true, subtree: true, characterData: true };
          new MutationObserver(look).observe(shown, all);
          look();
        })""", least, timeout=LIVE_MS,
    )  # fmt: skip


def test_connect_hand_over_train_and_hand_back(public, training):
    browser, address = public
    with opened(browser, f"{address}{QUICK}") as page:
        press(page, "Play")
        trained(page, 20)
        before = float(counter(page, "training loss").inner_text())
        menu = connect(page, f"1-{training.code.split('-', 1)[1]}")
        status = menu.get_by_role("status")
        expect(status).to_contain_text("Nothing answers at 127.0.0.1:1.")
        type_code(menu, f"{training.port}-AAAA-AAAA")
        expect(status).to_contain_text("this code or token is not its own")
        type_code(menu, training.code)
        expect(status).to_contain_text("Connected to 127.0.0.1")
        menu.get_by_role("radio", name="Training server: NumPy").check()
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        expect(page.get_by_role("button", name=ENGINE)).to_be_focused()
        button = page.get_by_role("button", name="on the training server")
        expect(button).to_contain_text("steps a second")
        start = steps(page)
        trained(page, start + 100)
        press(page, "Pause")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        menu = open_menu(page)
        expect(menu.get_by_text("steps a second")).to_have_count(2)
        menu.get_by_role("radio", name="This page").check()
        expect(page.get_by_role("button", name=re.compile("^NumPy in this page"))).to_be_visible()
        page.keyboard.press("Escape")
        assert float(counter(page, "training loss").inner_text()) < before
        there = steps(page)
        press(page, "Batch")
        trained(page, there + 1)
        assert steps(page) == there + 1


def test_a_page_from_the_server_connects_by_itself_and_hides_the_token(chromium, training):
    with opened(chromium, training.address.replace("/#", f"/{QUICK}#"), granted=False) as page:
        assert "token" not in page.evaluate("location.href")
        menu = open_menu(page)
        expect(menu.get_by_role("radio", name="Training server: NumPy")).to_be_enabled()
        expect(menu.get_by_label("Pairing code")).to_be_hidden()
        found = Axe().run(page).response["violations"]
        assert not [(each["id"], each["nodes"][0]["html"]) for each in found]
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 320, "height": 640})
        box = open_menu(page).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["y"] >= 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_permission_is_explained_before_the_click_and_told_when_it_is_denied(public, training):
    browser, address = public
    with opened(browser, f"{address}{QUICK}", granted=False) as page:
        menu = open_menu(page)
        expect(menu).to_contain_text("Your browser then asks whether this page may reach")
        type_code(menu, training.code)
        expect(menu.get_by_role("status")).to_contain_text("does not let this page reach programs")


@pytest.fixture(scope="module")
def course(public, tmp_path_factory):
    """The address of a page with a frame of that site, with and without leave to ask."""
    folder = tmp_path_factory.mktemp("course")
    for name, leave in (("without", ""), ("with", 'allow="local-network-access"')):
        frame = f'<iframe src="{public[1]}{QUICK}&embed=1" width="900" height="700" {leave}>'
        (folder / f"{name}.html").write_text(f"<!doctype html><title>A course</title>{frame}")
    handler = partial(SimpleHTTPRequestHandler, directory=folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def framed(public, address):
    """Like `opened`, for a learner who was not asked yet, within another page."""
    context = public[0].new_context(viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.goto(address)
    frame = page.frame_locator("iframe")
    expect(frame.locator("html[data-live]")).to_have_count(1, timeout=LIVE_MS)
    yield frame
    context.close()


def test_a_page_around_it_that_keeps_it_from_asking_is_told_apart(public, training, course):
    with framed(public, f"{course}/without.html") as frame:
        menu = open_menu(frame)
        expect(menu).to_contain_text("The page around this one keeps it from reaching this machine")
        type_code(menu, training.code)
        status = menu.get_by_role("status")
        expect(status).to_contain_text('allow="local-network-access"')
        expect(status).to_contain_text("Open Glassnet in a tab of its own")
        expect(menu.get_by_text("The page around this one")).to_have_count(1)
    with framed(public, f"{course}/with.html") as frame:
        menu = open_menu(frame)
        expect(menu).to_contain_text("Your browser then asks whether this page may reach")
        type_code(menu, training.code)  # a browser without a window asks nobody, and denies
        expect(menu.get_by_role("status")).to_contain_text("does not let this page reach programs")


def test_a_page_of_another_origin_learns_which_flag_names_it(site, chromium, training):
    with opened(chromium, f"{site}{QUICK}") as page:
        menu = connect(page, training.code)
        expect(menu.get_by_role("status")).to_contain_text(f"--allow-origin {site.rstrip('/')}")


def test_a_server_that_is_killed_and_started_again(public, tmp_path):
    browser, address = public
    origin = ("--allow-origin", address.rstrip("/"))
    first = Running(tmp_path, *origin)
    with opened(browser, f"{address}{QUICK}") as page:
        menu = connect(page, first.code)
        menu.get_by_role("radio", name="Training server: NumPy").check()
        page.keyboard.press("Escape")
        press(page, "Play")
        trained(page, 30)
        first.kill()
        menu = open_menu(page)
        expect(menu.get_by_role("status")).to_contain_text("The connection to")
        second = Running(tmp_path, *origin, port=first.port)
        expect(menu.get_by_role("status")).to_contain_text("makes a new one", timeout=LIVE_MS)
        before = steps(page)
        type_code(menu, second.code)
        expect(menu.get_by_role("status")).to_contain_text("Connected to")
        page.keyboard.press("Escape")
        press(page, "Play")
        trained(page, before + 20)
        second.end()
