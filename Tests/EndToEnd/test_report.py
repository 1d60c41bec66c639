"""The executive report of a month, as a page, from the command line and printed; and the trend towards a capacity."""

import datetime
import json
import subprocess
import time

import pytest

from conftest import run_server
from gatewatch_server import BINARY, GatewatchServer


def entry(status: int, start_ms: int) -> dict:
    return {
        "request": {"method": "POST", "uri": "/v1/chat/completions", "size": 800, "headers": {}}, "response": {"status": status, "size": 900, "headers": {}}, "start_time": start_ms, "latency": 900,
        "upstream_latency": 880, "apisix_latency": 20, "upstream": "api.openai.com:443", "route_id": "chat", "consumer": {"username": "search"}, "client_ip": "127.0.0.1",
        "llm_summary": {"model": "gpt-4o-mini", "prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


def post(server, path: str, body):
    return server.post(path, json.dumps(body), {"Content-Type": "application/json"})


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    yield from run_server(GatewatchServer(tmp_path_factory.mktemp("report") / "data"))


@pytest.fixture(scope="module")
def month(server):
    """This month, with three requests in it."""
    now = time.time()
    for index, status in enumerate((200, 200, 503)):
        answer = post(server, "/ingest/apisix", entry(status, int(now * 1000) - 2_000 - index))
        assert answer.status == 200, answer
    return datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y-%m")


def run(server, *arguments):
    return subprocess.run([str(BINARY), "report", "--server", server.url, "--time-zone", "UTC", *arguments], capture_output=True, timeout=120, env={"PATH": "/usr/bin:/bin", "HOME": "/tmp"})


def test_a_running_month_counts_its_requests_and_says_that_it_is_not_over(server, month):
    page = server.get(f"/report?month={month}&time_zone=UTC")
    assert page.status == 200 and page.headers["content-type"].startswith("text/html")
    assert "The gateway answered 3 requests" in page.text and "so far" in page.text and "66.67 %" in page.text
    assert "<script" not in page.text and "default-src 'none'" in page.headers["content-security-policy"]


def test_a_month_without_requests_and_a_month_that_is_none(server):
    assert "No requests are kept of this month." in server.get("/report?month=2001-02").text
    for wrong in ("2026-13", "october", "2026-1", "26-01"):
        answer = server.get(f"/report?month={wrong}")
        assert answer.status == 400 and answer.json()["error"]["field"] == "month", answer
    assert server.get("/report?time_zone=Nowhere").status == 400


def test_the_command_writes_the_page(server, month, tmp_path):
    written = run(server, "--month", month, "--output", str(tmp_path / "report.html"))
    assert written.returncode == 0 and written.stdout == b"", written
    assert (tmp_path / "report.html").read_text() == server.get(f"/report?month={month}&time_zone=UTC").text
    assert run(server, "--month", month).stdout.startswith(b"<!doctype html>")
    wrong = run(server, "--month", "x")
    assert wrong.returncode == 1 and b"no month" in wrong.stderr


def test_the_command_prints_pdf_with_an_installed_browser(server, month, tmp_path):
    printed = run(server, "--month", month, "--pdf", str(tmp_path / "report.pdf"))
    assert printed.returncode == 0 and printed.stdout == b"", printed
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_capacity_says_what_is_missing_and_refuses_what_is_no_rate(server, month):
    answer = post(server, "/api/v1/capacity", {"capacity": 5}).json()
    assert answer["peak"] > 0 and "trend" not in answer and "a trend needs 14" in answer["notes"][-1]
    for body, field in (({"measure": "p95(duration)"}, "measure"), ({"days": 1000}, "days"), ({"measure": "nonsense"}, "measures[0]"), ({"where": "status >"}, "where")):
        refused = post(server, "/api/v1/capacity", body)
        assert refused.status == 400 and refused.json()["error"]["field"] == field, refused
