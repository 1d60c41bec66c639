"""Gatewatch, Prometheus and VictoriaMetrics with the same samples and the same range queries, one after another on this machine.

    promql_bench.py [--days N] [--steps N] [--runs N] [--systems gatewatch,prometheus,victoriametrics] [--json FILE]

2,000 counters and histogram buckets (10 instances, 10 models, see Benchmarks/SeriesBench) every 15 s for seven days, 80.6 million samples, sent by remote write over two
connections from bodies made beforehand, in the order of time; `--steps` scrapes of a half of the series are in one request. Then memory and disk are read, and each query
is asked over 24 hours by 60 s and over 7 days by 10 minutes; the median of the runs after the first is told. `--days 1` is a quick run, in which 7 days are 1.
"""

import argparse
import json
import pathlib
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from measuring import BINARY, REPOSITORY, cpu_seconds, folder_bytes, received
from gatewatch_server import free_port
from prometheus_peer import Peer, program

QUERIES = {
    "rate by model": "sum by (model) (rate(llm_requests_total[5m]))",
    "histogram_quantile by model": "histogram_quantile(0.95, sum by (model, le) (rate(llm_request_duration_seconds_bucket[5m])))",
    "error ratio": 'sum(rate(llm_requests_total{status="500"}[5m])) / sum(rate(llm_requests_total[5m]))',
    "topk of increase": "topk(5, sum by (instance, model) (increase(llm_tokens_total[1h])))",
    "predict_linear": "predict_linear(llm_tokens_total[1h], 3600)",
    "avg_over_time": "avg_over_time(llm_requests_total[30m])",
}
SPANS = {"24 h": (86_400, 60), "7 d": (7 * 86_400, 600)}
SETTLE_SECONDS = 20  # flushes and merges that follow the last samples


def progress(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


class System:
    """A running program, where its samples lie, and what it has used."""

    def __init__(self, name: str, folder: pathlib.Path):
        self.name, self.folder, port = name, folder, free_port()
        folder.mkdir(parents=True)
        if name == "gatewatch":
            command = [str(BINARY), "serve", "--listen", f"127.0.0.1:{port}", "--data", str(folder / "data"), "--log-level", "warning"]
            ready = "/-/ready"
        elif name == "prometheus":
            # Two connections drift apart by more than its head allows when days pass in seconds.
            (folder / "prometheus.yml").write_text("storage:\n  tsdb:\n    out_of_order_time_window: 1d\n")
            command = [
                program("prometheus"), f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address=127.0.0.1:{port}",
                "--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=90d", "--log.level=warn", "--query.max-samples=500000000",
            ]
            ready = "/-/ready"
        else:
            command = [
                program("victoria-metrics"), f"-storageDataPath={folder / 'data'}", f"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=3",
                "-search.maxPointsPerTimeseries=100000", "-loggerLevel=WARN", "-search.disableCache",
            ]
            ready = "/health"
        self.peer = Peer(folder / "log", command, port, ready).wait_ready()
        self.port, self.pid = port, self.peer.process.pid

    def memory(self, field: str) -> int:
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        return 0

    def write(self, bodies: pathlib.Path) -> None:
        """Sends a file of bodies over one connection, each after the answer to the one before."""
        head = b"POST /api/v1/write HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Encoding: snappy\r\nX-Prometheus-Remote-Write-Version: 0.1.0\r\nContent-Length: %d\r\n\r\n"
        with bodies.open("rb", buffering=1 << 20) as source, socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            buffer = bytearray(65_536)
            while size := source.read(4):
                body = source.read(struct.unpack("<I", size)[0])
                connection.sendall(head % len(body) + body)
                filled = 0
                while buffer.find(b"\r\n\r\n", 0, filled) < 0:
                    filled += received(connection.recv_into(memoryview(buffer)[filled:]))
                assert buffer.startswith((b"HTTP/1.1 204", b"HTTP/1.1 200")), bytes(buffer[:500])

    def ask(self, query: str, start: int, end: int, step: int) -> tuple[float, int]:
        """Seconds until the whole answer is there, and its series."""
        form = urllib.parse.urlencode({"query": query, "start": start, "end": end, "step": step}).encode()
        began = time.perf_counter()
        status, body = self.peer.request("/api/v1/query_range", form)
        seconds = time.perf_counter() - began
        assert status == 200, body[:500]
        return seconds, body.count(b'"metric"')


def measure(name: str, folder: pathlib.Path, bodies: pathlib.Path, samples: int, end: int, options) -> dict:
    progress(f"{name}: loading {samples / 1e6:.1f} million samples")
    system = System(name, folder)
    try:
        cpu, began = cpu_seconds(system.pid), time.monotonic()
        threads = [threading.Thread(target=system.write, args=(bodies.with_name(f"{bodies.name}.{half}"),)) for half in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began
        spent = cpu_seconds(system.pid) - cpu
        found = {"samples/s": samples / seconds, "CPU s per million": spent / samples * 1e6, "peak MiB loading": system.memory("VmHWM") / 2**20}
        time.sleep(SETTLE_SECONDS)
        found["MiB after load"] = system.memory("VmRSS") / 2**20
        found["CPU s per million, settled"] = (cpu_seconds(system.pid) - cpu) / samples * 1e6
        found["bytes per sample"] = folder_bytes(folder / "data") / samples
        for span, (length, step) in SPANS.items():
            for title, query in QUERIES.items():
                runs = []
                for run in range(options.runs + 1):
                    # Each run looks a step further back, so that nobody answers from what it said before.
                    last = end - 60 - run * step
                    taken, series = system.ask(query, max(last - length, end - options.days * 86_400), last, step)
                    runs.append(taken)
                assert series, query
                found[f"{title}, {span} [ms]"] = statistics.median(runs[1:]) * 1_000
        found["MiB after queries"] = system.memory("VmRSS") / 2**20
        return found
    finally:
        system.peer.stop()


def table(results: dict[str, dict]) -> str:
    names = list(results)
    peers = [name for name in names if name != "gatewatch"]
    lines = ["| | " + " | ".join(names) + " | best peer / Gatewatch |", "|---|" + "---:|" * (len(names) + 1)]
    for row in results[names[0]]:
        values = {name: results[name][row] for name in names}
        ratio = ""
        if "gatewatch" in values and peers:
            more_is_better = row == "samples/s"
            best = (max if more_is_better else min)(values[name] for name in peers)
            ratio = f"{values['gatewatch'] / best if more_is_better else best / values['gatewatch']:.2f}"
        lines.append(f"| {row} | " + " | ".join(f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in values.values()) + f" | {ratio} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--steps", type=int, default=10, help="scrapes in a request")
    parser.add_argument("--runs", type=int, default=5, help="runs of each query, after one that warms up")
    parser.add_argument("--systems", default="gatewatch,prometheus,victoriametrics")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--sender", type=pathlib.Path, default=REPOSITORY / ".build/release/SeriesBench")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="promql-bench-"))
    try:
        end = int(time.time()) // 15 * 15
        progress("making the bodies")
        bodies = folder / "bodies"
        subprocess.run([options.sender, "bodies", "--days", str(options.days), "--steps", str(options.steps), "--end", str(end), "--file", str(bodies)], check=True)
        samples = 2_000 * options.days * 5_760
        results = {name: measure(name, folder / name, bodies, samples, end, options) for name in options.systems.split(",")}
        print(f"{samples / 1e6:.1f} million samples, {2_000 * options.steps // 2} in a request, two connections; seconds are the median of {options.runs} runs\n")
        print(table(results))
        if options.json:
            options.json.write_text(json.dumps(results, indent=1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
