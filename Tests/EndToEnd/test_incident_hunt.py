"""The training walk-through (docs/guide/training.md), done by a browser: from opening the page to the requests of each planted incident, in clicks and seconds."""

import datetime
import json
import re
import shutil
import subprocess
import time
import urllib.parse

import pytest
from playwright.sync_api import expect

from conftest import run_demo
from gatewatch_server import BINARY, GatewatchServer

CHROMIUM = shutil.which("chromium")
WAIT_MS = 30_000
CLICKS_MAX = 4

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    yield from run_demo(GatewatchServer(tmp_path_factory.mktemp("hunt") / "data", ["--history-days", "16"], command="demo"))


@pytest.fixture(scope="module")
def incidents(demo):
    """The planted incidents by a word of their title: start and end in milliseconds, and the filter of their requests."""
    listing = subprocess.run([str(BINARY), "demo", "--list-incidents"], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin"}).stdout
    found = {}
    for title in re.finditer(r"^(\S+Z)  (.+)\n    until (\S+)\n    .+\n    filter: (.*)$", listing, re.M):
        start = datetime.datetime.fromisoformat(title[1].replace("Z", "+00:00")).timestamp() * 1000
        end = time.time() * 1000 if title[3] == "now" else datetime.datetime.fromisoformat(title[3].replace("Z", "+00:00")).timestamp() * 1000
        found[title[2]] = (start, end, title[4])
    assert len(found) == 6, listing
    return found


def named(incidents, words):
    return next(value for title, value in incidents.items() if words in title)


class Hunt:
    """A person who has just opened the page: counts clicks."""

    def __init__(self, browser, demo):
        self.demo, self.clicks = demo, 0
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC", locale="en-GB")
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.goto(demo.url)
        self.page.evaluate("localStorage.setItem('gatewatch.tour', 'seen')")
        self.page.goto(demo.url)
        self.page.wait_for_selector("#panel-errors .stat-value")
        self.started = time.monotonic()

    def click(self, target):
        target.click()
        self.clicks += 1

    def range(self, name):
        self.click(self.page.locator("#range"))
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def panel(self, name):
        panel = self.page.locator(f"#panel-{name}")
        panel.scroll_into_view_if_needed()
        expect(self.page.locator(f"#panel-{name}:not(.loading) .panel-chart:not([hidden])")).to_have_count(1, timeout=WAIT_MS)
        return panel

    def click_at(self, name, ms, height):
        """Clicks the chart `name` at an instant and a height of the plot, 0 at its top."""
        surface = self.panel(name).locator(".surface").first
        place = surface.bounding_box()
        left, right, top, bottom = 50, 12, 12, 24
        first, last = self.span
        x = left + (ms - first) / (last - first) * (place["width"] - left - right)
        surface.click(position={"x": x, "y": top + height * (place["height"] - top - bottom)})
        self.clicks += 1

    @property
    def span(self):
        """The charts' first and last instant: the range, with its start rounded down to a bucket."""
        days = {"now-2d": 2, "now-7d": 7, "now-30d": 30}
        state = urllib.parse.parse_qs(urllib.parse.urlparse(self.page.url).query)
        now = time.time() * 1000
        return now - days[state["from"][0]] * 86_400_000, now

    def absolute(self):
        """The range in milliseconds where the address holds instants."""
        state = urllib.parse.parse_qs(urllib.parse.urlparse(self.page.url).query)
        return tuple(datetime.datetime.fromisoformat(state[key][0].replace("Z", "+00:00")).timestamp() * 1000 for key in ("from", "to"))

    def requests(self):
        """The filter and range of the list that was reached, and how many of its requests there are."""
        self.page.wait_for_selector(".records tbody tr")
        state = urllib.parse.parse_qs(urllib.parse.urlparse(self.page.url).query)
        assert state["page"] == ["requests"] and state["view"] == ["records"], self.page.url
        return {"where": state.get("where", [""])[0], "from": state["from"][0], "to": state.get("to", ["now"])[0]}

    def count(self, question, extra=""):
        where = " and ".join(f"({part})" for part in (question["where"], extra) if part)
        body = {"from": question["from"], "to": question["to"], "measures": ["count"], **({"where": where} if where else {})}
        answer = self.demo.post("/api/v1/requests/query", json.dumps(body), {"Content-Type": "application/json"})
        return answer.json()["rows"][0][0]


@pytest.fixture
def hunt(browser, demo, request, record_property):
    hunt = Hunt(browser, demo)
    yield hunt
    print(f"{request.node.name}: {hunt.clicks} clicks, {time.monotonic() - hunt.started:.1f} s")
    hunt.context.close()
    assert hunt.clicks <= CLICKS_MAX


def test_the_gateway_upgrade_that_broke_a_model(hunt, incidents):
    start, end, where = named(incidents, "upgrade")
    hunt.range("Last 7 days")
    hunt.click(hunt.panel("errors").locator(".stat-value"))
    reached = hunt.requests()
    assert hunt.count(reached, where) > 50


def test_the_script_that_ran_into_the_rate_limit(hunt, incidents):
    start, end, where = named(incidents, "script")
    hunt.range("Last 7 days")
    hunt.click_at("traffic", (start + end) / 2, height=0.3)
    reached = hunt.requests()
    assert hunt.count(reached, where) > 50


def test_the_slow_provider(hunt, incidents):
    start, end, where = named(incidents, "goes slow")
    hunt.range("Last 2 days")
    hunt.click(hunt.panel("latency-p95").locator(".stat-value"))
    reached = hunt.requests()
    assert hunt.count(reached, where + " and duration > 20s") > 20


def test_the_team_that_switched_to_an_expensive_model(hunt, incidents):
    start, end, where = named(incidents, "expensive model")
    hunt.range("Last 7 days")
    hunt.click(hunt.page.get_by_role("link", name="Cost", exact=True))
    hunt.click(hunt.panel("clients").locator("li", has_text="contract-review").locator(".ranking-bar"))
    reached = hunt.requests()
    assert hunt.count(reached, where + ' and model: "gpt-5.5"') > 50


def test_the_model_server_that_grew_slower(hunt, incidents):
    start, end, where = named(incidents, "slower for two days")
    hunt.range("Last 30 days")
    hunt.click(hunt.panel("providers").locator(".tile", has_text="self_hosted").get_by_text("p95").first)
    reached = hunt.requests()
    assert hunt.count(reached, where + " and model: llama-3.3-70b-instruct and ttft > 2s") > 50


def test_the_silence_at_night(hunt, incidents):
    """There are no requests to find: the gap itself is what is seen, after one drag in the week's chart has made it wide enough."""
    start, end, _ = named(incidents, "stops entirely")
    hunt.range("Last 30 days")
    surface = hunt.panel("traffic").locator(".surface").first
    box, (first, last) = surface.bounding_box(), hunt.span
    for around in (43_200_000, 3_600_000):
        at = lambda ms: box["x"] + 50 + (ms - first) / (last - first) * (box["width"] - 62)
        address = hunt.page.url
        hunt.page.mouse.move(at(start - around), box["y"] + 60)
        hunt.page.mouse.down()
        hunt.page.mouse.move(at(end + around), box["y"] + 60, steps=5)
        hunt.page.mouse.up()
        hunt.clicks += 1
        expect(hunt.page).not_to_have_url(address)
        hunt.panel("traffic")
        first, last = hunt.absolute()
    assert first < start and end < last and last - first < 4 * 3_600_000
    assert hunt.count({"where": "", "from": str(int(start)), "to": str(int(end))}) == 0
