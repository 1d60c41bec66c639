"""How fast dashboards are answered: many users opening them over a full store while records come in, and what open pages cost.

    dashboards_bench.py [--records N] [--days N] [--users N] [--rounds N] [--idle SECONDS] [--ingest N] [--data DIR] [--slow MS]

Records are stored through `_bulk`, spread over the last days (or found in --data). A browser opens every dashboard over the whole time once, and what it asks is
kept (page_batches.py). Then --users users open all dashboards --rounds times each, in an order of their own, while --ingest records a second are stored: once all
over the same range, as people do, and once each over a range of their own, where no answer serves two. Printed are, for each dashboard, the time until all of its
answers are there, and their bytes as they go over the wire. Panels whose questions take longer than --slow ms when they
are asked alone and again are listed. At the end --users users look at an hour of the Overview that follows the clock: the CPU time of that is what was
used beyond storing the records alone.
"""

import argparse
import concurrent.futures
import gzip
import http.client
import json
import pathlib
import random
import shutil
import tempfile
import threading
import time

from measuring import REPOSITORY, GatewatchServer, bulk_body, cpu_seconds, load
from page_batches import moved, of_now, record, with_known
from query_bench import quantile
from apisix_entries import EntryGenerator

GZIP = b"\x1f\x8b"
REFRESH_SECONDS = 1  # the page's pace over an hour: refreshInterval of web/app/time-range.js


def ask(connection: http.client.HTTPConnection, body: dict) -> tuple[bytes, int]:
    """The answer's body, still compressed where it came so, and its bytes on the wire."""
    connection.request("POST", "/api/v1/panels/query", json.dumps(body), {"Content-Type": "application/json", "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    content = answer.read()
    assert answer.status == 200, content[:500]
    return content, len(content)


def plain(server: GatewatchServer, body: dict) -> list[dict]:
    answer = server.post("/api/v1/panels/query", body)
    assert answer.status == 200, answer
    return answer.json()["results"]


class Ingest:
    """Stores records of now at a steady pace until it is left."""

    def __init__(self, server: GatewatchServer, per_second: int):
        self.server, self.per_second, self.ends = server, per_second, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        number = 0
        while self.per_second and not self.ends.wait(0.5):
            now = int(time.time() * 1000)
            number += 1
            entries = EntryGenerator(number, now - 500, now).entries(max(1, self.per_second // 2))
            assert self.server.bulk(bulk_body(entries)).json()["errors"] is False

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends.set()
        self.thread.join()


APART_SECONDS = 1_800  # between the ranges of two users who share nothing


def open_dashboards(server: GatewatchServer, batches: dict, recorded: float, users: int, rounds: int, shares: bool = True) -> dict:
    """Seconds of every opening, by dashboard."""
    def asked(body: dict, number: int) -> dict:
        now = time.time() - recorded
        return moved(body, now) if shares else moved(of_now(body), now - number * APART_SECONDS)

    def user(number: int) -> list[tuple[str, float, int]]:
        order, taken = random.Random(number), []
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for _ in range(rounds):
            for name in order.sample(sorted(batches), len(batches)):
                begin, size = time.perf_counter(), 0
                for body in batches[name]:
                    size += ask(connection, asked(body, number))[1]
                taken.append((name, time.perf_counter() - begin, size))
        return taken

    found: dict[str, list] = {name: [] for name in batches}
    with concurrent.futures.ThreadPoolExecutor(users) as pool:
        for name, seconds, size in (opening for taken in pool.map(user, range(users)) for opening in taken):
            found[name].append((seconds, size))
    return found


def tell_openings(found: dict) -> None:
    for name, openings in found.items():
        times = sorted(seconds * 1000 for seconds, _ in openings)
        print(f"  {name:24} p50 {quantile(times, 0.5):8.1f} ms   p99 {quantile(times, 0.99):8.1f} ms   {openings[0][1] / 1024:8.1f} KiB", flush=True)


def tell_slow(server: GatewatchServer, batches: dict, limit_ms: float) -> None:
    for name, bodies in batches.items():
        for query in (query for body in bodies for query in body["queries"]):
            best = float("inf")
            for _ in range(3):
                begin = time.perf_counter()
                answer = plain(server, of_now({"queries": [query]}))[0]
                best = min(best, (time.perf_counter() - begin) * 1000)
            if best > limit_ms:
                shown = {key: value for key, value in query.items() if key not in ("from", "to", "time_zone")}
                print(f"  {name:24} {best:8.1f} ms   {answer.get('stats', {}).get('source', '-'):20} {json.dumps(shown)[:200]}", flush=True)


def idle_cost(server: GatewatchServer, bodies: list[dict], recorded: float, users: int, seconds: float) -> float:
    """CPU seconds of the server a second while so many pages follow the clock."""
    ends = time.time() + seconds

    def user(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        asked = bodies
        time.sleep(REFRESH_SECONDS * number / users)  # pages were opened at any moment
        while time.time() < ends:
            begin, known = time.time(), []
            for body in asked:
                content = ask(connection, moved(body, begin - recorded))[0]
                results = json.loads(gzip.decompress(content) if content.startswith(GZIP) else content)["results"]
                known.append(with_known(body, results))
            asked = known
            time.sleep(max(0, REFRESH_SECONDS - (time.time() - begin)))

    used, begin = cpu_seconds(server.process.pid), time.time()
    with concurrent.futures.ThreadPoolExecutor(users) as pool:
        list(pool.map(user, range(users)))
    return (cpu_seconds(server.process.pid) - used) / (time.time() - begin)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=20_000_000)
    options.add_argument("--days", type=float, default=90)
    options.add_argument("--users", type=int, default=20)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--idle", type=float, default=30)
    options.add_argument("--ingest", type=int, default=200, help="records a second")
    options.add_argument("--data", type=pathlib.Path, help="a folder to keep, and to find again")
    options.add_argument("--slow", type=float, default=20)
    options = options.parse_args()
    folder = options.data or pathlib.Path(tempfile.mkdtemp(prefix="gatewatch-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    server = GatewatchServer(folder / "data", ["--web", str(REPOSITORY / "web")])
    try:
        server.start()
        if server.get("/api/v1/status").json()["store"]["records"] < options.records:
            begin = time.time()
            load(server, options.records, days=options.days)
            print(f"stored {options.records:,} records in {time.time() - begin:.0f} s", flush=True)
        measure(server, options)
        server.stop()
    finally:
        server.abandon()
        if not options.data:
            shutil.rmtree(folder)


def measure(server: GatewatchServer, options) -> None:
    pages = [dashboard["id"] for dashboard in server.get("/api/v1/dashboards").json()["dashboards"]]
    recorded = time.time()
    batches = record(server.url, pages, f"from=now-{options.days:g}d&refresh=off")
    count = sum(len(body["queries"]) for bodies in batches.values() for body in bodies)
    print(f"{len(pages)} dashboards, {count} questions; {options.records:,} records over {options.days:g} days", flush=True)
    with Ingest(server, options.ingest):
        print(f"one user, every answer made anew, {options.ingest} records a second coming in", flush=True)
        tell_openings(open_dashboards(server, batches, recorded, 1, options.rounds, shares=False))
        print(f"{options.users} users at the same time over the same range", flush=True)
        tell_openings(open_dashboards(server, batches, recorded, options.users, options.rounds))
        print(f"{options.users} users at the same time, each over a range of their own, once", flush=True)
        tell_openings(open_dashboards(server, batches, recorded, options.users, 1, shares=False))
        print(f"questions that take longer than {options.slow:g} ms alone", flush=True)
        tell_slow(server, batches, options.slow)
        hour_recorded = time.time()
        hour = record(server.url, ["overview"], "from=now-1h&refresh=off")["overview"]
        used, begin = cpu_seconds(server.process.pid), time.time()
        time.sleep(options.idle)
        alone = (cpu_seconds(server.process.pid) - used) / (time.time() - begin)
        watched = idle_cost(server, hour, hour_recorded, options.users, options.idle)
        print(f"{options.users} users on an hour of the Overview: {watched - alone:.3f} cores ({watched:.3f}, of which {alone:.3f} without them)", flush=True)


if __name__ == "__main__":
    main()
