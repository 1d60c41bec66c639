"""Generates believable traffic of an LLM gateway: Parquet files, one a UTC day, the same for the same seed, count and end.

Daily and weekly rhythm with bursts, a few clients that make most of the calls, ~2.9 % failures and some bad hours, log-normal tokens and times.
Each day has its own random numbers, so a day does not depend on the others. Rows stand in the order in which a gateway would
send them: by completion time with some disorder.
"""

import datetime
import pathlib

import numpy
import pyarrow
import pyarrow.parquet

from peers.catalogue import CLIENTS, FAILURES, NODES, OFFERS, USER_AGENTS, client_names

MICROS = 1_000_000
DAY = 86_400 * MICROS
INCIDENT_HOURS = 12  # hours of the whole range in which one provider fails every fifth call
DELAY_SECONDS = 0.4  # mean delay between a call's end and its entry in the stream
GATEWAY_GIVES_UP_MS = 120_000


class TrafficGenerator:
    """What all days share: shares of clients and models, rhythm, bad hours. Times are microseconds since 1970."""

    def __init__(self, records: int, days: int, end: int, seed: int):
        self.records, self.begin, self.end, self.seed = records, end - days * DAY, end, seed
        random = numpy.random.default_rng([seed, 0])
        self.clients = client_names(random)
        self.spread_calls(random)
        self.spread_time(random)
        self.main_agent = random.integers(0, len(USER_AGENTS), CLIENTS)
        hours = random.integers(self.begin // (3600 * MICROS), end // (3600 * MICROS), INCIDENT_HOURS)
        self.incidents = dict(zip(hours.tolist(), random.integers(0, len(OFFERS), INCIDENT_HOURS).tolist(), strict=True))

    def spread_calls(self, random: numpy.random.Generator) -> None:
        """Shares of (client, offer) pairs, for people's clients (which sleep) and machines' apart: Zipf-like clients with favourite models."""
        share = 1 / numpy.arange(1, CLIENTS + 1) ** 0.9
        taste = numpy.array([offer.weight for offer in OFFERS]) * random.lognormal(0, 1.8, (CLIENTS, len(OFFERS)))
        pairs = share[:, None] * taste / taste.sum(axis=1, keepdims=True)
        is_machine = random.random(CLIENTS) < 0.3
        self.pairs = [numpy.cumsum((pairs * kind[:, None]).ravel()) for kind in (~is_machine, is_machine)]
        self.machine_share = self.pairs[1][-1] / (self.pairs[0][-1] + self.pairs[1][-1])

    def spread_time(self, random: numpy.random.Generator) -> None:
        """How many calls of each kind complete in each minute: rhythm, growth and gamma-distributed bursts, exactly `records` in all."""
        self.first_minute, last = self.begin // (60 * MICROS), -(-self.end // (60 * MICROS))
        minutes = numpy.arange(self.first_minute, last)
        hour, weekday = minutes / 60 % 24, (minutes // 1440 + 3) % 7  # 1970-01-01 was a Thursday
        people = 0.18 + numpy.exp(-((hour - 10.3) / 2.6) ** 2) + 0.9 * numpy.exp(-((hour - 15.2) / 2.9) ** 2) + 0.3 * numpy.exp(-((hour - 20.5) / 2) ** 2)
        people *= numpy.where(weekday >= 5, 0.38, 1.0)
        machines = 1 + 0.8 * ((hour >= 1) & (hour < 4))
        growth = 1 + 0.3 * numpy.linspace(0, 1, len(minutes))
        bursts = random.gamma(12, 1 / 12, (2, len(minutes)))
        rates = numpy.stack([people / people.mean() * (1 - self.machine_share), machines / machines.mean() * self.machine_share]) * growth * bursts
        inside = numpy.ones(len(minutes))  # the first and the last minute may be partial
        inside[0] -= self.begin / (60 * MICROS) - minutes[0]
        inside[-1] -= minutes[-1] + 1 - self.end / (60 * MICROS)
        rates *= inside
        self.counts = random.multinomial(self.records, (rates / rates.sum()).ravel()).reshape(rates.shape)

    def day(self, day: int) -> pyarrow.Table:
        """All records that complete on a UTC day (days since 1970), in the order of sending."""
        random = numpy.random.default_rng([self.seed, day])
        low, high = max(0, day * 1440 - self.first_minute), min(self.counts.shape[1], (day + 1) * 1440 - self.first_minute)
        minutes = numpy.arange(low, high) + self.first_minute
        times, pairs = [], []
        for kind in (0, 1):
            minute = numpy.repeat(minutes, self.counts[kind, low:high])
            begin, end = numpy.maximum(minute * 60 * MICROS, self.begin), numpy.minimum((minute + 1) * 60 * MICROS, self.end)
            times.append(begin + (random.random(len(minute)) * (end - begin)).astype(numpy.int64))
            cumulated = self.pairs[kind]
            pairs.append(numpy.searchsorted(cumulated, random.random(len(minute)) * cumulated[-1], side="right"))
        time, pair = numpy.concatenate(times), numpy.minimum(numpy.concatenate(pairs), CLIENTS * len(OFFERS) - 1)
        sending = numpy.argsort(time + random.exponential(DELAY_SECONDS * MICROS, len(time)), kind="stable")
        return self.table(random, time[sending], pair[sending] // len(OFFERS), pair[sending] % len(OFFERS))

    def table(self, random: numpy.random.Generator, time, client, offer) -> pyarrow.Table:
        count = len(time)
        status, error = self.outcomes(random, time, offer)
        calls = Calls(random, offer, status)
        agents = numpy.where(random.random(count) < 0.85, self.main_agent[client], random.integers(0, len(USER_AGENTS), count))
        numbers = {
            "duration_ms": pyarrow.array(calls.duration.astype(numpy.uint32)),
            "ttft_ms": pyarrow.array(calls.first_token.astype(numpy.uint32), mask=~(calls.is_good & calls.stream)),
            "upstream_ms": pyarrow.array(calls.upstream.astype(numpy.uint32), mask=(status == 401) | (status == 400)),
        }
        tokens = {name: pyarrow.array(values, mask=~calls.is_good) for name, values in calls.usage().items()}
        return pyarrow.table({
            "time": pyarrow.array(time, pyarrow.timestamp("us")), "start": pyarrow.array(time - calls.duration * 1000, pyarrow.timestamp("us")), **numbers,
            "provider": of_offer(offer, "provider"), "model": of_offer(offer, "model"), "operation": of_offer(offer, "operation"),
            "stream": pyarrow.array(calls.stream), "route": of_offer(offer, "route"), "method": named(numpy.zeros(count, numpy.int32), ["POST"]),
            "path": of_offer(offer, "path"), "status": pyarrow.array(status.astype(numpy.uint16)),
            "error_type": named(numpy.maximum(error, 0), [failure[1] for failure in FAILURES], mask=error < 0),
            "client": named(client, self.clients), "gateway_node": named(random.choice(len(NODES), count, p=[0.4, 0.3, 0.2, 0.1]), NODES),
            "user_agent": named(agents, USER_AGENTS), **tokens, "request_size": pyarrow.array(calls.request_size),
            "response_size": pyarrow.array(calls.response_size), "request_id": random_ids(random, count),
        })

    def outcomes(self, random: numpy.random.Generator, time, offer):
        """Status of each call, and the number of its failure or -1."""
        shares = numpy.cumsum([failure[2] / 1000 for failure in FAILURES])
        chance = random.random(len(time))
        error = numpy.searchsorted(shares, chance, side="right")
        error[error == len(FAILURES)] = -1
        providers = numpy.array([item.provider for item in OFFERS])
        for hour, bad in self.incidents.items():
            is_hit = (time // (3600 * MICROS) == hour) & (providers[offer] == OFFERS[bad].provider) & (random.random(len(time)) < 0.2)
            error[is_hit] = 3
        statuses = numpy.array([failure[0] for failure in FAILURES] + [200])
        return statuses[error], error


class Calls:
    """Times, tokens and sizes of the calls of one day. Times are whole milliseconds, as the clocks of nginx and its like give them."""

    def __init__(self, random: numpy.random.Generator, offer, status):
        count = len(offer)
        self.offer, self.is_good, is_embedding = offer, status == 200, of_each(offer, "output_tokens") == 0
        self.stream = (random.random(count) < 0.6) & ~is_embedding
        self.input = 1 + (of_each(offer, "input_tokens") * random.lognormal(0, 1.1, count)).astype(numpy.int64)
        self.output = numpy.where(is_embedding, 0, 1 + (of_each(offer, "output_tokens") * random.lognormal(0, 0.9, count)).astype(numpy.int64))
        # Providers cache whole blocks of 128 tokens of longer prompts.
        cached = (self.input * random.random(count) * 0.9).astype(numpy.int64) // 128 * 128
        self.cached = numpy.where((self.input > 1024) & (random.random(count) < 0.45) & ~is_embedding, cached, 0)
        first = of_each(offer, "first_token_ms") * random.lognormal(0, 0.45, count) + (self.input - self.cached) * 0.012
        body = of_each(offer, "token_ms") * self.output * random.lognormal(0, 0.25, count)
        self.set_times(random, status, first, body)
        self.request_size = (180 + self.input * 4.3 * random.lognormal(0, 0.12, count)).astype(numpy.uint32)
        answer = numpy.where(self.stream, 210, 5) * self.output + numpy.where(is_embedding, 33_000, 620)
        self.response_size = numpy.where(self.is_good, answer * random.lognormal(0, 0.08, count), random.integers(90, 420, count)).astype(numpy.uint32)

    def set_times(self, random: numpy.random.Generator, status, first, body) -> None:
        count = len(status)
        overhead = 0.9 * random.lognormal(0, 0.6, count)
        refused = 18 * random.lognormal(0, 0.7, count)
        failed = 900 * random.lognormal(0, 1.0, count)
        upstream = numpy.select([self.is_good, status == 504, (status == 429) | (status < 402)], [first + body, 60_000 + refused, refused], failed)
        self.upstream = numpy.minimum(upstream, GATEWAY_GIVES_UP_MS).astype(numpy.int64)
        self.duration = self.upstream + overhead.astype(numpy.int64) + 1
        self.first_token = numpy.minimum(first.astype(numpy.int64), self.duration)

    def usage(self) -> dict:
        """Tokens as a provider reports them, and what they cost in nano-dollars."""
        prices = {name: of_each(self.offer, name).astype(numpy.int64) for name in ("input_price", "cached_price", "output_price")}
        cost = (self.input - self.cached) * prices["input_price"] + self.cached * prices["cached_price"] + self.output * prices["output_price"]
        return {"input_tokens": self.input.astype(numpy.uint32), "output_tokens": self.output.astype(numpy.uint32),
                "total_tokens": (self.input + self.output).astype(numpy.uint32), "cache_read_tokens": self.cached.astype(numpy.uint32), "cost_nanousd": cost}


def of_each(offer, field: str):
    return numpy.array([getattr(item, field) for item in OFFERS])[offer]


def of_offer(offer, field: str) -> pyarrow.Array:
    names = sorted({getattr(item, field) for item in OFFERS})
    return named(numpy.array([names.index(getattr(item, field)) for item in OFFERS])[offer], names)


def named(codes, names: list[str], mask=None) -> pyarrow.Array:
    return pyarrow.DictionaryArray.from_arrays(pyarrow.array(codes.astype(numpy.int32), mask=mask), pyarrow.array(names))


def random_ids(random: numpy.random.Generator, count: int) -> pyarrow.Array:
    """Ids of 128 random bits as 32 hexadecimal digits."""
    offsets = numpy.arange(count + 1, dtype=numpy.int32) * 32
    return pyarrow.StringArray.from_buffers(count, pyarrow.py_buffer(offsets), pyarrow.py_buffer(random.bytes(16 * count).hex().encode()))


def write(folder: pathlib.Path, records: int, days: int, end: int, seed: int, progress) -> list[pathlib.Path]:
    """Writes one Parquet file a day into `folder`; returns them, oldest first."""
    generator = TrafficGenerator(records, days, end, seed)
    folder.mkdir(parents=True, exist_ok=True)
    files, written = [], 0
    for day in range(generator.begin // DAY, -(-end // DAY)):
        table = generator.day(day)
        name = datetime.date.fromordinal(datetime.date(1970, 1, 1).toordinal() + day).isoformat()
        files.append(folder / f"{name}.parquet")
        pyarrow.parquet.write_table(table, files[-1], compression="zstd")
        written += table.num_rows
        progress(f"{written:,} records made, to {name}")
    if written != records:
        raise AssertionError(f"{written} records made, {records} wanted")
    return files
