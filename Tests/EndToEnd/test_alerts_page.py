"""A real Chromium on the Alerts page: what fires, its incident, a silence, the rules, the messages; on a desktop and on a phone."""

import json
import re
import shutil
import urllib.parse

import pytest
from playwright.sync_api import expect

from conftest import run_server
from gatewatch_server import GatewatchServer
from page_complaints import complaints_of

CHROMIUM = shutil.which("chromium")
WAIT_MS = 20_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

RULES = """
groups:
  - name: page
    interval: 1s
    rules:
      - record: page:seven
        expr: vector(7)
      - alert: AlwaysOn
        expr: page:seven > 5
        labels: {severity: critical, provider: openai}
        annotations: {summary: "Seven is more than five", description: "It always was."}
      - alert: NotYet
        expr: vector(1) > 0
        for: 1h
        labels: {severity: warning}
      - alert: Calm
        expr: page:seven > 9
"""

SCREENS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alerts")
    rules = folder / "rules.yaml"
    rules.write_text(RULES)
    config = folder / "gatewatch.yaml"
    config.write_text(json.dumps({"alerting": {"rule_files": [str(rules)], "shipped_rules": False}}))
    yield from run_server(GatewatchServer(folder / "data", ["--config", str(config)]))


@pytest.fixture(params=SCREENS)
def page(browser, served, artefacts, request):
    """A page of a fresh session that must not complain, fail or be wider than its screen."""
    context = browser.new_context(**SCREENS[request.param], timezone_id="Europe/Berlin", locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    complaints = complaints_of(page)
    yield page
    page.screenshot(path=artefacts / f"{re.sub(r'[^a-z0-9-]+', '-', request.node.name.removeprefix('test_'))}.png", full_page=True)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert complaints == []
    assert overflow <= 0, f"{overflow} pixels too wide"


def open_view(page, served, view=""):
    page.goto(f"{served.url}/?page=alerts{view and f'&view={view}'}")


def row(page, name):
    return page.locator(".alert", has=page.get_by_role("button", name=name, exact=True))


def test_what_fires_stands_first_with_value_and_threshold(page, served):
    open_view(page, served)
    alert = row(page, "AlwaysOn")
    expect(alert).to_contain_text("Seven is more than five", timeout=WAIT_MS)
    expect(alert).to_contain_text("7 > 5")
    expect(page.locator(".alert").first).to_contain_text("AlwaysOn")
    expect(row(page, "NotYet")).to_contain_text("pending")
    expect(page.locator(".nav-count")).to_have_text("1")
    expect(page.locator(".tile-critical")).to_contain_text("1")
    alert.get_by_role("button", name="AlwaysOn", exact=True).click()
    expect(alert).to_contain_text("It always was.")
    # The series behind it is a few evaluations old, and the page asks for it every few seconds.
    expect(page.locator(".timeline-row").first).to_contain_text("AlwaysOn", timeout=WAIT_MS)


def test_an_incident_is_acknowledged_by_a_name_that_is_asked_for_once(page, served):
    open_view(page, served, "incidents")
    incident = page.locator(".incident").first
    incident.get_by_role("button").first.click()
    expect(incident).to_contain_text("AlwaysOn")
    button = incident.get_by_role("button", name="Acknowledge", exact=True)
    if button.count():  # the other screen may have been first
        button.click()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    expect(incident).to_contain_text("acknowledged")
    incident.get_by_role("button", name="Add a note").click()
    page.get_by_label("What was seen or done").fill("<b>looked at it</b>")
    name = page.get_by_label("Your name")
    name.fill("Ada")
    page.get_by_role("dialog").get_by_role("button", name="Add").click()
    expect(incident).to_contain_text("<b>looked at it</b>")


def test_a_silence_made_from_an_alert_keeps_it_quiet_until_it_is_ended(page, served):
    open_view(page, served)
    row(page, "AlwaysOn").get_by_role("button", name="Silence").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Quietens this alert now")
    dialog.get_by_label("Why").fill("tests")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("who you are")
    dialog.get_by_label("Your name").fill("Ada")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    expect(row(page, "AlwaysOn")).to_contain_text("silenced")
    expect(page.locator(".nav-count")).to_have_count(0)
    page.get_by_role("link", name="Silences").click()
    expect(page.locator("#alerts-silences")).to_contain_text('provider="openai"')
    page.get_by_role("button", name="End now").first.click()
    expect(page.get_by_role("button", name="End now")).to_have_count(0)
    page.get_by_role("link", name="Active", exact=True).click()
    expect(row(page, "AlwaysOn")).not_to_contain_text("silenced")


def test_a_link_of_a_message_begins_a_silence(page, served):
    page.goto(f"{served.url}/?" + urllib.parse.urlencode({"page": "alerts", "view": "silences", "silence": '{alertname="AlwaysOn",provider="openai"}'}))
    expect(page.get_by_role("dialog")).to_contain_text("Quietens this alert now")
    assert "silence=" not in page.url


def test_rules_say_how_they_stand_and_a_rule_is_replayed_over_the_past(page, served):
    open_view(page, served, "rules")
    rules = page.locator(".rule")
    expect(rules.filter(has_text="AlwaysOn")).to_contain_text("Firing")
    expect(rules.filter(has_text="Calm")).to_contain_text("Quiet")
    expect(page.locator(".rule-recording")).to_contain_text("page:seven")
    rules.filter(has_text="AlwaysOn").get_by_role("button", name="Backtest").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Would have fired")
    dialog.get_by_label("Threshold", exact=True).fill("9")
    dialog.get_by_role("button", name="Replay").click()
    expect(dialog).to_contain_text("It would not have fired")


def test_without_receivers_the_messages_say_how_to_have_some(page, served):
    open_view(page, served, "deliveries")
    expect(page.locator("#alerts-receivers")).to_contain_text("alerting.config_file")


def test_the_overview_lists_what_fires_and_leads_to_it(page, served):
    served.bulk(b'{"index":{"_index":"apisix"}}\n{"provider":"openai","model":"gpt-4o","status":200,"duration":0.5}\n')
    page.goto(f"{served.url}/")
    firing = page.locator("#panel-firing")
    firing.scroll_into_view_if_needed()
    expect(firing).to_contain_text("AlwaysOn", timeout=WAIT_MS)
    firing.get_by_role("link", name="AlwaysOn").click()
    page.wait_for_url(lambda url: dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)).get("page") == "alerts")
