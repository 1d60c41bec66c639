"""What the benchmarks share: readings of a process's costs, ready-made requests, and loading many records quickly."""

import os
import pathlib
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Tests/EndToEnd"))
from apisix_entries import EntryGenerator, bulk_body  # noqa: E402
from gatewatch_server import BINARY, REPOSITORY, GatewatchServer  # noqa: E402, F401

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
WINDOW_MS = 100_000_000  # what the leading digits of a time in milliseconds count: 27.8 hours


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process: fields 14 and 15 of proc(5) stat."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def folder_bytes(folder: pathlib.Path) -> int:
    """Bytes of disk that the files take up (allocated blocks, so that space kept in reserve counts too)."""
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


def request_bytes(body: bytes) -> bytes:
    return (f"POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body


def read_answer(connection: socket.socket, buffer: bytearray) -> bytes:
    """Reads one answer with a Content-Length; returns its head and at least the first 100 bytes of its body."""
    view, filled = memoryview(buffer), 0
    while (end := buffer.find(b"\r\n\r\n", 0, filled)) < 0:
        filled += received(connection.recv_into(view[filled:]))
    length = int(bytes(view[:end]).lower().split(b"content-length:")[1].split(b"\r\n")[0])
    wanted = end + 4 + length
    while filled < min(wanted, end + 104):
        filled += received(connection.recv_into(view[filled:]))
    beginning, missing = bytes(view[:filled]), wanted - filled
    while missing > 0:
        missing -= received(connection.recv_into(view[: min(missing, len(buffer))]))
    return beginning


def received(count: int) -> int:
    if count == 0:
        raise ConnectionError("the server closed the connection")
    return count


def is_stored(answer: bytes) -> bool:
    return answer.startswith(b"HTTP/1.1 200") and b'"errors":false' in answer


def load(server: GatewatchServer, records: int, batch: int = 5_000, days: float = 30) -> None:
    """Stores records spread evenly over the last days, through `_bulk`.

    A few bodies are made once; each time one is sent, the leading digits of its times and the first digits of its
    request ids are exchanged, so that times spread and ids differ without making millions of entries in Python.
    """
    now_ms = int(time.time() * 1000)
    newest = now_ms // WINDOW_MS - 1  # the last whole window
    generator = EntryGenerator(seed=2, first_ms=newest * WINDOW_MS + 1_000_000, last_ms=(newest + 1) * WINDOW_MS - 1_000)
    templates = []
    for _ in range(16):
        entries = [{**entry, "request_id": "#" * 12 + entry["request_id"][12:]} for entry in generator.entries(batch)]
        templates.append(bulk_body(entries))
    windows = max(1, int(days * 86_400_000 // WINDOW_MS) - 1)
    sent, buffer = 0, bytearray(1 << 20)
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        while sent < records:
            number = sent // batch
            window = newest - windows + 1 + sent * windows // records  # oldest first, as time goes
            body = templates[number % len(templates)].replace(b'"start_time":%d' % newest, b'"start_time":%d' % window)
            connection.sendall(request_bytes(body.replace(b"#" * 12, b"%012d" % number)))
            answer = read_answer(connection, buffer)
            assert is_stored(answer), answer[:1000]
            sent += batch
