"""How the page behaves (docs/forty-points.md), driven by a real Chromium on generated traffic; and what axe-core finds."""

import json
import pathlib
import re
import shutil
import urllib.parse

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

CHROMIUM = shutil.which("chromium")
WAIT_MS = 60_000  # a busy machine; figures themselves come within a second
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
AXE = pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture
def open_page(browser, demo, artefacts, request):
    """Opens a page in a session of its own; at the end none may have complained."""
    opened, complaints = [], []

    def open_one(query: str = "", screen: dict = DESKTOP, panel: str | None = "traffic", **options) -> Page:
        context = browser.new_context(**screen, timezone_id="Europe/Berlin", locale="en-GB", **options)
        page = context.new_page()
        opened.append((context, page))
        page.set_default_timeout(WAIT_MS)
        page.on("console", lambda message: complaints.append(f"console: {message.text}") if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
        page.goto(f"{demo.url}/{query}")
        if panel:
            chart = page.locator(f"#panel-{panel} .panel-chart")
            page.locator(f"#panel-{panel}").scroll_into_view_if_needed()
            expect(chart).to_be_visible()
        return page

    yield open_one
    for index, (context, page) in enumerate(opened):
        page.screenshot(path=artefacts / f"behaviour-{re.sub(r'[^a-z0-9-]+', '-', request.node.name.removeprefix('test_'))}-{index}.png")
        context.close()
    if request.node.get_closest_marker("refused_question"):
        complaints = [text for text in complaints if "Failed to load resource" not in text]
    assert complaints == []


def parameters(page: Page) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(page.url).query))


def surface(page: Page, panel: str = "traffic"):
    found = page.locator(f"#panel-{panel} .surface")
    found.scroll_into_view_if_needed()
    return found


def drag(page: Page, panel: str, start: float, end: float) -> None:
    """Drags over a chart, from one share of its width to another."""
    box = surface(page, panel).bounding_box()
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()


def press(page: Page, *keys: str) -> None:
    """Presses keys that belong to the page, not to whatever has the focus."""
    page.evaluate("document.activeElement.blur()")
    for key in keys:
        page.keyboard.press(key)


def wait_for(page: Page, /, **wanted: str | None) -> None:
    """Waits until the address has these parameters; None: has not."""
    page.wait_for_url(lambda url: all(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)).get(name) == value for name, value in wanted.items()))


# --- time


def test_ranges_are_chosen_typed_copied_and_gone_back_to(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    press(page, "t")
    page.get_by_role("button", name="Last 5 minutes").click()
    wait_for(page, **{"from": "now-5m"})
    press(page, "t")
    page.get_by_label("From", exact=True).fill("now-1d/d")
    page.get_by_label("To", exact=True).fill("now/d")
    page.get_by_role("button", name="Apply").click()
    wait_for(page, **{"from": "now-1d/d", "to": "now/d"})
    expect(page.locator(".range-label")).to_have_text("Yesterday")
    press(page, "t", "c")
    expect(page.locator(".toast")).to_contain_text("copied")
    press(page, "[")
    page.wait_for_url(lambda url: "from=2" in url)
    press(page, "Control+z")
    wait_for(page, **{"from": "now-1d/d"})
    press(page, "z")
    page.wait_for_url(lambda url: "now-1d" not in url)
    press(page, "t", "v")
    wait_for(page, **{"from": "now-1d/d", "to": "now/d"})
    press(page, "t")
    page.get_by_label("From", exact=True).fill("now-77m")
    page.get_by_label("To", exact=True).fill("now")
    page.get_by_role("button", name="Apply").click()
    wait_for(page, **{"from": "now-77m"})
    press(page, "t")
    expect(page.get_by_role("dialog", name="Time range").get_by_role("button", name="Last 77m")).to_be_visible()


def test_a_calendar_chooses_days_with_the_keyboard_alone(open_page):
    page = open_page()
    press(page, "t")
    today = page.locator(".calendar-grid button[tabindex='0']")
    today.focus()
    for key in ("PageUp", "Home", "Enter", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".calendar-grid td[aria-selected=true]")).to_have_count(3)
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(lambda url: "from=2" in url)
    asked = parameters(page)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT2[23]:00Z", asked["from"]), asked  # midnight in Berlin


def test_any_zone_can_be_chosen_and_none_that_does_not_exist(open_page):
    page = open_page()
    press(page, "t")
    field = page.get_by_label("Another time zone")
    field.fill("Mars/Olympus")
    field.press("Enter")
    expect(page.locator(".range-zones .form-error")).to_contain_text("not a zone")
    field.fill("Asia/Tokyo")
    field.press("Enter")
    wait_for(page, tz="Asia/Tokyo")
    expect(page.locator(".range-zone")).to_have_text("Asia/Tokyo")


# --- live


def test_live_is_paused_held_and_resumed(open_page):
    page = open_page()
    live, text = page.locator("#live"), page.locator(".live-text")
    page.mouse.move(2, 2)
    expect(live).to_have_attribute("data-state", "live")
    page.locator("#refresh-every").click()
    page.get_by_role("menuitemradio", name="Off", exact=True).click()
    wait_for(page, refresh="off")
    expect(text).to_have_text("Refresh off")
    page.locator("#refresh-every").click()
    page.get_by_role("menuitemradio", name="Every 5 seconds").click()
    wait_for(page, refresh="5s")
    press(page, " ")
    expect(text).to_have_text("Paused")
    press(page, " ")
    surface(page).hover(position={"x": 300, "y": 60})
    expect(text).to_have_text("Paused while you look")
    surface(page).click(position={"x": 300, "y": 60}, modifiers=["Shift"])
    page.mouse.move(2, 2)
    expect(page.locator(".tooltip-note")).to_contain_text("Held")
    expect(text).to_have_text("Paused while you look")
    press(page, "Escape")
    expect(page.locator(".tooltip")).to_be_hidden()
    expect(live).to_have_attribute("data-state", "live")


def test_a_new_question_cancels_the_one_before(open_page):
    page = open_page()
    page.route("**/api/v1/panels/query", lambda route: None)  # never answered
    with page.expect_request("**/api/v1/panels/query"):
        press(page, "r")
    with page.expect_event("requestfailed", lambda request: "panels/query" in request.url):
        press(page, "[")
    page.unroute_all(behavior="ignoreErrors")


# --- charts


def test_a_drag_zooms_and_a_double_click_goes_back(open_page):
    page = open_page("?from=now-3h")
    drag(page, "traffic", 0.4, 0.6)
    page.wait_for_url(lambda url: "from=2" in url)
    surface(page).dblclick(position={"x": 300, "y": 60})
    wait_for(page, **{"from": "now-3h", "to": None})
    drag(page, "rate", 0.3, 0.8)  # small lines zoom as well
    page.wait_for_url(lambda url: "from=2" in url)


def test_two_fingers_zoom(open_page):
    page = open_page("?from=now-6h", screen=PHONE)
    surface(page).evaluate("""layer => {
        const box = layer.getBoundingClientRect(), y = box.top + box.height / 2;
        const touch = (name, id, x) => layer.dispatchEvent(new PointerEvent(name, {pointerId: id, pointerType: 'touch', isPrimary: id === 1, button: 0, clientX: box.left + x, clientY: y, bubbles: true}));
        touch('pointerdown', 1, 150); touch('pointerdown', 2, 200);
        touch('pointermove', 1, 100); touch('pointermove', 2, 300);
        touch('pointerup', 1, 100); touch('pointerup', 2, 300);
    }""")
    page.wait_for_url(lambda url: "from=2" in url)
    asked = parameters(page)
    length = page.evaluate("({from, to}) => (Date.parse(to) - Date.parse(from)) / 3600000", asked)
    assert 1.2 < length < 1.8, asked  # fingers four times as far apart: a quarter of six hours


def test_crosshairs_are_shared_and_tooltips_sorted(open_page):
    page = open_page("?page=requests&from=now-6h", panel="volume")
    surface(page, "volume").hover(position={"x": 260, "y": 80})
    expect(page.locator(".tooltip")).to_be_visible()
    assert page.locator(".crosshair:visible").count() > 1
    told = page.locator(".crosshair-values:visible")
    assert told.count() == page.locator(".crosshair:visible").count() - 1  # the chart under the pointer has the tooltip
    assert re.search(r"\d", told.first.inner_text())
    rows = page.locator(".tooltip tbody tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))")
    shares = [float(detail.replace("%", "").replace("\u2009", "").strip()) for name, _, detail in rows if detail]
    assert shares and shares == sorted(shares, reverse=True)
    assert abs(sum(shares) - 100) < 2


def test_a_legend_isolates_toggles_sorts_and_hides(open_page):
    page = open_page("?full=traffic")
    names = page.locator("#panel-traffic .legend-name")
    assert names.count() >= 2
    first = names.nth(0).inner_text()
    names.nth(0).click()
    wait_for(page, **{"only.traffic": first})
    names.nth(1).click(modifiers=["Control"])
    page.wait_for_url(lambda url: "," in dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query)).get("only.traffic", ",") or "only.traffic" not in url)
    page.get_by_role("button", name="series").click()
    wait_for(page, legend="name")
    listed = page.locator("#panel-traffic .legend-name").all_inner_texts()
    assert listed == sorted(listed)
    page.mouse.move(300, 300)
    press(page, "p", "l")
    expect(page.locator("#panel-traffic .legend")).to_be_hidden()
    wait_for(page, bare="traffic")


def test_a_value_becomes_a_filter(open_page):
    page = open_page("?page=requests&from=now-6h", panel="volume")
    page.locator("#panel-volume .legend-name").first.click(button="right")
    page.get_by_role("menuitem", name="Filter out").click()
    page.wait_for_url(lambda url: "where=not" in url)
    page.locator('.facet[data-field="provider"]').click()
    page.locator(".facet-list input").nth(0).check()
    page.locator(".facet-list input").nth(1).check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(lambda url: "provider:" in url)
    assert " or " in parameters(page)["where"]


def test_the_highest_requests_are_dots_that_open_them(open_page):
    page = open_page(panel="latency")
    page.locator("#panel-latency .panel-more").click()
    page.get_by_role("menuitem", name="Show the highest requests").click()
    wait_for(page, examples="latency")
    dot = page.locator("#panel-latency .exemplar").last
    expect(dot).to_be_visible()
    dot.dispatch_event("click")
    expect(page.locator("#record .side-summary")).to_be_visible()


# --- what changed, annotations, comparison


def test_a_marked_span_is_explained_down_to_its_requests(open_page):
    page = open_page("?from=now-6h")
    page.keyboard.down("Alt")
    drag(page, "traffic", 0.55, 0.75)
    page.keyboard.up("Alt")
    panel = page.locator("#changes")
    expect(panel.locator(".change-cause").first).to_be_visible()
    asked = parameters(page)
    assert asked["measure"] == "count" and "~" in asked["span"]
    assert page.locator(".marked-span:visible").count() > 1
    page.reload()
    expect(panel.locator(".change-cause").first).to_be_visible()
    assert parameters(page) == asked
    panel.get_by_label("Measure").select_option("ratio(error_type: * and not error_type: client_closed)")
    page.wait_for_url(lambda url: "measure=ratio" in url)
    expect(panel.locator(".change-total")).to_be_visible()
    panel.get_by_label("Measure").select_option("count")
    name = panel.locator(".change-name b").first.inner_text()
    panel.locator(".change-cause").first.click()
    # Those in the span, or those that stopped: by the time of the day either explains the most.
    page.get_by_role("menuitem", name=re.compile("^Show the requests")).click()
    page.wait_for_url(lambda url: "view=records" in url)
    where = parameters(page)["where"]
    assert re.fullmatch(r"not \w+: \*", where) if name == "(none)" else name in where
    expect(page.locator("#records tbody tr").first).to_be_visible()
    expect(panel).to_be_hidden()


def test_a_span_is_marked_with_the_keyboard_and_from_a_panel(open_page):
    page = open_page("?from=now-6h")
    surface(page).focus()
    for key in ("ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    page.get_by_role("menuitem", name="What changed here?").click()
    expect(page.locator("#changes .change-total")).to_be_visible()
    press(page, "Escape")
    wait_for(page, span=None)
    page.locator("#panel-latency .panel-more").click()
    page.get_by_role("menuitem", name="Explain this change").click()
    wait_for(page, measure="p95(duration)")
    expect(page.locator("#changes .change-total")).to_be_visible()


def test_annotations_are_written_drawn_hidden_and_removed(open_page):
    page = open_page("?from=now-1h")
    press(page, "n")
    page.get_by_role("button", name="New annotation").click()
    form = page.locator("dialog[aria-label='New annotation']")
    form.get_by_label("What happened").fill("gateway 2.4 rolled out")
    form.get_by_label("Kind").select_option("deployment")
    form.get_by_label("Time", exact=True).fill("now-20m")
    form.get_by_role("button", name="Add").click()
    listing = page.locator("dialog[aria-label=Annotations]")
    expect(listing.locator("li", has_text="gateway 2.4 rolled out").first).to_be_visible()
    listing.get_by_role("button", name="Close").click()
    flags = page.locator("#panel-traffic .annotation-flag[aria-label*='gateway 2.4 rolled out']")
    expect(flags.first).to_be_visible()
    press(page, "n")
    listing.get_by_label("Deployments").uncheck()
    wait_for(page, hide="deployment")
    listing.get_by_role("button", name="Close").click()
    expect(flags).to_have_count(0)
    press(page, "n")
    listing.get_by_label("Deployments").check()
    listing.locator("li", has_text="gateway 2.4 rolled out").first.get_by_role("button", name="Change", exact=True).click()
    page.get_by_role("button", name="Remove").click()
    expect(listing.locator("li", has_text="gateway 2.4 rolled out")).to_have_count(0)


def test_every_chart_can_be_compared_with_another_time(open_page):
    page = open_page("?from=now-3h", panel="latency")
    press(page, "c")
    page.get_by_label("Draw it on every chart").check()
    wait_for(page, overlay="all")
    page.get_by_label("A day before").check()
    wait_for(page, compare="day")
    page.keyboard.press("Escape")
    surface(page, "latency").hover(position={"x": 260, "y": 80})
    expect(page.locator(".tooltip")).to_contain_text("a day before")
    page.mouse.move(2, 2)
    press(page, "c")
    page.get_by_label("Nothing").check()
    wait_for(page, compare="off")
    page.keyboard.press("Escape")
    surface(page, "latency").hover(position={"x": 262, "y": 82})
    expect(page.locator(".tooltip")).to_be_visible()
    expect(page.locator(".tooltip")).not_to_contain_text("before")


# --- sharing and files


def test_a_short_link_leads_to_the_same_view(open_page, demo):
    page = open_page("?from=now-6h&where=status+%3C+500", permissions=["clipboard-read", "clipboard-write"])
    press(page, "s")
    page.get_by_role("button", name="Short link").click()
    link = page.locator(".share-link input")
    expect(link).to_have_value(re.compile("/s/"))
    other = open_page(panel=None)
    other.goto(link.input_value())
    wait_for(other, **{"from": "now-6h", "where": "status < 500"})


def test_a_snapshot_shows_kept_figures_and_asks_nothing(open_page, demo):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    press(page, "s")
    page.get_by_label("Title").fill("Before the change")
    page.get_by_role("button", name="Keep a snapshot").click()
    address = page.locator(".share a.link")
    expect(address).to_be_visible()
    other = open_page(panel=None)
    asked = []
    other.on("request", lambda request: asked.append(urllib.parse.urlsplit(request.url).path))
    other.goto(address.get_attribute("href"))
    expect(other.locator(".snapshot-banner")).to_contain_text("Before the change")
    expect(other.locator("#panel-rate .stat-value")).to_be_visible()
    shown = other.locator("#panel-rate .stat-value").inner_text()
    expect(other.locator("#range")).to_be_hidden()
    other.wait_for_timeout(2500)
    assert other.locator("#panel-rate .stat-value").inner_text() == shown
    of_snapshot = asked[asked.index("/"):]  # before it, what the live page had still to ask
    assert not {"/api/v1/panels/query", "/api/v1/requests/query"} & set(of_snapshot)
    other.get_by_role("button", name="Open the live page").click()
    expect(other.locator("#range")).to_be_visible()
    expect(other.locator(".snapshot-banner")).to_have_count(0)


def test_kiosk_shows_the_panels_alone(open_page):
    page = open_page()
    press(page, "Shift+K")
    wait_for(page, kiosk="1")
    expect(page.locator(".shell")).to_be_hidden()
    expect(page.locator("#panel-rate")).to_be_visible()
    press(page, "Escape")
    wait_for(page, kiosk=None)
    expect(page.locator(".shell")).to_be_visible()


@pytest.mark.parametrize("panel", ["traffic", "rate", "movers"])
def test_a_panel_is_taken_away_as_files(open_page, panel):
    page = open_page(panel=panel)
    for kind, begins in {"CSV": b"", "JSON": b"{", "PNG": b"\x89PNG", "SVG": b"<svg"}.items():
        page.mouse.move(2, 2)
        page.locator(f"#panel-{panel} .panel-more").dispatch_event("click")
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=f"Download {kind}").click()
        content = pathlib.Path(download.value.path()).read_bytes()
        assert content.startswith(begins) and len(content) > 60, kind
        assert download.value.suggested_filename.endswith(kind.lower())
        if kind == "JSON":
            bundle = json.loads(content)
            assert bundle["answers"] and bundle["question"].endswith("?")


@pytest.mark.parametrize("panel", ["rate", "movers"])
def test_a_menu_is_in_sight_though_what_opened_it_is_not(open_page, panel):
    page = open_page(panel=panel)
    page.mouse.move(2, 2)
    page.mouse.wheel(0, 5_000 if panel == "rate" else -5_000)
    more = page.locator(f"#panel-{panel} .panel-more")
    expect(more).not_to_be_in_viewport()
    more.dispatch_event("click")
    expect(page.get_by_role("menuitem", name="Download SVG")).to_be_in_viewport()


def test_the_page_is_taken_away_as_files(open_page):
    page = open_page()
    panels = page.locator(".panel[data-panel]").count()
    for label, begins in {"Picture of the page (PNG)": b"\x89PNG", "Picture of the page (SVG)": b"<svg", "Tables of the page": b"", "Answers of the page": b"{"}.items():
        page.locator("#page-menu").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name=label).click()
        content = pathlib.Path(download.value.path()).read_bytes()
        assert content.startswith(begins) and len(content) > 500, label
        if begins == b"{":
            bundle = json.loads(content)
            assert len(bundle["panels"]) >= panels - 3  # some panels ask by themselves
            assert bundle["from"] < bundle["to"]


# --- keyboard


def test_everything_is_found_by_typing(open_page):
    page = open_page()
    page.keyboard.press("Control+k")
    page.keyboard.type("request ana")
    page.keyboard.press("Enter")
    wait_for(page, page="requests")
    page.keyboard.press("Control+k")
    page.keyboard.type("last 7")
    page.keyboard.press("Enter")
    wait_for(page, **{"from": "now-7d"})
    page.keyboard.press("Control+k")
    page.keyboard.type("provider: open")
    expect(page.locator(".command").first).to_contain_text("provider: openai")
    page.keyboard.press("Enter")
    wait_for(page, where="provider: openai")


def test_keys_of_pages_and_of_the_panel_under_the_pointer(open_page):
    page = open_page()
    press(page, "?")
    expect(page.locator("dialog.dialog-help")).to_contain_text("what changed?")
    press(page, "?")
    page.locator("#panel-traffic .panel-head h2, #panel-traffic .panel-head h3").hover()
    press(page, "d")
    wait_for(page, table="traffic")
    expect(page.locator("#panel-traffic .panel-table")).to_be_visible()
    press(page, "d")
    press(page, "e")
    expect(page.locator("dialog[open] pre").first).to_contain_text("measures")
    page.keyboard.press("Escape")
    page.locator("#panel-traffic .panel-head h2, #panel-traffic .panel-head h3").hover()
    press(page, "v")
    wait_for(page, full="traffic")
    press(page, "Escape")
    wait_for(page, full=None)
    press(page, "g", "l")
    wait_for(page, page="requests", view="records")
    expect(page.locator("#records tbody tr").first).to_be_visible()
    press(page, "j")
    page.wait_for_url(lambda url: "open=" in url)
    first = parameters(page)["open"]
    press(page, "j")
    page.wait_for_url(lambda url: f"open={urllib.parse.quote(first)}" not in url)


# --- requests


def test_a_view_of_the_list_is_saved_and_found_again(open_page):
    page = open_page("?page=requests&view=records&where=status+%3E%3D+400", panel=None)
    expect(page.locator("#records tbody tr").first).to_be_visible()
    normal = page.locator("#records tbody tr").first.bounding_box()["height"]
    page.get_by_role("button", name="Rows").click()
    page.get_by_role("menuitemradio", name="Compact").click()
    wait_for(page, density="compact")
    assert page.locator("#records tbody tr").first.bounding_box()["height"] < normal
    page.get_by_role("button", name="Views").click()
    page.get_by_role("button", name="Save this view").click()
    page.get_by_label("Name").fill("Failures")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".toast")).to_have_text("View saved")
    press(page, "g", "o")
    page.wait_for_url(lambda url: "page=" not in url)
    page.keyboard.press("Control+k")
    page.keyboard.type("failures")
    page.keyboard.press("Enter")
    wait_for(page, page="requests", view="records", where="status >= 400", density="compact")


def test_the_side_panel_covers_the_page_and_is_a_sheet_on_phones(open_page):
    page = open_page("?page=requests&view=records", panel=None)
    page.locator("#records tbody tr a").first.click()
    side = page.locator("#record")
    expect(side.locator(".side-summary")).to_be_visible()
    side.get_by_role("button", name="Over the whole page").click()
    assert side.bounding_box()["width"] > 1400
    side.get_by_role("button", name="Beside the page").click()
    assert side.bounding_box()["width"] < 700
    phone = open_page("?page=requests&view=records", screen=PHONE, panel=None)
    phone.locator("#records tbody tr a").first.tap()
    sheet = phone.locator("#record")
    expect(sheet.locator(".side-summary")).to_be_visible()
    box = sheet.bounding_box()
    assert box["width"] == 390 and box["y"] + box["height"] >= 843
    sheet.locator(".side-head").evaluate("""head => {
        const touch = (name, y) => head.dispatchEvent(new TouchEvent(name, {touches: name === 'touchend' ? [] : [new Touch({identifier: 1, target: head, clientX: 100, clientY: y})],
            changedTouches: [new Touch({identifier: 1, target: head, clientX: 100, clientY: y})], bubbles: true}));
        touch('touchstart', 120); touch('touchmove', 240); touch('touchend', 240);
    }""")
    expect(sheet).to_be_hidden()


# --- states


@pytest.mark.refused_question
def test_an_error_stays_in_its_panels_and_can_be_tried_again(open_page):
    page = open_page()
    page.route("**/api/v1/panels/query", lambda route: route.abort())
    press(page, "[")
    notice = page.locator("#panel-traffic .notice-error")
    expect(notice).to_be_visible()
    expect(page.locator("#panel-health .health-figures, #panel-firing .firing").first).to_be_attached()
    page.unroute_all(behavior="ignoreErrors")
    notice.get_by_role("button", name="Try again").click()
    expect(page.locator("#panel-traffic .plot")).to_be_visible()
    expect(notice).to_be_hidden()


def test_nothing_in_range_and_nothing_matching_are_told_apart(open_page):
    page = open_page("?where=client:+nobody-of-this-name", panel=None)
    expect(page.locator("#panel-traffic")).to_contain_text("Nothing matches the filter")
    page.locator("#panel-traffic").get_by_role("link", name="Clear the filter").click()
    expect(page.locator("#panel-traffic .panel-chart")).to_be_visible()
    page = open_page("?from=2001-01-01T00:00Z&to=2001-01-02T00:00Z", panel=None)
    expect(page.locator("#panel-traffic")).to_contain_text("No requests in this range")
    expect(page.locator("#panel-traffic").get_by_role("link", name="Go to the newest data")).to_be_visible()


# --- for everybody


def pages_of(demo) -> list[str]:
    import urllib.request
    with urllib.request.urlopen(f"{demo.url}/api/v1/dashboards", timeout=30) as answer:
        return [item["id"] for item in json.load(answer)["dashboards"]] + ["alerts", "explore"]


@pytest.mark.parametrize("screen", ["desktop", "phone"])
def test_axe_finds_nothing_serious_on_any_page(open_page, demo, screen):
    page = open_page(screen=PHONE if screen == "phone" else DESKTOP, panel=None, reduced_motion="reduce", bypass_csp=True)
    found = []
    for name in pages_of(demo):
        page.goto(f"{demo.url}/?page={name}")
        expect(page.locator(".page-host[aria-busy]")).to_have_count(0)
        expect(page.locator("main h1").first).to_be_visible()
        expect(page.locator(".panel.loading")).to_have_count(0)
        page.add_script_tag(path=AXE)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            # Spans of a timeline are as narrow as they are short; each is in the list above it too (WCAG 2.5.8, equivalent).
            result = page.evaluate("axe.run({exclude: [['.timeline-span']]}, {resultTypes: ['violations']})")
            found += [
                f"{name}, {theme}: {item['id']}: {item['nodes'][0]['html'][:160]} ({len(item['nodes'])})" for item in result["violations"] if item["impact"] in ("serious", "critical")]
    assert found == []


def test_the_bar_fits_on_every_width_whatever_it_says(open_page):
    page = open_page("?from=2026-01-20T10:00Z&to=2026-01-21T11:11Z&tz=Asia/Tokyo", panel=None)
    expect(page.locator("main h1")).to_be_visible()
    page.locator(".live-text").evaluate("text => { text.textContent = 'Paused while you look'; }")
    for width in (390, 601, 720, 768, 960, 961, 1181, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, width


def test_nothing_is_wider_than_a_phone_and_targets_are_large(open_page, demo):
    page = open_page(screen=PHONE, panel=None)
    for name in pages_of(demo):
        page.goto(f"{demo.url}/?page={name}")
        page.wait_for_function("() => !document.querySelector('.page-host[aria-busy]') && document.querySelector('main h1')")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name
    page.goto(f"{demo.url}/")
    expect(page.locator("#panel-rate .panel-chart")).to_be_visible()
    small = page.evaluate("""() => [...document.querySelectorAll('.shell .icon-button, .shell .button, .range-button, .facet, .panel-more')].filter(item => item.checkVisibility())
        .map(item => [item.getAttribute('aria-label') ?? item.textContent, item.getBoundingClientRect()]).filter(([, box]) => box.width < 44 || box.height < 44).map(([name, box]) => `${name} ${box.width}x${box.height}`)""")
    assert small == []
    page.locator("#panel-traffic").scroll_into_view_if_needed()
    expect(page.locator("#panel-traffic .panel-chart")).to_be_visible()
    assert page.locator("#panel-traffic .plot").evaluate("plot => plot.offsetHeight") >= 200
