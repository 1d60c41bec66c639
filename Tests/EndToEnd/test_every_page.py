"""Every page of the program on three screens: each panel shows data or says why not, nothing overlaps, nothing complains."""

import json
import pathlib
import shutil
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from gatewatch_server import REPOSITORY
from page_complaints import complaints_of

CHROMIUM = shutil.which("chromium")
WAIT_MS = 30_000  # a busy machine; figures themselves come within a second
SCREENS = {
    "1440": {"viewport": {"width": 1440, "height": 900}},
    "768": {"viewport": {"width": 768, "height": 1024}},
    "390": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}
DASHBOARDS = sorted(path.stem for path in (REPOSITORY / "dashboards").glob("*.yaml"))
OTHERS = ["alerts", "explore"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

# What each panel shows: a chart that is there and not covered, or words; and whether it has an error.
PANELS = """() => [...document.querySelectorAll('.panel[data-panel]')].filter((panel) => panel.getClientRects().length > 0).map((panel) => {
  const chart = panel.querySelector('.panel-chart');
  const over = panel.querySelector('.panel-over');
  const words = over && !over.hidden ? over.innerText.trim() : '';
  return {
    id: panel.dataset.panel, waits: Boolean(panel.querySelector('.panel-over:not([hidden]) .skeleton')), words,
    draws: Boolean(chart && !chart.hidden && !chart.classList.contains('covered') && chart.getBoundingClientRect().height > 8 && (chart.innerText.trim() || chart.querySelector('canvas, svg'))),
    error: panel.querySelector('.notice-error')?.innerText ?? '',
  };
})"""
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.panel[data-panel]')].map((panel) => [panel.dataset.panel, panel.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
  const found = [];
  for (const [index, [name, a]] of boxes.entries()) for (const [other, b] of boxes.slice(index + 1)) {
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) found.push(`${name} / ${other}`);
  }
  return found;
}"""


@pytest.fixture
def page(browser, demo, request):
    """A page of a fresh session, with what it complained of."""
    context = browser.new_context(**SCREENS[request.getfixturevalue("screen")], timezone_id="Europe/Berlin", locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    page.complaints = complaints_of(page)
    yield page
    context.close()


def settled(page):
    """Scrolls through the page until every panel has been asked for and has answered; what they show then."""
    until = time.monotonic() + WAIT_MS / 1000
    while True:
        height = page.evaluate("document.documentElement.scrollHeight")
        for top in range(0, height, 600):
            page.evaluate("(top) => scrollTo(0, top)", top)
            expect(page.locator(".panel.loading")).to_have_count(0, timeout=WAIT_MS)
        panels = page.evaluate(PANELS)
        if panels and all(not panel["waits"] and (panel["draws"] or panel["words"]) for panel in panels):
            page.evaluate("scrollTo(0, 0)")
            return panels
        assert time.monotonic() < until, [panel for panel in panels if panel["waits"] or not (panel["draws"] or panel["words"])]


def test_the_server_serves_every_shipped_file(demo):
    answer = json.load(urllib.request.urlopen(f"{demo.url}/api/v1/dashboards"))
    assert answer["faults"] == []
    assert sorted(board["id"] for board in answer["dashboards"]) == DASHBOARDS


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", DASHBOARDS)
def test_every_panel_shows_data_or_says_why_not(page, demo, artefacts, name, screen):
    page.goto(f"{demo.url}/?page={name}&from=now-6h")
    page.wait_for_selector(".panel[data-panel]")
    folded = page.locator('.section-title[aria-expanded="false"]')
    for count in range(folded.count(), 0, -1):
        folded.first.click()
        expect(folded).to_have_count(count - 1)
    panels = settled(page)
    page.screenshot(path=pathlib.Path(artefacts) / f"page-{name}-{screen}.png", full_page=True)
    assert [panel for panel in panels if panel["error"]] == []
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.complaints == []


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", OTHERS)
def test_pages_that_are_no_dashboards_are_there(page, demo, artefacts, name, screen):
    page.goto(f"{demo.url}/?page={name}")
    page.wait_for_selector("main h1, main textarea")
    page.screenshot(path=pathlib.Path(artefacts) / f"page-{name}-{screen}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert page.complaints == []


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_that_is_not_there_says_so(page, demo, screen):
    page.goto(f"{demo.url}/?page=no-such-page")
    page.get_by_text("There is no page named no-such-page").wait_for()
    page.get_by_role("link", name="Go to the Overview").click()
    page.wait_for_selector("#panel-errors")


@pytest.mark.parametrize("screen", ["1440", "390"])
def test_the_tour_leads_through_and_is_offered_once(page, demo, screen):
    page.goto(demo.url)
    page.get_by_role("button", name="Show me").click()
    for step in range(8):
        page.get_by_text(f"{step + 1} of 8").wait_for()
        assert page.locator(".tour-target").count() == 1
        page.locator(".tour-step .primary").click()
    page.wait_for_selector(".tour-step", state="detached")
    page.reload()
    page.wait_for_selector("#panel-errors")
    assert page.locator(".tour-offer").count() == 0
