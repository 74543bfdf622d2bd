"""How soon the page answers a hand, and how many pictures it shows while a network trains.

    .venv/bin/python -m tests.benchmarks.responses [--inputs 40] [--seconds 10]

The built site in Chromium, at 1366 × 768. A slider is moved to and fro, each time once the move
before has been painted and a tenth of a second has passed; where a chapter has no slider for it, a
number in a grid is nudged by key, or the pointer goes from cell to cell. Times are the browser's
own: until Python's answer has come to the page, and until the first frame with it is done.
"""

import argparse
import statistics
import threading

from playwright.sync_api import sync_playwright

from app.site.serve import make_server
from tests.benchmarks.startup import DIST, chromium

# Chapter, and a slider by its label; or the grid whose first cell is nudged by key, or over whose
# cells the pointer goes.
MOVES = (
    ("a1", "slider", "w₁"), ("a2", "slider", "z"), ("a3", "key", "Weights and biases, layer 1"),
    ("a5", "slider", "w₁"), ("a8", "slider", "Noise"), ("c3", "slider", "Bias"),
    ("c3", "pointer", "Output"), ("c6", "slider", "Noise"),
)  # fmt: skip
WATCH = """() => {
    const model = Bokeh.documents[0], apply = model.apply_json_patch;
    window.answers = [];
    model.apply_json_patch = function (...patch) {
        const came = performance.now();
        apply.apply(this, patch);
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();  // its message comes after the frame
            port1.onmessage = () => {
                window.answers.push([came, performance.now()]);
                window.answered?.();
            };
            port2.postMessage(0);
        });
    };
}"""
OPEN = """async (query) => {
    window.answers.length = 0;
    window.glassnet.navigate(query);
    const last = () => window.answers.at(-1)?.[1] ?? Infinity;
    while (performance.now() - last() < 1000 || last() === Infinity)
        await new Promise((done) => setTimeout(done, 100));
}"""
MOVE = """async (element, inputs) => {
    const slide = (k) => {
        const [low, high] = [Number(element.min), Number(element.max)];
        const share = 0.25 + 0.1 * k / inputs;
        element.value = low + (high - low) * (k % 2 ? 1 - share : share);
        element.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const nudge = (k) => element.dispatchEvent(new KeyboardEvent("keydown", {
        key: k % 2 ? "ArrowDown" : "ArrowUp", shiftKey: true, bubbles: true, composed: true,
    }));
    const point = (k) => element.rows[k % 3].cells[(k + 1) % 3].dispatchEvent(
        new PointerEvent("pointerover", { bubbles: true, composed: true, pointerType: "mouse" }));
    const move = element.matches("input") ? slide : element.matches("table") ? point : nudge;
    const times = [];
    for (let k = 0; k < inputs; k++) {
        const painted = new Promise((done) => { window.answered = done; });
        window.answers.length = 0;
        const start = performance.now();
        move(k);
        await painted;
        times.push(window.answers[0].map((time) => time - start));
        await new Promise((done) => setTimeout(done, 100));
    }
    return times;
}"""
TRAIN = """async (seconds) => {
    const gaps = [], start = performance.now();
    let last = start, running = true;
    const tick = (now) => {
        gaps.push(now - last);
        last = now;
        if (running) requestAnimationFrame(tick);
    };
    window.answered = undefined;
    window.answers.length = 0;
    requestAnimationFrame(tick);
    await new Promise((done) => setTimeout(done, 1000 * seconds));
    running = false;
    return [window.answers.length / (performance.now() - start) * 1000, Math.max(...gaps.slice(1))];
}"""


def open_chapter(page, chapter):
    """Navigate, and wait until nothing more comes."""
    page.evaluate(OPEN, f"?chapter={chapter}")


def handle(page, kind, name):
    """What is moved: a slider of the settings, the cell that is the grid's tab stop, or the
    pointer over a grid."""
    if kind == "slider":
        return page.get_by_label(f"{name}, slider", exact=True)
    table = page.get_by_role("grid", name=name, exact=True)
    if kind == "pointer":
        return table
    table.locator("td").first.click()
    page.keyboard.press("Home")
    return table.locator("td[tabindex='0']")


def respond(page, chapter, kind, name, inputs):
    """Medians in ms, and the 90th percentile: until Python has answered, until it can be seen."""
    open_chapter(page, chapter)
    moved = handle(page, kind, name)
    moved.evaluate(MOVE, 5)  # a first few are not counted
    came, seen = zip(*moved.evaluate(MOVE, inputs), strict=True)
    return statistics.median(came), statistics.median(seen), sorted(seen)[int(0.9 * inputs)]


def train(page, seconds):
    """Pictures a second of the default network of A8, and the longest gap between two frames."""
    open_chapter(page, "a8")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_timeout(1000)
    return page.evaluate(TRAIN, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=10)
    options = parser.parse_args()
    server = make_server(DIST, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"http://127.0.0.1:{server.server_port}/?chapter=a4")
        page.wait_for_selector("[data-live]", state="attached", timeout=120_000)
        page.evaluate(WATCH)
        for chapter, kind, name in MOVES:
            came, seen, worst = respond(page, chapter, kind, name, options.inputs)
            print(f"{chapter:4}{name:30}{kind:8}{seen:6.0f} ms, {came:.0f} ms of them until the "
                  f"answer has come; nine of ten within {worst:.0f} ms", flush=True)  # fmt: skip
        pictures, gap = train(page, options.seconds)
        print(f"a8  training: {pictures:.1f} pictures a second; "
              f"longest gap between frames {gap:.0f} ms")  # fmt: skip
        browser.close()


if __name__ == "__main__":
    main()
