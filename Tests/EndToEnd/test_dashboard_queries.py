"""Every expression of the published Grafana dashboards that promtool accepts is answered, over data and without."""

import json
import re
import subprocess
import tarfile

import pytest

from prometheus_peer import program

# What Grafana puts in before it asks: durations in brackets and behind `offset`, and numbers; in quotes a variable is text like any other.
VARIABLES = [
    (r"\[(\$\{?\w+(:\w+)?\}?|\[\[\w+\]\])(:[^\]]*)?\]", "[5m]"), (r"\$__(rate_)?interval(_ms)?|\$\{__(rate_)?interval(:\w+)?\}", "5m"), (r"\$__range(_s|_ms)?|\$\{__range(_s|_ms)?\}", "1h"),
    (r"offset \$\{?\w+\}?", "offset 5m"), (r"\[\[(\w+)\]\]", r"\1"), (r"\$\{(\w+)(:\w+)?\}|\$(\w+)", r"\1\3"),
]


def expressions(shared) -> list[str]:
    found = set()

    def walk(value):
        if isinstance(value, dict):
            for name, member in value.items():
                if name == "expr" and isinstance(member, str) and member.strip():
                    found.add(member)
                walk(member)
        elif isinstance(value, list):
            for member in value:
                walk(member)

    for archive in sorted((shared / "data/suites/dashboards").glob("grafana_*.tar.gz")):
        with tarfile.open(archive) as files:
            for member in files:
                if member.isfile() and member.name.endswith(".json"):
                    walk(json.load(files.extractfile(member)))
    return sorted(found)


def as_asked(expression: str) -> str:
    for pattern, text in VARIABLES:
        expression = re.sub(pattern, text, expression)
    return expression


def accepted(queries: list[str], folder) -> list[str]:
    """Those that promtool takes; what it refuses it names by the rule."""
    (folder / "rules.json").write_text(json.dumps({"groups": [{"name": f"g{n}", "rules": [{"record": "x", "expr": query}]} for n, query in enumerate(queries)]}))
    answer = subprocess.run([program("promtool"), "check", "rules", str(folder / "rules.json")], capture_output=True, timeout=120)
    refused = {int(number) for number in re.findall(rb'group "g(\d+)"', answer.stdout + answer.stderr)}
    return [query for number, query in enumerate(queries) if number not in refused]


@pytest.mark.needs_shared
def test_every_dashboard_expression_is_answered(server, shared, tmp_path):
    written = expressions(shared)
    queries = accepted([as_asked(expression) for expression in written], tmp_path)
    assert len(written) > 300 and len(queries) > 0.9 * len(written), (len(written), len(queries))
    faults = []
    for query in queries:
        for path, times in (("query", {"time": "1700000000"}), ("query_range", {"start": "1700000000", "end": "1700003600", "step": "60"})):
            answer = server.post(
                f"/api/v1/{path}", "&".join(f"{name}={value}" for name, value in times.items()).encode() + b"&query=" + quoted(query),
                {"Content-Type": "application/x-www-form-urlencoded"})
            if answer.status != 200:
                faults.append(f"{path} {answer.status} {answer.text[:300]}\n  {query}")
    assert not faults, f"{len(faults)} of {2 * len(queries)}:\n" + "\n".join(faults[:20])


def quoted(text: str) -> bytes:
    return "".join(f"%{byte:02X}" for byte in text.encode()).encode()
