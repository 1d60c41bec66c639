"""`gatewatch rules backtest` and its route, over samples whose alerts are known beforehand."""

import json
import subprocess
import time

import pytest

import remote_write
from gatewatch_server import BINARY
from test_series_serving import clean_environment

RULES = """
groups:
- name: g
  interval: 1m
  rules:
  - alert: High
    expr: load > 5
    for: 2m
    labels: {severity: critical, shown: "{{ $value }}"}
  - alert: Other
    expr: load > 100
"""
MINUTES = 180
# Minutes in which the load is 9 or, the last time, 20; else it is 1.
BUSY = [(20, 30), (60, 61), (100, 110)]


def run(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "rules", "backtest", *map(str, arguments)], env=clean_environment(), capture_output=True, text=True, timeout=120)


@pytest.fixture
def filled(server):
    """The server, and the minute in which its samples begin."""
    start = int(time.time()) // 60 * 60 - MINUTES * 60

    def load(minute):
        return 20.0 if 100 <= minute < 110 else 9.0 if any(first <= minute < end for first, end in BUSY) else 1.0

    series = [({"__name__": "load", "host": "a"}, [((start + 60 * minute) * 1_000, load(minute)) for minute in range(MINUTES)])]
    assert server.post("/api/v1/write", remote_write.write_body(series), remote_write.HEADERS).status == 204
    return server, start


def spans(answer, start):
    def minute(text):
        return (time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone - start) / 60

    return [(minute(span["from"]), minute(span["to"])) for alert in answer["alerts"] for span in alert["spans"]]


def question(start, **more):
    return {"expr": "load > 5", "for_seconds": 120, "from": start, "to": start + 60 * (MINUTES - 1), "step_seconds": 60, **more}


def test_the_route_replays_a_rule(filled):
    server, start = filled
    incidents = [{"from": start + 60 * 21, "to": start + 60 * 30}, {"from": start + 60 * 150, "to": start + 60 * 160}]
    response = server.post("/api/v1/rules/backtest", question(start, incidents=incidents, noise_budget_per_week=60))
    assert response.status == 200, response
    answer = response.json()
    assert spans(answer, start) == [(22, 30), (102, 110)]
    assert [span["is_incident"] for span in answer["alerts"][0]["spans"]] == [True, False]
    assert answer["threshold"] == {"comparison": ">", "limit": 5}
    summary = answer["summary"]
    assert (summary["firings"], summary["pages"], summary["firing_seconds"], summary["flaps"]) == (2, 2, 960, 0)
    assert (summary["precision"], summary["recall"], summary["detection_delay_seconds"]) == (0.5, 0.5, 60)
    # One page in three hours is 56 a week: only what lets the last busy time through keeps to 60.
    assert 9 <= answer["suggestion"]["limit"] < 20 and answer["suggestion"]["pages"] == 1
    limits = [point["limit"] for point in answer["curve"]]
    assert limits == sorted(limits) and 5 in limits and len(limits) > 8
    replayed = server.post("/api/v1/rules/backtest", question(start, threshold=15)).json()
    assert spans(replayed, start) == [(102, 110)] and replayed["suggestion"] is None and replayed["summary"]["recall"] is None


def test_what_cannot_be_replayed_is_refused_with_the_place(filled):
    server, start = filled
    for body, word in [
        ({}, "rule"), (question(start, expr="sum("), "read"), (question(start, step_seconds=0), "step_seconds"), (question(start, threshold="x"), "threshold"),
        ({**question(start), "to": start - 5}, "after"), (question(start, expr="absent(load)", threshold=1), "threshold"), (question(start, expr='"text"'), "vector"),
        (question(start, incidents=[{"from": 1}]), "to"), (question(start, step_seconds=0.01), "steps"), (question(start, group_by="a"), "group_by"),
    ]:
        refused = server.post("/api/v1/rules/backtest", body)
        assert refused.status in (400, 422) and word in refused.json()["error"]["message"], (body, refused)
    assert server.post("/api/v1/rules/backtest", {"rule": {"name": "NoSuchAlert"}}).status == 404


def test_the_command_line_asks_a_server_and_a_folder(filled, tmp_path):
    server, start = filled
    rules, incidents = tmp_path / "rules.yaml", tmp_path / "incidents.json"
    rules.write_text(RULES)
    incidents.write_text(json.dumps([{"from": start + 60 * 21, "to": start + 60 * 30}]))
    common = [rules, "--alert", "High", "--from", start, "--to", start + 60 * (MINUTES - 1), "--incidents", incidents]
    for place in (("--url", server.url), ("--data", server.data)):
        if place[0] == "--data":
            assert run(*common, *place).returncode == 75
            server.stop()
        answer = run(*common, *place, "--format", "json")
        assert answer.returncode == 0, answer
        found = json.loads(answer.stdout)
        assert spans(found, start) == [(22, 30), (102, 110)] and found["step_seconds"] == 60
        assert found["alerts"][0]["labels"] == {"host": "a", "severity": "critical"}
        text = run(*common, *place, "--noise-budget", "60/week", "--threshold", "8")
        assert text.returncode == 0 and "threshold  > 8" in text.stdout and "100 % found, 50 % of the pages met one, found after 00:01:00" in text.stdout, text
        assert "The budget is kept with" in text.stdout
    assert run(rules).returncode == 64
    assert run(rules, "--alert", "None").returncode == 64
    assert run("--expr", "load > 5", "--noise-budget", "much").returncode == 64
    assert run("--expr", "load > 5", "--url", "http://127.0.0.1:1").returncode == 1
