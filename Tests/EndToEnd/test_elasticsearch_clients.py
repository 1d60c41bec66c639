"""Elasticsearch's official Python clients, three major versions, against the Elasticsearch door; what they stored is then
asked for through the query API and compared with a brute-force reading of the same file."""

import json
import os
import subprocess
import sys
import time

import pytest

import request_truth
from apisix_entries import EntryGenerator, ndjson_line
from gatewatch_server import REPOSITORY
from request_truth import assert_same, call, grouped

SESSION_SECONDS_MAX = 300
# The newest client sends the most: three times as many would test the same again.
CLIENTS = {7: 5_000, 8: 5_000, 9: 100_000}


class Session:
    """One client's run: its entries, the server it talked to and what it reported."""

    def __init__(self, major, entries, server, report):
        self.major, self.entries, self.server, self.report = major, entries, server, report
        self.calls = [call(entry) for entry in entries]


@pytest.fixture(scope="module", params=CLIENTS, ids=lambda major: f"elasticsearch-{major}")
def session(request, module_server, tmp_path_factory):
    major = request.param
    now_ms = int(time.time() * 1000)
    entries = EntryGenerator(seed=major, first_ms=now_ms - 3_000_000, last_ms=now_ms - 1_000).entries(CLIENTS[major])
    path = tmp_path_factory.mktemp("entries") / f"client{major}.ndjson"
    path.write_bytes(b"".join(ndjson_line(entry, number) for number, entry in enumerate(entries)))
    process = subprocess.run(
        [sys.executable, REPOSITORY / "Tests/EndToEnd/es_client_session.py", module_server.url, f"client{major}", path],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / f".build-venv/es{major}")},
        capture_output=True, text=True, timeout=SESSION_SECONDS_MAX)
    assert process.returncode == 0, process.stderr[-4000:]
    yield Session(major, entries, module_server, json.loads(process.stdout))
    path.unlink()


def asked(session, **question) -> list[dict]:
    """Rows of a question about this client's records."""
    where = f"index: client{session.major}" + (f" and {question.pop('where')}" if "where" in question else "")
    return session.server.query(from_="now-2h", to="now", where=where, limit=10_000, **question)["rows"]


def test_client_is_content_with_what_it_talks_to(session):
    assert session.report["client_version"].startswith(f"{session.major}.")
    assert session.report["ping"] is True
    assert session.report["info"]["tagline"] == "You Know, for Search"
    assert session.report["health"] == "green"


def test_single_document_is_created(session):
    answer = session.report["index"]
    assert answer["result"] == "created" and answer["_index"] == f"client{session.major}" and answer["_id"]


def test_bulk_stores_every_document_and_count_says_so(session):
    assert session.report["bulk"]["stored"] == len(session.entries) - 1
    assert session.report["bulk"]["errors"] == []
    assert session.report["count"] == len(session.entries)
    assert session.report["exists"] == [True, False]
    row = next(row for row in session.report["cat"] if row["index"] == f"client{session.major}")
    assert row["docs.count"] == str(len(session.entries))


@pytest.mark.parametrize("name, matches", [
    ("match_all", lambda c: True),
    ("term", lambda c: c.model == "gpt-4o"),
    ("term_keyword", lambda c: c.client == "team-search"),
    ("range", lambda c: 500 <= c.status < 600),
    ("bool", lambda c: c.route == "chat-openai" and c.status >= 400 and c.status != 429),
    ("nothing", lambda c: False),
])
def test_search_finds_as_many_as_there_are(session, name, matches):
    total = session.report["searches"][name]["hits"]["total"]
    assert total == {"value": sum(map(matches, session.calls)), "relation": "eq"}


def test_sorted_pages_follow_each_other(session):
    searches = session.report["searches"]
    hits = searches["newest"]["hits"]["hits"] + searches["next_page"]["hits"]["hits"]
    newest = sorted((entry["start_time"] for entry in session.entries), reverse=True)[:10]
    assert [hit["sort"][0] for hit in hits] == newest
    assert len({hit["_id"] for hit in hits}) == 10


def test_size_limits_the_hits(session):
    hits = session.report["searches"]["term"]["hits"]["hits"]
    assert len(hits) == 3 and all(hit["_index"] == f"client{session.major}" and hit["_source"] for hit in hits)


def test_unknown_index_is_an_index_not_found_exception(session):
    assert session.report["missing_index"] == "index_not_found_exception"


def test_documents_are_overwritten_and_deleted(session):
    documents = session.report["documents"]
    assert documents["stored"] == [["created", 1], ["updated", 2], ["updated", 3]]
    assert documents["refused"] == 409
    assert documents["bulk"] == [["index", 201, "created"], ["index", 200, "updated"], ["delete", 200, "deleted"], ["create", 201, "created"],
                                 ["delete", 404, "not_found"]]
    assert documents["kept"] == {"one": session.entries[5]["start_time"], "two": session.entries[4]["start_time"]}
    assert documents["count"] == 2 and documents["deleted"] == "deleted" and documents["by_query"] == 1 and documents["exists"] is False


def test_totals_equal_a_brute_force_reading(session):
    expected = request_truth.measures(session.calls)
    rows = asked(session, measures=list(expected))
    assert len(rows) == 1
    assert_same(rows[0], expected, "all records")


@pytest.mark.parametrize("field", ["model", "status", "client", "route"])
def test_groups_equal_a_brute_force_reading(session, field):
    expected = grouped(session.calls, field)
    rows = asked(session, measures=list(next(iter(expected.values()))), by=[field])
    assert {row[field] for row in rows} == set(expected)
    for row in rows:
        assert_same(row, expected[row[field]], f"{field} {row[field]!r}")


def test_time_to_first_token_counts_streams_only(session):
    # Releases before 3.18 do not say whether a call was a stream.
    ttft = request_truth.present(c.ttft_us for c in session.calls if c.version == "3.18.0")
    expected = {"p50(ttft)": request_truth.percentile(ttft, 50) / 1e6, "sum(ttft)": sum(ttft) / 1e6}
    rows = asked(session, measures=list(expected), where="gateway_version: 3.18.0")
    assert_same(rows[0], expected, "ttft")


def test_buckets_add_up_to_the_total(session):
    rows = asked(session, measures=["count", "sum(output_tokens)"], every="1m")
    assert sum(row["count"] for row in rows) == len(session.calls)
    assert sum(row["sum(output_tokens)"] or 0 for row in rows) == sum(request_truth.present(c.output_tokens for c in session.calls))
