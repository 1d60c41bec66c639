"""From the first bad request to people: traffic turns bad, a rule fires, and Slack, a webhook, PagerDuty, mail and a real Alertmanager hear of it, once, in time.

With default settings: rules every 5 s, `for` 0. Receivers that are away and a program that is killed lose nothing and double nothing.
"""

import json
import time

import pytest

from alert_sinks import HTTPSink, MailSink
from gatewatch_server import GatewatchServer, free_port
from prometheus_peer import Peer, eventually, program

# The longest time allowed from the first bad request to the message.
SECONDS_MAX = 10

RULES = """
groups:
- name: traffic
  rules:
  - alert: RequestsFail
    expr: sum by (provider) (increase(llm_gateway_llm_gateway_requests_total{status="error"}[20s])) > 5
    labels: {severity: critical}
    annotations: {summary: "{{ $labels.provider }}: {{ $value | humanize }} requests failed"}
"""

CONFIGURATION = """
global:
  slack_api_url: {slack}
  pagerduty_url: {pager}
  smtp_smarthost: {mail}
  smtp_from: gatewatch@example.com
  smtp_require_tls: false
route: {{receiver: everybody, group_by: [alertname]}}
receivers:
- name: everybody
  slack_configs: [{{channel: "#alerts", send_resolved: true}}]
  pagerduty_configs: [{{routing_key: "0123456789abcdef0123456789abcdef", send_resolved: true}}]
  webhook_configs: [{{url: "{hook}", send_resolved: true}}]
  email_configs: [{{to: ops@example.com, send_resolved: true}}]
"""

ALERTMANAGER = "route: {receiver: none}\nreceivers: [{name: none}]\n"


class World:
    """Gatewatch with its rules, receivers and an Alertmanager."""

    def __init__(self, folder):
        self.http, self.mail = HTTPSink(), MailSink()
        (folder / "am.yml").write_text(ALERTMANAGER)
        port = free_port()
        self.alertmanager = Peer(
            folder / "alertmanager",
            [program("prometheus-alertmanager"), f"--config.file={folder / 'am.yml'}", f"--storage.path={folder / 'am'}", f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address="],
            port, "/-/ready").wait_ready()
        (folder / "rules.yml").write_text(RULES)
        (folder / "alertmanager.yml").write_text(
            CONFIGURATION.format(slack=self.http.url("/slack"), pager=self.http.url("/v2/enqueue"), mail=self.mail.host, hook=self.http.url("/hook")))
        (folder / "gatewatch.yml").write_text(
            f"alerting:\n  rule_files: [{folder / 'rules.yml'}]\n  shipped_rules: false\n  config_file: {folder / 'alertmanager.yml'}\n"
            f"  alertmanagers: [{self.alertmanager.url}]\n")
        self.server = GatewatchServer(folder / "data", ["--config", str(folder / "gatewatch.yml")])
        self.count = 0
        self.server.start()

    def stop(self):
        self.server.abandon()
        self.http.stop()
        self.mail.stop()
        self.alertmanager.stop()

    def send(self, status: int, count: int) -> None:
        """Requests to one provider, as APISIX logs them."""
        lines = []
        for _ in range(count):
            self.count += 1
            entry = {
                "start_time": time.time() * 1000 - 40, "latency": 40.0, "upstream_latency": 35.0, "apisix_latency": 5.0, "route_id": "chat",
                "request": {"method": "POST", "uri": "/v1/chat/completions", "url": "http://gw/v1/chat/completions", "headers": {"x-request-id": f"r{self.count}"}, "querystring": {}, "size": 300},
                "response": {"status": status, "headers": {"content-type": "application/json"}, "size": 200}, "upstream": "api.openai.com:443",
                "server": {"hostname": "gw", "version": "3.17.0"}, "client_ip": "10.0.0.1", "service_id": "",
            }
            lines.append(json.dumps({"create": {"_index": "apisix", "_id": f"r{self.count}"}}) + "\n" + json.dumps(entry) + "\n")
        answer = self.server.bulk("".join(lines).encode())
        assert answer.status == 200 and not answer.json()["errors"], answer

    # --- what receivers heard

    def told(self) -> dict[str, list[str]]:
        """For each receiver what it was told, in order: `firing` or `resolved`."""
        slack = ["resolved" if "RESOLVED" in json.dumps(body) else "firing" for _, body, _ in self.http.sent_to("/slack")]
        pager = [{"trigger": "firing", "resolve": "resolved"}[body["event_action"]] for _, body, _ in self.http.sent_to("/v2/enqueue")]
        hook = [body["status"] for _, body, _ in self.http.sent_to("/hook")]
        mail = ["resolved" if "RESOLVED" in str(message["Subject"]) else "firing" for message, _ in self.mail.mails]
        return {"slack": slack, "pager": pager, "hook": hook, "mail": mail}

    def let_the_rules_take_two_turns(self, meanwhile=lambda: None) -> None:
        """The second of them saw all that was there when this was called; `meanwhile` is done again and again."""
        def last_turn():
            groups = self.server.get("/api/v1/rules").json()["data"]["groups"]
            return next(group["lastEvaluation"] for group in groups if any(rule["name"] == "RequestsFail" for rule in group["rules"]))
        for _ in range(2):
            before = last_turn()
            eventually(lambda: (meanwhile(), last_turn() != before)[-1], 30, "the rules are evaluated")

    def let_deliveries_be_noted(self, count: int) -> None:
        """What a receiver has and the journal does not know of is, by design, sent again after a kill."""
        eventually(lambda: len(self.server.get("/api/v1/alerting/deliveries?status=sent").json()["deliveries"]) == count, 30, f"{count} deliveries are in the journal")

    def alertmanager_alerts(self) -> list[dict]:
        return json.loads(self.alertmanager.request("/api/v2/alerts")[1])


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    try:
        yield world
    finally:
        world.stop()


def everybody(*told: str) -> dict[str, list[str]]:
    return {name: list(told) for name in ("slack", "pager", "hook", "mail")}


def test_everybody_hears_of_bad_traffic_once_and_in_time_and_of_its_end(world):
    world.send(200, 50)
    world.let_the_rules_take_two_turns()
    assert world.told() == everybody()
    began = time.time()
    world.send(500, 40)
    eventually(lambda: world.told() == everybody("firing"), SECONDS_MAX + 5, lambda: f"everybody is told; told is {world.told()}")
    arrivals = [at for _, _, _, at in world.http.messages] + [at for _, at in world.mail.mails]
    assert max(arrivals) - began < SECONDS_MAX, [round(at - began, 1) for at in arrivals]
    eventually(lambda: [alert["labels"]["alertname"] for alert in world.alertmanager_alerts()] == ["RequestsFail"], 5, "Alertmanager has it")
    assert time.time() - began < SECONDS_MAX + 5

    hook = world.http.sent_to("/hook")[0][1]
    assert hook["alerts"][0]["labels"] == {"alertname": "RequestsFail", "provider": "openai", "severity": "critical"}
    assert "requests failed" in hook["alerts"][0]["annotations"]["summary"]
    assert "/graph?g0.expr=sum" in hook["alerts"][0]["generatorURL"]
    # The condition ends 20 s after the last bad request; the group is looked at again after its interval of a minute.
    eventually(lambda: world.told() == everybody("firing", "resolved"), 120, "everybody hears of the end")
    eventually(lambda: not [alert for alert in world.alertmanager_alerts() if alert["status"]["state"] == "active"], 30, "Alertmanager knows of the end")
    trigger, resolve = (body for _, body, _ in world.http.sent_to("/v2/enqueue"))
    assert trigger["dedup_key"] == resolve["dedup_key"]


def test_a_receiver_that_is_away_and_a_program_that_is_killed_lose_and_double_nothing(world):
    def keep_it_bad():
        world.send(500, 10)

    def told_while_it_is_bad():
        """What was told; nobody is to hear of an end yet."""
        keep_it_bad()
        return world.told()

    world.http.stop()
    eventually(lambda: told_while_it_is_bad()["mail"] == ["firing"], SECONDS_MAX + 5, "the mail is out while the others wait")
    world.let_deliveries_be_noted(1)
    world.server.kill()
    world.server.start()
    world.let_the_rules_take_two_turns(keep_it_bad)
    world.http.start()
    # After some failures the next attempt may be a minute away.
    eventually(lambda: told_while_it_is_bad() == everybody("firing"), 150, lambda: f"what waited arrives after the restart; told is {world.told()}")
    world.let_deliveries_be_noted(4)
    world.server.kill()
    world.server.start()
    eventually(lambda: world.told() == everybody("firing", "resolved"), 180, lambda: f"everybody hears of the end, once; told is {world.told()}")
    world.let_the_rules_take_two_turns()
    assert world.told() == everybody("firing", "resolved")


def test_ids_of_alerts_do_not_change_by_a_restart(world):
    world.send(500, 40)
    eventually(lambda: world.alertmanager_alerts(), SECONDS_MAX + 5, "Alertmanager has it")
    before = world.alertmanager_alerts()[0]
    world.server.kill()
    world.server.start()

    def is_told_again():
        world.send(500, 1)  # the traffic stays bad
        found = world.alertmanager_alerts()
        return found and found[0]["updatedAt"] > before["updatedAt"]

    eventually(is_told_again, 90, "it is told on after the restart")
    after = world.alertmanager_alerts()[0]
    assert (after["fingerprint"], after["startsAt"], after["status"]["state"]) == (before["fingerprint"], before["startsAt"], "active")
