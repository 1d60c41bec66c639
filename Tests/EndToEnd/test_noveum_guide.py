"""Every curl command of the Noveum gateway's Elasticsearch guide, as it stands there, with only the address replaced."""

import datetime
import json
import os
import re
import shutil
import subprocess

import pytest

pytestmark = [pytest.mark.needs_shared, pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")]
COMMAND_SECONDS_MAX = 30


@pytest.fixture(scope="module")
def guide(shared):
    return (shared / "reference/noveum-elasticsearch.md").read_text()


@pytest.fixture(scope="module")
def commands(guide):
    """The guide's curl commands by the path that they call, in the guide's order."""
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```", guide, re.S | re.M)
    found = [block for block in blocks if block.lstrip().startswith("curl")]
    return {re.search(r"localhost:9200(/[\w./-]*)", block).group(1): block for block in found}


@pytest.fixture(scope="module")
def run(module_server, commands, tmp_path_factory):
    """Runs the command of a path with sh; curl's own configuration file adds the status, so that the command stays as it is."""
    home = tmp_path_factory.mktemp("curl")
    (home / ".curlrc").write_text('silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')

    def run_command(path: str):
        command = commands[path].replace("localhost:9200", module_server.address)
        process = subprocess.run(["sh", "-c", command], env={**os.environ, "CURL_HOME": str(home)},
                                 capture_output=True, text=True, timeout=COMMAND_SECONDS_MAX)
        assert process.returncode == 0, process.stderr
        body, _, status = process.stdout.rpartition("\n")
        return int(status), json.loads(body)

    return run_command


@pytest.fixture(scope="module")
def documents(guide, module_server, run):
    """The guide's example document at seven recent instants, sent after the guide's own set-up commands."""
    for path in ("/_ilm/policy/ai-gateway-metrics-policy", "/_index_template/ai-gateway-metrics-template", "/ai-gateway-metrics"):
        status, answer = run(path)
        assert status == 200, answer
    example = json.loads(next(block for block in re.findall(r"^```json\n(.*?)^```", guide, re.S | re.M) if '"attributes"' in block))
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    sent = []
    for minutes in (3, 1, 7, 2, 6, 5, 4):
        instant = (now - datetime.timedelta(minutes=minutes)).isoformat().replace("+00:00", ".123Z")
        sent.append({**example, "timestamp": instant, "attributes": {**example["attributes"], "id": f"msg_{minutes}"}})
    for document in sent:
        answer = module_server.post("/ai-gateway-metrics/_doc", document)
        assert answer.status == 201, answer
    return sent


def test_guide_has_the_commands_that_are_tested(commands):
    assert sorted(commands) == [
        "/_cluster/health", "/_ilm/policy/ai-gateway-metrics-policy", "/_index_template/ai-gateway-metrics-template",
        "/_security/enabled", "/ai-gateway-metrics", "/ai-gateway-metrics/_search"]


def test_search_returns_the_newest_five_in_order(documents, run):
    status, answer = run("/ai-gateway-metrics/_search")
    assert status == 200
    assert answer["hits"]["total"] == {"value": 7, "relation": "eq"}
    hits = answer["hits"]["hits"]
    assert len(hits) == 5 and answer["timed_out"] is False
    newest = sorted((document["timestamp"] for document in documents), reverse=True)[:5]
    expected = [int(datetime.datetime.fromisoformat(instant).timestamp() * 1000) for instant in newest]
    assert [hit["sort"][0] for hit in hits] == expected
    assert all(hit["_index"] == "ai-gateway-metrics" for hit in hits)


def test_document_becomes_a_record(documents, module_server):
    rows = module_server.query(
        from_="now-1h", to="now", where="gateway: noveum", by=["model", "organization", "project", "status"],
        measures=["count", "sum(input_tokens)", "sum(output_tokens)", "max(duration)", "max(upstream_duration)"])["rows"]
    assert rows == [{
        "model": "gpt-4-turbo", "organization": "org_123", "project": "proj_design", "status": 200, "count": 7,
        "sum(input_tokens)": 7 * 48, "sum(output_tokens)": 7 * 865, "max(duration)": 6.25, "max(upstream_duration)": 0.255}]


def test_lifecycle_policy_is_kept_and_sets_the_retention(documents, module_server):
    answer = module_server.get("/_ilm/policy/ai-gateway-metrics-policy").json()
    assert answer["ai-gateway-metrics-policy"]["policy"]["phases"]["delete"]["min_age"] == "30d"
    assert module_server.get("/api/v1/status").json()["store"]["retention_days"] == 30


def test_index_template_is_kept(documents, module_server):
    answer = module_server.get("/_index_template/ai-gateway-metrics-template").json()
    template = answer["index_templates"][0]
    assert template["name"] == "ai-gateway-metrics-template"
    assert template["index_template"]["index_patterns"] == ["ai-gateway-metrics*"]


def test_index_has_a_mapping(documents, module_server):
    properties = module_server.get("/ai-gateway-metrics/_mapping").json()["ai-gateway-metrics"]["mappings"]["properties"]
    assert properties["timestamp"]["type"] == "date"


def test_cluster_health_is_green(run):
    status, answer = run("/_cluster/health")
    assert status == 200 and answer["status"] == "green" and answer["timed_out"] is False


def test_security_question_is_answered(run):
    # Not an API of Elasticsearch: its own answer is 400 with the error as a string.
    status, answer = run("/_security/enabled")
    assert status in (200, 400) and ("enabled" in answer or "no handler found" in str(answer["error"]))


def test_index_that_exists_is_not_created_twice(documents, run):
    status, answer = run("/ai-gateway-metrics")
    assert status == 400 and answer["error"]["type"] == "resource_already_exists_exception"
