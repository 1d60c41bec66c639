"""The same rules over the same samples in Gatewatch and in a real Prometheus: states, labels, texts, values and errors must agree.

Samples do not change, so that it does not matter at which instants the two evaluate.
"""

import json
import time
import urllib.parse

import pytest

from conftest import run_server
from gatewatch_server import GatewatchServer
from prometheus_peer import eventually, prometheus
from remote_write import HEADERS, write_body

RULES = """
groups:
- name: recording
  interval: 1s
  rules:
  - {record: "job:up:sum", expr: "sum by (job) (up)", labels: {team: sre}}
  - {record: "job:up:double", expr: "2 * job:up:sum"}
  - {record: scalar, expr: "42"}
  - {record: clash, expr: '{__name__=~"up|same"}'}
- name: alerting
  interval: 1s
  rules:
  - alert: Down
    expr: up == 0
    labels: {severity: critical, from: "{{ $labels.instance }}"}
    annotations:
      summary: "{{ $labels.instance }} of {{ $labels.job }} is down ({{ $value }})"
      numbers: "{{ humanize 1234567.0 }} {{ humanizePercentage 0.123 }} {{ humanizeDuration 3661.0 }} {{ printf \\"%.3f\\" $value }}"
      others: "{{ range query \\"up == 1\\" | sortByLabel \\"instance\\" }}{{ .Labels.instance }}={{ .Value }} {{ end }}"
      broken: "{{ $labels.instance | reReplaceAll \\"(\\" \\"x\\" }}"
  - {alert: Waiting, expr: "up == 0", for: 1h}
  - {alert: Never, expr: "up == 7"}
  - {alert: FromRecorded, expr: "job:up:double > 2", annotations: {v: "{{ .Value }}"}}
  - {alert: Small, expr: "tiny > 0"}
  - {alert: Many, expr: "up * on(job) up"}
  - {alert: SeesAlerts, expr: 'count(ALERTS{alertstate="firing", alertname="Down"}) > 0'}
- name: limited
  interval: 1s
  limit: 1
  rules:
  - {alert: TooMany, expr: "up >= 0"}
  - {record: too_many, expr: "up"}
"""

SERIES = [({"__name__": "up", "job": job, "instance": f"i{number}"}, value) for job, number, value in
          [("a", 1, 1), ("a", 2, 0), ("a", 3, 1), ("b", 4, 0), ("b", 5, 1), ("b", 6, 1)]]
SERIES += [({"__name__": "same", "job": "a", "instance": "i1"}, 1)]
SERIES += [({"__name__": "tiny", "kind": kind}, value) for kind, value in [("small", 1.5e-9), ("large", 3e25), ("plain", 0.1)]]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules")
    (folder / "rules.yml").write_text(RULES)
    (folder / "gatewatch.yml").write_text(f"alerting:\n  rule_files: [{folder / 'rules.yml'}]\n  shipped_rules: false\n  external_url: http://localhost:1\n")
    peer = prometheus(folder / "prometheus", f"global: {{evaluation_interval: 1s}}\nrule_files: [{folder / 'rules.yml'}]\n")
    try:
        for server in run_server(GatewatchServer(folder / "data", ["--config", str(folder / "gatewatch.yml")])):
            now = int(time.time() * 1000)
            body = write_body([(labels, [(now, value)]) for labels, value in SERIES])
            assert server.request("POST", "/api/v1/write", body, HEADERS).status in (200, 204)
            assert peer.request("/api/v1/write", body, HEADERS)[0] in (200, 204)
            for rules in (lambda: rules_of(server.get("/api/v1/rules").json()), lambda: rules_of(json.loads(peer.request("/api/v1/rules")[1]))):
                eventually(lambda: rules()["Down"]["state"] == "firing" and rules()["SeesAlerts"]["state"] == "firing", what="the rules have fired")
            # Series of alerts with a long `for` come when what was pending before the start has been looked for.
            for ask in (lambda query: server.get("/api/v1/query?query=" + urllib.parse.quote(query)).json(), lambda query: peer.ask("/api/v1/query", query=query)[1]):
                eventually(lambda: ask('ALERTS{alertname="Waiting"}')["data"]["result"], what="pending alerts are series")
            yield server, peer
    finally:
        peer.stop()


def rules_of(answer: dict) -> dict:
    return {rule["name"]: rule for group in answer["data"]["groups"] for rule in group["rules"]}


def comparable(rule: dict) -> dict:
    """What must agree: all but times and what only one of the two says."""
    kept = {name: rule.get(name) for name in ("type", "name", "query", "duration", "state", "health", "annotations", "lastError")}
    kept["labels"] = rule.get("labels") or {}
    alerts = [{name: alert.get(name) for name in ("labels", "annotations", "state", "value")} for alert in rule.get("alerts") or []]
    kept["alerts"] = sorted(alerts, key=lambda alert: sorted(alert["labels"].items()))
    return kept


@pytest.mark.parametrize("name", ["job:up:sum", "job:up:double", "scalar", "clash", "Down", "Waiting", "Never", "FromRecorded", "Small", "Many", "SeesAlerts", "TooMany", "too_many"])
def test_a_rule_is_in_the_same_state(both, name):
    server, peer = both
    ours = comparable(rules_of(server.get("/api/v1/rules").json())[name])
    theirs = comparable(rules_of(json.loads(peer.request("/api/v1/rules")[1]))[name])
    if name == "Many":
        # Which of several series an error names is chance.
        for rule in (ours, theirs):
            rule["lastError"] = rule["lastError"].partition(";")[2]
    if name == "Down":
        # The words of a template's failure name Go's own types.
        for alert in ours["alerts"] + theirs["alerts"]:
            assert alert["annotations"].pop("broken").startswith("<error expanding template: ")
    assert ours == theirs


@pytest.mark.parametrize("query", ["job:up:sum", "job:up:double", "scalar", "clash", "ALERTS", "ALERTS_FOR_STATE * 0", "count by (alertname, alertstate) (ALERTS)"])
def test_the_series_of_rules_are_the_same(both, query):
    server, peer = both
    now = time.time()

    def rows(answer):
        assert answer["status"] == "success", answer
        return sorted((sorted(row["metric"].items()), row["value"][1]) for row in answer["data"]["result"])

    ours = rows(server.get(f"/api/v1/query?time={now}&query={urllib.parse.quote(query)}").json())
    assert ours == rows(peer.ask("/api/v1/query", query=query, time=now)[1])


def test_alerts_are_those_of_the_rules(both):
    server, peer = both

    def alerts(answer):
        return sorted(json.dumps([alert["labels"], alert["state"], alert["value"]], sort_keys=True) for alert in answer["data"]["alerts"])

    assert alerts(server.get("/api/v1/alerts").json()) == alerts(json.loads(peer.request("/api/v1/alerts")[1]))


def test_rules_can_be_asked_for_in_parts(both):
    server, _ = both

    def names(query):
        return [rule["name"] for group in server.get("/api/v1/rules?" + query).json()["data"]["groups"] for rule in group["rules"]]

    assert names("type=record") == ["too_many", "job:up:sum", "job:up:double", "scalar", "clash"]
    assert names("rule_name[]=Down&rule_name[]=Never") == ["Down", "Never"]
    assert names("rule_group[]=limited") == ["TooMany", "too_many"]
    assert names("match[]=" + urllib.parse.quote('{severity="critical"}')) == ["Down"]
    assert names("file[]=nowhere.yml") == []
    first = server.get("/api/v1/rules?group_limit=2").json()["data"]
    assert [group["name"] for group in first["groups"]] == ["alerting", "limited"]
    rest = server.get(f"/api/v1/rules?group_limit=2&group_next_token={first['groupNextToken']}").json()["data"]
    assert [group["name"] for group in rest["groups"]] == ["recording"] and "groupNextToken" not in rest
    assert all(rule.get("alerts") in (None, []) for group in server.get("/api/v1/rules?exclude_alerts=true").json()["data"]["groups"] for rule in group["rules"])


@pytest.mark.parametrize("query, words", [
    ("type=both", "invalid parameter \"type\": not supported value \"both\""),
    ("exclude_alerts=maybe", "invalid parameter \"exclude_alerts\": error converting exclude_alerts: strconv.ParseBool: parsing \"maybe\": invalid syntax"),
    ("group_limit=0", "invalid parameter \"group_limit\": group_limit needs to be greater than 0"),
    ("group_limit=x", "invalid parameter \"group_limit\": group_limit needs to be a valid number: strconv.ParseInt: parsing \"x\": invalid syntax"),
    ("group_next_token=x", "invalid parameter \"group_next_token\": group_limit needs to be present in order to paginate over the groups"),
    ("group_limit=1&group_next_token=x", "invalid parameter \"group_next_token\": invalid group_next_token 'x'. were rule groups changed?"),
])
def test_a_wrong_question_is_answered_in_prometheus_words(both, query, words):
    server, _ = both
    answer = server.get("/api/v1/rules?" + query)
    assert (answer.status, answer.json()["error"]) == (400, words)


def test_an_alerts_link_leads_to_its_expression(both):
    server, _ = both
    answer = server.get("/graph?g0.expr=up+%3D%3D+0&g0.tab=1")
    assert (answer.status, answer.headers["location"]) == (302, "/?page=explore&expr=up+%3D%3D+0&tab=table")


def test_a_broken_file_leaves_the_rules_of_before_in_force(both):
    server, _ = both
    file = server.data.parent / "rules.yml"
    try:
        file.write_text("groups:\n- name: recording\n  rules:\n  - {record: a, exprr: b}\n")
        answer = server.post("/-/reload")
        assert answer.status == 500 and "rules.yml: 4:" in answer.text, answer
        assert "Down" in rules_of(server.get("/api/v1/rules").json())
        assert "gatewatch_rule_files_good 0" in server.get("/metrics").text
    finally:
        file.write_text(RULES)
    assert server.post("/-/reload").status == 200
    assert "gatewatch_rule_files_good 1" in server.get("/metrics").text
