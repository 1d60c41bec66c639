"""What the benchmark of dashboards makes of the batches that it has recorded."""

import sys

from gatewatch_server import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "Benchmarks"))
from page_batches import asked_once, milliseconds, moved, text, with_known, without_known  # noqa: E402

BODY = {"queries": [
    {"from": "2026-03-05T12:00:00.000Z", "to": "2026-03-05T13:00:00.250Z", "measures": ["count"]},
    {"from": "2026-03-05T12:00:00.000Z", "to": "2026-03-05T13:00:00.250Z", "measures": ["rate"], "every": "1m"},
    {"promql": "up"},
]}


def test_times_are_read_and_written():
    assert milliseconds("2026-03-05T12:00:00.007Z") == 1_772_712_000_007
    assert text(1_772_712_000_007) == "2026-03-05T12:00:00.007Z"
    assert text(milliseconds("1969-12-31T23:59:59.999Z")) == "1969-12-31T23:59:59.999Z"


def test_ranges_go_on_with_the_clock():
    whole, bucketed, series = moved(BODY, 61.5)["queries"]
    assert (whole["from"], whole["to"]) == ("2026-03-05T12:01:01.500Z", "2026-03-05T13:01:01.750Z")
    assert (bucketed["from"], bucketed["to"]) == ("2026-03-05T12:00:00.000Z", "2026-03-05T13:01:01.750Z")
    assert series == {"promql": "up"}
    assert moved(BODY, 0) == BODY


def test_what_is_known_is_said_once_it_is_known():
    answers = [{"hash": "a", "rows": []}, {"error": {}}, {"hash": "c"}]
    known = with_known(BODY, answers)
    assert [query.get("known") for query in known["queries"]] == ["a", None, "c"]
    assert without_known(known) == BODY


def test_what_is_asked_again_counts_once():
    again = moved(with_known(BODY, [{"hash": "a"}, {"hash": "b"}, {}]), 2)
    earlier = {"queries": [{**BODY["queries"][0], "to": "2026-03-05T12:00:00.000Z", "from": "2026-03-05T11:00:00.000Z"}]}
    assert asked_once([BODY, again, earlier]) == [BODY, earlier]
