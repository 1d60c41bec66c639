"""The questions of `scripts/bench peers` keep being answered, and rightly; the comparison itself is too large for a test.

The documents here are few and made by plain Python; the truth is counted by plain Python too.
"""

import collections
import datetime
import json
import random
import sys

import pytest

from gatewatch_server import REPOSITORY, GatewatchServer

sys.path.insert(0, str(REPOSITORY / "Benchmarks"))
from peers.agreement import compare  # noqa: E402
from peers.answers import gatewatch_tables  # noqa: E402
from peers.documents import settings_text  # noqa: E402
from peers.questions import CLICKHOUSE, DUCKDB, EXACT, HOUR, all_questions, iso  # noqa: E402

DAYS, RECORDS = 70, 3_000
PRICES = {"gpt-5.4": (1250, 125, 10000), "bge-m3": (1, 1, 0)}  # nano-dollars per token: input, cached, output
QUESTIONS = {question.name: question for question in all_questions("atlas-rag")}


def documents(end: int) -> list[dict]:
    pick = random.Random(5)
    made = []
    for _ in range(RECORDS):
        model, status = pick.choice(list(PRICES)), pick.choice([200] * 8 + [429, 503])
        duration = int(pick.lognormvariate(7, 1))
        time = end - 1 - int(pick.random() * DAYS * 24 * HOUR)
        document = {"time": iso(time).replace("T", " "), "start": iso(time - duration * 1000).replace("T", " "), "duration_ms": duration,
                    "ttft_ms": duration // 3 if status == 200 else None, "upstream_ms": duration, "provider": "openai", "model": model, "operation": "chat",
                    "stream": True, "route": "r", "method": "POST", "path": "/v1/chat/completions", "status": status,
                    "client": pick.choice(["atlas-rag", "atlas-bot", "hr-qa"]), "request_id": f"{pick.getrandbits(128):032x}", "at": time}
        if status == 200:
            read, cached, written = pick.randrange(128, 5000), pick.randrange(128), pick.randrange(2000)
            price = PRICES[model]
            document |= {"input_tokens": read, "output_tokens": written, "total_tokens": read + written, "cache_read_tokens": cached,
                         "cost_nanousd": (read - cached) * price[0] + cached * price[1] + written * price[2]}
        made.append(document)
    return made


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """A server that holds the documents, the documents, and the end of their range in microseconds."""
    folder = tmp_path_factory.mktemp("peers")
    prices = folder / "prices.txt"
    prices.write_text("columns provider model input cached_input output\n"
                      + "".join(f"openai {model} " + " ".join(f"{price / 1000:.3f}" for price in row) + "\n" for model, row in PRICES.items()))
    (folder / "settings.yaml").write_text(settings_text(prices))
    server = GatewatchServer(folder / "data", ["--config", str(folder / "settings.yaml")])
    end = int(datetime.datetime.now(datetime.UTC).timestamp()) * 1_000_000
    made = documents(end)
    try:
        server.start()
        answer = server.post("/ingest/apisix", "".join(json.dumps(document) + "\n" for document in made).encode()).json()
        assert (answer["stored"], answer["rejected"]) == (RECORDS, 0)
        yield server, made, end
        server.stop()
    finally:
        server.abandon()


def tables(server: GatewatchServer, name: str, end: int) -> list[list[list]]:
    head, body = QUESTIONS[name].request(QUESTIONS[name].window(end)).split(b"\r\n\r\n", 1)
    method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
    answer = server.request(method, target, body or None, {"Content-Type": "application/json"})
    assert answer.status == 200, answer
    return gatewatch_tables(QUESTIONS[name], answer.json())


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_question_is_answered_with_as_many_measures_as_it_says(asked, name):
    server, _, end = asked
    for part, rows in zip(QUESTIONS[name].parts, tables(server, name, end), strict=True):
        assert rows
        assert {len(row) for row in rows} == {part.keys + len(part.measures)}


def test_sums_and_costs_are_those_of_the_documents(asked):
    server, made, end = asked
    expected = collections.defaultdict(lambda: [0, 0, 0, 0])
    for document in made:
        sums = expected[datetime.datetime.fromtimestamp(document["at"] // 1_000_000, datetime.UTC).date().isoformat(), document["model"]]
        for number, value in enumerate((1, document.get("input_tokens", 0), document.get("output_tokens", 0), document.get("cost_nanousd", 0))):
            sums[number] += value
    agreement = compare(QUESTIONS["Q5"], [[[*key, *sums] for key, sums in expected.items()]], tables(server, "Q5", end), is_gatewatch=True)
    assert (agreement.wrong, agreement.figures) == (0, 4 * len(expected)), agreement.text


def test_newest_failures_of_a_client_come_in_order(asked):
    server, made, end = asked
    right = sorted((document for document in made if document["client"] == "atlas-rag" and document["status"] >= 500), key=lambda found: -found["at"])
    assert tables(server, "Q6", end) == [[[document["request_id"]] for document in right[:50]]]


def test_a_wrong_figure_a_missing_row_and_a_wrong_percentile_are_seen():
    day = [["2026-03-05", "m", 2, 10, 20, 5_000_000_000]]
    good, wrong = ([[1772668800000, "m", 2, 10, 20, cost]] for cost in (5.0, 5.000000001))
    assert compare(QUESTIONS["Q5"], [day], [good], is_gatewatch=True).wrong == 0
    assert compare(QUESTIONS["Q5"], [day], [wrong], is_gatewatch=True).wrong == 1
    assert compare(QUESTIONS["Q5"], [day], [[]], is_gatewatch=True).wrong == 1
    assert compare(QUESTIONS["Q9"], [[[1000.0]]], [[[1.02]]], is_gatewatch=True).within == 0
    assert compare(QUESTIONS["Q9"], [[[1000.0]]], [[[1.009]]], is_gatewatch=True).within == 1


@pytest.mark.parametrize("words", [CLICKHOUSE, DUCKDB, EXACT], ids=["clickhouse", "duckdb", "exact"])
def test_sql_of_every_question_has_all_its_words(words):
    for question in QUESTIONS.values():
        statements = question.statements(words, question.window(100 * 24 * HOUR, 3), "requests")
        assert len(statements) == len(question.parts)
        assert not any("{" in statement or "}" in statement for statement in statements)
