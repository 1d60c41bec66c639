"""Scraping, sending, restarting and asking from the command line, over the whole program."""

import json
import os
import subprocess
import time

import pytest

import remote_write
from conftest import run_server
from gatewatch_server import BINARY, GatewatchServer
from prometheus_peer import eventually


def clean_environment() -> dict:
    """Without the settings of the person who runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GATEWATCH_")}


@pytest.fixture
def scraping(tmp_path):
    """A Gatewatch that scrapes itself."""
    server = GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yaml")])
    (tmp_path / "gatewatch.yaml").write_text(f"scrape: {{config_file: {tmp_path / 'prometheus.yml'}}}\n")
    (tmp_path / "targets.json").write_text(json.dumps([{"targets": ["127.0.0.1:9"], "labels": {"room": "x"}}]))
    (tmp_path / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
- job_name: own
  static_configs: [{{targets: ["{server.address}"]}}]
- job_name: gone
  file_sd_configs: [{{files: [targets.json]}}]
- job_name: none
  static_configs: [{{targets: ["127.0.0.1:1"]}}]
  relabel_configs: [{{action: drop, source_labels: [job], regex: none}}]
""")
    yield from run_server(server)


def value(server, query: str):
    result = server.get("/api/v1/query?query=" + query).json()["data"]["result"]
    return result[0]["value"][1] if result else None


def test_targets_are_scraped_listed_and_told_of(scraping):
    eventually(lambda: value(scraping, 'up{job="own"}') == "1", what="a target is scraped")
    eventually(lambda: value(scraping, 'up{job="gone"}') == "0", what="a target that is not there is told of")
    eventually(lambda: value(scraping, 'gatewatch_build_info{job="own"}') == "1", what="its families are kept")
    data = scraping.get("/api/v1/targets").json()["data"]
    assert [(target["scrapePool"], target["health"]) for target in data["activeTargets"]] == [("gone", "down"), ("own", "up")]
    own = data["activeTargets"][1]
    assert own["labels"] == {"instance": scraping.address, "job": "own"} and own["scrapeInterval"] == "1s" and own["lastError"] == "" and own["lastScrapeDuration"] > 0
    assert data["activeTargets"][0]["labels"]["room"] == "x" and data["activeTargets"][0]["lastError"]
    assert data["droppedTargetCounts"] == {"gone": 0, "none": 1, "own": 0} and data["droppedTargets"][0]["discoveredLabels"]["__address__"] == "127.0.0.1:1"
    assert scraping.get("/api/v1/targets?state=dropped").json()["data"]["activeTargets"] == []
    assert [target["scrapePool"] for target in scraping.get("/api/v1/targets?scrapePool=own").json()["data"]["activeTargets"]] == ["own"]
    assert scraping.get("/api/v1/scrape_pools").json()["data"] == {"scrapePools": ["gone", "none", "own"]}
    metadata = scraping.get("/api/v1/targets/metadata?metric=gatewatch_build_info").json()["data"]
    assert metadata[0]["type"] == "gauge" and metadata[0]["target"]["job"] == "own"


def test_a_wrong_scrape_configuration_stops_the_start_at_its_place(tmp_path):
    (tmp_path / "prometheus.yml").write_text("scrape_configs:\n- job_name: a\n  scrape_intervall: 1s\n")
    environment = {**clean_environment(), "GATEWATCH_SCRAPE_CONFIG_FILE": str(tmp_path / "prometheus.yml")}
    answer = subprocess.run([BINARY, "serve", "--data", tmp_path / "data"], env=environment, capture_output=True, timeout=30, cwd=tmp_path)
    assert answer.returncode == 78 and b"line 3" in answer.stderr and b"scrape_intervall" in answer.stderr, answer


@pytest.mark.parametrize("path", ["/v1/metrics", "/api/v1/otlp/v1/metrics"])
def test_opentelemetry_metrics_are_taken(server, path):
    now = time.time_ns()
    body = {"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "gateway"}}]},
        "scopeMetrics": [{"metrics": [{"name": "queue.length", "unit": "1", "gauge": {"dataPoints": [{"timeUnixNano": str(now), "asDouble": 7.5}]}}]}],
    }]}
    answer = server.post(path, body)
    assert answer.status == 200 and answer.json() == {}, answer
    names = server.get("/api/v1/label/__name__/values?match[]=%7Bjob%3D%22gateway%22%7D").json()["data"]
    found = [name for name in names if name.startswith("queue_length")]
    assert len(found) == 1 and value(server, found[0]) == "7.5", names
    assert server.post(path, b"{", {"Content-Type": "application/json"}).status == 400
    assert server.post(path, b"\xff", {"Content-Type": "application/x-protobuf"}).status == 400
    assert server.post(path, b"x", {"Content-Type": "text/plain"}).status == 415


def test_acknowledged_samples_survive_a_kill(server):
    at = int(time.time() * 1000) - 60_000
    for number in range(50):
        assert server.post("/api/v1/write", remote_write.write_body([({"__name__": "kept"}, [(at + number, float(number))])]), remote_write.HEADERS).status == 204
    server.kill()
    server.start()
    assert value(server, "count_over_time(kept[10m])") == "50"
    server.stop()
    server.start()
    assert value(server, "sum_over_time(kept[10m])") == "1225"


# --- the command line ---


def run(*arguments, stdin: bytes = b"") -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "promql", *map(str, arguments)], input=stdin, env=clean_environment(), capture_output=True, timeout=60)


def test_the_command_line_asks_in_promql(server):
    now = int(time.time())
    series = [({"__name__": "load", "host": host}, [((now - 60 + index) * 1_000, index / 4) for index in range(61)]) for host in ("a", "=b")]
    assert server.post("/api/v1/write", remote_write.write_body(series), remote_write.HEADERS).status == 204
    answer = run("query", "load", "--server", server.url, "--time", now)
    assert answer.returncode == 0 and answer.stdout.decode() == 'load{host="=b"}  15\nload{host="a"}   15\n', answer
    answer = run("query", "sum(load)", "--server", server.url, "--start", now - 60, "--end", now, "--step", "20s")
    assert answer.returncode == 0 and [line.split()[-1] for line in answer.stdout.decode().splitlines()[1:]] == ["0", "10", "20", "30"], answer
    answer = run("query", "load", "--server", server.url, "--time", now, "--format", "csv")
    lines = answer.stdout.decode().split("\r\n")
    assert lines[0] == "time,__name__,host,value" and lines[1].endswith("Z,load,'=b,15"), lines
    answer = run("query", "load", "--server", server.url, "--time", now, "--format", "json")
    assert len(json.loads(answer.stdout)["data"]["result"]) == 2
    answer = run("query", "rate(load[1m])", "--server", server.url, "--time", now)
    assert answer.returncode == 0 and b"might not be a counter" in answer.stderr


def test_the_command_line_asks_a_folder_that_nobody_uses(server):
    now = int(time.time())
    assert server.post("/api/v1/write", remote_write.write_body([({"__name__": "load"}, [((now - 10) * 1_000, 2.5)])]), remote_write.HEADERS).status == 204
    assert run("query", "load", "--data", server.data).returncode == 75
    server.stop()
    answer = run("query", "load * 2", "--data", server.data, "--time", now)
    assert answer.returncode == 0 and answer.stdout.decode() == "{}  5\n", answer
    answer = run("query", "load", "--data", server.data, "--start", now - 60, "--end", now, "--step", "30s")
    assert answer.returncode == 0 and len(answer.stdout.splitlines()) == 2, answer
    assert run("query", "load + on() up{", "--data", server.data).returncode == 1
    server.start()


def test_the_command_line_shows_the_place_of_a_fault():
    answer = run("query", "sum by (a) (\n  rate(load[5m)\n)")
    assert answer.returncode == 1
    message, line, mark = answer.stderr.decode().splitlines()
    assert "2:" in message and "parse error" in message and line == "    rate(load[5m)" and mark.strip().startswith("^") and mark.index("^") - 2 < len(line)
    answer = run("format", "sum(rate(a[5m]))/sum(rate(b[5m]))")
    assert answer.returncode == 0 and answer.stdout.decode().strip() == "sum(rate(a[5m])) / sum(rate(b[5m]))"
    assert run("format", "-", stdin=b"a+b").stdout == b"a + b\n"
    assert run("format", "a+").returncode == 1
    assert run("query", "1", "--server", "http://127.0.0.1:9").returncode == 1
    assert run("query", "1", "--step", "5m").returncode == 64
