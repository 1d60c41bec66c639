"""The brute-force truth itself, against the published samples of the wire format and Python's own statistics."""

import json
import random
import re
import statistics
import time

import pytest

from apisix_entries import EntryGenerator, bulk_body
from request_truth import Call, call, microseconds, percentile


@pytest.mark.needs_shared
def test_published_samples_mean_what_their_contract_says(shared):
    samples = re.findall(r"^```json\n(.*?)^```", (shared / "contracts/apisix.md").read_text(), re.S | re.M)
    calls = [call({"request_id": "", **json.loads(sample)}) for sample in samples]
    assert calls == [
        Call("gpt-4o", "team-search", "chat", 200, "3.18.0", 2_862_000, None, 23, 8, 1034, ""),
        Call("llama-3.3-70b", "team-docs", "chat-stream", 200, "3.18.0", 7_934_000, 412_000, 1830, 611, 48211, ""),
        Call("gpt-4o", None, "chat", 429, "3.18.0", 188_000, None, None, None, 377, "")]


@pytest.mark.parametrize("count", [2, 3, 10, 997])
def test_percentile_is_linear_interpolation(count):
    values = [random.Random(count).lognormvariate(0, 2) for _ in range(count)]
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    for percent in (1, 50, 95, 99):
        assert percentile(values, percent) == pytest.approx(cuts[percent - 1], rel=1e-12)
    assert percentile([], 50) is None


@pytest.mark.parametrize("text, expected", [(2861.9999885559, 2_862_000), (0.0004, 0), (0.0005, 1), ("1234.5", 1_234_500), (3, 3000)])
def test_milliseconds_round_to_whole_microseconds(text, expected):
    assert microseconds(text) == expected


def test_generator_repeats_itself_and_makes_entries_of_the_promised_size():
    now_ms = int(time.time() * 1000)
    first, second = (EntryGenerator(7, now_ms - 1000, now_ms).entries(2000) for _ in range(2))
    assert first == second
    assert len({entry["request_id"] for entry in first}) == 2000
    assert 1000 < len(bulk_body(first)) / 2000 < 1400
    assert all(now_ms - 1001 <= entry["start_time"] + entry["latency"] <= now_ms for entry in first)
