"""What bad input gets at the Prometheus API: a limit with a name, never a fall. One server lives through it all."""

import socket
import time
import urllib.parse

import pytest

import remote_write
from conftest import run_server
from gatewatch_server import GatewatchServer

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
SERIES_MAX = 20_000
RESIDENT_BYTES_MAX = 2 << 30  # far above what these tests need, far below what an unbounded table would take


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limited")
    configuration = folder / "gatewatch.yaml"
    configuration.write_text(f"series: {{series_max: {SERIES_MAX}, series_per_metric_max: {SERIES_MAX // 2}}}\npromql: {{samples_max: 200000, timeout_seconds: 5}}\n")
    yield from run_server(GatewatchServer(folder / "data", ["--config", str(configuration)]))


@pytest.fixture(autouse=True)
def alive_afterwards(limited):
    yield
    limited.assert_alive()
    assert limited.resident_bytes() < RESIDENT_BYTES_MAX


def write(server, series):
    return server.post("/api/v1/write", remote_write.write_body(series), remote_write.HEADERS)


def ask(server, path, **parameters):
    return server.post(f"/api/v1/{path}", urllib.parse.urlencode(parameters).encode(), FORM)


def error(answer) -> str:
    body = answer.json()
    assert body["status"] == "error", body
    return f"{answer.status} {body['errorType']}: {body['error']}"


def now_ms() -> int:
    return int(time.time() * 1000)


def test_a_flood_of_label_values_meets_the_limit_of_a_metric(limited):
    at = now_ms()
    for start in range(0, 3 * SERIES_MAX, 5_000):
        answer = write(limited, [({"__name__": "bomb", "id": str(number)}, [(at, 1.0)]) for number in range(start, start + 5_000)])
        assert answer.status == (204 if start + 5_000 <= SERIES_MAX // 2 else 400), answer
    assert "limit of a metric's series" in answer.text
    # The neighbours of the bomb are kept, and what is there already goes on.
    assert write(limited, [({"__name__": "good"}, [(at, 7.0)]), ({"__name__": "bomb", "id": "1"}, [(at + 1, 2.0)])]).status == 204
    assert ask(limited, "query", query="count(bomb)").json()["data"]["result"][0]["value"][1] == str(SERIES_MAX // 2)
    assert ask(limited, "query", query="good").json()["data"]["result"][0]["value"][1] == "7"


@pytest.mark.parametrize("body, words", [
    (b"", "snappy"), (b"\xff\xff\xff\xff\x0f", ""), (b"\xff\xff\xff\x7f" + b"\x00" * 10, ""), (b"\x05\xfe\xff\xff\xff\xff", ""), (b"\x0a\x01\x00\x00", ""),
    (remote_write.snappy_block(b"\x0a\xff\xff\xff\xff\x0f"), ""), (remote_write.snappy_block(b"\x0a\x02\x0a\x09"), ""), (b"PRW", ""),
])
def test_damaged_bodies_are_refused_for_good(limited, body, words):
    answer = limited.post("/api/v1/write", body, remote_write.HEADERS)
    assert answer.status == 400 and words in answer.text, answer


def test_labels_beyond_their_limits_cost_only_their_series(limited):
    at = now_ms()
    bad = [
        {"__name__": "a", "x": "v" * 100_000}, {"__name__": "a", "n" * 5_000: "v"}, {"__name__": "a", **{f"l{number}": "v" for number in range(500)}},
        {"__name__": "a", "bad": b"\xff\xfe"}, {"__name__": "a", b"\xc3(": "v"}, {"x": ""},
    ]
    for number, labels in enumerate(bad):
        answer = limited.post("/api/v1/write", remote_write.snappy_block(
            remote_write.field(1, b"".join(remote_write.label(*pair) for pair in labels.items()) + remote_write.sample(at, 1.0))
            + remote_write.time_series({"__name__": "beside", "case": str(number)}, [(at, 1.0)])), remote_write.HEADERS)
        assert answer.status == 400, (labels, answer)
        assert ask(limited, "query", query=f'beside{{case="{number}"}}').json()["data"]["result"], number


def test_times_far_ahead_are_refused_and_others_cost_nothing(limited):
    for time_ms in (now_ms() + 86_400_000, (1 << 63) - 1):
        answer = write(limited, [({"__name__": "far"}, [(time_ms, 1.0)])])
        assert answer.status == 400 and "future" in answer.text, (time_ms, answer)
    for time_ms in (-1, 0, -(1 << 63), -(1 << 62)):
        assert write(limited, [({"__name__": "far"}, [(time_ms, 1.0)])]).status in (204, 400), time_ms
    assert ask(limited, "query", query="far").json()["data"]["result"] == []


def test_a_query_of_ten_megabytes_is_refused(limited):
    answer = ask(limited, "query", query="1" + "+1" * (5 << 20))
    assert answer.status == 400 and "longer than" in error(answer)


def test_nesting_has_a_limit(limited):
    for text in ("(" * 5_000 + "1" + ")" * 5_000, "-" * 100_000 + "1", "abs(" * 20_000, "sum(" * 2_000 + "a" + ")" * 2_000, "1" + "+(1" * 10_000, "a[" * 10_000, " or ".join(["a"] * 50_000)):
        answer = ask(limited, "query", query=text)
        assert answer.status == 400, (text[:20], answer)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*x", "(a*)*(a*)*b", "((a+)+)+b", ".*.*.*.*.*.*.*.*x", "a{1000}{1000}", "(a{0,1000}){0,1000}", "[", "(?P<n", "(?=a)"])
def test_regular_expressions_are_linear_or_refused(limited, pattern):
    assert write(limited, [({"__name__": "regex", "v": "a" * 4_000}, [(now_ms(), 1.0)])]).status == 204
    started = time.monotonic()
    answer = ask(limited, "query", query=f'regex{{v=~"{pattern}"}}')
    assert answer.status in (200, 400), answer
    assert time.monotonic() - started < 5, "a pattern took longer than any query may"
    assert ask(limited, "series", **{"match[]": f'regex{{v=~"{pattern}"}}'}).status == answer.status


def test_points_and_samples_have_limits(limited):
    answer = ask(limited, "query_range", query="1", start=0, end=1e9, step=1)
    assert error(answer).startswith("400 bad_data: exceeded maximum resolution of 11,000 points")
    assert write(limited, [({"__name__": "many", "n": str(number)}, [(now_ms(), 1.0)]) for number in range(500)]).status == 204
    now = int(time.time())
    answer = ask(limited, "query_range", query="many", start=now - 290, end=now + 290, step=0.1)
    assert answer.status == 422 and "too many samples" in error(answer), answer
    answer = ask(limited, "query", query="sum_over_time(many[100y:1s])")
    assert answer.status in (400, 422, 503), answer
    answer = ask(limited, "query", query="count_over_time(vector(1)[10d:1ms])")
    assert answer.status in (200, 400, 422, 503), answer


@pytest.mark.parametrize("parameters", [
    {"limit": "9" * 30}, {"limit": "-1"}, {"limit": "1e3"}, {"timeout": "1e300"}, {"lookback_delta": "-5m"}, {"time": "nan"}, {"time": "99999999999999999999999z"},
])
def test_parameters_out_of_range_are_refused(limited, parameters):
    assert error(ask(limited, "query", query="1", **parameters)).startswith("400 bad_data")


def test_extreme_but_valid_parameters_are_answered(limited):
    for parameters in ({"time": "1e300"}, {"time": "-1e300"}, {"limit": str((1 << 63) - 1)}, {"time": "292277025-08-18T07:12:54.999999999Z"}, {"timeout": "5000h"}):
        answer = ask(limited, "query", query="good offset 5m", **parameters)
        assert answer.status == 200, (parameters, answer)
    for query in ("good @ 9e15", "good offset 290y", "good[290y]", "good @ -9e15", "predict_linear(good[5m], 1e300)", "vector(1e308) * 10", "good offset -290y"):
        assert ask(limited, "query", query=query).status in (200, 400, 422), query
    assert ask(limited, "query_range", query="good", start="-1e300", end="1e300", step="1e8").status in (200, 400)


@pytest.mark.parametrize("body", [b"query=%ff%fe", b"query=%zz", b"query=%", b"\xff\xff=1", b"&&&===", b"query=" + b"%00"])
def test_forms_that_are_not_text_are_refused(limited, body):
    assert limited.post("/api/v1/query", body, FORM).status == 400


def test_invalid_text_inside_queries_is_refused_at_its_place(limited):
    for query in ("{a='\udcff'}", 'a{b="\\xff"}', '"\\ud800"', "\u0000", "sum(\u2028a)"):
        raw = urllib.parse.quote(query.encode("utf-8", "surrogateescape"))
        answer = limited.post("/api/v1/query", f"query={raw}".encode(), FORM)
        assert answer.status in (200, 400), (query, answer)


def test_a_client_that_goes_away_stops_its_query(limited):
    body = urllib.parse.urlencode({"query": "count_over_time(vector(1)[30d:10ms])"}).encode()
    head = b"POST /api/v1/query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(body)
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", limited.port)) as connection:
            connection.sendall(head + body)
    deadline = time.monotonic() + 30
    while limited.metrics()["gatewatch_query_running"] + limited.metrics()["gatewatch_query_waiting"] > 0:
        assert time.monotonic() < deadline, "queries of clients that went away still run"
        time.sleep(0.05)  # between two polls; the end is decided by the counters
    assert ask(limited, "query", query="1").status == 200
