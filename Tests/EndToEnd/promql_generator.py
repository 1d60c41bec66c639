"""Random queries over the series of `series_of`, and those series.

What differs between Prometheus 2.42 and 3 is left out: samples never lie on the edge of a window (their milliseconds are not zero, those of all instants and
ranges are), steps of subqueries never meet the window's edge, counters stay far from zero, `atan2` (which once kept the metric's name) is not asked, nor are
quantiles that are infinite or NaN (which have another variance), and nothing depends on the order of equal values.
"""

import math
import random

STEP_MS = 15_000


def series_of(first_ms: int, samples: int, seed: int = 5) -> list[tuple[dict, list[tuple[int, float]]]]:
    """Counters with resets, gauges, buckets, and series that begin late, end early or have gaps."""
    source = random.Random(seed)
    result = []

    def times(number: int):
        # 1 to 999 ms beside every multiple of the step.
        return [first_ms + index * STEP_MS + (137 * number + 41) % 997 + 1 for index in range(samples)]

    def add(number: int, labels: dict, values, keep=lambda index: True):
        result.append((labels, [(time, value) for index, (time, value) in enumerate(zip(times(number), values)) if keep(index)]))

    number = 0
    for model in ["gpt-4o", "o3", "claude", "llama"]:
        for instance in ["a:1", "b:2", "c:3"]:
            number += 1
            value, values = 1e6 + source.random() * 1e6, []
            reset = source.randrange(samples)
            for index in range(samples):
                value += source.randrange(0, 60)
                if index == reset and number % 3 == 0:
                    value = 5e5 + source.randrange(1000)
                values.append(float(value))
            keep = (lambda index: True) if number % 4 else (lambda index, number=number: index % 29 < 20)
            add(number, {"__name__": "requests_total", "model": model, "instance": instance}, values, keep)
            failed = [float(int(value / (17 + number))) + 1e5 for value in values]
            add(number, {"__name__": "failures_total", "model": model, "instance": instance, "code": source.choice(["429", "500"])}, failed)
    for instance in ["a:1", "b:2", "c:3", "d:4"]:
        number += 1
        level, values = 50.0, []
        for index in range(samples):
            level += source.uniform(-5, 5) + 2 * math.sin(index / 20)
            values.append(level)
        begins, ends = (0, samples) if instance != "d:4" else (samples // 3, samples * 2 // 3)
        add(number, {"__name__": "temperature", "instance": instance, "room": "x" if number % 2 else "y"}, values, lambda index, begins=begins, ends=ends: begins <= index < ends)
        add(number, {"__name__": "limit", "instance": instance}, [60.0 + number] * samples)
    for model in ["gpt-4o", "o3"]:
        number += 1
        counts = [1e5] * 6
        rows = []
        for index in range(samples):
            drawn = source.choices(range(6), weights=[1, 3, 5, 3, 2, 1], k=4)
            for place in drawn:
                counts[place] += 1
            rows.append(list(counts))
        for place, limit in enumerate(["0.1", "0.5", "1", "2.5", "5", "+Inf"]):
            add(number, {"__name__": "latency_bucket", "model": model, "le": limit}, [sum(row[: place + 1]) for row in rows])
        add(number, {"__name__": "latency_count", "model": model}, [sum(row) for row in rows])
        add(number, {"__name__": "latency_sum", "model": model}, [sum(row) * 1.3 for row in rows])
    return result


COUNTERS = ["requests_total", "failures_total", "latency_count", "latency_sum"]
GAUGES = ["temperature", "limit"]
RANGES = ["1m", "90s", "2m", "5m", "10m", "20m"]
MATCHERS = {
    "requests_total": ['model="o3"', 'model=~"gpt.*|o3"', 'instance!="a:1"', 'model!~"l.*"', ""],
    "failures_total": ['code="500"', 'model=~".+"', 'instance=~"[ab]:.*"', ""],
    "latency_count": ['model="o3"', ""],
    "latency_sum": ['model="o3"', ""],
    "temperature": ['room="x"', 'instance!~"a.*"', ""],
    "limit": ['instance=~".*1"', ""],
}
LABELS = {
    "requests_total": ["model", "instance"], "failures_total": ["model", "instance", "code"], "latency_count": ["model"], "latency_sum": ["model"],
    "temperature": ["instance", "room"], "limit": ["instance"],
}


class QueryGenerator:
    """Queries by a seed; each is a fresh draw."""

    def __init__(self, seed: int):
        self.source = random.Random(seed)

    def query(self) -> str:
        return self.vector(self.source.choice([1, 2, 2, 3]))

    # --- selectors ---

    def modifiers(self) -> str:
        return self.source.choice(["", "", "", "", " offset 5m", " offset 90s", " offset -2m", " @ end()", " @ start() offset 1m"])

    def selector(self, metric: str, span: str = "") -> str:
        matchers = self.source.choice(MATCHERS[metric])
        return f"{metric}{{{matchers}}}" + (f"[{span}]" if span else "") + self.modifiers()

    # --- vectors ---

    def vector(self, depth: int) -> str:
        pick = self.source.random()
        if depth <= 0 or pick < 0.08:
            return self.selector(self.source.choice(GAUGES))
        for share, make in [(0.34, self.range_function), (0.44, self.function), (0.68, self.aggregation), (0.88, self.binary), (0.93, self.quantile), (1.0, self.subquery)]:
            if pick < share:
                return make(depth)
        raise AssertionError

    def range_function(self, _depth: int) -> str:
        span = self.source.choice(RANGES)
        if self.source.random() < 0.5:
            function = self.source.choice(["rate", "increase", "irate", "resets", "changes", "delta", "idelta", "count_over_time", "last_over_time"])
            return f"{function}({self.selector(self.source.choice(COUNTERS), span)})"
        chosen = self.selector(self.source.choice(GAUGES), span)
        function = self.source.choice(
            ["avg", "min", "max", "sum", "stddev", "stdvar", "count", "last", "present", "quantile", "absent", "deriv", "predict", "changes", "delta"])
        if function in ("deriv", "changes", "delta"):
            return f"{function}({chosen})"
        if function == "predict":
            # Without @, with which 2.42 leaves out instants.
            return f"predict_linear({chosen.split(' @')[0]}, {self.source.choice([60, 600, -300])})"
        if function == "quantile":
            return f"quantile_over_time({self.source.choice([0, 0.1, 0.5, 0.95, 1])}, {chosen})"
        return f"{function}_over_time({chosen})"

    def function(self, depth: int) -> str:
        inner = self.vector(depth - 1)
        return self.source.choice([
            f"abs({inner})", f"ceil({inner})", f"floor({inner})", f"round({inner}, 0.5)", f"sgn({inner})", f"clamp({inner}, 1, 60)", f"clamp_min({inner}, 10)",
            f"clamp_max({inner}, 50)", f"-({inner})", f"sqrt(abs({inner}))", f"ln(abs({inner}) + 1)", f"absent({inner})", f"timestamp({inner})", f"sort({inner})",
            f'label_replace({inner}, "copy", "<$1>", "instance", "(.):.*")', f'label_join({inner}, "joined", "-", "model", "instance")', f"hour({inner})",
            f"vector(scalar({inner}))", f"log10(abs({inner}) + 2)", f"exp(clamp({inner}, -5, 5))",
        ])

    def aggregation(self, depth: int) -> str:
        inner = self.vector(depth - 1)
        grouping = self.source.choice(["", " by (model)", " by (instance)", " without (instance)", " by (model, instance)", " by (room)", " without (le, model)", " by (nothing)"])
        operator = self.source.choice(["sum", "avg", "min", "max", "count", "stddev", "stdvar", "group", "quantile", "topk", "bottomk"])
        if operator == "quantile":
            return f"quantile{grouping} ({self.source.choice([0.1, 0.5, 0.9])}, {inner})"
        if operator in ("topk", "bottomk"):
            # Only over values that are hardly ever equal: which of two equal ones is kept is left open.
            metric = self.source.choice(["temperature", "requests_total"])
            source = self.selector(metric) if metric == "temperature" else f"rate({self.selector(metric, '5m')}) + on(model, instance) group_left() {metric} / 1e9"
            return f"{operator}{grouping} ({self.source.choice([1, 2, 5])}, {source})"
        return f"{operator}{grouping} ({inner})"

    def binary(self, depth: int) -> str:
        operator = self.source.choice(["+", "-", "*", "/", "%", "^", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"])
        if operator in ("and", "or", "unless"):
            matching = self.source.choice(["", " on (instance)", " on (model)", " ignoring (code, room)"])
            return f"({self.vector(depth - 1)}) {operator}{matching} ({self.vector(depth - 1)})"
        is_comparison = operator in ("==", "!=", ">", "<", ">=", "<=")
        written = operator + (" bool" if is_comparison and self.source.random() < 0.4 else "")
        pick = self.source.random()
        if pick < 0.45:
            number = self.source.choice(["2", "0.5", "60", "-3", "1e3"]) if operator != "^" else self.source.choice(["2", "0.5"])
            return f"({self.vector(depth - 1)}) {written} {number}"
        if pick < 0.55 and operator != "^":
            left = self.source.choice(["100", "7.5", "time()", 'scalar(limit{instance="a:1"})'])
            return f"{left} {written} ({self.vector(depth - 1)})"
        if operator == "^":
            operator = written = "/"
        if pick < 0.8:
            span = self.source.choice(RANGES)
            return f"rate(failures_total[{span}]) {written} ignoring(code) rate(requests_total[{span}])"
        if pick < 0.9:
            return f"temperature {written} on(instance) group_left() {self.selector('limit')}"
        return f"({self.vector(depth - 1)}) {written} ({self.vector(depth - 1)})"

    def quantile(self, _depth: int) -> str:
        share = self.source.choice(["0.5", "0.9", "0.99", "1"])
        grouping = self.source.choice(["le", "le, model", "model, le"])
        return f"histogram_quantile({share}, sum by ({grouping}) (rate(latency_bucket[{self.source.choice(RANGES)}])))"

    def subquery(self, _depth: int) -> str:
        # Spans are multiples of the step, and the instants that are asked for are not (see the module).
        step = self.source.choice(["10s", "20s", "60s"])
        span = self.source.choice(["5m", "10m"])
        function = self.source.choice(["max_over_time", "avg_over_time", "sum_over_time", "count_over_time", "min_over_time", "last_over_time"])
        inner = self.source.choice([f"rate({self.selector('requests_total', '2m')})", self.selector("temperature"), "sum by (model) (rate(requests_total[1m]))"])
        return f"{function}(({inner})[{span}:{step}])"
