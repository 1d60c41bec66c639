"""A real Chromium edits pages: panels are added, moved, resized, copied and deleted, versions kept and brought back; files change under it; on a desktop and on a phone."""

import json
import re
import shutil
import time

import pytest
from playwright.sync_api import expect

from conftest import run_server
from gatewatch_server import GatewatchServer

CHROMIUM = shutil.which("chromium")
WAIT_MS = 20_000

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

PAGE = """id: {id}
title: {title}
question: How is it going?
sections:
  - id: main
    panels:
      - {{id: one, title: First, question: "How many?", chart: time, query: {{measures: [count], every: auto}}}}
      - {{id: two, title: Second, question: "How slow?", chart: time, unit: s, query: {{measures: [p95(duration)], every: auto}}}}
"""

SCREENS = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
}


def record(seconds: int) -> str:
    start = int(time.time() * 1000) - seconds * 1000
    return json.dumps({
        "request": {"uri": "/v1/chat/completions", "method": "POST", "size": 100}, "response": {"status": 200, "size": 200}, "start_time": start, "latency": 120, "upstream": "api.openai.com:443",
        "llm_summary": {"request_model": "gpt-4o", "model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 10, "stream": "false"}})


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("editor")
    for server in run_server(GatewatchServer(folder / "data")):
        body = "".join(f'{{"index":{{"_index":"apisix"}}}}\n{record(seconds)}\n' for seconds in range(5, 600, 10))
        assert server.post("/_bulk", body, headers={"Content-Type": "application/x-ndjson"}).status == 200
        yield server


def context_page(browser, screen):
    context = browser.new_context(**SCREENS[screen], timezone_id="Europe/Berlin", locale="en-GB")
    context.add_init_script("localStorage.setItem('gatewatch.tour', 'seen')")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    return page


@pytest.fixture
def page(browser, artefacts, request):
    page = context_page(browser, getattr(request, "param", "desktop"))
    complaints = []
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and "409" not in message.text and "400" not in message.text else None)
    yield page
    page.screenshot(path=artefacts / f"{re.sub(r'[^a-z0-9-]+', '-', request.node.name.removeprefix('test_'))}.png")
    page.context.close()
    assert complaints == []


def put(server, id, text, version=None, status=200):
    headers = {"Content-Type": "application/yaml"} | ({"If-Match": f'"{version}"'} if version is not None else {})
    answer = server.request("PUT", f"/api/v1/dashboards/{id}", text, headers=headers)
    assert answer.status == status, answer
    return answer.json()


def saved(server, id):
    return server.get(f"/api/v1/dashboards/{id}").json()


def panels(dashboard):
    return [panel["title"] for section in dashboard["sections"] for panel in section["panels"]]


def edit(page, server, id):
    page.goto(f"{server.url}/?page={id}")
    page.get_by_role("button", name="Edit this page").click()
    return page.get_by_role("toolbar", name="Editing")


def save(page, bar):
    bar.get_by_role("button", name="Save", exact=True).click()
    expect(bar.get_by_role("button", name="Save", exact=True)).to_be_disabled()


def test_panels_are_moved_resized_copied_and_deleted(page, served):
    put(served, "moves", PAGE.format(id="moves", title="Moves"))
    bar = edit(page, served, "moves")
    page.get_by_role("button", name="Move later First").click()
    page.get_by_role("button", name="Wider First").click()
    page.get_by_role("button", name="Duplicate Second").click()
    titles = page.locator(".panel-head :is(h2, h3)")
    expect(titles).to_have_text(["Second", "Second (copy)", "First"])
    page.get_by_role("button", name="Delete Second", exact=True).click()
    expect(titles).to_have_text(["Second (copy)", "First"])
    bar.get_by_role("button", name="Undo").click()
    expect(titles).to_have_text(["Second", "Second (copy)", "First"])
    save(page, bar)
    now = saved(served, "moves")
    assert panels(now) == ["Second", "Second (copy)", "First"]
    assert [panel["width"] for panel in now["sections"][0]["panels"]] == [6, 6, 8]
    assert now["version"] == 2
    page.reload()
    expect(titles).to_have_text(["Second", "Second (copy)", "First"])


def test_the_keyboard_moves_and_resizes(page, served):
    put(served, "keys", PAGE.format(id="keys", title="Keys"))
    page.goto(f"{served.url}/?page=keys")
    expect(page.locator("#panel-one")).to_be_visible()
    page.keyboard.press("E")
    page.get_by_role("button", name="Edit First").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator(".panel-head :is(h2, h3)")).to_have_text(["Second", "First"])
    expect(page.get_by_role("button", name="Edit First")).to_be_focused()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    assert [(panel["id"], panel["width"]) for panel in saved(served, "keys")["sections"][0]["panels"]] == [("two", 6), ("one", 4)]


def test_a_panel_is_dragged_to_another_place(page, served):
    put(served, "drags", PAGE.format(id="drags", title="Drags"))
    edit(page, served, "drags")
    page.locator("#panel-two .edit-grip").drag_to(page.locator("#panel-one"), target_position={"x": 20, "y": 60})
    expect(page.locator(".panel-head :is(h2, h3)")).to_have_text(["Second", "First"])


@pytest.mark.parametrize("page", SCREENS, indirect=True)
def test_a_new_page_gets_a_panel_by_the_form(page, served, request):
    title = f"Of my own {request.node.callspec.id}"
    page.goto(f"{served.url}/?page=overview")
    page.get_by_role("button", name="Menu of the page").click()
    page.get_by_role("menuitem", name="New page").click()
    page.get_by_role("dialog", name="New page").get_by_label("Title").fill(title)
    page.get_by_role("button", name="OK", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    page.get_by_role("button", name="Menu of the page").click()
    page.get_by_role("menuitem", name="Edit this page").click()
    bar = page.get_by_role("toolbar", name="Editing")
    bar.get_by_role("button", name="Panel", exact=True).click()
    dialog = page.get_by_role("dialog", name="New panel")
    dialog.get_by_label("Title").fill("Calls by model")
    dialog.get_by_label("Measures").fill("p95(latncy)")
    dialog.get_by_role("button", name="Apply").click()
    measures = dialog.get_by_role("combobox", name="Measures")
    expect(measures).to_have_attribute("aria-invalid", "true")
    expect(dialog.locator(".field-fault")).to_contain_text("latncy")
    dialog.get_by_label("Measures").fill("")
    dialog.get_by_label("Add a measure").select_option("p95(duration)")
    dialog.get_by_label("Told apart by").fill("model")
    expect(dialog.locator(".panel-preview .panel")).to_be_visible()
    dialog.get_by_role("button", name="Apply").click()
    save(page, bar)
    id = f"of-my-own-{request.node.callspec.id}"
    panel = saved(served, id)["sections"][0]["panels"][0]
    assert (panel["id"], panel["query"]["by"], panel["query"]["measures"]) == ("calls-by-model", ["model"], ["p95(duration)"])
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0


def test_a_version_is_shown_and_brought_back(page, served):
    put(served, "versions", PAGE.format(id="versions", title="Before"))
    put(served, "versions", PAGE.format(id="versions", title="After"), 1)
    bar = edit(page, served, "versions")
    bar.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="What changed", exact=True).first.click()
    expect(page.locator(".diff")).to_contain_text("-title: Before")
    expect(page.locator(".diff")).to_contain_text("+title: After")
    page.get_by_role("button", name="Restore", exact=False).first.click()
    expect(page.get_by_role("heading", name="Before")).to_be_visible()
    assert (saved(served, "versions")["title"], saved(served, "versions")["version"]) == ("Before", 3)


def test_a_shipped_page_is_changed_and_reset(page, served):
    bar = edit(page, served, "overview")
    bar.get_by_role("button", name="Page", exact=True).click()
    page.get_by_role("dialog").get_by_label("Title").fill("Our overview")
    page.get_by_role("button", name="Apply", exact=True).click()
    save(page, bar)
    assert (saved(served, "overview")["origin"], saved(served, "overview")["title"]) == ("changed", "Our overview")
    bar.get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="Reset to the shipped page").click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    assert saved(served, "overview")["origin"] == "shipped"


def test_choices_and_tags_are_changed_by_the_form_of_the_page(page, served):
    id = "choices"
    put(served, id, PAGE.format(id=id, title="Choices"))
    bar = edit(page, served, id)
    bar.get_by_role("button", name="Page", exact=True).click()
    dialog = page.get_by_role("dialog", name="Page")
    dialog.get_by_label("Tags").fill("llm, teams")
    dialog.get_by_role("button", name="Add a choice").click()
    choice = dialog.get_by_role("group", name="Choice choice 1", exact=True)
    choice.get_by_label("Name").fill("who")
    choice.locator("[name$='.field']").fill("cli")
    choice.locator(".suggestion", has_text="client").first.click()
    expect(choice.locator("[name$='.field']")).to_have_value("client")
    dialog.get_by_role("button", name="Add a choice").click()
    dialog.get_by_role("group", name="Choice choice 2").get_by_label("Name").fill("not a name")
    dialog.get_by_role("group", name="Choice choice 2").locator("[name$='.field']").fill("nofield")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog.locator(".field-fault")).to_have_text([re.compile("letters, digits"), re.compile("no field 'nofield'")])
    dialog.get_by_role("button", name="Remove choice 2").click()
    dialog.get_by_role("button", name="Apply").click()
    expect(page.locator(".variables")).to_contain_text("who: all")
    save(page, bar)
    kept = saved(served, id)
    assert (kept["tags"], [(variable["name"], variable["field"], variable["multi"]) for variable in kept["variables"]]) == (["llm", "teams"], [("who", "client", True)])


def test_what_a_click_leads_to_is_changed_by_the_form_of_the_panel(page, served):
    put(served, "drill", PAGE.format(id="drill", title="Drill"))
    bar = edit(page, served, "drill")
    page.get_by_role("button", name="Edit First").click()
    dialog = page.get_by_role("dialog", name="Edit panel")
    where = dialog.get_by_role("combobox", name="Requests, further only where")
    where.press_sequentially("prov")
    expect(dialog.locator(".suggestion:visible", has_text="provider").first).to_be_visible()
    where.press("ArrowDown")
    where.press("Enter")
    expect(where).to_have_value("provider: ")
    expect(dialog.locator(".suggestion:visible", has_text="openai").first).to_be_visible()
    where.press("Tab")
    expect(where).to_have_value(re.compile(r"provider: \S+ "))
    where.fill("( x")
    dialog.get_by_role("button", name="Apply").click()
    expect(where).to_have_attribute("aria-invalid", "true")
    where.fill("status >= 500")
    dialog.get_by_label("In the order").fill("-duration")
    dialog.get_by_role("button", name="Apply").click()
    save(page, bar)
    assert saved(served, "drill")["sections"][0]["panels"][0]["drill"] == {"where": "status >= 500", "sort": "-duration"}


def test_who_is_slower_sees_what_the_other_changed(page, served):
    put(served, "race", PAGE.format(id="race", title="Race"))
    bar = edit(page, served, "race")
    page.get_by_role("button", name="Delete First").click()
    put(served, "race", PAGE.format(id="race", title="Faster"), 1)
    bar.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("dialog", name="Somebody else was faster")
    expect(dialog.locator(".diff")).to_contain_text("+title: Faster")
    dialog.get_by_role("button", name="Save mine over it").click()
    expect(bar.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    assert (panels(saved(served, "race")), saved(served, "race")["version"]) == (["Second"], 3)


def test_text_with_a_fault_is_not_saved_and_says_where(page, served):
    put(served, "text", PAGE.format(id="text", title="Text"))
    bar = edit(page, served, "text")
    bar.get_by_role("button", name="YAML").click()
    dialog = page.get_by_role("dialog")
    area = dialog.locator("textarea")
    area.fill(PAGE.format(id="text", title="Text").replace("chart: time, query", "chrat: time, query"))
    expect(dialog.locator(".yaml-faults")).to_contain_text("did you mean chart?")
    expect(dialog.get_by_role("button", name="Line 7").first).to_be_visible()
    expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    area.fill("# by hand\n" + PAGE.format(id="text", title="Written"))
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Written")).to_be_visible()
    assert served.get("/api/v1/dashboards/text?format=yaml").text.startswith("# by hand\n")


def test_a_file_edited_on_the_disk_is_shown_at_once(page, served):
    put(served, "disk", PAGE.format(id="disk", title="From the API"))
    page.goto(f"{served.url}/?page=disk")
    expect(page.get_by_role("heading", name="From the API")).to_be_visible()
    file = served.data / "dashboards" / "disk.yaml"
    file.write_text(PAGE.format(id="disk", title="From the disk"))
    expect(page.get_by_role("heading", name="From the disk")).to_be_visible(timeout=WAIT_MS)
    file.write_text("id: disk\ntitel: broken\n")
    page.wait_for_function("fetch('/api/v1/dashboards').then((answer) => answer.json()).then(({faults}) => faults.some(({file}) => file === 'disk.yaml'))")
    expect(page.get_by_role("heading", name="From the disk")).to_be_visible(timeout=WAIT_MS)


def test_leaving_with_changes_asks_first(page, served):
    put(served, "leave", PAGE.format(id="leave", title="Leave"))
    edit(page, served, "leave")
    page.get_by_role("button", name="Delete First").click()
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.locator(".sidebar a", has_text="Explore").click()
    assert asked and "?page=leave" in page.url
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator(".sidebar a", has_text="Explore").click()
    expect(page).to_have_url(re.compile("page=explore"))


def test_the_api_answers_as_its_reference_says(served):
    text = PAGE.format(id="api", title="API")
    assert put(served, "api", text, 0) == {"id": "api", "version": 1}
    conflict = put(served, "api", text, 0, status=409)
    assert conflict["error"]["code"] == "conflict"
    wrong = put(served, "api", text.replace("chart: time", "chart: tiem"), 1, status=400)["error"]
    assert (wrong["code"], wrong["field"], wrong["position"]["line"], wrong["hint"]) == ("invalid_dashboard", "sections[0].panels[0].chart", 7, "did you mean time?")
    answer = served.get("/api/v1/dashboards/api")
    assert served.get("/api/v1/dashboards/api", headers={"If-None-Match": answer.headers["etag"]}).status == 304
    echoed = answer.json()
    assert served.request("PUT", "/api/v1/dashboards/api", json.dumps(echoed | {"title": "Again"}), headers={"Content-Type": "application/json", "If-Match": '"1"'}).json() == {"id": "api", "version": 2}
    assert [version["version"] for version in served.get("/api/v1/dashboards/api/versions").json()["versions"]] == [2, 1]
    assert "-title: API\n+title: Again\n" in served.get("/api/v1/dashboards/api/diff?from=1&to=2").text
    assert served.get("/api/v1/dashboards/api?version=1").json()["title"] == "API"
    check = served.post("/api/v1/dashboards/check", "id: x", headers={"Content-Type": "application/yaml"}).json()
    assert check["valid"] is False and {"line", "column", "message"} <= check["faults"][0].keys()
    assert served.request("DELETE", "/api/v1/dashboards/api", headers={"If-Match": '"2"'}).json() == {"id": "api", "version": 3}
    assert served.get("/api/v1/dashboards/api").status == 404
    assert served.request("DELETE", "/api/v1/dashboards/overview").status == 404
    for path in ["../x", "x/../y", "A", "schema"]:
        assert served.request("PUT", f"/api/v1/dashboards/{path}", text).status in (400, 404, 405)


def test_what_was_saved_survives_a_kill(tmp_path):
    for server in run_server(GatewatchServer(tmp_path / "data")):
        put(server, "kept", PAGE.format(id="kept", title="Kept"), 0)
        server.kill()
        server.start()
        assert saved(server, "kept")["version"] == 1


def test_shipped_files_fit_the_json_schema(served):
    jsonschema = pytest.importorskip("jsonschema")
    yaml = pytest.importorskip("yaml")
    schema = served.get("/api/v1/dashboards/schema").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    shipped = [entry["id"] for entry in served.get("/api/v1/dashboards").json()["dashboards"] if entry["origin"] == "shipped"]
    assert shipped
    for id in shipped:
        faults = [fault.message for fault in validator.iter_errors(yaml.safe_load(served.get(f"/api/v1/dashboards/{id}?format=yaml").text))]
        assert faults == [], id
    document = yaml.safe_load(PAGE.format(id="x", title="X"))
    document["sections"][0]["panels"][0]["options"] = {"markdown": "no"}
    assert not validator.is_valid(document)
