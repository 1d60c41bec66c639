"""`gatewatch rules lint` and its route: by the text alone, and by what a server or a folder keeps."""

import json
import subprocess
import tarfile
import time

import pytest

import remote_write
from gatewatch_server import BINARY
from test_series_serving import clean_environment

RULES = """
groups:
- name: g
  interval: 15s
  rules:
  - alert: Gone
    expr: count(up == 1) == 0
    for: 1m
  - alert: Tokens
    expr: |
      sum by (model)
        (rate(token_total[5m])) > 1000
    for: 5m
    annotations: {summary: "{{ $labels.instance }} above 1000 per hour"}
  - alert: Right
    expr: sum by (model) (rate(tokens_total[5m])) > 0.5
    for: 5m
"""


def run(*arguments, stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run([BINARY, "rules", "lint", *map(str, arguments)], input=stdin, env=clean_environment(), capture_output=True, text=True, timeout=120)


def fill(server) -> None:
    now = int(time.time())
    series = [({"__name__": "tokens_total", "model": model}, [((now - 3_600 + 15 * index) * 1_000, 30.0 * index) for index in range(240)]) for model in ("a", "b")]
    assert server.post("/api/v1/write", remote_write.write_body(series), remote_write.HEADERS).status == 204


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    return path


def test_without_data_the_text_is_judged(file):
    answer = run(file)
    assert answer.returncode == 1
    lines = answer.stdout.splitlines()
    assert [line.split(": ")[0].removeprefix(str(file)) for line in lines] == [":7:11", ":11:7", ":12:35"], answer.stdout
    assert lines[0].endswith("[empty-vector-comparison]") and lines[1].endswith("[template-label]") and lines[2].endswith("[rate-unit]")
    assert "3600" in lines[2]
    assert run(file, "--severity", "error").stdout.splitlines() == [lines[0], lines[2]]
    found = json.loads(run(file, "--format", "json").stdout)["findings"]
    assert [(finding["code"], finding["severity"], finding["rule"], finding["line"]) for finding in found] == [
        ("empty-vector-comparison", "error", "Gone", 7), ("template-label", "warning", "Tokens", 11), ("rate-unit", "error", "Tokens", 12)]
    assert run("-", stdin=RULES).returncode == 1
    assert run(file, "--severity", "loud").returncode == 64


def test_a_server_and_a_folder_know_what_is_kept(server, file):
    fill(server)
    for place in (("--url", server.url), ("--data", server.data)):
        if place[0] == "--data":
            assert run(file, *place).returncode == 75
            server.stop()
        found = json.loads(run(file, "--format", "json", *place).stdout)["findings"]
        unknown = [finding for finding in found if finding["code"] == "unknown-metric"]
        assert [finding["rule"] for finding in unknown] == ["Gone", "Tokens"], found
        assert "did you mean tokens_total?" in unknown[1]["message"]
        assert not [finding for finding in found if finding["rule"] == "Right" and finding["severity"] != "info"], found


def test_the_route_judges_what_is_posted_and_what_is_loaded(server):
    fill(server)
    answer = server.post("/api/v1/rules/lint", {"expr": "token_total > 5"})
    assert answer.status == 200 and "unknown-metric" in [finding["code"] for finding in answer.json()["findings"]]
    answer = server.post("/api/v1/rules/lint", {"text": RULES, "file": "mine.yaml"}).json()["findings"]
    assert {finding["file"] for finding in answer} == {"mine.yaml"} and {finding["rule"] for finding in answer} >= {"Gone", "Tokens"}
    loaded = server.get("/api/v1/rules/lint")
    assert loaded.status == 200 and isinstance(loaded.json()["findings"], list)
    for body in ({}, {"expr": "up", "text": "x"}, {"expr": 5}, {"expr": "sum("}, []):
        refused = server.post("/api/v1/rules/lint", body)
        assert refused.status == 400 and refused.json()["error"]["message"], body


@pytest.mark.needs_shared
def test_every_published_file_of_rules_is_judged(shared, tmp_path):
    for archive in sorted((shared / "data/suites/rules").glob("*.tar.gz")):
        with tarfile.open(archive) as tar:
            tar.extractall(tmp_path / archive.name, filter="data")
    files = sorted(path for pattern in ("*.yml", "*.yaml", "*.rules") for path in tmp_path.rglob(pattern))
    assert len(files) > 100
    answer = run(*files, "--format", "json")
    assert answer.returncode == 1 and not answer.stderr, answer.stderr[-2000:]
    assert len(json.loads(answer.stdout)["findings"]) > 200
