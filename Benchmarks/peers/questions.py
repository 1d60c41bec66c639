"""The questions of the comparison: for Gatewatch as requests of its API, for ClickHouse and DuckDB as SQL that gives the same answer.

A question is asked over a window, in microseconds since 1970. SQL is written once, with the few words in braces in which the dialects differ.
"""

import dataclasses
import datetime
import json
import urllib.parse

HOUR = 3_600_000_000
STEP_MICROS = 7_300_000  # not a whole number of any bucket, so that ends fall inside of buckets
TOKENS_MIN = 500
FAILED = "error_type: * and not error_type: client_closed"
HEAT_EDGES_MS = [0] + [1 << power for power in range(4, 18)]  # 16 ms to 131 s, each twice the one before

CLICKHOUSE = {
    "minute": "toStartOfMinute(time)", "five_minutes": "toStartOfFiveMinutes(time)",
    "ten_minutes": "toStartOfTenMinutes(time)", "hour": "toStartOfHour(time)",
    "six_hours": "toStartOfInterval(time, INTERVAL 6 HOUR)", "day": "toDate(time)",
    "count": "count()", "count_if": "countIf", "class": "intDiv(status, 100)", "distinct": "uniqExact(client)",
    # A cell of the questions with short buckets holds at most some thousand records, of which `quantiles` (a sample of 8,192) is exact; over more
    # it is off by more than a per cent, which the sketch `quantileDD` is not.
    "p50_95_99": "quantiles(0.5, 0.95, 0.99)(duration_ms)", "big_p50_95_99": "quantilesDD(0.005, 0.5, 0.95, 0.99)(duration_ms)",
    "big_p95": "quantileDD(0.005, 0.95)(duration_ms)", "big_p99": "quantileDD(0.005, 0.99)(duration_ms)",
    "big_p95_ttft": "quantileDDIf(0.005, 0.95)(ttft_ms, stream AND ttft_ms > 0)", "has_error": "error_type != ''", "has_tokens": "input_tokens > 0",
    "heat_bin": "if(duration_ms < 16, 0, toUInt8(floor(log2(duration_ms))) - 3)",
}
DUCKDB = {
    "minute": "time_bucket(INTERVAL 1 minute, time)", "five_minutes": "time_bucket(INTERVAL 5 minutes, time)",
    "ten_minutes": "time_bucket(INTERVAL 10 minutes, time)", "hour": "date_trunc('hour', time)",
    "six_hours": "time_bucket(INTERVAL 6 hours, time)", "day": "time::DATE",
    "count": "count(*)", "count_if": "count_if", "class": "status // 100", "distinct": "count(DISTINCT client)",
    "p50_95_99": "approx_quantile(duration_ms, [0.5, 0.95, 0.99])", "big_p50_95_99": "approx_quantile(duration_ms, [0.5, 0.95, 0.99])",
    "big_p95": "approx_quantile(duration_ms, 0.95)", "big_p99": "approx_quantile(duration_ms, 0.99)",
    "big_p95_ttft": "approx_quantile(ttft_ms, 0.95) FILTER (stream)", "has_error": "error_type IS NOT NULL", "has_tokens": "input_tokens IS NOT NULL",
    "heat_bin": "CASE WHEN duration_ms < 16 THEN 0 ELSE floor(log2(duration_ms))::INT - 3 END",
}
# What the answers are compared with: DuckDB over the Parquet files, percentiles by linear interpolation between closest ranks.
EXACT = {word: text.replace("approx_quantile", "quantile_cont") for word, text in DUCKDB.items()}


def iso(micros: int) -> str:
    return (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=micros)).isoformat(timespec="microseconds")


@dataclasses.dataclass(frozen=True)
class Window:
    """What a repetition of a question asks for: the range [begin, end), and the number in the ad hoc filter.

    Each step is a little earlier and another number: a page that is refreshed asks for a range that has moved on, and what is asked ad hoc
    was not asked before.
    """

    begin: int
    end: int
    tokens: int

    @property
    def before(self) -> int:
        """The first instant of the range of the same length before this one."""
        return 2 * self.begin - self.end


@dataclasses.dataclass(frozen=True)
class Part:
    """One table of an answer.

    `sql` selects `keys` columns that name a row and then one column (or list of columns) for each letter of `measures`: n a count or sum
    that must be equal, $ nano-dollars (dollars at Gatewatch), r a ratio, p a percentile in milliseconds (seconds at Gatewatch), i an identifier in order.
    """

    query: dict
    sql: str
    keys: int
    measures: str
    previous: bool = False
    is_wide: bool = False  # Gatewatch answers with a column for each value of the last key


@dataclasses.dataclass(frozen=True)
class Question:
    """`parts` are asked together; `page` is set instead of their `query` where single records are asked for."""

    name: str
    title: str
    hours: int
    parts: tuple[Part, ...]
    page: dict | None = None

    def window(self, end: int, step: int = 0) -> "Window":
        moved = end - step * STEP_MICROS
        return Window(moved - self.hours * HOUR, moved, TOKENS_MIN + step)

    def statements(self, words: dict, window: "Window", table: str) -> list[str]:
        values = {"begin": self.literal(words, window.begin), "end": self.literal(words, window.end), "before": self.literal(words, window.before),
                  "tokens": window.tokens, "table": table}
        return [part.sql.format(**words, **values) for part in self.parts]

    @staticmethod
    def literal(words: dict, micros: int) -> str:
        text = iso(micros).replace("T", " ")
        return f"toDateTime64('{text}', 6, 'UTC')" if words is CLICKHOUSE else f"TIMESTAMP '{text}'"

    def request(self, window: "Window") -> bytes:
        """The HTTP request for Gatewatch, whole."""
        span, before = {"from": iso(window.begin), "to": iso(window.end)}, {"from": iso(window.before), "to": iso(window.begin)}
        if self.page is not None:
            text = urllib.parse.urlencode(self.page | span)
            return f"GET /api/v1/requests?{text} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        queries = [part.query | (before if part.previous else {}) for part in self.parts]
        body = json.dumps(span | queries[0] if len(queries) == 1 else span | {"queries": queries}).replace("{tokens}", str(window.tokens)).encode()
        head = f"POST /api/v1/requests/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def overview(bucket: str, every: str, percentiles: str) -> tuple[Part, ...]:
    """What the Overview asks, with what it compares with, as the page puts its panels' queries together."""
    failed = "{count_if}({has_error} AND error_type != 'client_closed') / {count}"
    now, before = "WHERE time >= {begin} AND time < {end}", "WHERE time >= {before} AND time < {begin}"
    tiles = {"measures": ["count", "ratio(not status >= 500)", f"ratio({FAILED})", "p95(duration)", "sum(input_tokens)", "sum(output_tokens)", "sum(cost)",
                          "count(input_tokens: * and not cost: *)"]}
    tiles_sql = f"SELECT {{count}}, {{count_if}}(status < 500) / {{count}}, {failed}, {{big_p95}}, sum(input_tokens), sum(output_tokens), sum(cost_nanousd), " \
                "{count_if}({has_tokens} AND cost_nanousd IS NULL) FROM {table} "
    first = {"measures": ["p95(ttft)"], "where": "stream: true"}
    first_sql = "SELECT {big_p95_ttft} FROM {table} "
    providers = {"measures": ["count", f"ratio({FAILED})", "p95(duration)"], "by": ["provider"], "where": "provider: *", "limit": 24}
    providers_sql = f"SELECT provider, {{count}}, {failed}, {{big_p95}} FROM {{table}} {{where}} GROUP BY provider"
    movers = {"measures": ["count", f"ratio({FAILED})", "p95(duration)", "sum(cost)"], "by": ["client"], "limit": 200}
    movers_sql = f"SELECT client, {{count}} AS calls, {failed}, {{big_p95}}, sum(cost_nanousd) FROM {{table}} {{where}} GROUP BY client " \
                 "ORDER BY calls DESC, client LIMIT 200"
    parts = []
    for is_before, where in ((False, now), (True, before)):
        parts += [
            Part(tiles, tiles_sql + where, 0, "nrrpnn$n", is_before), Part(first, first_sql + where, 0, "p", is_before),
            Part(providers, providers_sql.replace("{where}", where), 1, "nrp", is_before),
            Part(movers, movers_sql.replace("{where}", where), 1, "nrp$", is_before),
        ]
    traffic = {"measures": ["count"], "by": ["status_class"], "order": "status_class", "limit": 6, "every": every}
    latency = {"measures": ["p50(duration)", "p95(duration)", "p99(duration)"], "every": every}
    return (*parts, Part(traffic, f"SELECT {bucket} AS t, {{class}} AS c, {{count}} FROM {{table}} {now} GROUP BY t, c", 2, "n"),
            Part(latency, f"SELECT {bucket} AS t, {percentiles} FROM {{table}} {now} GROUP BY t", 1, "ppp"))


def heat_map() -> Part:
    """Calls by 10 minutes and by octave of duration: Gatewatch counts each octave, SQL groups by it."""
    octaves = list(zip(HEAT_EDGES_MS, HEAT_EDGES_MS[1:] + [None], strict=True))
    measures = [f"count(duration >= {low}ms{'' if high is None else f' and duration < {high}ms'}) as b{number}" for number, (low, high) in enumerate(octaves)]
    counts = "SELECT {ten_minutes} AS t, {heat_bin} AS bin, {count} FROM {table} WHERE time >= {begin} AND time < {end} GROUP BY t, bin"
    return Part({"every": "10m", "measures": measures}, counts, 2, "n", is_wide=True)


def all_questions(client: str) -> list[Question]:
    """The ten questions, the tenth over a long range too, and one that no rollup can answer. `client` is a middling one."""
    days = "{table} WHERE time >= {begin} AND time < {end}"
    ask = [
        ("Q1", "requests per minute by provider, 24 h", 24, {"every": "1m", "by": ["provider"], "measures": ["count"]},
         f"SELECT {{minute}} AS t, provider, {{count}} FROM {days} GROUP BY t, provider", 2, "n"),
        ("Q2", "p50, p95, p99 per 5 min by model, 24 h", 24, {"every": "5m", "by": ["model"], "measures": ["p50(duration)", "p95(duration)", "p99(duration)"]},
         f"SELECT {{five_minutes}} AS t, model, {{p50_95_99}} FROM {days} GROUP BY t, model", 2, "ppp"),
        ("Q3", "calls hourly by status class, 7 d", 168, {"every": "1h", "by": ["status_class"], "measures": ["count"]},
         f"SELECT {{hour}} AS t, {{class}} AS c, {{count}} FROM {days} GROUP BY t, c", 2, "n"),
        ("Q4", "top 20 clients by cost, 30 d", 720, {"by": ["client"], "measures": ["sum(cost)", "count"], "limit": 20},
         f"SELECT client, sum(cost_nanousd) AS cost, {{count}} FROM {days} GROUP BY client ORDER BY cost DESC LIMIT 20", 1, "$n"),
        ("Q5", "daily calls, tokens, cost by model, 90 d", 2160,
         {"every": "1d", "by": ["model"], "measures": ["count", "sum(input_tokens)", "sum(output_tokens)", "sum(cost)"]},
         f"SELECT {{day}} AS t, model, {{count}}, sum(input_tokens), sum(output_tokens), sum(cost_nanousd) FROM {days} GROUP BY t, model", 2, "nnn$"),
        ("Q7", "distinct clients per day, 30 d", 720, {"every": "1d", "measures": ["distinct(client)"]},
         f"SELECT {{day}} AS t, {{distinct}} FROM {days} GROUP BY t", 1, "n"),
        ("Q9", "p99, 90 d", 2160, {"measures": ["p99(duration)"]}, f"SELECT {{big_p99}} FROM {days}", 0, "p"),
        ("scan", "ad hoc: client a*, output_tokens > N, by model, 90 d", 2160,
         {"where": "client: a* and output_tokens > {tokens}", "by": ["model"], "measures": ["count", "sum(output_tokens)"]},
         f"SELECT model, {{count}}, sum(output_tokens) FROM {days} AND client LIKE 'a%' AND output_tokens > {{tokens}} GROUP BY model", 1, "nn"),
    ]
    found = {name: Question(name, title, hours, (Part(query, sql, keys, measures),)) for name, title, hours, query, sql, keys, measures in ask}
    newest = f"SELECT * FROM {days} AND client = '{client}' AND status >= 500 ORDER BY time DESC LIMIT 50"
    found["Q6"] = Question("Q6", f"the 50 newest of {client}, status >= 500", 2160, (Part({}, newest, 0, "i"),),
                           page={"where": f'client: "{client}" and status >= 500', "limit": 50})
    found["Q8"] = Question("Q8", "latency heat map, 10 min by octave, 24 h", 24, (heat_map(),))
    found["Q10"] = Question("Q10", "the Overview's 10 queries, 24 h", 24, overview("{ten_minutes}", "10m", "{p50_95_99}"))
    found["Q10b"] = Question("Q10b", "the Overview's 10 queries, 30 d", 720, overview("{six_hours}", "6h", "{big_p50_95_99}"))
    return [found[name] for name in ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "Q9", "Q10", "Q10b", "scan")]
