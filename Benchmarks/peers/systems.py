"""What the three systems have in common for the comparison, and ClickHouse and DuckDB behind it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from measuring import cpu_seconds
from peers.dataset import Dataset, batches
from peers.questions import CLICKHOUSE, DUCKDB, Question, Window

# The columns in the order of the Parquet files, which is that of the documents' keys too.
COLUMNS = [
    ("time", "instant"), ("start", "instant"), ("duration_ms", "number"), ("ttft_ms", "number"), ("upstream_ms", "number"), ("provider", "name"),
    ("model", "name"), ("operation", "name"), ("stream", "flag"), ("route", "name"), ("method", "name"), ("path", "name"), ("status", "status"),
    ("error_type", "name"), ("client", "name"), ("gateway_node", "name"), ("user_agent", "name"), ("input_tokens", "number"), ("output_tokens", "number"),
    ("total_tokens", "number"), ("cache_read_tokens", "number"), ("cost_nanousd", "money"), ("request_size", "number"), ("response_size", "number"),
    ("request_id", "id"),
]
# As ClickHouse's documentation recommends: low-cardinality strings, no Nullable (absent is 0 or empty), codecs before ZSTD where they help.
CLICKHOUSE_TYPES = {
    "instant": "DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1))", "number": "UInt32 CODEC(T64, ZSTD(1))", "name": "LowCardinality(String) CODEC(ZSTD(1))",
    "flag": "Bool CODEC(ZSTD(1))", "status": "UInt16 CODEC(T64, ZSTD(1))", "money": "Int64 CODEC(T64, ZSTD(1))", "id": "UUID CODEC(ZSTD(1))",
}
DUCKDB_TYPES = {"instant": "TIMESTAMP", "number": "UINTEGER", "name": "VARCHAR", "flag": "BOOLEAN", "status": "USMALLINT", "money": "BIGINT", "id": "UUID"}


def drop_cached(folder: pathlib.Path) -> None:
    """Makes the system forget its copies of the files (POSIX_FADV_DONTNEED), as after a restart of the machine; touches nobody else's."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def memory(pid: int) -> dict:
    """Resident memory in bytes: now, that part of it that is not a file's, and the most there was."""
    lines = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return {name: int(lines[key].split()[0]) * 1024 for name, key in (("resident", "VmRSS"), ("own", "RssAnon"), ("peak", "VmHWM"))}


class Database:
    """An engine in a child process; see database_process.py."""

    def __init__(self, kind: str, name: str, words: dict, folder: pathlib.Path):
        self.kind, self.name, self.words, self.folder = kind, name, words, folder
        self.process: subprocess.Popen | None = None

    # --- the process ---

    def start(self) -> float:
        """Seconds until the engine has answered `SELECT 1`; the start of Python and the import of the library are in it."""
        begin = time.perf_counter()
        self.folder.mkdir(parents=True, exist_ok=True)
        script = pathlib.Path(__file__).with_name("database_process.py")
        with (self.folder.parent / f"{self.kind}.log").open("ab") as log:
            self.process = subprocess.Popen([sys.executable, str(script), self.kind, str(self.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=log, text=True)
        self.read()
        return time.perf_counter() - begin

    def stop(self) -> None:
        if self.process is not None:
            self.process.stdin.close()
            self.process.wait(120)
            self.process.stdout.close()
            self.process = None

    def abandon(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    @property
    def pid(self) -> int:
        return self.process.pid

    def read(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with status {self.process.wait()}; see {self.kind}.log")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{self.name}: {answer['error']}")
        return answer

    def command(self, **command) -> dict:
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.read()

    def execute(self, *statements: str) -> dict:
        return self.command(do="ask", statements=statements)

    # --- questions ---

    def statements(self, question: Question, window: Window) -> list[str]:
        return question.statements(self.words, window, self.table)

    def ask(self, question: Question, window: Window) -> float:
        """Milliseconds of one answer, rows fetched into Python."""
        return self.command(do="ask", statements=self.statements(question, window))["ms"]

    def answer(self, question: Question, window: Window) -> list[list[list]]:
        return self.command(do="ask", statements=self.statements(question, window), rows=True)["tables"]

    def crowd(self, clients: list[tuple[Question, list[Window]]], seconds: float) -> list[list[float]]:
        variants = [[self.statements(question, window) for window in windows] for question, windows in clients]
        return self.command(do="crowd", clients=variants, seconds=seconds)["times"]

    # --- loading ---

    def timed_ingest(self, text: pathlib.Path, scratch: pathlib.Path) -> dict:
        """Batches as single INSERTs into a fresh table, from one thread and from two; the better of the two counts."""
        bodies = batches(text.read_bytes())
        memory_folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else scratch
        results = []
        with tempfile.TemporaryDirectory(dir=memory_folder) as folder:
            files = [f"{folder}/{number}.ndjson" for number in range(len(bodies))]
            for name, body in zip(files, bodies, strict=True):
                pathlib.Path(name).write_bytes(body)
            for threads in (1, 2):
                target = type(self)(scratch / f"{self.kind}-{threads}")
                try:
                    target.start()
                    target.create()
                    report = target.command(do="ingest", files=files, threads=threads)
                    results.append(report | {"threads": threads})
                finally:
                    target.abandon()
                    shutil.rmtree(target.folder, ignore_errors=True)
        records = text.read_bytes().count(b"\n")
        best = min(results, key=lambda report: report["seconds"])
        return {"records_per_second": records / best["seconds"], "cpu_seconds_per_million": best["cpu_seconds"] / records * 1e6, "threads": best["threads"]}

    def measured_load(self, load) -> dict:
        begin, used = time.perf_counter(), cpu_seconds(self.pid)
        load()
        return {"seconds": time.perf_counter() - begin, "cpu_seconds": cpu_seconds(self.pid) - used}


class ClickHouse(Database):
    """A MergeTree table in the order of time, a partition a month."""

    table = "gateway.requests"

    def __init__(self, folder: pathlib.Path):
        super().__init__("clickhouse", "ClickHouse", CLICKHOUSE, folder)

    def create(self) -> None:
        columns = ", ".join(f"{name} {CLICKHOUSE_TYPES[kind]}" for name, kind in COLUMNS)
        self.execute("CREATE DATABASE IF NOT EXISTS gateway",
                     f"CREATE TABLE gateway.requests ({columns}) ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY time")

    def load(self, dataset: Dataset, progress) -> dict:
        self.create()

        def load() -> None:
            for number, file in enumerate(dataset.files):
                self.execute(f"INSERT INTO gateway.requests SELECT * FROM file('{file}', Parquet)")
                if number % 10 == 9:
                    progress(f"{number + 1} of {len(dataset.files)} days")
            progress("OPTIMIZE TABLE ... FINAL")
            self.execute("OPTIMIZE TABLE gateway.requests FINAL")

        return self.measured_load(load)

    def stop_and_weigh(self) -> int:
        """Of the parts that count: what was merged away stays on disk for some minutes."""
        statement = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND table = 'requests'"
        weight = int(self.command(do="ask", rows=True, statements=[statement])["tables"][0][0][0])
        self.stop()
        return weight


class DuckDB(Database):
    """A table in a database file, in the order of time, so that its row groups can be skipped by time."""

    table = "requests"

    def __init__(self, folder: pathlib.Path):
        super().__init__("duckdb", "DuckDB", DUCKDB, folder)

    def create(self) -> None:
        self.execute("CREATE TABLE requests (" + ", ".join(f"{name} {DUCKDB_TYPES[kind]}" for name, kind in COLUMNS) + ")")

    def load(self, dataset: Dataset, progress) -> dict:
        self.create()

        def load() -> None:
            # One statement: many would leave many small row groups.
            self.execute(f"INSERT INTO requests SELECT * FROM {dataset.source_of(dataset.files)}", "CHECKPOINT")

        return self.measured_load(load)

    def stop_and_weigh(self) -> int:
        """Of the blocks in use: free ones in the file are used again."""
        statement = "SELECT used_blocks * block_size FROM pragma_database_size()"
        weight = int(self.command(do="ask", rows=True, statements=[statement])["tables"][0][0][0])
        self.stop()
        return weight
