"""A seeded generator of APISIX access-log entries in the default "full log" shape, of about 1.2 KB each.

The shapes follow the APISIX source of releases 3.10 to 3.18 (`apisix/utils/log-util.lua`, `apisix/plugins/ai-proxy`):
`llm_summary` exists from 3.14 and grows from 6 to 15 keys in 3.18; before 3.17 the AI routes have no `upstream` and
`apisix_latency` equals `latency`; a value that was never set is nginx's default string ("0", "false", ""); latencies are
milliseconds with the noise of a binary fraction; on retries `upstream` is a list.

What must come out of them is computed elsewhere (request_truth.py), from the finished entries alone.
"""

import json
import random

RELEASES = ["3.10.0", "3.11.0", "3.12.0", "3.13.0", "3.14.1", "3.15.0", "3.16.0", "3.17.0", "3.18.0", "3.18.0", "3.18.0"]
CLIENTS = [f"team-{name}" for name in
           ("search docs support billing ads ops mobile web data legal hr sales lab core edge risk fraud chat voice maps "
            "news shop games pay auth feed mail drive photos video").split()] + ["équipe-été", "検索チーム", "team \"q\"\\b", "squad-🚀"]
PROMPTS = ["What is 1+1?", "Summarise the attached minutes.\n\n1. Budget\n2. Hiring", "Übersetze: „Guten Tag“ ins Französische",
           "用一句话解释量子纠缠", "Write a haiku about \"quotes\" and \\backslashes\\ \t(tabs too) 🚀", "def f(x):\n    return x</script>"]

# route, path, upstream, models, operation, weight
AI_ROUTES = [
    ("chat-openai", "/v1/chat/completions", "api.openai.com:443", ["gpt-4o", "gpt-4o-mini", "gpt-4.1"], "chat", 40),
    ("chat-azure", "/openai/deployments/prod/chat/completions?api-version=2024-10-21", "acme.openai.azure.com:443", ["gpt-4o"], "chat", 10),
    ("chat-inhouse", "/v1/chat/completions", "llm-b.internal:8000", ["llama-3.3-70b", "qwen2.5-72b"], "chat", 20),
    ("messages", "/v1/messages", "api.anthropic.com:443", ["claude-sonnet-4-5", "claude-haiku-4-5"], "chat", 15),
    ("embeddings", "/v1/embeddings", "api.openai.com:443", ["text-embedding-3-small"], "embeddings", 10),
]
PLAIN_ROUTES = [
    ("orders", "/api/orders/{n}", "10.1.2.3:8080", 8),
    ("health", "/healthz", "10.1.2.9:8080", 4),
]
AI_STATUSES = [(200, 930), (429, 30), (500, 8), (502, 6), (504, 8), (400, 10), (401, 6), (503, 2)]
PLAIN_STATUSES = [(200, 900), (304, 40), (404, 40), (500, 10), (502, 10)]


class EntryGenerator:
    """Entries whose calls complete within [first_ms, last_ms), in no particular order; the same seed gives the same entries."""

    def __init__(self, seed: int, first_ms: int, last_ms: int):
        self.random, self.first_ms, self.last_ms = random.Random(seed), first_ms, last_ms
        self.count = 0

    def entries(self, count: int) -> list[dict]:
        return [self.entry() for _ in range(count)]

    def entry(self) -> dict:
        self.count += 1
        weights = [route[-1] for route in AI_ROUTES] + [route[-1] for route in PLAIN_ROUTES]
        route = self.random.choices(AI_ROUTES + PLAIN_ROUTES, weights)[0]
        return self.ai_entry(*route[:-1]) if len(route) == 6 else self.plain_entry(*route[:-1])

    # --- the two kinds of entries ---

    def ai_entry(self, route: str, uri: str, upstream: str, models: list[str], operation: str) -> dict:
        pick = self.random
        release, status = pick.choice(RELEASES), self.pick_weighted(AI_STATUSES)
        stream = operation == "chat" and pick.random() < 0.4
        latency = self.latency(median_ms=1800 if status == 200 else 250)
        entry = self.common(route, uri, "POST", release, status, latency)
        entry["request"]["headers"]["authorization"] = "Bearer sk-client-redact-me"
        entry["response"]["headers"]["content-type"] = "text/event-stream" if stream and status == 200 else "application/json"
        minor = int(release.split(".")[1])
        if minor >= 17:
            self.add_upstream(entry, upstream, latency)
        if minor >= 14:
            entry["llm_summary"] = self.summary(minor, pick.choice(models), status, stream, latency, "messages" in uri, operation)
            if pick.random() < 0.5:
                content = {"input": pick.choice(PROMPTS)} if operation == "embeddings" else {"role": "user", "content": pick.choice(PROMPTS)}
                entry["llm_request"] = {"messages": [content], "stream": stream}
                entry["llm_response_text"] = {"content": pick.choice(PROMPTS)} if status == 200 and operation == "chat" else {}
        return entry

    def plain_entry(self, route: str, uri: str, upstream: str) -> dict:
        pick = self.random
        status, latency = self.pick_weighted(PLAIN_STATUSES), self.latency(median_ms=12)
        entry = self.common(route, uri.replace("{n}", str(pick.randrange(50))), pick.choice(["GET", "GET", "POST"]), pick.choice(RELEASES), status, latency)
        host = upstream.rsplit(".", 1)[0]
        tried = f"{host}.77:8080, {upstream}" if pick.random() < 0.1 else upstream
        self.add_upstream(entry, tried, latency)
        return entry

    # --- their parts ---

    def pick_weighted(self, table: list[tuple[int, int]]) -> int:
        return self.random.choices([value for value, _ in table], [weight for _, weight in table])[0]

    def latency(self, median_ms: float) -> float:
        """Milliseconds: heavy-tailed, whole, with the noise that APISIX's arithmetic adds (under 0.0001 ms)."""
        whole = min(600_000, 1 + int(self.random.lognormvariate(0, 0.9) * median_ms))
        return float(f"{whole + self.random.choice([0, 0.0000152588, -0.0000114441]):.14g}")

    def common(self, route: str, uri: str, method: str, release: str, status: int, latency: float) -> dict:
        pick = self.random
        start = int(pick.uniform(self.first_ms, self.last_ms) - latency)
        request_id = f"{pick.getrandbits(128):032x}"
        headers = {
            "host": "ai.example.com:9080", "content-type": "application/json", "accept": "*/*",
            "user-agent": pick.choice(["OpenAI/Python 1.99.0", "curl/8.5.0", "Anthropic/JS 0.60", "Mozilla/5.0 (\"quoted\"; \\ back)"]),
            "traceparent": f"00-{pick.getrandbits(128):032x}-{pick.getrandbits(64):016x}-01", "x-request-id": request_id,
        }
        if pick.random() < 0.2:
            headers["x-forwarded-for"] = ["10.4.7.30", "10.0.0.2"]
        path, _, query = uri.partition("?")
        entry = {
            "request": {
                "url": f"http://ai.example.com:9080{uri}", "uri": uri, "method": method, "headers": headers,
                "querystring": dict([query.split("=")]) if query else ({"trace": True} if pick.random() < 0.1 else {}),
                "size": 300 + pick.randrange(4000),
            },
            "response": {
                "status": status, "headers": {"content-type": "text/plain", "server": f"APISIX/{release}", "connection": "keep-alive"},
                "size": 200 + pick.randrange(60_000),
            },
            "server": {"hostname": f"apisix-{pick.randrange(4)}", "version": release},
            "service_id": pick.choice(["", "genai", "shop"]), "route_id": route,
            "client_ip": f"10.4.{pick.randrange(8)}.{pick.randrange(256)}", "start_time": start, "latency": latency, "apisix_latency": latency,
            "request_id": request_id,
        }
        if pick.random() < 0.95:
            entry["consumer"] = {"username": pick.choice(CLIENTS)}
        return entry

    def add_upstream(self, entry: dict, upstream: str, latency: float) -> None:
        overhead = min(int(latency), self.random.randrange(1, 5))
        entry["upstream"] = upstream
        entry["upstream_latency"] = int(latency) - overhead
        entry["apisix_latency"] = float(f"{latency - entry['upstream_latency']:.14g}")

    def summary(self, minor: int, model: str, status: int, stream: bool, latency: float, anthropic: bool, operation: str) -> dict:
        pick = self.random
        answered = status == 200 and not (stream and pick.random() < 0.02)  # a stream cut short keeps "0" and status 200
        prompt, completion = 1 + int(pick.lognormvariate(6, 1.3)), 1 + int(pick.lognormvariate(5, 1.1))
        cached = pick.choice([0, 0, prompt // 2]) if not anthropic else pick.choice([0, 2048])
        unset = operation == "embeddings"  # no completion: the variable keeps its default string
        values = {
            "request_model": model, "model": model,
            "duration": pick.randrange(50, 900) if stream else max(0, int(latency) - 5),
            "prompt_tokens": prompt if answered else "0",
            "completion_tokens": "0" if unset or not answered else completion,
            "upstream_response_time": f"{latency / 1000:.3f}" if minor < 18 and status >= 400 else max(0, int(latency) - 5),
        }
        if minor >= 18:
            values |= {
                "total_tokens": prompt + (0 if unset else completion) if answered else "0", "stream": "true" if stream else "false",
                "tool_count": pick.choice([0, 0, 0, 3]), "has_tool_calls": "false", "end_user_id": pick.choice(["", f"u-{pick.randrange(500)}"]),
                "cache_read_input_tokens": cached if answered else "0", "cache_creation_input_tokens": 0 if answered else "0",
                "reasoning_tokens": completion // 3 if answered and not unset else "0", "content_risk_level": "",
            }
        return values


def ndjson_line(entry: dict, number: int = 0) -> bytes:
    """One line, in one of the spellings that JSON allows: escaped or raw non-ASCII text, `\\/` or `/`, by turns."""
    line = json.dumps(entry, separators=(",", ":"), ensure_ascii=number % 2 == 0)
    if number % 3 == 0:
        line = line.replace("/", "\\/")
    return line.encode() + b"\n"


def bulk_body(entries: list[dict], index: str = "apisix-logs") -> bytes:
    """The body of a `_bulk` request as elasticsearch-logger writes it: op `index`, no `_id`."""
    action = json.dumps({"index": {"_index": index}}).encode() + b"\n"
    return b"".join(action + ndjson_line(entry, number) for number, entry in enumerate(entries))
