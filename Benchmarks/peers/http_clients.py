"""HTTP clients in processes of their own: ready bytes to raw sockets, so that the measuring costs little of the machine that is measured."""

import multiprocessing
import pathlib
import queue
import socket
import threading
import time

from peers.dataset import batches

CONTEXT = multiprocessing.get_context("spawn")  # a fork of a process in which an engine has threads may hang
CLIENT_PROCESSES = 2
READY = ()  # a sender's first report
READY_SECONDS_MAX = 120  # making the bodies takes some seconds
SENDING_SECONDS_MAX = 600  # far above what a system takes that works


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray(1 << 16)

    def exchange(self, request: bytes) -> tuple[int, memoryview]:
        """Status and body of the answer; the body is valid until the next exchange."""
        self.socket.sendall(request)
        filled, end = 0, -1
        while end < 0:
            filled += self.receive(filled)
            end = self.buffer.find(b"\r\n\r\n", 0, filled)
        head = bytes(self.buffer[:end]).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        while filled < end + 4 + length:
            filled += self.receive(filled)
        return int(head[9:12]), memoryview(bytes(self.buffer[end + 4 : end + 4 + length]))

    def receive(self, filled: int) -> int:
        if filled == len(self.buffer):
            self.buffer.extend(bytes(len(self.buffer)))
        count = self.socket.recv_into(memoryview(self.buffer)[filled:])
        if count == 0:
            raise ConnectionError("the server closed the connection")
        return count

    def close(self) -> None:
        self.socket.close()


def post(path: str, body: bytes) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def bulk(body: bytes) -> bytes:
    """The same documents with the action lines of Elasticsearch's `_bulk`."""
    return b"".join(b'{"index":{"_index":"gateway"}}\n' + line for line in body.splitlines(keepends=True))


def deliver(connection: Connection, request: bytes) -> None:
    """Sends a batch until the server takes it; anything but "all stored" is an error."""
    while True:
        status, body = connection.exchange(request)
        if status == 429:
            time.sleep(0.05)
            continue
        text = bytes(body[:400])
        if status != 200 or not (b'"rejected":0' in text or b'"errors":false' in text):
            raise RuntimeError(f"answer {status}: {text!r}")
        return


# --- asking ---


def ask_for(share: int, port: int, clients: list[list[bytes]], seconds: float, results) -> None:
    """A thread for each client: it sends its variants in turn until the time is over."""
    times: list[list[float]] = [[] for _ in clients]
    failures: list[str] = []
    end = time.perf_counter() + seconds

    def loop(number: int, variants: list[bytes]) -> None:
        try:
            connection, turn = Connection(port), 0
            while (begin := time.perf_counter()) < end:
                status, body = connection.exchange(variants[turn % len(variants)])
                if status != 200:
                    raise RuntimeError(f"answer {status}: {bytes(body[:400])!r}")
                times[number].append((time.perf_counter() - begin) * 1000)
                turn += 1
            connection.close()
        except Exception as error:  # told to the parent: a thread has nobody else
            failures.append(repr(error))

    threads = [threading.Thread(target=loop, args=(number, variants)) for number, variants in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put((share, times, failures))


def crowd(port: int, clients: list[list[bytes]], seconds: float) -> list[list[float]]:
    """Milliseconds of all answers, for each client."""
    results = CONTEXT.Queue()
    shares = [clients[number::CLIENT_PROCESSES] for number in range(CLIENT_PROCESSES)]
    processes = [CONTEXT.Process(target=ask_for, args=(number, port, share, seconds, results)) for number, share in enumerate(shares) if share]
    for process in processes:
        process.start()
    times: list[list[float]] = [[] for _ in clients]
    failures: list[str] = []
    for _ in processes:
        number, share_times, failed = results.get(timeout=seconds + SENDING_SECONDS_MAX)
        times[number::CLIENT_PROCESSES] = share_times
        failures += failed
    for process in processes:
        process.join()
    if failures:
        raise RuntimeError(failures[0])
    return times


# --- sending ---


def send_files(port: int, path: str, files, done) -> None:
    """Takes names of files from a queue until None comes, sends their lines in batches and removes them."""
    connection = Connection(port)
    try:
        while (name := files.get()) is not None:
            for body in batches(pathlib.Path(name).read_bytes()):
                deliver(connection, post(path, body))
            pathlib.Path(name).unlink()
        done.put(None)
    except Exception as error:
        done.put(repr(error))


class Loader:
    """Senders that load files in the background."""

    def __init__(self, port: int, path: str, senders: int):
        self.files, self.done = CONTEXT.Queue(maxsize=2), CONTEXT.Queue()
        self.processes = [CONTEXT.Process(target=send_files, args=(port, path, self.files, self.done)) for _ in range(senders)]
        for process in self.processes:
            process.start()

    def add(self, file: pathlib.Path) -> None:
        while True:
            self.check(wait=False)
            try:
                return self.files.put(str(file), timeout=1)
            except queue.Full:
                continue

    def check(self, wait: bool) -> None:
        try:
            failure = self.done.get(timeout=SENDING_SECONDS_MAX) if wait else self.done.get_nowait()
        except queue.Empty:
            if wait:
                raise RuntimeError("a sender is stuck") from None
            return
        if failure is not None:
            raise RuntimeError(failure)

    def finish(self) -> None:
        for _ in self.processes:
            self.files.put(None)
        for _ in self.processes:
            self.check(wait=True)
        for process in self.processes:
            process.join()


def send_ready(port: int, path: str, file: str, first: int, step: int, is_bulk: bool, start, results) -> None:
    """Sends every step-th batch of a file; the batches are made before the clock starts."""
    try:
        bodies = batches(pathlib.Path(file).read_bytes())[first::step]
        requests = [post(path, bulk(body) if is_bulk else body) for body in bodies]
        connection = Connection(port)
        connection.exchange(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        results.put(READY)
        start.wait()
        begin = time.perf_counter()
        for request in requests:
            deliver(connection, request)
        results.put((begin, time.perf_counter()))
    except Exception as error:
        results.put(repr(error))


def timed_ingest(port: int, path: str, file: pathlib.Path, senders: int, is_bulk: bool) -> float:
    """Seconds from the first byte to the last answer."""
    start, results = CONTEXT.Event(), CONTEXT.Queue()
    processes = [CONTEXT.Process(target=send_ready, args=(port, path, str(file), number, senders, is_bulk, start, results)) for number in range(senders)]
    for process in processes:
        process.start()
    for _ in processes:
        reported(results, READY_SECONDS_MAX)
    start.set()
    # perf_counter is the machine's monotonic clock, the same for all processes.
    times = [reported(results, SENDING_SECONDS_MAX) for _ in processes]
    for process in processes:
        process.join()
    return max(end for _, end in times) - min(begin for begin, _ in times)


def reported(results, seconds: float) -> tuple:
    """What the next process reports; text is an error."""
    report = results.get(timeout=seconds)
    if isinstance(report, str):
        raise RuntimeError(report)
    return report


# --- sending all the time ---


def trickle(port: int, path: str, body: bytes, ids: bytes, per_second: float, stop, results) -> None:
    """Sends a batch over and over at a fixed rate, each time with other ids, until told to stop; reports how many batches."""
    connection, sent, next_time = Connection(port), 0, time.monotonic()
    try:
        while not stop.is_set():
            deliver(connection, post(path, body.replace(ids, b"%012x" % sent)))
            sent += 1
            next_time += 1 / per_second
            time.sleep(max(0.0, next_time - time.monotonic()))
        results.put(sent)
    except Exception as error:
        results.put(repr(error))
