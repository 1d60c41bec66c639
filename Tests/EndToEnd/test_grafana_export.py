"""Dashboards for Grafana: valid by Grafana's schemas, answered by Gatewatch and by a Prometheus that scrapes it, delivered by its API."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time
from urllib.parse import quote, urlencode

import pytest
import yaml

import grafana_files
from gatewatch_server import BINARY, REPOSITORY
from grafana_files import RANGE_SECONDS, STEP_SECONDS
from prometheus_peer import eventually, program, prometheus

# Queries without an answer from the demo, and why. All others have one.
SILENT = {
    r"ALERTS": "nothing need fire",
    r"circuit_breaker_state": "only a proxy knows the state of its breakers",
    r" unless topk\(": "the rest of groups of which there are not that many",
    r"subscription_count|trial_active|revenue_usd_total": "a business system reports them",
    r"gateway:budget_usd": "made of a budget among the objectives",
    r"litellm_remaining|vllm:request_queue_time": "scraped from programs that the demo does not play",
    r"gatewatch_notification": "nobody is to be told anything",
    r"offset 7d": "the demo has one day of history",
    r"predict_linear": "a trend needs hours of the program's own series",
    r"reject|refused|dropped|fail|missed": "nothing goes wrong within the demo's own parts",
    r"gatewatch_query_|gatewatch_http_|gatewatch_store_": "counted once somebody asks, and once parts are written",
}
# Recording rules take their turns once a minute, and some of them record what others have recorded.
RULES_SECONDS_MAX = 180
TOKEN = "glsa_secret-of-the-test"


def run(*arguments, environment: dict | None = None) -> subprocess.CompletedProcess:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GATEWATCH_", "GRAFANA_"))}
    return subprocess.run([BINARY, "dashboards", *map(str, arguments)], env=clean | (environment or {}), capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """All shipped dashboards as files, and what the command said about them."""
    folder = tmp_path_factory.mktemp("grafana")
    answer = run("export", "grafana", "--all", "--output", folder / "out", "--data", folder / "data")
    assert answer.returncode == 0, answer.stderr
    files = sorted((folder / "out").glob("*.json"))
    assert sorted(answer.stdout.split()) == [str(file) for file in files]
    return files, answer.stderr


@pytest.fixture(scope="module")
def all_queries(exported):
    return [query for file in exported[0] for query in grafana_files.queries(file)]


# --- the files ---


def test_every_dashboard_that_wants_to_be_is_exported(exported):
    shipped = [yaml.safe_load(path.read_text()) for path in (REPOSITORY / "dashboards").glob("*.yaml")]
    wanted = {board["id"] for board in shipped if "grafana" in board.get("exports", ["grafana", "kibana"])}
    assert {file.stem for file in exported[0]} == wanted >= {"llm-gateway-overview", "llm-gateway-providers"}
    for file in exported[0]:
        assert any(panel["type"] != "row" for panel in json.loads(file.read_text())["panels"]), f"{file.stem} is empty: say exports: [kibana]"


@pytest.mark.needs_shared
def test_grafanas_schemas_have_no_complaint(exported, shared):
    answer = subprocess.run([sys.executable, shared / "tools/grafana_check.py", *exported[0]], capture_output=True, text=True, timeout=600)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.count(": 0 findings") == len(exported[0])


def test_nothing_overlaps_and_all_ids_are_their_own(exported):
    for file in exported[0]:
        board = json.loads(file.read_text())
        ids = [panel["id"] for panel in grafana_files.panels(board)]
        assert len(ids) == len(set(ids)), file
        assert re.fullmatch(r"[a-z0-9-]{8,40}", board["uid"])
        groups = [board["panels"]] + [panel["panels"] for panel in board["panels"] if panel.get("panels")]
        for group in groups:
            taken = set()
            for panel in group:
                place = panel["gridPos"]
                assert place["x"] + place["w"] <= 24, (file.stem, panel["title"])
                cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
                assert not cells & taken, (file.stem, panel["title"])
                taken |= cells


def test_the_dashboards_of_gateways_are_what_their_users_expect(exported):
    files = {file.stem: json.loads(file.read_text()) for file in exported[0]}
    overview, provider = files["llm-gateway-overview"], files["llm-gateway-providers"]
    assert overview["uid"] == "llm-gateway-overview" and provider["uid"] == "llm-gateway-provider"
    for board in (overview, provider):
        variables = {variable["name"]: variable["type"] for variable in board["templating"]["list"]}
        assert {"datasource": "datasource", "job": "query", "cluster": "query", "provider": "query"}.items() <= variables.items()
        assert board["schemaVersion"] == 39 and board["graphTooltip"] == 1 and board["refresh"] == "30s"
        for panel in grafana_files.panels(board):
            assert panel["type"] == "row" or len(panel["description"]) > 40, panel["title"]
            for target in panel.get("targets", []):
                assert "llm_gateway_llm_gateway_" in target["expr"], panel["title"]
    titles = {panel["title"] for panel in grafana_files.panels(overview)}
    assert len(titles) >= 24


def test_what_is_left_out_is_told_with_its_reason(exported):
    lines = exported[1].splitlines()
    assert lines and all(re.fullmatch(r"[a-z0-9-]+(/[a-z0-9_-]+)?: .{15,}", line) for line in lines), lines


def test_the_source_can_be_asked_for_on_import(tmp_path):
    answer = run("export", "grafana", "overview", "--inputs", "--data", tmp_path)
    board = json.loads(answer.stdout)
    assert board["__inputs"][0]["name"] == "DS_PROMETHEUS" and {"stat", "timeseries"} <= {part["id"] for part in board["__requires"]}
    assert "${datasource}" not in answer.stdout and "${DS_PROMETHEUS}" in answer.stdout


def test_a_config_map_holds_them_all(exported, tmp_path):
    answer = run("export", "grafana", "--all", "--configmap", "--namespace", "monitoring", "--data", tmp_path)
    assert answer.returncode == 0, answer.stderr
    manifest = yaml.safe_load(answer.stdout)
    assert manifest["kind"] == "ConfigMap" and manifest["metadata"]["labels"] == {"grafana_dashboard": "1"} and manifest["metadata"]["namespace"] == "monitoring"
    assert {name: json.loads(text) for name, text in manifest["data"].items()} == {file.name: json.loads(file.read_text()) for file in exported[0]}


def test_wrong_usage_is_told(tmp_path):
    for arguments, word in (
        (["nothing"], "there is no dashboard 'nothing'"), ([], "--all"), (["overview", "--all"], "not both"), (["overview", "llm-gateway-overview"], "--output"),
        (["overview", "--configmap", "--name", "A_b"], "--name"), (["overview", "--gatewatch-url", "x"], "--gatewatch-url"),
    ):
        answer = run("export", "grafana", *arguments, "--data", tmp_path)
        assert answer.returncode == 64 and word in answer.stderr and not answer.stdout, (arguments, answer.stderr)


# --- the questions ---


def test_promtool_accepts_every_expression(all_queries, tmp_path):
    rules = [{"record": f"query:{number}", "expr": query.expression} for number, query in enumerate(all_queries)]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}, width=100_000))
    answer = subprocess.run([program("promtool"), "check", "rules", file], capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def silent(query) -> bool:
    return any(re.search(pattern, query.expression) for pattern in SILENT)


def ask(peer_get, query, end: int):
    if query.is_instant:
        return peer_get("/api/v1/query?" + urlencode({"query": query.expression, "time": end}))
    return peer_get("/api/v1/query_range?" + urlencode({"query": query.expression, "start": end - RANGE_SECONDS, "end": end, "step": STEP_SECONDS}))


def test_gatewatch_answers_every_question(demo, all_queries):
    eventually(lambda: demo.get(f"/api/v1/query?query={quote('sum(rate(gatewatch_ingest_stored_total[1m]))')}").json()["data"]["result"], what="the program's own series")
    wrong, waiting = [], [query for query in all_queries]

    def all_answered():
        """Asks again what had no data: rules record at their turns, and series of the program itself begin with it."""
        end = int(time.time())
        for query in list(waiting):
            answer = ask(demo.get, query, end)
            if answer.status != 200:
                wrong.append((query.name, query.expression, answer.text[:300]))
            if answer.status != 200 or answer.json()["data"]["result"] or silent(query):
                waiting.remove(query)
        return not waiting

    try:
        eventually(all_answered, seconds=RULES_SECONDS_MAX, what="data for every question")
    finally:
        assert wrong == []
        assert [(query.name, query.expression) for query in waiting] == []


def test_a_prometheus_that_scrapes_gatewatch_evaluates_every_question(demo, all_queries, tmp_path):
    config = f"global: {{scrape_interval: 1s}}\nscrape_configs: [{{job_name: gatewatch, static_configs: [{{targets: ['{demo.address}']}}]}}]\n"
    peer = prometheus(tmp_path / "prometheus", config)
    try:
        family = "llm_gateway_llm_gateway_requests_total"
        eventually(lambda: peer.ask("/api/v1/query", query=f"max(count_over_time({family}[1m])) > 3")[1]["data"]["result"], what="four scrapes")
        end, found = int(time.time()), 0
        for query in all_queries:
            if query.is_instant:
                status, answer = peer.ask("/api/v1/query", query=query.expression, time=end)
            else:
                status, answer = peer.ask("/api/v1/query_range", query=query.expression, start=end - 300, end=end, step=STEP_SECONDS)
            assert status == 200, (query.name, query.expression, answer)
            found += bool(answer["data"]["result"])
        assert found > len(all_queries) / 2, f"only {found} of {len(all_queries)} questions found anything"
    finally:
        peer.stop()


def test_the_route_answers_the_same_file(demo, exported):
    file = next(file for file in exported[0] if file.stem == "llm-gateway-overview")
    answer = demo.get("/api/v1/dashboards/llm-gateway-overview/export/grafana")
    assert answer.status == 200 and answer.headers["content-type"].startswith("application/json"), answer
    assert "llm-gateway-overview.json" in answer.headers["content-disposition"]
    served, written = answer.json(), json.loads(file.read_text())
    assert served["panels"] == written["panels"] and served["uid"] == written["uid"]
    assert demo.get("/api/v1/dashboards/nothing/export/grafana").status == 404


# --- a Grafana ---


class Grafana(http.server.BaseHTTPRequestHandler):
    """Grafana's API as far as dashboards and folders go: its paths, keys, statuses and messages."""

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def log_message(self, *_):
        pass

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.command, self.path, json.loads(body) if body else None))
        status, document = self.reply(json.loads(body) if body else None)
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def reply(self, body):
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Invalid API key"}
        if self.path.startswith("/sub/api/folders") and self.command == "GET":
            return 200, self.server.folders
        if self.path == "/sub/api/folders":
            self.server.folders.append({"id": 7, "uid": "folder7", "title": body["title"]})
            return 200, self.server.folders[-1]
        assert self.path == "/sub/api/dashboards/db" and body["overwrite"] is True and body["dashboard"].get("id") is None
        if body["dashboard"]["title"] == self.server.refused:
            return 403, {"message": "permission denied"}
        board = body["dashboard"]
        return 200, {"id": 1, "uid": board["uid"], "url": f"/sub/d/{board['uid']}/x", "status": "success", "version": 1, "slug": "x"}


@pytest.fixture
def grafana():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Grafana)
    server.seen, server.folders, server.refused = [], [{"id": 1, "uid": "other", "title": "Other"}], None
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address(server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/sub"


def test_dashboards_are_put_into_a_grafana(grafana, tmp_path):
    answer = run("push", "--all", "--folder", "LLM", "--data", tmp_path, environment={"GRAFANA_ENDPOINT": address(grafana) + "/", "GRAFANA_TOKEN": TOKEN})
    assert answer.returncode == 0, answer.stderr
    boards = [body for _, path, body in grafana.seen if path.endswith("/dashboards/db")]
    assert len(boards) == len(answer.stdout.splitlines()) > 1 and {body["folderUid"] for body in boards} == {"folder7"}
    assert "llm-gateway-overview.json: /sub/d/llm-gateway-overview/x" in answer.stdout
    again = run("push", "overview", "--grafana", address(grafana), "--folder", "LLM", "--data", tmp_path, environment={"GRAFANA_TOKEN": TOKEN})
    assert again.returncode == 0 and len(grafana.folders) == 2, "the folder is found again"
    (tmp_path / "token").write_text(TOKEN + "\n")
    filed = run("push", "overview", "--grafana", address(grafana), "--token-file", tmp_path / "token", "--data", tmp_path)
    assert filed.returncode == 0 and "folderUid" not in grafana.seen[-1][2]


def test_what_grafana_refuses_is_told_without_the_token(grafana, tmp_path):
    wrong = run("push", "overview", "--grafana", address(grafana), "--data", tmp_path, environment={"GRAFANA_TOKEN": "wrong-secret"})
    assert wrong.returncode == 1 and "401" in wrong.stderr and "Invalid API key" in wrong.stderr and "wrong-secret" not in wrong.stderr + wrong.stdout
    grafana.refused = "Overview"
    denied = run("push", "overview", "--grafana", address(grafana), "--data", tmp_path, environment={"GRAFANA_TOKEN": TOKEN})
    assert denied.returncode == 1 and "permission denied" in denied.stderr and TOKEN not in denied.stderr + denied.stdout
    gone = run("push", "overview", "--grafana", "http://127.0.0.1:9", "--data", tmp_path, environment={"GRAFANA_TOKEN": TOKEN})
    assert gone.returncode == 1 and "no Grafana answers at http://127.0.0.1:9" in gone.stderr
    for arguments, environment in ((["--grafana", address(grafana)], {}), ([], {"GRAFANA_TOKEN": TOKEN}), (["--grafana", "grafana:3000"], {"GRAFANA_TOKEN": TOKEN})):
        assert run("push", "overview", *arguments, "--data", tmp_path, environment=environment).returncode == 64
