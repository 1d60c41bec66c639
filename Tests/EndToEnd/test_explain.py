"""The records behind a point: GET /api/v1/explain against the values that PromQL gives, on generated traffic."""

import json
import subprocess
import urllib.parse

import pytest

from conftest import run_server
from gatewatch_server import BINARY, GatewatchServer


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A server over a day of generated history that no longer grows."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    command = [str(BINARY), "demo", "--history-only", "--history-days", "1", "--data", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=300, cwd=folder.parent, env={"PATH": "/usr/bin"})
    yield from run_server(GatewatchServer(folder))


def data(server: GatewatchServer, path: str, **parameters):
    answer = server.get(f"{path}?{urllib.parse.urlencode(parameters)}")
    assert answer.status == 200, answer
    return answer.json()["data"]


@pytest.fixture(scope="module")
def noon(demo):
    """An instant of the past that is the same in all questions: six hours before now."""
    return int(float(data(demo, "/api/v1/query", query="time()")["result"][1])) - 6 * 3_600


COUNTED = [
    "sum by (provider) (increase(llm_gateway_llm_gateway_requests_total[1h]))",
    "increase(llm_gateway_llm_gateway_requests_total{status='error'}[2h])",
    "sum by (le) (increase(llm_gateway_llm_gateway_request_duration_seconds_bucket[10m]))",
    "sum (increase(llm_gateway_llm_gateway_errors_total[6h] offset 1h)) by (error_type)",
]


@pytest.mark.parametrize("query", COUNTED)
def test_a_point_counts_exactly_the_records_it_is_explained_by(demo, noon, query):
    result = data(demo, "/api/v1/query", query=query, time=noon)["result"]
    assert len(result) > 2
    for row in result:
        selectors = data(demo, "/api/v1/explain", query=query, time=noon, labels=json.dumps(row["metric"]))["selectors"]
        assert [selector["records"] for selector in selectors] == [float(row["value"][1])], (row, selectors)


def test_each_side_of_a_ratio_has_its_own_records(demo, noon):
    query = "sum by (model) (rate(llm_gateway_llm_gateway_requests_total{status='error'}[6h])) / sum by (model) (rate(llm_gateway_llm_gateway_requests_total[6h]))"
    row = max(data(demo, "/api/v1/query", query=query, time=noon)["result"], key=lambda row: float(row["value"][1]))
    errors, all_of_them = data(demo, "/api/v1/explain", query=query, time=noon, labels=json.dumps(row["metric"]))["selectors"]
    assert errors["records"] / all_of_them["records"] == pytest.approx(float(row["value"][1]), rel=1e-9)
    found = demo.get("/api/v1/requests?" + urllib.parse.urlencode({"where": errors["filter"], "from": errors["from"], "to": errors["to"], "limit": 1_000})).json()
    assert len(found["records"]) == min(errors["records"], 1_000)
    assert all(record.get("model") == row["metric"].get("model") and record["error_type"] for record in found["records"])


def test_what_is_no_count_of_records_says_so(demo, noon):
    (gauge,) = data(demo, "/api/v1/explain", query="provider_availability{provider='openai'}", time=noon)["selectors"]
    assert "records" not in gauge and "no count of records" in gauge["note"]
    (foreign,) = data(demo, "/api/v1/explain", query="rate(node_cpu_seconds_total[5m])", time=noon)["selectors"]
    assert "records" not in foreign and "scraped or written" in foreign["note"]
    assert data(demo, "/api/v1/explain", query="1 + 1", time=noon)["selectors"] == []


@pytest.mark.parametrize("parameters, message", [
    ({"query": "sum("}, "parse error"),
    ({"query": "up", "labels": "x"}, 'invalid parameter "labels"'),
    ({"query": "up", "labels": '{"a": 1}'}, 'the value of "a" must be a string'),
    ({"query": "up", "time": "soon"}, 'invalid parameter "time"'),
    ({}, "parse error: no expression found in input"),
])
def test_bad_questions_are_refused_with_the_place(demo, parameters, message):
    answer = demo.get("/api/v1/explain?" + urllib.parse.urlencode(parameters))
    assert answer.status == 400 and answer.json()["errorType"] == "bad_data" and message in answer.json()["error"], answer


def test_the_editor_is_told_every_function_with_its_help(demo):
    functions = {item["name"]: item for item in data(demo, "/api/v1/promql/functions")}
    assert len(functions) > 80 and all(item["help"] and item["signature"] for item in functions.values())
    assert functions["rate"]["signature"].startswith("rate(") and "by" in functions["sum"]["signature"]
