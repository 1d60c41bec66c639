"""Countries of clients through the program: from a file in MaxMind's format, from a header, and over a restart."""

import json
import subprocess
import tarfile
import time

import pytest

from gatewatch_server import BINARY, GatewatchServer

MEMBER = "maxmind-db/test-data/GeoLite2-Country-Test.mmdb"


@pytest.fixture
def countries(shared, tmp_path):
    with tarfile.open(shared / "data/geo/maxmind_db_testdata.tar.gz") as archive:
        (tmp_path / "countries.mmdb").write_bytes(archive.extractfile(MEMBER).read())
    return tmp_path / "countries.mmdb"


def entry(number: int, address: str, **headers: str) -> dict:
    return {
        "request": {"uri": "/v1/models", "method": "GET", "headers": headers}, "response": {"status": 200}, "start_time": time.time() * 1_000 - number,
        "latency": 1, "client_ip": address,
    }


def by_country(server) -> dict:
    body = {"from": "now-1h", "to": "now", "measures": ["count"], "by": ["country"], "limit": 100}
    return dict(server.post("/api/v1/requests/query", json.dumps(body).encode(), {"Content-Type": "application/json"}).json()["rows"])


@pytest.mark.needs_shared
def test_addresses_and_headers_have_countries_and_keep_them(countries, tmp_path):
    server = GatewatchServer(tmp_path / "data", environment={"GATEWATCH_GEO_FILE": str(countries), "GATEWATCH_GEO_HEADER": "X-Land"})
    try:
        server.start()
        sent = [entry(0, "2.125.160.217"), entry(1, "2.125.160.218"), entry(2, "10.1.2.3"), entry(3, "10.1.2.3", **{"x-land": "AT"}), entry(4, "8.8.8.8")]
        answer = server.post("/ingest/apisix", json.dumps(sent).encode(), {"Content-Type": "application/json"})
        assert answer.status == 200, answer
        expected = {"GB": 2, "private": 1, "AT": 1, None: 1}
        assert by_country(server) == expected
        addresses = server.get("/api/v1/requests?from=now-1h&to=now&limit=10").text
        assert "2.125.160.0/24" in addresses and "2.125.160.217" not in addresses
        server.stop()
        server.start()
        assert by_country(server) == expected
        server.stop()
    finally:
        server.abandon()


@pytest.mark.parametrize("content", [None, b"", b"country\n"], ids=["missing", "empty", "text"])
def test_a_file_that_is_none_stops_the_start_with_a_sentence(tmp_path, content):
    file = tmp_path / "countries.mmdb"
    if content is not None:
        file.write_bytes(content)
    done = subprocess.run(
        [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", tmp_path / "data"], env={"GATEWATCH_GEO_FILE": str(file), "PATH": "/usr/bin"}, capture_output=True, text=True,
        timeout=30)
    assert done.returncode != 0 and "geo.file" in done.stderr + done.stdout or "GATEWATCH_GEO_FILE" in done.stderr, done.stderr
    assert "MaxMind" in done.stderr


def test_a_header_that_is_read_for_something_else_is_refused(tmp_path):
    done = subprocess.run(
        [BINARY, "serve", "--listen", "127.0.0.1:0", "--data", tmp_path / "data"], env={"GATEWATCH_GEO_HEADER": "user-agent", "PATH": "/usr/bin"}, capture_output=True,
        text=True, timeout=30)
    assert done.returncode != 0 and "user-agent" in done.stderr
