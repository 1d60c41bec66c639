"""Gatewatch as one of the systems that are compared: everything goes over HTTP, as users' does."""

import json
import pathlib
import shutil
import time

import duckdb

from measuring import GatewatchServer, cpu_seconds, folder_bytes
from peers.answers import gatewatch_tables
from peers.dataset import BATCH, Dataset
from peers.documents import settings_text
from peers.http_clients import CONTEXT, Connection, Loader, crowd, timed_ingest, trickle
from peers.questions import Question, Window

INGEST = "/ingest/apisix"
SENDERS = 2
FILE_RECORDS_MIN = 200_000  # records of a file handed to a sender; whole days, so that days come one after another
CONNECTION_SECONDS_MAX = 10  # idle connections are closed by the server while the other systems have their turn
QUIET_SECONDS = 4  # background work counts as done when the store's files have not changed for so long
QUIET_SECONDS_MAX = 600


class Gatewatch:
    name, kind = "Gatewatch", "gatewatch"

    def __init__(self, folder: pathlib.Path, prices: pathlib.Path):
        self.folder, self.prices = folder, prices
        self.server: GatewatchServer | None = None
        self.connection: Connection | None = None
        self.connected = 0.0

    # --- the process ---

    def start(self) -> float:
        """Seconds from the start of the program until it says that it is ready."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        settings = self.folder.parent / f"{self.folder.name}.yaml"
        settings.write_text(settings_text(self.prices))
        self.server = GatewatchServer(self.folder, ["--config", str(settings)])
        seconds = self.server.start()
        self.connect()
        return seconds

    def connect(self) -> None:
        self.connection, self.connected = Connection(self.server.port), time.monotonic()

    def stop(self) -> None:
        if self.server is not None:
            self.connection.close()
            self.server.stop()
            self.server = None

    def abandon(self) -> None:
        if self.server is not None:
            self.server.abandon()
            self.server = None

    @property
    def pid(self) -> int:
        return self.server.process.pid

    def settle(self) -> None:
        """Writes what is in memory to parts and waits for the work that this starts."""
        assert self.server.post("/_flush").status == 200
        begin = changed = time.monotonic()
        before = None
        while time.monotonic() - changed < QUIET_SECONDS and time.monotonic() - begin < QUIET_SECONDS_MAX:
            try:
                now = sorted((path.name, path.stat().st_size) for path in self.folder.rglob("*") if path.is_file())
            except FileNotFoundError:  # removed while we looked: not quiet
                now = None
            if now is None or now != before:
                before, changed = now, time.monotonic()
            time.sleep(0.5)

    # --- questions ---

    def exchange(self, question: Question, window: Window) -> bytes:
        status, body = self.connection.exchange(question.request(window))
        if status != 200:
            raise RuntimeError(f"{question.name}: answer {status}: {bytes(body[:1000])!r}")
        return body

    def ask(self, question: Question, window: Window) -> float:
        """Milliseconds from the request's first byte to the answer's last."""
        if time.monotonic() - self.connected > CONNECTION_SECONDS_MAX:
            self.connection.close()
            self.connect()
        begin = time.perf_counter()
        self.exchange(question, window)
        return (time.perf_counter() - begin) * 1000

    def answer(self, question: Question, window: Window) -> list[list[list]]:
        """Tables of the same form as the databases' rows."""
        self.connection.close()
        self.connect()
        document = json.loads(bytes(self.exchange(question, window)))
        return gatewatch_tables(question, document)

    def crowd(self, clients: list[tuple[Question, list[Window]]], seconds: float) -> list[list[float]]:
        return crowd(self.server.port, [[question.request(window) for window in windows] for question, windows in clients], seconds)

    # --- loading ---

    def load(self, dataset: Dataset, progress) -> dict:
        """Everything over HTTP in batches, the oldest day first. The text is made while the server works: the CPU seconds are its own."""
        begin, used = time.perf_counter(), cpu_seconds(self.pid)
        loader, connection, waiting, rows, sent = Loader(self.server.port, INGEST, SENDERS), duckdb.connect(), [], 0, 0
        for file in dataset.files:
            waiting.append(file)
            rows += connection.execute(f"SELECT count(*) FROM read_parquet('{file}')").fetchone()[0]
            if rows >= FILE_RECORDS_MIN or file == dataset.files[-1]:
                text = dataset.folder / f"sending-{waiting[0].stem}.ndjson"
                dataset.write_text(connection, waiting, text)
                loader.add(text)
                sent, rows, waiting = sent + rows, 0, []
                progress(f"{sent:,} records handed to the senders")
        loader.finish()
        report = {"seconds": time.perf_counter() - begin, "cpu_seconds": cpu_seconds(self.pid) - used}
        self.settle()
        return report | {"cpu_seconds_settled": cpu_seconds(self.pid) - used}

    def timed_ingest(self, text: pathlib.Path, scratch: pathlib.Path) -> dict:
        """The same documents through `/ingest` and, with action lines between, through `_bulk`; each into a fresh store."""
        records, reports = text.read_bytes().count(b"\n"), {}
        for door, path, is_bulk in (("/ingest", INGEST, False), ("_bulk", "/_bulk", True)):
            target = Gatewatch(scratch / "gatewatch-ingest", self.prices)
            try:
                target.start()
                used = cpu_seconds(target.pid)
                seconds = timed_ingest(target.server.port, path, text, SENDERS, is_bulk)
                used = cpu_seconds(target.pid) - used
                count = target.server.query(from_="2000-01-01", to="2100-01-01", measures=["count"])["rows"][0]["count"]
                if count != records:
                    raise AssertionError(f"{records} acknowledged, {count} stored")
            finally:
                target.abandon()
                shutil.rmtree(target.folder, ignore_errors=True)
            reports[door] = {"records_per_second": records / seconds, "cpu_seconds_per_million": used / records * 1e6, "threads": SENDERS}
        return reports

    def stop_and_weigh(self) -> int:
        """Stops it; bytes of disk that everything takes up then (a running store keeps space for its log in reserve)."""
        self.stop()
        return folder_bytes(self.folder)


class LiveIngest:
    """Records that keep coming while questions are asked: the newest minute of the dataset again, under other ids."""

    def __init__(self, server: GatewatchServer, dataset: Dataset, records_per_second: int):
        connection = duckdb.connect()
        newest = f"(FROM {dataset.source_of(dataset.files[-2:])} ORDER BY time DESC LIMIT {BATCH})"
        shift = "INTERVAL ((50000000 * random())::BIGINT) microseconds"
        last = f"make_timestamp({dataset.end}) - {shift}"
        path = dataset.folder / "live.ndjson"
        connection.execute(f"COPY (SELECT * EXCLUDE (start) REPLACE ({last} AS time, '############' || request_id[13:] AS request_id) FROM {newest}) "
                           f"TO '{path}' (FORMAT json)")
        self.stop_event, self.results = CONTEXT.Event(), CONTEXT.Queue()
        body = path.read_bytes()
        path.unlink()
        self.records, rate = body.count(b"\n"), records_per_second / body.count(b"\n")
        self.process = CONTEXT.Process(target=trickle, args=(server.port, INGEST, body, b"#" * 12, rate, self.stop_event, self.results))
        self.process.start()

    def stop(self) -> int:
        """Ends it; how many records were stored."""
        self.stop_event.set()
        report = self.results.get(timeout=120)
        self.process.join()
        if not isinstance(report, int):
            raise RuntimeError(report)
        return report * self.records
