"""How soon a page that nothing is cached of shows something: first paint, first figures, and the figures of all panels on the screen.

    first_paint_bench.py [--url URL | --records N] [--pages ID,...] [--rounds N] [--waterfall]

A browser with an empty cache opens each page over loopback, --rounds times, with a new profile each time. Printed are the medians in milliseconds from the start of the
navigation: `document` (the answer's first byte), `paint` (the browser's first-contentful-paint), `figures` (the first frame after a panel shows its figures) and `all`
(the same of the last panel that is on the screen at the end), with the number of requests and the bytes as they went over the wire. Without --url the program is started
over --records made records. --waterfall prints when each request of the last round began and ended.
"""

import argparse
import pathlib
import shutil
import statistics
import tempfile

from playwright.sync_api import Browser, expect, sync_playwright

from measuring import REPOSITORY, GatewatchServer, load

VIEW = {"width": 1440, "height": 900}
PATIENCE_MS = 30_000
FIGURES = ["document", "paint", "figures", "all"]

# Runs before the page's own scripts: notes the frame after each panel first shows its figures.
WATCH = """
(() => {
  const shown = new Map();
  globalThis.figuresAt = shown;
  new MutationObserver(() => {
    for (const chart of document.querySelectorAll('.panel > .panel-body > .panel-chart:not([hidden])')) {
      const { id } = chart.closest('.panel');
      if (shown.has(id)) continue;
      shown.set(id, performance.now());
      requestAnimationFrame(() => shown.set(id, performance.now()));
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['hidden'] });
})();
"""

READ = """() => {
  const [navigation] = performance.getEntriesByType('navigation');
  const requests = performance.getEntriesByType('resource');
  const onScreen = (id) => document.getElementById(id)?.getBoundingClientRect().top < innerHeight;
  const times = [...globalThis.figuresAt].filter(([id]) => onScreen(id)).map(([, time]) => time);
  return {
    document: navigation.responseStart,
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    figures: Math.min(...times),
    all: Math.max(...times),
    requests: 1 + requests.length,
    bytes: navigation.transferSize + requests.reduce((sum, { transferSize }) => sum + transferSize, 0),
    waterfall: requests.map(({ name, startTime, responseStart, responseEnd, transferSize }) => [name, startTime, responseStart, responseEnd, transferSize]),
  };
}"""


def open_once(browser: Browser, url: str, page_id: str) -> dict:
    """One opening with a profile of its own; the page is left when all panels on the screen have figures or say why not."""
    context = browser.new_context(viewport=VIEW)
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{url}/?page={page_id}", wait_until="load")
    expect(page.locator(".panel-chart:not([hidden])").first).to_be_attached(timeout=PATIENCE_MS)
    expect(page.locator('.panel[aria-busy="true"]')).to_have_count(0, timeout=PATIENCE_MS)
    found = page.evaluate(READ)
    context.close()
    return found


def tell(page_id: str, rounds: list[dict]) -> None:
    medians = {name: statistics.median(found[name] for found in rounds) for name in FIGURES}
    worst = max(found["paint"] for found in rounds)
    print(f"  {page_id:16}" + "".join(f"{name} {medians[name]:5.0f}  " for name in FIGURES)
          + f"slowest paint {worst:5.0f}  {rounds[-1]['requests']:4} requests {statistics.median(found['bytes'] for found in rounds) / 1000:6.0f} kB", flush=True)


def measure(url: str, options) -> None:
    print(f"milliseconds from the start of the navigation, medians of {options.rounds} openings with an empty cache", flush=True)
    with sync_playwright() as playwright:
        # A browser of its own for each opening would count the start of its processes.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        open_once(browser, url, options.pages[0])
        for page_id in options.pages:
            rounds = [open_once(browser, url, page_id) for _ in range(options.rounds)]
            tell(page_id, rounds)
            if options.waterfall:
                for name, begin, first, end, size in rounds[-1]["waterfall"]:
                    print(f"    {begin:7.0f} {first:7.0f} {end:7.0f} {size:9}  {name.removeprefix(url)}")
        browser.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", help="a server that runs, for example http://127.0.0.1:7676")
    options.add_argument("--records", type=int, default=2_000_000)
    options.add_argument("--pages", type=lambda text: text.split(","), default=["overview", "performance", "cost"])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--waterfall", action="store_true")
    options = options.parse_args()
    if options.url:
        measure(options.url, options)
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="gatewatch-bench-"))
    server = GatewatchServer(folder / "data", ["--web", str(REPOSITORY / "web")])
    try:
        server.start()
        load(server, options.records)
        measure(server.url, options)
        server.stop()
    finally:
        server.abandon()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
