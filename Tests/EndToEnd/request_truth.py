"""What Gatewatch must answer about APISIX entries, by reading the same entries in the plainest way.

Written from the rules of the wire format, not from Gatewatch's code: lists, loops and Python's integers. Durations are
integer microseconds here, as they are kept; the API answers seconds.
"""

import dataclasses
import fractions
import math


@dataclasses.dataclass(frozen=True)
class Call:
    """The facts about one entry that the tests ask for; None means absent."""
    model: str | None
    client: str | None
    route: str
    status: int
    version: str
    duration_us: int
    ttft_us: int | None
    input_tokens: int | None
    output_tokens: int | None
    response_size: int
    request_id: str


def call(entry: dict) -> Call:
    summary = entry.get("llm_summary", {})
    stream = summary.get("stream") == "true"
    status = entry["response"]["status"]
    tokens = [summary.get(key) for key in ("prompt_tokens", "completion_tokens")]
    # "0" can mean "not known" here: on a failure, and on a stream that ended before its usage came.
    unknown = status >= 400 or (tokens == ["0", "0"])
    input_tokens, output_tokens = (None if value is None or (unknown and value == "0") else int(value) for value in tokens)
    if input_tokens is not None and entry["request"]["uri"].startswith("/v1/messages"):
        # Anthropic's protocol counts cached tokens apart, OpenAI's inside.
        input_tokens += int(summary.get("cache_read_input_tokens", 0)) + int(summary.get("cache_creation_input_tokens", 0))
    duration_us = microseconds(entry["latency"])
    ttft_us = microseconds(summary["duration"]) if stream else None
    return Call(
        model=summary.get("model") or summary.get("request_model") or None,
        client=entry.get("consumer", {}).get("username"), route=entry["route_id"], status=status, version=entry["server"]["version"],
        duration_us=duration_us, ttft_us=None if ttft_us is None or ttft_us > duration_us else ttft_us,
        input_tokens=input_tokens, output_tokens=output_tokens, response_size=entry["response"]["size"], request_id=entry["request_id"])


def microseconds(milliseconds) -> int:
    """Milliseconds to the nearest whole microsecond, without a rounding error of binary fractions on the way."""
    return math.floor(fractions.Fraction(str(milliseconds)) * 1000 + fractions.Fraction(1, 2))


def percentile(values: list[float], percent: float) -> float | None:
    """Linear interpolation between the closest ranks, as numpy's default does."""
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * percent / 100
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def present(values) -> list:
    return [value for value in values if value is not None]


def measures(calls: list[Call]) -> dict:
    """The measures that the tests compare, under the names they have in an answer."""
    durations = [c.duration_us for c in calls]
    inputs, outputs = present(c.input_tokens for c in calls), present(c.output_tokens for c in calls)
    return {
        "count": len(calls),
        "sum(input_tokens)": sum(inputs) if inputs else None,
        "sum(output_tokens)": sum(outputs) if outputs else None,
        "sum(response_size)": sum(c.response_size for c in calls),
        "sum(duration)": sum(durations) / 1e6,
        "avg(output_tokens)": sum(outputs) / len(outputs) if outputs else None,
        "min(duration)": min(durations) / 1e6,
        "max(duration)": max(durations) / 1e6,
        "p50(duration)": percentile(durations, 50) / 1e6,
        "p95(duration)": percentile(durations, 95) / 1e6,
        "p99(duration)": percentile(durations, 99) / 1e6,
        "ratio(status >= 500)": sum(c.status >= 500 for c in calls) / len(calls),
        "distinct(client)": len({c.client for c in calls} - {None}),
    }


def grouped(calls: list[Call], field: str) -> dict:
    """The measures of each value of one field."""
    groups: dict = {}
    for c in calls:
        groups.setdefault(getattr(c, field), []).append(c)
    return {value: measures(members) for value, members in groups.items()}


# Relative differences allowed: counts and sums are exact (1e-12 is the last place of a double printed as decimal), averages
# and ratios may be rounded once, percentiles may be off by 0.1 %.
TOLERANCES = {"p": 1e-3, "avg": 1e-9, "ratio": 1e-9}


def assert_same(answered: dict, expected: dict, what: str) -> None:
    """Compares one row of an answer with the truth and names each measure that differs."""
    wrong = []
    for name, truth in expected.items():
        got = answered[name]
        tolerance = TOLERANCES.get("p" if name.startswith("p") else name.split("(")[0], 1e-12)
        if truth is None or got is None:
            same = truth is None and got is None
        else:
            same = abs(got - truth) <= tolerance * abs(truth)
        if not same:
            wrong.append(f"{name}: {got}, expected {truth}")
    assert not wrong, f"{what}: " + "; ".join(wrong)
