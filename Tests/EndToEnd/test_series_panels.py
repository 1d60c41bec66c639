"""Panels over series, tables, states and the pages made of them, in a real Chromium on generated traffic."""

import json
import re
import shutil
import urllib.parse

import pytest
from playwright.sync_api import Page, expect

from page_complaints import complaints_of

CHROMIUM = shutil.which("chromium")
WAIT_MS = 30_000  # data come once a second; the rest is for a busy machine

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture
def page(browser, demo, artefacts, request):
    """A page of a fresh browser session; at the end it must not have complained."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Europe/Berlin", locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    complaints = complaints_of(page)
    yield page
    page.screenshot(path=artefacts / f"series-{re.sub(r'[^a-z0-9-]+', '-', request.node.name.removeprefix('test_'))}.png", full_page=True)
    context.close()
    assert complaints == []


def open_page(page: Page, demo, query: str) -> None:
    page.goto(f"{demo.url}/?{query}")
    expect(page.locator(".panel").first).to_be_visible()


def panel(page: Page, name: str):
    found = page.locator(f"#panel-{name}")
    found.scroll_into_view_if_needed()
    expect(found.locator(".panel-chart")).to_be_visible()
    return found


def parameters_of(address: str) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))


def parameters(page: Page) -> dict[str, str]:
    return parameters_of(page.url)


def first_column(table) -> list[str]:
    return table.locator("tbody tr > :first-child").all_inner_texts()


def money(text: str) -> float:
    text = text.replace("$", "").replace(",", "").strip()
    scale = {"k": 1e3, "M": 1e6}.get(text[-1:], 1)
    return float(text.rstrip("kM")) * scale if text not in ("", "\u2013") else 0.0


class Asked:
    """The questions that the page has sent since the last look."""

    def __init__(self, page: Page):
        self.bodies = []
        page.on("request", lambda sent: self.bodies.append(json.loads(sent.post_data)) if sent.url.endswith("/panels/query") else None)

    def queries(self) -> list[dict]:
        return [query for body in self.bodies for query in body["queries"]]


def test_variables_stand_in_expressions_as_patterns(page, demo):
    asked = Asked(page)
    open_page(page, demo, "page=provider&var.provider=azure.ai.openai")
    panel(page, "tokens")
    texts = [query["promql"] for query in asked.queries() if "promql" in query]
    assert any('provider=~"azure\\\\.ai\\\\.openai"' in text for text in texts)
    assert not any("$" in text for text in texts)


def test_a_click_on_a_series_leads_to_the_requests_that_it_counts(page, demo):
    open_page(page, demo, "page=provider&var.provider=openai&from=now-3h&full=tokens")
    surface = panel(page, "tokens").locator(".surface")
    surface.focus()
    for _ in range(8):
        surface.press("ArrowLeft")
    surface.press("Enter")
    page.get_by_role("menuitem").first.click()
    expect(page.locator(".records tbody tr").first).to_be_visible()
    state = parameters(page)
    assert state["page"] == "requests" and re.search(r'provider: "?openai"?', state["where"])


def test_a_table_is_sorted_and_paged_by_the_server(page, demo):
    asked = Asked(page)
    open_page(page, demo, "page=clients&from=now-24h")
    table = panel(page, "table")
    expect(table.locator("tbody tr").first).to_be_visible()
    table.get_by_role("button", name="Cost").click()
    expect(table.locator("th[aria-sort=descending]")).to_have_text(re.compile("Cost"))
    assert any(query.get("order") == "-cost" for query in asked.queries())
    assert parameters(page)["option.table"] == "-6"
    expect(table).not_to_have_class(re.compile(r"\bloading\b"))
    costs = [money(text) for text in table.locator("tbody td[data-label=Cost] .cell-figures > :first-child").all_inner_texts()]
    assert costs == sorted(costs, reverse=True)
    asked.bodies.clear()
    table.get_by_role("button", name="Cost").click()
    expect(table.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Cost"))
    assert any(query.get("order") == "cost" for query in asked.queries())


def test_the_second_page_of_a_long_table_comes_from_the_server(page, demo):
    asked = Asked(page)
    open_page(page, demo, "page=business&from=now-24h")
    table = panel(page, "projects")
    pages = table.locator(".pager")
    expect(pages).to_be_visible()
    first = first_column(table)
    pages.get_by_role("button", name="Next page").click()
    expect(pages.get_by_text(re.compile("^16"))).to_be_visible()
    assert any(query.get("offset") == 15 and query.get("limit") == 15 for query in asked.queries())
    assert not set(first_column(table)) & set(first)
    pages.get_by_role("button", name="Previous page").click()
    expect(table.locator("tbody tr").first).to_contain_text(first[0])


def test_states_are_told_in_words_and_reached_by_keys(page, demo):
    open_page(page, demo, "page=providers&from=now-6h")
    states = panel(page, "history")
    row = states.locator(".states-row").first
    expect(row.locator(".states-now")).to_have_text(re.compile("Healthy|Degraded|Unavailable"))
    span = row.locator(".states-span").first
    assert re.search(r": (Healthy|Degraded|Unavailable), ", span.get_attribute("aria-label"))
    before = parameters(page).get("from")
    span.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: parameters_of(url).get("from") != before)


def test_a_provider_of_a_table_leads_to_its_page(page, demo):
    open_page(page, demo, "page=providers&from=now-6h")
    panel(page, "parts").get_by_role("link", name="anthropic").click()
    expect(page.get_by_role("heading", level=1, name="Provider Detail")).to_be_visible()
    state = parameters(page)
    assert state["page"] == "provider" and state["var.provider"] == "anthropic" and state["from"] == "now-6h"


def test_a_client_has_its_details_beside_the_page(page, demo):
    open_page(page, demo, "page=clients&from=now-24h")
    panel(page, "top").locator(".ranking-name", has_text="code-assistant").click()
    page.get_by_role("menuitem", name="Details of this client").click()
    drawer = page.get_by_role("complementary", name="code-assistant")
    expect(drawer).to_be_visible()
    for heading in ("Models", "Hours of the day", "Newest errors", "Teams"):
        expect(drawer.get_by_role("heading", name=heading)).to_be_visible()
    assert parameters(page)["client"] == "code-assistant"
    page.reload()
    expect(drawer.get_by_text("Its requests")).to_be_visible()
    drawer.focus()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert "client" not in parameters(page)


def test_a_ranking_can_show_another_measure(page, demo):
    asked = Asked(page)
    open_page(page, demo, "page=clients&from=now-24h")
    top = panel(page, "top")
    top.get_by_role("button", name="Cost").click()
    expect(top.locator(".ranking-figure").first).to_have_text(re.compile(r"^\$"))
    assert any(query.get("measures") == ["sum(cost)"] and query.get("by") == ["client"] for query in asked.queries())
    assert parameters(page)["option.top"] == "client~2"


def test_what_nobody_sends_says_what_to_connect(page, demo):
    open_page(page, demo, "page=providers")
    breakers = page.locator("#panel-breakers")
    breakers.scroll_into_view_if_needed()
    expect(breakers.get_by_text("Not connected yet")).to_be_visible()
    expect(breakers.get_by_text(re.compile("llm_gateway_llm_gateway_circuit_breaker_state"))).to_be_visible()


def test_a_panel_over_series_says_that_the_filter_does_not_narrow_it(page, demo):
    open_page(page, demo, "page=providers&where=model:+gpt-5.4-mini")
    expect(panel(page, "history").get_by_title(re.compile("filter does not narrow"))).to_be_visible()
    expect(panel(page, "rate").locator(".series-mark")).to_have_count(0)
