"""The world map of countries: shaded, listed beside it, followed to its requests; and the list alone where the outlines are not installed."""

import json
import pathlib
import shutil

import pytest
from playwright.sync_api import Page, expect

from gatewatch_server import REPOSITORY

CHROMIUM = shutil.which("chromium")
OUTLINES = REPOSITORY / "web/vendor/countries.json"
WAIT_MS = 30_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture(params=[1440, 390])
def page(browser, request):
    context = browser.new_context(viewport={"width": request.param, "height": 900}, locale="en-GB", timezone_id="Europe/Berlin")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


def map_panel(page: Page, demo):
    page.goto(f"{demo.url}/?page=requests&from=now-12h&to=now")
    panel = page.locator("#panel-geography")
    panel.scroll_into_view_if_needed()
    expect(panel.locator(".map-list li").first).to_be_visible()
    return panel


def counts(demo) -> dict:
    body = {"from": "now-12h", "to": "now", "measures": ["count"], "by": ["country"], "limit": 300, "order": "-count"}
    answer = demo.post("/api/v1/requests/query", json.dumps(body).encode(), {"Content-Type": "application/json"}).json()
    return dict(answer["rows"])


@pytest.mark.skipif(not OUTLINES.exists(), reason="needs the outlines that scripts/setup fetches")
def test_the_map_and_its_list_show_the_countries(page, demo, artefacts):
    panel = map_panel(page, demo)
    names = panel.locator(".map-list .ranking-name").all_inner_texts()
    known = counts(demo)
    assert {"United States", "Germany", "India", "Private networks"} <= set(names)
    # What is no country stands behind all that are one.
    assert names.index("Private networks") >= len([code for code in known if code not in (None, "private")]) - 1
    assert known["private"] > known["US"] > 10
    expect(panel.locator(".map-canvas canvas")).to_be_visible()
    assert panel.locator(".map-legend li").count() >= 3
    # The canvas has the darkest colour of the scale somewhere: the largest country is painted.
    painted = page.evaluate(
        """() => {
          const canvas = document.querySelector('#panel-geography .map-canvas canvas');
          const wanted = getComputedStyle(document.documentElement).getPropertyValue('--heat-6').trim();
          const [r, g, b] = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
          const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let found = 0;
          for (let at = 0; at < data.length; at += 4) if (data[at] === r && data[at + 1] === g && data[at + 2] === b) found += 1;
          return found;
        }"""
    )
    assert painted > 50
    box = panel.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"] + 1
    panel.screenshot(path=artefacts / f"map-{page.viewport_size['width']}.png")


def test_another_measure_is_shown_without_another_question(page, demo):
    panel = map_panel(page, demo)
    asked = []
    panel.get_by_role("button", name="p95", exact=True).click()
    page.on("request", lambda sent: asked.append(sent.url))
    expect(panel.get_by_role("button", name="p95", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(panel.locator(".map-list .ranking-figure").first).to_contain_text("s")
    assert "p95" in page.url or "option" in page.url


def test_a_country_leads_to_its_requests_by_keyboard(page, demo):
    panel = map_panel(page, demo)
    link = panel.locator(".map-list .ranking-bar").first
    name = panel.locator(".map-list .ranking-name").first.inner_text()
    assert name in link.get_attribute("aria-label")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "country" in url and "view=records" in url)
    expect(page.locator("tbody tr").first).to_be_visible()


def test_without_outlines_the_list_stands_alone_and_says_why(page, demo):
    page.route("**/vendor/countries.json", lambda route: route.fulfill(status=404, body=""))
    panel = map_panel(page, demo)
    expect(panel.locator(".map-note")).to_contain_text("not installed")
    expect(panel.locator(".map-canvas")).to_be_hidden()
    assert panel.locator(".map-list li").count() > 10


@pytest.mark.skipif(not OUTLINES.exists(), reason="needs the outlines that scripts/setup fetches")
def test_the_outlines_are_served_and_small(demo):
    answer = demo.get("/vendor/countries.json")
    assert answer.status == 200 and answer.headers["content-type"] == "application/json"
    outlines = json.loads(answer.body)
    codes = [feature["properties"]["name"] for feature in outlines["features"]]
    assert len(codes) == len(set(codes)) > 170 and {"DE", "FR", "NO", "US"} <= set(codes)
    assert pathlib.Path(OUTLINES).stat().st_size < 200_000
