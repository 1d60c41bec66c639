"""The built program as a child process, and a small HTTP client for it.

Nothing here knows what a test wants: tests get a `GatewatchServer` from the fixtures of conftest.py.
"""

import http.client
import itertools
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("GATEWATCH_BINARY", REPOSITORY / ".build/release/gatewatch")).absolute()
START_SECONDS_MAX = 30  # far above the second that a start takes, so that a slow machine does not fail a test
STOP_SECONDS_MAX = 20  # the program drains for at most 10 s
REQUEST_SECONDS_MAX = 120
HISTORY_SECONDS_MAX = 240  # a fortnight is generated in seconds by a release build; by a debug one in a minute or two


def own_ports():
    """
    The ports of this process of pytest, over and over from a random one on: those of pytest-xdist's worker N lie apart from all others', and all of
    them below the ports that the system hands to outgoing connections (from 32768 on), so that none is taken between the look and the use.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = PORT_FIRST + worker % WORKERS_MAX * PORTS_OF_WORKER
    start = random.randrange(PORTS_OF_WORKER)
    return itertools.cycle(first + (start + step) % PORTS_OF_WORKER for step in range(PORTS_OF_WORKER))


PORT_FIRST, PORTS_OF_WORKER, WORKERS_MAX = 12_000, 2_500, 8
PORTS = own_ports()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listened on a moment ago."""
    for port in itertools.islice(PORTS, PORTS_OF_WORKER):
        with socket.socket() as probe:
            # As servers do; a port whose last connections have just ended can be used again.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


class Response:
    """Status, headers (names in lower case) and body of one answer."""

    def __init__(self, status: int, headers: dict, body: bytes):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self):
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<{self.status} {self.body[:500]!r}>"


class GatewatchServer:
    """One data folder and at most one running process on it; the same port over all restarts."""

    def __init__(self, data: pathlib.Path, arguments: list[str] | None = None, command: str = "serve", environment: dict[str, str] | None = None):
        self.environment = environment or {}
        self.data, self.port = data, free_port()
        self.arguments, self.command = arguments or [], command
        self.process: subprocess.Popen | None = None
        self.log_path = data.parent / f"{data.name}.log"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # --- the process ---

    def start(self) -> float:
        """Starts the program and waits until it is ready; returns the seconds that this took."""
        assert self.process is None, "already running"
        command = [str(BINARY), self.command, "--listen", self.address, "--data", str(self.data), *self.arguments]
        # Settings of the person who runs the tests (environment, .env of the working folder) must not reach the program.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GATEWATCH_")}
        # Most tests look at exactly those series that they wrote; the program's own are for the tests that ask for them.
        environment |= {"GATEWATCH_METRICS_SELF_SECONDS": "0"} | self.environment
        started = time.monotonic()
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment, cwd=self.log_path.parent)
        while time.monotonic() - started < START_SECONDS_MAX:
            status = self.process.poll()
            assert status is None, f"{' '.join(command)} ended with status {status}:\n{self.log[-4000:]}"
            try:
                if self.get("/ready", timeout=5).status == 200:
                    return time.monotonic() - started
            except OSError:
                pass
            time.sleep(0.005)  # between two polls; the end is decided by /ready
        raise AssertionError(f"not ready after {START_SECONDS_MAX} s:\n{self.log[-4000:]}")

    def wait_for_history(self) -> None:
        """Waits until a demo has stored all of its generated history; it answers, and takes live traffic, before that."""
        until = time.monotonic() + HISTORY_SECONDS_MAX
        while "the generated history is complete" not in self.log:
            assert time.monotonic() < until and self.process.poll() is None, self.log[-4000:]
            time.sleep(0.02)  # between two looks; the end is decided by the log

    def stop(self) -> None:
        """SIGTERM: the program must drain and leave with status 0."""
        process, self.process = self.process, None
        assert process is not None, "not running"
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"still running {STOP_SECONDS_MAX} s after SIGTERM:\n{self.log[-4000:]}") from None
        assert status == 0, f"exit status {status} after SIGTERM:\n{self.log[-4000:]}"

    def kill(self) -> None:
        """kill -9, as a power cut would: nothing is drained."""
        process, self.process = self.process, None
        assert process is not None, "not running"
        assert process.poll() is None, f"died by itself with status {process.poll()}:\n{self.log[-4000:]}"
        process.kill()
        process.wait()

    def abandon(self) -> None:
        """Ends the process whatever its state; for the clean-up of a test that has failed."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def assert_alive(self) -> None:
        """The process that was started still runs and answers."""
        assert self.process is not None and self.process.poll() is None, f"the server died:\n{self.log[-4000:]}"
        assert self.get("/health").status == 200

    def resident_bytes(self) -> int:
        """Resident memory of the process."""
        pages = int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    # --- HTTP ---

    def request(self, method: str, path: str, body=None, headers: dict | None = None, timeout=REQUEST_SECONDS_MAX) -> Response:
        """One request on its own connection; a dict or list body is sent as JSON."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Response(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **options) -> Response:
        return self.request("GET", path, **options)

    def post(self, path: str, body=None, headers: dict | None = None, **options) -> Response:
        return self.request("POST", path, body, headers, **options)

    def bulk(self, body: bytes, path: str = "/_bulk", **headers) -> Response:
        return self.post(path, body, {"Content-Type": "application/x-ndjson", **headers})

    def query(self, **question) -> dict:
        """POST /api/v1/requests/query (`from_` stands for `from`); the answer with `rows` as dicts by column name."""
        if "from_" in question:
            question["from"] = question.pop("from_")
        response = self.post("/api/v1/requests/query", question)
        assert response.status == 200, f"{question} -> {response}"
        answer = response.json()
        names = [column["name"] for column in answer["columns"]]
        answer["rows"] = [dict(zip(names, row, strict=True)) for row in answer["rows"]]
        return answer

    def metrics(self) -> dict[str, float]:
        """/metrics as {'name{labels}': value}."""
        response = self.get("/metrics")
        assert response.status == 200, response
        pattern = re.compile(r"^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$", re.M)
        return {name: float(value) for name, value in pattern.findall(response.text)}
