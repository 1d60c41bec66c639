"""Messages to receivers: what arrives, how often, and in which order, whatever happens to the receiver or to Gatewatch meanwhile."""

import http.server
import json
import os
import subprocess
import threading
import time

import pytest

from conftest import run_server
from gatewatch_server import BINARY, GatewatchServer, free_port
from prometheus_peer import eventually
from test_alertmanager_api import alertmanager


class Receiver:
    """A receiver on a port of this machine: notes what it is sent, and answers as told."""

    def __init__(self, port: int = 0):
        self.messages = []
        self.attempts = 0
        self.answer = lambda path: (200, {}, b"ok")
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.attempts += 1
                status, headers, text = outer.answer(self.path)
                if status == 0:
                    time.sleep(60)
                    return
                if 200 <= status < 300:
                    outer.messages.append((self.path, dict(self.headers), json.loads(body)))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def of(self, path: str) -> list:
        return [body for where, _, body in self.messages if where == path]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


def configured(folder, port: int) -> GatewatchServer:
    """A server, not started yet, with a receiver that has one integration of each kind."""
    url = f"http://127.0.0.1:{port}"
    (folder / "alertmanager.yml").write_text(f"""
route: {{receiver: all, group_by: [alertname], group_wait: 0s, group_interval: 1s}}
receivers:
- name: all
  slack_configs: [{{api_url: "{url}/slack", send_resolved: true}}]
  pagerduty_configs: [{{routing_key: 0123456789abcdef0123456789abcdef, url: "{url}/pagerduty"}}]
  msteamsv2_configs: [{{webhook_url: "{url}/teams"}}]
  webhook_configs: [{{url: "{url}/webhook"}}]
  standard_webhook_configs: [{{url: "{url}/signed", secret: whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3}}]
""")
    (folder / "gatewatch.yml").write_text(f"alerting:\n  config_file: {folder}/alertmanager.yml\n  shipped_rules: false\n")
    return GatewatchServer(folder / "data", ["--config", str(folder / "gatewatch.yml")])


@pytest.fixture
def alerting(tmp_path, receiver):
    yield from run_server(configured(tmp_path, receiver.port))


PATHS = ["/slack", "/pagerduty", "/teams", "/webhook", "/signed"]


def stamp(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def tell(server, name: str, ends_in: float = 600) -> None:
    """Posts an alert, which is over when its end lies in the past."""
    alert = {"labels": {"alertname": name, "severity": "critical"}, "annotations": {"summary": "It is bad."}, "startsAt": stamp(-60), "endsAt": stamp(ends_in)}
    answer = server.post("/api/v2/alerts", [alert])
    assert answer.status == 200, answer


def test_every_kind_of_receiver_hears_of_the_beginning_and_of_the_end_once(alerting, receiver):
    tell(alerting, "Bad")
    eventually(lambda: all(len(receiver.of(path)) == 1 for path in PATHS))
    tell(alerting, "Bad", ends_in=-1)
    eventually(lambda: all(len(receiver.of(path)) == 2 for path in PATHS))
    time.sleep(3)
    assert all(len(receiver.of(path)) == 2 for path in PATHS)
    trigger, resolve = receiver.of("/pagerduty")
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
    assert trigger["dedup_key"] == resolve["dedup_key"]
    assert [body["status"] for body in receiver.of("/webhook")] == ["firing", "resolved"]
    assert receiver.of("/webhook")[0]["version"] == "4"
    assert [body["type"] for body in receiver.of("/signed")] == ["alert.firing", "alert.resolved"]
    assert "[FIRING:1] Bad" in receiver.of("/slack")[0]["text"]
    assert "[RESOLVED]" in receiver.of("/slack")[1]["text"]
    deliveries = alerting.get("/api/v1/alerting/deliveries").json()["deliveries"]
    assert len(deliveries) == 10
    assert {delivery["status"] for delivery in deliveries} == {"sent"}
    states = alerting.get("/api/v1/alerting/receivers").json()["receivers"]
    assert {integration["state"] for integration in states[0]["integrations"]} == {"ok"}
    assert 'gatewatch_notifications_total{receiver="all",integration="slack"} 2' in alerting.get("/metrics").text


def test_a_receiver_that_is_down_gets_everything_in_order_also_after_a_kill(tmp_path, receiver):
    port = free_port()
    server = configured(tmp_path, port)
    server.start()
    try:
        tell(server, "First")
        eventually(lambda: len(server.get("/api/v1/alerting/deliveries?status=waiting").json()["deliveries"]) == 5)
        eventually(lambda: 'gatewatch_notifications_failed_total{receiver="all",integration="webhook"} 0' not in server.get("/metrics").text)
        server.kill()
        server.start()
        tell(server, "First", ends_in=-1)
        tell(server, "Second")
        eventually(lambda: len(server.get("/api/v1/alerting/deliveries?status=waiting").json()["deliveries"]) == 15)
        server.kill()
        back = Receiver(port)
        server.start()
        try:
            eventually(lambda: all(len(back.of(path)) == 3 for path in PATHS), 90)
            time.sleep(2)
            told = [(body["groupLabels"]["alertname"], body["status"]) for body in back.of("/webhook")]
            assert sorted(told) == [("First", "firing"), ("First", "resolved"), ("Second", "firing")]
            assert told.index(("First", "firing")) < told.index(("First", "resolved"))
            assert all(len(back.of(path)) == 3 for path in PATHS)
        finally:
            back.stop()
        server.stop()
    finally:
        server.abandon()


def test_receivers_that_misbehave_are_bounded_and_told_of(alerting, receiver):
    seen = {path: 0 for path in PATHS}

    def answer(path):
        seen[path] += 1
        if path == "/slack":
            return (429, {"Retry-After": "1"}, b"") if seen[path] == 1 else (200, {}, b"ok")
        if path == "/pagerduty":
            return (202, {}, b"x" * 10_000_000)
        if path == "/teams":
            return (302, {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}, b"")
        if path == "/webhook":
            return (410, {}, b"gone")
        return (500, {}, b"") if seen[path] <= 2 else (200, {}, b"")

    receiver.answer = answer
    tell(alerting, "Bad")
    eventually(lambda: len(receiver.of("/slack")) == 1 and len(receiver.of("/pagerduty")) == 1 and len(receiver.of("/signed")) == 1, 30)
    assert receiver.of("/elsewhere") == []
    statuses = {delivery["kind"]: delivery for delivery in alerting.get("/api/v1/alerting/deliveries").json()["deliveries"]}
    assert statuses["msteamsv2"]["status"] == "failed" and "302" in statuses["msteamsv2"]["last_error"]
    assert statuses["webhook"]["status"] == "failed"
    assert statuses["standard_webhook"]["attempts"] == 3
    states = {state["kind"]: state["state"] for state in alerting.get("/api/v1/alerting/receivers").json()["receivers"][0]["integrations"]}
    assert states["webhook"] == "disabled" and states["slack"] == "ok"
    ids = {headers.get("webhook-id") for path, headers, _ in receiver.messages if path == "/signed"}
    assert len(ids) == 1 and None not in ids


def test_receivers_are_tried_out_by_command_and_by_the_api(alerting, receiver, tmp_path):
    # Settings of the person who runs the tests must not reach the program.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWATCH_")}

    def notify(*arguments: str) -> subprocess.CompletedProcess:
        command = [str(BINARY), "notify", *arguments, "--config", str(tmp_path / "gatewatch.yml")]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)

    listed = notify("list").stdout
    assert listed.startswith("all: webhook 0, standard_webhook 0, pagerduty 0, slack 0, msteamsv2 0")
    shown = notify("test", "all", "--dry-run").stdout
    assert "0123456789abcdef" not in shown and "/slack" not in shown and "<secret>" in shown
    assert receiver.attempts == 0
    sent = notify("test", "all").stdout
    assert sent.count("delivered") == 5
    assert all(len(receiver.of(path)) == 1 for path in PATHS)
    receiver.answer = lambda path: (400, {}, b"no")
    assert notify("test", "all").returncode == 1
    assert notify("test", "nobody").returncode == 64
    results = alerting.post("/api/v1/alerting/receivers/all/test", {}).json()["results"]
    assert len(results) == 5 and not any(result["delivered"] for result in results)
    assert alerting.post("/api/v1/alerting/receivers/nobody/test", {}).status == 404


def test_alerts_are_handed_to_every_alertmanager(tmp_path, receiver):
    (tmp_path / "rules.yml").write_text("groups: [{name: g, interval: 1s, rules: [{alert: Always, expr: vector(1), labels: {severity: info}}]}]")
    (tmp_path / "gatewatch.yml").write_text(
        f"alerting:\n  rule_files: {tmp_path}/rules.yml\n  shipped_rules: false\n  alertmanagers: http://127.0.0.1:{receiver.port}/a,http://127.0.0.1:{receiver.port}/b\n")
    server = GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yml")])
    for running in run_server(server):
        eventually(lambda: receiver.of("/a/api/v2/alerts") and receiver.of("/b/api/v2/alerts"))
        alert = receiver.of("/a/api/v2/alerts")[0][0]
        assert alert["labels"] == {"alertname": "Always", "severity": "info"}
        assert alert["endsAt"] > alert["startsAt"]
        assert len(running.get("/api/v1/alerting/receivers").json()["alertmanagers"]) == 2


def test_a_real_alertmanager_takes_what_it_is_handed_and_tells_the_same_webhook(tmp_path, receiver):
    peer = alertmanager(tmp_path / "alertmanager", f"""
route: {{receiver: hook, group_wait: 0s, group_interval: 1s, group_by: [alertname]}}
receivers: [{{name: hook, webhook_configs: [{{url: "http://127.0.0.1:{receiver.port}/theirs"}}]}}]
""")
    (tmp_path / "ours.yml").write_text(f"""
route: {{receiver: hook, group_wait: 0s, group_interval: 1s, group_by: [alertname]}}
receivers: [{{name: hook, webhook_configs: [{{url: "http://127.0.0.1:{receiver.port}/ours"}}]}}]
""")
    (tmp_path / "rules.yml").write_text(
        "groups: [{name: g, interval: 1s, rules: [{alert: Always, expr: vector(1), labels: {severity: info}, annotations: {summary: 'a <b> & ü'}}]}]")
    (tmp_path / "gatewatch.yml").write_text(
        f"alerting:\n  rule_files: {tmp_path}/rules.yml\n  shipped_rules: false\n  alertmanagers: {peer.url}\n  config_file: {tmp_path}/ours.yml\n")
    try:
        for _ in run_server(GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yml")])):
            eventually(lambda: receiver.of("/ours") and receiver.of("/theirs"))
            ours, theirs = receiver.of("/ours")[0], receiver.of("/theirs")[0]
            # Whose page it is differs, and newer Alertmanagers add members; the rest is the same to the letter.
            assert list(ours) == list(theirs)
            assert ours | {"externalURL": ""} == theirs | {"externalURL": ""}
    finally:
        peer.stop()
