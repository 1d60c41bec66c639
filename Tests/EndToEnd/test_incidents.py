"""Incidents over the whole program: alerts open and end them, people work on them, and a killed process has lost nothing of it."""

import datetime
import json

import pytest

from conftest import run_server
from gatewatch_server import GatewatchServer


@pytest.fixture
def alerting(tmp_path):
    (tmp_path / "gatewatch.yml").write_text("alerting:\n  shipped_rules: false\n")
    yield from run_server(GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yml")]))


def time_text(seconds: float) -> str:
    """A time so many seconds from now."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def post(server, path: str, body):
    return server.post(path, json.dumps(body).encode(), {"Content-Type": "application/json"})


def tell(server, name: str, ends: float = 600, **labels):
    """Posts an alert as Prometheus does; one that ends in the past is resolved."""
    alert = {"labels": {"alertname": name, **labels}, "annotations": {"summary": f"{name} is bad"}, "startsAt": time_text(-30), "endsAt": time_text(ends)}
    assert post(server, "/api/v2/alerts", [alert]).status == 200


def incidents(server, query: str = "") -> list[dict]:
    answer = server.get(f"/api/v1/incidents{query}")
    assert answer.status == 200, answer
    return answer.json()["incidents"]


def test_an_incident_from_the_first_alert_to_the_end(alerting):
    tell(alerting, "ErrorRate", provider="openai", severity="critical")
    tell(alerting, "Latency", provider="openai", severity="warning")
    tell(alerting, "ErrorRate", provider="anthropic", severity="warning")
    tell(alerting, "Watchdog", severity="none")
    second, first = incidents(alerting, "?state=unresolved")
    assert (first["id"], first["title"], first["severity"], first["state"]) == ("I-1", "ErrorRate openai", "critical", "open")
    assert [alert["alertname"] for alert in first["alerts"]] == ["ErrorRate", "Latency"]
    assert second["title"] == "ErrorRate anthropic"

    taken = post(alerting, "/api/v1/incidents/I-1/acknowledge", {"author": "ada"}).json()
    assert taken["state"] == "acknowledged" and taken["assignee"] == "ada" and taken["acknowledged_at"]
    assert post(alerting, "/api/v1/incidents/I-1/assign", {"author": "ada", "assignee": "bob"}).json()["assignee"] == "bob"
    assert post(alerting, "/api/v1/incidents/I-1/note", {"author": "bob", "text": "the provider has trouble"}).status == 200

    alerting.kill()
    alerting.start()
    found = alerting.get("/api/v1/incidents/I-1").json()
    assert [event["kind"] for event in found["timeline"]] == ["opened", "joined", "acknowledged", "assigned", "note"]

    tell(alerting, "ErrorRate", -1, provider="openai", severity="critical")
    assert alerting.get("/api/v1/incidents/I-1").json()["state"] == "acknowledged"
    tell(alerting, "Latency", -1, provider="openai", severity="warning")
    over = alerting.get("/api/v1/incidents/I-1").json()
    assert over["state"] == "resolved" and over["resolved_at"]
    assert post(alerting, "/api/v1/incidents/I-1/reopen", {"author": "bob", "text": "not over"}).json()["state"] == "acknowledged"
    assert post(alerting, "/api/v1/incidents/I-1/resolve", {"author": "bob", "text": "switched over"}).json()["state"] == "resolved"

    week = alerting.get("/api/v1/incidents/statistics?weeks=2").json()["weeks"][-1]
    assert (week["incidents"], week["critical"], week["warning"]) == (2, 1, 1)
    assert week["mtta_seconds"] >= 0 and week["mttr_seconds"] >= 0


def test_a_person_marks_a_span(alerting):
    answer = post(alerting, "/api/v1/incidents", {"title": "provider down", "from": "2026-03-05T16:00:00Z", "to": "2026-03-05T16:30:00Z", "author": "ada", "severity": "critical"})
    assert answer.status == 201 and answer.json()["is_marked"] is True and answer.json()["state"] == "resolved"
    assert [incident["title"] for incident in incidents(alerting, "?from=2026-03-05T16:10:00Z&to=2026-03-05T16:11:00Z")] == ["provider down"]
    assert incidents(alerting, "?from=2026-03-05T17:00:00Z") == []


@pytest.mark.parametrize("method, path, body, status", [
    ("GET", "/api/v1/incidents/I-9", None, 404), ("GET", "/api/v1/incidents?state=x", None, 400), ("GET", "/api/v1/incidents?limit=0", None, 400),
    ("GET", "/api/v1/incidents?from=yesterday-ish", None, 400), ("GET", "/api/v1/incidents/statistics?weeks=1000", None, 400),
    ("POST", "/api/v1/incidents/I-9/acknowledge", {"author": "ada"}, 404), ("POST", "/api/v1/incidents/I-9/note", [1], 400),
    ("POST", "/api/v1/incidents", {"title": "x", "author": "ada"}, 400), ("POST", "/api/v1/incidents", {"title": "", "from": "now-2h", "to": "now", "author": "ada"}, 400),
    ("POST", "/api/v1/incidents", {"title": "x", "from": "now", "to": "now-2h", "author": "ada"}, 400),
])
def test_wrong_questions_are_refused(alerting, method, path, body, status):
    answer = alerting.get(path) if method == "GET" else post(alerting, path, body)
    assert answer.status == status, answer
    assert answer.json()["error"]["message"]
