"""Every request that Grafana's Prometheus data source makes, in the form in which it makes it."""

import gzip
import time
import urllib.parse

import pytest

import remote_write
from gatewatch_server import GatewatchServer

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Encoding": "gzip", "User-Agent": "Grafana/12.0.0"}


@pytest.fixture(scope="module")
def filled(module_server):
    """Two counters and a histogram of the last ten minutes, 15 s apart."""
    now = int(time.time()) // 15 * 15
    times = [(now - 600 + 15 * index) * 1_000 for index in range(41)]
    series = [({"__name__": "requests_total", "model": model, "job": "gateway"}, [(at, 100.0 + index * step) for index, at in enumerate(times)]) for model, step in (("o3", 15), ("gpt-4o", 30))]
    for limit, share in (("0.5", 0.5), ("1", 0.9), ("+Inf", 1.0)):
        series.append(({"__name__": "latency_bucket", "le": limit}, [(at, index * 10 * share) for index, at in enumerate(times)]))
    body = remote_write.write_body(series)
    assert module_server.post("/api/v1/write", body, remote_write.HEADERS).status == 204
    return module_server, now


def post(server: GatewatchServer, path: str, **parameters):
    answer = server.post(path, urllib.parse.urlencode(parameters, doseq=True).encode(), FORM)
    if answer.headers.get("content-encoding") == "gzip":
        answer.body = gzip.decompress(answer.body)
    assert answer.headers["content-type"] == "application/json"
    return answer


def data(answer):
    assert answer.status == 200 and answer.json()["status"] == "success", answer
    return answer.json()["data"]


def test_the_health_check_asks_one_plus_one(filled):
    server, now = filled
    answer = data(post(server, "/api/v1/query", query="1+1", time=now))
    assert answer == {"resultType": "scalar", "result": [now, "2"]}


def test_the_flavour_is_told_by_buildinfo(filled):
    server, _ = filled
    version = data(server.get("/api/v1/status/buildinfo"))["version"]
    assert tuple(map(int, version.split("."))) >= (2, 37, 0)


def test_panels_ask_ranges_by_forms(filled):
    server, now = filled
    answer = data(post(server, "/api/v1/query_range", query="sum by (model) (rate(requests_total[1m]))", start=f"{now - 300}", end=f"{now}", step="15"))
    assert answer["resultType"] == "matrix"
    values = {element["metric"]["model"]: {round(float(value), 9) for _, value in element["values"]} for element in answer["result"]}
    assert values == {"o3": {1.0}, "gpt-4o": {2.0}}
    assert all(len(element["values"]) == 21 for element in answer["result"])
    fractional = data(post(server, "/api/v1/query_range", query="vector(1)", start="1700000000.123", end="1700000030.456", step="15.000"))
    assert [at for at, _ in fractional["result"][0]["values"]] == [1700000000.123, 1700000015.123, 1700000030.123]


def test_tables_and_stats_ask_instants(filled):
    server, now = filled
    answer = data(post(server, "/api/v1/query", query="topk(1, requests_total)", time=f"{now}.000"))
    assert [element["metric"]["model"] for element in answer["result"]] == ["gpt-4o"]


def test_heatmaps_ask_for_buckets(filled):
    server, now = filled
    answer = data(post(server, "/api/v1/query_range", query="sum by (le) (increase(latency_bucket[1m]))", start=now - 60, end=now, step=60))
    assert {element["metric"]["le"] for element in answer["result"]} == {"0.5", "1", "+Inf"}


def test_variables_ask_for_label_values_and_series(filled):
    server, now = filled
    span = f"start={now - 3600}&end={now}"
    # label_values(metric, label) and label_values(label), with and without a selector; newer versions send a limit.
    selector = urllib.parse.quote('requests_total{job="gateway"}')
    assert data(server.get(f"/api/v1/label/model/values?match[]={selector}&{span}")) == ["gpt-4o", "o3"]
    assert data(server.get(f"/api/v1/label/__name__/values?{span}")) == ["latency_bucket", "requests_total"]
    assert data(server.get(f"/api/v1/label/__name__/values?{span}&limit=40000")) == ["latency_bucket", "requests_total"]
    assert data(post(server, "/api/v1/labels", start=now - 3600, end=now)) == ["__name__", "job", "le", "model"]
    assert data(post(server, "/api/v1/labels", start=now - 3600, end=now, **{"match[]": "requests_total"})) == ["__name__", "job", "model"]
    assert len(data(post(server, "/api/v1/series", start=now - 3600, end=now, **{"match[]": "requests_total"}))) == 2
    assert len(data(server.get(f"/api/v1/series?match[]=requests_total&{span}"))) == 2
    # query_result(...)
    assert len(data(post(server, "/api/v1/query", query="count by (model) (requests_total)", time=now))["result"]) == 2


def test_the_editor_asks_for_metadata_rules_and_exemplars(filled):
    server, now = filled
    assert isinstance(data(server.get("/api/v1/metadata?limit=5000")), dict)
    rules = data(server.get("/api/v1/rules"))
    assert [group["rules"] for group in rules["groups"]], "the shipped rules are in force"
    assert data(post(server, "/api/v1/query_exemplars", query="requests_total", start=now - 600, end=now)) == []
    assert data(server.get(f"/api/v1/query_exemplars?query=requests_total&start={now - 600}&end={now}")) == []


def test_annotations_ask_alerts_as_series(filled):
    server, now = filled
    assert data(post(server, "/api/v1/query_range", query='ALERTS{alertstate="firing"}', start=now - 600, end=now, step=60)) == {"resultType": "matrix", "result": []}


def test_faults_come_in_the_envelope(filled):
    server, now = filled
    answer = post(server, "/api/v1/query_range", query="sum(", start=now - 60, end=now, step=15)
    assert answer.status == 400 and answer.json()["errorType"] == "bad_data" and "parse error" in answer.json()["error"]
    answer = post(server, "/api/v1/query_range", query="up", start=0, end=now, step=1)
    assert answer.status == 400 and "11,000 points" in answer.json()["error"]


def test_large_answers_arrive_whole_and_compressed(filled):
    server, now = filled
    many = [({"__name__": "wide", "n": str(number)}, [((now - 600 + 15 * index) * 1_000, number / 7 + index) for index in range(41)]) for number in range(400)]
    assert server.post("/api/v1/write", remote_write.write_body(many), remote_write.HEADERS).status == 204
    answer = post(server, "/api/v1/query_range", query="wide", start=now - 600, end=now, step=1)
    assert answer.headers.get("content-encoding") == "gzip"
    series = data(answer)["result"]
    assert len(series) == 400 and all(len(element["values"]) == 601 for element in series)
    assert series[0]["metric"] == {"__name__": "wide", "n": "0"} and [s["metric"]["n"] for s in series] == sorted(s["metric"]["n"] for s in series)
