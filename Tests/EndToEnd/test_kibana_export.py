"""Dashboards written for Kibana: the checker finds nothing, and what their filters mean in Elasticsearch is what Gatewatch's own questions count."""

import json
import os
import random
import re
import subprocess
import sys
import time

import pytest
import yaml

from apisix_entries import EntryGenerator, bulk_body
from gatewatch_server import BINARY, REPOSITORY
from kql_as_query import query

COMMAND_SECONDS_MAX = 120
SOURCES = {"gatewatch": "gw-events", "apisix": "apisix", "noveum": "ai-gateway-metrics"}
DASHBOARDS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((REPOSITORY / "dashboards").glob("*.yaml"))}


def export(*arguments) -> subprocess.CompletedProcess:
    # The variables of the tests are no settings of the program.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWATCH_")}
    return subprocess.run([BINARY, "dashboards", "export", "kibana", *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The folder of everything that is exported for each source, and what was said about it."""
    found = {}
    for source in SOURCES:
        folder = tmp_path_factory.mktemp(source)
        answer = export("--all", "--source", source, "--output", folder / "out", "--data", folder / "data")
        assert answer.returncode == 0, answer.stderr
        found[source] = (folder / "out", answer.stderr)
    return found


def objects(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def dashboards_of(folder) -> dict[str, list[dict]]:
    """The panels of each exported dashboard."""
    found = {}
    for path in sorted(folder.glob("*.ndjson")):
        for saved in objects(path):
            if saved.get("type") == "dashboard":
                found[path.stem] = json.loads(saved["attributes"]["panelsJSON"])
    return found


# --- Files ---

@pytest.mark.needs_shared
@pytest.mark.parametrize("source", SOURCES)
def test_the_checker_finds_no_problem(folders, shared, source):
    files = [path for path in sorted(folders[source][0].glob("*.ndjson")) if path.name != "alert-rules.jsonl"]
    assert files
    answer = subprocess.run([sys.executable, shared / "tools/kibana_check.py", *files], capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("source", SOURCES)
def test_every_panel_is_exported_or_told_with_the_reason(folders, source):
    folder, said = folders[source]
    exported = dashboards_of(folder)
    for name, dashboard in DASHBOARDS.items():
        if "kibana" not in dashboard.get("exports", ["kibana"]):
            assert name not in exported
            continue
        panels = [panel for section in dashboard["sections"] for panel in section["panels"]]
        for panel in panels:
            is_there = any(item["panelIndex"] == panel["id"] or item["panelIndex"].startswith(panel["id"] + "-") for item in exported.get(name, []))
            assert is_there or f"left out: {name}/{panel['id']}: " in said, (name, panel["id"])
    if source == "gatewatch":
        assert {"overview", "requests"} <= set(exported)


def test_one_file_to_standard_output_has_one_data_view(tmp_path):
    answer = export("overview", "requests", "--index", "mine-*", "--data", tmp_path)
    assert answer.returncode == 0, answer.stderr
    lines = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [line.get("type") for line in lines] == ["index-pattern", "dashboard", "dashboard", None]
    assert lines[0]["attributes"]["title"] == "mine-*" and lines[-1]["exportedCount"] == 3


def test_wrong_usage_is_told(tmp_path):
    for arguments, word in ((["--all", "--source", "mongo"], "--source"), (["--all", "--index", "A B"], "--index"), (["nosuch"], "nosuch"), ([], "--all")):
        answer = export(*arguments, "--data", tmp_path)
        assert answer.returncode == 64 and word in answer.stderr, (arguments, answer.stderr)


def test_the_server_answers_the_same_dashboard(module_server, folders):
    answer = module_server.get("/api/v1/dashboards/overview/export/kibana")
    assert answer.status == 200 and 'filename="overview.ndjson"' in answer.headers["content-disposition"]
    assert answer.text == (folders["gatewatch"][0] / "overview.ndjson").read_text()
    for path, status in (("nosuch/export/kibana", 404), ("overview/export/kibana?source=x", 400), ("overview/export/kibana?index=A", 400)):
        assert module_server.get("/api/v1/dashboards/" + path).status == status


# --- What Elasticsearch is told ---

@pytest.mark.parametrize("source", SOURCES)
def test_template_and_policy_are_taken_by_our_own_door(server, folders, source):
    folder, name = folders[source][0], SOURCES[source]
    for path, file in ((f"/_ilm/policy/{name}", "lifecycle-policy.json"), (f"/_index_template/{name}", "index-template.json")):
        answer = server.request("PUT", path, json.loads((folder / file).read_text()))
        assert answer.status == 200 and answer.json()["acknowledged"], answer
    template = server.get(f"/_index_template/{name}").json()["index_templates"][0]["index_template"]
    assert template["template"]["settings"]["index"]["lifecycle"]["name"] == name
    assert server.get("/api/v1/status").json()["store"]["retention_days"] == 90


def test_a_record_in_the_shape_of_the_template_is_taken_and_found(server, folders):
    """Every field of the template that a sender can give, under its short name."""
    properties = json.loads((folders["gatewatch"][0] / "index-template.json").read_text())["template"]["mappings"]["properties"]
    assert properties["gen_ai.provider.name"] == {"type": "alias", "path": "provider"}
    sample = {"keyword": "x", "double": 1.5, "long": 7, "boolean": True}
    record = {name: sample[kind["type"]] for name, kind in properties.items() if kind["type"] in sample}
    record |= {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "status": 503, "provider": "openai", "path": "/v1/chat/completions", "operation": "chat", "method": "POST",
               "gateway": "litellm", "input_tokens": 100, "output_tokens": 50, "total_tokens": 150, "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}
    answer = server.bulk(b'{"index":{}}\n' + json.dumps(record).encode() + b"\n", path="/gw-events/_bulk")
    assert answer.status == 200 and not answer.json()["errors"], answer.json()
    for kql in ("provider: \"openai\" and status >= 500", "duration: 1.5", "input_tokens: 100", "stream: true", "model: *"):
        assert server.post("/gw-events/_count", {"query": query(kql)}).json()["count"] == 1, kql


@pytest.mark.parametrize("source", SOURCES)
def test_alert_rules_ask_fields_that_the_template_maps(folders, source):
    folder = folders[source][0]
    properties = json.loads((folder / "index-template.json").read_text())["template"]["mappings"]["properties"]
    rules = objects(folder / "alert-rules.jsonl")
    assert len({rule["id"] for rule in rules}) == len(rules) >= 6
    for rule in rules:
        body, asked = rule["rule"], rule["rule"]["params"]
        assert body["rule_type_id"] == ".es-query" and asked["searchType"] == "esqlQuery"
        place = properties
        for part in asked["timeField"].split("."):
            place = place[part]
        assert place["type"] == "date"
        assert asked["esqlQuery"]["esql"].startswith(f"FROM {SOURCES[source]}*\n")


# --- What the filters mean ---

@pytest.fixture(scope="module")
def traffic(module_server):
    """Records of all three shapes, each in an index of its own."""
    now = int(time.time() * 1000)
    generator = EntryGenerator(7, now - 3_000_000, now)
    assert not module_server.bulk(bulk_body(generator.entries(600), index="apisix")).json()["errors"]
    pick = random.Random(3)
    lines = []
    for number in range(600):
        record = {
            "time": now - pick.randrange(3_000_000), "status": pick.choice([200] * 8 + [400, 401, 408, 429, 499, 500, 503, 504]), "path": pick.choice(["/v1/chat/completions", "/v1/embeddings"]),
            "method": "POST", "provider": pick.choice(["openai", "anthropic", "groq"]), "client": pick.choice(["team a", "batch:1", "batch:2", "x"]),
            "duration": round(pick.lognormvariate(0.5, 1.2), 3), "request_id": f"r{number}", "gateway": "litellm",
        }
        for name, value in (("model", pick.choice(["gpt-4o", "claude-3", "llama"])), ("stream", pick.random() < 0.5), ("input_tokens", pick.randrange(1, 5000)),
                            ("output_tokens", pick.randrange(1, 900)), ("ttft", 0.2), ("attempts", pick.randrange(1, 4)), ("cache_status", pick.choice(["hit", "miss"])),
                            ("finish_reason", pick.choice(["stop", "length"]))):
            if pick.random() < 0.8:
                record[name] = value
        lines += [{"index": {"_index": "gw-events"}}, record]
    documents = []
    for number in range(400):
        status = pick.choice([200] * 6 + [400, 401, 429, 499, 500, 504])
        metadata = {"latency": pick.randrange(20, 9000), "tokens": {"input": pick.choice([None, 12]), "output": 5, "total": None}, "path": "/v1/chat/completions", "method": "POST",
                    "request_size": 10, "response_size": 20, "provider_latency": pick.choice([0, 5]), "status_code": status, "provider_request_id": f"p{number}"}
        attributes = {"id": f"msg_{number:08x}", "org_id": pick.choice(["org_1", None]), "project_id": "p", "provider": pick.choice(["openai", "groq"]),
                      "model": "gpt-4o" if status < 400 else "", "request": {"model": "gpt-4o", "stream": pick.random() < 0.5}, "metadata": metadata}
        instant = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime((now - pick.randrange(3_000_000)) / 1000)) + ".5Z"
        documents += [{"index": {"_index": "ai-gateway-metrics"}}, {"timestamp": instant, "name": "ai_gateway_request_log", "attributes": attributes, "resource": {}}]
    for items in (lines, documents):
        answer = module_server.bulk("".join(json.dumps(item) + "\n" for item in items).encode()).json()
        assert not answer["errors"], answer
    return module_server


def chosen_measure(panel: dict, index: str) -> str:
    """The measure of a ranking that an exported panel shows: the first, unless the panel is named after a further one."""
    measures = panel["options"]["measures"]
    names = {panel["id"] + "-" + re.sub("[^a-z0-9]", "-", measure["label"].lower()): measure["measure"] for measure in measures[1:]}
    return names.get(index, measures[0]["measure"])


def own_filters(panel: dict, index: str) -> list[str]:
    """The conditions whose records an exported panel counts: its own, and with it those of its measures."""
    asked, options = panel["query"], panel.get("options", {})
    where = f"({asked['where']})" if asked.get("where") else ""
    measures = asked.get("measures", ["count"])
    by_name = {measure.rpartition(" as ")[2]: measure for measure in measures}
    if panel["chart"] == "stat":
        measures = measures[:max(1, len(options.get("figures", [])))]
    if panel["chart"] == "table" and options.get("columns"):
        measures = [column["measure"] for column in options["columns"] if "measure" in column]
    if panel["chart"] in ("ranking", "map"):
        measures = [chosen_measure(panel, index)] if options.get("measures") else measures[:1]
    if panel["chart"] in ("donut", "matrix", "bullet"):
        measures = measures[:1]
    if panel["chart"] in ("histogram", "heatmap", "quantiles"):
        measures = ["count"]
    measures = [by_name.get(measure, measure) for measure in measures]
    found = [where]
    for measure in measures:
        for word in ("ratio(", "count("):
            if measure.startswith(word):
                inner = measure[len(word):measure.rindex(")")]
                found.append(f"{where} and ({inner})" if where else inner)
    return found


def exported_filters(panel: dict) -> list[str]:
    """The same of an exported panel, in KQL; values of the range before and reference lines aside."""
    state = panel["embeddableConfig"]["attributes"]["state"]
    kql = state["query"]["query"]
    found = [kql]
    for column in state["datasourceStates"]["formBased"]["layers"]["l1"]["columns"].values():
        if "filter" in column and "timeShift" not in column:
            inner = column["filter"]["query"]
            found.append(f"({kql}) and ({inner})" if kql else inner)
    return found


# Documents of other gateways hold no class of errors: a failure is what its status says.
BY_STATUS = (("error_type: *", "status >= 400"), ("error_type: client_closed", "status: 499"), ("error_type: timeout", "status: (408 or 504 or 524)"))


@pytest.mark.parametrize("source", SOURCES)
def test_filters_count_in_elasticsearch_what_gatewatch_counts(traffic, folders, source):
    compared = 0
    for name, exported in dashboards_of(folders[source][0]).items():
        by_length = sorted((panel for section in DASHBOARDS[name]["sections"] for panel in section["panels"]), key=lambda panel: -len(panel["id"]))
        for item in exported:
            panel = next((panel for panel in by_length if item["panelIndex"] == panel["id"] or item["panelIndex"].startswith(panel["id"] + "-")), None)
            if panel is None or panel.get("query") is None:
                continue
            own = {}
            for text in own_filters(panel, item["panelIndex"]):
                if source != "gatewatch":
                    for old, new in BY_STATUS:
                        text = text.replace(old, new)
                where = f"index: {SOURCES[source]}" + (f" and ({text})" if text else "")
                answer = traffic.query(**{"from": "now-1d", "to": "now+1h", "measures": ["count"], "where": where})
                own[text] = answer["rows"][0]["count"] if answer["rows"] else 0
            theirs = {}
            for kql in exported_filters(item):
                answer = traffic.post(f"/{SOURCES[source]}/_count", {"query": query(kql)})
                assert answer.status == 200, (kql, answer)
                theirs[kql] = answer.json()["count"]
            # Filters that say where a value is really there come on top for other gateways' documents.
            missing = set(own.values()) - set(theirs.values())
            assert not missing, (name, item["panelIndex"], own, theirs)
            if source == "gatewatch":
                assert set(theirs.values()) == set(own.values()), (name, item["panelIndex"], own, theirs)
            compared += len(own)
    assert compared > 20
