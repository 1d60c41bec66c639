"""The same samples in a real Prometheus and in Gatewatch, the same random queries: the same answers.

`PROMQL_QUERIES` asks more of them, `PROMQL_SEED` others; a failure prints the query.
"""

import json
import math
import os
import time
import urllib.parse

import pytest

import remote_write
from gatewatch_server import GatewatchServer
from prometheus_peer import prometheus
from promql_generator import STEP_MS, QueryGenerator, series_of

SAMPLES = 480  # two hours
QUERIES = int(os.environ.get("PROMQL_QUERIES", "400"))
SEED = int(os.environ.get("PROMQL_SEED", "20260305"))
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Prometheus and Gatewatch with the same samples, and the time of the first one in seconds."""
    folder = tmp_path_factory.mktemp("differential")
    # A whole ten minutes, so that instants relative to it meet no step of a subquery; three hours ago, so that nothing is too old or in the future.
    first = int(time.time() - 3 * 3_600) // 600 * 600
    series = series_of(first * 1_000, SAMPLES)
    # Slices of ten minutes in the order of time: Prometheus takes samples that are at most an hour older than its newest.
    bodies = []
    for start in range(first * 1_000, first * 1_000 + SAMPLES * STEP_MS + 1, 600_000):
        slices = [(labels, [pair for pair in samples if start <= pair[0] < start + 600_000]) for labels, samples in series]
        bodies.append(remote_write.write_body([(labels, samples) for labels, samples in slices if samples]))
    gatewatch = GatewatchServer(folder / "gatewatch")
    peer = prometheus(folder / "prometheus")
    try:
        gatewatch.start()
        for body in bodies:
            answer = gatewatch.post("/api/v1/write", body, remote_write.HEADERS)
            assert answer.status == 204, answer
            status, text = peer.request("/api/v1/write", body, remote_write.HEADERS)
            assert status == 204, text
        yield peer, gatewatch, first
        gatewatch.stop()
    finally:
        gatewatch.abandon()
        peer.stop()


def ask(gatewatch: GatewatchServer, path: str, parameters: dict) -> tuple[int, dict]:
    body = urllib.parse.urlencode(parameters).encode()
    answer = gatewatch.post(path, body, {"Content-Type": "application/x-www-form-urlencoded"})
    return answer.status, answer.json()


def is_same(left: str, right: str, scale: float) -> bool:
    a, b = float(left), float(right)
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    # Differences of large numbers keep the error of those.
    return math.isclose(a, b, rel_tol=TOLERANCE, abs_tol=TOLERANCE * 1e-3 * scale)


def points(answer: dict) -> dict:
    """Values by series and time."""
    data = answer["data"]
    if data["resultType"] in ("scalar", "string"):
        return {"": {str(data["result"][0]): data["result"][1]}}
    return {
        json.dumps(element["metric"], sort_keys=True): {str(time): value for time, value in element.get("values", [element["value"]] if "value" in element else [])}
        for element in data["result"]
    }


def difference(query: str, theirs: tuple[int, dict], ours: tuple[int, dict]) -> str | None:
    """What differs, for a person; nothing when the answers agree."""
    (their_status, their_answer), (our_status, our_answer) = theirs, ours
    if their_status != our_status:
        return f"{query}\n  theirs {their_status} {their_answer.get('error', '')}\n  ours   {our_status} {our_answer.get('error', '')}"
    if their_status != 200:
        same = their_answer["errorType"] == our_answer["errorType"]
        return None if same else f"{query}\n  theirs {their_answer}\n  ours   {our_answer}"
    left, right = points(their_answer), points(our_answer)
    if left.keys() != right.keys():
        return f"{query}\n  only theirs {sorted(left.keys() - right.keys())[:3]}\n  only ours   {sorted(right.keys() - left.keys())[:3]}"
    for key, values in left.items():
        if values.keys() != right[key].keys():
            return f"{query}\n  {key}: times {sorted(values.keys() ^ right[key].keys())[:3]} on one side only"
        finite = [abs(float(value)) for value in values.values() if math.isfinite(float(value))]
        for instant, value in values.items():
            if not is_same(value, right[key][instant], max(finite, default=0)):
                return f"{query}\n  {key} at {instant}: theirs {value}, ours {right[key][instant]}"
    return None


def test_random_queries_have_the_same_answers(both):
    peer, gatewatch, first = both
    generator, found, answered = QueryGenerator(SEED), [], 0
    for number in range(QUERIES):
        query = generator.query()
        # 7 s beside every multiple of ten seconds.
        instant = {"query": query, "time": first + 1_807 + number % 9 * 600}
        span = {"query": query, "start": first + 2_407, "end": first + 6_607, "step": [30, 60, 110, 300][number % 4]}
        for path, parameters in (("/api/v1/query", instant), ("/api/v1/query_range", span)):
            theirs, ours = peer.ask(path, **parameters), ask(gatewatch, path, parameters)
            answered += theirs[0] == 200 and bool(theirs[1]["data"]["result"])
            if told := difference(f"{path} {json.dumps(parameters)}", theirs, ours):
                found.append(told)
    assert not found, f"{len(found)} of {2 * QUERIES} answers differ:\n" + "\n".join(found[:20])
    # A generator whose queries find nothing would prove nothing.
    assert answered > QUERIES, f"only {answered} of {2 * QUERIES} answers hold anything"


@pytest.mark.parametrize("query", ["", "sum(", "rate(temperature)", "temperature + on() requests_total", "sum by (a) (", 'a{b="c"', "1 + + ", "foo[5m] + 1", "topk(2)"])
def test_faults_have_the_same_type_and_status(both, query):
    peer, gatewatch, first = both
    theirs, ours = peer.ask("/api/v1/query", query=query, time=first + 3_607), ask(gatewatch, "/api/v1/query", {"query": query, "time": first + 3_607})
    assert (theirs[0], theirs[1].get("errorType")) == (ours[0], ours[1].get("errorType")), (theirs, ours)


def test_lists_of_series_labels_and_values_are_the_same(both):
    peer, gatewatch, first = both
    span = {"start": first, "end": first + 7_200}
    for path, more in [
        ("labels", {}), ("labels", {"match[]": "latency_bucket"}), ("series", {"match[]": 'requests_total{model=~"o.*"}'}), ("series", {"match[]": '{instance="a:1"}'}),
    ]:
        parameters = {**span, **more}
        theirs, ours = peer.ask(f"/api/v1/{path}", **parameters), ask(gatewatch, f"/api/v1/{path}", parameters)
        if path == "series":
            assert sorted(map(json.dumps, theirs[1]["data"])) == sorted(map(json.dumps, ours[1]["data"]))
        else:
            assert theirs[1]["data"] == [name for name in ours[1]["data"]], (path, more)
    for name in ["model", "le", "__name__", "nothing"]:
        query = f"/api/v1/label/{name}/values?" + urllib.parse.urlencode({**span, "match[]": "latency_bucket"})
        status, body = peer.request(query)
        assert json.loads(body) == gatewatch.get(query).json(), name
