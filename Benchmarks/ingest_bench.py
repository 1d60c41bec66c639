"""How fast `_bulk` takes in APISIX entries of about 1 KB over HTTP on this machine, and what a record costs.

    ingest_bench.py [--seconds N] [--senders N] [--batch N] [--size-records N] [--data DIR]

Bodies are made before the clock starts; senders are processes that write ready bytes to raw sockets and read the answers.
Server and senders share the machine's cores, so the CPU seconds per million records are the robust figure. The entries
of the timed part come round again (variants x batch distinct ones), each time with other request ids, so that none is
taken for a repeated message; bytes per record are measured on a second,
fresh store with entries that are all distinct: once with a random request id of 16 bytes, once with the trace and span
ids (24 bytes more) that a gateway with tracing logs.
"""

import argparse
import functools
import multiprocessing
import pathlib
import resource
import shutil
import socket
import tempfile
import time

from measuring import REPOSITORY, EntryGenerator, GatewatchServer, bulk_body, cpu_seconds, folder_bytes, is_stored, read_answer, request_bytes

VARIANTS = 8


ID_MARK = b"#" * 12  # the first digits of the request ids, exchanged in each round


def send_for(port: int, sender: int, requests: list[bytes], batch: int, seconds: float, start, results) -> None:
    """One sender: rounds through the requests until the time is over; reports records stored and CPU seconds used."""
    buffer, stored, refused = bytearray(1 << 20), 0, 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        start.wait()
        used = resource.getrusage(resource.RUSAGE_SELF)
        begin, number = time.monotonic(), 0
        while time.monotonic() - begin < seconds:
            connection.sendall(requests[number % len(requests)].replace(ID_MARK, b"%02d%010d" % (sender, number)))
            good = is_stored(read_answer(connection, buffer))
            stored, refused, number = stored + batch * good, refused + batch * (not good), number + 1
        now = resource.getrusage(resource.RUSAGE_SELF)
    results.put((stored, refused, time.monotonic() - begin, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime))


def timed(server: GatewatchServer, options, generator: EntryGenerator) -> None:
    batches = [[{**entry, "request_id": "#" * 12 + entry["request_id"][12:]} for entry in generator.entries(options.batch)] for _ in range(VARIANTS)]
    requests = [request_bytes(bulk_body(batch)) for batch in batches]
    line_bytes = sum(map(len, requests)) / (VARIANTS * options.batch)
    start, results = multiprocessing.Event(), multiprocessing.Queue()
    senders = [multiprocessing.Process(target=send_for, args=(server.port, n, requests[n:] + requests[:n], options.batch, options.seconds, start, results))
               for n in range(options.senders)]
    for sender in senders:
        sender.start()
    before = cpu_seconds(server.process.pid)
    start.set()
    reports = [results.get(timeout=options.seconds + 120) for _ in senders]
    used = cpu_seconds(server.process.pid) - before
    for sender in senders:
        sender.join()
    stored, refused = sum(report[0] for report in reports), sum(report[1] for report in reports)
    elapsed, sender_used = max(report[2] for report in reports), sum(report[3] for report in reports)
    count = server.query(from_="now-3h", to="now", measures=["count"])["rows"][0]["count"]
    print(f"entries                 {line_bytes:,.0f} bytes each with the action line, {options.batch:,} in a request, {options.senders} senders")
    print(f"records per second      {stored / elapsed:,.0f}   ({line_bytes * stored / elapsed / 1e6:,.0f} MB/s)")
    print(f"server CPU              {used / stored * 1e6:.2f} s per million records ({used / elapsed:.2f} cores busy)")
    print(f"senders' CPU            {sender_used / stored * 1e6:.2f} s per million records ({sender_used / elapsed:.2f} cores busy)")
    print(f"stored                  {stored:,} acknowledged, {refused:,} refused; the store counts {count:,}")
    print(f"resident memory         {server.resident_bytes() / 1e6:,.0f} MB at the end")
    assert count == stored, "the store does not hold what it acknowledged"


def sized(server: GatewatchServer, options, generator: EntryGenerator, has_trace: bool) -> None:
    sent = 0
    while sent < options.size_records:
        entries = generator.entries(min(options.batch, options.size_records - sent))
        if not has_trace:
            for entry in entries:
                del entry["request"]["headers"]["traceparent"]
        answer = server.bulk(bulk_body(entries))
        assert answer.status == 200 and answer.json()["errors"] is False, answer
        sent += len(entries)
    before = folder_bytes(server.data)
    assert server.post("/_flush").status == 200
    server.stop()
    after = folder_bytes(server.data)
    what = "with request, trace and span ids" if has_trace else "with request ids"
    print(f"bytes per record        {after / sent:.1f} on disk after a flush ({before / sent:.1f} before), {sent:,} distinct records {what}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--batch", type=int, default=5_000)
    parser.add_argument("--size-records", type=int, default=300_000)
    parser.add_argument("--data", type=pathlib.Path, default=REPOSITORY / "data", help="parent of the temporary store (default: data)")
    options = parser.parse_args()
    now_ms = int(time.time() * 1000)
    generator = EntryGenerator(seed=1, first_ms=now_ms - 7_200_000, last_ms=now_ms - 1_000)
    options.data.mkdir(parents=True, exist_ok=True)
    parts = [timed, functools.partial(sized, has_trace=False), functools.partial(sized, has_trace=True)]
    for part in parts:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=options.data))
        server = GatewatchServer(folder / "store")
        try:
            server.start()
            part(server, options, generator)
        finally:
            server.abandon()
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
