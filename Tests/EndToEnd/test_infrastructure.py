"""The dashboard of machines: every expression of it finds the demo's scraped series, and the examples are what Prometheus takes."""

import re
import shutil
import subprocess
import time
import urllib.parse

import pytest
import yaml

from gatewatch_server import REPOSITORY

PANELS = [
    panel for section in yaml.safe_load((REPOSITORY / "dashboards/infrastructure.yaml").read_text())["sections"] for panel in section["panels"]
]
EXPRESSIONS = [(panel["id"], target["expr"]) for panel in PANELS for target in panel.get("promql", [])]
# Nothing is wrong in these on a good day, and the panel says so.
QUIET = {panel["id"] for panel in PANELS if "empty" in panel}
# These divide by what happens only once somebody asks, or once parts are written.
LATER = {"store-bytes-record", "query-time"}
EXAMPLES = sorted((REPOSITORY / "examples/scrape").glob("*.yaml"))
JOBS = {"node", "apisix", "vllm", "dcgm", "elasticsearch", "gatewatch"}

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool")


def asked(expression: str) -> str:
    return expression.replace("$__rate_interval", "1m").replace("$__range", "10m")


def answer(server, expression: str):
    now = time.time()
    parts = {"query": asked(expression), "start": now - 600, "end": now, "step": 15}
    return server.get("/api/v1/query_range?" + urllib.parse.urlencode(parts)).json()["data"]["result"]


def wait_until(holds, seconds=120):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.1)  # between two looks


def test_every_expression_finds_series_of_the_demo(demo):
    missing = [(name, text) for name, text in EXPRESSIONS if name not in QUIET | LATER]

    def all_found():
        """Asks again what was not there: series begin when a part first does what they count, and rates need two readings of them."""
        missing[:] = [(name, text) for name, text in missing if not answer(demo, text)]
        return not missing

    try:
        wait_until(all_found)
    finally:
        assert missing == []


def test_everything_is_up_and_no_rule_about_exporters_fires(demo):
    wait_until(lambda: {series["metric"]["job"] for series in answer(demo, "up")} >= JOBS)
    assert all(sample[1] == "1" for series in answer(demo, "up") for sample in series["values"])
    for text in ["elasticsearch_cluster_health_status{color=~'yellow|red'} == 1", "sum(rate(elasticsearch_thread_pool_rejected_count[5m])) > 0"]:
        assert answer(demo, text) == [], text


def test_every_panel_says_what_it_needs_and_what_to_do():
    assert len(PANELS) == len({panel["id"] for panel in PANELS}) > 40
    for panel in PANELS:
        assert panel["question"].endswith("?") and (panel["chart"] == "capacity" or panel["needs"]) and panel["description"]["formula"] and panel["description"]["action"], panel["id"]


@needs_promtool
def test_prometheus_takes_every_expression(tmp_path):
    rules = [{"record": f"panel:{number}", "expr": asked(text)} for number, (_, text) in enumerate(EXPRESSIONS)]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}, width=10_000))
    checked = subprocess.run(["promtool", "check", "rules", tmp_path / "rules.yaml"], capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_prometheus_takes_the_examples(path):
    checked = subprocess.run(["promtool", "check", "config", "--syntax-only", path], capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_guide_names_every_metric_that_a_panel_reads():
    guide = (REPOSITORY / "docs/operating/scrape-examples.md").read_text()
    named = set(re.findall(r"[A-Za-z_:][\w:]+", guide)) | {"elasticsearch_cluster_health" + tail for tail in re.findall(r"\.\.\.(_\w+)", guide)}
    for name, text in EXPRESSIONS:
        for metric in re.findall(r"\b(?:node|apisix|vllm|DCGM|elasticsearch)[_:]\w+", text):
            family = re.sub(r"_(bucket|sum|count)$", "", metric) if metric not in named else metric
            assert family in named, (name, metric)
