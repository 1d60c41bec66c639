"""Programs of others against Gatewatch: promtool, a real Prometheus that scrapes it and writes to it, vmagent and vmalert."""

import json
import subprocess
import time
import urllib.parse

import pytest

import remote_write
from gatewatch_server import free_port
from prometheus_peer import Peer, eventually, program, prometheus


def promtool(*arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess:
    return subprocess.run([program("promtool"), *arguments], input=stdin, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def filled(module_server):
    """A counter of two models over the last ten minutes."""
    now = int(time.time())
    series = [({"__name__": "requests_total", "model": model}, [((now - 600 + 15 * index) * 1_000, 100.0 + index * step) for index in range(41)]) for model, step in (("o3", 15), ("gpt-4o", 30))]
    assert module_server.post("/api/v1/write", remote_write.write_body(series), remote_write.HEADERS).status == 204
    return module_server, now


def instant(server, query: str) -> list[dict]:
    answer = server.get("/api/v1/query?query=" + urllib.parse.quote(query))
    assert answer.status == 200, answer
    return answer.json()["data"]["result"]


# --- promtool ---


def test_promtool_asks_instants_ranges_series_and_labels(filled):
    server, now = filled
    answer = promtool("query", "instant", server.url, 'requests_total{model="o3"}', f"--time={now}")
    assert answer.returncode == 0 and answer.stdout.decode().startswith('requests_total{model="o3"} => 700 @['), answer
    answer = promtool("query", "range", server.url, "sum(requests_total)", f"--start={now - 60}", f"--end={now}", "--step=30s")
    assert answer.returncode == 0 and answer.stdout.count(b"@[") == 3, answer
    answer = promtool("query", "series", server.url, "--match=requests_total", f"--start={now - 600}", f"--end={now}")
    assert answer.returncode == 0 and b'model="gpt-4o"' in answer.stdout and b'model="o3"' in answer.stdout, answer
    answer = promtool("query", "labels", server.url, "model")
    assert answer.returncode == 0 and answer.stdout.split() == [b"gpt-4o", b"o3"], answer
    answer = promtool("query", "instant", server.url, "sum(")
    assert answer.returncode != 0 and b"parse error" in answer.stderr, answer


def test_promtool_accepts_the_metrics_page(filled):
    server, _ = filled
    page = server.get("/metrics")
    answer = promtool("check", "metrics", stdin=page.body)
    assert answer.returncode == 0, answer.stdout.decode() + answer.stderr.decode()


# --- a real Prometheus ---


def test_prometheus_scrapes_gatewatch_and_writes_what_it_scraped_back(server, tmp_path):
    configuration = f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
- job_name: gatewatch
  static_configs: [{{targets: ["{server.address}"]}}]
- job_name: federated
  metrics_path: /federate
  params: {{"match[]": ["up"]}}
  honor_labels: true
  static_configs: [{{targets: ["{server.address}"]}}]
remote_write:
- url: {server.url}/api/v1/write
  queue_config: {{batch_send_deadline: 500ms}}
"""
    peer = prometheus(tmp_path / "prometheus", configuration)
    try:
        def targets():
            status, body = peer.request("/api/v1/targets")
            found = json.loads(body)["data"]["activeTargets"]
            return found if len(found) == 2 and all(target["health"] == "up" and not target["lastError"] for target in found) else None

        eventually(targets, what="both pages are scraped without an error")
        found = eventually(lambda: instant(server, 'up{job="gatewatch"} == 1'), what="what was scraped is written")
        assert found[0]["metric"]["instance"] == server.address
        # Families come with their names, labels and values.
        eventually(lambda: instant(server, "gatewatch_build_info"), what="a family is written back")
        eventually(lambda: server.get("/api/v1/metadata?metric=gatewatch_build_info").json()["data"], what="metadata is written", seconds=90)
    finally:
        peer.stop()


def test_prometheus_loses_nothing_when_gatewatch_restarts(server, tmp_path):
    configuration = f"""
global: {{scrape_interval: 1s}}
scrape_configs:
- job_name: itself
  static_configs: [{{targets: ["127.0.0.1:9"]}}]
remote_write:
- url: {server.url}/api/v1/write
  queue_config: {{batch_send_deadline: 200ms, min_backoff: 50ms, max_backoff: 200ms}}
"""
    peer = prometheus(tmp_path / "prometheus", configuration)
    try:
        eventually(lambda: instant(server, "up"), what="samples arrive")
        server.kill()
        server.start()
        started = time.time()
        eventually(lambda: instant(server, f"timestamp(up) > {started + 2}"), what="samples arrive after the restart")

        def counts():
            instant_now = time.time() - 2
            query = f"count_over_time(up[1h] @ {instant_now:.3f})"
            _, theirs = peer.ask("/api/v1/query", query=query)
            ours = instant(server, query)
            return theirs["data"]["result"] and ours and theirs["data"]["result"][0]["value"][1] == ours[0]["value"][1]

        eventually(counts, what="the same number of samples on both sides")
    finally:
        peer.stop()


# --- VictoriaMetrics's programs ---


def test_vmagent_writes_what_it_scrapes(server, tmp_path):
    (tmp_path / "scrape.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
- job_name: agent
  static_configs: [{{targets: ["{server.address}"]}}]
""")
    port = free_port()
    peer = Peer(tmp_path / "vmagent", [
        program("vmagent"), f"-promscrape.config={tmp_path / 'scrape.yml'}", f"-remoteWrite.url={server.url}/api/v1/write", f"-httpListenAddr=127.0.0.1:{port}",
        f"-remoteWrite.tmpDataPath={tmp_path / 'queue'}", "-remoteWrite.flushInterval=500ms",
    ], port, "/health").wait_ready()
    try:
        eventually(lambda: instant(server, 'up{job="agent"} == 1'), what="vmagent writes")
        eventually(lambda: instant(server, 'gatewatch_http_connections_total{job="agent"}'), what="families arrive")
    finally:
        peer.stop()


def test_vmalert_reads_from_and_writes_to_gatewatch(server, tmp_path):
    now = int(time.time())
    body = remote_write.write_body([({"__name__": "load", "host": "a"}, [((now - 60 + index) * 1_000, 7.0) for index in range(61)])])
    assert server.post("/api/v1/write", body, remote_write.HEADERS).status == 204
    (tmp_path / "rules.yml").write_text("""
groups:
- name: tests
  interval: 1s
  rules:
  - {record: "load:doubled", expr: "load * 2"}
  - {alert: TooMuch, expr: "load > 5", labels: {severity: page}}
""")
    port = free_port()
    peer = Peer(tmp_path / "vmalert", [
        program("vmalert"), f"-rule={tmp_path / 'rules.yml'}", f"-datasource.url={server.url}", f"-remoteWrite.url={server.url}", f"-remoteRead.url={server.url}",
        "-notifier.url=http://127.0.0.1:9", f"-httpListenAddr=127.0.0.1:{port}", "-remoteWrite.flushInterval=500ms",
    ], port, "/health").wait_ready()
    try:
        assert eventually(lambda: instant(server, '{__name__="load:doubled"}'), what="a recorded series")[0]["value"][1] == "14"
        found = eventually(lambda: instant(server, 'ALERTS{alertname="TooMuch",alertstate="firing"}'), what="the alert's series")
        assert found[0]["metric"]["severity"] == "page"
    finally:
        peer.stop()
