"""A real Chromium drives the page on generated traffic, on a desktop and on a phone."""

import json
import re
import shutil
import urllib.parse

import pytest
from playwright.sync_api import Page, expect

from page_complaints import complaints_of


CHROMIUM = shutil.which("chromium")
WAIT_MS = 20_000  # data come once a second; the rest is for a busy machine

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


SCREENS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}


@pytest.fixture(params=SCREENS)
def screen(request):
    return request.param


@pytest.fixture
def page(browser, demo, screen, artefacts, request):
    """A page of a fresh browser session; at the end it must not have complained or asked anybody else."""
    context = browser.new_context(**SCREENS[screen], timezone_id="Europe/Berlin", locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    complaints = complaints_of(page)
    page.on("request", lambda sent: complaints.append(f"foreign request: {sent.url}") if urllib.parse.urlsplit(sent.url).netloc != demo.address else None)
    yield page
    page.screenshot(path=artefacts / f"{re.sub(r'[^a-z0-9-]+', '-', request.node.name.removeprefix('test_'))}.png", full_page=True)
    context.close()
    if request.node.get_closest_marker("refused_question"):
        complaints = [text for text in complaints if not re.match(r"400 |console: Failed to load resource: .* status of 400 ", text)]
    assert complaints == []


def open_page(page: Page, demo, query: str = "") -> None:
    page.goto(f"{demo.url}/{query}")
    expect(page.locator(".panel").first).to_be_visible()


def wait_for_data(page: Page, panel: str) -> None:
    expect(page.locator(f"#panel-{panel} .panel-chart")).to_be_visible()


def parameters(page: Page) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def type_filter(page: Page, text: str) -> None:
    field = page.get_by_role("combobox", name="Filter")
    field.fill(text)
    field.press("Escape")  # closes the suggestions
    field.press("Enter")


def click_bar(page: Page, screen: str, share: float) -> None:
    """Clicks the foot of a bar of the chart "Traffic and errors", at a share of the plot's width."""
    surface = page.locator("#panel-traffic .surface")
    surface.scroll_into_view_if_needed()
    box = surface.bounding_box()
    place = {"x": 50 + (box["width"] - 62) * share, "y": box["height"] - 30}  # inside the margins of the axes
    if screen == "phone":
        surface.tap(position=place)
        page.get_by_text("All requests of this time").tap()
    else:
        surface.click(position=place)


def test_overview_shows_figures_that_move(page, demo, screen):
    open_page(page, demo)
    for panel in ("availability", "rate", "errors", "latency-p95", "traffic"):
        page.locator(f"#panel-{panel}").scroll_into_view_if_needed()
        wait_for_data(page, panel)
    page.mouse.move(2, 2)  # away from the charts: whoever reads is not disturbed
    count = page.locator(".filter-count")
    before = page.locator("#panel-rate .stat-value").inner_text() + count.inner_text()
    page.wait_for_function(
        "before => document.querySelector('#panel-rate .stat-value').innerText + document.querySelector('.filter-count').innerText !== before", arg=before)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")


@pytest.mark.parametrize("name", ["overview", "requests"])
def test_page_fits_the_screen(page, demo, screen, name):
    open_page(page, demo, f"?page={name}")
    page.wait_for_function("() => document.querySelectorAll('.panel-chart:not([hidden])').length > 2")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} pixels too wide"


def test_filter_changes_the_figures_and_the_address(page, demo, screen):
    open_page(page, demo)
    wait_for_data(page, "rate")
    provider = demo.query(from_="now-1h", to="now", by=["provider"], where="provider: *", limit=1)["rows"][0]["provider"]
    type_filter(page, f"provider: {provider}")
    page.wait_for_url(lambda url: "where=" in url)
    assert parameters(page)["where"] == f"provider: {provider}"
    expect(page.locator(".filter-count")).to_contain_text(" of ")
    tiles = page.locator("#panel-providers")
    tiles.scroll_into_view_if_needed()
    expect(tiles).to_contain_text(provider)
    page.go_back()
    expect(page.get_by_role("combobox", name="Filter")).to_have_value("")
    expect(page.locator(".filter-count")).not_to_contain_text(" of ")


@pytest.mark.refused_question
def test_wrong_filter_is_marked_and_not_applied(page, demo, screen):
    open_page(page, demo)
    type_filter(page, "provider: openai and nonsense_field: 1")
    expect(page.locator("#filter-error")).to_contain_text("nonsense_field")
    assert "where" not in parameters(page)


def test_click_on_a_bar_opens_the_requests_behind_it(page, demo, screen):
    open_page(page, demo)
    page.locator("#panel-traffic").scroll_into_view_if_needed()
    wait_for_data(page, "traffic")
    click_bar(page, screen, share=0.5)
    page.wait_for_url(lambda url: "view=records" in url)
    expect(page.locator("#records tbody tr").first).to_be_visible()
    asked = parameters(page)
    count = demo.query(from_=asked["from"], to=asked["to"], where=asked.get("where", ""))["rows"][0]["count"]
    assert count > 0
    expect(page.locator(".records-count")).to_have_text(re.compile(rf"^\D*{count:,}\D*$".replace(",", r"\D?")))


def test_record_opens_beside_the_table_and_survives_a_reload(page, demo, screen):
    open_page(page, demo)
    page.locator("#panel-traffic").scroll_into_view_if_needed()
    wait_for_data(page, "traffic")
    click_bar(page, screen, share=0.4)
    first = page.locator("#records tbody tr").first
    expect(first).to_be_visible()
    record = first.get_attribute("data-id")
    first.locator("a").first.click()
    panel = page.locator("#record")
    expect(panel).to_be_visible()
    assert parameters(page)["open"] == record
    expect(panel.locator(".side-summary")).to_be_visible()
    rows = page.locator("#records tbody tr").evaluate_all("rows => rows.map(row => row.dataset.id)")
    shown = panel.locator(".side-summary").inner_text()
    address = page.url
    page.reload()
    expect(panel.locator(".side-summary")).to_be_visible()
    assert panel.locator(".side-summary").inner_text() == shown
    expect(page.locator("#records tbody tr")).to_have_count(len(rows))
    assert page.locator("#records tbody tr").evaluate_all("rows => rows.map(row => row.dataset.id)") == rows
    assert page.url == address
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


# --- Explore

RATE = "sum by (provider) (increase(llm_gateway_llm_gateway_requests_total[10m]))"


def test_a_point_of_a_family_shows_its_own_requests(page, demo, screen):
    page.goto(f"{demo.url}/?page=explore")
    editor = page.get_by_role("combobox", name="PromQL expression")
    editor.fill(RATE)
    editor.press("Escape")
    editor.press("Enter")
    surface = page.locator(".explore-chart .surface")
    expect(surface).to_be_visible()
    box = surface.bounding_box()
    place = {"x": box["width"] * 0.6, "y": box["height"] * 0.5}
    if screen == "phone":
        surface.tap(position=place)
    else:
        surface.click(position=place)
    facts = page.locator(".point-facts strong")
    expect(facts).to_be_visible()
    time, labels = parameters(page)["point"].split(" ", 1)
    answer = demo.get("/api/v1/query?" + urllib.parse.urlencode({"query": RATE, "time": time})).json()
    value = next(row["value"][1] for row in answer["data"]["result"] if row["metric"] == json.loads(labels))
    assert facts.inner_text().split()[0].replace(",", "") == str(round(float(value)))
    page.get_by_role("link", name="Open in Requests").click()
    expect(page.locator(".records-count")).to_have_text(f"{int(float(value)):,}")


@pytest.mark.refused_question
def test_an_expression_that_cannot_be_read_is_marked_where_it_is_wrong(page, demo):
    page.goto(f"{demo.url}/?page=explore&expr=sum+sum(up)")
    expect(page.locator("#promql-error")).to_contain_text("Column 5")
    expect(page.locator(".promql-wrong")).to_have_text("sum")


def test_metrics_functions_and_labels_are_offered_while_typing(page, demo):
    page.goto(f"{demo.url}/?page=explore")
    editor = page.get_by_role("combobox", name="PromQL expression")
    editor.press_sequentially("histogram_q")
    expect(page.get_by_role("option").first).to_contain_text("histogram_quantile")
    editor.fill("")
    editor.press_sequentially("llm_gateway_llm_gateway_requests_total{pro")
    expect(page.get_by_role("option").first).to_have_text("provider")
    editor.press("Tab")
    editor.press_sequentially("open")
    expect(page.get_by_role("option").first).to_contain_text("openai")
