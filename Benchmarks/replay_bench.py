"""Whether memory stays flat: 24 hours of traffic replayed as fast as the server takes it, with a dashboard open.

    replay_bench.py [--records N] [--every SECONDS] [--data DIR]

Records of the last 24 hours come through `_bulk` in order of time, while one user asks the Overview's questions twice a
second. Every few seconds one line: records so far, their rate, resident memory (anonymous: the program's own; file: pages
of parts that the system may take back at any time), bytes on disk, and how long the questions took. At the end the
memory of the second half is compared with that of the first, and again after the server has been idle.
"""

import argparse
import pathlib
import shutil
import statistics
import tempfile
import threading
import time

from measuring import REPOSITORY, GatewatchServer, folder_bytes, load
from query_bench import OVERVIEW, post


def memory(pid: int) -> tuple[int, int]:
    """Anonymous and file-backed resident bytes: proc(5) status."""
    fields = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    return tuple(int(fields[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile"))


class DashboardUser(threading.Thread):
    """Asks the Overview's questions in one batch, twice a second."""

    def __init__(self, server: GatewatchServer):
        super().__init__(daemon=True)
        self.server, self.milliseconds, self.is_over = server, [], threading.Event()

    def run(self) -> None:
        batch = {"from": "now-3d", "to": "now", "queries": list(OVERVIEW.values())}
        while not self.is_over.wait(0.5):
            begin = time.perf_counter()
            post(self.server, batch)
            self.milliseconds.append((time.perf_counter() - begin) * 1000)


def report(server: GatewatchServer, began: float, user: DashboardUser, samples: list[int]) -> None:
    records = server.get("/api/v1/status").json()["store"]["records"]
    anonymous, files = memory(server.process.pid)
    samples.append(anonymous)
    elapsed = time.monotonic() - began
    asked = user.milliseconds[-10:]
    print(f"{elapsed:7.0f} s {records:12,} records {records / elapsed:10,.0f}/s   memory {anonymous / 1e6:6.0f} MB own {files / 1e6:6.0f} MB of files"
          f"   disk {folder_bytes(server.data) / 1e6:8,.0f} MB   Overview {statistics.median(asked) if asked else 0:6.0f} ms", flush=True)


def replay(server: GatewatchServer, options) -> None:
    user, samples, began = DashboardUser(server), [], time.monotonic()
    loader = threading.Thread(target=load, args=(server, options.records), kwargs={"days": 3}, daemon=True)
    user.start()
    loader.start()
    while loader.is_alive():
        loader.join(options.every)
        report(server, began, user, samples)
    user.is_over.set()
    user.join()
    half = len(samples) // 2
    if half:
        first, second = statistics.median(samples[:half]), statistics.median(samples[half:])
        print(f"own memory: median of the first half {first / 1e6:,.0f} MB, of the second {second / 1e6:,.0f} MB ({second / first:.2f} times), most {max(samples) / 1e6:,.0f} MB")
    server.post("/_flush")
    time.sleep(options.idle)
    anonymous, files = memory(server.process.pid)
    print(f"after {options.idle} s idle: {anonymous / 1e6:,.0f} MB own, {files / 1e6:,.0f} MB of files")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000_000, help="records of the replayed hours (default: 10 million)")
    parser.add_argument("--every", type=float, default=5, help="seconds between two lines")
    parser.add_argument("--idle", type=int, default=10, help="seconds to wait at the end")
    parser.add_argument("--data", type=pathlib.Path, default=REPOSITORY / "data", help="parent of the temporary store (default: data)")
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="replay-", dir=options.data))
    server = GatewatchServer(folder / "store")
    try:
        server.start()
        replay(server, options)
    finally:
        server.abandon()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
