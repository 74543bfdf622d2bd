"""How long a learner waits: first paint and live, in fresh browsers; and what the site weighs.

    .venv/bin/python -m tests.benchmarks.startup [--runs 10] [--query ?chapter=a8]

Every run is a new Chromium with an empty cache that loads the built site from a local server. Times
are milliseconds since the navigation began, by the browser's own clock.
"""

import argparse
import gzip
import os
import shutil
import statistics
import threading

from playwright.sync_api import sync_playwright

from app.site.build import ROOT
from app.site.serve import make_server

DIST = ROOT / "dist"
MARKS = ("python", "app", "document", "live")  # in the order of starting
READ = """() => Object.fromEntries([
    ...performance.getEntriesByType("paint"), ...performance.getEntriesByType("mark"),
].map(({ name, startTime }) => [name, startTime]))"""


def chromium(playwright):
    """A new browser."""
    path = os.environ.get("GLASSNET_CHROMIUM") or shutil.which("chromium")
    return playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


def measure(playwright, address):
    """The times of one visit in a browser of its own, by name."""
    browser = chromium(playwright)
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    page.goto(address)
    page.wait_for_selector("[data-live], [data-failed]", state="attached", timeout=120_000)
    if page.locator("#failure").count():
        raise SystemExit(page.locator("#failure").inner_text())
    times = page.evaluate(READ)
    browser.close()
    return times


def weight():
    """Bytes of all files of the site: as they lie there, and each compressed by gzip."""
    files = [path.read_bytes() for path in DIST.rglob("*") if path.is_file()]
    return sum(map(len, files)), sum(len(gzip.compress(data, 6)) for data in files)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--query", default="", help="such as ?chapter=a8")
    options = parser.parse_args()
    server = make_server(DIST, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/{options.query}"
    with sync_playwright() as playwright:
        visits = [measure(playwright, address) for _ in range(options.runs)]
    raw, packed = weight()
    print(f"site: {raw / 1e6:.1f} MB, {packed / 1e6:.1f} MB gzip")
    for name in ("first-contentful-paint", *MARKS):
        times = [visit[name] for visit in visits]
        print(f"{name:24}{statistics.median(times):8.0f} ms  "
              f"({min(times):.0f} to {max(times):.0f}, {len(times)} visits)")  # fmt: skip


if __name__ == "__main__":
    main()
