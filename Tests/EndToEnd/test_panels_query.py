"""A page's questions in one request: to the requests and to series, with what is unchanged left out."""

import concurrent.futures
import time

import pytest

import remote_write
from apisix_entries import EntryGenerator, bulk_body


@pytest.fixture(scope="module")
def filled(module_server):
    """Two hundred requests of the last five minutes and a gauge of two series, one sample every 15 s."""
    now = int(time.time())
    entries = EntryGenerator(7, (now - 290) * 1000, (now - 10) * 1000).entries(200)
    assert module_server.bulk(bulk_body(entries)).json()["errors"] is False
    series = [remote_write.time_series({"__name__": "room_temperature", "room": room}, [((now - 15 * index) * 1000, base + index) for index in range(40, -1, -1)])
              for room, base in [("a", 20.0), ("b", 60.0)]]
    body = remote_write.snappy_block(b"".join(series))
    answer = module_server.post("/api/v1/write", body, {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"})
    assert answer.status in (200, 204), answer
    return module_server, now


def panels(server, queries: list[dict], **shared) -> list[dict]:
    answer = server.post("/api/v1/panels/query", {**shared, "queries": queries})
    assert answer.status == 200, answer
    return answer.json()["results"]


def test_one_request_answers_both_kinds_of_question(filled):
    server, now = filled
    queries = [{"measures": ["count"], "by": ["model"]}, {"promql": "room_temperature", "every": "auto"}, {"promql": "max(room_temperature)"}]
    requests, gauge, once = panels(server, queries, **{"from": now - 300, "to": now})
    assert sum(row[1] for row in requests["rows"]) == 200 == requests["stats"]["records_matched"]
    assert gauge["every_seconds"] == 15 and all(at % 15_000 == 0 for at in gauge["times"]) and len(gauge["times"]) in (20, 21)
    assert [series["labels"]["room"] for series in gauge["series"]] == ["a", "b"] and gauge["series_total"] == 2
    assert once["times"] == [now * 1000] and len(once["series"]) == 1 and once["series"][0]["labels"] == {}


def test_series_answers_are_those_of_the_prometheus_api(filled):
    server, now = filled
    expression = "avg_over_time(room_temperature[1m]) / on() group_left sum(room_temperature)"
    answer = panels(server, [{"promql": expression, "every": "30s"}], **{"from": now - 600, "to": now})[0]
    start, end = answer["times"][0] / 1000, answer["times"][-1] / 1000
    query = server.request("GET", "/api/v1/query_range?" + "&".join([f"start={start}", f"end={end}", "step=30", "query=" + expression.replace(" ", "%20").replace("/", "%2F")])).json()
    theirs = {one["metric"]["room"]: {int(at * 1000): float(value) for at, value in one["values"]} for one in query["data"]["result"]}
    ours = {one["labels"]["room"]: {at: value for at, value in zip(answer["times"], one["values"], strict=True) if value is not None} for one in answer["series"]}
    assert ours == theirs and len(ours) == 2


def test_nothing_is_sent_twice(filled):
    server, now = filled
    shared = {"from": now - 300, "to": now}
    queries = [{"measures": ["count", "p95(duration)"], "every": "1m"}, {"promql": "room_temperature", "every": "1m"}, {"measures": ["nonsense"]}]
    first = panels(server, queries, **shared)
    again = panels(server, [{**query, "known": answer.get("hash", "")} for query, answer in zip(queries, first, strict=True)], **shared)
    assert [answer.get("unchanged") for answer in again] == [True, True, None]
    assert again[2]["error"]["code"] == "invalid_measure"
    assert all("rows" not in answer and "series" not in answer for answer in again)


def test_twenty_pages_at_the_same_time_are_all_answered(filled):
    server, now = filled
    queries = [{"measures": ["count", f"p{percent}(duration)"], "by": ["model"], "every": "10s"} for percent in range(50, 80)] + [{"promql": f"room_temperature + {n}", "every": "15s"} for n in range(20)]
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: panels(server, queries, **{"from": now - 300, "to": now}), range(20)))
    hashes = [[answer["hash"] for answer in page] for page in answers]
    assert all(len(page) == 50 for page in hashes) and all(page == hashes[0] for page in hashes)
    server.assert_alive()
