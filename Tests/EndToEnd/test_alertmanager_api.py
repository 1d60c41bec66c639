"""Alertmanager's API v2 as Gatewatch serves it: its own description, its own client, a real Prometheus that posts alerts, and a real Alertmanager beside it."""

import datetime
import json
import pathlib
import random
import subprocess
import tarfile
import time

import pytest
import yaml

from conftest import run_server
from gatewatch_server import GatewatchServer, free_port
from prometheus_peer import Peer, eventually, program, prometheus
from swagger_schema import Swagger

CONFIGURATION = """
route:
  receiver: ops
  group_by: [alertname]
  routes:
  - matchers: [team="web"]
    receiver: web
    continue: true
  - matchers: [severity="critical"]
    receiver: pager
receivers:
- name: ops
- name: web
- name: pager
inhibit_rules:
- source_matchers: [severity="critical"]
  target_matchers: [severity="warning"]
  equal: [alertname]
"""


def time_text(seconds: float) -> str:
    """A time so many seconds from now."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def routed(folder: pathlib.Path, configuration: str, name: str = "data") -> GatewatchServer:
    """A server, not started yet, that routes by a configuration and evaluates no rules of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.alertmanager.yml").write_text(configuration)
    (folder / f"{name}.yml").write_text(
        f"alerting:\n  config_file: {folder / f'{name}.alertmanager.yml'}\n  shipped_rules: false\n")
    return GatewatchServer(folder / name, ["--config", str(folder / f"{name}.yml")])


@pytest.fixture
def alerting(tmp_path):
    yield from run_server(routed(tmp_path, CONFIGURATION))


@pytest.fixture(scope="session")
def swagger(shared):
    with tarfile.open(shared / "data/suites/prometheus/alertmanager_openapi_and_configs.tar.gz") as archive:
        name = next(name for name in archive.getnames() if name.endswith("api/v2/openapi.yaml"))
        return Swagger(yaml.safe_load(archive.extractfile(name)))


def post_alerts(server, *labels: dict, **members) -> None:
    answer = server.post("/api/v2/alerts", [{"labels": each, **members} for each in labels])
    assert answer.status == 200, answer


# --- the description ---


@pytest.mark.needs_shared
def test_every_answer_is_as_the_description_says(alerting, swagger):
    post_alerts(
        alerting, {"alertname": "A", "severity": "critical", "team": "web"}, {"alertname": "A", "severity": "warning"}, annotations={"summary": "s"},
        generatorURL="http://prometheus/graph?g0.expr=up")
    silence = {
        "matchers": [{"name": "alertname", "value": "B.*", "isRegex": True}], "startsAt": time_text(0), "endsAt": time_text(600), "createdBy": "me", "comment": "c"}
    made = alerting.post("/api/v2/silences", silence)
    identifier = made.json()["silenceID"]
    asked = {
        ("/status", "get"): alerting.get("/api/v2/status"), ("/receivers", "get"): alerting.get("/api/v2/receivers"), ("/alerts", "get"): alerting.get("/api/v2/alerts"),
        ("/alerts/groups", "get"): alerting.get("/api/v2/alerts/groups"), ("/silences", "get"): alerting.get("/api/v2/silences"), ("/silences", "post"): made,
        ("/silence/{silenceID}", "get"): alerting.get(f"/api/v2/silence/{identifier}"),
    }
    for (path, method), answer in asked.items():
        assert answer.status == 200, (path, answer)
        assert swagger.answer_problems(path, method, 200, answer.json()) == []
        assert answer.json() != [], path
    wrong = {
        ("/alerts", "get"): alerting.get("/api/v2/alerts?filter=a"), ("/alerts/groups", "get"): alerting.get("/api/v2/alerts/groups?receiver=("),
        ("/silences", "get"): alerting.get("/api/v2/silences?filter=%7B"), ("/alerts", "post"): alerting.post("/api/v2/alerts", [{"labels": {}}]),
        ("/silences", "post"): alerting.post("/api/v2/silences", silence | {"endsAt": time_text(-10), "startsAt": time_text(-20)}),
    }
    for (path, method), answer in wrong.items():
        assert answer.status == 400 and swagger.answer_problems(path, method, 400, answer.json()) == [], (path, answer)
    assert alerting.get("/api/v2/silence/6d5c8c1e-0000-4000-8000-000000000000").status == 404
    assert alerting.request("DELETE", f"/api/v2/silence/{identifier}").status == 200
    assert alerting.get(f"/api/v2/silence/{identifier}").json()["status"]["state"] == "expired"


def test_what_is_posted_is_routed_silenced_and_inhibited(alerting):
    post_alerts(
        alerting, {"alertname": "A", "severity": "critical", "team": "web"}, {"alertname": "A", "severity": "warning"}, {"alertname": "B", "severity": "warning", "empty": ""})
    alerts = {(a["labels"]["alertname"], a["labels"]["severity"]): a for a in alerting.get("/api/v2/alerts").json()}
    assert [r["name"] for r in alerts["A", "critical"]["receivers"]] == ["web", "pager"]
    assert alerts["A", "warning"]["status"] == {
        "state": "suppressed", "silencedBy": [], "inhibitedBy": [alerts["A", "critical"]["fingerprint"]], "mutedBy": []}
    assert "empty" not in alerts["B", "warning"]["labels"]
    silence = {"matchers": [{"name": "alertname", "value": "B", "isRegex": False}], "startsAt": time_text(-1), "endsAt": time_text(60), "createdBy": "me", "comment": ""}
    identifier = alerting.post("/api/v2/silences", silence).json()["silenceID"]

    def names(query: str) -> list[str]:
        return sorted(f"{a['labels']['alertname']}/{a['labels']['severity']}" for a in alerting.get(f"/api/v2/alerts?{query}").json())

    assert names("silenced=false") == ["A/critical", "A/warning"]
    assert names("inhibited=false") == ["A/critical", "B/warning"]
    assert names("active=false") == ["A/warning", "B/warning"]
    assert names("filter=severity%3D%22warning%22&filter=alertname%21%3DA") == ["B/warning"]
    assert names("receiver=pag.*") == ["A/critical"]
    groups = alerting.get("/api/v2/alerts/groups").json()
    assert [(g["receiver"]["name"], g["labels"], len(g["alerts"])) for g in groups] == [
        ("ops", {"alertname": "A"}, 1), ("pager", {"alertname": "A"}, 1), ("web", {"alertname": "A"}, 1), ("ops", {"alertname": "B"}, 1)]
    # A change of the matchers is another silence, a later end is the same.
    same = alerting.post("/api/v2/silences", silence | {"id": identifier, "endsAt": time_text(120), "startsAt": alerting.get(f"/api/v2/silence/{identifier}").json()["startsAt"]})
    assert same.json()["silenceID"] == identifier
    other = alerting.post("/api/v2/silences", silence | {"id": identifier, "matchers": [{"name": "x", "value": "y", "isRegex": False}]})
    assert other.json()["silenceID"] != identifier
    assert names("silenced=false") == ["A/critical", "A/warning", "B/warning"]


def test_an_alert_ends_when_it_says_so(alerting):
    post_alerts(alerting, {"alertname": "A"}, startsAt=time_text(-60), endsAt=time_text(600))
    post_alerts(alerting, {"alertname": "A"}, startsAt=time_text(-60), endsAt=time_text(-1))
    eventually(lambda: alerting.get("/api/v2/alerts").json() == [], 10, "the alert is over")


def test_silences_and_alerts_outlive_a_kill(tmp_path):
    server = routed(tmp_path, CONFIGURATION)
    try:
        server.start()
        silence = {"matchers": [{"name": "a", "value": "b", "isRegex": False}], "startsAt": time_text(0), "endsAt": time_text(600), "createdBy": "me", "comment": "c"}
        identifier = server.post("/api/v2/silences", silence).json()["silenceID"]
        post_alerts(server, {"alertname": "A", "a": "b"})
        eventually(lambda: (server.data / "alerting/alerts.json").exists(), 30, "alerts are kept")
        server.kill()
        server.start()
        kept = server.get("/api/v2/silences").json()
        assert [s["id"] for s in kept] == [identifier]
        assert [a["status"]["silencedBy"] for a in server.get("/api/v2/alerts").json()] == [[identifier]]
        server.stop()
    finally:
        server.abandon()


def test_bad_input_is_refused_and_costs_only_itself(alerting):
    for body in [b"", b"{", b"null", b"[1]", b"{}", b'[{"labels": 5}]', b'[{"labels": {"a": 1}}]', b'[{"labels": {"a": "b"}, "startsAt": "yesterday"}]', b"[" * 100_000]:
        answer = alerting.post("/api/v2/alerts", body, {"Content-Type": "application/json"})
        assert answer.status in (400, 422), (body[:40], answer)
        assert alerting.post("/api/v2/silences", body, {"Content-Type": "application/json"}).status in (400, 422)
        assert alerting.post("/api/v1/alerting/webhook", body, {"Content-Type": "application/json"}).status == 400
    answer = alerting.post("/api/v2/alerts", [{"labels": {"alertname": "good"}}, {"labels": {}}, {"labels": {"x": "y" * 100_000}}])
    assert answer.status == 400 and "at least one label pair required" in answer.json()
    assert [a["labels"]["alertname"] for a in alerting.get("/api/v2/alerts").json()] == ["good"]
    assert alerting.get("/api/v2/alerts?active=perhaps").status == 422
    assert alerting.get("/api/v2/silence/nonsense").status == 422
    assert alerting.metrics()['alertmanager_alerts_invalid_total{version="v2"}'] == 2
    alerting.assert_alive()


def test_the_webhook_of_another_alertmanager_is_taken(alerting):
    body = {
        "version": "4", "groupKey": "{}", "status": "firing", "receiver": "r", "routeLabels": {}, "notification_reason": "x", "alerts": [
            {"status": "firing", "labels": {"alertname": "H", "n": "1"}, "annotations": {}, "startsAt": time_text(-60), "endsAt": "0001-01-01T00:00:00Z",
             "generatorURL": "", "fingerprint": "0123456789abcdef"},
            {"status": "resolved", "labels": {"alertname": "H", "n": "2"}, "annotations": {}, "startsAt": time_text(-60), "endsAt": time_text(-1)}]}
    answer = alerting.post("/api/v1/alerting/webhook", body)
    assert answer.status == 200 and answer.json() == {"accepted": 2, "refused": []}
    assert [a["labels"]["n"] for a in alerting.get("/api/v2/alerts").json()] == ["1"]


# --- clients ---


def amtool(server, *arguments: str) -> str:
    command = [program("amtool"), f"--alertmanager.url={server.url}", *arguments]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, f"{arguments}: {result.stdout} {result.stderr}"
    return result.stdout.strip()


def test_amtool_works_with_only_the_address_changed(alerting):
    amtool(alerting, "alert", "add", "alertname=A", "severity=critical", "--annotation=summary=hello")
    assert json.loads(amtool(alerting, "alert", "query", "-o", "json", "severity=~crit.*"))[0]["labels"]["alertname"] == "A"
    identifier = amtool(alerting, "silence", "add", "alertname=A", "--author=me", "--comment=quiet", "--duration=1h")
    assert json.loads(amtool(alerting, "silence", "query", "-o", "json"))[0]["id"] == identifier
    assert json.loads(amtool(alerting, "alert", "query", "-o", "json", "--silenced"))[0]["status"]["silencedBy"] == [identifier]
    amtool(alerting, "silence", "update", identifier, "--comment=quieter")
    amtool(alerting, "silence", "expire", identifier)
    assert json.loads(amtool(alerting, "silence", "query", "-o", "json")) == []
    assert "ops" in amtool(alerting, "config", "show")
    assert "web" in amtool(alerting, "config", "routes", "test", "team=web")


def test_a_real_prometheus_posts_its_alerts_here(alerting, tmp_path):
    folder = tmp_path / "prometheus"
    folder.mkdir()
    # It learns of its Alertmanagers only after some seconds, and what fires before is not sent for a minute.
    (folder / "rules.yml").write_text(
        "groups: [{name: g, interval: 1s, rules: [{alert: Always, expr: vector(1), for: 10s, labels: {severity: critical}, annotations: {summary: here}}]}]\n")
    peer = prometheus(folder, (
        "global: {evaluation_interval: 1s, external_labels: {cluster: c1}}\n"
        f"rule_files: [{folder / 'rules.yml'}]\n"
        f"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{alerting.address}']}}]}}]}}\n"))
    try:
        alerts = eventually(lambda: alerting.get("/api/v2/alerts").json(), 60, "Prometheus posts")
        assert alerts[0]["labels"] == {"alertname": "Always", "severity": "critical", "cluster": "c1"}
        assert alerts[0]["annotations"] == {"summary": "here"} and alerts[0]["generatorURL"].startswith("http")
        assert [r["name"] for r in alerts[0]["receivers"]] == ["pager"]
    finally:
        peer.stop()


# --- a real Alertmanager beside it ---


def alertmanager(folder: pathlib.Path, configuration: str) -> Peer:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "alertmanager.yml").write_text(configuration)
    port = free_port()
    command = [
        program("prometheus-alertmanager"), f"--config.file={folder / 'alertmanager.yml'}", f"--storage.path={folder / 'store'}", f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=", "--log.level=warn",
    ]
    return Peer(folder, command, port, "/-/ready").wait_ready()


LABELS = {"alertname": ["A", "B", "C"], "severity": ["critical", "warning", "info"], "team": ["web", "db", ""], "host": ["h1", "h2", "h3", ""], "zone": ["x y", "z\"q", "ü"]}


def random_matcher(source: random.Random) -> str:
    name = source.choice(list(LABELS))
    values = [value for value in LABELS[name] if value and '"' not in value]
    kind = source.choice(["=", "!=", "=~", "!~"])
    if kind in ("=", "!="):
        return f'{name}{kind}"{source.choice(values)}"'
    return f'{name}{kind}"{"|".join(source.sample(values, min(2, len(values))))}"' if source.random() < 0.7 else f'{name}{kind}"{source.choice(values)[0]}.*"'


def random_route(source: random.Random, receivers: list[str], depth: int) -> dict:
    route = {}
    if source.random() < 0.8:
        route["receiver"] = source.choice(receivers)
    if source.random() < 0.5:
        route["group_by"] = ["..."] if source.random() < 0.2 else source.sample(list(LABELS), source.randint(0, 3))
        if not route["group_by"]:
            del route["group_by"]  # an empty list means the parent's to older versions and nothing to newer ones
    if source.random() < 0.3:
        route["continue"] = True
    if source.random() < 0.3:
        route["match"] = {"severity": source.choice(LABELS["severity"])}
    if source.random() < 0.2:
        route["match_re"] = {"host": source.choice(["h1|h2", "h.", ".*"])}
    route["matchers"] = [random_matcher(source) for _ in range(source.randint(0, 2))]
    if depth > 0:
        route["routes"] = [random_route(source, receivers, depth - 1) for _ in range(source.randint(0, 3))]
    return route


def random_configuration(source: random.Random) -> str:
    receivers = ["r1", "r2", "r3", "r4"]
    root = random_route(source, receivers, 3)
    for key in ("match", "match_re", "matchers", "continue"):
        root.pop(key, None)
    root |= {"receiver": "r1", "group_wait": "1s", "group_interval": "1h", "repeat_interval": "4h"}
    rules = [{
        "source_matchers": [random_matcher(source) for _ in range(source.randint(1, 2))], "target_matchers": [random_matcher(source) for _ in range(source.randint(1, 2))],
        "equal": source.sample(list(LABELS), source.randint(0, 2))} for _ in range(source.randint(0, 3))]
    return yaml.safe_dump({"route": root, "receivers": [{"name": name} for name in receivers], "inhibit_rules": rules}, allow_unicode=True)


def comparable_groups(groups: list[dict], silences: dict[str, str]) -> list:
    found = []
    for group in groups:
        members = []
        for alert in group["alerts"]:
            status = alert["status"]
            # Which of several sources inhibits is nobody's promise, only whether one does.
            members.append((
                sorted(alert["labels"].items()), alert["fingerprint"], status["state"], sorted(silences[i] for i in status["silencedBy"]), bool(status["inhibitedBy"]),
                sorted(r["name"] for r in alert["receivers"])))
        found.append((sorted(group["labels"].items()), group["receiver"]["name"], sorted(members)))
    return sorted(found)


@pytest.mark.parametrize("seed", range(8))
def test_groups_receivers_and_verdicts_are_those_of_a_real_alertmanager(tmp_path, seed):
    source = random.Random(seed)
    configuration = random_configuration(source)
    alerts = [
        {"labels": {name: value for name, values in LABELS.items() if (value := source.choice(values))}, "startsAt": time_text(-600), "endsAt": time_text(3_600)}
        for _ in range(60)]
    silences = [{
        "matchers": [{"name": n, "value": source.choice([v for v in LABELS[n] if v]), "isRegex": False, "isEqual": source.random() < 0.8} for n in source.sample(list(LABELS), 2)],
        "startsAt": time_text(0), "endsAt": time_text(3_600), "createdBy": "me", "comment": f"silence {number}"} for number in range(3)]
    peer = alertmanager(tmp_path / "alertmanager", configuration)
    server = routed(tmp_path, configuration)
    try:
        server.start()

        def compare(groups, made) -> list:
            return comparable_groups(groups, {identifier: comment for comment, identifier in made.items()})

        ours, theirs = {}, {}
        for silence in silences:
            body = json.dumps(silence).encode()
            ours[silence["comment"]] = server.post("/api/v2/silences", silence).json()["silenceID"]
            theirs[silence["comment"]] = json.loads(peer.request("/api/v2/silences", body, {"Content-Type": "application/json"})[1])["silenceID"]
        assert server.post("/api/v2/alerts", alerts).status == 200
        assert peer.request("/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"})[0] == 200

        def same() -> bool:
            return compare(server.get("/api/v2/alerts/groups").json(), ours) == compare(json.loads(peer.request("/api/v2/alerts/groups")[1]), theirs)

        # The peer takes alerts in by and by.
        deadline = time.monotonic() + 20
        while not same() and time.monotonic() < deadline:
            time.sleep(0.2)
        mine, real = compare(server.get("/api/v2/alerts/groups").json(), ours), compare(json.loads(peer.request("/api/v2/alerts/groups")[1]), theirs)
        assert mine == real, configuration
        assert sum(len(group[2]) for group in mine) >= 20
        server.stop()
    finally:
        server.abandon()
        peer.stop()
