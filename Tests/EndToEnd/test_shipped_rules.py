"""The rules that come with the program, judged by Prometheus's own tool."""

import os
import re
import shutil
import subprocess
import time

import pytest
import yaml

from conftest import run_server
from gatewatch_server import REPOSITORY, GatewatchServer

RULES = REPOSITORY / "rules"
RULE_FILES = sorted(path for path in RULES.glob("*.yaml") if path.name != "thresholds.yaml")
TEST_FILES = sorted((RULES / "tests").glob("*.yaml"))

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="needs promtool")


def rules_of(path):
    return [rule for group in yaml.safe_load(path.read_text())["groups"] for rule in group["rules"]]


THRESHOLDS = yaml.safe_load((RULES / "thresholds.yaml").read_text())["thresholds"]
RECORDED = {rule["record"]: rule["expr"] for path in RULE_FILES for rule in rules_of(path) if "record" in rule}
# Two states of one thing, each compared with its own 0: there is no number to choose.
WITHOUT_THRESHOLD = {"ElasticsearchUnreachable"}
ALERTS = {rule["alert"]: rule for path in RULE_FILES for rule in rules_of(path) if "alert" in rule}


def promtool(*arguments):
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=300)


@needs_promtool
@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_a_prometheus_loads_the_file(path):
    answer = promtool("check", "rules", path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@needs_promtool
@pytest.mark.parametrize("path", TEST_FILES, ids=lambda path: path.name)
def test_unit_tests_pass(path):
    answer = promtool("test", "rules", path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_alert_is_tested_firing_and_not_firing():
    firing, silent = set(), set()
    for path in TEST_FILES:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for question in case.get("alert_rule_test", []):
                (firing if question["exp_alerts"] else silent).add(question["alertname"])
    assert set(ALERTS) - firing == set(), "never seen firing"
    assert set(ALERTS) - silent == set(), "never seen not firing"


def test_names_are_unique_over_all_files():
    names = [rule["alert"] for path in RULE_FILES for rule in rules_of(path) if "alert" in rule]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_an_alert_says_how_bad_it_is_and_what_to_do(name):
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert {"summary", "description", "runbook_url"} <= set(rule["annotations"])
    assert rule["annotations"]["runbook_url"] == "{{ $externalURL }}/runbooks/" + name


def outermost_number(expression):
    """The number of the outermost comparison: the last one outside of all parentheses before an `and`, `or` or `unless`."""
    depth, outer = 0, []
    for piece in re.findall(r'"[^"]*"|[()\[\]{}]|[^()\[\]{}"]+', expression):
        if piece in "([{":
            depth += 1
        elif piece in ")]}":
            depth -= 1
        elif depth == 0:
            outer.append(piece)
    decisive = re.split(r"\b(?:and|or|unless)\b", " ".join(outer))[0]
    return float(re.findall(r"[<>=!]=?\s*([-+0-9.e]+)", decisive)[-1])


def test_the_table_of_thresholds_is_what_the_files_say():
    said = {name: outermost_number(rule["expr"]) for name, rule in ALERTS.items() if name not in WITHOUT_THRESHOLD}
    said |= {name: float(match[1]) for name, text in RECORDED.items() if (match := re.fullmatch(r"vector\(([-+0-9.e]+)\)", text))}
    assert {name: float(row["limit"]) for name, row in THRESHOLDS.items()} == said
    for name, row in THRESHOLDS.items():
        assert row["unit"] and row["meaning"] and row["requirement"], name


def test_no_text_of_an_alert_repeats_its_threshold():
    """A text that names the number would be wrong where the table names another."""
    for name, rule in ALERTS.items():
        for text in rule["annotations"].values():
            assert not re.search(r"limit \d", text), name


# --- runbooks and the generated parts of the documentation ---

RUNBOOKS = REPOSITORY / "docs/runbooks"
# Alerts of rules that are made from objectives: they are in no file.
OF_OBJECTIVES = {"ErrorBudgetBurn"}
REFERENCE = REPOSITORY / "docs/reference/shipped-rules.md"


def requirement(name):
    return THRESHOLDS[name]["requirement"] if name in THRESHOLDS else "A10"


def table_of_rules():
    """For each file its alerts: severity, what is compared, and how long it must hold."""
    lines = []
    for path in RULE_FILES:
        lines += [f"### `rules/{path.name}`", "", "| alert | severity | fires when | holds for | requirement |", "|---|---|---|---|---|"]
        for rule in rules_of(path):
            if "alert" not in rule:
                continue
            name, row = rule["alert"], THRESHOLDS.get(rule["alert"])
            sign = re.findall(r"(>=|<=|==|!=|>|<)\s*[-+0-9.e]+", re.split(r"\b(?:and|unless|or) on\b", rule["expr"])[0])[-1]
            words = f"{row['meaning'].split('; fires below')[0]} {sign} {row['limit']:g} ({row['unit']})" if row else "The cluster, or its exporter, does not answer"
            lines.append(f"| [{name}](../runbooks/{name}.md) | {rule['labels']['severity']} | {words} | {rule.get('for', '-')} | {requirement(name)} |")
        lines.append("")
    return "\n".join(lines)


def first_sentence(name):
    return (RUNBOOKS / f"{name}.md").read_text().split("\n")[2]


def table_of_runbooks():
    lines = ["# Runbooks", "", "A page for each alert that comes with Gatewatch; a server shows them at `/runbooks`. Made from the rule files; a test fails when it is stale.", ""]
    for path in RULE_FILES:
        lines += [f"## `rules/{path.name}`", ""]
        lines += [f"- [{rule['alert']}]({rule['alert']}.md): {first_sentence(rule['alert'])}" for rule in rules_of(path) if "alert" in rule]
        lines.append("")
    lines += ["## Objectives", "", *(f"- [{name}]({name}.md): {first_sentence(name)}" for name in sorted(OF_OBJECTIVES)), ""]
    return "\n".join(lines)


def generated(path, text, begin="", end=""):
    """Compares a file's generated part with what it should be; GATEWATCH_UPDATE=1 rewrites it."""
    before = path.read_text() if path.exists() else begin + end
    head, rest = before.split(begin, 1) if begin else ("", before)
    tail = rest.split(end, 1)[1] if end else ""
    wanted = head + begin + ("\n" if begin else "") + text + end + tail
    if os.environ.get("GATEWATCH_UPDATE") == "1":
        path.write_text(wanted)
    assert path.read_text() == wanted, f"{path} is stale: run this test with GATEWATCH_UPDATE=1"


def test_the_reference_lists_the_rules_that_there_are():
    generated(REFERENCE, table_of_rules(), "<!-- rules -->", "<!-- end of rules -->")


def test_the_index_of_runbooks_is_complete():
    generated(RUNBOOKS / "README.md", table_of_runbooks())


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_every_alert_has_a_runbook_that_helps(name):
    text = (RUNBOOKS / f"{name}.md").read_text()
    assert text.startswith(f"# {name}\n")
    for heading in ["Impact", "What to look at first", "Likely causes", "What to do", "When to silence or tune", "Where it comes from"]:
        assert f"\n## {heading}\n\n" in text, heading
    assert f"Severity **{ALERTS[name]['labels']['severity']}**" in text
    for target in re.findall(r"\]\((\w+)\.md\)", text):
        assert (RUNBOOKS / f"{target}.md").exists(), target


def test_there_is_no_runbook_without_an_alert():
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == set(ALERTS) | OF_OBJECTIVES


@needs_promtool
def test_queries_of_runbooks_can_be_asked(tmp_path):
    queries = []
    for path in sorted(RUNBOOKS.glob("*.md")):
        snippets = re.findall(r"`([^`]+)`", path.read_text())
        queries += [(path.stem, text) for text in snippets if re.search(r"\b(rate|increase|sum|topk|deriv|scalar|time|histogram_quantile|max_over_time)( by \(.*\))? ?\(", text)]
    assert len(queries) > 70
    file = tmp_path / "queries.yaml"
    rules = [{"record": f"runbook:{name}:query{number}", "expr": text} for number, (name, text) in enumerate(queries)]
    file.write_text(yaml.safe_dump({"groups": [{"name": "runbooks", "rules": rules}]}, width=10_000))
    answer = promtool("check", "rules", file)
    assert answer.returncode == 0, answer.stdout + answer.stderr


# --- in the program ---


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shipped-rules")
    thresholds = folder / "thresholds.yaml"
    thresholds.write_text("thresholds:\n  LLMGatewayHighErrorRate: 0.125\n  gateway:budget_usd:day: {limit: 77}\n  LLMGatewayHihgTTFT: 9\n")
    environment = {"GATEWATCH_METRICS_SELF_SECONDS": "1", "GATEWATCH_ALERTING_THRESHOLDS_FILE": str(thresholds), "GATEWATCH_METRICS_CLUSTER": "eu"}
    yield from run_server(GatewatchServer(folder / "data", environment=environment))


def wait_until(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)  # between two looks


def loaded_rules(server):
    return [rule for group in server.get("/api/v1/rules").json()["data"]["groups"] for rule in group["rules"]]


def test_the_program_evaluates_all_of_them(server):
    rules = loaded_rules(server)
    assert sorted(rule["name"] for rule in rules) == sorted([*ALERTS, *RECORDED])


def test_the_operators_thresholds_replace_the_shipped_ones(server):
    texts = {rule["name"]: rule["query"] for rule in loaded_rules(server)}
    assert "> 0.125" in texts["LLMGatewayHighErrorRate"] and "> 0.05" not in texts["LLMGatewayHighErrorRate"]
    assert texts["gateway:budget_usd:day"].replace(" ", "") == "vector(77)"
    assert "> 0.2" in texts["LLMGatewayCriticalErrorRate"]
    assert "no shipped rule is called LLMGatewayHihgTTFT; the nearest is LLMGatewayHighTTFT" in server.log


def test_every_runbook_url_leads_to_a_page(server):
    listed = server.get("/runbooks").body.decode()
    for name, rule in ALERTS.items():
        path = rule["annotations"]["runbook_url"].removeprefix("{{ $externalURL }}")
        answer = server.get(path)
        assert answer.status == 200, path
        page = answer.body.decode()
        assert f">{name}</h1>" in page and "What to do" in page
        assert f'href="{path}"' in listed
    assert server.get("/runbooks/NobodyKnowsThis").status == 404


def test_the_programs_own_metrics_are_series(server):
    def own():
        return {row["metric"]["__name__"] for row in server.get("/api/v1/query?query=%7Bjob%3D%22gatewatch%22%7D").json()["data"]["result"]}

    wait_until(lambda: "up" in own())
    read = set(re.findall(r"\bgatewatch_(?:ingest|store|series|disk|ledger|query|dead_letters)_\w+", " ".join(rule["expr"] for rule in ALERTS.values())))
    # These have a series for each source or reason once there is one.
    by_source = {name for name in read if name.startswith("gatewatch_ingest_") or name.startswith("gatewatch_dead_letters_")}
    assert read - by_source - own() == set()
    assert by_source <= set(re.findall(r"^# TYPE (\w+) ", server.get("/metrics").body.decode(), re.MULTILINE))
