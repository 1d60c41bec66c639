"""Collecting samples: scraping real and strange targets over HTTP and TLS, OpenTelemetry's metrics, the import of a past, and a real Prometheus on both sides."""

import base64
import contextlib
import gzip
import http.server
import json
import pathlib
import shutil
import ssl
import subprocess
import threading
import time

import pytest

from gatewatch_server import BINARY, GatewatchServer, free_port

PATIENCE_SECONDS = 60  # far above the interval of a second, so that a slow machine does not fail a test


class Target(http.server.ThreadingHTTPServer):
    """A target on a free port of 127.0.0.1; `answer(handler)` writes its answers."""

    daemon_threads = True

    def __init__(self, answer, context: ssl.SSLContext | None = None):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                answer(self)

            def log_message(self, *arguments):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


@contextlib.contextmanager
def target(answer, context=None):
    running = Target(answer, context)
    try:
        yield running
    finally:
        running.shutdown()
        running.server_close()


def text(body: str, content_type="text/plain; version=0.0.4", compress=False):
    """A target's answer that is always the same."""

    def answer(handler):
        content = gzip.compress(body.encode()) if compress else body.encode()
        handler.send_response(200)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(content)))
        if compress:
            handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(content)

    return answer


@contextlib.contextmanager
def scraping(tmp_path: pathlib.Path, configuration: str):
    """A Gatewatch that scrapes by this configuration."""
    file = tmp_path / "prometheus.yml"
    file.write_text(configuration)
    (tmp_path / "gatewatch.yaml").write_text(f"scrape:\n  config_file: {file}\n")
    server = GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yaml")])
    try:
        server.start()
        yield server
        if server.process is not None:
            server.stop()
    finally:
        server.abandon()


def value(server, query: str):
    """The values of an instant query by their labels without `__name__`, job and instance."""
    answer = server.request("POST", "/api/v1/query", f"query={query}".encode(), {"Content-Type": "application/x-www-form-urlencoded"}).json()
    assert answer["status"] == "success", answer
    dropped = {"__name__", "job", "instance"}
    return {tuple(sorted((k, v) for k, v in row["metric"].items() if k not in dropped)): float(row["value"][1]) for row in answer["data"]["result"]}


def eventually(check):
    """Waits until `check()` is true; fails with its last answer."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = check()
        if answer:
            return answer
        assert time.monotonic() < end, answer
        time.sleep(0.05)  # between two looks


def targets(server) -> list[dict]:
    return server.get("/api/v1/targets").json()["data"]["activeTargets"]


def scraped(server) -> list[dict]:
    """The targets once all have been asked."""
    return eventually(lambda: all(one["health"] != "unknown" for one in targets(server)) and targets(server))


JOB = "scrape_configs:\n- job_name: {name}\n  scrape_interval: 1s\n  scrape_timeout: 1s\n  static_configs: [{{targets: ['{address}'], labels: {{team: sre}}}}]\n{more}"


def test_a_target_is_scraped_and_its_end_is_seen(tmp_path):
    body = "# HELP hits_total Hits.\n# TYPE hits_total counter\nhits_total{path=\"/\"} 5\n"
    with target(text(body, compress=True)) as exposed, scraping(tmp_path, JOB.format(name="app", address=exposed.address, more="")) as server:
        eventually(lambda: value(server, "hits_total") == {(("path", "/"), ("team", "sre")): 5.0})
        assert value(server, "up") == {(("team", "sre"),): 1.0}
        assert value(server, "scrape_samples_scraped") == {(("team", "sre"),): 1.0}
        (one,) = targets(server)
        assert one["health"] == "up" and one["scrapePool"] == "app" and one["labels"] == {"instance": exposed.address, "job": "app", "team": "sre"}
        assert one["discoveredLabels"]["__metrics_path__"] == "/metrics" and one["scrapeInterval"] == "1s" and one["lastError"] == ""
        assert server.get("/api/v1/scrape_pools").json()["data"] == {"scrapePools": ["app"]}
        (entry,) = server.get("/api/v1/targets/metadata?metric=hits_total").json()["data"]
        assert (entry["type"], entry["help"]) == ("counter", "Hits.")
        exposed.shutdown()
        exposed.server_close()
        eventually(lambda: value(server, "up") == {(("team", "sre"),): 0.0})
        assert value(server, "hits_total") == {}
        assert targets(server)[0]["health"] == "down" and targets(server)[0]["lastError"]


def endless(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"a 1\n")
            time.sleep(0.05)


def huge(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "text/plain")
    handler.end_headers()
    with contextlib.suppress(OSError):
        while True:
            handler.wfile.write(b"# " + b"x" * 65_534 + b"\n")


def failing(handler):
    handler.send_error(500)


@pytest.mark.parametrize(
    ("answer", "more", "error"),
    [
        (endless, "", "context deadline exceeded"),
        (huge, "  body_size_limit: 1MB\n", "body size limit exceeded"),
        (text("x" * 2_000_000, compress=True), "  body_size_limit: 1MB\n", "body size limit exceeded"),
        (failing, "", "server returned HTTP status 500 Internal Server Error"),
        (text("a 1\n", "text/html"), "", 'received unsupported Content-Type "text/html"'),
        (text("a 1\nb\n"), "", "line 2, column 2: the value is missing"),
        (text("a 1\n", "application/openmetrics-text; version=1.0.0"), "", "line 2, column 1: the text ends without # EOF"),
        (text("".join(f"a{{id=\"{i}\"}} 1\n" for i in range(1_000))), "  sample_limit: 500\n", "sample limit exceeded"),
    ],
)
def test_a_bad_target_is_down_with_a_reason(tmp_path, answer, more, error):
    with target(answer) as exposed, scraping(tmp_path, JOB.format(name="bad", address=exposed.address, more=more)) as server:
        (one,) = scraped(server)
        assert one["health"] == "down" and error in one["lastError"], one
        assert value(server, "up") == {(("team", "sre"),): 0.0} and value(server, "a") == {}
        server.assert_alive()


@pytest.fixture
def certificate(tmp_path) -> pathlib.Path:
    """A certificate for `gateway.test` that signed itself, with its key beside it."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=gateway.test", "-addext", "subjectAltName=DNS:gateway.test",
         "-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")],
        check=True, capture_output=True)
    return tmp_path / "cert.pem"


def test_tls_and_basic_authentication(tmp_path, certificate):
    expected = "Basic " + base64.b64encode(b"gate:s3cret").decode()

    def guarded(handler):
        if handler.headers.get("Authorization") == expected:
            text("a 7\n")(handler)
        else:
            handler.send_error(401)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_name("key.pem"))
    (tmp_path / "password").write_text("s3cret\n")
    with target(guarded, context) as exposed:
        jobs = {
            "good": f"basic_auth: {{username: gate, password_file: password}}\n  tls_config: {{ca_file: {certificate}, server_name: gateway.test}}",
            "skips": "basic_auth: {username: gate, password: s3cret}\n  tls_config: {insecure_skip_verify: true}",
            "untrusted": "basic_auth: {username: gate, password: s3cret}",
            "othername": f"basic_auth: {{username: gate, password: s3cret}}\n  tls_config: {{ca_file: {certificate}}}",
            "wrongpassword": "basic_auth: {username: gate, password: guess}\n  tls_config: {insecure_skip_verify: true}",
        }
        configuration = "scrape_configs:\n" + "".join(
            f"- job_name: {name}\n  scheme: https\n  scrape_interval: 1s\n  static_configs: [{{targets: ['{exposed.address}']}}]\n  {access}\n" for name, access in jobs.items())
        with scraping(tmp_path, configuration) as server:
            health = {one["scrapePool"]: (one["health"], one["lastError"]) for one in scraped(server)}
    assert {name: state for name, (state, _) in health.items()} == {
        "good": "up", "skips": "up", "untrusted": "down", "othername": "down", "wrongpassword": "down"}, health
    assert "401" in health["wrongpassword"][1]


def test_files_of_targets_are_followed(tmp_path):
    with target(text("a 1\n")) as exposed:
        listed = tmp_path / "targets.json"
        listed.write_text("[]")
        configuration = "scrape_configs:\n- job_name: files\n  scrape_interval: 1s\n  file_sd_configs: [{files: ['targets*.json']}]\n"
        with scraping(tmp_path, configuration) as server:
            assert targets(server) == []
            listed.write_text(json.dumps([{"targets": [exposed.address], "labels": {"env": "test"}}]))
            eventually(lambda: value(server, "a") == {(("env", "test"),): 1.0})
            listed.write_text("[]")
            eventually(lambda: value(server, "up") == {})
            assert targets(server) == []


def test_a_broken_scrape_configuration_is_refused_with_its_place(tmp_path):
    file = tmp_path / "prometheus.yml"
    file.write_text("scrape_configs:\n- job_name: a\n  scrape_intervall: 5s\n")
    environment = {"GATEWATCH_SCRAPE_CONFIG_FILE": str(file), "PATH": "/usr/bin"}
    answer = subprocess.run([str(BINARY), "config", "--check"], capture_output=True, env=environment, cwd=tmp_path, timeout=60)
    assert answer.returncode == 78
    assert b"line 3, column 3: there is no key scrape_intervall" in answer.stderr and b"did you mean scrape_interval?" in answer.stderr, answer.stderr


def test_opentelemetry_metrics_over_http(server):
    now = time.time_ns()
    points = [{"asInt": "3", "timeUnixNano": str(now), "attributes": [{"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}}]}]
    request = {"resourceMetrics": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "app"}}]},
        "scopeMetrics": [{"metrics": [
            {"name": "calls", "sum": {"aggregationTemporality": 2, "isMonotonic": True, "dataPoints": points}},
            {"name": "strange", "sum": {"dataPoints": points}}]}]}]}
    for path in ["/v1/metrics", "/api/v1/otlp/v1/metrics"]:
        answer = server.post(path, request)
        assert answer.status == 200 and answer.json()["partialSuccess"]["rejectedDataPoints"] == "1", answer
    assert value(server, "calls_total") == {(("gen_ai_request_model", "gpt-4o"),): 3.0}
    assert server.post("/v1/metrics", b"{", {"Content-Type": "application/json"}).status == 400
    assert server.post("/v1/metrics", b"\x0a\x05", {"Content-Type": "application/x-protobuf"}).status == 400
    assert server.post("/v1/metrics", b"", {"Content-Type": "application/x-protobuf"}).status == 200
    assert server.post("/v1/metrics", b"a", {"Content-Type": "text/csv"}).status == 415


def test_the_past_is_imported(tmp_path):
    now = int(time.time())
    lines = ["# TYPE temperature gauge"]
    lines += [f'temperature{{room="{room}"}} {room + step} {now - 86_400 + step * 60}' for room in range(3) for step in range(1_000)]
    good = tmp_path / "good.om.gz"
    good.write_bytes(gzip.compress(("\n".join(lines) + "\n# EOF\n").encode()))
    bad = tmp_path / "bad.om"
    bad.write_text(f"a 1 {now}\na 2\n# EOF\n")
    arguments = [str(BINARY), "series", "import", "--data", str(tmp_path / "data"), "--quiet"]
    environment = {"PATH": "/usr/bin"}
    answer = subprocess.run([*arguments, "--json", str(good)], capture_output=True, cwd=tmp_path, env=environment, timeout=60)
    summary = json.loads(answer.stdout)
    assert answer.returncode == 0 and (summary["stored"], summary["refused"], summary["new_series"]) == (3_000, 0, 3), answer
    answer = subprocess.run([*arguments, str(bad)], capture_output=True, cwd=tmp_path, env=environment, timeout=60)
    assert answer.returncode == 1 and b"line 2, column 1: the sample has no timestamp" in answer.stderr, answer
    server = GatewatchServer(tmp_path / "data")
    try:
        server.start()
        assert value(server, "count_over_time(temperature[2d])") == {(("room", str(room)),): 1_000.0 for room in range(3)}
        assert value(server, "max_over_time(temperature[2d])")[(("room", "2"),)] == 1_001.0
        server.stop()
    finally:
        server.abandon()


@pytest.mark.skipif(shutil.which("prometheus") is None, reason="needs Debian's prometheus")
def test_a_real_prometheus_is_scraped_and_writes(tmp_path):
    port = free_port()
    gatewatch = GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yaml")])
    (tmp_path / "scrape.yml").write_text(f"scrape_configs:\n- job_name: peer\n  scrape_interval: 1s\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n")
    (tmp_path / "gatewatch.yaml").write_text(f"scrape:\n  config_file: {tmp_path}/scrape.yml\n")
    (tmp_path / "peer.yml").write_text(
        f"global: {{scrape_interval: 1s}}\nscrape_configs:\n- job_name: self\n  static_configs: [{{targets: ['127.0.0.1:{port}']}}]\n"
        f"remote_write: [{{url: '{gatewatch.url}/api/v1/write', queue_config: {{batch_send_deadline: 1s}}}}]\n")
    with (tmp_path / "peer.log").open("wb") as log:
        peer = subprocess.Popen(
            ["prometheus", f"--config.file={tmp_path}/peer.yml", f"--storage.tsdb.path={tmp_path}/peer", f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        gatewatch.start()
        # Scraped by us, and scraped by itself and written to us.
        eventually(lambda: set(answer_by_job(gatewatch, "prometheus_build_info")) == {"peer", "self"})
        (one,) = targets(gatewatch)
        assert one["health"] == "up", one
        assert value(gatewatch, 'sum(prometheus_http_request_duration_seconds_bucket{job="peer",le="%2BInf"}) > bool 0') == {(): 1.0}
        gatewatch.stop()
    finally:
        peer.terminate()
        peer.wait()
        gatewatch.abandon()


def answer_by_job(server, query: str) -> dict:
    rows = server.get(f"/api/v1/query?query={query}").json()["data"]["result"]
    return {row["metric"].get("job"): row["value"][1] for row in rows}
