"""kill -9 at random moments under load: what was acknowledged is there afterwards, and nothing is there twice.

Every record carries an id of its own. The senders note an id once the answer to its batch has come; a batch without an
answer may be there or not, whole or in part, but never twice. Nobody re-sends.
"""

import json
import os
import random
import statistics
import threading
import time

import pytest

from apisix_entries import EntryGenerator, bulk_body
from gatewatch_server import GatewatchServer

ROUNDS = int(os.environ.get("GATEWATCH_CRASH_ROUNDS", "50"))
SENDERS = 2
BATCH = 100


class Sender(threading.Thread):
    """Sends ready-made batches one after the other until the connection breaks."""

    def __init__(self, server: GatewatchServer, batches: list[tuple[list[str], bytes]]):
        super().__init__()
        self.server, self.batches = server, batches
        self.sent: set[str] = set()
        self.acknowledged: set[str] = set()
        self.refused = None
        self.first_acknowledged = threading.Event()

    def run(self):
        for ids, body in self.batches:
            self.sent.update(ids)
            try:
                answer = self.server.bulk(body)
            except OSError:
                break  # the server was killed
            except Exception as error:  # http.client raises its own types for a torn answer
                if "http.client" in type(error).__module__:
                    break
                raise
            if answer.status != 200 or answer.json()["errors"]:
                self.refused = answer
                break
            self.acknowledged.update(ids)
            self.first_acknowledged.set()
        self.first_acknowledged.set()


@pytest.fixture(scope="module")
def batches():
    """More batches than one round can send: each sender takes fresh ids in each round from its own generator."""
    now_ms = int(time.time() * 1000)
    generator = EntryGenerator(seed=9, first_ms=now_ms - 3_000_000, last_ms=now_ms - 1_000)
    return [generator.entries(BATCH) for _ in range(40)]


def fresh(batches, round_number: int, sender: int, count: int) -> list[tuple[list[str], bytes]]:
    """The same entries under ids that no other round or sender uses."""
    result = []
    for number in range(count):
        ids = [f"r{round_number}-s{sender}-b{number}-{item}" for item in range(BATCH)]
        entries = [{**entry, "request_id": name} for entry, name in zip(batches[number % len(batches)], ids, strict=True)]
        result.append((ids, bulk_body(entries)))
    return result


def stored_ids(server: GatewatchServer) -> list[str]:
    """The ids of all records in the store, from the export."""
    answer = server.get("/api/v1/requests/export?from=now-2h&to=now&fields=request_id&format=ndjson")
    assert answer.status == 200, answer
    return [json.loads(line)["request_id"] for line in answer.text.splitlines()]


# Rows go to parts every few batches, and parts are merged as fast as they come: nearly every kill falls into a flush or a merge.
REWRITING = "storage:\n  flush_rows: 500\n  merge_core_percent: 100\n"


@pytest.mark.parametrize(
    ("settings", "rounds", "count", "seconds_max"),
    [pytest.param("", ROUNDS, 60, 0.25, id="as it comes"), pytest.param(REWRITING, (ROUNDS + 3) // 4, 150, 2.5, id="flushing and merging")])
def test_acknowledged_records_survive_kill_nine_and_none_is_doubled(tmp_path, batches, artefacts, settings, rounds, count, seconds_max):
    (tmp_path / "gatewatch.yaml").write_text(settings)
    server, moments = GatewatchServer(tmp_path / "data", ["--config", str(tmp_path / "gatewatch.yaml")]), random.Random(50)
    merges = 0
    sent, acknowledged, restarts = set(), set(), []
    try:
        server.start()
        for round_number in range(rounds):
            senders = [Sender(server, fresh(batches, round_number, number, count)) for number in range(SENDERS)]
            for sender in senders:
                sender.start()
            # From the first acknowledgement on, after a random while (this is the random moment, not a wait for something).
            senders[0].first_acknowledged.wait(30)
            time.sleep(moments.uniform(0, seconds_max))
            merges += server.get("/api/v1/status").json()["store"]["merging"]["merges"]
            server.kill()
            for sender in senders:
                sender.join(30)
                assert sender.refused is None, sender.refused
                sent |= sender.sent
                acknowledged |= sender.acknowledged
            restarts.append(server.start())
            row = server.query(from_="now-2h", to="now", measures=["count", "distinct(request_id)"])["rows"][0]
            assert row["count"] == row["distinct(request_id)"], f"round {round_number}: records are there twice"
            assert row["count"] >= len(acknowledged), f"round {round_number}: acknowledged records are missing"
        stored = stored_ids(server)
        assert len(stored) == len(set(stored)), "records are there twice"
        assert acknowledged <= set(stored), f"{len(acknowledged - set(stored))} of {len(acknowledged)} acknowledged records are missing"
        assert set(stored) <= sent, "records that nobody sent"
        assert merges > 0 or not settings, "nothing was merged"
        server.stop()
    finally:
        server.abandon()
        summary = {
            "rounds": len(restarts), "merges": merges, "acknowledged": len(acknowledged), "restart_seconds_median": round(statistics.median(restarts or [0]), 3),
            "restart_seconds_max": round(max(restarts, default=0), 3)}
        (artefacts / ("crash-rewriting.json" if settings else "crash.json")).write_text(json.dumps(summary) + "\n")
    print(summary)


def test_clean_stop_keeps_everything(tmp_path, batches):
    server = GatewatchServer(tmp_path / "data")
    try:
        for round_number in range(3):
            server.start()
            for ids, body in fresh(batches, round_number, 0, 3):
                assert server.bulk(body).json()["errors"] is False
            server.stop()
        server.start()
        row = server.query(from_="now-2h", to="now", measures=["count", "distinct(request_id)"])["rows"][0]
        assert row == {"count": 9 * BATCH, "distinct(request_id)": 9 * BATCH}
        server.stop()
    finally:
        server.abandon()


def test_second_process_on_the_same_folder_is_refused(server):
    other = GatewatchServer(server.data)
    other.log_path = server.data.parent / "other.log"
    with pytest.raises(AssertionError, match="ended with status"):
        other.start()
    other.abandon()
    assert str(server.process.pid) in other.log, "the refusal does not name the holder"
    server.assert_alive()
