"""One database engine in a process of its own, driven by lines of JSON: `database_process.py clickhouse|duckdb FOLDER`.

Both engines are libraries; a process of their own gives each a fresh start, its own resident memory and CPU time. Commands come on standard
input, one object a line, and are answered on standard output. The times of questions are taken here, around the engine's call alone.
"""

import json
import os
import pathlib
import resource
import sys
import threading
import time


class ClickHouse:
    """ClickHouse as a library (chdb): a session for each client, the same server inside."""

    def __init__(self, folder: str):
        import chdb

        self.connect = lambda: chdb.connect(folder)
        self.main = self.connect()

    def client(self):
        return self.connect()

    def ask(self, client, statement: str, has_rows: bool = False) -> list:
        answer = client.query(statement, "JSONCompactEachRow")
        return [json.loads(line) for line in answer.data().splitlines()] if has_rows else []

    def prepare(self, path: str) -> str:
        return pathlib.Path(path).read_text()

    def insert_batch(self, client, text: str) -> None:
        client.query("INSERT INTO gateway.requests FORMAT JSONEachRow\n" + text)


class DuckDB:
    """DuckDB: one database, a cursor for each client."""

    def __init__(self, folder: str):
        import duckdb

        self.main = duckdb.connect(os.path.join(folder, "requests.duckdb"))
        self.columns: str | None = None

    def client(self):
        return self.main.cursor()

    def ask(self, client, statement: str, has_rows: bool = False) -> list:
        """Without rows wanted the answer is fetched as Arrow, which costs next to nothing beside rows of Python objects."""
        answer = client.execute(statement)
        if not has_rows:
            answer.to_arrow_table()
            return []
        return [[json_value(value) for value in row] for row in answer.fetchall()]

    def prepare(self, path: str) -> str:
        return path

    def insert_batch(self, client, path: str) -> None:
        """DuckDB reads JSON from files only: the file is in memory (tmpfs) and the columns are named, so that nothing is guessed."""
        if self.columns is None:
            kinds = client.execute("SELECT name, type FROM pragma_table_info('requests')").fetchall()
            self.columns = ", ".join(f"'{name}': '{kind}'" for name, kind in kinds)
        client.execute(f"INSERT INTO requests SELECT * FROM read_json('{path}', format = 'newline_delimited', columns = {{{self.columns}}})")


def json_value(value):
    return value if isinstance(value, (int, float, str, bool, list, type(None))) else str(value)


def used_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def run_threads(targets) -> None:
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def ask(engine, command: dict) -> dict:
    begin = time.perf_counter()
    tables = [engine.ask(engine.main, statement, command.get("rows", False)) for statement in command["statements"]]
    return {"ms": (time.perf_counter() - begin) * 1000, "tables": tables}


def crowd(engine, command: dict) -> dict:
    """Each client asks its own question in a loop; `clients` holds for each the variants of the question's statements that it takes in turn."""
    end = time.perf_counter() + command["seconds"]
    times: list[list[float]] = [[] for _ in command["clients"]]

    def loop(number: int, variants: list[list[str]]) -> None:
        client, turn = engine.client(), 0
        while (begin := time.perf_counter()) < end:
            for statement in variants[turn % len(variants)]:
                engine.ask(client, statement)
            times[number].append((time.perf_counter() - begin) * 1000)
            turn += 1

    used = used_seconds()
    run_threads([lambda n=number, v=variants: loop(n, v) for number, variants in enumerate(command["clients"])])
    return {"times": times, "cpu_seconds": used_seconds() - used}


def ingest(engine, command: dict) -> dict:
    """Inserts batches, each one statement, from several threads; reading the files is not in the time."""
    bodies = [engine.prepare(path) for path in command["files"]]
    failures: list[str] = []

    def loop(first: int) -> None:
        client = engine.client()
        try:
            for body in bodies[first :: command["threads"]]:
                engine.insert_batch(client, body)
        except Exception as error:  # any failure of an engine ends its measurement, and is told
            failures.append(repr(error)[:500])

    used, begin = used_seconds(), time.perf_counter()
    run_threads([lambda n=number: loop(n) for number in range(command["threads"])])
    if failures:
        raise RuntimeError(failures[0])
    return {"seconds": time.perf_counter() - begin, "cpu_seconds": used_seconds() - used}


def main() -> None:
    engine = {"clickhouse": ClickHouse, "duckdb": DuckDB}[sys.argv[1]](sys.argv[2])
    engine.ask(engine.main, "SELECT 1")
    commands = {"ask": ask, "crowd": crowd, "ingest": ingest}
    # The engines may print; answers go to the descriptor that standard output was.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    print(json.dumps({"ready": True}), file=answers, flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = commands[command["do"]](engine, command)
        except Exception as error:  # told to the parent, which knows what was wanted
            answer = {"error": repr(error)[:2000]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
