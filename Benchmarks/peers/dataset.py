"""The records of a comparison on disk: Parquet files, what they were made from, and JSON text of them for those that are loaded by a client."""

import dataclasses
import json
import pathlib
import time

import duckdb

from peers import catalogue, traffic

FORMAT = 1  # counts changes of the generator: records of another format are not taken over
BATCH = 5_000


@dataclasses.dataclass(frozen=True)
class Dataset:
    """`end` is the first instant behind the range, in microseconds since 1970."""

    folder: pathlib.Path
    records: int
    days: int
    end: int
    seed: int

    @property
    def facts(self) -> dict:
        return {"format": FORMAT, "records": self.records, "days": self.days, "end": self.end, "seed": self.seed}

    @property
    def files(self) -> list[pathlib.Path]:
        return sorted((self.folder / "source").glob("*.parquet"))

    @property
    def prices(self) -> pathlib.Path:
        return self.folder / "prices.txt"

    def source_of(self, files: list[pathlib.Path]) -> str:
        """The files as a table expression of DuckDB."""
        return "read_parquet([" + ", ".join(f"'{path}'" for path in files) + "])"

    def middling_client(self, connection: duckdb.DuckDBPyConnection) -> str:
        """The 20th busiest client of the newest day."""
        busiest = f"SELECT client FROM {self.source_of(self.files[-2:])} GROUP BY client ORDER BY count(*) DESC, client"
        return connection.execute(f"{busiest} OFFSET 19").fetchone()[0]

    def write_text(self, connection: duckdb.DuckDBPyConnection, files: list[pathlib.Path], target: pathlib.Path, last: int | None = None) -> None:
        """Writes records as a client would send them, one JSON object a line, in the order of sending; `last`: only so many of the end."""
        tail = "" if last is None else f" OFFSET (SELECT greatest(0, count(*) - {last}) FROM {self.source_of(files)})"
        connection.execute(f"COPY (FROM {self.source_of(files)}{tail}) TO '{target}' (FORMAT json)")


def open_dataset(folder: pathlib.Path, records: int, days: int, seed: int, progress) -> Dataset:
    """The dataset in `folder`, made now unless the same is there already."""
    path = folder / "dataset.json"
    if path.exists():
        facts = json.loads(path.read_text())
        wanted = {"format": FORMAT, "records": records, "days": days, "seed": seed}
        if any(facts[name] != value for name, value in wanted.items()):
            raise SystemExit(f"{folder} holds other records ({facts}); choose another --folder or remove it")
        return Dataset(folder, records, days, facts["end"], seed)
    dataset = Dataset(folder, records, days, int(time.time()) * 1_000_000, seed)
    traffic.write(folder / "source", records, days, dataset.end, seed, progress)
    dataset.prices.write_text(catalogue.price_list())
    path.write_text(json.dumps(dataset.facts))  # last: a broken run is begun anew
    return dataset


def batches(text: bytes, size: int = BATCH) -> list[bytes]:
    """Lines in bodies of `size`."""
    lines = text.splitlines(keepends=True)
    return [b"".join(lines[first : first + size]) for first in range(0, len(lines), size)]
