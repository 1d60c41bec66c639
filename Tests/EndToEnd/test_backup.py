"""Backup and restore of a running server under load, and the commands that look after a data folder."""

import json
import threading
import time

import remote_write
from apisix_entries import EntryGenerator, bulk_body
from gatewatch_server import GatewatchServer
from test_command_line import run

BATCH = 100


class Load(threading.Thread):
    """Sends batches until it is told to stop."""

    def __init__(self, server, batches):
        super().__init__()
        self.server, self.batches = server, batches
        self.stopping = threading.Event()
        self.acknowledged = 0
        self.failure = None

    def run(self):
        number = 0
        while not self.stopping.is_set():
            entries = self.batches[number % len(self.batches)]
            answer = self.server.bulk(bulk_body([{**entry, "request_id": f"load-{number}-{item}"} for item, entry in enumerate(entries)]))
            if answer.status != 200 or answer.json()["errors"]:
                self.failure = answer
                return
            number += 1
            self.acknowledged += BATCH


def answers(server, to):
    """What a user would see of the time before `to`."""
    question = {"from_": "now-3h", "to": to, "measures": ["count", "sum(output_tokens)", "sum(cost)", "p95(duration)", "distinct(client)"]}
    return [server.query(**question)["rows"], server.query(**question, by=["model"], order="model")["rows"],
            server.query(**{**question, "every": "1m"})["rows"]]


def test_backup_under_load_answers_as_the_server_did(tmp_path):
    server = GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yaml")])
    (tmp_path / "gatewatch.yaml").write_text("storage:\n  flush_rows: 700\n")
    now_ms = int(time.time() * 1000)
    past = EntryGenerator(seed=5, first_ms=now_ms - 7_200_000, last_ms=now_ms - 3_600_000)
    batches = [EntryGenerator(seed=6, first_ms=now_ms - 600_000, last_ms=now_ms - 1_000).entries(BATCH) for _ in range(5)]
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now_ms / 1000 - 1_800))
    try:
        server.start()
        for _ in range(30):
            assert not server.bulk(bulk_body(past.entries(BATCH))).json()["errors"]
        load = Load(server, batches)
        load.start()
        try:
            # What the load sends lies behind `until`, so these answers do not move.
            expected = answers(server, until)
            for _ in range(3):
                before = load.acknowledged
                made = run("backup", tmp_path / "backup", "--data", server.data, "--config", tmp_path / "gatewatch.yaml", "--json", "--quiet")
                assert made.returncode == 0, made.stderr
            after_upper = load.acknowledged + BATCH
        finally:
            load.stopping.set()
            load.join()
        assert load.failure is None, load.failure
        assert json.loads(made.stdout)["kept"] > 0, "the third backup kept what the others had"
        assert answers(server, until) == expected
        server.stop()
    finally:
        server.abandon()
    restored = run("restore", tmp_path / "backup", "--data", tmp_path / "restored", "--quiet")
    assert restored.returncode == 0, restored.stderr
    records = int(restored.stdout.split(b" records")[0].split()[-1])
    assert 3_000 + before <= records <= 3_000 + after_upper
    assert (tmp_path / "restored/config/gatewatch.yaml").read_text().startswith("storage:")
    copy = GatewatchServer(tmp_path / "restored")
    try:
        copy.start()
        assert answers(copy, until) == expected
        copy.stop()
    finally:
        copy.abandon()
    # The restored store and the original are whole.
    for folder in ["data", "restored"]:
        verified = run("store", "verify", "--data", tmp_path / folder, "--quiet")
        assert verified.returncode == 0, verified.stdout
    # A second restore into the same folder is refused, and an unfinished backup too.
    assert run("restore", tmp_path / "backup", "--data", tmp_path / "restored").returncode == 1
    (tmp_path / "backup/BACKUP").unlink()
    refused = run("restore", tmp_path / "backup", "--data", tmp_path / "again")
    assert refused.returncode == 1 and b"not finished" in refused.stderr


def test_commands_look_after_a_folder(tmp_path):
    data = tmp_path / "data"
    made = run("demo", "--data", data, "--history-only", "--history-days", "4", "--records-per-day", "3000", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert run("store", "check", "--data", data).returncode == 0
    stats = json.loads(run("store", "stats", "--data", data, "--json").stdout)["days"]
    total = sum(day["records"] for day in stats)
    assert len(stats) >= 4 and total > 8_000 and all(day["columns"]["time"] > 0 for day in stats)
    assert str(total).encode() in run("store", "stats", "--data", data).stdout
    lines = run("store", "export", "--data", data, "--fields", "provider").stdout.splitlines()
    assert len(lines) == total and "provider" in json.loads(lines[0])
    some = run("store", "export", "--data", data, "--where", "status >= 500", "--fields", "status", "--format", "csv").stdout.splitlines()
    assert 0 < len(some) - 1 < total and some[0] == b"id,status"
    wrong = run("store", "export", "--data", data, "--where", "status >=")
    assert wrong.returncode == 1 and b"gatewatch:" in wrong.stderr
    asked = run("store", "drop", "--day", stats[0]["day"], "--data", data, input=b"no\n")
    assert asked.returncode == 1 and b"nothing was dropped" in asked.stdout
    dropped = run("store", "drop", "--day", stats[0]["day"], "--yes", "--data", data)
    assert dropped.returncode == 0 and f"{stats[0]['records']} records dropped, {total - stats[0]['records']} left".encode() in dropped.stdout
    assert run("store", "drop", "--before", stats[2]["day"], "--yes", "--data", data).returncode == 0
    merged = run("store", "merge", "--data", data)
    assert merged.returncode == 0, merged.stderr
    left = json.loads(run("store", "stats", "--data", data, "--json").stdout)["days"]
    assert [day["day"] for day in left] == [day["day"] for day in stats[2:]] and all(day["parts"] == 1 for day in left)
    assert sum(day["records"] for day in left) == sum(day["records"] for day in stats[2:])
    # A flipped byte is found and named.
    part = next((data / "parts").glob("*/*.part"))
    content = bytearray(part.read_bytes())
    content[1_000] ^= 1
    part.write_bytes(content)
    assert run("store", "check", "--data", data).returncode == 0
    found = run("store", "verify", "--data", data, "--quiet")
    assert found.returncode == 2 and part.name.encode() in found.stdout and b"byte" in found.stdout
    assert run("store", "check", "--data", tmp_path / "nowhere").returncode == 1
    assert run("store", "drop", "--data", data, "--yes").returncode == 64


def test_folder_in_use_is_refused_where_it_must_be(server):
    for command in [["drop", "--before", "2020-01-01", "--yes"], ["merge"], ["export"]]:
        assert run("store", *command, "--data", server.data).returncode == 75, command
    for command in ["check", "verify", "stats"]:
        assert run("store", command, "--data", server.data).returncode == 0, command


PAGE = """id: mine
title: {title}
question: What?
group: own
sections:
- id: figures
  panels:
  - {{id: requests, title: Requests, question: How many?, chart: stat, query: {{measures: [count]}}}}
"""


def kept(server, link: str, snapshot: str) -> dict:
    """What people and other programs left with a server besides requests."""
    paths = ["/api/v1/dashboards/mine?format=yaml", "/api/v1/dashboards/mine?version=1&format=yaml", "/api/v1/dashboards/mine/versions", "/api/v1/annotations?from=now-1d&to=now%2B1d",
             "/api/v1/snapshots", f"/api/v1/snapshots/{snapshot}", "/api/v2/silences", "/api/v1/incidents",
             "/api/v1/query?query=max_over_time(orders[1h])"]
    found = {path: server.get(path) for path in paths}
    assert {path: answer.status for path, answer in found.items()} == dict.fromkeys(paths, 200)
    # An instant query's answer has its own time.
    values = {path: answer.text for path, answer in found.items() if "/query" not in path}
    values["orders"] = [(result["metric"], result["value"][1]) for result in found["/api/v1/query?query=max_over_time(orders[1h])"].json()["data"]["result"]]
    return values | {"link": server.get(link).headers["location"]}


def test_what_people_keep_comes_along(tmp_path):
    server = GatewatchServer(tmp_path / "data")
    now_ms = int(time.time() * 1000)
    iso = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now_ms / 1000 + seconds))
    try:
        server.start()
        assert not server.bulk(bulk_body(EntryGenerator(seed=8, first_ms=now_ms - 60_000, last_ms=now_ms - 1_000).entries(BATCH))).json()["errors"]
        for title in ("First", "Second"):
            assert server.request("PUT", "/api/v1/dashboards/mine", PAGE.format(title=title), headers={"Content-Type": "application/yaml"}).status == 200
        assert server.post("/api/v1/annotations", {"title": "gateway 2.4", "kind": "deployment"}).status == 201
        link = server.post("/api/v1/links", {"search": "?page=mine"}).json()["url"]
        snapshot = server.post("/api/v1/snapshots", {"title": "as it was", "search": "?page=mine", "dashboard": {"id": "mine"}, "answers": {"requests": [{"rows": [[7]]}]}}).json()["id"]
        assert server.post("/api/v2/silences", {"matchers": [{"name": "alertname", "value": "A", "isRegex": False}], "startsAt": iso(0), "endsAt": iso(3_600), "createdBy": "ada", "comment": "deploy"}).status == 200
        assert server.post("/api/v2/alerts", [{"labels": {"alertname": "B", "severity": "critical"}, "startsAt": iso(-30), "endsAt": iso(3_600)}]).status == 200
        orders = [({"__name__": "orders", "shop": "a"}, [(now_ms - 30_000, 41.0), (now_ms - 15_000, 42.0)])]
        assert server.post("/api/v1/write", remote_write.write_body(orders), remote_write.HEADERS).status == 204
        expected = kept(server, link, snapshot)
        assert "First" in expected["/api/v1/dashboards/mine?version=1&format=yaml"] and expected["orders"] == [({"shop": "a"}, "42")] and expected["link"] == "/?page=mine"
        made = run("backup", tmp_path / "backup", "--data", server.data, "--quiet")
        assert made.returncode == 0, made.stderr
        # What comes afterwards is not in it; a dashboard that is gone by the second backup is not in that one.
        assert server.request("DELETE", "/api/v1/dashboards/mine").status == 200
        assert run("backup", tmp_path / "later", "--data", server.data, "--quiet").returncode == 0
        server.stop()
    finally:
        server.abandon()
    for backup in ("backup", "later"):
        restored = run("restore", tmp_path / backup, "--data", tmp_path / f"of-{backup}", "--quiet")
        assert restored.returncode == 0, restored.stderr
    copy, later = GatewatchServer(tmp_path / "of-backup"), GatewatchServer(tmp_path / "of-later")
    try:
        copy.start()
        assert kept(copy, link, snapshot) == expected
        copy.stop()
        later.start()
        assert later.get("/api/v1/dashboards/mine").status == 404 and later.get("/api/v1/dashboards/mine?version=2&format=yaml").text == PAGE.format(title="Second")
        later.stop()
    finally:
        copy.abandon()
        later.abandon()
