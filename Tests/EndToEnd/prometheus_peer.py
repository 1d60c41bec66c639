"""A real Prometheus, and small servers of VictoriaMetrics's, as child processes."""

import pathlib
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import json

import pytest

from gatewatch_server import free_port

START_SECONDS_MAX = 60


def program(name: str) -> str:
    """The path of a Debian program; a test that needs it fails with what to do, since scripts/setup --tests installs it."""
    path = shutil.which(name)
    assert path, f"{name} is missing: run scripts/setup --tests"
    return path


class Peer:
    """A child process that listens on a port of 127.0.0.1; its log lies beside its folder."""

    def __init__(self, folder: pathlib.Path, command: list[str], port: int, ready: str):
        self.port, self.ready, self.log_path = port, ready, folder.parent / f"{folder.name}.log"
        folder.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="replace")[-4000:]

    def wait_ready(self) -> "Peer":
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"{self.process.args} ended:\n{self.log}"
            try:
                with urllib.request.urlopen(self.url + self.ready, timeout=5) as answer:
                    if answer.status == 200:
                        return self
            except OSError:
                pass
            time.sleep(0.05)  # between two polls; the end is decided by the answer
        raise AssertionError(f"not ready after {START_SECONDS_MAX} s:\n{self.log}")

    def request(self, path: str, body: bytes | None = None, headers: dict | None = None) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, data=body, headers=headers or {}), timeout=120) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def ask(self, path: str, **parameters) -> tuple[int, dict]:
        """A form, as Grafana sends it; status and answer."""
        status, body = self.request(path, urllib.parse.urlencode(parameters, doseq=True).encode())
        return status, json.loads(body)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def prometheus(folder: pathlib.Path, configuration: str = "global: {}\n") -> Peer:
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(configuration)
    command = [
        program("prometheus"), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-remote-write-receiver", "--enable-feature=promql-at-modifier,promql-negative-offset", "--log.level=warn",
    ]
    return Peer(folder, command, port, "/-/ready").wait_ready()


def eventually(check, seconds: float = 60, what=""):
    """Asks until the answer is true; returns it. `what` says what is waited for: a text, or a function that makes one once it was in vain."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {what() if callable(what) else what or check}")
        time.sleep(0.1)  # between two polls; the end is decided by the answer
