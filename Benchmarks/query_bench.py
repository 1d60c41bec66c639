"""How fast the Overview's questions are answered over 1 million and 10 million records, and how fast records are scanned.

    query_bench.py [--records N ...] [--days N] [--repeats N] [--data DIR]

Records are stored through `_bulk`, spread over the last days, and flushed to parts. Each question is asked once (`first`) and then --repeats
times; `whole page` is all of them in one batch, as the page asks them. The scan rate is that of a
question no index, rollup or kept finding helps with (its filter is new each time), in records per CPU second of the server.
"""

import argparse
import math
import pathlib
import shutil
import tempfile
import time

from measuring import REPOSITORY, GatewatchServer, cpu_seconds, folder_bytes, load

# The questions of web/app/pages/overview.js.
OVERVIEW = {
    "tiles": {"measures": ["count", "rate", "ratio(status >= 500)", "ratio(status >= 400)", "p95(duration)", "sum(cost)",
                           "rate(input_tokens)", "rate(output_tokens)"]},
    "p95 first token": {"measures": ["p95(ttft)"], "where": "stream: true"},
    "request rate": {"measures": ["rate"], "every": "auto"},
    "traffic by status": {"measures": ["count"], "by": ["status_class"], "every": "auto"},
    "latency band": {"measures": ["p50(duration)", "p95(duration)", "p99(duration)"], "every": "auto"},
    "providers": {"measures": ["count", "ratio(status >= 400)", "p95(duration)"], "by": ["provider"]},
    "clients": {"measures": ["count", "ratio(status >= 400)", "p95(duration)", "sum(cost)"], "by": ["client"], "limit": 10},
    "models": {"measures": ["count", "ratio(status >= 400)", "p95(duration)", "sum(cost)"], "by": ["model"], "limit": 10},
}
SCANS = {
    "filter, group, sum": {"measures": ["count", "sum(output_tokens)", "sum(duration)"], "by": ["model"], "where": "status < 500"},
    "p95 by model": {"measures": ["p95(duration)"], "by": ["model"]},
    "distinct ids": {"measures": ["distinct(request_id)"]},
}


def quantile(sorted_values: list[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


def latencies(repeats: int, ask) -> str:
    """Asks once, then repeatedly; the first time, median and 99th percentile in milliseconds."""
    begin = time.perf_counter()
    ask()
    first = (time.perf_counter() - begin) * 1000
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begin) * 1000)
    times.sort()
    return f"first {first:8.1f} ms   median {quantile(times, 0.5):8.1f} ms   p99 {quantile(times, 0.99):8.1f} ms"


def post(server: GatewatchServer, question: dict) -> dict:
    answer = server.post("/api/v1/requests/query", question)
    assert answer.status == 200, answer
    return answer.json()


def measure(server: GatewatchServer, records: int, options) -> None:
    begin = time.monotonic()
    load(server, records, days=options.days)
    assert server.post("/_flush").status == 200
    print(f"\n{records:,} records over {options.days} days, stored in {time.monotonic() - begin:,.0f} s, "
          f"{folder_bytes(server.data) / records:.1f} bytes each on disk")
    span = {"from": f"now-{options.days}d", "to": "now"}
    for name, question in OVERVIEW.items():
        print(f"  {name:22}{latencies(options.repeats, lambda q=question: post(server, span | q))}")
    batch = {**span, "queries": list(OVERVIEW.values())}
    assert all("error" not in result for result in post(server, batch)["results"])
    print(f"  {'whole page':22}{latencies(options.repeats, lambda: post(server, batch))}")
    newest = f"/api/v1/requests?from=now-{options.days}d&limit=50"
    print(f"  {'newest 50 records':22}{latencies(options.repeats, lambda: server.get(newest))}")
    for name, question in SCANS.items():
        read, used, begin = 0, cpu_seconds(server.process.pid), time.perf_counter()
        for number in range(options.repeats):
            where = " and ".join([*([question["where"]] if "where" in question else []), f"duration >= {number}ms"])
            read += post(server, span | question | {"where": where})["stats"]["records_read"]
        used, elapsed = cpu_seconds(server.process.pid) - used, time.perf_counter() - begin
        print(f"  scan: {name:22}{read / used / 1e6:8.1f} M records per CPU second, {read / elapsed / 1e6:8.1f} M per second")
    print(f"  resident memory       {server.resident_bytes() / 1e6:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--data", type=pathlib.Path, default=REPOSITORY / "data", help="parent of the temporary store (default: data)")
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    for records in options.records:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=options.data))
        server = GatewatchServer(folder / "store")
        try:
            server.start()
            measure(server, records, options)
        finally:
            server.abandon()
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
