"""Charts over distributions in a real Chromium: each draws, and a click leads to exactly the requests that its figure counts.

What a cell, bar or slice says is read from the page; what lies behind it is counted anew with the filter and the times of the address it leads to.
"""

import datetime
import re
import shutil
import urllib.parse

import pytest
from playwright.sync_api import Page, expect

from page_complaints import complaints_of


CHROMIUM = shutil.which("chromium")
WAIT_MS = 60_000  # a page of twenty questions on a busy machine

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture(scope="module")
def closed_range(demo) -> str:
    """Four hours that are over, so that what is counted twice is counted of the same requests."""
    newest = datetime.datetime.fromisoformat(demo.get("/api/v1/status").json()["store"]["newest"])
    end = (newest - datetime.timedelta(minutes=30)).replace(minute=0, second=0, microsecond=0)
    iso = "%Y-%m-%dT%H:%M:%SZ"
    return urllib.parse.urlencode({"from": (end - datetime.timedelta(hours=4)).strftime(iso), "to": end.strftime(iso), "tz": "UTC"})


@pytest.fixture
def page(browser, demo, artefacts, request):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC", locale="en-GB", reduced_motion="reduce")
    context.add_init_script("localStorage.setItem('gatewatch.tour', 'seen')")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    complaints = complaints_of(page)
    yield page
    page.screenshot(path=artefacts / f"{re.sub(r'[^a-z0-9-]+', '-', request.node.name.removeprefix('test_'))}.png")
    context.close()
    assert complaints == []


def show(page: Page, demo, dashboard: str, panel: str, span: str):
    """The panel's element, drawn, in the middle of the screen."""
    page.goto(f"{demo.url}/?page={dashboard}&{span}")
    element = page.locator(f"#panel-{panel}")
    expect(element).to_be_visible(timeout=WAIT_MS)
    element.evaluate("(node) => node.scrollIntoView({block: 'center'})")
    # Not "visible": read as a table, the chart lies under it.
    element.locator(".panel-chart:not([hidden])").wait_for(state="attached")
    expect(element).not_to_have_class(re.compile(r"\bloading\b"), timeout=WAIT_MS)
    return element


def number(text: str) -> int:
    return int(text.replace(",", ""))


def counted(demo, page: Page) -> int:
    """How many requests the address lists."""
    page.wait_for_url(lambda url: "view=records" in url)
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    return demo.query(from_=state["from"], to=state["to"], time_zone="UTC", measures=["count"], where=state.get("where", ""))["rows"][0]["count"]


def near_tooltip(page: Page) -> int | None:
    """What the tooltip says of the place under the pointer, None where it says nothing."""
    row = page.locator(".tooltip:not([hidden]) tr.near .number")
    return number(row.inner_text()) if row.count() else None


def test_a_heatmap_cell_leads_to_its_requests(page, demo, closed_range):
    panel = show(page, demo, "performance", "heatmap", closed_range)
    box = panel.locator(".surface").bounding_box()
    found = None
    for across in (0.4, 0.5, 0.6, 0.3, 0.7):
        for height in (0.5, 0.42, 0.58, 0.34, 0.66, 0.25):
            x, y = box["x"] + box["width"] * across, box["y"] + box["height"] * height
            page.mouse.move(x, y)
            if (near_tooltip(page) or 0) > 0:
                found = (x, y, near_tooltip(page))
                break
        if found:
            break
    assert found, "no filled cell where most requests are"
    page.mouse.click(found[0], found[1])
    assert counted(demo, page) == found[2]


def test_the_cells_of_a_heatmap_are_reached_by_keyboard(page, demo, closed_range):
    panel = show(page, demo, "performance", "heatmap", closed_range)
    surface = panel.locator(".surface")
    surface.focus()
    for _ in range(6):
        surface.press("ArrowLeft")
    surface.press("Enter")
    item = page.locator(".menu-item:has(.swatch)").first
    expect(item).to_be_visible()
    said = number(item.locator(".menu-detail").inner_text())
    item.press("Enter")
    assert counted(demo, page) == said


def test_a_bar_of_a_histogram_leads_to_its_requests(page, demo, closed_range):
    panel = show(page, demo, "performance", "sizes", closed_range)
    surface = panel.locator(".surface")
    surface.focus()
    surface.press("Home")
    said = 0
    while said == 0:
        surface.press("ArrowRight")
        said = number(page.locator(".tooltip:not([hidden]) tr .number").first.inner_text())
    surface.press("Enter")
    assert counted(demo, page) == said


def test_the_field_of_a_histogram_is_a_choice_in_the_address(page, demo, closed_range):
    panel = show(page, demo, "performance", "sizes", closed_range)
    panel.get_by_role("button", name="First token").click()
    page.wait_for_url(lambda url: "option.sizes=ttft" in url)
    expect(panel.locator(".panel-caption")).to_contain_text("p50")


def test_a_percentile_leads_to_the_requests_from_there_on(page, demo, closed_range):
    panel = show(page, demo, "performance", "curve", closed_range)
    surface = panel.locator(".surface")
    surface.focus()
    surface.press("End")
    expect(page.locator(".tooltip-heading")).to_contain_text("p99.9")
    surface.press("Enter")
    total = demo.query(**{**dict(urllib.parse.parse_qsl(closed_range.replace("from=", "from_=").replace("tz=", "time_zone="))), "measures": ["count"]})["rows"][0]["count"]
    assert 0 < counted(demo, page) <= max(2, total * 0.0015)


def test_a_point_of_a_scatter_plot_leads_to_its_time(page, demo, closed_range):
    panel = show(page, demo, "performance", "knee", closed_range)
    surface = panel.locator(".surface")
    surface.focus()
    surface.press("End")
    rate = float(page.locator(".tooltip:not([hidden]) tr .number").first.inner_text().split("\u202f")[0])
    surface.press("Enter")
    count = counted(demo, page)
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    seconds = (datetime.datetime.fromisoformat(state["to"]) - datetime.datetime.fromisoformat(state["from"])).total_seconds()
    assert count / seconds == pytest.approx(rate, rel=0.02)


@pytest.mark.parametrize(("dashboard", "panel", "link"), [("cost", "providers", ".donut-figure"), ("cost", "client-model", "td a")])
def test_a_figure_of_money_leads_to_what_was_paid_for(page, demo, closed_range, dashboard, panel, link):
    element = show(page, demo, dashboard, panel, closed_range)
    first = element.locator(link).first
    said = first.inner_text()
    first.click()
    page.wait_for_url(lambda url: "view=records" in url)
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    paid = demo.query(from_=state["from"], to=state["to"], time_zone="UTC", measures=["sum(cost)"], where=state["where"])["rows"][0]["sum(cost)"]
    assert float(said.replace("$", "").replace(",", "")) == pytest.approx(paid, rel=0.01)


def test_a_bar_of_a_group_leads_to_the_requests_of_the_group(page, demo, closed_range):
    element = show(page, demo, "models", "breaching", closed_range)
    said = element.locator(".ranking-figure").first.inner_text()
    element.locator(".group-bar").first.click()
    page.wait_for_url(lambda url: "view=records" in url)
    state = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))
    slow = demo.query(from_=state["from"], to=state["to"], time_zone="UTC", measures=["p95(duration) as p95"], where=state["where"])["rows"][0]["p95"]
    figure, unit = re.search(r"([\d.]+)\s*(ms|s|min)$", said).groups()
    assert float(figure) * {"ms": 0.001, "s": 1, "min": 60}[unit] == pytest.approx(slow, rel=0.01)


def test_other_models_are_priced_with_the_tokens_of_the_range(page, demo, closed_range):
    panel = show(page, demo, "cost", "what-if", closed_range)
    rows = panel.locator("table.what-if tbody tr")
    expect(rows.first).to_be_visible()
    span = dict(urllib.parse.parse_qsl(closed_range))
    tokens = demo.query(
        from_=span["from"], to=span["to"], where="cost: *",
        measures=["sum(input_tokens) as input", "sum(output_tokens) as output", "sum(cache_read_tokens) as read", "sum(cache_creation_tokens) as written"])["rows"][0]
    tokens = {kind: count or 0 for kind, count in tokens.items()}
    prices = {(price["provider"], price["model"]): price for price in demo.get("/api/v1/prices").json()["models"]}
    name = rows.first.locator("th").evaluate("(cell) => cell.firstChild.textContent")
    price = prices[rows.first.locator("td").first.inner_text(), name]
    cached, written = (price[key] if price[key] is not None else price["input"] for key in ("cached_input", "cache_write"))
    expected = ((tokens["input"] - tokens["read"] - tokens["written"]) * price["input"] + tokens["read"] * cached + tokens["written"] * written + tokens["output"] * price["output"]) / 1e6
    said = float(rows.first.locator("td").nth(3).inner_text().replace("$", "").replace(",", ""))
    assert said == pytest.approx(expected, rel=0.01)
    panel.get_by_role("searchbox", name="Find a model").fill("haiku")
    expect(rows.first).to_contain_text("haiku")
    assert "haiku" in urllib.parse.unquote(page.url)


@pytest.mark.parametrize(("dashboard", "panel"), [("performance", "heatmap"), ("performance", "sizes"), ("performance", "curve"), ("performance", "knee"), ("cost", "providers"), ("cost", "client-model"), ("models", "breaching"), ("cost", "what-if")])
def test_every_chart_can_be_read_as_a_table(page, demo, closed_range, dashboard, panel):
    element = show(page, demo, dashboard, panel, f"{closed_range}&table={panel}")
    expect(element.locator(".panel-table tbody tr").first).to_be_visible()
    assert element.locator(".panel-table tbody tr").count() > 1


@pytest.mark.parametrize("panel", ["heatmap", "sizes", "curve", "knee"])
def test_a_range_without_requests_says_so(page, demo, panel):
    page.goto(f"{demo.url}/?page=performance&from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00Z")
    element = page.locator(f"#panel-{panel}")
    element.scroll_into_view_if_needed()
    expect(element).to_contain_text("No requests in this range", timeout=WAIT_MS)
