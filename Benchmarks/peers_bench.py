"""Compares Gatewatch with ClickHouse and DuckDB on the same generated records and questions, one after another on this machine.

    peers_bench.py [--records N] [--days N] [--folder DIR [--keep]] [--systems LIST] [--parts LIST] [--json FILE] ...

What is compared and why it is fair: docs/internals/peers.md. A run of 20 million records takes about half an hour, 6 GB of disk and 4 GB
of memory. A folder that was there before is never
removed, one that this run made is kept with --keep; a later run with the same --folder asks the records that are there, with whatever
program is there then (GATEWATCH_BINARY names another than the built one).
"""

import argparse
import importlib.metadata
import json
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import duckdb

from measuring import BINARY, REPOSITORY, cpu_seconds
from peers import report
from peers.agreement import compare
from peers.dataset import Dataset, open_dataset
from peers.gatewatch import Gatewatch, LiveIngest
from peers.questions import EXACT, Question, Window, all_questions
from peers.systems import ClickHouse, DuckDB, drop_cached, memory

PARTS = ("ingest", "agreement", "cold", "warm", "together", "mixed", "live")
CLIENTS = 20
LIVE_RECORDS_PER_SECOND = 10_000
STEPS = 40  # ranges that the repetitions of a question take in turn

began = time.monotonic()


def progress(text: str) -> None:
    print(f"[{time.monotonic() - began:6.0f} s] {text}", file=sys.stderr, flush=True)


def quantile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=1000, method="inclusive")[round(share * 1000) - 1] if len(values) > 1 else values[0]


def windows(question: Question, dataset: Dataset) -> list[Window]:
    return [question.window(dataset.end, step) for step in range(STEPS)]


def exact_answers(dataset: Dataset, questions: list[Question]) -> dict:
    """The answers by DuckDB straight from the Parquet files."""
    connection = duckdb.connect()
    connection.execute(f"CREATE VIEW source AS FROM {dataset.source_of(dataset.files)}")
    answers = {}
    for question in questions:
        statements = question.statements(EXACT, question.window(dataset.end), "source")
        answers[question.name] = [[list(row) for row in connection.execute(statement).fetchall()] for statement in statements]
    return answers


class Comparison:
    def __init__(self, options, folder: pathlib.Path, dataset: Dataset, questions: list[Question]):
        self.options, self.folder, self.dataset, self.questions = options, folder, dataset, questions
        self.results: dict = {
            "dataset": dataset.facts, "machine": machine(), "versions": versions(), "titles": {question.name: question.title for question in questions},
            "clients": CLIENTS, "systems": {},
        }
        self.exact: dict | None = None

    def note(self, section: str, question: str, name: str, values: dict) -> None:
        self.results.setdefault(section, {}).setdefault(question, {})[name] = values

    def load(self, system) -> None:
        """Loads the dataset unless a run before has. The stamp is written last, so that a broken load is begun anew."""
        stamp, facts = self.folder / f"{system.kind}.loaded.json", self.dataset.facts
        if not self.options.reload and stamp.exists() and (kept := json.loads(stamp.read_text()))["dataset"] == facts:
            self.results["systems"][system.name] = kept["report"]
            return
        progress(f"{system.name}: loading")
        stamp.unlink(missing_ok=True)
        shutil.rmtree(system.folder, ignore_errors=True)
        system.start()
        load = system.load(self.dataset, lambda text: progress(f"{system.name}: {text}"))
        records = self.dataset.records
        loaded = {"load_cpu_per_million": load["cpu_seconds"] / records * 1e6, "load_seconds": load["seconds"]}
        system.stop()
        self.results["systems"][system.name] = loaded
        stamp.write_text(json.dumps({"dataset": facts, "report": loaded}))

    def run(self, system) -> None:
        parts = self.options.parts
        self.load(system)
        if "cold" in parts:
            self.cold(system)
        progress(f"{system.name}: starting")
        facts = self.results["systems"][system.name]
        facts["start_ms"] = system.start() * 1000
        facts |= {f"idle_{name}": value for name, value in memory(system.pid).items()}
        for part in ("agreement", "together", "mixed"):
            if part in parts:
                progress(f"{system.name}: {part}")
                getattr(self, part)(system)
        facts |= {f"used_{name}": value for name, value in memory(system.pid).items()}
        facts["bytes_per_record"] = system.stop_and_weigh() / self.dataset.records

    # --- the parts ---

    def ingest(self, systems: list) -> None:
        count = min(self.options.sample, self.dataset.records)
        self.results["sample"], self.results["ingest"] = count, {}
        with tempfile.TemporaryDirectory(dir=self.folder) as scratch:
            text = pathlib.Path(scratch) / "sample.ndjson"
            self.dataset.write_text(duckdb.connect(), self.dataset.files[-(10 + self.dataset.days * count // self.dataset.records) :], text, last=count)
            for system in systems:
                progress(f"{system.name}: ingest of {count:,} records")
                measured = system.timed_ingest(text, pathlib.Path(scratch))
                rows = {system.name: measured} if "threads" in measured else {f"{system.name} {door}": row for door, row in measured.items()}
                self.results["ingest"] |= rows

    def agreement(self, system) -> None:
        if self.exact is None:
            progress("exact answers, from the Parquet files")
            self.exact = exact_answers(self.dataset, self.questions)
        for question in self.questions:
            found = system.answer(question, question.window(self.dataset.end))
            agreement = compare(question, self.exact[question.name], found, isinstance(system, Gatewatch))
            self.note("agreement", question.name, system.name, agreement.text)

    def cold(self, system) -> None:
        for question in self.questions:
            times = []
            for step in range(self.options.cold_repeats):
                drop_cached(system.folder)
                system.start()
                times.append(system.ask(question, windows(question, self.dataset)[step]))
                system.stop()
            self.note("cold", question.name, system.name, {"median": statistics.median(times), "all": times})
            progress(f"{system.name}: cold {question.name} {statistics.median(times):.1f} ms")

    def warm(self, systems: list) -> None:
        """Fresh processes of all systems, one question after another and for each one system after another, so that what else the machine does
        falls on all of them alike."""
        for system in systems:
            system.start()
        for question in self.questions:
            progress(f"warm {question.name}")
            for system in systems:
                self.note("warm", question.name, system.name, self.warm_times(system, question))
        for system in systems:
            system.stop()

    def warm_times(self, system, question: Question) -> dict:
        ranges = windows(question, self.dataset)
        first = system.ask(question, ranges[0])
        used = cpu_seconds(system.pid)
        times = [system.ask(question, ranges[step % STEPS]) for step in range(1, self.options.repeats + 1)]
        return {"first": first, "CPU": (cpu_seconds(system.pid) - used) / len(times) * 1000, "median": statistics.median(times), "all": times}

    def together(self, system) -> None:
        for question in self.questions:
            times = system.crowd([(question, rotated(windows(question, self.dataset), number)) for number in range(CLIENTS)], self.options.seconds)
            every = [time for client in times for time in client]
            self.note("together", question.name, system.name, {"answers": len(every), "p50": quantile(every, 0.5), "p95": quantile(every, 0.95)})

    def mixed(self, system) -> None:
        for name, values in self.mixed_times(system).items():
            self.note("mixed", name, system.name, values)

    def mixed_times(self, system) -> dict:
        """Each client asks one of the ten questions, two clients each, all at the same time."""
        asked = [self.questions[number % len(self.questions)] for number in range(CLIENTS)]
        clients = [(question, rotated(windows(question, self.dataset), number)) for number, question in enumerate(asked)]
        values: dict[str, list[float]] = {}
        for (question, _), times in zip(clients, system.crowd(clients, 3 * self.options.seconds), strict=True):
            values.setdefault(question.name, []).extend(times)
        values["all"] = [time for times in values.values() for time in times]
        return {name: {"answers": len(times), "p50": quantile(times, 0.5), "p95": quantile(times, 0.95)} for name, times in values.items()}

    def live(self, system: Gatewatch) -> None:
        """The warm questions and the crowd again while records come in, on a copy of the store."""
        progress("Gatewatch: questions under live ingest")
        copy = Gatewatch(self.folder / "gatewatch-live", system.prices)
        shutil.rmtree(copy.folder, ignore_errors=True)
        shutil.copytree(system.folder, copy.folder)
        try:
            copy.start()
            stream = LiveIngest(copy.server, self.dataset, LIVE_RECORDS_PER_SECOND)
            begin = time.monotonic()
            warm = {question.name: {system.name: self.warm_times(copy, question)} for question in self.questions}
            mixed = {name: {system.name: values} for name, values in self.mixed_times(copy).items()}
            rate = stream.stop() / (time.monotonic() - begin)
            self.results["live"] = {"warm": warm, "mixed": mixed, "records_per_second": rate}
        finally:
            copy.abandon()
            shutil.rmtree(copy.folder, ignore_errors=True)


def rotated(items: list, number: int) -> list:
    return items[number:] + items[:number]


def versions() -> str:
    own = subprocess.run([BINARY, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    others = (f"{name} {importlib.metadata.version(package)}" for name, package in (("ClickHouse", "chdb-core"), ("DuckDB", "duckdb")))
    return ", ".join([f"Gatewatch {own}", *others])


def machine() -> str:
    text = pathlib.Path("/proc/cpuinfo").read_text()
    names = {line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")}
    count = text.count("processor\t")
    total = int(pathlib.Path("/proc/meminfo").read_text().split()[1]) / 1e6
    return f"{count} cores ({', '.join(sorted(names)) or platform.machine()}), {total:.0f} GB"


def arguments():
    def listed(allowed):
        def parse(text: str) -> list[str]:
            names = text.split(",")
            if unknown := set(names) - set(allowed):
                raise argparse.ArgumentTypeError(f"{', '.join(sorted(unknown))}: choose from {', '.join(allowed)}")
            return names

        return parse

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=pathlib.Path, help="where everything is kept (default: a temporary folder below data/, removed at the end)")
    parser.add_argument("--keep", action="store_true", help="do not remove the folder at the end")
    parser.add_argument("--reload", action="store_true", help="load the systems again from the kept records, for example after a change of what loading writes")
    parser.add_argument("--systems", type=listed(("gatewatch", "clickhouse", "duckdb")), default=["gatewatch", "clickhouse", "duckdb"], help="comma list")
    parser.add_argument("--parts", type=listed(PARTS), default=list(PARTS), help=f"comma list of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--questions", help="comma list of questions, Q1 to Q10, Q10b, scan (default: all)")
    parser.add_argument("--repeats", type=int, default=10, help="warm repetitions after one to warm up (default: 10)")
    parser.add_argument("--cold-repeats", type=int, default=3, help="fresh processes for each cold question (default: 3)")
    parser.add_argument("--seconds", type=float, default=3, help="how long the clients ask each question together (default: 3; three times that when mixed)")
    parser.add_argument("--sample", type=int, default=1_000_000, help="records of the ingest measurement (default: 1,000,000)")
    parser.add_argument("--json", type=pathlib.Path, help="also write all figures to this file")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    if options.folder is None:
        (REPOSITORY / "data").mkdir(exist_ok=True)
    folder = options.folder or pathlib.Path(tempfile.mkdtemp(prefix="peers-", dir=REPOSITORY / "data"))
    folder = folder.resolve()
    is_ours = options.folder is None or not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        dataset = open_dataset(folder, options.records, options.days, options.seed, progress)
        questions = all_questions(dataset.middling_client(duckdb.connect()))
        if options.questions:
            questions = [question for question in questions if question.name in options.questions.split(",")]
        comparison = Comparison(options, folder, dataset, questions)
        systems = [Gatewatch(folder / "gatewatch", dataset.prices), ClickHouse(folder / "clickhouse"), DuckDB(folder / "duckdb")]
        systems = [system for system in systems if system.kind in options.systems]
        try:
            if "ingest" in options.parts:
                comparison.ingest(systems)
            for system in systems:
                comparison.run(system)
            if "warm" in options.parts:
                comparison.warm(systems)
            if "live" in options.parts and isinstance(systems[0], Gatewatch):
                comparison.live(systems[0])
        finally:
            for system in systems:
                system.abandon()
            if options.json:
                options.json.write_text(json.dumps(comparison.results, indent=1))
        print(report.whole(comparison.results))
    finally:
        if is_ours and not options.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
