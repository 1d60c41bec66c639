"""What bad input gets: a clear answer, a counter that moves, and neighbours that are kept. One server lives through it all."""

import gzip
import json
import pathlib
import socket
import time

import pytest

from apisix_entries import EntryGenerator, bulk_body
from gatewatch_server import Response

ACTION = b'{"index":{"_index":"bad-input"}}\n'
DISTINCT_CLIENTS = 200_000
BODY_BYTES_MAX = 100 << 20  # Gatewatch's limit (setting http.body_bytes_max), also after decompression
RESIDENT_BYTES_MAX = 2 << 30  # far above what these tests need, far below what an unbounded table or body would take


@pytest.fixture(scope="module")
def generator():
    now_ms = int(time.time() * 1000)
    return EntryGenerator(seed=4, first_ms=now_ms - 600_000, last_ms=now_ms - 1_000)


@pytest.fixture
def client(request) -> str:
    """A client name of this test alone, to find its records by."""
    return request.node.name


@pytest.fixture
def good(generator, client):
    """Makes sound entries of this test's client."""
    return lambda count=1: [{**entry, "consumer": {"username": client}} for entry in generator.entries(count)]


@pytest.fixture(autouse=True)
def alive_afterwards(module_server):
    yield
    module_server.assert_alive()


def lines(*items) -> bytes:
    """A `_bulk` body of entries (dicts) and of raw lines (bytes)."""
    return b"".join(ACTION + (item if isinstance(item, bytes) else json.dumps(item).encode()) + b"\n" for item in items)


def kept(server, client: str) -> int:
    return server.query(from_="now-2h", to="now", measures=["count"], where=f'client: "{client}"')["rows"][0]["count"]


def counted(server, *words: str) -> float:
    """The sum of Gatewatch's own counters whose names contain one of the words."""
    return sum(value for name, value in server.metrics().items() if name.startswith("gatewatch_") and any(word in name for word in words))


def raw_exchange(server, request: bytes, timeout: float = 30) -> bytes:
    """Sends bytes as they are and reads until the server closes or pauses after an answer."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (chunk := connection.recv(65536)):
            answer += chunk
        return answer


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


# --- one bad line among good ones -------------------------------------------------------------------------------------

BROKEN_LINES = {
    "not_json": b"this is no JSON",
    "cut_short": b'{"request":{"method":"POST","uri":"/v1/chat/comp',
    "invalid_utf8": b'{"request":{"method":"POST","uri":"/\xff\xfe"},"response":{"status":200},"start_time":1,"latency":1}',
    "nesting_bomb": b'{"request":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001,
    "array_bomb": b"[" * 200_000,
    "bare_nan": b'{"request":{"method":"GET","uri":"/"},"response":{"status":200},"start_time":NaN,"latency":1}',
    "control_character": b'{"request":{"method":"GET","uri":"/\x01\x02"},"response":{"status":200},"start_time":1,"latency":1}',
    "not_an_object": b"42",
    "lone_surrogate_escape": b'{"request":{"method":"GET","uri":"/\\ud800x"},"response":{"status":"\\uZZZZ"}}',
}


@pytest.mark.parametrize("name", BROKEN_LINES)
def test_broken_line_costs_only_itself(module_server, good, client, name):
    before = counted(module_server, "reject")
    answer = module_server.bulk(lines(*good(2), BROKEN_LINES[name], *good(3)))
    assert answer.status == 200, answer
    body = answer.json()
    assert body["errors"] is True and len(body["items"]) == 6
    assert [item["index"]["status"] for item in body["items"]] == [201, 201, 400, 201, 201, 201]
    error = body["items"][2]["index"]["error"]
    assert error["type"] and error["reason"]
    assert kept(module_server, client) == 5
    assert counted(module_server, "reject") == before + 1


def test_rejected_lines_are_kept_in_a_dead_letter_file(module_server, client):
    marker = f"dead letter of {client}".encode()
    module_server.bulk(lines(marker))
    deadline = time.monotonic() + 20
    while not any(marker in content_of(path) for path in (module_server.data / "rejected").rglob("*") if path.is_file()):
        assert time.monotonic() < deadline, sorted(path.name for path in module_server.data.rglob("*"))
        time.sleep(0.05)  # between two looks; the end is decided by the file


def content_of(path: pathlib.Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def test_broken_item_is_named_by_ingest(module_server, good, client):
    body = b"\n".join([json.dumps(good()[0]).encode(), b'{"request": nonsense}', json.dumps(good()[0]).encode()])
    answer = module_server.post("/ingest/apisix", body, {"Content-Type": "text/plain"})
    assert answer.status == 200, answer
    report = answer.json()
    assert (report["received"], report["stored"], report["rejected"]) == (3, 2, 1)
    assert report["errors"][0]["item"] == 1 and report["errors"][0]["line"] == 2 and report["errors"][0]["reason"]
    assert kept(module_server, client) == 2


def test_broken_array_item_is_named_by_ingest(module_server, good, client):
    answer = module_server.post("/ingest/apisix", [good()[0], 7, good()[0]])
    assert answer.status == 200, answer
    assert answer.json()["stored"] == 2 and answer.json()["errors"][0]["item"] == 1
    assert kept(module_server, client) == 2


def test_record_far_beyond_any_sense_costs_only_itself(module_server, good, client):
    huge = good()[0]
    huge["request"]["body"] = "x" * (20 << 20)
    answer = module_server.bulk(lines(good()[0], huge, good()[0]))
    assert answer.status == 200, answer
    assert [item["index"]["status"] for item in answer.json()["items"]][::2] == [201, 201]
    assert kept(module_server, client) in (2, 3)


# --- odd but honest values --------------------------------------------------------------------------------------------

def test_numbers_as_strings_are_numbers(module_server, good, client):
    entry = good()[0]
    entry["response"]["status"], entry["latency"], entry["start_time"] = "503", "1234.5", str(entry["start_time"])
    entry["response"]["size"] = "777"
    assert module_server.bulk(lines(entry)).json()["errors"] is False
    row = module_server.query(from_="now-2h", to="now", where=f"client: {client}", by=["status"],
                              measures=["count", "sum(duration)", "sum(response_size)"])["rows"]
    assert row == [{"status": 503, "count": 1, "sum(duration)": 1.2345, "sum(response_size)": 777}]


@pytest.mark.parametrize("value", [-5, "NaN", "-Infinity", 1e300, "1e999", 86_400_000_001, [], {}, True, "fast"], ids=str)
def test_impossible_latency_is_absent_and_counted(module_server, good, client, value):
    before = counted(module_server, "field_rejected")
    entry = {**good()[0], "latency": value}
    assert module_server.bulk(lines(entry, *good(1))).json()["errors"] is False
    name = json.dumps(client)
    row = module_server.query(from_="now-2h", to="now", where=f"client: {name}", measures=["count", "count(duration >= 0)"])["rows"][0]
    assert row == {"count": 2, "count(duration >= 0)": 1}
    assert counted(module_server, "field_rejected") > before


@pytest.mark.parametrize("start_ms", [0, 1, -1, 4_070_908_800_000, 253_402_300_800_000, 9e18, "soon"], ids=str)
def test_impossible_time_never_hurts_its_neighbours(module_server, good, client, start_ms):
    answer = module_server.bulk(lines(*good(1), {**good()[0], "start_time": start_ms}, *good(1)))
    assert answer.status == 200, answer
    assert [item["index"]["status"] for item in answer.json()["items"]][::2] == [201, 201]
    assert kept(module_server, client) >= 2
    # Nothing may claim to be from the future.
    newest = module_server.get("/api/v1/status").json()["store"]["newest"]
    assert newest < time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 700))


def test_two_hundred_thousand_client_names_are_bounded(server, generator, good, client):
    # A server of its own: names that come when there are too many stay `_other` for days.
    server.bulk(lines(*good(1)))
    template = generator.entries(500)
    for first in range(0, DISTINCT_CLIENTS, 5_000):
        entries = [{**template[n % 500], "request_id": f"d{n}", "consumer": {"username": f"drive-by-{n}"}} for n in range(first, first + 5_000)]
        answer = server.bulk(bulk_body(entries))
        assert answer.status == 200 and answer.json()["errors"] is False
    server.bulk(lines(*good(3)))
    assert server.resident_bytes() < RESIDENT_BYTES_MAX
    # A question over so many groups is answered or refused by a limit that it names; both are well.
    answer = server.post("/api/v1/requests/query", {"from": "now-2h", "by": ["client"], "limit": 10})
    assert answer.status == 200 or (answer.status == 422 and answer.json()["error"]["code"] == "query_limit"), answer
    assert kept(server, client) == 4, "a name that was known before the flood is not kept any more"
    assert kept(server, "_other") > 0
    total = server.query(from_="now-2h", to="now")["rows"][0]["count"]
    assert total >= DISTINCT_CLIENTS + 4


# --- bodies -----------------------------------------------------------------------------------------------------------

def is_clear_error(answer: Response) -> bool:
    error = answer.json()["error"]
    return bool(error if isinstance(error, str) else error.get("reason") or error.get("message"))


@pytest.mark.parametrize("path", ["/_bulk", "/ingest/apisix", "/ingest/noveum", "/ingest/litellm", "/apisix/_doc"])
@pytest.mark.parametrize("body", [b"", b"\n\n\n", b"   "], ids=["empty", "newlines", "blanks"])
def test_empty_body_is_a_bad_request(module_server, path, body):
    answer = module_server.post(path, body, {"Content-Type": "application/json"})
    assert answer.status == 400 and is_clear_error(answer), answer


@pytest.mark.parametrize("path", ["/_bulk", "/ingest/apisix"])
def test_truncated_gzip_is_a_bad_request(module_server, good, client, path):
    packed = gzip.compress(lines(*good(50)))
    answer = module_server.post(path, packed[: len(packed) // 2], {"Content-Encoding": "gzip", "Content-Type": "application/x-ndjson"})
    assert answer.status == 400 and is_clear_error(answer), answer
    assert kept(module_server, client) == 0


def test_gzip_that_is_none_is_a_bad_request(module_server, good):
    answer = module_server.bulk(lines(*good(2)), **{"Content-Encoding": "gzip"})
    assert answer.status == 400 and is_clear_error(answer), answer


def test_whole_gzip_is_read(module_server, good, client):
    answer = module_server.bulk(gzip.compress(lines(*good(50))), **{"Content-Encoding": "gzip"})
    assert answer.status == 200 and answer.json()["errors"] is False
    assert kept(module_server, client) == 50


def test_gzip_bomb_is_too_large(module_server):
    bomb = gzip.compress(b"\0" * (BODY_BYTES_MAX + (1 << 20)), compresslevel=1)
    answer = module_server.bulk(bomb, **{"Content-Encoding": "gzip"})
    assert answer.status == 413 and is_clear_error(answer), answer
    assert module_server.resident_bytes() < RESIDENT_BYTES_MAX


def test_announced_oversize_is_refused_before_it_is_read(module_server):
    head = f"POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: {BODY_BYTES_MAX * 2}\r\n"
    assert status_of(raw_exchange(module_server, head.encode() + b"Expect: 100-continue\r\n\r\n")) == 413


def test_chunked_oversize_is_refused(module_server):
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", module_server.port), timeout=60) as connection:
        connection.sendall(b"POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            for _ in range((BODY_BYTES_MAX >> 20) + 8):
                connection.sendall(chunk)
        except OSError:
            pass  # the server may stop reading as soon as it has answered
        assert status_of(connection.recv(65536)) == 413


@pytest.mark.parametrize("headers, expected", [
    ({"Content-Type": "application/cbor"}, (406, 415)),
    ({"Content-Type": "image/png"}, (406, 415)),
    ({"Content-Type": "application/x-ndjson", "Content-Encoding": "br"}, (415,)),
], ids=lambda value: "" if isinstance(value, tuple) else " ".join(value.values()))
def test_wrong_media_type_is_refused(module_server, good, client, headers, expected):
    answer = module_server.post("/_bulk", lines(*good(1)), headers)
    assert answer.status in expected and is_clear_error(answer), answer
    assert kept(module_server, client) == 0


@pytest.mark.parametrize("media", [
    "application/json", "application/x-ndjson", "application/vnd.elasticsearch+json", "application/vnd.elasticsearch+x-ndjson; compatible-with=9",
    "application/x-ndjson;compatible-with=7", "text/plain", "application/json; charset=UTF-8"])
def test_every_media_type_of_a_real_client_is_taken(module_server, good, client, media):
    answer = module_server.post("/_bulk", lines(*good(1)), {"Content-Type": media})
    assert answer.status == 200 and answer.json()["errors"] is False, answer


def test_malformed_action_line_is_a_bad_request(module_server, good):
    answer = module_server.bulk(b"[1,2]\n" + json.dumps(good()[0]).encode() + b"\n")
    assert answer.status == 400 and answer.json()["error"]["type"] == "illegal_argument_exception", answer


# --- connections ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("beginning", [
    b"", b"POST /_bu", b"POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le",
    b"POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: 5000\r\n\r\n{\"ind"],
    ids=["silent", "half a request line", "half a head", "half a body"])
def test_half_open_connections_do_not_hinder_others(module_server, good, client, beginning):
    idle = [socket.create_connection(("127.0.0.1", module_server.port)) for _ in range(200)]
    try:
        for connection in idle:
            connection.sendall(beginning)
        assert module_server.bulk(lines(*good(2))).status == 200
        assert kept(module_server, client) == 2
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize("request_bytes", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 32 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET /%zz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    b"POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n"],
    ids=["tls hello", "no path", "version", "percent", "long header", "length and chunked", "negative length"])
def test_broken_http_gets_an_error_or_a_closed_connection(module_server, request_bytes):
    try:
        answer = raw_exchange(module_server, request_bytes)
    except ConnectionError:
        return
    assert answer == b"" or 400 <= status_of(answer) < 600, answer


# --- questions --------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("question, status, code", [
    ({"where": "provider:"}, 400, "invalid_filter"),
    ({"where": "(" * 50_000}, 400, "invalid_filter"),
    ({"where": "not " * 50_000 + "status: 1"}, 400, "invalid_filter"),
    ({"where": "nonsense_field: 1"}, 400, "invalid_filter"),
    ({"measures": ["p101(duration)"]}, 400, "invalid_measure"),
    ({"measures": ["sum(client)"]}, 400, "invalid_measure"),
    ({"measures": ["count"] * 10_000}, 400, None),
    ({"from": "yesterday-ish"}, 400, "invalid_time"),
    ({"from": "now", "to": "now-1h"}, 400, "invalid_time"),
    ({"from": "now-100y", "every": "1s"}, 422, "query_limit"),
    ({"by": ["nonsense"]}, 400, "unknown_field"),
    ({"limit": -1}, 400, "invalid_request"),
    ({"time_zone": "Moon/Tycho"}, 400, None),
], ids=lambda value: str(value)[:40])
def test_bad_question_gets_a_named_error(module_server, question, status, code):
    answer = module_server.post("/api/v1/requests/query", {"from": "now-1h", **question})
    assert answer.status == status, answer
    error = answer.json()["error"]
    assert error["message"] and (code is None or error["code"] == code), error


def test_filter_error_points_at_the_column(module_server):
    answer = module_server.post("/api/v1/requests/query", {"where": "status >= 500 and provider:"})
    assert answer.json()["error"]["position"]["line"] == 1
    assert answer.json()["error"]["position"]["column"] >= 19
    assert answer.json()["error"]["field"] == "where"


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"from":' * 10_000, b"\xff"], ids=["cut", "array", "null", "nested", "utf8"])
def test_bad_query_body_is_a_bad_request(module_server, body):
    answer = module_server.post("/api/v1/requests/query", body, {"Content-Type": "application/json"})
    assert answer.status == 400 and answer.json()["error"]["code"] == "invalid_request", answer
